//! Published lot-sizing problems, and what must hold for any.

mod optimum;
mod published;

use super::{Lot, LotRule, LotSizing};
use crate::catalog::{Ingredient, Ordering, OrderingMethod};
use crate::decimal::{Money, Quantity, UnitPrice};
use crate::planning::tests::fixture::ingredient;

/// A rule that adds nothing.
fn exact() -> LotRule {
    LotRule {
        minimum_order_quantity: Quantity::ZERO,
        pack_size: Quantity::from_scaled(1),
    }
}

/// An ingredient with set-up cost in cents and holding cost in hundredths of a cent.
fn with_costs(method: OrderingMethod, setup: i64, holding: i64) -> Ingredient {
    Ingredient {
        ordering: Ordering {
            method,
            setup_cost: Money::from_scaled(setup),
            holding_cost_per_day: UnitPrice::from_scaled(holding),
            ..Ordering::default()
        },
        ..ingredient("flour")
    }
}

/// What is received on each day, the gross requirement being the net one.
fn received(ingredient: &Ingredient, net_requirements: &[Quantity], lot_rule: LotRule) -> Vec<Quantity> {
    lots(ingredient, net_requirements, lot_rule)
        .into_iter()
        .map(|lot| lot.quantity)
        .collect()
}

fn lots(ingredient: &Ingredient, net_requirements: &[Quantity], lot_rule: LotRule) -> Vec<Lot> {
    let gross = super::total(net_requirements.iter()).unwrap();
    let sizing = LotSizing::new(ingredient, gross, net_requirements.len(), lot_rule).unwrap();
    sizing.lots(net_requirements).unwrap()
}

/// Whole units.
fn units<const N: usize>(days: [i64; N]) -> Vec<Quantity> {
    days.iter()
        .map(|day| Quantity::from_scaled(day * 1_000))
        .collect()
}
