//! The business settings of D13: every name, its default and its range, in one table. The environment gives a
//! deployment's values; a tenant may override them.

use chrono_tz::Tz;
use orders_domain::alerts::AlertThresholds;
use orders_domain::decimal::{Money, Percentage, Quantity};

/// A value of the environment that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {detail}")]
pub struct SettingFault {
    /// The variable.
    pub name: &'static str,
    /// What is wrong, with what was expected.
    pub detail: String,
}

/// Declares the settings struct, its defaults and its parser from one table.
macro_rules! settings {
    ($($name:literal $field:ident: $type:ty = $default:literal, $parse:expr, $doc:literal;)+) => {
        /// The settings in force for a request.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Settings { $(#[doc = $doc] pub $field: $type,)+ }

        impl Settings {
            /// Every name with its default, as in D13.
            pub const DEFAULTS: &'static [(&'static str, &'static str)] = &[$(($name, $default),)+];

            /// Reads every setting from `source`, or its default where `source` has none or an empty text.
            ///
            /// # Errors
            /// Every fault there is, not only the first (D13).
            pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<SettingFault>> {
                let mut faults = Vec::new();
                $(
                    let raw = source($name).filter(|raw| !raw.trim().is_empty());
                    let $field: Option<$type> = match $parse(raw.as_deref().unwrap_or($default).trim()) {
                        Ok(value) => Some(value),
                        Err(detail) => {
                            faults.push(SettingFault { name: $name, detail });
                            None
                        }
                    };
                )+
                match ($($field,)+) {
                    ($(Some($field),)+) => {
                        let settings = Self { $($field,)+ };
                        faults.extend(settings.contradictions());
                        if faults.is_empty() { Ok(settings) } else { Err(faults) }
                    }
                    _ => Err(faults),
                }
            }
        }
    };
}

settings! {
    "ORDER_PROCESSING_ENABLED" order_processing_enabled: bool = "true", flag, "Whether orders are taken.";
    "AUTO_APPROVE_ORDERS" auto_approve_orders: bool = "false", flag, "Whether a new order without a hold is confirmed at once.";
    "MAX_ORDER_ITEMS" max_order_items: u32 = "50", whole::<1, 50>, "Lines per order.";
    "PROCUREMENT_PLANNING_ENABLED" procurement_planning_enabled: bool = "true", flag, "Whether plans are made.";
    "PROCUREMENT_LEAD_TIME_DAYS" procurement_lead_time_days: u32 = "3", whole::<0, 365>, "Days, when no supplier lead time is known.";
    "DEMAND_FORECAST_DAYS" demand_forecast_days: u32 = "14", whole::<1, 90>, "Planning horizon in days.";
    "SAFETY_STOCK_PERCENTAGE" safety_stock_percentage: Percentage = "20", percentage, "Buffer, percent of gross requirement.";
    "ENABLE_BUSINESS_MODEL_DETECTION" enable_business_model_detection: bool = "true", flag, "Whether the business model is detected.";
    "CENTRAL_BAKERY_ORDER_THRESHOLD" central_bakery_order_threshold: u32 = "20", whole::<1, 1_000_000>, "Orders per day.";
    "INDIVIDUAL_BAKERY_ORDER_THRESHOLD" individual_bakery_order_threshold: u32 = "5", whole::<0, 1_000_000>, "Orders per day.";
    "CUSTOMER_VALIDATION_ENABLED" customer_validation_enabled: bool = "true", flag, "Whether a customer must exist and be active.";
    "MAX_CUSTOMERS_PER_TENANT" max_customers_per_tenant: u32 = "10000", whole::<0, 10_000_000>, "Customers a tenant may have.";
    "CUSTOMER_CREDIT_CHECK_ENABLED" customer_credit_check_enabled: bool = "false", flag, "Whether orders on account are held at the credit limit.";
    "MIN_ORDER_VALUE" min_order_value: Money = "0.0", money, "Least total of an order, inclusive.";
    "MAX_ORDER_VALUE" max_order_value: Money = "100000.0", money, "Greatest total of an order, inclusive.";
    "VALIDATE_PRODUCT_AVAILABILITY" validate_product_availability: bool = "true", flag, "Whether inventory is asked.";
    "HIGH_VALUE_ORDER_THRESHOLD" high_value_order_threshold: Money = "5000.0", money, "Total above which an order is of high value.";
    "LARGE_QUANTITY_ORDER_THRESHOLD" large_quantity_order_threshold: Quantity = "100", quantity, "Units above which an order is large.";
    "RUSH_ORDER_HOURS_THRESHOLD" rush_order_hours_threshold: u32 = "24", whole::<0, 8760>, "Hours below which an order is a rush order.";
    "PROCUREMENT_SHORTAGE_THRESHOLD" procurement_shortage_threshold: Percentage = "90", percentage, "Percent coverage below which a shortage is raised.";
    "PAYMENT_VALIDATION_ENABLED" payment_validation_enabled: bool = "true", flag, "Whether account needs payment terms.";
    "DYNAMIC_PRICING_ENABLED" dynamic_pricing_enabled: bool = "false", flag, "Whether pricing rules apply.";
    "DISCOUNT_ENABLED" discount_enabled: bool = "true", flag, "Whether discounts are taken.";
    "MAX_DISCOUNT_PERCENTAGE" max_discount_percentage: Percentage = "50", percentage, "Cap on all discounts together.";
    "DELIVERY_TRACKING_ENABLED" delivery_tracking_enabled: bool = "true", flag, "Whether deliveries pass through out_for_delivery.";
    "DEFAULT_DELIVERY_WINDOW_HOURS" default_delivery_window_hours: u32 = "48", whole::<1, 744>, "Hours a delivery window lasts when none is given.";
    "PICKUP_ENABLED" pickup_enabled: bool = "true", flag, "Whether customers may collect.";
    "DELIVERY_ENABLED" delivery_enabled: bool = "true", flag, "Whether orders are delivered.";
    "IDEMPOTENCY_KEY_REQUIRED" idempotency_key_required: bool = "false", flag, "Whether creating requests need a key.";
    "PLANNING_HOUR" planning_hour: u32 = "6", whole::<0, 23>, "Local hour of the daily plan.";
    "TENANT_TIMEZONE" tenant_timezone: Tz = "UTC", time_zone, "IANA time zone of calendar dates.";
    "TENANT_CURRENCY" tenant_currency: String = "EUR", currency, "ISO 4217 currency of every amount.";
}

