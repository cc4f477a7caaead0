//! The business settings of D13: every name, its kind, its default and its range, in one table. The environment gives a
//! deployment's values; a tenant may override them.

mod cache;
mod deployment;
mod kinds;

pub use cache::SettingsCache;
pub use deployment::{DeploymentSettings, SettingInForce, SettingSource, SettingsOverrides};
pub use kinds::{SettingValue, Shape};

use kinds::{Amount, Currency, Flag, Kind, Percent, TimeZone, Units, Whole};
use orders_domain::alerts::AlertThresholds;
use orders_domain::pricing::PricingRule;

/// Pricing rules a tenant may have.
pub const MOST_PRICING_RULES: usize = 50;
/// Bytes all of them together may take as JSON, so that a tenant's settings and every change of them stay small items.
pub const LARGEST_PRICING_RULES: usize = 32 * 1024;
/// The name of the pricing rules among a tenant's settings.
pub const PRICING_RULES: &str = "pricing_rules";

/// A value of the environment that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {detail}")]
pub struct SettingFault {
    /// The variable.
    pub name: &'static str,
    /// What is wrong, with what was expected.
    pub detail: String,
}

/// Two settings that are each fine but not together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction {
    /// The one that is at fault where neither was touched alone; the variable's name.
    pub name: &'static str,
    /// The other; the variable's name.
    pub other: &'static str,
    /// What the first must be.
    pub detail: &'static str,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct SettingDefinition {
    /// The variable, as in `PLANNING_HOUR`.
    pub name: &'static str,
    /// The name under which tenants know it, as in `planning_hour`.
    pub field: &'static str,
    /// The default, as the environment would give it.
    pub default: &'static str,
    /// What JSON value it takes.
    pub shape: Shape,
    /// What it means.
    pub meaning: &'static str,
    check: fn(&str) -> Result<SettingValue, String>,
}

impl SettingDefinition {
    /// Reads a text of the form the environment takes.
    ///
    /// # Errors
    /// What was expected, fit for the client.
    pub fn check(&self, raw: &str) -> Result<SettingValue, String> {
        (self.check)(raw)
    }
}

/// Declares the settings struct, its defaults and its parser from one table.
macro_rules! settings {
    ($($name:literal $field:ident: $kind:ty = $default:literal, $doc:literal;)+) => {
        /// The settings in force for a request.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Settings {
            $(#[doc = $doc] pub $field: <$kind as Kind>::Value,)+
            /// What DYNAMIC_PRICING_ENABLED applies, in the order they are asked; a tenant's own, never the environment's.
            pub pricing_rules: Vec<PricingRule>,
        }

        impl Settings {
            /// Every row of the table, as in D13.
            pub const DEFINITIONS: &'static [SettingDefinition] = &[$(SettingDefinition {
                name: $name,
                field: stringify!($field),
                default: $default,
                shape: <$kind as Kind>::SHAPE,
                meaning: $doc,
                check: |raw| <$kind as Kind>::parse(raw).map(|value| <$kind as Kind>::shown(&value)),
            },)+];

            /// Reads every value by itself.
            fn values(source: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<SettingFault>> {
                let mut faults = Vec::new();
                $(
                    let raw = source($name).filter(|raw| !raw.trim().is_empty());
                    let $field = match <$kind as Kind>::parse(raw.as_deref().unwrap_or($default).trim()) {
                        Ok(value) => Some(value),
                        Err(detail) => {
                            faults.push(SettingFault { name: $name, detail });
                            None
                        }
                    };
                )+
                match ($($field,)+) {
                    ($(Some($field),)+) => Ok(Self { $($field,)+ pricing_rules: Vec::new() }),
                    _ => Err(faults),
                }
            }
        }
    };
}

