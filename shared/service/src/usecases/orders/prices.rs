//! What a line costs a unit (D25b): the price sent, else the customer's list, else the catalog's; and what the tenant's
//! pricing rules make of the last two (DYNAMIC_PRICING_ENABLED).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Utc, Weekday};
use orders_domain::catalog::Product;
use orders_domain::decimal::{Quantity, UnitPrice};
use orders_domain::pricing::{PricingRule, RuleSituation, matching_rule};

use super::draft::NewLine;
use crate::app::App;
use crate::auth::Access;
use crate::store::customers::{Customer, PriceTier};
use crate::words::PriceSource;

/// Where prices come from for one order.
pub(super) struct PriceSources<'a> {
    price_list: Option<&'a BTreeMap<String, Vec<PriceTier>>>,
    /// None while dynamic pricing is off.
    rules: &'a [PricingRule],
    /// Of the delivery, in the tenant's calendar.
    weekday: Weekday,
    milliseconds_to_delivery: i64,
}

/// A line's price and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinePrice {
    pub(super) unit_price: UnitPrice,
    pub(super) source: PriceSource,
    /// The rule that changed it.
    pub(super) pricing_rule: Option<String>,
}

/// Why a line has no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoPrice {
    /// None was sent and neither list nor catalog has one.
    Unknown,
    /// A rule would raise it beyond what a unit price may be (D3).
    BeyondGreatest {
        /// The rule's name.
        rule: String,
    },
}

impl<'a> PriceSources<'a> {
    /// The sources for a customer's order that is delivered at an instant.
    pub(super) fn of(
        app: &App,
        access: &'a Access,
        customer: Option<&'a Customer>,
        requested_delivery_at: DateTime<Utc>,
    ) -> Self {
        let settings = access.settings();
        Self {
            price_list: customer.map(|customer| &customer.body.price_list),
            rules: if settings.dynamic_pricing_enabled {
                &settings.pricing_rules
            } else {
                &[]
            },
            weekday: app.local_date(access, requested_delivery_at).weekday(),
            milliseconds_to_delivery: (requested_delivery_at - app.now()).num_milliseconds(),
        }
    }

    /// The price of a line.
    pub(super) fn price(&self, line: &NewLine, product: Option<&Product>) -> Result<LinePrice, NoPrice> {
        if let Some(unit_price) = line.unit_price {
            return Ok(LinePrice {
                unit_price,
                source: PriceSource::Given,
                pricing_rule: None,
            });
        }
        let listed = self
            .listed(&line.product_id, line.quantity)
            .map(|price| (price, PriceSource::PriceList));
        let of_catalog = || Some((product?.price?, PriceSource::Catalog));
        let (unit_price, source) = listed.or_else(of_catalog).ok_or(NoPrice::Unknown)?;
        let category = line.category.as_deref();
        let situation = RuleSituation {
            weekday: self.weekday,
            milliseconds_to_delivery: self.milliseconds_to_delivery,
            quantity: line.quantity,
            product_id: &line.product_id,
            category: category.or_else(|| product.and_then(|product| product.category.as_deref())),
        };
        let Some(rule) = matching_rule(self.rules, &situation) else {
            return Ok(LinePrice {
                unit_price,
                source,
                pricing_rule: None,
            });
        };
        let unit_price = rule.adjusted(unit_price).map_err(|_| NoPrice::BeyondGreatest {
            rule: rule.name.clone(),
        })?;
        Ok(LinePrice {
            unit_price,
            source: PriceSource::Dynamic,
            pricing_rule: Some(rule.name.clone()),
        })
    }

    /// The price of the tier with the largest `min_quantity` that the quantity reaches.
    fn listed(&self, product_id: &str, quantity: Quantity) -> Option<UnitPrice> {
        let tiers = self.price_list?.get(product_id)?;
        let reached = tiers.iter().filter(|tier| tier.min_quantity <= quantity);
        reached
            .max_by_key(|tier| tier.min_quantity)
            .map(|tier| tier.unit_price)
    }
}

#[cfg(test)]
mod tests {
    use orders_domain::decimal::{Percentage, SignedPercentage};
    use orders_domain::pricing::Discount;
    use rstest::rstest;

    use super::*;

    fn price(text: &str) -> UnitPrice {
        UnitPrice::parse(text).unwrap()
    }

    fn line(quantity: &str) -> NewLine {
        NewLine {
            product_id: "rye".into(),
            product_name: None,
            sku: None,
            category: None,
            unit: None,
            quantity: Quantity::parse(quantity).unwrap(),
            unit_price: None,
            discount: Discount::None,
            tax_rate: Percentage::ZERO,
            unit_cost: None,
            specifications: BTreeMap::new(),
            customization: None,
            special_instructions: None,
            allergens: None,
            recipe_id: None,
            quality_requirements: None,
        }
    }

    fn product() -> Product {
        Product {
            id: "rye".into(),
            price: Some(price("4")),
            category: Some("bread".into()),
            ..Product::default()
        }
    }

