//! Reading the catalog: one entry, or a list by id.

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::Query;
use crate::store::catalog::{CatalogEntry, CatalogKind, entry_key};
use crate::store::record::{Item, from_item};
use crate::usecases::listing::{self, Rows};

/// One entry, as of now.
///
/// # Errors
/// 404
pub async fn get<T: CatalogKind>(app: &App, access: &Access, id: &str) -> Result<CatalogEntry<T>, Problem> {
    let key = entry_key::<T>(access.tenant(), id);
    app.tenant_store(access)
        .get(&key)
        .await?
        .ok_or_else(Problem::not_found)
}

/// One page of the entries of a kind, by id.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn list<T: CatalogKind>(
    app: &App,
    access: &Access,
    limit: usize,
    start: Option<Item>,
) -> Result<Rows<CatalogEntry<T>>, Problem> {
    let query = Query {
        start,
        ..super::entries_of::<T>(app.tenant_store(access))
    };
    Ok(listing::page(app, access, query, limit, false, |item| from_item(item).map(Some)).await?)
}
