//! Pegs as they are kept: rows of 16 bytes over the order lines of the plan, and the texts they stand for.

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::order_lines::{OrderLines, date_of};
use crate::decimal::Quantity;

/// The part of a requirement that one order line causes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peg {
    /// The order.
    pub order_id: String,
    /// Its line.
    pub line: u16,
    /// What was ordered.
    pub product_id: String,
    /// How much of the ingredient the line needs, in the ingredient's unit.
    pub quantity: Quantity,
    /// The day on which it is needed: delivery date minus lead days, the first day at the earliest.
    pub date: NaiveDate,
}

/// A [`Peg`] that is looked at where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PegRef<'a> {
    /// The order.
    pub order_id: &'a str,
    /// Its line.
    pub line: u16,
    /// What was ordered.
    pub product_id: &'a str,
    /// How much of the ingredient the line needs, in the ingredient's unit.
    pub quantity: Quantity,
    /// The day on which it is needed.
    pub date: NaiveDate,
}

/// The pegs of a requirement, by date, order and line. They add up to its order demand exactly.
///
/// Written as a list of [`Peg`]s. A million order lines of six ingredients each have six million pegs, so that here
/// they are rows that share the lines of the plan.
#[derive(Clone, Default)]
pub struct Pegging {
    lines: Arc<OrderLines>,
    rows: Vec<PegRow>,
}

/// A peg as a number of a line and what is its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct PegRow {
    pub(super) quantity: Quantity,
    /// Position of the line among the order lines.
    pub(super) line: u32,
    /// The date as a day number of the common era.
    pub(super) day: i32,
}

impl Pegging {
    /// Rows that are sorted already, over the lines they name.
    pub(super) fn new(lines: Arc<OrderLines>, rows: Vec<PegRow>) -> Self {
        Self { lines, rows }
    }

    /// Number of pegs.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no peg.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The pegs by date, order and line.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = PegRef<'_>> {
        self.rows.iter().map(|row| {
            let line = self.lines.get(row.line);
            PegRef {
                order_id: line.order_id,
                line: line.line,
                product_id: line.product_id,
                quantity: row.quantity,
                date: date_of(row.day),
            }
        })
    }

    /// The orders behind the pegs, each once, in the order in which the plan's input came to them.
    pub fn order_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        let mut orders: Vec<u32> = self
            .rows
            .iter()
            .filter_map(|row| self.lines.rows().get(row.line as usize))
            .map(|line| line.order)
            .collect();
        orders.sort_unstable();
        orders.dedup();
        orders.into_iter().map(|order| self.lines.order_id(order))
    }
}

/// Keeps the order of the pegs.
impl FromIterator<Peg> for Pegging {
    fn from_iter<I: IntoIterator<Item = Peg>>(pegs: I) -> Self {
        let mut lines = OrderLines::default();
        let mut rows = Vec::new();
        for (line, peg) in (0..).zip(pegs) {
            lines.push(&peg.order_id, peg.line, &peg.product_id, peg.date, peg.quantity);
            rows.push(PegRow {
                quantity: peg.quantity,
                line,
                day: lines.rows().last().map_or(0, |row| row.day),
            });
        }
        Self::new(Arc::new(lines), rows)
    }
}

/// The same pegs in the same order, whatever lines they share.
impl PartialEq for Pegging {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Pegging {}

impl fmt::Debug for Pegging {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Pegging {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Pegging {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Peg>::deserialize(deserializer).map(Self::from_iter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{date, quantity};

    fn peg(order: &str, line: u16) -> Peg {
        Peg {
            order_id: order.to_owned(),
            line,
            product_id: "rye".to_owned(),
            quantity: quantity("1.5"),
            date: date("2026-12-03"),
        }
    }

    #[test]
    fn a_peg_takes_16_bytes() {
        assert_eq!(size_of::<PegRow>(), 16);
    }

    #[test]
    fn pegs_are_written_as_a_list_and_read_back() {
        let pegs = [peg("b", 1), peg("a", 2)];
        let pegging: Pegging = pegs.iter().cloned().collect();
        let written = serde_json::to_string(&pegging).unwrap();
        assert_eq!(written, serde_json::to_string(&pegs).unwrap());
        assert_eq!(serde_json::from_str::<Pegging>(&written).unwrap(), pegging);
        assert_eq!((pegging.len(), pegging.is_empty()), (2, false));
        assert_eq!(Pegging::default().iter().len(), 0);
    }

    #[test]
    fn pegs_are_equal_when_their_content_is() {
        let all: Pegging = [peg("z", 9), peg("b", 1), peg("a", 2)].into_iter().collect();
        let row = |line| PegRow {
            quantity: quantity("1.5"),
            line,
            day: all.rows[0].day,
        };
        let of_all = |rows| Pegging::new(Arc::clone(&all.lines), rows);
        let own: Pegging = [peg("b", 1), peg("a", 2)].into_iter().collect();
        assert_eq!(of_all(vec![row(1), row(2)]), own);
        assert_ne!(of_all(vec![row(2), row(1)]), own);
        assert_ne!(own, Pegging::default());
    }

    #[test]
    fn an_order_is_named_once_however_many_of_its_lines_are_pegged() {
        let pegging: Pegging = [peg("b", 1), peg("a", 2), peg("b", 3)].into_iter().collect();
        assert_eq!(pegging.order_ids().collect::<Vec<_>>(), ["b", "a"]);
    }
}
