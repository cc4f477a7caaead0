use super::*;
use crate::procurement::FaultCode;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
}

fn quantity(text: &str) -> Quantity {
    Quantity::parse_or_zero(text).unwrap()
}

/// A purchase of 100 in a plan of the 1st that is to come on the 10th.
fn purchase(status: &str, ordered: &str, received: &str) -> Purchase {
    Purchase {
        status: RequirementStatus::parse(status).unwrap(),
        order_quantity: quantity("100"),
        ordered_quantity: quantity(ordered),
        received_quantity: quantity(received),
        unit_cost: UnitPrice::parse("0.85").ok(),
        expected_receipt_date: Some(day(10)),
        received_date: (received != "0").then(|| day(5)),
    }
}

/// `status=ordered ordered=5 received=6 cost=7 expected=12 on=8`, any of them.
fn report(text: &str) -> PurchaseReport {
    let mut report = PurchaseReport::default();
    for (name, value) in text.split_whitespace().filter_map(|part| part.split_once('=')) {
        match name {
            "status" => report.status = RequirementStatus::parse(value),
            "ordered" => report.ordered_quantity = Some(quantity(value)),
            "received" => report.received_quantity = Some(quantity(value)),
            "cost" => report.unit_cost = UnitPrice::parse(value).ok(),
            "expected" => report.expected_receipt_date = Some(day(value.parse().unwrap())),
            "on" => report.received_date = Some(day(value.parse().unwrap())),
            other => panic!("{other}"),
        }
    }
    report
}

/// What a report of the 8th comes to: status, ordered, received, day of receipt; or why not.
fn told(purchase: &Purchase, text: &str) -> String {
    match purchase.report(&report(text), day(8), day(1)) {
        Ok(next) => {
            let date = next.received_date.map_or("-".to_owned(), |date| date.to_string());
            let (ordered, received) = (next.ordered_quantity, next.received_quantity);
            format!("{} {ordered} {received} {date}", next.status.as_str())
        }
        Err(ReportError::IllegalMove { current, requested }) => {
            format!("illegal {} {}", current.as_str(), requested.as_str())
        }
        Err(ReportError::Closed) => "closed".to_owned(),
        Err(ReportError::Faults(faults)) => {
            let dates = faults.iter().any(|fault| fault.code == FaultCode::InvalidDate);
            let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
            format!("{} {}", if dates { "date" } else { "value" }, fields.join(" "))
        }
    }
}

/// Rows of: status, ordered and received quantity before | report | what it comes to.
fn check(rows: &[&str]) {
    for row in rows {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [before, text, after] = cells.try_into().unwrap();
        let before: Vec<_> = before.split(' ').collect();
        assert_eq!(
            told(&purchase(before[0], before[1], before[2]), text),
            after,
            "{row}"
        );
    }
}

#[test]
fn the_status_follows_from_what_was_ordered_and_what_has_come() {
    // D69
    check(&[
        "approved 0 0 | ordered=80 | ordered 80.000 0.000 -",
        "approved 0 0 | received=99.999 | partially_received 0.000 99.999 2026-12-08",
        "approved 0 0 | received=100 | received 0.000 100.000 2026-12-08",
        "approved 0 0 | received=100 on=7 | received 0.000 100.000 2026-12-07",
        // Of what was ordered, where somebody has said how much that was.
        "ordered 80 0 | received=80 | received 80.000 80.000 2026-12-08",
        "ordered 120 0 | received=100 | partially_received 120.000 100.000 2026-12-08",
        // More than was ordered may come.
        "ordered 120 0 | received=130 | received 120.000 130.000 2026-12-08",
        "partially_received 100 40 | received=100 | received 100.000 100.000 2026-12-08",
        // Corrections go back, and what did not come later keeps its day.
        "received 100 100 | received=90 | partially_received 100.000 90.000 2026-12-05",
        "received 100 100 | received=0 | ordered 100.000 0.000 -",
        "received 0 100 | received=0 | approved 0.000 0.000 -",
        "ordered 100 0 | ordered=0 | approved 0.000 0.000 -",
        // What says nothing of quantities moves nothing.
        "partially_received 100 40 | cost=0.9 expected=12 | partially_received 100.000 40.000 2026-12-05",
        "received 100 60 | cost=0.9 | received 100.000 60.000 2026-12-05",
        "received 100 60 |  | received 100.000 60.000 2026-12-05",
    ]);
}

#[test]
fn a_status_that_is_named_brings_the_quantities_that_were_left_out() {
    // D69
    check(&[
        "approved 0 0 | status=ordered | ordered 100.000 0.000 -",
        "approved 0 0 | status=ordered ordered=75 | ordered 75.000 0.000 -",
        "approved 0 0 | status=received | received 0.000 100.000 2026-12-08",
        "ordered 120 0 | status=received | received 120.000 120.000 2026-12-08",
        "partially_received 100 40 | status=received | received 100.000 100.000 2026-12-08",
        // Less has come, and no more will.
        "partially_received 100 40 | status=received received=60 | received 100.000 60.000 2026-12-08",
        // All has come, and somebody knows of more.
        "ordered 100 0 | status=partially_received received=100 | partially_received 100.000 100.000 2026-12-08",
        // The rest is called off.
        "partially_received 100 40 | status=cancelled | cancelled 100.000 40.000 2026-12-05",
        "approved 0 0 | status=approved | approved 0.000 0.000 -",
        // Going back is legal where the quantities say so.
        "received 100 100 | status=partially_received received=90 | partially_received 100.000 90.000 2026-12-05",
        "received 100 100 | status=ordered received=0 | ordered 100.000 0.000 -",
    ]);
}

