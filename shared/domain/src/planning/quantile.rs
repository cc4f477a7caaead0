//! Quantiles of the standard normal distribution, rounded to integers at once: nothing else of a plan is a binary float.

use statrs::distribution::{ContinuousCDF, Normal};

use super::input::PlanError;
use crate::decimal::Percentage;

/// The quantile `z` of the standard normal distribution in millionths: the share `service_level` of all draws is below.
///
/// # Errors
/// [`PlanError::InvalidServiceLevel`] unless it is above 50 and below 100 percent.
#[expect(
    clippy::float_arithmetic,
    reason = "a quantile has no closed form; it is rounded to an integer before it meets a quantity"
)]
pub(super) fn standard_normal_quantile(service_level: Percentage) -> Result<i128, PlanError> {
    let whole = Percentage::HUNDRED.scaled();
    let (level, half) = (service_level.scaled(), whole / 2);
    if level <= half || level >= whole {
        return Err(PlanError::InvalidServiceLevel);
    }
    let z = Normal::standard().inverse_cdf(level as f64 / whole as f64);
    Ok((z * 1e6).round() as i128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(text: &str) -> Percentage {
        Percentage::parse(text).unwrap()
    }

    // D62: published quantiles of the standard normal distribution.
    #[test]
    fn quantiles_agree_with_the_tables() {
        for (level, z) in [
            ("90", 1_281_552),
            ("95", 1_644_854),
            ("97.5", 1_959_964),
            ("99", 2_326_348),
            ("99.9", 3_090_232),
            ("50.01", 251),
        ] {
            assert_eq!(standard_normal_quantile(percent(level)), Ok(z), "{level}");
        }
        for level in ["0", "50", "100"] {
            assert_eq!(
                standard_normal_quantile(percent(level)),
                Err(PlanError::InvalidServiceLevel)
            );
        }
    }
}
