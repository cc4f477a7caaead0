//! The tenant's own catalog and its sales history (SPEC §9).

pub mod get;
pub mod import;
pub mod put;
mod recipes;
pub mod sales_history;

use orders_domain::catalog::{Catalog, Ingredient, Product, Supplier};

use crate::store::catalog::{CatalogEntry, CatalogKind};
use crate::store::keys::{self, Index};
use crate::store::record::{Record, from_item, text};
use crate::store::{Query, SortRange, StoreError, TenantStore};

/// Writes that run side by side in one request.
const CONCURRENT_WRITES: usize = 16;

/// The whole catalog, by id: one walk over its partition.
///
/// # Errors
/// [`StoreError`]
pub async fn load(store: TenantStore<'_>) -> Result<Catalog, StoreError> {
    let mut catalog = Catalog::default();
    for item in store
        .query_all(Query::all(
            Index::Primary,
            keys::catalog_partition(store.tenant()),
        ))
        .await?
    {
        match text(&item, "k").unwrap_or_default() {
            <CatalogEntry<Product> as Record>::KIND => {
                let entry = from_item::<CatalogEntry<Product>>(item)?.entry;
                catalog.products.insert(entry.id.clone(), entry);
            }
            <CatalogEntry<Ingredient> as Record>::KIND => {
                let entry = from_item::<CatalogEntry<Ingredient>>(item)?.entry;
                catalog.ingredients.insert(entry.id.clone(), entry);
            }
            <CatalogEntry<Supplier> as Record>::KIND => {
                let entry = from_item::<CatalogEntry<Supplier>>(item)?.entry;
                catalog.suppliers.insert(entry.id.clone(), entry);
            }
            other => {
                return Err(StoreError::Corrupt(format!(
                    "found an item of kind {other:?} in a catalog"
                )));
            }
        }
    }
    Ok(catalog)
}

/// The query over all entries of a kind, by id.
fn entries_of<T: CatalogKind>(store: TenantStore<'_>) -> Query {
    let query = Query::all(Index::Primary, keys::catalog_partition(store.tenant()));
    Query {
        range: SortRange::Prefix(format!("{}#", T::LETTER)),
        ..query
    }
}
