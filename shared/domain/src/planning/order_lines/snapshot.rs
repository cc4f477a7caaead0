//! Order lines at rest: what a plan was made from, kept beside it and read back.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{OrderLines, OrderRow, date_of};
use crate::decimal::Quantity;

/// A line at rest: number of the order, line, number of the product, days after the first date, thousandths.
type LineAtRest = (u32, u16, u32, u32, i64);

/// Ids once each, and rows of numbers: a fifth of what a list of objects would take.
#[derive(Serialize, Deserialize)]
struct AtRest<Orders, Products, Lines> {
    orders: Orders,
    products: Products,
    first_date: Option<NaiveDate>,
    lines: Lines,
}

/// A sequence that is written without being put together first.
struct Sequence<F>(F);

impl<I: IntoIterator<Item: Serialize>, F: Fn() -> I> Serialize for Sequence<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

impl Serialize for OrderLines {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let first_day = self.rows.iter().map(|row| row.day).min();
        let at_rest = |row: &OrderRow| -> LineAtRest {
            let days = row.day.abs_diff(first_day.unwrap_or(row.day));
            (row.order, row.line, row.product, days, row.quantity.scaled())
        };
        let at_rest = AtRest {
            orders: Sequence(|| self.orders.iter()),
            products: Sequence(|| self.products.iter()),
            first_date: first_day.map(date_of),
            lines: Sequence(|| self.rows.iter().map(at_rest)),
        };
        at_rest.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for OrderLines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let at_rest = AtRest::<Vec<String>, Vec<String>, Vec<LineAtRest>>::deserialize(deserializer)?;
        let lost =
            || de::Error::custom("an order line names an order, a product or a date that is not there");
        let mut lines = Self::default();
        lines.rows.reserve(at_rest.lines.len());
        for (order, line, product, days, thousandths) in at_rest.lines {
            let order_id = at_rest.orders.get(order as usize).ok_or_else(lost)?;
            let product_id = at_rest.products.get(product as usize).ok_or_else(lost)?;
            let first_date = at_rest.first_date.ok_or_else(lost)?;
            let date = first_date
                .checked_add_days(Days::new(u64::from(days)))
                .ok_or_else(lost)?;
            lines.push(
                order_id,
                line,
                product_id,
                date,
                Quantity::from_scaled(thousandths),
            );
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::three_lines;
    use super::*;

    #[test]
    fn a_snapshot_names_each_id_once_and_reads_back() {
        let written = serde_json::to_string(&three_lines()).unwrap();
        assert_eq!(
            written,
            r#"{"orders":["o-1","o-2"],"products":["rye","bun"],"first_date":"2026-12-01","lines":[[0,1,0,2,2500],[1,1,0,0,1000000000],[0,2,1,2,-7]]}"#
        );
        assert_eq!(
            serde_json::from_str::<OrderLines>(&written).unwrap(),
            three_lines()
        );
        let empty = serde_json::to_string(&OrderLines::default()).unwrap();
        assert!(serde_json::from_str::<OrderLines>(&empty).unwrap().is_empty());
    }

    #[test]
    fn a_snapshot_that_names_what_is_not_there_is_refused() {
        let whole = serde_json::to_value(three_lines()).unwrap();
        for (field, value) in [
            ("orders", serde_json::json!(["o-1"])),
            ("products", serde_json::json!([])),
            ("first_date", serde_json::Value::Null),
            ("first_date", serde_json::json!(NaiveDate::MAX)),
            ("lines", serde_json::json!([[-1, 1, 0, 0, 1]])),
        ] {
            let mut broken = whole.clone();
            broken[field] = value;
            assert!(serde_json::from_value::<OrderLines>(broken).is_err(), "{field}");
        }
    }
}
