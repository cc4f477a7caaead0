//! Whole drafts: rule, figures and the sentences people read.

use chrono::NaiveDate;
use rstest::rstest;

use super::tests::{failed_payment, instant, only, quiet, thresholds};
use super::*;

// D40: the whole draft, figures included.
#[test]
fn drafts_carry_rule_figures_and_a_readable_text() {
    let draft = only(&OrderFacts {
        total_amount: Money::parse("6200").unwrap(),
        ..quiet()
    });
    assert_eq!(
        draft,
        AlertDraft {
            alert_type: AlertType::HighValueOrder,
            subtype: None,
            severity: Severity::Medium,
            rule: "total_amount > HIGH_VALUE_ORDER_THRESHOLD",
            parameters: vec![
                ("total_amount", "6200.00".to_owned()),
                ("threshold", "5000.00".to_owned()),
                ("high_above", "10000.00".to_owned()),
                ("currency", "EUR".to_owned()),
            ],
            title: "High-value order ORD-20261207-0001".to_owned(),
            message: "Order ORD-20261207-0001 comes to 6200.00 EUR, above the alert threshold of 5000.00 \
                      EUR."
                .to_owned(),
        }
    );
    let rush = only(&OrderFacts {
        requested_delivery_at: instant("2026-12-07T12:30:59Z"),
        ..quiet()
    });
    assert_eq!(
        rush.message,
        "Order ORD-20261207-0001 is due in 3 h 30 min, at 2026-12-07 12:30 UTC."
    );
    let large = only(&OrderFacts {
        total_quantity: Quantity::parse("500.5").unwrap(),
        ..quiet()
    });
    assert_eq!(
        large.message,
        "Order ORD-20261207-0001 is for 500.5 units in all, more than five times the alert threshold of \
         100."
    );
    let special = only(&OrderFacts {
        allergens_in_common: 2,
        special_requirements: true,
        ..quiet()
    });
    assert_eq!(
        special.message,
        "Order ORD-20261207-0001 contains what the customer must avoid: 2 allergens. Mind the customer's special \
         requirements when making order ORD-20261207-0001."
    );
    let one = only(&OrderFacts {
        allergens_in_common: 1,
        ..quiet()
    });
    assert_eq!(
        one.message,
        "Order ORD-20261207-0001 contains what the customer must avoid: 1 allergen."
    );
    let failed = only(&OrderFacts {
        failed_payment: Some(failed_payment()),
        ..quiet()
    });
    assert_eq!(
        failed.message,
        "A payment for order ORD-20261207-0001 over 116.77 EUR failed."
    );
}

// D40: every figure that a rule compared is told with the alert.
#[test]
fn payments_and_credit_are_told_with_their_figures() {
    let hold = |reason| OrderFacts {
        hold: Some(reason),
        ..quiet()
    };
    let credit = OrderFacts {
        credit: Some(CreditFacts {
            exposure: Money::parse("950").unwrap(),
            limit: Money::parse("1000").unwrap(),
        }),
        ..hold(HoldReason::CreditLimitExceeded)
    };
    let failed = OrderFacts {
        failed_payment: Some(failed_payment()),
        ..quiet()
    };
    let told = |facts: &OrderFacts| {
        let parameters = only(facts).parameters.into_iter();
        let parameters: Vec<_> = parameters
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        parameters.join(" ")
    };
    assert_eq!(
        told(&failed),
        "payment_amount=20.00 payment_method=card balance_due=100.00 total_amount=116.77 currency=EUR"
    );
    assert_eq!(
        told(&hold(HoldReason::PaymentValidationFailed)),
        "payment_method=account payment_terms=immediate total_amount=116.77 currency=EUR"
    );
    assert_eq!(
        told(&credit),
        "balance_due=100.00 exposure=950.00 credit_limit=1000.00 total_amount=116.77 currency=EUR"
    );
    // The limit was lifted before the rules ran: there is none to tell.
    assert_eq!(
        told(&hold(HoldReason::CreditLimitExceeded)),
        "balance_due=100.00 total_amount=116.77 currency=EUR"
    );
}

// D40: strictly below the threshold; critical strictly below 50 %.
#[rstest]
#[case("100", None)]
#[case("90", None)]
#[case("89.99", Some(Severity::High))]
#[case("50", Some(Severity::High))]
#[case("49.99", Some(Severity::Critical))]
#[case("0", Some(Severity::Critical))]
fn shortage(#[case] coverage: &str, #[case] severity: Option<Severity>) {
    let coverage = Percentage::parse(coverage).unwrap();
    let draft = shortage_alert("Flour", "kg", coverage, "100.000", None, &thresholds());
    assert_eq!(
        draft.map(|draft| (draft.alert_type, draft.severity)),
        severity.map(|severity| (AlertType::ProcurementShortage, severity))
    );
}

// D40, with the procurement example of the specification.
#[test]
fn shortage_says_what_to_order_by_when() {
    let coverage = Percentage::parse("40").unwrap();
    let by = NaiveDate::from_ymd_opt(2026, 12, 7);
    let draft = shortage_alert("Flour", "kg", coverage, "100.000", by, &thresholds()).unwrap();
    assert_eq!(draft.severity, Severity::Critical);
    assert_eq!(draft.rule, "coverage_percentage < PROCUREMENT_SHORTAGE_THRESHOLD");
    assert_eq!(draft.title, "Shortage of Flour");
    assert_eq!(
        draft.message,
        "Only 40 % of the Flour needed is covered. Order 100 kg by 2026-12-07."
    );
    let expected = [
        ("coverage_percentage", "40.00"),
        ("threshold", "90.00"),
        ("critical_below", "50.00"),
        ("order_quantity", "100.000"),
        ("unit", "kg"),
        ("order_by_date", "2026-12-07"),
    ];
    assert_eq!(
        draft.parameters,
        expected.map(|(name, value)| (name, value.to_owned()))
    );
    let unknown = shortage_alert("Flour", "kg", coverage, "2.500", None, &thresholds()).unwrap();
    assert!(
        unknown
            .message
            .ends_with("2.5 kg are to be ordered, but no supplier is known.")
    );
}
