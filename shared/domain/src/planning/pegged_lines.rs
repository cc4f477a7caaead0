//! Order lines that count as demand, product by product, in the order in which their needs are handed out.

use std::ops::Range;

use super::input::Horizon;
use super::order_lines::OrderLines;
use super::recipes::BillOfMaterials;

/// A line that counts as demand.
#[derive(Debug, Clone, Copy)]
pub(super) struct PeggedLine {
    /// Day of the horizon, position of the order among all orders by id, line: what lines of a product are sorted by.
    pub(super) key: LineKey,
    /// Thousandths, above nothing.
    pub(super) quantity: i64,
    /// Position among the order lines.
    pub(super) line: u32,
}

/// Day, order and line in one number, so that comparing them is one comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LineKey(u64);

/// Bits below the day: 32 for the order, 16 for the line.
const DAY_SHIFT: u32 = 48;

impl LineKey {
    fn new(day: usize, order: u32, line: u16) -> Self {
        // A horizon has at most 90 days.
        Self((day as u64) << DAY_SHIFT | u64::from(order) << 16 | u64::from(line))
    }

    /// The day of the horizon.
    #[inline]
    pub(super) const fn day(self) -> usize {
        (self.0 >> DAY_SHIFT) as usize
    }

    /// The same order and line a number of days earlier, the first day at the earliest.
    #[inline]
    pub(super) const fn ahead(self, days: usize) -> Self {
        let day = self.day().saturating_sub(days) as u64;
        Self(day << DAY_SHIFT | (self.0 & ((1 << DAY_SHIFT) - 1)))
    }
}

/// Lines by product, those of a product by day, order, line and quantity.
#[derive(Debug)]
pub(super) struct PeggedLines {
    lines: Vec<PeggedLine>,
    /// Where the lines of each node end.
    ends: Vec<usize>,
}

impl PeggedLines {
    /// Sorts the lines that are due in the horizon and can be made or bought. There are fewer than 2^32.
    pub(super) fn new(order_lines: &OrderLines, bill: &BillOfMaterials<'_>, horizon: &Horizon) -> Self {
        let nodes: Vec<Option<u32>> = order_lines.product_ids().map(|id| bill.node(id)).collect();
        let positions = order_lines.order_positions();
        let counted = || {
            (0_u32..).zip(order_lines.rows()).filter_map(|(line, row)| {
                let day = horizon.day_of_common_era(row.day)?;
                let node = nodes[row.product as usize]? as usize;
                (row.quantity.scaled() > 0).then_some((node, day, line, row))
            })
        };
        // A counting sort by node; then the lines of each for themselves, which are few and near each other.
        let mut next = vec![0_usize; bill.len()];
        for (node, ..) in counted() {
            next[node] += 1;
        }
        let mut first = 0;
        for count in &mut next {
            (*count, first) = (first, first + *count);
        }
        let nobody = PeggedLine {
            key: LineKey(0),
            quantity: 0,
            line: 0,
        };
        let mut lines = vec![nobody; first];
        for (node, day, line, row) in counted() {
            lines[next[node]] = PeggedLine {
                key: LineKey::new(day, positions[row.order as usize], row.line),
                quantity: row.quantity.scaled(),
                line,
            };
            next[node] += 1;
        }
        let mut sorted = Self { lines, ends: next };
        for node in 0..sorted.ends.len() {
            let range = sorted.range(node);
            sorted.lines[range].sort_unstable_by_key(|line| (line.key, line.quantity));
        }
        sorted
    }

    /// The lines of a node.
    pub(super) fn of(&self, node: u32) -> &[PeggedLine] {
        &self.lines[self.range(node as usize)]
    }

    fn range(&self, node: usize) -> Range<usize> {
        let first = node
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied();
        first.unwrap_or(0)..self.ends.get(node).copied().unwrap_or(0)
    }
}

#[cfg(test)]
impl PeggedLine {
    pub(super) fn of_quantity(quantity: i64) -> Self {
        Self {
            key: LineKey(0),
            quantity,
            line: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::Bakery;

    #[test]
    fn a_key_compares_by_day_then_order_then_line() {
        let key = LineKey::new(3, u32::MAX, u16::MAX);
        assert!(LineKey::new(2, 7, 9) < key && key < LineKey::new(4, 0, 0));
        assert!(LineKey::new(3, 6, 9) < LineKey::new(3, 7, 0));
        assert_eq!(
            (key.day(), key.ahead(1)),
            (3, LineKey::new(2, u32::MAX, u16::MAX))
        );
        assert_eq!(key.ahead(90), LineKey::new(0, u32::MAX, u16::MAX));
    }

    // D60: what is not due in the horizon, nothing, or can neither be made nor bought is pegged to nothing.
    #[test]
    fn lines_are_sorted_by_product_day_order_and_line() {
        let input = Bakery::new("2026-12-01", 3)
            .ingredient("bun", |_| {})
            .ingredient("rye", |_| {})
            .order("z", 1, "rye", "2026-12-01", "1")
            .order("b", 2, "rye", "2026-12-01", "2")
            .order("ghost", 1, "spectre", "2026-12-01", "3")
            .order("b", 1, "rye", "2026-12-02", "4")
            .order("b", 1, "rye", "2026-12-01", "6")
            .order("b", 1, "rye", "2026-12-01", "5")
            .order("b", 1, "bun", "2026-12-03", "7")
            .order("b", 3, "bun", "2026-12-04", "8")
            .order("b", 4, "bun", "2026-12-01", "0")
            .input();
        let horizon = Horizon::new(input.start, input.horizon_days, input.today).unwrap();
        let bill = BillOfMaterials::new(&input.catalog).unwrap();
        let lines = PeggedLines::new(&input.order_demand, &bill, &horizon);
        let of = |id: &str| -> Vec<(usize, i64)> {
            let lines = lines.of(bill.node(id).unwrap()).iter();
            lines
                .map(|line| (line.key.day(), line.quantity / 1_000))
                .collect()
        };
        assert_eq!(of("bun"), [(2, 7)]);
        assert_eq!(of("rye"), [(0, 5), (0, 6), (0, 2), (0, 1), (1, 4)]);
    }
}
