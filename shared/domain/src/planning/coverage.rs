//! How much of what is needed is there or on the way (D67).

use super::input::PlanError;
use super::quantity::share;
use crate::decimal::{Percentage, Quantity};

/// `min(100, (available + Σ SR)/Σ G·100)`, 100 when there is no gross requirement (D67).
pub(super) fn coverage_percentage(
    available: Quantity,
    scheduled_receipts: Quantity,
    gross: Quantity,
) -> Result<Percentage, PlanError> {
    let supply = i128::from(available.scaled()) + i128::from(scheduled_receipts.scaled());
    let (gross, hundred) = (i128::from(gross.scaled()), Percentage::HUNDRED);
    if gross <= 0 || supply >= gross {
        return Ok(hundred);
    }
    share(supply, i128::from(hundred.scaled()), gross).map(Percentage::from_scaled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::quantity as units;

    // D67
    #[test]
    fn coverage_is_capped_at_the_whole() {
        let coverage = |available: &str, receipts: &str, gross: &str| {
            coverage_percentage(units(available), units(receipts), units(gross))
                .unwrap()
                .to_string()
        };
        assert_eq!(coverage("30", "10", "100"), "40.00");
        assert_eq!(coverage("300", "10", "100"), "100.00");
        assert_eq!(coverage("0", "0", "0"), "100.00");
        assert_eq!(coverage("0", "1", "3"), "33.33");
    }
}
