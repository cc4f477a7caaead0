//! The buffer of an ingredient, once per item (D62), and the reorder point that follows from it.
//!
//! | method | safety stock |
//! |---|---|
//! | `percentage` | SAFETY_STOCK_PERCENTAGE of the gross requirement of the horizon |
//! | `fixed` | the ingredient's `safety_stock_quantity` |
//! | `statistical` | `z·√(L·σ_d² + d²·σ_L²)`, which is `z·σ_d·√L` when lead times do not vary |
//!
//! `d` is the mean daily gross requirement of the horizon, `σ_d` its deviation, `L` the lead time with the safety lead
//! time in days and `σ_L` its deviation. An order goes out at most once a day, so that `L` is at least 1.
//!
//! **No circle.** The buffer depends on the lead time, the lead time on the supplier, and the supplier on the day on
//! which something is missing, which depends on the buffer. The statistical buffer is therefore that of the supplier that would be
//! chosen if there were no hurry (D66): it depends on the catalog alone, so that what has been bought already cannot change
//! it and a rerun buys nothing more (D69). The reorder point uses the lead time of the supplier that is chosen in the end.

use serde::{Deserialize, Serialize};

use super::dates::LeadTime;
use super::explosion::GrossRequirement;
use super::input::{PlanError, PlanParameters};
use super::quantile::standard_normal_quantile;
use super::quantity::{divide_half_away, share};
use super::warnings::WarningCode;
use super::wording::{DayCount, Plain};
use crate::catalog::Ingredient;
use crate::decimal::{Percentage, Quantity};

/// How the buffer of an ingredient is worked out (D62).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SafetyStockMethod {
    /// A share of the gross requirement of the horizon.
    #[default]
    Percentage,
    /// The ingredient's own quantity.
    Fixed,
    /// From how much demand and lead time vary.
    Statistical,
}

impl SafetyStockMethod {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Percentage => "percentage",
            Self::Fixed => "fixed",
            Self::Statistical => "statistical",
        }
    }
}

/// The buffer of an ingredient and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SafetyStock {
    pub(super) quantity: Quantity,
    /// The method it was worked out with; `None` when it was given for a what-if.
    pub(super) method: Option<SafetyStockMethod>,
    /// The rule in words.
    pub(super) rule: String,
    /// What was missing.
    pub(super) warning: Option<WarningCode>,
}

/// What the buffer of an ingredient is worked out from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buffer<'a> {
    pub(super) parameters: &'a PlanParameters,
    pub(super) ingredient: &'a Ingredient,
    pub(super) gross: &'a GrossRequirement,
    /// Variance of the daily need in square millionths; `None` when it is not known.
    pub(super) daily_variance: Option<i128>,
    /// Of the supplier that would be chosen if there were no hurry.
    pub(super) lead_time: LeadTime<'a>,
    /// Deviation of its lead time in days.
    pub(super) lead_time_deviation: Quantity,
    /// An explicit safety stock, which wins over any method.
    pub(super) explicit: Option<Quantity>,
}

