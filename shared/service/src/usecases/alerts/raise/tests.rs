use orders_domain::alerts::{AlertType, Severity};

use super::*;
use crate::settings::Settings;

const ORDER: &str = "00000000-0000-0000-0000-000000000002";
const CUSTOMER: &str = "00000000-0000-0000-0000-000000000003";

fn event(event_type: &str, data: &serde_json::Value) -> Envelope {
    let body = serde_json::json!({
        "event_id": "00000000-0000-0000-0000-000000000009", "event_type": event_type,
        "tenant_id": "00000000-0000-0000-0000-000000000001", "entity_id": ORDER, "sequence": 4, "version": 4,
        "occurred_at": "2026-12-07T09:00:00Z", "data": data,
    });
    Envelope::parse(&body.to_string()).unwrap().unwrap()
}

fn order_event(event_type: &str, change: serde_json::Value) -> (Envelope, OrderData) {
    let mut data = serde_json::json!({
        "order_id": ORDER, "order_number": "ORD-20261207-0001", "customer_id": CUSTOMER, "from_status": null,
        "to_status": "pending", "reason": null, "notify_customer": true,
        "after": {
            "status": "pending", "total_amount": "6000.00", "balance_due": "6000.00", "total_quantity": "150.000",
            "delivery_date": "2026-12-07",
        },
        "requested_delivery_at": "2026-12-07T14:00:00Z", "hold_reason": null,
    });
    let (Some(data_fields), serde_json::Value::Object(change)) = (data.as_object_mut(), change) else {
        panic!("objects")
    };
    data_fields.extend(change);
    let event = event(event_type, &data);
    let EventData::Order(order) = event.data.clone() else {
        panic!("an order's event")
    };
    (event, order)
}

fn thresholds() -> AlertThresholds {
    Settings::read(|_| None).unwrap().alert_thresholds()
}

#[test]
fn rules_run_at_the_entries_that_d40_names() {
    // D40
    let runs = |event_type, change| {
        let (event, data) = order_event(event_type, change);
        rules_run(event.event_type, &data)
    };
    let held = |reason: &str| serde_json::json!({"to_status": "on_hold", "hold_reason": reason});
    let paid = |status: &str| {
        serde_json::json!({"payment": {
            "payment_id": ORDER, "amount": "5.00", "method": "card", "status": status,
        }})
    };
    assert!(runs("order.created", serde_json::json!({})));
    assert!(runs("order.amended", serde_json::json!({})));
    assert!(!runs(
        "order.amended",
        serde_json::json!({"to_status": "delivered"})
    ));
    assert!(runs("order.status_changed", held("credit_limit_exceeded")));
    assert!(runs("order.status_changed", held("payment_validation_failed")));
    assert!(!runs("order.status_changed", held("manual")));
    assert!(!runs(
        "order.status_changed",
        serde_json::json!({"to_status": "confirmed"})
    ));
    assert!(runs("order.payment_recorded", paid("failed")));
    assert!(!runs("order.payment_recorded", paid("succeeded")));
    assert!(!runs("order.payment_recorded", serde_json::json!({})));
}

#[test]
fn a_big_urgent_first_order_gives_four_alerts_about_the_order_and_its_customer() {
    // D40, D42
    let (event, data) = order_event("order.created", serde_json::json!({}));
    let facts = OrderFacts {
        order_number: data.order_number.clone(),
        total_amount: data.after.total_amount,
        balance_due: data.after.balance_due,
        total_quantity: data.after.total_quantity,
        requested_delivery_at: data.requested_delivery_at,
        at: event.occurred_at,
        first_order_of_customer: true,
        hold: None,
        credit: None,
        failed_payment: None,
        allergens_in_common: 0,
        special_requirements: false,
        currency: "EUR".into(),
    };
    let occurrences = order_occurrences(&event, &data, &facts, &thresholds());
    let seen: Vec<_> = occurrences
        .iter()
        .map(|o| {
            (
                o.draft.alert_type,
                o.draft.severity,
                o.entity_kind,
                o.entity_id.as_str(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (AlertType::HighValueOrder, Severity::Medium, "order", ORDER),
            (AlertType::RushOrder, Severity::Critical, "order", ORDER),
            (AlertType::LargeQuantityOrder, Severity::Medium, "order", ORDER),
            (AlertType::CustomerIssue, Severity::Low, "customer", CUSTOMER),
        ]
    );
    assert!(occurrences.iter().all(|o| o.cause == format!("{ORDER}#4")));
    assert!(
        occurrences
            .iter()
            .all(|o| o.impact.revenue_at_risk == Some(data.after.total_amount))
    );
}

#[test]
fn a_requirement_below_the_threshold_is_a_shortage_of_its_ingredient() {
    // D40, with the procurement example of §9
    let data = serde_json::json!({
        "plan_id": ORDER, "plan_number": "PLAN-20261207-001", "plan_type": "regular",
        "from_status": "calculating", "to_status": "draft",
    });
    let event = event("plan.status_changed", &data);
    let requirement = |coverage: &str| PlanRequirement {
        plan: event.entity_id,
        run: event.entity_id,
        ingredient_id: "flour".into(),
        requirement: serde_json::json!({
            "ingredient_id": "flour", "name": "Flour", "unit": "kg", "coverage_percentage": coverage,
            "order_quantity": "100.000", "order_by_date": "2026-12-07", "schedule": [],
        }),
        pegs: Vec::new(),
        peg_count: 5,
        pegged_orders: 3,
        pegged_customers: 2,
        pegged_revenue: Some(Money::from_scaled(54_321)),
        progress: crate::store::plans::RequirementProgress::default(),
    };
    let short = shortage_occurrence(&event, &requirement("40.00"), &thresholds())
        .unwrap()
        .unwrap();
    assert_eq!(
        (short.draft.severity, short.entity_kind, short.entity_id.as_str()),
        (Severity::Critical, "ingredient", "flour")
    );
    assert_eq!(
        short.impact,
        Impact {
            revenue_at_risk: Some(Money::from_scaled(54_321)),
            orders_affected: 3,
            customers_affected: 2,
        }
    );
    assert_eq!(
        shortage_occurrence(&event, &requirement("90.00"), &thresholds()).unwrap(),
        None
    );
}
