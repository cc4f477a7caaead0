//! Lots that are larger than what is used of them before they expire: a minimum, a pack or a fixed quantity may force
//! more than the shelf life allows a method to put together.

use crate::decimal::Quantity;
use crate::planning::netting::Day;

/// A planned lot of which some will not be used in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::planning) struct SpoilingLot {
    /// The day on which it is received.
    pub(in crate::planning) day: usize,
    /// What is bought.
    pub(in crate::planning) quantity: Quantity,
    /// The last day on which it may be used.
    pub(in crate::planning) last_day: usize,
    /// What is left of it after that day.
    pub(in crate::planning) left: Quantity,
}

/// The lots that leave something beyond the safety stock after the last day on which they keep, in order of their days.
///
/// Received on day `t` with a shelf life of `s` days, the last day is `t + s − 1`. The safety stock itself is turned
/// over: the oldest is used first and the next lot replaces it. Lots that keep until after the horizon are left
/// aside, like stock (D63): the demand of those days is not known yet.
pub(in crate::planning) fn spoiling_lots(
    days: &[Day],
    shelf_life_days: Option<usize>,
    safety_stock: Quantity,
) -> Vec<SpoilingLot> {
    let Some(shelf_life) = shelf_life_days else {
        return Vec::new();
    };
    let lots = days
        .iter()
        .enumerate()
        .filter(|(_, day)| !day.planned_receipt.is_zero());
    lots.filter_map(|(number, day)| {
        let last_day = number.saturating_add(shelf_life.saturating_sub(1));
        let until_then = days.get(number + 1..=last_day)?;
        let used: i128 = until_then.iter().map(|day| i128::from(day.gross.scaled())).sum();
        let there = i128::from(day.projected.scaled()) - i128::from(safety_stock.scaled());
        let left = (there - used).min(i128::from(day.planned_receipt.scaled()));
        // At most the lot, which was counted in 64 bits.
        let left = i64::try_from(left).ok().filter(|left| *left > 0)?;
        Some(SpoilingLot {
            day: number,
            quantity: day.planned_receipt,
            last_day,
            left: Quantity::from_scaled(left),
        })
    })
    .collect()
}