impl Buffer<'_> {
    /// The safety stock by the method of the parameters, or by what is left where something is missing.
    pub(super) fn safety_stock(&self) -> Result<SafetyStock, PlanError> {
        if let Some(quantity) = self.explicit {
            return Ok(SafetyStock {
                quantity: quantity.max(Quantity::ZERO),
                method: None,
                rule: "given for this plan".to_owned(),
                warning: None,
            });
        }
        match self.parameters.safety_stock_method {
            SafetyStockMethod::Percentage => self.percentage(None),
            SafetyStockMethod::Fixed => Ok(self.fixed()),
            SafetyStockMethod::Statistical => match self.daily_variance {
                Some(variance) => self.statistical(variance),
                None => self.percentage(Some(WarningCode::DemandDeviationMissing)),
            },
        }
    }

    fn percentage(&self, warning: Option<WarningCode>) -> Result<SafetyStock, PlanError> {
        let percentage = self.parameters.safety_stock_percentage;
        Ok(SafetyStock {
            quantity: percentage_of(percentage, self.gross.total)?,
            method: Some(SafetyStockMethod::Percentage),
            rule: format!("{} % of the gross requirement", percentage.decimal().normalize()),
            warning,
        })
    }

    fn fixed(&self) -> SafetyStock {
        let quantity = self.ingredient.safety_stock_quantity;
        SafetyStock {
            quantity: quantity.unwrap_or_default().max(Quantity::ZERO),
            method: Some(SafetyStockMethod::Fixed),
            rule: match quantity {
                Some(_) => "the ingredient's own".to_owned(),
                None => "the ingredient names none".to_owned(),
            },
            warning: quantity
                .is_none()
                .then_some(WarningCode::SafetyStockQuantityMissing),
        }
    }

    fn statistical(&self, daily_variance: i128) -> Result<SafetyStock, PlanError> {
        let days = protected_days(&self.lead_time);
        let service_level = self.parameters.service_level;
        // d·σ_L in millionths: thousandths of a unit times thousandths of a day.
        let spread = divide_half_away(
            i128::from(self.gross.total.scaled())
                .checked_mul(i128::from(self.lead_time_deviation.scaled()))
                .ok_or(PlanError::Overflow)?,
            self.gross.per_day.len() as i128,
        )
        .ok_or(PlanError::Overflow)?;
        let variance = daily_variance
            .checked_mul(i128::from(days))
            .and_then(|demand| spread.checked_mul(spread)?.checked_add(demand))
            .ok_or(PlanError::Overflow)?;
        let z = standard_normal_quantile(service_level)?;
        // Millionths times millionths into thousandths.
        let scaled = share(z, variance.isqrt(), 1_000_000_000)?;
        Ok(SafetyStock {
            quantity: Quantity::from_scaled(scaled),
            method: Some(SafetyStockMethod::Statistical),
            rule: self.statistical_rule(daily_variance, days),
            warning: None,
        })
    }

    fn statistical_rule(&self, daily_variance: i128, days: u64) -> String {
        let deviation = divide_half_away(daily_variance.isqrt(), 1_000).unwrap_or(0);
        let deviation = Quantity::from_scaled(i64::try_from(deviation).unwrap_or(i64::MAX));
        let spread = if self.lead_time_deviation.is_zero() {
            String::new()
        } else {
            format!(", give or take {}", Plain(self.lead_time_deviation))
        };
        format!(
            "enough for {} % of order cycles: the daily need varies by {}, an order takes {}{spread}",
            self.parameters.service_level.decimal().normalize(),
            Plain(deviation),
            DayCount(days),
        )
    }
}

/// A share of a quantity, rounded half away from zero.
fn percentage_of(percentage: Percentage, gross: Quantity) -> Result<Quantity, PlanError> {
    let whole = i128::from(Percentage::HUNDRED.scaled());
    share(i128::from(gross.scaled()), i128::from(percentage.scaled()), whole).map(Quantity::from_scaled)
}

/// `L`: lead time and safety lead time in days, at least 1.
fn protected_days(lead_time: &LeadTime<'_>) -> u64 {
    (u64::from(lead_time.lead_time_days) + u64::from(lead_time.safety_lead_days)).max(1)
}

