//! What a plan's purchases come to, over all of them (D66).

use std::collections::BTreeMap;

use super::input::PlanError;
use super::quantity::share;
use super::suppliers::diversification;
use crate::catalog::Ratio;
use crate::decimal::{Money, Quantity, UnitPrice};

/// One purchase of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedPurchase<'a> {
    /// Who delivers; `None` when nobody offers the ingredient.
    pub supplier_id: Option<&'a str>,
    /// What to buy.
    pub order_quantity: Quantity,
    /// What that costs; `None` when nobody names a price.
    pub cost: Option<Money>,
}

/// The figures over all purchases of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurchaseTotals {
    /// Sum of the costs; those without a price are not in it.
    pub estimated_cost: Money,
    /// Number of suppliers to buy from.
    pub supplier_count: u32,
    /// `1 − Σ cost share²` (D66); `None` when nothing costs anything.
    pub supplier_diversification: Option<Ratio>,
}

/// Adds up the purchases of a plan.
///
/// # Errors
/// [`PlanError::Overflow`]
pub fn purchase_totals<'a>(
    purchases: impl IntoIterator<Item = PlannedPurchase<'a>>,
) -> Result<PurchaseTotals, PlanError> {
    let mut estimated_cost = Money::ZERO;
    let mut cost_by_supplier: BTreeMap<&str, Money> = BTreeMap::new();
    for purchase in purchases {
        let cost = purchase.cost.unwrap_or(Money::ZERO);
        estimated_cost = estimated_cost.checked_add(cost).ok_or(PlanError::Overflow)?;
        if let Some(supplier) = purchase
            .supplier_id
            .filter(|_| purchase.order_quantity > Quantity::ZERO)
        {
            let total = cost_by_supplier.entry(supplier).or_default();
            *total = total.checked_add(cost).ok_or(PlanError::Overflow)?;
        }
    }
    Ok(PurchaseTotals {
        estimated_cost,
        supplier_count: u32::try_from(cost_by_supplier.len()).map_err(|_| PlanError::Overflow)?,
        supplier_diversification: diversification(&cost_by_supplier)?,
    })
}

/// `quantity · price`, rounded half away from zero; nothing costs nothing, and something of unknown price `None`.
///
/// # Errors
/// [`PlanError::Overflow`]
pub fn purchase_cost(quantity: Quantity, price: Option<UnitPrice>) -> Result<Option<Money>, PlanError> {
    let Some(price) = price else {
        return Ok(quantity.is_zero().then_some(Money::ZERO));
    };
    // A price has 4 decimals, a quantity 3, money 2.
    let cents = share(i128::from(quantity.scaled()), i128::from(price.scaled()), 100_000)?;
    Ok(Some(Money::from_scaled(cents)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_count_suppliers_that_something_is_bought_from() {
        // D66
        let purchase = |supplier, quantity: i64, cents: Option<i64>| PlannedPurchase {
            supplier_id: supplier,
            order_quantity: Quantity::from_scaled(quantity),
            cost: cents.map(Money::from_scaled),
        };
        let totals = purchase_totals([
            purchase(Some("a"), 1, Some(5_000)),
            purchase(Some("b"), 1, Some(1_000)),
            purchase(Some("b"), 1, Some(2_000)),
            purchase(Some("c"), 0, Some(0)),
            purchase(None, 1, None),
            purchase(Some("d"), 1, Some(2_000)),
        ]);
        let expected = PurchaseTotals {
            estimated_cost: Money::from_scaled(10_000),
            supplier_count: 3,
            supplier_diversification: Some(Ratio::from_scaled(6_200)),
        };
        assert_eq!(totals, Ok(expected));
        let greatest = purchase(None, 1, Some(i64::MAX));
        assert_eq!(purchase_totals([greatest, greatest]), Err(PlanError::Overflow));
    }

    #[test]
    fn costs_are_rounded_half_away_from_zero() {
        // D20
        let cost = |quantity: &str, price: Option<&str>| {
            let price = price.map(|price| UnitPrice::parse(price).unwrap());
            let quantity = Quantity::parse_or_zero(quantity).unwrap();
            purchase_cost(quantity, price).map(|cost| cost.map(|cost| cost.to_string()))
        };
        assert_eq!(cost("0.005", Some("1")), Ok(Some("0.01".to_owned())));
        assert_eq!(cost("0.004", Some("1")), Ok(Some("0.00".to_owned())));
        assert_eq!(cost("100", Some("0.85")), Ok(Some("85.00".to_owned())));
        assert_eq!(cost("0", None), Ok(Some("0.00".to_owned())));
        assert_eq!(cost("1", None), Ok(None));
        let greatest = Some(UnitPrice::from_scaled(i64::MAX));
        assert_eq!(
            purchase_cost(Quantity::from_scaled(i64::MAX), greatest),
            Err(PlanError::Overflow)
        );
    }
}
