//! Safety stock and reorder point in whole plans (D62).

use super::fixture::{Bakery, date, offer, product, quantity};
use crate::planning::{PlanError, Requirement, SafetyStockMethod, WarningCode, plan};

/// 20 kg of flour a day for ten days, from loaves that vary by 60 a day: 6 kg; and from rolls, by 400 a day: 8 kg.
fn bakery(method: SafetyStockMethod) -> Bakery {
    let mut bakery = Bakery::new("2026-12-01", 10)
        .safety_stock("15")
        .safety_stock_method(method)
        .ingredient("flour", |flour| {
            flour.safety_stock_quantity = Some(quantity("25"));
            flour.offers = vec![offer("mill", "1", 4)];
        })
        .product(product("dough", "10", &[("flour", "5")]))
        .product(product("loaf", "1", &[("dough", "0.2")]))
        .product(product("roll", "50", &[("flour", "1")]))
        .deviation("loaf", "60")
        .deviation("roll", "400");
    for day in 1..=10 {
        bakery = bakery.order(&format!("o{day}"), 1, "loaf", &format!("2026-12-{day:02}"), "200");
    }
    bakery
}

fn buffer(flour: &Requirement) -> (String, Option<SafetyStockMethod>, String) {
    (
        flour.safety_stock.to_string(),
        flour.safety_stock_method,
        flour.reorder_point.to_string(),
    )
}

// D62: 15 % of 200; 25; 1.644854 · √(6² + 8²) · √4. Reorder point 20 · 4 and the safety stock.
#[test]
fn each_method_has_its_safety_stock_and_reorder_point() {
    use SafetyStockMethod::{Fixed, Percentage, Statistical};
    for (method, safety_stock, reorder_point) in [
        (Percentage, "30.000", "110.000"),
        (Fixed, "25.000", "105.000"),
        (Statistical, "32.897", "112.897"),
    ] {
        let flour = bakery(method).requirement("flour");
        assert_eq!(
            buffer(&flour),
            (safety_stock.to_owned(), Some(method), reorder_point.to_owned())
        );
    }
}

// D62: with a lead time of 4 days, give or take 1: √(4·10² + 20²·1²) = √800.
#[test]
fn a_lead_time_that_varies_needs_more() {
    let flour = bakery(SafetyStockMethod::Statistical)
        .ingredient("flour", |flour| {
            let mut terms = offer("mill", "1", 4);
            terms.lead_time_standard_deviation_days = Some(quantity("1"));
            flour.offers = vec![terms];
        })
        .requirement("flour");
    assert_eq!(flour.safety_stock, quantity("46.523"));
}

// D62: the statistical buffer is that of the supplier without hurry; percentage and fixed know nothing of suppliers. What
// is on the way changes who is chosen now, and no buffer: else a rerun would buy again (D69).
#[test]
fn safety_stock_does_not_depend_on_what_is_missing() {
    let with_offers = |method, days: u32| {
        let mut bakery = bakery(method).ingredient("flour", |flour| {
            flour.safety_stock_quantity = Some(quantity("25"));
            flour.offers = vec![offer("cheap", "1", days), offer("fast", "9", 1)];
        });
        bakery = bakery.today("2026-11-29");
        bakery.requirement("flour")
    };
    use SafetyStockMethod::{Fixed, Percentage, Statistical};
    for method in [Percentage, Fixed, Statistical] {
        // Needed on the 1st: nine days are too many, one is not.
        let hurried = with_offers(method, 9);
        assert_eq!(hurried.supplier_id.as_deref(), Some("fast"));
        let calm = with_offers(method, 2);
        assert_eq!(calm.supplier_id.as_deref(), Some("cheap"));
        let is_statistical = method == Statistical;
        assert_eq!(
            hurried.safety_stock != calm.safety_stock,
            is_statistical,
            "{method:?}"
        );
    }
    // 1.644854 · 10 · √9, not √1; the reorder point is that of the supplier that is chosen.
    let hurried = with_offers(Statistical, 9);
    assert_eq!(
        [hurried.safety_stock, hurried.reorder_point],
        ["49.346", "69.346"].map(quantity)
    );
    let first = bakery(Statistical).plan();
    let again = bakery(Statistical)
        .approved("PLAN-1", &first)
        .requirement("flour");
    assert_eq!(again.safety_stock, first.requirements[0].safety_stock);
    assert_eq!(again.order_quantity, quantity("0"));
}

// D62: what is missing is named, and what takes its place.
#[test]
fn what_safety_stock_lacks_is_named_under_warnings() {
    let bakery = |method| {
        Bakery::new("2026-12-01", 7)
            .safety_stock("20")
            .safety_stock_method(method)
            .ingredient("flour", |_| {})
            .ingredient("salt", |salt| salt.safety_stock_quantity = Some(quantity("2")))
            .deviation("salt", "0.3")
            .order("o1", 1, "flour", "2026-12-03", "10")
            .order("o1", 2, "salt", "2026-12-03", "10")
    };
    for (method, code, flour, salt) in [
        (
            SafetyStockMethod::Fixed,
            WarningCode::SafetyStockQuantityMissing,
            ("0", SafetyStockMethod::Fixed),
            "2",
        ),
        (
            SafetyStockMethod::Statistical,
            WarningCode::DemandDeviationMissing,
            ("2", SafetyStockMethod::Percentage),
            "0.855",
        ),
    ] {
        let plan = bakery(method).plan();
        let warnings: Vec<_> = plan
            .warnings
            .iter()
            .map(|row| (row.code, row.references.clone()))
            .collect();
        assert_eq!(warnings, [(code, vec!["flour".to_owned()])]);
        let stocks: Vec<_> = plan
            .requirements
            .iter()
            .map(|row| (row.safety_stock, row.safety_stock_method))
            .collect();
        assert_eq!(
            stocks,
            [(quantity(flour.0), Some(flour.1)), (quantity(salt), Some(method))]
        );
    }
}

// D69: a what-if names its own safety stock, also of nothing, and also of what nothing needs.
#[test]
fn an_explicit_safety_stock_wins() {
    let flour = bakery(SafetyStockMethod::Statistical)
        .safety_stock_override("flour", "7")
        .requirement("flour");
    assert_eq!(buffer(&flour), ("7.000".to_owned(), None, "87.000".to_owned()));
    let flour = bakery(SafetyStockMethod::Fixed)
        .safety_stock_override("flour", "0")
        .requirement("flour");
    assert_eq!(flour.safety_stock, quantity("0"));
    let idle = Bakery::new("2026-12-01", 7)
        .ingredient("yeast", |_| {})
        .safety_stock_override("yeast", "3")
        .requirement("yeast");
    assert_eq!(
        (idle.net_requirement, idle.order_quantity, idle.required_date),
        (quantity("3"), quantity("3"), Some(date("2026-12-01")))
    );
}

// D62: outside of its range there is no quantile.
#[test]
fn a_service_level_out_of_range_is_an_error() {
    let mut input = bakery(SafetyStockMethod::Statistical).input();
    input.parameters.service_level = crate::decimal::Percentage::from_scaled(5_000);
    assert_eq!(plan(&input), Err(PlanError::InvalidServiceLevel));
    assert_eq!(PlanError::InvalidServiceLevel.code(), "invalid-service-level");
}
