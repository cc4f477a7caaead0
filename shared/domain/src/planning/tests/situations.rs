//! What a planner is told: exceptions, warnings, errors, and reruns over approved plans (D60, D63, D65, D69).

use super::fixture::{
    Bakery, codes, date, lot, offer, only, open_receipt, product, quantity, with_changed_quantities,
};
use crate::calendar::Weekday;
use crate::decimal::{Percentage, Quantity};
use crate::planning::{ExceptionCause, ExceptionCode, PlanError, WarningCode, plan};

// D65: cause, shortage and late together, when demand cannot be met.
#[test]
fn a_stock_out_before_the_earliest_receipt_is_a_shortage() {
    let bakery = Bakery::new("2026-12-01", 7)
        .supplier("mill", |mill| mill.working_days = vec![Weekday::Thu])
        .ingredient("flour", |flour| {
            flour.stock_lots = vec![lot("L1", "3", None)];
            flour.offers = vec![offer("mill", "1", 1)];
        })
        .order("o1", 1, "flour", "2026-12-02", "5")
        .order("o2", 1, "flour", "2026-12-06", "5");
    let flour = bakery.requirement("flour");
    assert_eq!(
        codes(&flour),
        [
            ExceptionCode::Shortage,
            ExceptionCode::PastDue,
            ExceptionCode::Late
        ]
    );
    let shortage = only(&flour, ExceptionCode::Shortage);
    // The 1st is a Tuesday: ordered on Thursday the 3rd, here on the 4th.
    assert_eq!(
        (shortage.date, shortage.quantity),
        (Some(date("2026-12-02")), Some(quantity("2")))
    );
    assert!(shortage.message.contains("2026-12-04"), "{}", shortage.message);
    assert_eq!(
        only(&flour, ExceptionCode::PastDue).cause,
        Some(ExceptionCause::Demand)
    );
    assert_eq!(only(&flour, ExceptionCode::Late).date, Some(date("2026-12-04")));
    assert_eq!(
        (flour.order_by_date, flour.expected_receipt_date),
        (Some(date("2026-12-01")), Some(date("2026-12-04")))
    );
}

// D65, D13: nobody to buy from, counted with the default lead time.
#[test]
fn without_a_supplier_the_default_lead_time_counts() {
    let bakery =
        Bakery::new("2026-12-01", 7)
            .ingredient("flour", |_| {})
            .order("o1", 1, "flour", "2026-12-06", "5");
    let flour = bakery.requirement("flour");
    assert_eq!(codes(&flour), [ExceptionCode::NoSupplier]);
    assert_eq!(
        (flour.supplier_id, flour.estimated_cost, flour.lead_time_days),
        (None, None, 3)
    );
    assert_eq!(flour.order_by_date, Some(date("2026-12-03")));
    let plan = bakery.plan();
    assert_eq!((plan.supplier_count, plan.supplier_diversification), (0, None));
}

// D63, D65: receipts on the wrong day, and overdue ones.
#[test]
fn receipts_on_the_wrong_day_are_named() {
    let bakery = Bakery::new("2026-12-01", 7)
        .ingredient("flour", |flour| {
            flour.open_receipts = vec![
                open_receipt("OVERDUE", "2026-11-29", "5"),
                open_receipt("LATE", "2026-12-04", "5"),
                open_receipt("EARLY", "2026-12-05", "5"),
                open_receipt("SURPLUS", "2026-12-06", "5"),
            ];
        })
        .ingredient("idle", |idle| {
            idle.open_receipts = vec![open_receipt("PO-2", "2026-12-02", "1")]
        })
        .order("o1", 1, "flour", "2026-12-02", "10")
        .order("o2", 1, "flour", "2026-12-07", "5");
    let flour = bakery.requirement("flour");
    let seen: Vec<(ExceptionCode, &str, Option<_>)> = flour
        .exceptions
        .iter()
        .filter_map(|row| Some((row.code, row.reference.as_deref()?, row.needed_date)))
        .collect();
    assert_eq!(
        seen,
        [
            (ExceptionCode::Expedite, "OVERDUE", Some(date("2026-12-02"))),
            (ExceptionCode::Expedite, "LATE", Some(date("2026-12-02"))),
            (ExceptionCode::Defer, "EARLY", Some(date("2026-12-07"))),
            (ExceptionCode::Cancel, "SURPLUS", None),
        ]
    );
    // Every open receipt in the horizon counts towards the total.
    assert_eq!(
        (flour.scheduled_receipts, flour.net_requirement),
        (quantity("20"), quantity("0"))
    );
    // Without any demand the exception alone makes the row.
    let idle = bakery.requirement("idle");
    assert_eq!(
        (codes(&idle), idle.gross_requirement),
        (vec![ExceptionCode::Cancel], Quantity::ZERO)
    );
}

