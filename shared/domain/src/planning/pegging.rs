//! Which order lines an ingredient is needed for, so that a planner sees whom a shortage hits.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::input::{Horizon, OrderDemand, PlanError, PlanInput};
use super::quantity::share;
use super::recipes::BillOfMaterials;
use crate::decimal::Quantity;

/// The part of a requirement that one order line causes. The pegs of a requirement add up to its order demand exactly.
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

/// One, at the twelve decimals to which needs per unit of a product are kept here.
const UNIT: i128 = 1_000_000_000_000;

/// What one unit of a product needs of an ingredient, a number of days ahead.
#[derive(Debug, Clone, Copy)]
struct UnitNeed {
    ingredient: usize,
    days_ahead: usize,
    amount: i128,
}

/// All order lines of one product that need an ingredient the same number of days ahead.
struct Group {
    ingredient: usize,
    node: u32,
    days_ahead: usize,
    weight: i128,
}

/// A line that counts as demand, with its day.
struct Line<'a> {
    node: u32,
    day: usize,
    demand: &'a OrderDemand,
}

/// The pegs of every ingredient, by delivery and order, given what orders need of each in all.
///
/// That total is handed out by rounding running totals: first over products, then over the lines of each. Every peg is
/// within two thousandths of its exact share, and nothing is lost or added.
pub(super) fn pegs(
    input: &PlanInput,
    bill: &BillOfMaterials<'_>,
    horizon: &Horizon,
    order_demand: &[Quantity],
) -> Result<Vec<Vec<Peg>>, PlanError> {
    let lines = sorted_lines(input, bill, horizon);
    let unit_needs = unit_needs(bill, horizon)?;
    let lines_of = |node: u32| {
        let first = lines.partition_point(|line| line.node < node);
        let end = lines.partition_point(|line| line.node <= node);
        lines.get(first..end).unwrap_or_default()
    };

    let mut pegs: Vec<Vec<Peg>> = order_demand.iter().map(|_| Vec::new()).collect();
    let groups = groups(&lines, bill, &unit_needs)?;
    for of_ingredient in groups.chunk_by(|left, right| left.ingredient == right.ingredient) {
        let Some(group) = of_ingredient.first() else {
            continue;
        };
        let (total, mut pegged) = (i128::from(order_demand[group.ingredient].scaled()), Vec::new());
        let weights: Vec<i128> = of_ingredient.iter().map(|group| group.weight).collect();
        for (group, part) in of_ingredient.iter().zip(hand_out(total, &weights)?) {
            let lines = lines_of(group.node);
            let weights: Vec<i128> = lines
                .iter()
                .map(|line| i128::from(line.demand.quantity.scaled()))
                .collect();
            for (line, quantity) in lines.iter().zip(hand_out(i128::from(part), &weights)?) {
                pegged.push(Peg {
                    order_id: line.demand.order_id.clone(),
                    line: line.demand.line,
                    product_id: line.demand.product_id.clone(),
                    quantity: Quantity::from_scaled(quantity),
                    date: horizon.date(line.day.saturating_sub(group.days_ahead)),
                });
            }
        }
        // Stable, so that equal keys keep the order of their quantities from `sorted_lines`.
        pegged.sort_by(|left, right| {
            (left.date, &left.order_id, left.line).cmp(&(right.date, &right.order_id, right.line))
        });
        pegs[group.ingredient] = pegged;
    }
    Ok(pegs)
}

fn sorted_lines<'a>(input: &'a PlanInput, bill: &BillOfMaterials<'_>, horizon: &Horizon) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = input
        .order_demand
        .iter()
        .filter(|demand| demand.quantity.scaled() > 0)
        .filter_map(|demand| {
            Some(Line {
                node: bill.node(&demand.product_id)?,
                day: horizon.day(demand.date)?,
                demand,
            })
        })
        .collect();
    lines.sort_by(|left, right| {
        let order = |line: &Line<'a>| (line.demand.line, line.demand.quantity);
        (left.node, left.day, &left.demand.order_id, order(left)).cmp(&(
            right.node,
            right.day,
            &right.demand.order_id,
            order(right),
        ))
    });
    lines
}

/// What a unit of each product needs of each ingredient, from the bottom of the bill upwards.
fn unit_needs(bill: &BillOfMaterials<'_>, horizon: &Horizon) -> Result<Vec<Vec<UnitNeed>>, PlanError> {
    let products = bill.product_count();
    let mut needs: Vec<Vec<UnitNeed>> = vec![Vec::new(); products];
    for &product in bill.by_low_level_code().iter().rev() {
        let mut merged: BTreeMap<(usize, usize), i128> = BTreeMap::new();
        // Further ahead than the horizon is long comes to the same: the first day.
        let ahead = |days: usize| days.saturating_add(bill.lead_days(product)).min(horizon.len());
        for line in bill.lines(product) {
            let own = [UnitNeed {
                ingredient: (line.node as usize).saturating_sub(products),
                days_ahead: 0,
                amount: UNIT,
            }];
            let below = needs
                .get(line.node as usize)
                .map_or(own.as_slice(), Vec::as_slice);
            for need in below {
                let amount = merged
                    .entry((need.ingredient, ahead(need.days_ahead)))
                    .or_default();
                let more = line.factor.apply_wide(need.amount)?;
                *amount = amount.checked_add(more).ok_or(PlanError::Overflow)?;
            }
        }
        needs[product as usize] = merged
            .into_iter()
            .map(|((ingredient, days_ahead), amount)| UnitNeed {
                ingredient,
                days_ahead,
                amount,
            })
            .collect();
    }
    Ok(needs)
}

/// Products in demand and what they need, sorted by ingredient.
fn groups(
    lines: &[Line<'_>],
    bill: &BillOfMaterials<'_>,
    unit_needs: &[Vec<UnitNeed>],
) -> Result<Vec<Group>, PlanError> {
    let mut groups = Vec::new();
    for of_node in lines.chunk_by(|left, right| left.node == right.node) {
        let Some(node) = of_node.first().map(|line| line.node) else {
            continue;
        };
        let ordered: i128 = of_node
            .iter()
            .map(|line| i128::from(line.demand.quantity.scaled()))
            .sum();
        let bought_as_it_is = [UnitNeed {
            ingredient: (node as usize).saturating_sub(bill.product_count()),
            days_ahead: 0,
            amount: UNIT,
        }];
        let needs = unit_needs
            .get(node as usize)
            .map_or(bought_as_it_is.as_slice(), Vec::as_slice);
        for need in needs {
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
    groups.sort_by_key(|group| (group.ingredient, group.node, group.days_ahead));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_out_adds_up() {
        assert_eq!(hand_out(100, &[1, 1, 1]).unwrap(), [33, 34, 33]);
        assert_eq!(hand_out(2, &[5, 5, 5, 5]).unwrap(), [1, 0, 1, 0]);
        assert_eq!(hand_out(15_000, &[5, 10]).unwrap(), [5_000, 10_000]);
        assert_eq!(hand_out(3, &[0, 0]).unwrap(), [3, 0]);
        assert_eq!(hand_out(3, &[]).unwrap(), Vec::<i64>::new());
    }
}
