//! A customer in a list, and the list's filters.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::customers::CustomerInIndex;
use crate::words::{CustomerType, Segment};

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerRowView {
    pub id: Uuid,
    pub customer_code: String,
    pub name: String,
    pub business_name: Option<String>,
    pub customer_type: CustomerType,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub is_active: bool,
    pub on_hold: bool,
    pub segment: Segment,
    pub created_at: DateTime<Utc>,
    pub version: u64,
}

impl CustomerRowView {
    /// The row of a customer in an index; `None` when its key holds no id.
    pub fn of(found: CustomerInIndex) -> Option<Self> {
        let id = found
            .pk
            .rsplit('#')
            .next()
            .and_then(|id| Uuid::try_parse(id).ok())?;
        let row = found.r;
        Some(Self {
            id,
            customer_code: row.customer_code,
            name: row.name,
            business_name: row.business_name,
            customer_type: row.customer_type,
            email: row.email,
            phone: row.phone,
            is_active: row.is_active,
            on_hold: row.on_hold,
            segment: row.segment,
            created_at: row.created_at,
            version: found.ver,
        })
    }
}

/// The `is_active` filter.
pub fn parse_flag(raw: &str) -> Option<bool> {
    match raw {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
