//! Whole plans with known figures: the worked example of SPEC §9, a textbook record, and the classic mistakes.

use super::fixture::{Bakery, codes, date, lot, offer, only, open_receipt, product, quantity};
use crate::decimal::{Money, Quantity};
use crate::planning::{
    ExceptionCause, ExceptionCode, Pegging, Requirement, RiskLevel, plan, plan_without_pegging,
};

fn worked_example() -> Bakery {
    Bakery::new("2026-12-05", 14)
        .safety_stock("20")
        .supplier("mill", |_| {})
        .ingredient("flour", |flour| {
            flour.stock_lots = vec![lot("L1", "35", None)];
            flour.reserved = quantity("5");
            flour.open_receipts = vec![open_receipt("PO-1", "2026-12-08", "10")];
            let mut terms = offer("mill", "0.9", 3);
            terms.minimum_order_quantity = quantity("50");
            terms.pack_size = quantity("25");
            flour.offers = vec![terms];
        })
        .product(product("loaf", "1", &[("flour", "0.5")]))
        .order("o1", 1, "loaf", "2026-12-10", "120")
        .order("o2", 1, "loaf", "2026-12-10", "80")
}

// D60–D68, the worked example: G 100, on hand 35, reserved 5, receipts 10, SS 20 %, MOQ 50, pack 25, lead 3.
#[test]
fn the_worked_example_comes_out() {
    let flour = worked_example().requirement("flour");
    let figures = [
        flour.gross_requirement,
        flour.order_demand,
        flour.forecast_demand,
        flour.safety_stock,
        flour.available,
        flour.scheduled_receipts,
        flour.net_requirement,
        flour.order_quantity,
    ];
    assert_eq!(
        figures,
        ["100", "100", "0", "20", "30", "10", "80", "100"].map(quantity)
    );
    assert_eq!(flour.required_date, Some(date("2026-12-10")));
    assert_eq!(flour.order_by_date, Some(date("2026-12-07")));
    assert_eq!(flour.expected_receipt_date, Some(date("2026-12-10")));
    assert_eq!(flour.coverage_percentage.to_string(), "40.00");
    assert_eq!(flour.estimated_cost, Some(Money::from_scaled(9_000)));
    assert_eq!(flour.supplier_name.as_deref(), Some("MILL"));
    // Slack of 3 days 15, stock 30·(1 − 0.3) = 21, single source 10, all of the plan's cost 10.
    assert_eq!(
        (flour.risk.score.to_string().as_str(), flour.risk.level),
        ("56.00", RiskLevel::High)
    );
    // The receipt of the 8th is first needed on the 10th.
    assert_eq!(codes(&flour), [ExceptionCode::Defer]);
    assert_eq!(flour.exceptions[0].needed_date, Some(date("2026-12-10")));

    let plan = worked_example().plan();
    assert_eq!(
        (plan.requirement_count, plan.critical_count, plan.supplier_count),
        (1, 0, 1)
    );
    assert_eq!(plan.estimated_cost, Money::from_scaled(9_000));
    assert_eq!(plan.supplier_diversification.unwrap().to_string(), "0.0000");
    assert_eq!(
        (plan.risk.score, plan.risk.level),
        (flour.risk.score, RiskLevel::High)
    );
    assert_eq!(
        (plan.horizon_start_date, plan.horizon_end_date),
        (date("2026-12-05"), date("2026-12-18"))
    );
    assert_eq!(plan.exceptions.len(), 1);
    assert_eq!(plan.warnings, []);
}

// SPEC §4: what is published has exactly these names, quantities with 3 decimals.
#[test]
fn a_requirement_is_published_under_the_names_of_the_model() {
    let flour = serde_json::to_value(worked_example().requirement("flour")).unwrap();
    let mut names: Vec<&str> = flour.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut expected: Vec<&str> = "ingredient_id name unit gross_requirement order_demand forecast_demand safety_stock \
        on_hand reserved expiring scheduled_receipts available net_requirement order_quantity coverage_percentage \
        safety_stock_method reorder_point ordering_method explanation \
        required_date order_by_date expected_receipt_date lead_time_days supplier_id supplier_name backup_suppliers \
        supplier_score minimum_order_quantity pack_size unit_cost estimated_cost risk quality_specifications \
        special_requirements pegging schedule exceptions status ordered_quantity received_quantity"
        .split_whitespace()
        .collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(flour["net_requirement"], "80.000");
    assert_eq!(flour["status"], "pending");
    assert_eq!(
        flour["pegging"],
        serde_json::json!([
            {"order_id": "o1", "line": 1, "product_id": "loaf", "quantity": "60.000", "date": "2026-12-10"},
            {"order_id": "o2", "line": 1, "product_id": "loaf", "quantity": "40.000", "date": "2026-12-10"},
        ])
    );
    assert_eq!(
        flour["schedule"][5],
        serde_json::json!({"date": "2026-12-10", "gross": "100.000", "receipts": "0.000", "projected": "40.000",
            "net": "80.000", "planned_receipt": "100.000", "planned_release": "0.000"})
    );
    assert_eq!(flour["schedule"][2]["planned_release"], "100.000");
    let read: Requirement = serde_json::from_value(flour).unwrap();
    assert_eq!(read, worked_example().requirement("flour"));
}

