//! What lots cost: set-up cost for each, holding cost for what is still there at the end of each period.
//!
//! Costs are counted in ten millionths of the currency, in which a price of 4 decimals times a quantity of 3 is exact.

use crate::decimal::{Money, Quantity, UnitPrice};
use crate::planning::input::PlanError;

/// Ten millionths of the currency in a cent.
const PER_CENT: i128 = 100_000;

/// What the methods that weigh ordering against keeping need, both above nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CostRates {
    /// Cost of one order, in ten millionths of the currency.
    pub(super) setup: i128,
    /// Cost of keeping a thousandth of a unit for one day, in ten millionths of the currency.
    pub(super) holding: i128,
}

impl CostRates {
    /// The rates of an ingredient; `None` when either is missing or nothing.
    pub(super) fn new(setup_cost: Money, holding_cost_per_day: UnitPrice) -> Option<Self> {
        let rates = Self {
            setup: i128::from(setup_cost.scaled()) * PER_CENT,
            // 4 decimals of a price and 3 of a quantity make 7.
            holding: i128::from(holding_cost_per_day.scaled()),
        };
        (rates.setup > 0 && rates.holding > 0).then_some(rates)
    }
}

/// One period of a lot-sizing problem, in any units that fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LotSizingPeriod {
    /// What is needed in the period; not below nothing.
    pub demand: Quantity,
    /// What receiving a lot in the period costs; not below nothing.
    pub setup_cost: i128,
}

/// The cost of lots: the set-up cost of every period with a lot, and for every period `holding_cost` per thousandth of
/// a unit that is left at its end. `None` when the lots leave some demand uncovered.
///
/// # Errors
/// [`PlanError::Overflow`].
pub fn lot_cost(
    periods: &[LotSizingPeriod],
    lots: &[Quantity],
    holding_cost: i128,
) -> Result<Option<i128>, PlanError> {
    let (mut cost, mut inventory) = (0_i128, 0_i128);
    for (number, period) in periods.iter().enumerate() {
        let lot = lots.get(number).copied().unwrap_or_default();
        inventory += i128::from(lot.scaled()) - i128::from(period.demand.scaled());
        if inventory < 0 {
            return Ok(None);
        }
        let setup = if lot.is_zero() { 0 } else { period.setup_cost };
        cost = holding_cost
            .checked_mul(inventory)
            .and_then(|holding| holding.checked_add(setup))
            .and_then(|added| cost.checked_add(added))
            .ok_or(PlanError::Overflow)?;
    }
    Ok(Some(cost))
}
