//! Figures as a baker reads them: no decimals that say nothing.

use std::fmt;

use crate::decimal::Quantity;

/// A number without trailing zeros.
pub(super) struct Plain(pub(super) Quantity);

impl fmt::Display for Plain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        formatter.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A quantity with its unit.
pub(super) struct Amount<'a>(pub(super) Quantity, pub(super) &'a str);

impl fmt::Display for Amount<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", Plain(self.0), self.1)
    }
}

/// A number of days in words.
pub(super) struct DayCount(pub(super) u64);

impl fmt::Display for DayCount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.0 == 1 { "day" } else { "days" };
        write!(formatter, "{} {unit}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::quantity;

    #[test]
    fn figures_carry_no_decimals_that_say_nothing() {
        assert_eq!(Amount(quantity("100"), "kg").to_string(), "100 kg");
        assert_eq!(Amount(quantity("0.250"), "kg").to_string(), "0.25 kg");
        assert_eq!(Plain(Quantity::ZERO).to_string(), "0");
        assert_eq!(
            [DayCount(1), DayCount(2)].map(|days| days.to_string()),
            ["1 day", "2 days"]
        );
    }
}
