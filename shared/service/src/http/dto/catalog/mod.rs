//! The catalog in requests and answers (SPEC §9). Entries are stored, shown and planned with in the domain's own form.

pub mod import;
pub mod read;
pub mod sales_history;
pub mod schemas;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::common::ActorView;
use crate::auth::TenantId;
use crate::problem::{FieldError, Problem};
use crate::store::catalog::{CatalogEntry, CatalogKind};

pub use read::{Body, ReadEntry, Row};

/// A row of an import, read on its own, or everything that is wrong with it.
pub type RowRead<T> = Result<T, Vec<FieldError>>;

/// A catalog entry as it is shown: its own fields, and who wrote it when.
#[derive(Debug, Serialize)]
pub struct EntryView<'a, T> {
    #[serde(flatten)]
    entry: &'a T,
    #[serde(flatten)]
    stamps: EntryStamps,
}

/// What every catalog entry carries beside its own fields.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryStamps {
    /// The tenant.
    pub tenant_id: Uuid,
    /// Counts the changes; also the ETag.
    pub version: u64,
    /// When it was first written.
    pub created_at: DateTime<Utc>,
    /// Who wrote it first.
    pub created_by: ActorView,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who changed it last.
    pub updated_by: ActorView,
}

impl<'a, T: CatalogKind> EntryView<'a, T> {
    /// The answer for a record.
    pub fn of(tenant: TenantId, stored: &'a CatalogEntry<T>) -> Self {
        let stamps = EntryStamps {
            tenant_id: tenant.0,
            version: stored.version,
            created_at: stored.created_at,
            created_by: (&stored.created_by).into(),
            updated_at: stored.updated_at,
            updated_by: (&stored.updated_by).into(),
        };
        Self {
            entry: &stored.entry,
            stamps,
        }
    }
}

/// The faults of a row, with pointers into the whole body.
fn row_faults(problem: Problem, list: &str, index: usize) -> Vec<FieldError> {
    let at = |error: FieldError| FieldError {
        pointer: format!("/{list}/{index}{}", error.pointer),
        ..error
    };
    problem.errors.into_iter().map(at).collect()
}

#[cfg(test)]
mod tests;
