use chrono::TimeDelta;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

pub(super) fn thresholds() -> AlertThresholds {
    AlertThresholds {
        high_value_order: Money::parse("5000").unwrap(),
        large_quantity_order: Quantity::parse("100").unwrap(),
        rush_order_hours: 24,
        procurement_shortage_percentage: Percentage::parse("90").unwrap(),
    }
}

pub(super) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// An order no rule minds.
pub(super) fn quiet() -> OrderFacts {
    OrderFacts {
        order_number: "ORD-20261207-0001".to_owned(),
        total_amount: Money::parse("116.77").unwrap(),
        balance_due: Money::parse("100.00").unwrap(),
        total_quantity: Quantity::parse("17.5").unwrap(),
        requested_delivery_at: instant("2026-12-10T06:00:00Z"),
        at: instant("2026-12-07T09:00:00Z"),
        first_order_of_customer: false,
        hold: None,
        credit: None,
        failed_payment: None,
        allergens_in_common: 0,
        special_requirements: false,
        currency: "EUR".to_owned(),
    }
}

pub(super) fn failed_payment() -> FailedPayment {
    FailedPayment {
        amount: Money::parse("20").unwrap(),
        method: PaymentMethod::Card,
    }
}

type Raised = (AlertType, Option<AlertSubtype>, Severity);

fn raised(facts: &OrderFacts) -> Vec<Raised> {
    order_alerts(facts, &thresholds())
        .into_iter()
        .map(|draft| (draft.alert_type, draft.subtype, draft.severity))
        .collect()
}

pub(super) fn only(facts: &OrderFacts) -> AlertDraft {
    let mut drafts = order_alerts(facts, &thresholds());
    assert_eq!(drafts.len(), 1, "{drafts:?}");
    drafts.remove(0)
}

// D40
#[test]
fn an_ordinary_order_raises_nothing() {
    assert_eq!(raised(&quiet()), []);
    assert_eq!(
        raised(&OrderFacts {
            hold: Some(HoldReason::Manual),
            ..quiet()
        }),
        []
    );
}

// D40: exceeding is strictly greater, on both boundaries.
#[rstest]
#[case("5000.00", None)]
#[case("5000.01", Some(Severity::Medium))]
#[case("10000.00", Some(Severity::Medium))]
#[case("10000.01", Some(Severity::High))]
fn high_value(#[case] total: &str, #[case] severity: Option<Severity>) {
    let facts = OrderFacts {
        total_amount: Money::parse(total).unwrap(),
        ..quiet()
    };
    let expected: Vec<Raised> = severity
        .map(|severity| (AlertType::HighValueOrder, None, severity))
        .into_iter()
        .collect();
    assert_eq!(raised(&facts), expected);
}

// D40
#[rstest]
#[case("100", None)]
#[case("100.001", Some(Severity::Medium))]
#[case("500", Some(Severity::Medium))]
#[case("500.001", Some(Severity::High))]
fn large_quantity(#[case] quantity: &str, #[case] severity: Option<Severity>) {
    let facts = OrderFacts {
        total_quantity: Quantity::parse(quantity).unwrap(),
        ..quiet()
    };
    let expected: Vec<Raised> = severity
        .map(|severity| (AlertType::LargeQuantityOrder, None, severity))
        .into_iter()
        .collect();
    assert_eq!(raised(&facts), expected);
}

// D40: 24 hours and a quarter of them, to the millisecond and below; a delivery already past is no rush.
#[rstest]
#[case(TimeDelta::hours(24), None)]
#[case(TimeDelta::hours(24) - TimeDelta::milliseconds(1), Some(Severity::High))]
#[case(TimeDelta::hours(6), Some(Severity::High))]
#[case(TimeDelta::hours(6) - TimeDelta::milliseconds(1), Some(Severity::Critical))]
#[case(TimeDelta::hours(6) - TimeDelta::nanoseconds(1), Some(Severity::Critical))]
#[case(TimeDelta::zero(), Some(Severity::Critical))]
#[case(TimeDelta::nanoseconds(-1), None)]
#[case(TimeDelta::milliseconds(-1), None)]
#[case(TimeDelta::hours(-30), None)]
fn rush(#[case] ahead: TimeDelta, #[case] severity: Option<Severity>) {
    let facts = OrderFacts {
        requested_delivery_at: quiet().at + ahead,
        ..quiet()
    };
    let expected: Vec<Raised> = severity
        .map(|severity| (AlertType::RushOrder, None, severity))
        .into_iter()
        .collect();
    assert_eq!(raised(&facts), expected);
}

// D40: a quarter of 1 hour, and a threshold of nothing.
#[test]
fn rush_thresholds_that_do_not_divide_evenly() {
    let severity = |hours: u32, milliseconds: i64| {
        let delivery = quiet().at + TimeDelta::milliseconds(milliseconds);
        let facts = OrderFacts {
            requested_delivery_at: delivery,
            ..quiet()
        };
        let thresholds = AlertThresholds {
            rush_order_hours: hours,
            ..thresholds()
        };
        order_alerts(&facts, &thresholds)
            .first()
            .map(|draft| draft.severity)
    };
    assert_eq!(severity(1, 899_999), Some(Severity::Critical));
    assert_eq!(severity(1, 900_000), Some(Severity::High));
    assert_eq!(severity(1, 3_599_999), Some(Severity::High));
    assert_eq!(severity(1, 3_600_000), None);
    assert_eq!(severity(0, 0), None);
    assert_eq!(severity(u32::MAX, 3_600_000), Some(Severity::Critical));
}