    fn price_list() -> BTreeMap<String, Vec<PriceTier>> {
        // Not in order: the largest that is reached counts, wherever it stands.
        let tiers = [("50", "3.0000"), ("10", "3.5000"), ("100", "2.5000")];
        let tiers = tiers.map(|(least, unit_price)| PriceTier {
            min_quantity: Quantity::parse(least).unwrap(),
            unit_price: price(unit_price),
        });
        BTreeMap::from([("rye".to_owned(), tiers.to_vec())])
    }

    fn rule(name: &str, least: Option<&str>, percent: i64) -> PricingRule {
        PricingRule {
            name: name.into(),
            weekdays: vec![Weekday::Sat],
            hours_before_delivery_below: None,
            min_quantity: least.map(|least| Quantity::parse(least).unwrap()),
            product_ids: Vec::new(),
            category: Some("bread".into()),
            adjust_percentage: SignedPercentage::from_scaled(percent * 100),
        }
    }

    fn sources<'a>(
        list: Option<&'a BTreeMap<String, Vec<PriceTier>>>,
        rules: &'a [PricingRule],
    ) -> PriceSources<'a> {
        PriceSources {
            price_list: list,
            rules,
            weekday: Weekday::Sat,
            milliseconds_to_delivery: 3_600_000,
        }
    }

    fn found(sources: &PriceSources<'_>, line: &NewLine) -> (String, &'static str, Option<String>) {
        let found = sources.price(line, Some(&product())).unwrap();
        (
            found.unit_price.to_string(),
            found.source.as_str(),
            found.pricing_rule,
        )
    }

    // D25b: each tier at its boundary; below the lowest the catalog's price.
    #[rstest]
    #[case("9.999", "4.0000", "catalog")]
    #[case("10", "3.5000", "price_list")]
    #[case("49.999", "3.5000", "price_list")]
    #[case("50", "3.0000", "price_list")]
    #[case("99.999", "3.0000", "price_list")]
    #[case("100", "2.5000", "price_list")]
    #[case("1000000", "2.5000", "price_list")]
    fn the_largest_tier_that_is_reached_counts(
        #[case] quantity: &str,
        #[case] expected: &str,
        #[case] source: &str,
    ) {
        let list = price_list();
        let (unit_price, from, rule) = found(&sources(Some(&list), &[]), &line(quantity));
        assert_eq!((unit_price.as_str(), from, rule), (expected, source, None));
    }

    // D13 DYNAMIC_PRICING_ENABLED: the first rule that holds changes list and catalog prices, before and after.
    #[rstest]
    #[case("9", "4.4000", "weekend")]
    #[case("10", "3.8500", "weekend")]
    #[case("50", "2.4000", "bulk")]
    fn the_first_rule_that_holds_changes_what_was_listed(
        #[case] quantity: &str,
        #[case] expected: &str,
        #[case] name: &str,
    ) {
        let (list, rules) = (
            price_list(),
            [rule("bulk", Some("50"), -20), rule("weekend", None, 10)],
        );
        assert_eq!(
            found(&sources(Some(&list), &rules), &line(quantity)),
            (expected.into(), "dynamic", Some(name.into()))
        );
        let other_day = PriceSources {
            weekday: Weekday::Mon,
            ..sources(Some(&list), &rules)
        };
        assert_ne!(found(&other_day, &line(quantity)).1, "dynamic");
    }

    #[test]
    fn a_price_that_was_sent_is_left_alone() {
        // D25b, D13
        let (list, rules) = (price_list(), [rule("weekend", None, 10)]);
        let given = NewLine {
            unit_price: Some(price("9.99")),
            ..line("100")
        };
        assert_eq!(
            found(&sources(Some(&list), &rules), &given),
            ("9.9900".into(), "given", None)
        );
    }

    #[test]
    fn the_lines_category_goes_before_the_products() {
        // D13
        let rules = [rule("weekend", None, 10)];
        let cake = NewLine {
            category: Some("cake".into()),
            ..line("1")
        };
        assert_eq!(found(&sources(None, &rules), &cake).1, "catalog");
        assert_eq!(found(&sources(None, &rules), &line("1")).1, "dynamic");
    }

    #[test]
    fn no_price_is_said_to_be_none() {
        // D25b, D3
        let list = price_list();
        let other = NewLine {
            product_id: "roll".into(),
            ..line("100")
        };
        assert_eq!(
            sources(Some(&list), &[]).price(&other, None),
            Err(NoPrice::Unknown)
        );
        let unpriced = Product {
            price: None,
            ..product()
        };
        assert_eq!(
            sources(None, &[]).price(&line("1"), Some(&unpriced)),
            Err(NoPrice::Unknown)
        );
        let dear = Product {
            price: Some(UnitPrice::MAX),
            ..product()
        };
        let rules = [rule("weekend", None, 10)];
        assert_eq!(
            sources(None, &rules).price(&line("1"), Some(&dear)),
            Err(NoPrice::BeyondGreatest {
                rule: "weekend".into()
            })
        );
    }
}
