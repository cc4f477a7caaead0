//! Which order lines an ingredient is needed for, so that a planner sees whom a shortage hits.

use std::sync::Arc;

use super::input::{Horizon, PlanError, PlanInput};
use super::order_lines::OrderLines;
use super::pegged_lines::{LineKey, PeggedLine, PeggedLines};
use super::pegs::{PegRow, Pegging};
use super::quantity::share;
use super::recipes::BillOfMaterials;
use super::unit_needs::UnitNeeds;
use crate::decimal::Quantity;

/// All order lines of one product that need an ingredient the same number of days ahead.
struct Group {
    ingredient: usize,
    node: u32,
    days_ahead: usize,
    weight: i128,
}

/// A peg before it is in its place.
#[derive(Clone, Copy)]
struct UnsortedPeg {
    /// Day, order and line it is sorted by.
    key: LineKey,
    quantity: i64,
    line: u32,
}

/// The pegs of every ingredient, by date, order and line, given what orders need of each in all.
///
/// That total is handed out by rounding running totals: first over products, then over the lines of each. Every peg is
/// within two thousandths of its exact share, and nothing is lost or added.
pub(super) fn pegs(
    input: &PlanInput,
    bill: &BillOfMaterials<'_>,
    horizon: &Horizon,
    order_demand: &[Quantity],
) -> Result<Vec<Pegging>, PlanError> {
    let lines = PeggedLines::new(&input.order_demand, bill, horizon);
    let groups = groups(&lines, bill, &UnitNeeds::new(bill, horizon)?)?;
    // What a plan says must not change with its input: it has lines of its own, shared by all its pegs.
    let shared: Arc<OrderLines> = Arc::new(input.order_demand.clone());

    let mut all = vec![Pegging::default(); order_demand.len()];
    let mut unsorted = Vec::new();
    for of_ingredient in groups.chunk_by(|left, right| left.ingredient == right.ingredient) {
        let Some(ingredient) = of_ingredient.first().map(|group| group.ingredient) else {
            continue;
        };
        unsorted.clear();
        let total = i128::from(order_demand[ingredient].scaled());
        let weights: Vec<i128> = of_ingredient.iter().map(|group| group.weight).collect();
        for (group, part) in of_ingredient.iter().zip(hand_out(total, &weights)?) {
            hand_out_to_lines(part, lines.of(group.node), |line, quantity| {
                unsorted.push(UnsortedPeg {
                    key: line.key.ahead(group.days_ahead),
                    quantity,
                    line: line.line,
                });
            })?;
        }
        // Stable, so that equal keys keep the order of products, days and quantities from above.
        unsorted.sort_by_key(|peg| peg.key);
        let rows = unsorted.iter().map(|peg| PegRow {
            quantity: Quantity::from_scaled(peg.quantity),
            line: peg.line,
            day: horizon.day_number(peg.key.day()),
        });
        all[ingredient] = Pegging::new(Arc::clone(&shared), rows.collect());
    }
    Ok(all)
}

/// Products in demand and what they need, sorted by ingredient.
fn groups(
    lines: &PeggedLines,
    bill: &BillOfMaterials<'_>,
    unit_needs: &UnitNeeds,
) -> Result<Vec<Group>, PlanError> {
    let mut groups = Vec::new();
    for node in (0_u32..).take(bill.len()) {
        let ordered: i128 = lines.of(node).iter().map(|line| i128::from(line.quantity)).sum();
        if ordered == 0 {
            continue;
        }
        for need in unit_needs.of_node(node) {
            // Three of the fifteen decimals are enough beyond those published, and leave room for large totals.
            let weight = ordered.checked_mul(need.amount).ok_or(PlanError::Overflow)? / 1_000_000;
            groups.push(Group {
                ingredient: need.ingredient,
                node,
                days_ahead: need.days_ahead,
                weight,
            });
        }
    }
    // Each combination is there once.
    groups.sort_unstable_by_key(|group| (group.ingredient, group.node, group.days_ahead));
    Ok(groups)
}

