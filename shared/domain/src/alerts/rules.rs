//! The rules of D40. Multiples and fractions of thresholds are compared exactly, as integers.

use chrono::{NaiveDate, SecondsFormat, TimeDelta};

use super::wording::{counted, duration, instant, trimmed};
use super::{AlertDraft, AlertSubtype, AlertThresholds, AlertType, HoldReason, OrderFacts, Severity};
use crate::decimal::{Money, Percentage, Quantity};
use crate::payments::{PaymentMethod, PaymentTerms};

const MILLISECONDS_PER_HOUR: i64 = 3_600_000;
/// Coverage below which a shortage is critical.
const CRITICAL_COVERAGE: Percentage = Percentage::from_scaled(5_000);

/// The alerts an order deserves at one entry of its history, in the order of D40's table.
pub fn order_alerts(facts: &OrderFacts, thresholds: &AlertThresholds) -> Vec<AlertDraft> {
    [
        high_value(facts, thresholds.high_value_order),
        rush(facts, thresholds.rush_order_hours),
        large_quantity(facts, thresholds.large_quantity_order),
        payment_issue(facts),
        new_customer(facts),
        credit_limit_exceeded(facts),
        special_requirements(facts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The alert for an ingredient whose coverage is strictly below the threshold: high, critical below 50 %.
///
/// `order_quantity` is what the plan wants to buy, in `unit`; `order_by` is missing when no supplier is known.
pub fn shortage_alert(
    ingredient_name: &str,
    unit: &str,
    coverage: Percentage,
    order_quantity: &str,
    order_by: Option<NaiveDate>,
    thresholds: &AlertThresholds,
) -> Option<AlertDraft> {
    let threshold = thresholds.procurement_shortage_percentage;
    if coverage >= threshold {
        return None;
    }
    let covered = trimmed(&coverage.to_string());
    let quantity = trimmed(order_quantity);
    let advice = match order_by {
        Some(date) => format!("Order {quantity} {unit} by {date}."),
        None => format!("{quantity} {unit} are to be ordered, but no supplier is known."),
    };
    let mut parameters = vec![
        ("coverage_percentage", coverage.to_string()),
        ("threshold", threshold.to_string()),
        ("critical_below", CRITICAL_COVERAGE.to_string()),
        ("order_quantity", order_quantity.to_owned()),
        ("unit", unit.to_owned()),
    ];
    parameters.extend(order_by.map(|date| ("order_by_date", date.to_string())));
    Some(AlertDraft {
        alert_type: AlertType::ProcurementShortage,
        subtype: None,
        severity: if coverage < CRITICAL_COVERAGE {
            Severity::Critical
        } else {
            Severity::High
        },
        rule: "coverage_percentage < PROCUREMENT_SHORTAGE_THRESHOLD",
        parameters,
        title: format!("Shortage of {ingredient_name}"),
        message: format!("Only {covered} % of the {ingredient_name} needed is covered. {advice}"),
    })
}

fn high_value(facts: &OrderFacts, threshold: Money) -> Option<AlertDraft> {
    if facts.total_amount <= threshold {
        return None;
    }
    let twice = exceeds_multiple(facts.total_amount.scaled(), 2, threshold.scaled());
    let (order, currency) = (&facts.order_number, &facts.currency);
    let total = facts.total_amount;
    let how_far = if twice { "more than twice" } else { "above" };
    Some(AlertDraft {
        alert_type: AlertType::HighValueOrder,
        subtype: None,
        severity: if twice { Severity::High } else { Severity::Medium },
        rule: "total_amount > HIGH_VALUE_ORDER_THRESHOLD",
        parameters: vec![
            ("total_amount", total.to_string()),
            ("threshold", threshold.to_string()),
            (
                "high_above",
                Money::from_scaled(threshold.scaled().saturating_mul(2)).to_string(),
            ),
            ("currency", currency.clone()),
        ],
        title: format!("High-value order {order}"),
        message: format!(
            "Order {order} comes to {total} {currency}, {how_far} the alert threshold of {threshold} \
             {currency}."
        ),
    })
}

fn rush(facts: &OrderFacts, threshold_hours: u32) -> Option<AlertDraft> {
    let remaining = facts.requested_delivery_at.signed_duration_since(facts.at);
    let hours = i64::from(threshold_hours);
    // A quarter of an hour is a whole number of milliseconds: both bounds are exact.
    let threshold = TimeDelta::milliseconds(hours * MILLISECONDS_PER_HOUR);
    let quarter = TimeDelta::milliseconds(hours * (MILLISECONDS_PER_HOUR / 4));
    if remaining < TimeDelta::zero() || remaining >= threshold {
        return None;
    }
    let order = &facts.order_number;
    Some(AlertDraft {
        alert_type: AlertType::RushOrder,
        subtype: None,
        severity: if remaining < quarter {
            Severity::Critical
        } else {
            Severity::High
        },
        rule: "0 <= hours_until_delivery < RUSH_ORDER_HOURS_THRESHOLD",
        parameters: vec![
            (
                "requested_delivery_at",
                facts
                    .requested_delivery_at
                    .to_rfc3339_opts(SecondsFormat::AutoSi, true),
            ),
            ("minutes_until_delivery", remaining.num_minutes().to_string()),
            ("threshold_hours", threshold_hours.to_string()),
            ("critical_below_minutes", quarter.num_minutes().to_string()),
        ],
        title: format!("Rush order {order}"),
        message: format!(
            "Order {order} is due in {}, at {}.",
            duration(remaining),
            instant(facts.requested_delivery_at)
        ),
    })
}

fn large_quantity(facts: &OrderFacts, threshold: Quantity) -> Option<AlertDraft> {
    if facts.total_quantity <= threshold {
        return None;
    }
    let five_times = exceeds_multiple(facts.total_quantity.scaled(), 5, threshold.scaled());
    let order = &facts.order_number;
    let (quantity, limit) = (
        trimmed(&facts.total_quantity.to_string()),
        trimmed(&threshold.to_string()),
    );
    let how_far = if five_times {
        "more than five times"
    } else {
        "above"
    };
    Some(AlertDraft {
        alert_type: AlertType::LargeQuantityOrder,
        subtype: None,
        severity: if five_times {
            Severity::High
        } else {
            Severity::Medium
        },
        rule: "total_quantity > LARGE_QUANTITY_ORDER_THRESHOLD",
        parameters: vec![
            ("total_quantity", facts.total_quantity.to_string()),
            ("threshold", threshold.to_string()),
            (
                "high_above",
                Quantity::from_scaled(threshold.scaled().saturating_mul(5)).to_string(),
            ),
        ],
        title: format!("Large order {order}"),
        message: format!(
            "Order {order} is for {quantity} units in all, {how_far} the alert threshold of {limit}."
        ),
    })
}

/// One alert even when both causes hold: the failed payment is what has just happened, so it is named.
fn payment_issue(facts: &OrderFacts) -> Option<AlertDraft> {
    let order = &facts.order_number;
    let (total, currency) = (facts.total_amount, &facts.currency);
    let (rule, parameters, title, message) = if let Some(payment) = facts.failed_payment {
        (
            "payment_failed",
            vec![
                ("payment_amount", payment.amount.to_string()),
                ("payment_method", payment.method.as_str().to_owned()),
                ("balance_due", facts.balance_due.to_string()),
            ],
            format!("Payment failed for order {order}"),
            format!("A payment for order {order} over {total} {currency} failed."),
        )
    } else if facts.hold == Some(HoldReason::PaymentValidationFailed) {
        (
            "payment_validation_failed",
            vec![
                ("payment_method", PaymentMethod::Account.as_str().to_owned()),
                ("payment_terms", PaymentTerms::Immediate.as_str().to_owned()),
            ],
            format!("Payment check failed for order {order}"),
            format!(
                "Order {order} over {total} {currency} is on hold: it is on account, but the customer's \
                 terms are to pay immediately."
            ),
        )
    } else {
        return None;
    };
    Some(AlertDraft {
        alert_type: AlertType::PaymentIssue,
        subtype: None,
        severity: Severity::High,
        rule,
        parameters: with_total(facts, parameters),
        title,
        message,
    })
}

/// The figures a rule compared, with what the order comes to.
fn with_total(
    facts: &OrderFacts,
    mut parameters: Vec<(&'static str, String)>,
) -> Vec<(&'static str, String)> {
    parameters.push(("total_amount", facts.total_amount.to_string()));
    parameters.push(("currency", facts.currency.clone()));
    parameters
}

fn new_customer(facts: &OrderFacts) -> Option<AlertDraft> {
    let (order, total, currency) = (&facts.order_number, facts.total_amount, &facts.currency);
    facts.first_order_of_customer.then(|| AlertDraft {
        alert_type: AlertType::CustomerIssue,
        subtype: Some(AlertSubtype::NewCustomer),
        severity: Severity::Low,
        rule: "first_order_of_customer",
        parameters: with_total(facts, Vec::new()),
        title: format!("First order of a customer: {order}"),
        message: format!("A new customer placed a first order: {order}, over {total} {currency}."),
    })
}

fn credit_limit_exceeded(facts: &OrderFacts) -> Option<AlertDraft> {
    let (order, total, currency) = (&facts.order_number, facts.total_amount, &facts.currency);
    let mut parameters = vec![("balance_due", facts.balance_due.to_string())];
    if let Some(credit) = facts.credit {
        parameters.push(("exposure", credit.exposure.to_string()));
        parameters.push(("credit_limit", credit.limit.to_string()));
    }
    (facts.hold == Some(HoldReason::CreditLimitExceeded)).then(|| AlertDraft {
        alert_type: AlertType::CustomerIssue,
        subtype: Some(AlertSubtype::CreditLimitExceeded),
        severity: Severity::High,
        rule: "exposure + balance_due > credit_limit",
        parameters: with_total(facts, parameters),
        title: format!("Credit limit exceeded by order {order}"),
        message: format!(
            "Order {order} over {total} {currency} is on hold: with it the customer would owe more than the credit limit."
        ),
    })
}

fn special_requirements(facts: &OrderFacts) -> Option<AlertDraft> {
    let allergens = facts.allergens_in_common;
    if allergens == 0 && !facts.special_requirements {
        return None;
    }
    let order = &facts.order_number;
    let rule = if allergens == 0 {
        "customer_has_special_requirements"
    } else {
        "line_allergens_meet_customer_allergens"
    };
    let mut sentences = Vec::new();
    if allergens > 0 {
        let allergens = counted(allergens, "allergen");
        sentences.push(format!(
            "Order {order} contains what the customer must avoid: {allergens}."
        ));
    }
    if facts.special_requirements {
        sentences.push(format!(
            "Mind the customer's special requirements when making order {order}."
        ));
    }
    Some(AlertDraft {
        alert_type: AlertType::CustomerIssue,
        subtype: Some(AlertSubtype::SpecialRequirements),
        severity: Severity::Medium,
        rule,
        parameters: vec![
            ("allergens_in_common", allergens.to_string()),
            ("special_requirements", facts.special_requirements.to_string()),
        ],
        title: format!("Special requirements for order {order}"),
        message: sentences.join(" "),
    })
}

/// `value > factor · threshold` without any chance of overflow.
fn exceeds_multiple(value: i64, factor: i128, threshold: i64) -> bool {
    i128::from(value) > factor * i128::from(threshold)
}