settings! {
    "ORDER_PROCESSING_ENABLED" order_processing_enabled: Flag = "true", "Whether orders are taken.";
    "AUTO_APPROVE_ORDERS" auto_approve_orders: Flag = "false", "Whether a new order without a hold is confirmed at once.";
    "MAX_ORDER_ITEMS" max_order_items: Whole<1, 50> = "50", "Lines per order.";
    "PROCUREMENT_PLANNING_ENABLED" procurement_planning_enabled: Flag = "true", "Whether plans are made.";
    "PROCUREMENT_LEAD_TIME_DAYS" procurement_lead_time_days: Whole<0, 365> = "3", "Days, when no supplier lead time is known.";
    "DEMAND_FORECAST_DAYS" demand_forecast_days: Whole<1, 90> = "14", "Planning horizon in days.";
    "SAFETY_STOCK_PERCENTAGE" safety_stock_percentage: Percent = "20", "Buffer, percent of gross requirement.";
    "ENABLE_BUSINESS_MODEL_DETECTION" enable_business_model_detection: Flag = "true", "Whether the business model is detected.";
    "CENTRAL_BAKERY_ORDER_THRESHOLD" central_bakery_order_threshold: Whole<1, 1_000_000> = "20", "Orders per day.";
    "INDIVIDUAL_BAKERY_ORDER_THRESHOLD" individual_bakery_order_threshold: Whole<0, 1_000_000> = "5", "Orders per day.";
    "CUSTOMER_VALIDATION_ENABLED" customer_validation_enabled: Flag = "true", "Whether a customer must exist and be active.";
    "MAX_CUSTOMERS_PER_TENANT" max_customers_per_tenant: Whole<0, 10_000_000> = "10000", "Customers a tenant may have.";
    "CUSTOMER_CREDIT_CHECK_ENABLED" customer_credit_check_enabled: Flag = "false", "Whether orders on account are held at the credit limit.";
    "MIN_ORDER_VALUE" min_order_value: Amount = "0.0", "Least total of an order, inclusive.";
    "MAX_ORDER_VALUE" max_order_value: Amount = "100000.0", "Greatest total of an order, inclusive.";
    "VALIDATE_PRODUCT_AVAILABILITY" validate_product_availability: Flag = "true", "Whether inventory is asked.";
    "HIGH_VALUE_ORDER_THRESHOLD" high_value_order_threshold: Amount = "5000.0", "Total above which an order is of high value.";
    "LARGE_QUANTITY_ORDER_THRESHOLD" large_quantity_order_threshold: Units = "100", "Units above which an order is large.";
    "RUSH_ORDER_HOURS_THRESHOLD" rush_order_hours_threshold: Whole<0, 8760> = "24", "Hours below which an order is a rush order.";
    "PROCUREMENT_SHORTAGE_THRESHOLD" procurement_shortage_threshold: Percent = "90", "Percent coverage below which a shortage is raised.";
    "PAYMENT_VALIDATION_ENABLED" payment_validation_enabled: Flag = "true", "Whether account needs payment terms.";
    "DYNAMIC_PRICING_ENABLED" dynamic_pricing_enabled: Flag = "false", "Whether pricing rules apply.";
    "DISCOUNT_ENABLED" discount_enabled: Flag = "true", "Whether discounts are taken.";
    "MAX_DISCOUNT_PERCENTAGE" max_discount_percentage: Percent = "50", "Cap on all discounts together.";
    "DELIVERY_TRACKING_ENABLED" delivery_tracking_enabled: Flag = "true", "Whether deliveries pass through out_for_delivery.";
    "DEFAULT_DELIVERY_WINDOW_HOURS" default_delivery_window_hours: Whole<1, 744> = "48", "Hours a delivery window lasts when none is given.";
    "PICKUP_ENABLED" pickup_enabled: Flag = "true", "Whether customers may collect.";
    "DELIVERY_ENABLED" delivery_enabled: Flag = "true", "Whether orders are delivered.";
    "IDEMPOTENCY_KEY_REQUIRED" idempotency_key_required: Flag = "false", "Whether creating requests need a key.";
    "PLANNING_HOUR" planning_hour: Whole<0, 23> = "6", "Local hour of the daily plan.";
    "TENANT_TIMEZONE" tenant_timezone: TimeZone = "UTC", "IANA time zone of calendar dates.";
    "TENANT_CURRENCY" tenant_currency: Currency = "EUR", "ISO 4217 currency of every amount.";
}

impl Settings {
    /// Reads every setting from `source`, or its default where `source` has none or an empty text.
    ///
    /// # Errors
    /// Every fault there is, not only the first (D13).
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<SettingFault>> {
        let settings = Self::values(source)?;
        let faults: Vec<_> = settings
            .contradictions()
            .iter()
            .map(|contradiction| SettingFault {
                name: contradiction.name,
                detail: contradiction.detail.into(),
            })
            .collect();
        if faults.is_empty() {
            Ok(settings)
        } else {
            Err(faults)
        }
    }