// D63–D65: the published MRP record, with its releases and what is past due.
#[test]
fn the_textbook_record_has_its_releases() {
    let mut bakery = Bakery::new("2026-12-01", 10)
        .safety_stock("10")
        .ingredient("flour", |flour| {
            flour.stock_lots = vec![lot("L1", "50", None)];
            flour.open_receipts = vec![open_receipt("PO-1", "2026-12-03", "40")];
            let mut terms = offer("mill", "1", 2);
            terms.minimum_order_quantity = quantity("30");
            terms.pack_size = quantity("10");
            flour.offers = vec![terms];
        });
    for day in 1..=10 {
        bakery = bakery.order(&format!("o{day}"), 1, "flour", &format!("2026-12-{day:02}"), "20");
    }
    let flour = bakery.requirement("flour");
    assert_eq!(flour.safety_stock, quantity("20"));
    let releases: Vec<Quantity> = flour.schedule.iter().map(|day| day.planned_release).collect();
    assert_eq!(
        releases,
        ["0", "0", "0", "30", "30", "0", "30", "30", "0", "0"].map(quantity)
    );
    let past_due = only(&flour, ExceptionCode::PastDue);
    assert_eq!(past_due.quantity, Some(quantity("30")));
    // Stock and receipt last until the 5th: only the buffer is eaten into.
    assert_eq!(past_due.cause, Some(ExceptionCause::SafetyStock));
    assert_eq!(flour.order_by_date, Some(date("2026-12-01")));
    assert_eq!(flour.expected_receipt_date, Some(date("2026-12-03")));
    // Needed for the buffer on the 2nd, comes on the 3rd.
    assert_eq!(
        only(&flour, ExceptionCode::Expedite).reference.as_deref(),
        Some("PO-1")
    );
}

// D64, classic mistake: the minimum once per item, not once per order line or product.
#[test]
fn the_minimum_applies_once_to_all_demand_of_an_item() {
    let bakery = Bakery::new("2026-12-01", 7)
        .ingredient("flour", |flour| {
            let mut terms = offer("mill", "1", 1);
            terms.minimum_order_quantity = quantity("50");
            flour.offers = vec![terms];
        })
        .product(product("loaf", "1", &[("flour", "1")]))
        .product(product("roll", "1", &[("flour", "1")]))
        .order("o1", 1, "loaf", "2026-12-05", "10")
        .order("o1", 2, "roll", "2026-12-05", "10")
        .order("o2", 1, "loaf", "2026-12-05", "10");
    assert_eq!(bakery.requirement("flour").order_quantity, quantity("50"));
}

// D63, classic mistake: stock 12, needs 12 then 1 → 1; and D62, safety stock once, not once a day.
#[test]
fn stock_and_safety_stock_are_counted_once() {
    let bakery = |percentage: &str| {
        Bakery::new("2026-12-01", 7)
            .safety_stock(percentage)
            .ingredient("salt", |salt| salt.stock_lots = vec![lot("L1", "12", None)])
            .order("o1", 1, "salt", "2026-12-03", "12")
            .order("o2", 1, "salt", "2026-12-05", "1")
    };
    let salt = bakery("0").requirement("salt");
    assert_eq!(
        (salt.net_requirement, salt.order_quantity),
        (quantity("1"), quantity("1"))
    );
    assert_eq!(salt.required_date, Some(date("2026-12-05")));
    let salt = bakery("100").requirement("salt");
    assert_eq!(
        (salt.safety_stock, salt.net_requirement),
        (quantity("13"), quantity("14"))
    );
    assert_eq!(salt.order_quantity, quantity("14"));
}

// D61, D60: forecast is told apart, and what has no need gets no row.
#[test]
fn order_and_forecast_demand_are_told_apart() {
    let bakery = Bakery::new("2026-12-01", 7)
        .ingredient("flour", |_| {})
        .ingredient("idle", |idle| idle.stock_lots = vec![lot("L1", "5", None)])
        .product(product("loaf", "1", &[("flour", "0.5")]))
        .order("o1", 1, "loaf", "2026-12-03", "400")
        .order("o2", 1, "loaf", "2026-12-04", "100")
        .forecast("loaf", "2026-12-03", "350")
        .forecast("loaf", "2026-12-04", "350");
    let plan = bakery.plan();
    assert_eq!(plan.requirement_count, 1);
    let flour = bakery.requirement("flour");
    assert_eq!(
        (flour.order_demand, flour.forecast_demand),
        (quantity("250"), quantity("125"))
    );
    assert_eq!(flour.gross_requirement, quantity("375"));
}

#[test]
fn without_pegging_everything_else_is_the_same() {
    let input = worked_example().input();
    let mut full = plan(&input).unwrap();
    for requirement in &mut full.requirements {
        assert!(!requirement.pegging.is_empty());
        requirement.pegging = Pegging::default();
    }
    assert_eq!(plan_without_pegging(&input).unwrap(), full);
}
