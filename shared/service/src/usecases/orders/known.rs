//! What the rules need to know besides the request: the customer, its credit, and the catalog's products.

use orders_domain::catalog::Product;
use uuid::Uuid;

use super::draft::NewLine;
use super::rules::MOST_LINES;
use crate::auth::TenantId;
use crate::store::ItemSet;
use crate::store::StoreError;
use crate::store::catalog::{CatalogEntry, entry_key};
use crate::store::customers::{Credit, Customer};
use crate::store::keys::{self, Key};
use crate::store::record::from_item;

/// What was read of the world.
pub(super) struct Known {
    pub(super) customer: Option<Customer>,
    pub(super) credit: Credit,
    /// Beside each line of the request, its product in the catalog.
    pub(super) products: Vec<Option<Product>>,
}

/// The keys of a customer and of its credit.
pub(super) fn customer_keys(tenant: TenantId, customer: Uuid) -> [Key; 2] {
    [
        keys::customer(tenant, customer),
        keys::customer_credit(tenant, customer),
    ]
}

/// A customer and its credit among what was read.
pub(super) fn customer(
    found: &mut ItemSet,
    keys: &[Key; 2],
) -> Result<(Option<Customer>, Credit), StoreError> {
    Ok((found.take(&keys[0])?, Credit::of(found.item(&keys[1]))))
}

/// The keys of the lines' products. Lines beyond the most that any order may have are refused anyway.
pub(super) fn product_keys(tenant: TenantId, items: &[NewLine]) -> impl Iterator<Item = Key> {
    let items = items.iter().take(MOST_LINES);
    items.map(move |line| entry_key::<Product>(tenant, &line.product_id))
}

/// The lines' products among what was read.
pub(super) fn products(
    found: &ItemSet,
    tenant: TenantId,
    items: &[NewLine],
) -> Result<Vec<Option<Product>>, StoreError> {
    let entries = product_keys(tenant, items).map(|key| {
        let entry = found.item(&key).cloned();
        let entry = entry.map(from_item::<CatalogEntry<Product>>).transpose()?;
        Ok(entry.map(|entry| entry.entry))
    });
    entries.collect()
}
