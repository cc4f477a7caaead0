//! `POST /catalog/sales-history`: what was sold of a product on a day.

use chrono::NaiveDate;
use orders_domain::decimal::Quantity;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::common::DecimalInput;
use super::{RowRead, row_faults};
use crate::http::fields::{Fields, FromFields, read_body};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::Problem;

/// Rows in one request.
pub const MAX_ROWS: usize = 1000;

/// Body of `POST /catalog/sales-history`.
#[derive(ToSchema)]
#[schema(as = SalesHistoryImport)]
#[expect(dead_code, reason = "only its schema is used; reading is done by read_rows")]
pub struct SalesHistorySchema {
    /// One row for each product and day; a day that was sent before is replaced.
    #[schema(min_items = 1, max_items = 1000)]
    rows: Vec<SalesRowSchema>,
}

/// What was sold of a product on a day.
#[derive(ToSchema)]
#[schema(as = SalesRow)]
#[expect(dead_code, reason = "only its schema is used; reading is done by SalesRow")]
pub struct SalesRowSchema {
    /// The product; it need not be in the catalog.
    #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$", examples("croissant"))]
    product_id: String,
    /// A day before today, in the tenant's time zone.
    date: NaiveDate,
    /// Units sold; 0 says that none were.
    #[schema(value_type = DecimalInput)]
    quantity: Quantity,
}

/// What was sold of a product on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesRow {
    /// The product.
    pub product_id: String,
    /// The day.
    pub date: NaiveDate,
    /// Units sold.
    pub quantity: Quantity,
}

impl FromFields for SalesRow {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let product_id = f.required("product_id", parse::catalog_id);
        let date = f.required("date", parse::date);
        let quantity = f.required("quantity", parse::quantity_or_zero);
        Some(Self {
            product_id: product_id?,
            date: date?,
            quantity: quantity?,
        })
    }
}

struct RawRows(Vec<Json>);

impl FromFields for RawRows {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        f.required("rows", parse::list(1..=MAX_ROWS, |row, _| Some(row.clone())))
            .map(Self)
    }
}

/// Reads every row on its own, so that what is wrong with one is told together with what the calendar says of others.
///
/// # Errors
/// 422 when the body is no object with a list of rows.
pub fn read_rows(body: &Json) -> Result<Vec<RowRead<SalesRow>>, Problem> {
    let RawRows(rows) = read_body(body)?;
    let read =
        |(index, row)| read_body::<SalesRow>(row).map_err(|problem| row_faults(problem, "rows", index));
    Ok(rows.iter().enumerate().map(read).collect())
}

/// The answer to an import of sales history.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SalesHistoryImported {
    /// Rows stored.
    pub accepted: usize,
    /// Products among them.
    pub products: usize,
    /// The earliest day among them.
    pub from_date: NaiveDate,
    /// The latest day among them.
    pub to_date: NaiveDate,
}