// D63: an expiring lot is named and bought again.
#[test]
fn an_expiring_lot_does_not_count_as_stock() {
    let bakery = Bakery::new("2026-12-01", 7)
        .ingredient("milk", |milk| {
            milk.stock_lots = vec![
                lot("fresh", "6", Some("2026-12-20")),
                lot("old", "6", Some("2026-12-02")),
            ];
        })
        .order("o1", 1, "milk", "2026-12-02", "2")
        .order("o2", 1, "milk", "2026-12-05", "10");
    let milk = bakery.requirement("milk");
    assert_eq!(
        [milk.expiring, milk.available, milk.order_quantity],
        ["4", "8", "4"].map(quantity)
    );
    let expiring = only(&milk, ExceptionCode::Expiring);
    assert_eq!(
        (expiring.reference.as_deref(), expiring.quantity),
        (Some("old"), Some(quantity("4")))
    );
}

// D69: a rerun over an approved plan buys nothing twice, also where its goods come after their need, also tomorrow,
// and also once the supplier's order stands as an open receipt.
#[test]
fn a_rerun_doubles_nothing() {
    let bakery = |today: &str| {
        Bakery::new(today, 7)
            .safety_stock("20")
            .ingredient("flour", |flour| flour.offers = vec![offer("mill", "1", 3)])
            .order("o1", 1, "flour", "2026-12-03", "10")
            .order("o2", 1, "flour", "2026-12-07", "10")
    };
    let first = bakery("2026-12-01").plan();
    assert_eq!(first.requirements[0].order_quantity, quantity("24"));
    assert_eq!(
        first.requirements[0].expected_receipt_date,
        Some(date("2026-12-04"))
    );
    for today in ["2026-12-01", "2026-12-02"] {
        let flour = bakery(today).approved("PLAN-1", &first).requirement("flour");
        assert_eq!(
            (flour.net_requirement, flour.order_quantity),
            (Quantity::ZERO, Quantity::ZERO),
            "{today}"
        );
        assert_eq!(flour.scheduled_receipts, quantity("24"));
    }
    let ordered = bakery("2026-12-01")
        .approved("PLAN-1", &first)
        .ingredient("flour", |flour| {
            flour.offers = vec![offer("mill", "1", 3)];
            flour.open_receipts = vec![open_receipt("PLAN-1", "2026-12-04", "24")];
        })
        .requirement("flour");
    assert_eq!(
        (ordered.scheduled_receipts, ordered.order_quantity),
        (quantity("24"), Quantity::ZERO)
    );
}

// D69: the same where what was bought only comes after the horizon.
#[test]
fn a_rerun_doubles_nothing_that_comes_after_the_horizon() {
    let bakery = || {
        Bakery::new("2026-12-01", 3)
            .ingredient("flour", |flour| flour.offers = vec![offer("mill", "1", 5)])
            .order("o1", 1, "flour", "2026-12-03", "10")
    };
    let first = bakery().plan();
    assert_eq!(
        first.requirements[0].expected_receipt_date,
        Some(date("2026-12-06"))
    );
    let flour = bakery().approved("PLAN-1", &first).requirement("flour");
    // It is no receipt of the horizon, so that the shortage stays in sight.
    assert_eq!(
        [flour.order_quantity, flour.scheduled_receipts],
        [Quantity::ZERO; 2]
    );
    assert_eq!(
        (flour.net_requirement, flour.coverage_percentage),
        (quantity("10"), Percentage::ZERO)
    );
    assert_eq!(codes(&flour), [ExceptionCode::Shortage, ExceptionCode::Expedite]);
    assert_eq!(
        only(&flour, ExceptionCode::Expedite).needed_date,
        Some(date("2026-12-03"))
    );
}

