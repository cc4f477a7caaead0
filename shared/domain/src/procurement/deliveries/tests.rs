use super::*;
use crate::planning::tests::purchases::flour;

fn shown(requirement: &Requirement, is_revised: bool) -> Vec<String> {
    let text = |delivery: Delivery| {
        let ordered = delivery
            .order_by_date
            .map_or("-".to_owned(), |date| date.to_string());
        format!("{ordered} {} {}", delivery.delivery_date, delivery.quantity)
    };
    deliveries(requirement, is_revised)
        .into_iter()
        .map(text)
        .collect()
}

/// The mill takes three days and sells lots of 25, at least 50.
const THREE_WEEKS: [(&str, &str); 3] = [("2026-12-06", "60"), ("2026-12-07", "50"), ("2026-12-18", "20")];

#[test]
fn each_planned_receipt_is_ordered_in_time_for_itself() {
    // D63, D65
    let requirement = flour(&THREE_WEEKS);
    assert_eq!(
        shown(&requirement, false),
        [
            "2026-12-03 2026-12-06 75.000",
            "2026-12-04 2026-12-07 50.000",
            "2026-12-15 2026-12-18 50.000"
        ]
    );
    let sum: i64 = deliveries(&requirement, false)
        .iter()
        .map(|delivery| delivery.quantity.scaled())
        .sum();
    assert_eq!(sum, requirement.order_quantity.scaled());
}

#[test]
fn what_should_have_been_ordered_before_today_is_ordered_first_of_all() {
    // D65
    let requirement = flour(&[("2026-12-01", "60"), ("2026-12-12", "60")]);
    let releases: Vec<_> = requirement
        .schedule
        .iter()
        .filter(|day| !day.planned_release.is_zero())
        .map(|day| day.date.to_string())
        .collect();
    assert_eq!(releases, ["2026-12-11"], "the first one is past due");
    assert_eq!(
        shown(&requirement, false),
        ["2026-12-01 2026-12-01 60.000", "2026-12-11 2026-12-12 60.000"]
    );
}

#[test]
fn a_purchase_that_was_changed_comes_at_once() {
    // D69
    let planned = flour(&THREE_WEEKS);
    assert_eq!(shown(&planned, true), ["2026-12-03 2026-12-06 175.000"]);
    // The schedule adds up to something else, whether or not anybody says that it was changed.
    let more = Requirement {
        order_quantity: Quantity::parse("200").unwrap(),
        ..planned.clone()
    };
    assert_eq!(shown(&more, false), ["2026-12-03 2026-12-06 200.000"]);
    let nothing = Requirement {
        order_quantity: Quantity::ZERO,
        ..planned
    };
    assert_eq!(shown(&nothing, true), Vec::<String>::new());
}
