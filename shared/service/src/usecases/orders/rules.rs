//! What an order must keep to before it is stored (D3, D4, D13, D20–D24, D30). Creating and amending ask the same
//! questions; each adds its faults, so that all are told at once.

use chrono::{DateTime, Months, Utc};
use orders_domain::decimal::Money;
use orders_domain::order_status::DeliveryMethod;
use orders_domain::pricing::{Discount, PricingError};

use super::draft::NewLine;
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::settings::Settings;
use crate::store::customers::Customer;

/// No tenant may allow more lines than this; what exceeds it is refused before anything is read for it.
pub(super) const MOST_LINES: usize = 50;

/// Deliveries may be asked for this far ahead (D4).
const MONTHS_AHEAD: Months = Months::new(24);

/// The faulty fields found so far.
#[derive(Default)]
pub(super) struct Faults(Vec<FieldError>);

impl Faults {
    pub(super) fn add(&mut self, pointer: impl Into<String>, code: ProblemCode, detail: impl Into<String>) {
        self.0.push(FieldError {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        });
    }

    /// Goes on only when there are none.
    ///
    /// # Errors
    /// 422 that names every one.
    pub(super) fn refuse(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Problem::fields(self.0))
        }
    }
}

/// MAX_ORDER_ITEMS.
pub(super) fn most_lines(settings: &Settings) -> usize {
    usize::try_from(settings.max_order_items).map_or(MOST_LINES, |most| most.min(MOST_LINES))
}

/// The lines as they were sent: how many, and their discounts.
pub(super) fn check_lines(settings: &Settings, items: &[NewLine], faults: &mut Faults) {
    let most = most_lines(settings);
    if items.len() > most {
        let detail = format!("An order may have {most} lines, this one has {}.", items.len());
        faults.add("/items", ProblemCode::TooManyItems, detail);
    }
    for (index, line) in items.iter().enumerate() {
        check_discount(settings, line.discount, &format!("/items/{index}"), faults);
    }
}

/// A discount that was sent, of the order (`below` is empty) or of a line (DISCOUNT_ENABLED).
pub(super) fn check_discount(settings: &Settings, discount: Discount, below: &str, faults: &mut Faults) {
    let field = match discount {
        Discount::Percentage(percentage) if !percentage.is_zero() => "discount_percentage",
        Discount::Amount(amount) if !amount.is_zero() => "discount_amount",
        _ => return,
    };
    if !settings.discount_enabled {
        faults.add(
            format!("{below}/{field}"),
            ProblemCode::DiscountsDisabled,
            "Discounts are switched off.",
        );
    }
}

/// When a delivery is asked for: not in the past, at most two years ahead (D4).
pub(super) fn check_requested_at(now: DateTime<Utc>, at: DateTime<Utc>, faults: &mut Faults) {
    let last = now.checked_add_months(MONTHS_AHEAD).unwrap_or(now);
    let detail = if at < now {
        "The requested delivery is in the past."
    } else if at > last {
        "The requested delivery is more than two years ahead."
    } else {
        return;
    };
    faults.add("/requested_delivery_at", ProblemCode::InvalidDate, detail);
}

/// A delivery window does not end before it begins.
pub(super) fn check_window(begins: DateTime<Utc>, ends: DateTime<Utc>, faults: &mut Faults) {
    if ends < begins {
        let detail = "The delivery window ends before it begins.";
        faults.add("/delivery_window_end", ProblemCode::InvalidDate, detail);
    }
}

/// PICKUP_ENABLED, DELIVERY_ENABLED.
pub(super) fn check_method(settings: &Settings, method: DeliveryMethod, faults: &mut Faults) {
    let enabled = match method {
        DeliveryMethod::Delivery => settings.delivery_enabled,
        DeliveryMethod::Pickup => settings.pickup_enabled,
    };
    if !enabled {
        let detail = format!("The delivery method {} is switched off.", method.as_str());
        faults.add("/delivery_method", ProblemCode::DeliveryMethodDisabled, detail);
    }
}

/// What is collected is not delivered for a fee (D24).
pub(super) fn check_fee(method: DeliveryMethod, fee: Money, faults: &mut Faults) {
    if method == DeliveryMethod::Pickup && !fee.is_zero() {
        let detail = "An order for pickup has no delivery fee.";
        faults.add("/delivery_fee", ProblemCode::InvalidValue, detail);
    }
}

/// Whether the customer may order (D30). One whose personal data was erased never may, whatever is validated (D34).
pub(super) fn check_customer(settings: &Settings, customer: Option<&Customer>, faults: &mut Faults) {
    let validated = settings.customer_validation_enabled;
    let (code, detail) = match customer {
        Some(customer) if customer.is_leaving() => (
            ProblemCode::CustomerInactive,
            "The customer takes no more orders.",
        ),
        _ if !validated => return,
        None => (ProblemCode::CustomerNotFound, "There is no such customer."),
        Some(customer) if !customer.row.is_active => {
            (ProblemCode::CustomerInactive, "The customer is not active.")
        }
        Some(customer) if customer.row.on_hold => (ProblemCode::CustomerOnHold, "The customer is on hold."),
        Some(_) => return,
    };
    faults.add("/customer_id", code, detail);
}

/// MIN_ORDER_VALUE and MAX_ORDER_VALUE, both inclusive.
///
/// # Errors
/// 422 `order-value-out-of-range`.
pub(super) fn check_value(settings: &Settings, total: Money) -> Result<(), Problem> {
    let (least, most) = (settings.min_order_value, settings.max_order_value);
    if (least..=most).contains(&total) {
        return Ok(());
    }
    let detail = format!("The total is {total}; it must be from {least} to {most}.");
    Err(Problem::new(ProblemCode::OrderValueOutOfRange, detail)
        .with("total_amount", total.to_string())
        .with("min_order_value", least.to_string())
        .with("max_order_value", most.to_string()))
}

/// The 422 for an order that cannot be priced (D20, D21, D3).
pub(super) fn pricing_problem(error: &PricingError) -> Problem {
    let (pointer, code) = match error {
        PricingError::LineDiscountExceedsGross { line } => (
            format!("/items/{line}/discount_amount"),
            ProblemCode::DiscountExceedsLine,
        ),
        PricingError::DiscountExceedsSubtotal => (
            "/discount_amount".to_owned(),
            ProblemCode::DiscountExceedsSubtotal,
        ),
        PricingError::DiscountExceedsMaximum => {
            return Problem::new(ProblemCode::DiscountExceedsMaximum, error.to_string());
        }
        PricingError::AmountOverflow => return Problem::new(ProblemCode::AmountOverflow, error.to_string()),
    };
    Problem::field(pointer, code, error.to_string())
}

/// The 422 for an order that has grown beyond what is stored.
pub(super) fn too_large() -> Problem {
    Problem::new(
        ProblemCode::OrderTooLarge,
        "The order with its texts and history is larger than 300 KB.",
    )
}
