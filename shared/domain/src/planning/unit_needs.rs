//! What one unit of each product needs of each ingredient, through all levels of its recipe, and how long before (D60).

use std::ops::Range;

use super::input::{Horizon, PlanError};
use super::recipes::BillOfMaterials;

/// One, at the twelve decimals to which needs per unit of a product are kept.
const UNIT: i128 = 1_000_000_000_000;

/// What one unit of a product needs of an ingredient, a number of days ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnitNeed {
    /// Position of the ingredient among the ingredients.
    pub(super) ingredient: usize,
    pub(super) days_ahead: usize,
    /// In 10^-12 of the ingredient's unit.
    pub(super) amount: i128,
}

impl UnitNeed {
    /// The need of something that is bought as it is.
    fn of_itself(node: u32, products: usize) -> Self {
        Self {
            ingredient: (node as usize).saturating_sub(products),
            days_ahead: 0,
            amount: UNIT,
        }
    }
}

/// The needs of all nodes: those of products worked out, those of ingredients being themselves.
#[derive(Debug)]
pub(super) struct UnitNeeds {
    needs: Vec<UnitNeed>,
    /// Where the needs of each product are.
    ranges: Vec<Range<usize>>,
}

impl UnitNeeds {
    /// Works from the bottom of the bill upwards.
    ///
    /// # Errors
    /// [`PlanError::Overflow`]
    pub(super) fn new(bill: &BillOfMaterials<'_>, horizon: &Horizon) -> Result<Self, PlanError> {
        let products = bill.product_count();
        let mut all = Self {
            needs: Vec::new(),
            ranges: vec![0..0; products],
        };
        let mut own: Vec<UnitNeed> = Vec::new();
        for &product in bill.by_low_level_code().iter().rev() {
            own.clear();
            for line in bill.lines(product) {
                let of_itself = UnitNeed::of_itself(line.node, products);
                for need in all.of(line.node, &of_itself) {
                    // Further ahead than the horizon is long comes to the same: the first day.
                    let days_ahead = need.days_ahead.saturating_add(bill.lead_days(product));
                    own.push(UnitNeed {
                        ingredient: need.ingredient,
                        days_ahead: days_ahead.min(horizon.len()),
                        amount: line.factor.apply_wide(need.amount)?,
                    });
                }
            }
            own.sort_unstable_by_key(|need| (need.ingredient, need.days_ahead));
            let first = all.needs.len();
            for need in &own {
                match all.needs.get_mut(first..).and_then(<[UnitNeed]>::last_mut) {
                    Some(last)
                        if (last.ingredient, last.days_ahead) == (need.ingredient, need.days_ahead) =>
                    {
                        last.amount = last.amount.checked_add(need.amount).ok_or(PlanError::Overflow)?;
                    }
                    _ => all.needs.push(*need),
                }
            }
            all.ranges[product as usize] = first..all.needs.len();
        }
        Ok(all)
    }

    /// The needs of a node by ingredient and days ahead, each combination once.
    pub(super) fn of_node(&self, node: u32) -> impl Iterator<Item = UnitNeed> {
        let of_itself = UnitNeed::of_itself(node, self.ranges.len());
        let range = self.ranges.get(node as usize).cloned();
        let own = range.is_none().then_some(of_itself);
        own.into_iter()
            .chain(self.needs[range.unwrap_or_default()].iter().copied())
    }

    fn of<'a>(&'a self, node: u32, of_itself: &'a UnitNeed) -> &'a [UnitNeed] {
        match self.ranges.get(node as usize) {
            Some(range) => &self.needs[range.clone()],
            None => std::slice::from_ref(of_itself),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::Bakery;

    // D60: by two ways to the same ingredient, on the same day and on another.
    #[test]
    fn ways_that_come_to_the_same_day_are_put_together() {
        let input = Bakery::new("2026-12-01", 3)
            .ingredient("flour", |_| {})
            .ingredient("salt", |_| {})
            .product_with("bread", "1", 1, &[("dough", "2", "0"), ("flour", "0.5", "0")])
            .product_with(
                "dough",
                "4",
                9,
                &[("flour", "3", "0"), ("salt", "1", "0"), ("flour", "1", "0")],
            )
            .input();
        let horizon = Horizon::new(input.start, input.horizon_days, input.today).unwrap();
        let bill = BillOfMaterials::new(&input.catalog).unwrap();
        let needs = UnitNeeds::new(&bill, &horizon).unwrap();
        let of = |id: &str| -> Vec<(usize, usize, i128)> {
            needs
                .of_node(bill.node(id).unwrap())
                .map(|need| (need.ingredient, need.days_ahead, need.amount))
                .collect()
        };
        assert_eq!(of("dough"), [(0, 3, UNIT), (1, 3, UNIT / 4)]);
        assert_eq!(
            of("bread"),
            [(0, 1, UNIT / 2), (0, 3, 2 * UNIT), (1, 3, UNIT / 2)]
        );
        assert_eq!(of("salt"), [(1, 0, UNIT)]);
    }
}
