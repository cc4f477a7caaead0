//! How much the daily need of an ingredient varies, from how much the sales of its products do (D62).
//!
//! Products are taken as independent of one another, so that variances add up: `σ_i² = Σ (unit need · σ_p)²` over all
//! products sold, the unit need being what one unit of the product needs of the ingredient through all levels of the
//! bill of materials. Products that rise and fall together make an ingredient vary more than this says.

use serde::{Deserialize, Serialize};

use super::input::{Horizon, PlanError, PlanInput};
use super::recipes::BillOfMaterials;
use super::unit_needs::UnitNeeds;
use crate::decimal::Quantity;

/// How much the sales of a product vary from day to day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemandDeviation {
    /// What is sold: a product, or an ingredient that is sold as it is.
    pub product_id: String,
    /// Standard deviation of its sales per day, in its unit.
    pub standard_deviation: Quantity,
}

/// The variance of the daily need of each ingredient in square millionths of its unit, by ingredient; `None` where no
/// product that needs it says how much it varies. Several rows of one product are taken as independent parts of it.
pub(super) fn daily_variances(
    input: &PlanInput,
    bill: &BillOfMaterials<'_>,
    horizon: &Horizon,
) -> Result<Vec<Option<i128>>, PlanError> {
    let mut variances: Vec<Option<i128>> = vec![None; bill.ingredients().len()];
    let unit_needs = UnitNeeds::new(bill, horizon)?;
    let mut needs: Vec<i128> = vec![0; variances.len()];
    for row in &input.demand_deviation {
        let deviation = i128::from(row.standard_deviation.scaled());
        let Some(node) = bill.node(&row.product_id).filter(|_| deviation > 0) else {
            continue;
        };
        // An ingredient that is needed on several days for one unit varies with their sum.
        let mut touched = Vec::new();
        for need in unit_needs.of_node(node) {
            needs[need.ingredient] = needs[need.ingredient]
                .checked_add(need.amount)
                .ok_or(PlanError::Overflow)?;
            touched.push(need.ingredient);
        }
        for ingredient in touched {
            // Taken once, however many days it was touched for.
            let need = std::mem::take(&mut needs[ingredient]);
            if need == 0 {
                continue;
            }
            let variance = square_millionths(need, deviation)?;
            let total = &mut variances[ingredient];
            *total = total
                .unwrap_or(0)
                .checked_add(variance)
                .map(Some)
                .ok_or(PlanError::Overflow)?;
        }
    }
    Ok(variances)
}

/// `(need · deviation)²` for a need at twelve decimals and a deviation at three.
fn square_millionths(need: i128, deviation: i128) -> Result<i128, PlanError> {
    need.checked_mul(deviation)
        .and_then(|product| super::quantity::divide_half_away(product, 1_000_000_000))
        .and_then(|millionths| millionths.checked_mul(millionths))
        .ok_or(PlanError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{Bakery, product, quantity};

    fn deviations(bakery: Bakery, rows: &[(&str, &str)]) -> Vec<Option<i128>> {
        let mut input = bakery.input();
        input.demand_deviation = rows
            .iter()
            .map(|(product, deviation)| DemandDeviation {
                product_id: (*product).to_owned(),
                standard_deviation: quantity(deviation),
            })
            .collect();
        let horizon = Horizon::new(input.start, input.horizon_days, input.today).unwrap();
        let bill = BillOfMaterials::new(&input.catalog).unwrap();
        let variances = daily_variances(&input, &bill, &horizon).unwrap();
        variances
            .into_iter()
            .map(|variance| variance.map(|variance| variance.isqrt()))
            .collect()
    }

    // D62: 3 and 4 at right angles are 5; through a dough on the way, and sold as it is.
    #[test]
    fn variances_of_products_add_up_through_the_bill_of_materials() {
        let bakery = || {
            Bakery::new("2026-12-01", 7)
                .ingredient("flour", |_| {})
                .ingredient("seeds", |_| {})
                .ingredient("water", |_| {})
                .product(product("dough", "2", &[("flour", "1")]))
                .product(product("loaf", "1", &[("dough", "0.6")]))
                .product(product("roll", "10", &[("flour", "1")]))
        };
        // 0.3 · 10 = 3 kg and 0.1 · 40 = 4 kg.
        assert_eq!(
            deviations(
                bakery(),
                &[("loaf", "10"), ("roll", "40"), ("ghost", "9"), ("seeds", "1.5")]
            ),
            [Some(5_000_000), Some(1_500_000), None]
        );
        assert_eq!(deviations(bakery(), &[("loaf", "0")]), [None, None, None]);
    }

    // D62: dough today and dusting flour today or tomorrow belong to the same loaf.
    #[test]
    fn what_one_product_needs_on_several_days_varies_together() {
        let bakery = Bakery::new("2026-12-01", 7)
            .ingredient("flour", |_| {})
            .product_with("dough", "1", 1, &[("flour", "1", "0")])
            .product(product("loaf", "1", &[("dough", "0.5"), ("flour", "0.1")]));
        assert_eq!(deviations(bakery, &[("loaf", "10")]), [Some(6_000_000)]);
    }
}