impl Settings {
    /// Values that are each fine but not together.
    fn contradictions(&self) -> Vec<SettingFault> {
        let mut faults = Vec::new();
        if self.central_bakery_order_threshold <= self.individual_bakery_order_threshold {
            faults.push(SettingFault {
                name: "CENTRAL_BAKERY_ORDER_THRESHOLD",
                detail: "must exceed INDIVIDUAL_BAKERY_ORDER_THRESHOLD".into(),
            });
        }
        if self.min_order_value > self.max_order_value {
            faults.push(SettingFault {
                name: "MIN_ORDER_VALUE",
                detail: "must not exceed MAX_ORDER_VALUE".into(),
            });
        }
        faults
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

fn flag(raw: &str) -> Result<bool, String> {
    match raw {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("expected true or false".into()),
    }
}

fn whole<const MIN: u32, const MAX: u32>(raw: &str) -> Result<u32, String> {
    raw.parse()
        .ok()
        .filter(|number| (MIN..=MAX).contains(number))
        .ok_or_else(|| format!("expected a whole number from {MIN} to {MAX}"))
}

fn money(raw: &str) -> Result<Money, String> {
    Money::parse(raw).map_err(|error| error.to_string())
}

fn quantity(raw: &str) -> Result<Quantity, String> {
    Quantity::parse(raw).map_err(|error| error.to_string())
}

fn percentage(raw: &str) -> Result<Percentage, String> {
    Percentage::parse(raw).map_err(|error| error.to_string())
}

fn time_zone(raw: &str) -> Result<Tz, String> {
    raw.parse()
        .map_err(|_| "expected an IANA time zone such as Europe/Berlin".into())
}

fn currency(raw: &str) -> Result<String, String> {
    let valid = raw.len() == 3 && raw.bytes().all(|b| b.is_ascii_uppercase());
    if valid {
        Ok(raw.to_owned())
    } else {
        Err("expected three capital letters such as EUR".into())
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(Settings::DEFAULTS.len(), 32);
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
}
