//! Reads single sales from a CSV file into daily histories.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::SalesHistory;

/// Units in thousandths.
const UNIT: i64 = 1_000;

/// Daily sales of each item, all from the first day of the file to its last.
///
/// A row is one unit sold, with columns `Date` (day-month-year), `Time`, `Transaction`, `Item`. A day without any row is one
/// on which the bakery was closed, and unknown for every item; on all others an item without a row sold nothing.
///
/// # Errors
/// A text that says which row cannot be read.
pub(crate) fn read_sales(csv: &str) -> Result<BTreeMap<String, SalesHistory>, String> {
    let mut sold: BTreeMap<(&str, NaiveDate), i64> = BTreeMap::new();
    let mut open_days = BTreeSet::new();
    for (number, row) in csv.lines().enumerate().skip(1) {
        let columns: Vec<&str> = row.split(',').collect();
        let [date, _time, _transaction, item] = columns.as_slice() else {
            return Err(format!("row {}: four columns are expected", number + 1));
        };
        let date = NaiveDate::parse_from_str(date, "%d-%m-%Y")
            .map_err(|error| format!("row {}: {date}: {error}", number + 1))?;
        open_days.insert(date);
        *sold.entry((item.trim(), date)).or_default() += UNIT;
    }
    let (Some(first), Some(last)) = (open_days.first().copied(), open_days.last().copied()) else {
        return Err("there are no rows".to_owned());
    };
    let length = last.signed_duration_since(first).num_days().unsigned_abs() + 1;
    let dates: Vec<NaiveDate> = (0..length)
        .filter_map(|offset| first.checked_add_days(Days::new(offset)))
        .collect();
    let items: BTreeSet<&str> = sold.keys().map(|(item, _)| *item).collect();
    let histories = items.into_iter().map(|item| {
        let on = |date: &NaiveDate| {
            let scaled = sold.get(&(item, *date)).copied().unwrap_or(0);
            open_days.contains(date).then_some(Quantity::from_scaled(scaled))
        };
        let history = SalesHistory {
            first_date: first,
            days: dates.iter().map(on).collect(),
        };
        (item.to_owned(), history)
    });
    Ok(histories.collect())
}
