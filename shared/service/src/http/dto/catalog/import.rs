//! `POST /catalog/import`: up to 100 entries of each kind, each row on its own.

use orders_domain::catalog::{Ingredient, Product, Supplier};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ReadEntry, Row, RowRead, row_faults};
use crate::http::fields::{Fields, FromFields, read_body};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::{FieldError, Problem};

/// Rows of each kind in one request.
pub const MAX_ROWS: usize = 100;

/// An import: a faulty row is kept as its faults, because it fails alone.
pub struct CatalogImport {
    /// Who is bought from.
    pub suppliers: Vec<ImportRow<Supplier>>,
    /// What is bought.
    pub ingredients: Vec<ImportRow<Ingredient>>,
    /// What is made or sold.
    pub products: Vec<ImportRow<Product>>,
}

/// One row of an import.
pub struct ImportRow<T> {
    /// The id it was sent with, if that could be read.
    pub id: Option<String>,
    /// The entry, or what is wrong with it.
    pub read: RowRead<T>,
}

struct RawRows {
    suppliers: Vec<Json>,
    ingredients: Vec<Json>,
    products: Vec<Json>,
}

impl FromFields for RawRows {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let mut rows = |name| {
            f.or(
                name,
                Vec::new(),
                parse::list(0..=MAX_ROWS, |row, _| Some(row.clone())),
            )
        };
        let (suppliers, ingredients, products) = (rows("suppliers"), rows("ingredients"), rows("products"));
        Some(Self {
            suppliers: suppliers?,
            ingredients: ingredients?,
            products: products?,
        })
    }
}

impl CatalogImport {
    /// Reads a body.
    ///
    /// # Errors
    /// 422 when it is not an object of lists; what is wrong inside a row is that row's own.
    pub fn read(body: &Json) -> Result<Self, Problem> {
        let raw: RawRows = read_body(body)?;
        Ok(Self {
            suppliers: rows("suppliers", &raw.suppliers),
            ingredients: rows("ingredients", &raw.ingredients),
            products: rows("products", &raw.products),
        })
    }
}

fn rows<T: ReadEntry>(list: &str, raw: &[Json]) -> Vec<ImportRow<T>> {
    let read = |(index, row): (usize, &Json)| ImportRow {
        id: sent_id(row),
        read: read_body::<Row<T>>(row)
            .map(|row| row.0)
            .map_err(|problem| row_faults(problem, list, index)),
    };
    raw.iter().enumerate().map(read).collect()
}

fn sent_id(row: &Json) -> Option<String> {
    let Json::Object(members) = row else { return None };
    members.iter().find_map(|(name, value)| match value {
        Json::String(id) if name == "id" && parse::is_catalog_id(id) => Some(id.clone()),
        _ => None,
    })
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// It is new.
    Created,
    /// It has changed.
    Updated,
    /// It was there just so; its version stays.
    Unchanged,
    /// It was not stored; see its errors.
    Failed,
}

/// The answer to an import: one result for each row, suppliers first, then ingredients, then products, each in the
/// order they were sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogImportResults {
    /// The results.
    pub results: Vec<ImportResult>,
}

/// What became of one row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportResult {
    /// `supplier`, `ingredient` or `product`.
    #[schema(examples("ingredient"))]
    pub kind: &'static str,
    /// The id it was sent with; null when that was no id.
    pub id: Option<String>,
    /// What became of it.
    pub status: ImportStatus,
    /// The version now stored; null when the row failed.
    pub version: Option<u64>,
    /// What is wrong with it; only there when it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RowError>,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowError {
    /// RFC 6901 pointer into the whole body.
    #[schema(examples("/products/3/recipe/yield_quantity"))]
    pub pointer: String,
    /// What is wrong.
    #[schema(examples("invalid-decimal"))]
    pub code: &'static str,
    /// A sentence for the person who fixes it.
    pub detail: String,
}

impl From<FieldError> for RowError {
    fn from(error: FieldError) -> Self {
        Self {
            pointer: error.pointer,
            code: error.code.as_str(),
            detail: error.detail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<CatalogImport, Problem> {
        CatalogImport::read(&Json::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn a_faulty_row_fails_alone_with_pointers_into_the_body() {
        // SPEC §9, D2, D5
        let import = read(
            r#"{"suppliers":[{"id":"mill","name":"Mill"},{"id":"m 2","name":"","tenant_id":"x"}, 7],
                "products":[{"id":"roll","name":"Roll","unit":"piece","recipe":{"yield_quantity":"0","lines":[]}}]}"#,
        )
        .unwrap();
        assert_eq!(import.suppliers[0].read.as_ref().unwrap().name, "Mill");
        let faults = |row: &RowRead<Supplier>| -> Vec<_> {
            let errors = row.as_ref().unwrap_err().iter();
            errors
                .map(|e| format!("{} {}", e.pointer, e.code.as_str()))
                .collect()
        };
        assert_eq!(
            faults(&import.suppliers[1].read),
            [
                "/suppliers/1/id invalid-value",
                "/suppliers/1/name invalid-text",
                "/suppliers/1/tenant_id unknown-field"
            ]
        );
        assert_eq!(import.suppliers[1].id, None);
        assert_eq!(faults(&import.suppliers[2].read), ["/suppliers/2 invalid-type"]);
        assert_eq!(import.products[0].id.as_deref(), Some("roll"));
        assert_eq!(import.products[0].read.as_ref().unwrap_err().len(), 2);
        assert!(import.ingredients.is_empty());
    }

    #[test]
    fn a_body_that_is_no_import_is_refused_as_a_whole() {
        // D5
        let problem = read(r#"{"suppliers":{},"goods":[]}"#).err().unwrap();
        let found: Vec<_> = problem.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(found, ["/suppliers", "/goods"]);
        let many = format!(r#"{{"products":[{}]}}"#, vec!["{}"; MAX_ROWS + 1].join(","));
        assert_eq!(read(&many).err().unwrap().code.as_str(), "too-long");
    }
}
