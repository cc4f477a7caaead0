//! The tenant's own catalog at rest: suppliers, ingredients and products in one partition.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use orders_domain::catalog::{Ingredient, Product, Supplier};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{self, Key, Keys};
use super::record::{Record, Versioned};
use crate::auth::{Actor, TenantId};

/// A kind of catalog entry.
pub trait CatalogKind:
    Serialize + DeserializeOwned + Send + Sync + Clone + PartialEq + std::fmt::Debug
{
    /// The letter in the sort key.
    const LETTER: &'static str;
    /// The record kind.
    const KIND: &'static str;
    /// The word for one entry, in answers.
    const WORD: &'static str;
    /// The entry's id.
    fn id(&self) -> &str;
}

impl CatalogKind for Product {
    const LETTER: &'static str = "P";
    const KIND: &'static str = "IP";
    const WORD: &'static str = "product";
    fn id(&self) -> &str {
        &self.id
    }
}

impl CatalogKind for Ingredient {
    const LETTER: &'static str = "G";
    const KIND: &'static str = "IG";
    const WORD: &'static str = "ingredient";
    fn id(&self) -> &str {
        &self.id
    }
}

impl CatalogKind for Supplier {
    const LETTER: &'static str = "S";
    const KIND: &'static str = "IS";
    const WORD: &'static str = "supplier";
    fn id(&self) -> &str {
        &self.id
    }
}

/// An entry of the catalog, kept in the domain's own form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: CatalogKind")]
pub struct CatalogEntry<T> {
    /// 1 for a new entry.
    #[serde(rename = "ver")]
    pub version: u64,
    /// The stamp of the write that made this version.
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    /// When it was first written.
    #[serde(rename = "ca", with = "ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// Who wrote it first.
    #[serde(rename = "by")]
    pub created_by: Actor,
    /// When it was last written.
    #[serde(rename = "ua", with = "ts_milliseconds")]
    pub updated_at: DateTime<Utc>,
    /// Who wrote it last.
    #[serde(rename = "ub")]
    pub updated_by: Actor,
    /// The entry.
    #[serde(rename = "b")]
    pub entry: T,
}

impl<T: CatalogKind> Record for CatalogEntry<T> {
    const KIND: &'static str = T::KIND;

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(entry_key::<T>(tenant, self.entry.id()))
    }
}

impl<T: CatalogKind> Versioned for CatalogEntry<T> {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}

/// The key of an entry.
pub fn entry_key<T: CatalogKind>(tenant: TenantId, id: &str) -> Key {
    keys::catalog_entry(tenant, T::LETTER, id)
}