#[test]
fn a_purchase_does_not_go_where_the_table_does_not_lead() {
    // D69
    check(&[
        "ordered 100 0 | status=approved | illegal ordered approved",
        "received 100 100 | status=cancelled | illegal received cancelled",
        "received 100 100 | status=partially_received | illegal received partially_received",
        "received 100 100 | status=ordered received=5 | illegal received ordered",
        "approved 0 0 | status=pending | illegal approved pending",
        "cancelled 0 0 | status=ordered | illegal cancelled ordered",
        "cancelled 0 0 | received=5 | closed",
        "cancelled 0 0 | status=cancelled cost=1 | closed",
        "cancelled 0 0 | status=cancelled | cancelled 0.000 0.000 -",
        "cancelled 0 0 |  | cancelled 0.000 0.000 -",
    ]);
}

#[test]
fn what_contradicts_itself_names_every_field() {
    // D5, D69
    check(&[
        "approved 0 0 | status=ordered ordered=0 | value status ordered_quantity",
        "approved 0 0 | status=ordered received=5 | value status received_quantity",
        "approved 0 0 | status=approved ordered=5 received=5 | value status ordered_quantity received_quantity",
        "approved 0 0 | status=partially_received | value status received_quantity",
        "ordered 100 0 | status=received received=0 | value status received_quantity",
        "ordered 100 0 | status=cancelled ordered=1 received=5 on=7 | value ordered_quantity received_quantity received_date",
        "ordered 100 0 | on=7 | value received_date",
        "ordered 100 0 | received=5 on=9 | date received_date",
        "approved 0 0 | received=5 on=1 | partially_received 0.000 5.000 2026-12-01",
        "ordered 100 0 | expected=7 | date expected_receipt_date",
        "ordered 100 0 | status=partially_received expected=7 | date expected_receipt_date status received_quantity",
    ]);
    let before_the_plan = PurchaseReport {
        received_date: NaiveDate::from_ymd_opt(2026, 11, 30),
        ..report("received=5")
    };
    let refused = purchase("ordered", "100", "0").report(&before_the_plan, day(8), day(1));
    assert!(matches!(refused, Err(ReportError::Faults(_))), "{refused:?}");
    let far = PurchaseReport {
        expected_receipt_date: NaiveDate::from_ymd_opt(2028, 12, 9),
        ..PurchaseReport::default()
    };
    assert!(
        purchase("ordered", "100", "0")
            .report(&far, day(8), day(1))
            .is_err()
    );
}

#[test]
fn nothing_can_be_received_where_nothing_is_bought_unless_somebody_says_how_much() {
    // D69
    let idle = Purchase {
        order_quantity: Quantity::ZERO,
        ..purchase("approved", "0", "0")
    };
    assert_eq!(told(&idle, "status=received"), "value status received_quantity");
    assert_eq!(told(&idle, "status=ordered"), "value status ordered_quantity");
    assert_eq!(told(&idle, "received=1"), "received 0.000 1.000 2026-12-08");
}

#[test]
fn a_report_that_comes_twice_changes_nothing() {
    // D69
    let statuses = [
        "approved",
        "ordered",
        "partially_received",
        "received",
        "cancelled",
    ];
    let quantities = ["", "0", "40", "100", "130"];
    let mut taken = 0;
    for status in statuses {
        let (ordered, received) = match status {
            "ordered" => ("100", "0"),
            "partially_received" => ("100", "40"),
            "received" => ("100", "100"),
            _ => ("0", "0"),
        };
        let before = purchase(status, ordered, received);
        for named in [
            "",
            "approved",
            "ordered",
            "partially_received",
            "received",
            "cancelled",
        ] {
            for ordered in quantities {
                for received in quantities {
                    let part = |name: &str, value: &str| match value {
                        "" => String::new(),
                        value => format!("{name}={value} "),
                    };
                    let text =
                        part("status", named) + &part("ordered", ordered) + &part("received", received);
                    let Ok(once) = before.report(&report(&text), day(8), day(1)) else {
                        continue;
                    };
                    assert_eq!(
                        once.report(&report(&text), day(9), day(1)),
                        Ok(once.clone()),
                        "{status} {text}"
                    );
                    // Whatever was named is what it is; and what has come has a day.
                    assert!(
                        named.is_empty() || once.status.as_str() == named,
                        "{status} {text}"
                    );
                    assert_eq!(
                        once.received_quantity.is_zero(),
                        once.received_date.is_none(),
                        "{status} {text}"
                    );
                    taken += 1;
                }
            }
        }
    }
    assert!(taken > 100, "{taken}");
}