// D60: what could not be taken into account is named.
#[test]
fn what_is_not_planned_is_named_under_warnings() {
    let bakery = Bakery::new("2026-12-01", 7)
        .ingredient("flour", |flour| {
            flour.ordering.method = crate::catalog::OrderingMethod::Eoq
        })
        .ingredient("sugar", |sugar| sugar.offers = vec![offer("stranger", "1", 1)])
        .product(product(
            "loaf",
            "1",
            &[("flour", "1"), ("sugar", "1"), ("moonlight", "1")],
        ))
        .product(product("unsold", "1", &[("stardust", "1")]))
        .product(product("void", "0", &[("flour", "1")]))
        .product(crate::catalog::Product {
            id: "card".to_owned(),
            ..Default::default()
        })
        .order("o1", 1, "loaf", "2026-12-03", "1")
        .order("o1", 2, "void", "2026-12-03", "1")
        .order("o1", 3, "card", "2026-12-03", "1")
        .order("o1", 4, "ghost", "2026-12-03", "1")
        .overdue_order("late-2")
        .overdue_order("late-1");
    let warnings: Vec<(WarningCode, Vec<String>)> = bakery
        .plan()
        .warnings
        .into_iter()
        .map(|warning| (warning.code, warning.references))
        .collect();
    let named = |code, ids: &[&str]| (code, ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        warnings,
        [
            named(WarningCode::OverdueOrders, &["late-1", "late-2"]),
            named(WarningCode::UnknownProduct, &["ghost"]),
            named(WarningCode::ProductWithoutRecipe, &["card"]),
            named(WarningCode::InvalidRecipe, &["void"]),
            named(WarningCode::UnknownItem, &["moonlight"]),
            named(WarningCode::UnknownSupplier, &["stranger"]),
            named(WarningCode::OrderingParametersMissing, &["flour"]),
        ]
    );
}

// D60, D69: what cannot be planned at all.
#[test]
fn impossible_plans_are_errors() {
    let cyclic = Bakery::new("2026-12-01", 7)
        .product(product("dough", "1", &[("starter", "1")]))
        .product(product("starter", "1", &[("dough", "1")]))
        .input();
    let error = plan(&cyclic).unwrap_err();
    assert_eq!(error.code(), "recipe-cycle");
    assert_eq!(
        error.to_string(),
        "the recipes form a cycle: dough → starter → dough"
    );
    for days in [0, 91] {
        assert_eq!(
            plan(&Bakery::new("2026-12-01", days).input()),
            Err(PlanError::InvalidHorizon)
        );
    }
    assert!(plan(&Bakery::new("2026-12-01", 90).input()).is_ok());

    let mut large = Bakery::new("2026-12-01", 7).ingredient("flour", |_| {});
    for number in 0..10 {
        large = large.order(&format!("o{number}"), 1, "flour", "2026-12-01", "1000000");
    }
    let mut input = large.input();
    input.order_demand = with_changed_quantities(&input.order_demand, &|quantity| {
        *quantity = Quantity::from_scaled(i64::MAX / 2);
    });
    assert_eq!(plan(&input), Err(PlanError::Overflow));
}

// D65: a start that lies ahead. Orders may go out before it, and receipts until then are on the first day.
#[test]
fn a_start_ahead_of_today_leaves_time_to_order() {
    let bakery = Bakery::new("2026-12-07", 7)
        .today("2026-12-01")
        .ingredient("flour", |flour| {
            flour.offers = vec![offer("mill", "1", 4)];
            flour.open_receipts = vec![open_receipt("PO-1", "2026-12-03", "2")];
        })
        .order("o1", 1, "flour", "2026-12-07", "5");
    let flour = bakery.requirement("flour");
    assert_eq!(codes(&flour), []);
    assert_eq!(
        (flour.order_by_date, flour.order_quantity),
        (Some(date("2026-12-03")), quantity("3"))
    );
    assert_eq!(flour.schedule[0].receipts, quantity("2"));
}
