//! Writing one entry of the catalog: created, replaced, or left as it is when nothing has changed.

use std::collections::BTreeMap;

use orders_domain::catalog::{Ingredient, Product, Supplier};

use super::recipes::{cycle_fault, faulty_recipes, stored_products};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::catalog::{CatalogEntry, CatalogKind, entry_key};
use crate::store::{Inserted, Replaced};

/// Lost races after which the writer is told.
const ATTEMPTS: usize = 8;

/// What became of an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored<T> {
    /// It is new.
    Created(CatalogEntry<T>),
    /// It has changed.
    Updated(CatalogEntry<T>),
    /// It was there just so.
    Unchanged(CatalogEntry<T>),
}

impl<T> Stored<T> {
    /// The entry as it is now.
    pub fn entry(&self) -> &CatalogEntry<T> {
        match self {
            Self::Created(entry) | Self::Updated(entry) | Self::Unchanged(entry) => entry,
        }
    }
}

/// Puts a supplier.
///
/// # Errors
/// 412 when `if_match` is stale.
pub async fn put_supplier(
    app: &App,
    access: &Access,
    supplier: Supplier,
    if_match: Option<u64>,
) -> Result<Stored<Supplier>, Problem> {
    put(app, access, supplier, if_match).await
}

/// Puts an ingredient.
///
/// # Errors
/// 412 when `if_match` is stale.
pub async fn put_ingredient(
    app: &App,
    access: &Access,
    ingredient: Ingredient,
    if_match: Option<u64>,
) -> Result<Stored<Ingredient>, Problem> {
    put(app, access, ingredient, if_match).await
}

/// Puts a product.
///
/// # Errors
/// 412 when `if_match` is stale; 422 `recipe-cycle` when the recipe would contain itself, naming the cycle.
pub async fn put_product(
    app: &App,
    access: &Access,
    product: Product,
    if_match: Option<u64>,
) -> Result<Stored<Product>, Problem> {
    if product.recipe.is_some() {
        let stored = stored_products(app.tenant_store(access)).await?;
        // A stale caller learns that first: the cycle may be over what he has not seen.
        if if_match.is_some() {
            let current: Option<CatalogEntry<Product>> = app
                .tenant_store(access)
                .get(&entry_key::<Product>(access.tenant(), &product.id))
                .await?;
            check_if_match(if_match, current.map_or(0, |entry| entry.version))?;
        }
        let new = BTreeMap::from([(product.id.clone(), product.clone())]);
        if let Some(cycle) = faulty_recipes(stored, &new).remove(&product.id) {
            return Err(Problem::fields(vec![cycle_fault("/recipe".into(), &cycle)]).with("cycle", cycle));
        }
    }
    put(app, access, product, if_match).await
}

async fn put<T: CatalogKind>(
    app: &App,
    access: &Access,
    entry: T,
    if_match: Option<u64>,
) -> Result<Stored<T>, Problem> {
    let store = app.tenant_store(access);
    let key = entry_key::<T>(access.tenant(), entry.id());
    let (current, registered) = tokio::join!(store.get::<CatalogEntry<T>>(&key), store.register());
    registered?;
    write(app, access, entry, current?, if_match).await
}

/// Writes an entry over the one that was read. A lost race is run again on what the winner left, unless the caller
/// has named the version that he wants to replace.
///
/// # Errors
/// 412 when `if_match` is stale; 409 `version-conflict` when the race is lost again and again.
pub(super) async fn write<T: CatalogKind>(
    app: &App,
    access: &Access,
    entry: T,
    mut current: Option<CatalogEntry<T>>,
    if_match: Option<u64>,
) -> Result<Stored<T>, Problem> {
    let store = app.tenant_store(access);
    for _ in 0..ATTEMPTS {
        check_if_match(if_match, current.as_ref().map_or(0, |before| before.version))?;
        let now = app.now();
        let Some(before) = current else {
            let new = CatalogEntry {
                version: 1,
                write_id: app.ids().fresh(),
                created_at: now,
                created_by: access.actor().clone(),
                updated_at: now,
                updated_by: access.actor().clone(),
                entry: entry.clone(),
            };
            match store.insert(&new).await? {
                Inserted::Now => return Ok(Stored::Created(new)),
                Inserted::Before(other) => current = Some(*other),
            }
            continue;
        };
        if before.entry == entry {
            return Ok(Stored::Unchanged(before));
        }
        let read = before.version;
        let next = CatalogEntry {
            version: read + 1,
            write_id: app.ids().fresh(),
            updated_at: now,
            updated_by: access.actor().clone(),
            entry: entry.clone(),
            ..before
        };
        match store.replace(&next, read).await? {
            Replaced::Now => return Ok(Stored::Updated(next)),
            Replaced::Stale(other) => current = other.map(|other| *other),
        }
    }
    Err(Problem::new(
        ProblemCode::VersionConflict,
        "The entry keeps changing; send the request again.",
    ))
}
