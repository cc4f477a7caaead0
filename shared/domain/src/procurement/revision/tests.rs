use super::*;
use crate::decimal::Quantity;
use crate::planning::tests::purchases::flour;
use crate::procurement::FaultCode;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
}

fn quantity(text: &str) -> Quantity {
    Quantity::parse_or_zero(text).unwrap()
}

/// 100 kg for the 10th: from the mill, ordered on the 7th.
fn planned() -> Requirement {
    flour(&[("2026-12-10", "100")])
}

/// Quantity, supplier, day to order, day it comes; what is empty stays as it is.
fn revision(order_quantity: &str, supplier: &str, order_by: u32, expected: u32) -> Revision {
    Revision {
        order_quantity: (!order_quantity.is_empty()).then(|| quantity(order_quantity)),
        supplier_id: (!supplier.is_empty()).then(|| supplier.to_owned()),
        order_by_date: (order_by > 0).then(|| day(order_by)),
        expected_receipt_date: (expected > 0).then(|| day(expected)),
    }
}

fn shown(requirement: &Requirement) -> String {
    let date = |date: Option<NaiveDate>| date.map_or("-".to_owned(), |date| date.format("%d").to_string());
    let backups: Vec<_> = requirement
        .backup_suppliers
        .iter()
        .map(|backup| backup.supplier_id.as_str())
        .collect();
    format!(
        "{} of {} at {} is {}, ordered {} comes {}, else {}",
        requirement.order_quantity,
        requirement.supplier_name.as_deref().unwrap_or("-"),
        requirement
            .unit_cost
            .map_or("-".to_owned(), |cost| cost.to_string()),
        requirement
            .estimated_cost
            .map_or("-".to_owned(), |cost| cost.to_string()),
        date(requirement.order_by_date),
        date(requirement.expected_receipt_date),
        backups.join(" "),
    )
}

fn revised(today: u32, revision: &Revision) -> String {
    match planned().revise(revision, day(today)) {
        Ok(next) => shown(&next),
        Err(RevisionError::Overflow) => "overflow".to_owned(),
        Err(RevisionError::Faults(faults)) => {
            let told = faults.iter().map(|fault| match fault.code {
                FaultCode::InvalidDate => format!("date {}", fault.field),
                FaultCode::InvalidValue => format!("value {}", fault.field),
            });
            told.collect::<Vec<_>>().join(" ")
        }
    }
}

#[test]
fn a_quantity_brings_its_cost_and_a_supplier_its_price_and_dates() {
    // D69
    assert_eq!(
        shown(&planned()),
        "100.000 of Old Mill at 0.8500 is 85.00, ordered 07 comes 10, else depot port"
    );
    for (change, after) in [
        (
            revision("", "", 0, 0),
            "100.000 of Old Mill at 0.8500 is 85.00, ordered 07 comes 10, else depot port",
        ),
        (
            revision("120.5", "", 0, 0),
            "120.500 of Old Mill at 0.8500 is 102.43, ordered 07 comes 10, else depot port",
        ),
        (
            revision("", "mill", 0, 0),
            "100.000 of Old Mill at 0.8500 is 85.00, ordered 07 comes 10, else depot port",
        ),
        (
            revision("", "depot", 0, 0),
            "100.000 of DEPOT at 1.0500 is 105.00, ordered 09 comes 10, else port mill",
        ),
        // Nine days from the 3rd: later than it is needed.
        (
            revision("", "port", 0, 0),
            "100.000 of PORT at 0.5000 is 50.00, ordered 03 comes 12, else depot mill",
        ),
        (
            revision("500", "port", 4, 13),
            "500.000 of PORT at 0.5000 is 250.00, ordered 04 comes 13, else depot mill",
        ),
        (
            revision("", "", 6, 0),
            "100.000 of Old Mill at 0.8500 is 85.00, ordered 06 comes 10, else depot port",
        ),
        (
            revision("", "", 0, 9),
            "100.000 of Old Mill at 0.8500 is 85.00, ordered 07 comes 09, else depot port",
        ),
        // What is not bought has no dates.
        (
            revision("0", "", 0, 0),
            "0.000 of Old Mill at 0.8500 is 0.00, ordered - comes -, else depot port",
        ),
    ] {
        assert_eq!(revised(3, &change), after, "{change:?}");
    }
}

