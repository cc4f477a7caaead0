//! Lines of orders as a plan takes them: rows of 24 bytes over ids that are kept once each.

mod snapshot;

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::id_table::IdTable;
use crate::decimal::Quantity;

/// One line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLine<'a> {
    /// The order.
    pub order_id: &'a str,
    /// Its line, from 1.
    pub line: u16,
    /// What was ordered.
    pub product_id: &'a str,
    /// Delivery date in the tenant's time zone.
    pub date: NaiveDate,
    /// How much of it.
    pub quantity: Quantity,
}

/// Lines of orders. A plan of a large day has a million of them, so that no line owns its ids.
///
/// A plan takes at most 2^32 − 1 lines; more are [`PlanError::Overflow`](super::PlanError::Overflow) there.
///
/// # Example
/// ```
/// use orders_domain::{decimal::Quantity, planning::OrderLines};
///
/// let mut lines = OrderLines::default();
/// let date = chrono::NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
/// lines.push("o-1", 1, "rye", date, Quantity::from_scaled(2_500));
/// let first = lines.iter().next().unwrap();
/// assert_eq!((first.order_id, first.product_id, first.quantity.to_string()), ("o-1", "rye", "2.500".to_owned()));
/// ```
#[derive(Clone, Default)]
pub struct OrderLines {
    rows: Vec<OrderRow>,
    orders: IdTable,
    products: IdTable,
}

/// A line with numbers in place of ids.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrderRow {
    pub(super) quantity: Quantity,
    pub(super) order: u32,
    pub(super) product: u32,
    /// The date as a day number of the common era, so that a day of the horizon is one subtraction away.
    pub(super) day: i32,
    pub(super) line: u16,
}

impl OrderRow {
    const NOTHING: Self = Self {
        quantity: Quantity::ZERO,
        order: u32::MAX,
        product: u32::MAX,
        day: 0,
        line: 0,
    };
}

impl OrderLines {
    /// Adds a line. Fastest when the lines of an order come one after the other.
    pub fn push(&mut self, order_id: &str, line: u16, product_id: &str, date: NaiveDate, quantity: Quantity) {
        let last = self.rows.last().map(|row| row.order);
        let order = match last.filter(|last| self.orders.id(*last) == order_id) {
            Some(same) => same,
            None => self.orders.number(order_id),
        };
        self.rows.push(OrderRow {
            quantity,
            order,
            product: self.products.number(product_id),
            day: date.num_days_from_ce(),
            line,
        });
    }

    /// The lines in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = OrderLine<'_>> {
        self.rows.iter().map(|row| self.line(row))
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn rows(&self) -> &[OrderRow] {
        &self.rows
    }

    /// Every product that is ordered, in the order of the numbers in the rows.
    pub(super) fn product_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.products.iter()
    }

    pub(super) fn order_id(&self, number: u32) -> &str {
        self.orders.id(number)
    }

    /// For every order, by its number in the rows, how many orders come before it by id.
    pub(super) fn order_positions(&self) -> Vec<u32> {
        self.orders.positions_by_id()
    }

    /// The line at a position; an empty one beyond the end.
    pub(super) fn get(&self, position: u32) -> OrderLine<'_> {
        self.line(self.rows.get(position as usize).unwrap_or(&OrderRow::NOTHING))
    }

    fn line(&self, row: &OrderRow) -> OrderLine<'_> {
        OrderLine {
            order_id: self.orders.id(row.order),
            line: row.line,
            product_id: self.products.id(row.product),
            date: date_of(row.day),
            quantity: row.quantity,
        }
    }
}

/// The date of a day number that was taken from a date.
pub(super) fn date_of(day: i32) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(day).unwrap_or_default()
}

impl<'a> Extend<OrderLine<'a>> for OrderLines {
    fn extend<I: IntoIterator<Item = OrderLine<'a>>>(&mut self, lines: I) {
        let lines = lines.into_iter();
        self.rows.reserve(lines.size_hint().0);
        for line in lines {
            self.push(
                line.order_id,
                line.line,
                line.product_id,
                line.date,
                line.quantity,
            );
        }
    }
}

impl<'a> FromIterator<OrderLine<'a>> for OrderLines {
    fn from_iter<I: IntoIterator<Item = OrderLine<'a>>>(lines: I) -> Self {
        let mut all = Self::default();
        all.extend(lines);
        all
    }
}

/// The same lines in the same order, however their ids are numbered.
impl PartialEq for OrderLines {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for OrderLines {}

impl fmt::Debug for OrderLines {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{date, quantity};

    pub(super) fn three_lines() -> OrderLines {
        let mut lines = OrderLines::default();
        lines.push("o-1", 1, "rye", date("2026-12-03"), quantity("2.5"));
        lines.push("o-2", 1, "rye", date("2026-12-01"), quantity("1000000"));
        lines.push("o-1", 2, "bun", date("2026-12-03"), Quantity::from_scaled(-7));
        lines
    }

    #[test]
    fn lines_come_back_as_they_were_added() {
        let lines = three_lines();
        let seen: Vec<_> = lines
            .iter()
            .map(|line| (line.order_id, line.line, line.product_id, line.date))
            .collect();
        assert_eq!(
            seen,
            [
                ("o-1", 1, "rye", date("2026-12-03")),
                ("o-2", 1, "rye", date("2026-12-01")),
                ("o-1", 2, "bun", date("2026-12-03")),
            ]
        );
        assert_eq!((lines.len(), lines.is_empty()), (3, false));
        assert_eq!(lines.product_ids().collect::<Vec<_>>(), ["rye", "bun"]);
        assert_eq!(lines.iter().collect::<OrderLines>(), lines);
    }

    #[test]
    fn a_line_takes_24_bytes() {
        assert_eq!(size_of::<OrderRow>(), 24);
    }

    #[test]
    fn lines_are_equal_when_their_content_is() {
        // The same three lines, numbered another way round.
        let mut other = OrderLines::default();
        other.push("o-2", 9, "bun", date("2026-12-01"), quantity("1"));
        other.extend(three_lines().iter());
        other.rows.remove(0);
        assert_ne!(other.rows[0].order, three_lines().rows[0].order);
        assert_eq!(other, three_lines());
        other.rows[2].line = 3;
        assert_ne!(other, three_lines());
        other.rows.pop();
        assert_ne!(other, three_lines());
    }
}
