//! The classic mistakes of planners, each of which would buy too much or too little.

use super::fixture::{Bakery, codes, date, lot, offer, only, open_receipt, product, quantity};
use crate::decimal::Quantity;
use crate::planning::{ExceptionCode, SafetyStockMethod};

// D64: three products of 20 each and a minimum of 100 are 100, not 300.
#[test]
fn the_minimum_is_applied_once_per_item() {
    let mut bakery = Bakery::new("2026-12-01", 7).ingredient("flour", |flour| {
        let mut terms = offer("mill", "1", 1);
        terms.minimum_order_quantity = quantity("100");
        flour.offers = vec![terms];
    });
    for (number, loaf) in ["rye", "spelt", "wheat"].into_iter().enumerate() {
        bakery = bakery.product(product(loaf, "1", &[("flour", "1")])).order(
            &format!("o{number}"),
            1,
            loaf,
            "2026-12-05",
            "20",
        );
    }
    assert_eq!(bakery.requirement("flour").order_quantity, quantity("100"));
}

// D62: needs of 250 and 1 000 and a safety stock of 100 are 1 350, not 1 450.
#[test]
fn safety_stock_is_added_once() {
    let flour = Bakery::new("2026-12-01", 7)
        .safety_stock_method(SafetyStockMethod::Fixed)
        .ingredient("flour", |flour| {
            flour.safety_stock_quantity = Some(quantity("100"))
        })
        .product(product("loaf", "1", &[("flour", "1")]))
        .product(product("roll", "1", &[("flour", "1")]))
        .order("o1", 1, "loaf", "2026-12-05", "250")
        .order("o2", 1, "roll", "2026-12-06", "1000")
        .requirement("flour");
    assert_eq!(
        [flour.safety_stock, flour.net_requirement, flour.order_quantity],
        ["100", "1350", "1350"].map(quantity)
    );
}

// D63: a stock of 12 against needs of 12 and then 1 leaves 1.
#[test]
fn stock_is_used_once() {
    let salt = Bakery::new("2026-12-01", 7)
        .ingredient("salt", |salt| salt.stock_lots = vec![lot("L1", "12", None)])
        .order("o1", 1, "salt", "2026-12-03", "12")
        .order("o2", 1, "salt", "2026-12-05", "1")
        .requirement("salt");
    assert_eq!(
        [salt.net_requirement, salt.order_quantity],
        ["1", "1"].map(quantity)
    );
    assert_eq!(salt.required_date, Some(date("2026-12-05")));
}

// D69
#[test]
fn a_rerun_over_an_approved_plan_buys_nothing() {
    let bakery = || {
        Bakery::new("2026-12-01", 7)
            .safety_stock("20")
            .ingredient("flour", |flour| flour.offers = vec![offer("mill", "1", 3)])
            .order("o1", 1, "flour", "2026-12-03", "10")
            .order("o2", 1, "flour", "2026-12-07", "10")
    };
    let first = bakery().plan();
    assert_eq!(first.requirements[0].order_quantity, quantity("24"));
    let again = bakery().approved("PLAN-1", &first).requirement("flour");
    assert_eq!(
        [again.scheduled_receipts, again.order_quantity],
        ["24", "0"].map(quantity)
    );
}

// D63
#[test]
fn expired_stock_is_no_supply() {
    let milk = Bakery::new("2026-12-01", 7)
        .ingredient("milk", |milk| {
            milk.stock_lots = vec![
                lot("expired", "8", Some("2026-11-30")),
                lot("today", "5", Some("2026-12-01")),
            ];
        })
        .order("o1", 1, "milk", "2026-12-02", "10")
        .requirement("milk");
    assert_eq!(
        [milk.on_hand, milk.expiring, milk.available, milk.order_quantity],
        ["13", "13", "0", "10"].map(quantity)
    );
}

// D63, D65: 10 are needed on each of the first two days and 40 come on the third. They are asked for earlier and not
// bought again, whether a new order could be here before them or not.
#[test]
fn a_late_receipt_is_expedited_and_not_bought_again() {
    for lead_time_days in [0, 1, 2, 5] {
        let flour = Bakery::new("2026-12-01", 7)
            .ingredient("flour", |flour| {
                flour.open_receipts = vec![open_receipt("PO-1", "2026-12-03", "40")];
                flour.offers = vec![offer("mill", "1", lead_time_days)];
            })
            .order("o1", 1, "flour", "2026-12-01", "10")
            .order("o2", 1, "flour", "2026-12-02", "10")
            .requirement("flour");
        assert_eq!(
            [
                flour.scheduled_receipts,
                flour.net_requirement,
                flour.order_quantity
            ],
            ["40", "0", "0"].map(quantity)
        );
        let expedite = only(&flour, ExceptionCode::Expedite);
        assert_eq!(
            (expedite.reference.as_deref(), expedite.needed_date),
            (Some("PO-1"), Some(date("2026-12-01")))
        );
        assert_eq!(
            expedite.message,
            "Receipt PO-1 of 40 kg flour comes on 2026-12-03, but is needed on 2026-12-01. Ask the supplier to deliver earlier: it is not bought a second time. Otherwise stock runs out on 2026-12-01: get what is short elsewhere, or make less of what needs it."
        );
        assert!(!codes(&flour).contains(&ExceptionCode::PastDue));
    }
}

// D63: what comes late is not bought again for the part that it covers; the rest is bought, once.
#[test]
fn only_what_a_late_receipt_leaves_open_is_bought() {
    let flour = Bakery::new("2026-12-01", 7)
        .ingredient("flour", |flour| {
            flour.open_receipts = vec![open_receipt("PO-1", "2026-12-06", "15")];
            flour.offers = vec![offer("mill", "1", 1)];
        })
        .order("o1", 1, "flour", "2026-12-03", "20")
        .requirement("flour");
    assert_eq!([flour.net_requirement, flour.order_quantity], [quantity("5"); 2]);
    assert_eq!(flour.required_date, Some(date("2026-12-03")));
    assert_eq!(codes(&flour), [ExceptionCode::Expedite]);
    let projected: Vec<Quantity> = flour.schedule.iter().map(|day| day.projected).collect();
    assert_eq!(
        projected,
        ["0", "0", "-15", "-15", "-15", "0", "0"].map(|text| {
            let amount: i64 = text.parse().unwrap();
            Quantity::from_scaled(amount * 1_000)
        })
    );
}
