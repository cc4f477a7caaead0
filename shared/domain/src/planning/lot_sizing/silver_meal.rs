//! Silver and Meal's heuristic (1973): a lot is extended day by day as long as the cost per day of what it covers falls.

use super::cost::CostRates;
use crate::decimal::Quantity;
use crate::planning::input::PlanError;

/// How many of the days the lot received on the first of them covers: the first number of days `T` after which
/// `(K + h·Σ j·net_j)/T` rises, `j` counting from 0. Days that cost the same are taken in.
pub(super) fn covered_days(net_requirements: &[Quantity], rates: CostRates) -> Result<usize, PlanError> {
    let mut cost = rates.setup;
    for (days, net) in net_requirements.iter().enumerate().skip(1) {
        // Kept for as many days as lie between the receipt and the need.
        let longer = i128::from(net.scaled())
            .checked_mul(days as i128)
            .and_then(|unit_days| unit_days.checked_mul(rates.holding))
            .and_then(|holding| holding.checked_add(cost))
            .ok_or(PlanError::Overflow)?;
        // longer/(days + 1) > cost/days, without a division.
        let per_day_longer = longer.checked_mul(days as i128).ok_or(PlanError::Overflow)?;
        let per_day = cost.checked_mul(days as i128 + 1).ok_or(PlanError::Overflow)?;
        if per_day_longer > per_day {
            return Ok(days);
        }
        cost = longer;
    }
    Ok(net_requirements.len())
}