/// Reorder point `d·L + SS` (D62): at this much in the house and on the way it is time to order.
pub(super) fn reorder_point(
    gross: &GrossRequirement,
    lead_time: &LeadTime<'_>,
    safety_stock: Quantity,
) -> Result<Quantity, PlanError> {
    let during_lead_time = share(
        i128::from(gross.total.scaled()),
        i128::from(protected_days(lead_time)),
        gross.per_day.len() as i128,
    )?;
    Quantity::from_scaled(during_lead_time)
        .checked_add(safety_stock)
        .ok_or(PlanError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::WorkingCalendar;
    use crate::planning::tests::fixture::{ingredient, quantity};

    fn percent(text: &str) -> Percentage {
        Percentage::parse(text).unwrap()
    }

    fn gross(total: &str, days: usize) -> GrossRequirement {
        GrossRequirement {
            per_day: vec![Quantity::ZERO; days],
            total: quantity(total),
            order_demand: quantity(total),
            forecast_demand: Quantity::ZERO,
        }
    }

    fn lead_time(days: u32, safety_days: u32) -> LeadTime<'static> {
        LeadTime {
            calendar: WorkingCalendar::every_day(),
            lead_time_days: days,
            safety_lead_days: safety_days,
        }
    }

    // D62: on gross, once, rounded half away from zero.
    #[test]
    fn safety_stock_is_a_share_of_the_gross_requirement() {
        let share = |text, total| percentage_of(percent(text), quantity(total)).unwrap();
        assert_eq!(share("20", "100"), quantity("20"));
        assert_eq!(share("12.5", "0.004"), quantity("0.001"));
        assert_eq!(share("0", "100"), Quantity::ZERO);
    }

    // D62: 1.644854 · 10 · √4 = 32.897; with lead times of 4 ± 1.5 days and 20 a day √(4·10² + 20²·1.5²) = √1300.
    #[test]
    fn statistical_safety_stock_covers_demand_and_lead_time() {
        let parameters = PlanParameters {
            safety_stock_method: SafetyStockMethod::Statistical,
            ..PlanParameters::default()
        };
        let (flour, gross) = (ingredient("flour"), gross("280", 14));
        let buffer = Buffer {
            parameters: &parameters,
            ingredient: &flour,
            gross: &gross,
            daily_variance: Some(100_000_000_000_000),
            lead_time: lead_time(3, 1),
            lead_time_deviation: Quantity::ZERO,
            explicit: None,
        };
        let plain = buffer.safety_stock().unwrap();
        assert_eq!(plain.quantity, quantity("32.897"));
        assert_eq!(
            plain.rule,
            "enough for 95 % of order cycles: the daily need varies by 10, an order takes 4 days"
        );
        let spread = Buffer {
            lead_time_deviation: quantity("1.5"),
            ..buffer
        };
        assert_eq!(spread.safety_stock().unwrap().quantity, quantity("59.306"));
        // Ordered in the morning and here at noon: a day has to be bridged all the same.
        let same_day = Buffer {
            lead_time: lead_time(0, 0),
            ..buffer
        };
        assert_eq!(same_day.safety_stock().unwrap().quantity, quantity("16.449"));
        assert_eq!(
            reorder_point(&gross, &lead_time(3, 1), quantity("32.897")).unwrap(),
            quantity("112.897")
        );
        assert_eq!(
            reorder_point(&gross, &lead_time(0, 0), Quantity::ZERO).unwrap(),
            quantity("20")
        );
    }

    // D62: what is given wins; what is missing is named.
    #[test]
    fn what_is_missing_falls_back_with_a_warning() {
        let with_method = |method, daily_variance, explicit, own: Option<&str>| {
            let parameters = PlanParameters {
                safety_stock_percentage: percent("20"),
                safety_stock_method: method,
                ..PlanParameters::default()
            };
            let (mut flour, gross) = (ingredient("flour"), gross("100", 14));
            flour.safety_stock_quantity = own.map(quantity);
            let stock = Buffer {
                parameters: &parameters,
                ingredient: &flour,
                gross: &gross,
                daily_variance,
                lead_time: lead_time(1, 0),
                lead_time_deviation: Quantity::ZERO,
                explicit,
            }
            .safety_stock()
            .unwrap();
            (stock.quantity.to_string(), stock.method, stock.warning)
        };
        use SafetyStockMethod::{Fixed, Percentage, Statistical};
        assert_eq!(
            with_method(Fixed, None, None, Some("7")),
            ("7.000".into(), Some(Fixed), None)
        );
        assert_eq!(
            with_method(Fixed, None, None, None),
            (
                "0.000".into(),
                Some(Fixed),
                Some(WarningCode::SafetyStockQuantityMissing)
            )
        );
        assert_eq!(
            with_method(Statistical, None, None, None),
            (
                "20.000".into(),
                Some(Percentage),
                Some(WarningCode::DemandDeviationMissing)
            )
        );
        assert_eq!(
            with_method(Statistical, None, Some(quantity("3")), None),
            ("3.000".into(), None, None)
        );
    }
}
