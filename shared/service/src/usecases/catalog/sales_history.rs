//! Importing sales history: one quantity for each product and day, days that are over only. Sent again, a day is
//! replaced (SPEC §9).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::CONCURRENT_WRITES;
use crate::app::App;
use crate::auth::Access;
use crate::http::dto::catalog::RowRead;
use crate::http::dto::catalog::sales_history::{SalesHistoryImported, SalesRow};
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::store::sales_history::{Book, SalesMonth};

/// Stores sales. Nothing is written unless every row is good.
///
/// # Errors
/// 422 that names every faulty row: a day that is not over yet, or a product and day that stand twice.
pub async fn import(
    app: &App,
    access: &Access,
    rows: Vec<RowRead<SalesRow>>,
) -> Result<SalesHistoryImported, Problem> {
    let rows = check(rows, app.today(access)).map_err(Problem::fields)?;
    let summary =
        summary(&rows).ok_or_else(|| Problem::internal("an import without rows passed its shape"))?;
    let store = app.tenant_store(access);
    store.register().await?;
    let months = by_month(&rows);
    stream::iter(months)
        .map(|month| async move { store.set_sales(Book::Imported, &month).await })
        .buffer_unordered(CONCURRENT_WRITES)
        .try_collect::<()>()
        .await?;
    Ok(summary)
}

fn check(rows: Vec<RowRead<SalesRow>>, today: NaiveDate) -> Result<Vec<SalesRow>, Vec<FieldError>> {
    let (mut good, mut faults, mut seen) = (Vec::with_capacity(rows.len()), Vec::new(), HashSet::new());
    for (index, row) in rows.into_iter().enumerate() {
        let row = match row {
            Ok(row) => row,
            Err(errors) => {
                faults.extend(errors);
                continue;
            }
        };
        if row.date >= today {
            faults.push(FieldError {
                pointer: format!("/rows/{index}/date"),
                code: ProblemCode::InvalidDate,
                detail: format!("Only days before today, {today}, have a final count."),
            });
        }
        if !seen.insert((row.product_id.clone(), row.date)) {
            faults.push(FieldError {
                pointer: format!("/rows/{index}"),
                code: ProblemCode::InvalidValue,
                detail: "Another row above has this product and date.".into(),
            });
        }
        good.push(row);
    }
    if faults.is_empty() { Ok(good) } else { Err(faults) }
}

fn summary(rows: &[SalesRow]) -> Option<SalesHistoryImported> {
    let products: BTreeSet<_> = rows.iter().map(|row| row.product_id.as_str()).collect();
    Some(SalesHistoryImported {
        accepted: rows.len(),
        products: products.len(),
        from_date: rows.iter().map(|row| row.date).min()?,
        to_date: rows.iter().map(|row| row.date).max()?,
    })
}

fn by_month(rows: &[SalesRow]) -> Vec<SalesMonth> {
    let mut months = BTreeMap::new();
    for row in rows {
        let empty = SalesMonth::of(&row.product_id, row.date);
        let month = months
            .entry((row.product_id.as_str(), empty.month))
            .or_insert(empty);
        month.set(row.date, row.quantity);
    }
    months.into_values().collect()
}

#[cfg(test)]
mod tests {
    use orders_domain::decimal::Quantity;

    use super::*;
    use crate::http::dto::catalog::sales_history::read_rows;
    use crate::http::json::Json;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    fn row(product: &str, date: NaiveDate) -> SalesRow {
        SalesRow {
            product_id: product.into(),
            date,
            quantity: Quantity::from_scaled(1_000),
        }
    }

    #[test]
    fn faults_of_shape_and_of_the_calendar_are_named_together() {
        // SPEC §9, D5
        let body = r#"{"rows":[
            {"product_id":"rye","date":"2026-03-01","quantity":"2"},
            {"product_id":"r y e","date":"2026-03-01","quantity":"-2"},
            {"product_id":"rye","date":"2026-03-10","quantity":3},
            {"product_id":"rye","date":"2026-03-01","quantity":"0"}]}"#;
        let rows = read_rows(&Json::parse(body.as_bytes()).unwrap()).unwrap();
        let faults = check(rows, day(10)).unwrap_err();
        let found: Vec<_> = faults
            .iter()
            .map(|e| format!("{} {}", e.pointer, e.code.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                "/rows/1/product_id invalid-value",
                "/rows/1/quantity invalid-decimal",
                "/rows/2/date invalid-date",
                "/rows/3 invalid-value"
            ]
        );
    }

    #[test]
    fn an_import_without_rows_or_with_too_many_is_refused() {
        // SPEC §9
        let code = |body: &str| {
            read_rows(&Json::parse(body.as_bytes()).unwrap())
                .err()
                .map(|p| p.code.as_str())
        };
        assert_eq!(code(r#"{"rows":[]}"#), Some("required"));
        assert_eq!(code(r#"{}"#), Some("required"));
        assert_eq!(
            code(&format!(r#"{{"rows":[{}]}}"#, vec!["1"; 1001].join(","))),
            Some("too-long")
        );
        assert_eq!(
            code(&format!(r#"{{"rows":[{}]}}"#, vec!["1"; 1000].join(","))),
            None
        );
    }

    #[test]
    fn rows_are_put_together_by_product_and_month() {
        // SPEC §9
        let april = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        let rows = [
            row("rye", day(1)),
            row("bun", day(31)),
            row("rye", day(2)),
            row("rye", april),
        ];
        let months = by_month(&rows);
        let found: Vec<_> = months
            .iter()
            .map(|m| (m.product_id.as_str(), m.month, m.days.len()))
            .collect();
        assert_eq!(found, [("bun", day(1), 1), ("rye", day(1), 2), ("rye", april, 1)]);
        let summary = summary(&rows).unwrap();
        assert_eq!(
            (
                summary.accepted,
                summary.products,
                summary.from_date,
                summary.to_date
            ),
            (4, 2, day(1), april)
        );
    }
}
