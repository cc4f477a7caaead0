//! What one plan would buy otherwise than another (D69).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::requirement::Requirement;
use crate::decimal::{Money, Quantity};

/// What of a requirement two plans are compared by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RequirementFigures {
    /// The ingredient.
    pub ingredient_id: String,
    /// Its name.
    pub name: String,
    /// Unit of the quantities.
    pub unit: String,
    /// What to buy.
    pub order_quantity: Quantity,
    /// First day with a planned receipt.
    pub required_date: Option<NaiveDate>,
    /// The day to order.
    pub order_by_date: Option<NaiveDate>,
    /// From whom.
    pub supplier_id: Option<String>,
    /// What it costs; `None` when nobody names a price.
    pub estimated_cost: Option<Money>,
}

impl From<&Requirement> for RequirementFigures {
    fn from(row: &Requirement) -> Self {
        Self {
            ingredient_id: row.ingredient_id.clone(),
            name: row.name.clone(),
            unit: row.unit.clone(),
            order_quantity: row.order_quantity,
            required_date: row.required_date,
            order_by_date: row.order_by_date,
            supplier_id: row.supplier_id.clone(),
            estimated_cost: row.estimated_cost,
        }
    }
}

/// An ingredient of which two plans do not say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementDifference {
    /// The ingredient.
    pub ingredient_id: String,
    /// What the first plan says; `None` when it does not name the ingredient.
    pub before: Option<RequirementFigures>,
    /// What the second plan says; `None` when it does not name the ingredient.
    pub after: Option<RequirementFigures>,
    /// How much more the second buys; negative when it buys less.
    pub order_quantity_change: Quantity,
    /// How much more that costs; an unknown price counts as nothing.
    pub estimated_cost_change: Money,
}

/// How a second plan differs from a first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDifference {
    /// What the first costs, as far as prices are known.
    pub estimated_cost_before: Money,
    /// What the second costs, as far as prices are known.
    pub estimated_cost_after: Money,
    /// The ingredients of which they do not say the same, by id.
    pub requirements: Vec<RequirementDifference>,
}

/// Compares two plans. The order of the rows does not matter.
pub fn difference(before: &[RequirementFigures], after: &[RequirementFigures]) -> PlanDifference {
    let mut pairs: BTreeMap<&str, (Option<&RequirementFigures>, Option<&RequirementFigures>)> =
        BTreeMap::new();
    for row in before {
        pairs.entry(&row.ingredient_id).or_default().0 = Some(row);
    }
    for row in after {
        pairs.entry(&row.ingredient_id).or_default().1 = Some(row);
    }
    let changed = pairs.into_iter().filter(|(_, (before, after))| before != after);
    let requirements = changed.map(|(id, (before, after))| RequirementDifference {
        ingredient_id: id.to_owned(),
        order_quantity_change: Quantity::from_scaled(
            bought(after).scaled().saturating_sub(bought(before).scaled()),
        ),
        estimated_cost_change: Money::from_scaled(cost(after).saturating_sub(cost(before))),
        before: before.cloned(),
        after: after.cloned(),
    });
    PlanDifference {
        estimated_cost_before: total(before),
        estimated_cost_after: total(after),
        requirements: requirements.collect(),
    }
}

fn bought(row: Option<&RequirementFigures>) -> Quantity {
    row.map_or(Quantity::ZERO, |row| row.order_quantity)
}

fn cost(row: Option<&RequirementFigures>) -> i64 {
    row.and_then(|row| row.estimated_cost).map_or(0, Money::scaled)
}

/// A total for comparing stops at the greatest amount: neither plan could have been made beyond it.
fn total(rows: &[RequirementFigures]) -> Money {
    let sum = rows
        .iter()
        .fold(0_i64, |sum, row| sum.saturating_add(cost(Some(row))));
    Money::from_scaled(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{date, quantity};

    fn row(id: &str, bought: &str, cents: Option<i64>) -> RequirementFigures {
        RequirementFigures {
            ingredient_id: id.to_owned(),
            name: id.to_owned(),
            unit: "kg".to_owned(),
            order_quantity: quantity(bought),
            required_date: Some(date("2026-12-04")),
            order_by_date: None,
            supplier_id: None,
            estimated_cost: cents.map(Money::from_scaled),
        }
    }

    // D69
    #[test]
    fn only_what_differs_is_told_with_what_it_comes_to() {
        let before = [
            row("flour", "100", Some(9_000)),
            row("salt", "2", Some(150)),
            row("yeast", "1", None),
        ];
        let later = RequirementFigures {
            required_date: Some(date("2026-12-05")),
            ..row("yeast", "1", None)
        };
        let after = [
            later,
            row("rye", "5", Some(700)),
            row("flour", "60", Some(5_400)),
            row("salt", "2", Some(150)),
        ];
        let difference = difference(&before, &after);
        let shown: Vec<_> = difference
            .requirements
            .iter()
            .map(|row| {
                let sides = (row.before.is_some(), row.after.is_some());
                let changes = (
                    row.order_quantity_change.to_string(),
                    row.estimated_cost_change.to_string(),
                );
                (row.ingredient_id.as_str(), sides, changes)
            })
            .collect();
        let of = |quantity: &str, money: &str| (quantity.to_owned(), money.to_owned());
        assert_eq!(
            shown,
            [
                ("flour", (true, true), of("-40.000", "-36.00")),
                ("rye", (false, true), of("5.000", "7.00")),
                ("yeast", (true, true), of("0.000", "0.00")),
            ]
        );
        let costs = (difference.estimated_cost_before, difference.estimated_cost_after);
        assert_eq!(costs, (Money::from_scaled(9_150), Money::from_scaled(6_250)));
        assert_eq!(super::difference(&after, &after).requirements, []);
    }
}
