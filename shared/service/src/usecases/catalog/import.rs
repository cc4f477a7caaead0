//! Importing many entries of the catalog at once. Each row stands alone: a faulty one fails with its errors, the others
//! are stored. Sent again, the whole import changes nothing.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use orders_domain::catalog::Product;

use super::CONCURRENT_WRITES;
use super::put::{Stored, write};
use super::recipes::{cycle_fault, faulty_recipes, stored_products};
use crate::app::App;
use crate::auth::Access;
use crate::http::dto::catalog::import::{CatalogImport, ImportResult, ImportRow, ImportStatus, RowError};
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::store::ItemSet;
use crate::store::catalog::{CatalogEntry, CatalogKind, entry_key};

/// Imports entries; one result for each row, suppliers first, then ingredients, then products.
///
/// # Errors
/// 503 when the table does not answer; rows stored by then stay, and the same request may be sent again.
pub async fn import(
    app: &App,
    access: &Access,
    mut import: CatalogImport,
) -> Result<Vec<ImportResult>, Problem> {
    refuse_doubled(&mut import.suppliers, "suppliers");
    refuse_doubled(&mut import.ingredients, "ingredients");
    refuse_doubled(&mut import.products, "products");
    let store = app.tenant_store(access);
    let mut keys = Vec::new();
    let tenant = access.tenant();
    keys.extend(good(&import.suppliers).map(|entry| entry_key_of(tenant, entry)));
    keys.extend(good(&import.ingredients).map(|entry| entry_key_of(tenant, entry)));
    keys.extend(good(&import.products).map(|entry| entry_key_of(tenant, entry)));
    let (found, registered, refused) = tokio::join!(
        store.get_many(&keys),
        store.register(),
        refuse_cycles(app, access, &mut import.products)
    );
    registered?;
    refused?;
    let mut found = found?;
    let mut results = write_rows(app, access, import.suppliers, &mut found).await?;
    results.extend(write_rows(app, access, import.ingredients, &mut found).await?);
    results.extend(write_rows(app, access, import.products, &mut found).await?);
    Ok(results)
}

fn good<T>(rows: &[ImportRow<T>]) -> impl Iterator<Item = &T> {
    rows.iter().filter_map(|row| row.read.as_ref().ok())
}

fn entry_key_of<T: CatalogKind>(tenant: crate::auth::TenantId, entry: &T) -> crate::store::keys::Key {
    entry_key::<T>(tenant, entry.id())
}

/// Rows are written side by side, so that of two with one id nobody could say which won: the later one fails.
fn refuse_doubled<T: CatalogKind>(rows: &mut [ImportRow<T>], list: &str) {
    let mut seen = HashSet::new();
    for (index, row) in rows.iter_mut().enumerate() {
        if let Ok(entry) = &row.read
            && !seen.insert(entry.id().to_owned())
        {
            row.read = Err(vec![FieldError {
                pointer: format!("/{list}/{index}/id"),
                code: ProblemCode::InvalidValue,
                detail: "Another row above has this id.".into(),
            }]);
        }
    }
}

/// Fails the products that would close a cycle over stored and imported recipes (D60).
async fn refuse_cycles(app: &App, access: &Access, rows: &mut [ImportRow<Product>]) -> Result<(), Problem> {
    let new: BTreeMap<_, _> = good(rows)
        .map(|product| (product.id.clone(), product.clone()))
        .collect();
    if new.values().all(|product| product.recipe.is_none()) {
        return Ok(());
    }
    let mut faulty = faulty_recipes(stored_products(app.tenant_store(access)).await?, &new);
    for (index, row) in rows.iter_mut().enumerate() {
        let cycle = row
            .read
            .as_ref()
            .ok()
            .and_then(|product| faulty.remove(&product.id));
        if let Some(cycle) = cycle {
            row.read = Err(vec![cycle_fault(format!("/products/{index}/recipe"), &cycle)]);
        }
    }
    Ok(())
}

async fn write_rows<T: CatalogKind>(
    app: &App,
    access: &Access,
    rows: Vec<ImportRow<T>>,
    found: &mut ItemSet,
) -> Result<Vec<ImportResult>, Problem> {
    let mut prepared = Vec::with_capacity(rows.len());
    for row in rows {
        let current = match &row.read {
            Ok(entry) => found.take::<CatalogEntry<T>>(&entry_key_of(access.tenant(), entry))?,
            Err(_) => None,
        };
        prepared.push((row, current));
    }
    let writes = prepared
        .into_iter()
        .map(|(row, current)| write_row(app, access, row, current));
    stream::iter(writes)
        .buffered(CONCURRENT_WRITES)
        .try_collect()
        .await
}

async fn write_row<T: CatalogKind>(
    app: &App,
    access: &Access,
    row: ImportRow<T>,
    current: Option<CatalogEntry<T>>,
) -> Result<ImportResult, Problem> {
    let failed = |id, errors: Vec<FieldError>| ImportResult {
        kind: T::WORD,
        id,
        status: ImportStatus::Failed,
        version: None,
        errors: errors.into_iter().map(RowError::from).collect(),
    };
    let entry = match row.read {
        Ok(entry) => entry,
        Err(errors) => return Ok(failed(row.id, errors)),
    };
    let stored = match write(app, access, entry, current, None).await {
        Ok(stored) => stored,
        Err(problem) if problem.code == ProblemCode::VersionConflict => {
            let error = FieldError {
                pointer: String::new(),
                code: problem.code,
                detail: problem.detail.into_owned(),
            };
            return Ok(failed(row.id, vec![error]));
        }
        Err(problem) => return Err(problem),
    };
    let status = match &stored {
        Stored::Created(_) => ImportStatus::Created,
        Stored::Updated(_) => ImportStatus::Updated,
        Stored::Unchanged(_) => ImportStatus::Unchanged,
    };
    let version = Some(stored.entry().version);
    Ok(ImportResult {
        kind: T::WORD,
        id: row.id,
        status,
        version,
        errors: Vec::new(),
    })
}
