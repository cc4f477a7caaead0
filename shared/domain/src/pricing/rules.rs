//! Pricing rules (DYNAMIC_PRICING_ENABLED): the first rule whose every given condition holds adjusts a line's price.

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use super::PricingError;
use super::arithmetic::rounded;
use crate::decimal::{Percentage, Quantity, SignedPercentage, UnitPrice};

/// A tenant's rule on when a price goes up or down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricingRule {
    /// What the line shows for it.
    #[serde(rename = "n")]
    pub name: String,
    /// Weekdays of delivery in the tenant's calendar; any when empty.
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// Hours from the order to its delivery, exclusive; any when absent.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub hours_before_delivery_below: Option<u32>,
    /// Least quantity of the line, inclusive; any when absent.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<Quantity>,
    /// Products it applies to; all when empty.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub product_ids: Vec<String>,
    /// Category it applies to; all when absent.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What the price changes by, from −50 to 50 percent.
    #[serde(rename = "a")]
    pub adjust_percentage: SignedPercentage,
}

/// A line about to be priced, as far as rules ask.
#[derive(Debug, Clone, Copy)]
pub struct RuleSituation<'a> {
    /// Weekday of the delivery in the tenant's calendar.
    pub weekday: Weekday,
    /// Milliseconds from the order to its requested delivery.
    pub milliseconds_to_delivery: i64,
    /// Quantity of the line.
    pub quantity: Quantity,
    /// Its product.
    pub product_id: &'a str,
    /// The product's category, where it is known.
    pub category: Option<&'a str>,
}

const MILLISECONDS_PER_HOUR: i64 = 3_600_000;

impl PricingRule {
    /// Whether every condition that the rule gives holds.
    pub fn holds(&self, situation: &RuleSituation<'_>) -> bool {
        let soon_enough = self.hours_before_delivery_below.is_none_or(|hours| {
            situation.milliseconds_to_delivery < i64::from(hours) * MILLISECONDS_PER_HOUR
        });
        soon_enough
            && (self.weekdays.is_empty() || self.weekdays.contains(&situation.weekday))
            && self.min_quantity.is_none_or(|least| situation.quantity >= least)
            && (self.product_ids.is_empty() || self.product_ids.iter().any(|id| id == situation.product_id))
            && self
                .category
                .as_deref()
                .is_none_or(|category| situation.category == Some(category))
    }

    /// A unit price under the rule, to four decimals, half away from zero (D20).
    ///
    /// # Errors
    /// [`PricingError::AmountOverflow`] when it exceeds what a unit price may be (D3).
    pub fn adjusted(&self, price: UnitPrice) -> Result<UnitPrice, PricingError> {
        let whole = Percentage::HUNDRED.scaled();
        let factor = i128::from(whole) + i128::from(self.adjust_percentage.scaled());
        let scaled = i64::try_from(rounded(i128::from(price.scaled()) * factor, whole))
            .map_err(|_| PricingError::AmountOverflow)?;
        let adjusted = UnitPrice::from_scaled(scaled);
        if (UnitPrice::ZERO..=UnitPrice::MAX).contains(&adjusted) {
            Ok(adjusted)
        } else {
            Err(PricingError::AmountOverflow)
        }
    }
}

/// The first rule whose every given condition holds.
pub fn matching_rule<'a>(rules: &'a [PricingRule], situation: &RuleSituation<'_>) -> Option<&'a PricingRule> {
    rules.iter().find(|rule| rule.holds(situation))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn rule(name: &str) -> PricingRule {
        PricingRule {
            name: name.into(),
            weekdays: Vec::new(),
            hours_before_delivery_below: None,
            min_quantity: None,
            product_ids: Vec::new(),
            category: None,
            adjust_percentage: SignedPercentage::from_scaled(1_000),
        }
    }

    fn situation() -> RuleSituation<'static> {
        RuleSituation {
            weekday: Weekday::Sat,
            milliseconds_to_delivery: 12 * MILLISECONDS_PER_HOUR,
            quantity: Quantity::from_scaled(10_000),
            product_id: "rye",
            category: Some("bread"),
        }
    }

    // D13 DYNAMIC_PRICING_ENABLED: each condition alone, at its boundary.
    #[test]
    fn a_rule_holds_when_every_given_condition_does() {
        assert!(rule("always").holds(&situation()));
        let cases = [
            (
                PricingRule {
                    weekdays: vec![Weekday::Fri, Weekday::Sat],
                    ..rule("day")
                },
                true,
            ),
            (
                PricingRule {
                    weekdays: vec![Weekday::Fri],
                    ..rule("day")
                },
                false,
            ),
            (
                PricingRule {
                    hours_before_delivery_below: Some(13),
                    ..rule("soon")
                },
                true,
            ),
            (
                PricingRule {
                    hours_before_delivery_below: Some(12),
                    ..rule("soon")
                },
                false,
            ),
            (
                PricingRule {
                    min_quantity: Some(Quantity::from_scaled(10_000)),
                    ..rule("many")
                },
                true,
            ),
            (
                PricingRule {
                    min_quantity: Some(Quantity::from_scaled(10_001)),
                    ..rule("many")
                },
                false,
            ),
            (
                PricingRule {
                    product_ids: vec!["roll".into(), "rye".into()],
                    ..rule("product")
                },
                true,
            ),
            (
                PricingRule {
                    product_ids: vec!["roll".into()],
                    ..rule("product")
                },
                false,
            ),
            (
                PricingRule {
                    category: Some("bread".into()),
                    ..rule("category")
                },
                true,
            ),
            (
                PricingRule {
                    category: Some("cake".into()),
                    ..rule("category")
                },
                false,
            ),
            (
                PricingRule {
                    category: Some("bread".into()),
                    weekdays: vec![Weekday::Mon],
                    ..rule("both")
                },
                false,
            ),
        ];
        for (rule, expected) in cases {
            assert_eq!(rule.holds(&situation()), expected, "{rule:?}");
        }
        let unknown = RuleSituation {
            category: None,
            ..situation()
        };
        assert!(
            !PricingRule {
                category: Some("bread".into()),
                ..rule("category")
            }
            .holds(&unknown)
        );
    }

    #[test]
    fn the_first_rule_that_holds_wins() {
        let rules = [
            PricingRule {
                weekdays: vec![Weekday::Mon],
                ..rule("monday")
            },
            PricingRule {
                category: Some("bread".into()),
                ..rule("bread")
            },
            rule("always"),
        ];
        assert_eq!(matching_rule(&rules, &situation()).unwrap().name, "bread");
        assert_eq!(matching_rule(&rules[..1], &situation()), None);
    }

    // D20: half away from zero, at four decimals.
    #[rstest]
    #[case("1.0001", 5_000, "1.5002")]
    #[case("1.0001", -5_000, "0.5001")]
    #[case("2.5000", 0, "2.5000")]
    #[case("0", 5_000, "0.0000")]
    #[case("0.0001", -5_000, "0.0001")]
    fn prices_are_adjusted_to_four_decimals(
        #[case] price: &str,
        #[case] percent: i64,
        #[case] expected: &str,
    ) {
        let rule = PricingRule {
            adjust_percentage: SignedPercentage::from_scaled(percent),
            ..rule("x")
        };
        let adjusted = rule.adjusted(UnitPrice::parse(price).unwrap()).unwrap();
        assert_eq!(adjusted.to_string(), expected);
    }

    #[test]
    fn a_price_beyond_the_greatest_is_refused() {
        // D3
        assert_eq!(
            rule("x").adjusted(UnitPrice::MAX),
            Err(PricingError::AmountOverflow)
        );
    }
}
