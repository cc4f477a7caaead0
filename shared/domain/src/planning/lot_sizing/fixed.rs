//! Fixed order quantity: multiples of one quantity, as many as the day needs.

use crate::decimal::Quantity;
use crate::planning::input::PlanError;

/// `ceil(net/fixed)·fixed` for the first of the days; the fixed quantity must be above zero. What is left over covers
/// the days after.
pub(super) fn wanted(net_requirements: &[Quantity], fixed: Quantity) -> Result<Quantity, PlanError> {
    let (net, lot) = (
        net_requirements.first().copied().unwrap_or_default().scaled(),
        fixed.scaled().max(1),
    );
    let lots = net / lot + i64::from(net % lot > 0);
    lots.checked_mul(lot)
        .map(Quantity::from_scaled)
        .ok_or(PlanError::Overflow)
}