// D40, D31, D32
#[test]
fn holds_payments_and_customers() {
    let payment = (AlertType::PaymentIssue, None, Severity::High);
    let customer = |subtype, severity| (AlertType::CustomerIssue, Some(subtype), severity);
    let validation = OrderFacts {
        hold: Some(HoldReason::PaymentValidationFailed),
        ..quiet()
    };
    assert_eq!(raised(&validation), [payment]);
    assert_eq!(only(&validation).rule, "payment_validation_failed");
    let failed = OrderFacts {
        failed_payment: Some(failed_payment()),
        ..quiet()
    };
    assert_eq!(raised(&failed), [payment]);
    // Both at once are one alert, or the second would count the same cause twice.
    let both = OrderFacts {
        failed_payment: Some(failed_payment()),
        ..validation
    };
    assert_eq!(raised(&both), [payment]);
    assert_eq!(only(&both).rule, "payment_failed");
    let credit = OrderFacts {
        hold: Some(HoldReason::CreditLimitExceeded),
        ..quiet()
    };
    assert_eq!(
        raised(&credit),
        [customer(AlertSubtype::CreditLimitExceeded, Severity::High)]
    );
    let first = OrderFacts {
        first_order_of_customer: true,
        ..quiet()
    };
    assert_eq!(
        raised(&first),
        [customer(AlertSubtype::NewCustomer, Severity::Low)]
    );
    let special = customer(AlertSubtype::SpecialRequirements, Severity::Medium);
    let allergens = OrderFacts {
        allergens_in_common: 1,
        ..quiet()
    };
    assert_eq!(raised(&allergens), [special]);
    assert_eq!(
        raised(&OrderFacts {
            special_requirements: true,
            ..quiet()
        }),
        [special]
    );
    assert_eq!(
        raised(&OrderFacts {
            special_requirements: true,
            ..allergens
        }),
        [special]
    );
}

// D40: what holds together is raised together.
#[test]
fn several_rules_may_hold_at_once() {
    let facts = OrderFacts {
        total_amount: Money::parse("12000").unwrap(),
        total_quantity: Quantity::parse("300").unwrap(),
        requested_delivery_at: instant("2026-12-07T12:30:59Z"),
        first_order_of_customer: true,
        hold: Some(HoldReason::CreditLimitExceeded),
        failed_payment: Some(failed_payment()),
        special_requirements: true,
        ..quiet()
    };
    let expected = [
        (AlertType::HighValueOrder, None, Severity::High),
        (AlertType::RushOrder, None, Severity::Critical),
        (AlertType::LargeQuantityOrder, None, Severity::Medium),
        (AlertType::PaymentIssue, None, Severity::High),
        (
            AlertType::CustomerIssue,
            Some(AlertSubtype::NewCustomer),
            Severity::Low,
        ),
        (
            AlertType::CustomerIssue,
            Some(AlertSubtype::CreditLimitExceeded),
            Severity::High,
        ),
        (
            AlertType::CustomerIssue,
            Some(AlertSubtype::SpecialRequirements),
            Severity::Medium,
        ),
    ];
    assert_eq!(raised(&facts), expected);
}

// D41
#[test]
fn channels_of_every_severity() {
    let words = |severity: &str| {
        let severity = Severity::parse(severity).unwrap();
        channels(severity)
            .iter()
            .map(|channel| channel.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(words("critical"), ["whatsapp", "email", "sms", "dashboard"]);
    assert_eq!(words("high"), ["whatsapp", "email", "dashboard"]);
    assert_eq!(words("medium"), ["email", "dashboard"]);
    assert_eq!(words("low"), ["dashboard"]);
    assert!(Severity::Low < Severity::Medium && Severity::Medium < Severity::High);
    assert!(Severity::High < Severity::Critical);
}

// D2
#[test]
fn words_agree_with_json() {
    for kind in AlertType::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(AlertType::parse(kind.as_str()), Some(kind));
    }
    for subtype in AlertSubtype::ALL {
        assert_eq!(serde_json::to_value(subtype).unwrap(), subtype.as_str());
        assert_eq!(AlertSubtype::parse(subtype.as_str()), Some(subtype));
    }
    for severity in Severity::ALL {
        assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        assert_eq!(Severity::parse(severity.as_str()), Some(severity));
    }
    for channel in Channel::ALL {
        assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
        assert_eq!(Channel::parse(channel.as_str()), Some(channel));
    }
    for reason in HoldReason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        assert_eq!(HoldReason::parse(reason.as_str()), Some(reason));
    }
    assert_eq!(AlertType::parse("HighValueOrder"), None);
}

proptest! {
    // D40: the severity of a total follows from the definition, for any threshold, however large.
    #[test]
    fn any_total_against_any_threshold(total in 0_i64..=i64::MAX, threshold in 0_i64..=i64::MAX) {
        let facts = OrderFacts { total_amount: Money::from_scaled(total), ..quiet() };
        let thresholds = AlertThresholds { high_value_order: Money::from_scaled(threshold), ..thresholds() };
        let severity = order_alerts(&facts, &thresholds).first().map(|draft| draft.severity);
        // Halving instead of doubling: exact in integers, since total > 2·threshold iff (total − 1) / 2 ≥ threshold.
        let expected = match () {
            () if total > 0 && (total - 1) / 2 >= threshold => Some(Severity::High),
            () if total > threshold => Some(Severity::Medium),
            () => None,
        };
        prop_assert_eq!(severity, expected);
    }
}
