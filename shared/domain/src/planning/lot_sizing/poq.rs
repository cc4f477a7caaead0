//! Periodic order quantity: every lot covers the same number of days, as many as the economic order quantity lasts on
//! average, so that lots follow the demand and nothing is left over.

use super::eoq::EconomicOrderQuantity;
use crate::planning::quantity::divide_half_away;

/// `EOQ / mean demand per day`, rounded half up, at least one day.
pub(super) fn periods(economic: &EconomicOrderQuantity) -> usize {
    let lasting = i128::from(economic.quantity.scaled()).checked_mul(economic.horizon_days as i128);
    let days = lasting.and_then(|lasting| divide_half_away(lasting, i128::from(economic.gross.scaled())));
    // Without demand there is nothing to put together; beyond counting is longer than any horizon.
    match days {
        Some(days) => usize::try_from(days.max(1)).unwrap_or(usize::MAX),
        None => 1,
    }
}