    /// Values that are each fine but not together.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        if self.central_bakery_order_threshold <= self.individual_bakery_order_threshold {
            found.push(Contradiction {
                name: "CENTRAL_BAKERY_ORDER_THRESHOLD",
                other: "INDIVIDUAL_BAKERY_ORDER_THRESHOLD",
                detail: "must exceed INDIVIDUAL_BAKERY_ORDER_THRESHOLD",
            });
        }
        if self.min_order_value > self.max_order_value {
            found.push(Contradiction {
                name: "MIN_ORDER_VALUE",
                other: "MAX_ORDER_VALUE",
                detail: "must not exceed MAX_ORDER_VALUE",
            });
        }
        found
    }

    /// The thresholds of the alert rules (D40).
    pub fn alert_thresholds(&self) -> AlertThresholds {
        AlertThresholds {
            high_value_order: self.high_value_order_threshold,
            large_quantity_order: self.large_quantity_order_threshold,
            rush_order_hours: self.rush_order_hours_threshold,
            procurement_shortage_percentage: self.procurement_shortage_threshold,
        }
    }

    /// The flags of D13, for the service's status (D91).
    pub fn flags(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("auto_approve_orders", self.auto_approve_orders),
            (
                "customer_credit_check_enabled",
                self.customer_credit_check_enabled,
            ),
            ("customer_validation_enabled", self.customer_validation_enabled),
            ("delivery_enabled", self.delivery_enabled),
            ("delivery_tracking_enabled", self.delivery_tracking_enabled),
            ("discount_enabled", self.discount_enabled),
            ("dynamic_pricing_enabled", self.dynamic_pricing_enabled),
            (
                "enable_business_model_detection",
                self.enable_business_model_detection,
            ),
            ("idempotency_key_required", self.idempotency_key_required),
            ("order_processing_enabled", self.order_processing_enabled),
            ("payment_validation_enabled", self.payment_validation_enabled),
            ("pickup_enabled", self.pickup_enabled),
            ("procurement_planning_enabled", self.procurement_planning_enabled),
            (
                "validate_product_availability",
                self.validate_product_availability,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn with(values: &[(&str, &str)]) -> Result<Settings, Vec<SettingFault>> {
        Settings::read(|name| {
            values
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_defaults_are_those_of_the_specification() {
        // D13
        let settings = with(&[]).unwrap();
        assert_eq!(settings.max_order_items, 50);
        assert_eq!(settings.high_value_order_threshold.to_string(), "5000.00");
        assert_eq!(settings.safety_stock_percentage.to_string(), "20.00");
        assert_eq!(settings.tenant_timezone, Tz::UTC);
        assert_eq!(Settings::DEFINITIONS.len(), 32);
    }

    #[test]
    fn every_fault_is_listed() {
        // D13
        let faults = with(&[
            ("MAX_ORDER_ITEMS", "many"),
            ("PICKUP_ENABLED", "yes"),
            ("PLANNING_HOUR", "24"),
            ("TENANT_TIMEZONE", "Mars/Olympus"),
        ])
        .unwrap_err();
        let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
        assert_eq!(
            names,
            [
                "MAX_ORDER_ITEMS",
                "PICKUP_ENABLED",
                "PLANNING_HOUR",
                "TENANT_TIMEZONE"
            ]
        );
    }

    #[test]
    fn contradicting_thresholds_are_refused() {
        // D13
        let faults = with(&[("CENTRAL_BAKERY_ORDER_THRESHOLD", "5")]).unwrap_err();
        assert_eq!(faults.len(), 1);
    }

    #[test]
    fn tenants_know_each_setting_by_its_name_in_lower_case() {
        // D13
        for definition in Settings::DEFINITIONS {
            assert_eq!(definition.field, definition.name.to_lowercase());
            let shown = definition.check(definition.default).unwrap();
            assert_eq!(
                definition.check(&shown.to_string()),
                Ok(shown),
                "{}",
                definition.name
            );
        }
    }
}