#[test]
fn another_supplier_brings_its_lot_sizes_and_the_former_one_can_be_taken_again() {
    // D66, D69
    let first = planned();
    let depot = first.revise(&revision("", "depot", 0, 0), day(1)).unwrap();
    let lots = |requirement: &Requirement| {
        let [minimum, pack] = [requirement.minimum_order_quantity, requirement.pack_size];
        (minimum.to_string(), pack.to_string(), requirement.lead_time_days)
    };
    assert_eq!(lots(&first), ("50.000".to_owned(), "25.000".to_owned(), 3));
    assert_eq!(lots(&depot), ("0.000".to_owned(), "10.000".to_owned(), 1));
    let back = depot.revise(&revision("", "mill", 0, 0), day(1)).unwrap();
    assert_eq!(back, first);
}

#[test]
fn what_was_not_bought_is_dated_by_the_lead_time() {
    // D65, D69
    let idle = Requirement {
        required_date: None,
        ..planned().revise(&revision("0", "", 0, 0), day(1)).unwrap()
    };
    let bought = idle.revise(&revision("25", "", 0, 0), day(4)).unwrap();
    assert_eq!(
        shown(&bought),
        "25.000 of Old Mill at 0.8500 is 21.25, ordered 04 comes 07, else depot port"
    );
}

#[test]
fn every_field_that_cannot_be_taken_is_named() {
    // D5, D4, D69
    for (change, told) in [
        (revision("", "baker", 0, 0), "value supplier_id"),
        (
            revision("0", "baker", 4, 9),
            "value supplier_id value order_by_date value expected_receipt_date",
        ),
        (
            revision("", "", 2, 1),
            "date order_by_date date expected_receipt_date",
        ),
        (
            revision("", "", 8, 6),
            "date order_by_date date expected_receipt_date",
        ),
        // The other date stays as it is, and is not to blame.
        (revision("", "", 11, 0), "date order_by_date"),
        (revision("", "", 0, 6), "date expected_receipt_date"),
    ] {
        assert_eq!(revised(3, &change), told, "{change:?}");
    }
    let far = Revision {
        expected_receipt_date: NaiveDate::from_ymd_opt(2028, 12, 4),
        ..Revision::default()
    };
    assert_eq!(revised(3, &far), "date expected_receipt_date");
}

#[test]
fn without_a_supplier_a_quantity_has_no_cost() {
    // D66
    let mut alone = planned();
    (
        alone.supplier_id,
        alone.supplier_name,
        alone.unit_cost,
        alone.supplier_score,
    ) = (None, None, None, None);
    alone.backup_suppliers.clear();
    let more = alone.revise(&revision("5", "", 0, 0), day(3)).unwrap();
    assert_eq!(more.estimated_cost, None);
    let nothing = alone.revise(&revision("0", "", 0, 0), day(3)).unwrap();
    assert_eq!(nothing.estimated_cost, Some(crate::decimal::Money::ZERO));
    let asked = alone.revise(&revision("", "mill", 0, 0), day(3));
    assert!(matches!(asked, Err(RevisionError::Faults(_))), "{asked:?}");
}

#[test]
fn a_cost_that_does_not_fit_is_refused() {
    // D3
    let dear = Requirement {
        unit_cost: Some(crate::decimal::UnitPrice::from_scaled(i64::MAX)),
        ..planned()
    };
    let refused = dear.revise(&revision("1000000", "", 0, 0), day(3));
    assert_eq!(refused, Err(RevisionError::Overflow));
}