/// Splits a total by weights, as differences of the rounded running total: the parts add up to it exactly.
fn hand_out(total: i128, weights: &[i128]) -> Result<Vec<i64>, PlanError> {
    let whole: i128 = weights.iter().sum();
    let (mut running, mut given) = (0_i128, 0_i64);
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        running += weight;
        let until_here = if whole == 0 {
            // Needs too small to be weighed: the first takes what little there is.
            i64::try_from(total).map_err(|_| PlanError::Overflow)?
        } else {
            share(total, running, whole)?
        };
        parts.push(until_here - given);
        given = until_here;
    }
    Ok(parts)
}

/// The same over the lines of a product, weighed by their quantities, each told to `give`.
fn hand_out_to_lines(
    part: i64,
    lines: &[PeggedLine],
    mut give: impl FnMut(&PeggedLine, i64),
) -> Result<(), PlanError> {
    let narrow = lines
        .iter()
        .try_fold(0_u64, |sum, line| {
            sum.checked_add(u64::try_from(line.quantity).ok()?)
        })
        .zip(u64::try_from(part).ok())
        // No product of the part with a running total is larger, nor half of it more than the remainder below.
        .filter(|(whole, part)| part.checked_mul(*whole).is_some());
    let Some((whole, part)) = narrow.filter(|(whole, _)| *whole > 0) else {
        let weights: Vec<i128> = lines.iter().map(|line| i128::from(line.quantity)).collect();
        let parts = hand_out(i128::from(part), &weights)?;
        lines
            .iter()
            .zip(parts)
            .for_each(|(line, quantity)| give(line, quantity));
        return Ok(());
    };
    // What nearly every product of a real bakery fits: 64 bits, where division is several times faster.
    let (mut running, mut given) = (0_u64, 0_i64);
    for line in lines {
        running += line.quantity.unsigned_abs();
        let (quotient, remainder) = (part * running / whole, part * running % whole);
        // At most the part itself, which came from a signed number.
        let until_here = (quotient + u64::from(remainder >= whole - remainder)) as i64;
        give(line, until_here - given);
        given = until_here;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_handed_out_adds_up() {
        assert_eq!(hand_out(100, &[1, 1, 1]).unwrap(), [33, 34, 33]);
        assert_eq!(hand_out(2, &[5, 5, 5, 5]).unwrap(), [1, 0, 1, 0]);
        assert_eq!(hand_out(15_000, &[5, 10]).unwrap(), [5_000, 10_000]);
        assert_eq!(hand_out(3, &[0, 0]).unwrap(), [3, 0]);
        assert_eq!(hand_out(3, &[]).unwrap(), Vec::<i64>::new());
    }

    proptest! {
        #[test]
        fn lines_get_what_exact_arithmetic_gives_them(
            // Small figures come to exact halves, large ones leave 64 bits.
            part in prop_oneof![0..20_i64, 0..2_000_i64, 0..i64::MAX],
            quantities in prop_oneof![
                vec(1..4_i64, 0..8),
                vec(prop_oneof![1..3_000_i64, 1..i64::MAX / 64], 0..40),
            ],
        ) {
            let lines: Vec<PeggedLine> = quantities
                .iter()
                .map(|quantity| PeggedLine::of_quantity(*quantity))
                .collect();
            let mut given = Vec::new();
            hand_out_to_lines(part, &lines, |_, quantity| given.push(quantity)).unwrap();
            let weights: Vec<i128> = quantities.iter().map(|quantity| i128::from(*quantity)).collect();
            prop_assert_eq!(&given, &hand_out(i128::from(part), &weights).unwrap());
            if !quantities.is_empty() {
                prop_assert_eq!(given.iter().sum::<i64>(), part);
            }
        }
    }
}
