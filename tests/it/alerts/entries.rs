//! D40 after the order was placed: what is judged again at an amendment and a failed payment, and what is not.

use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::{about, kinds, known_customer, placed};
use crate::support::background::id;
use crate::support::{Background, World};

/// Amends an order and raises what that deserves.
async fn amend(world: &World, background: &Background, order: &Value, patch: Value) {
    let path = format!("/orders/{}", id(order));
    world.call("PATCH", &path, Some(&patch)).await.expect(200);
    settle(world, background, order).await;
}

async fn settle(world: &World, background: &Background, order: &Value) {
    background
        .settle(world.entity(EntityKind::Order, id(order)))
        .await;
}

fn costing(total: &str) -> Value {
    json!({"items": [{"product_id": "cake", "quantity": "1", "unit_price": total}]})
}

#[tokio::test]
async fn an_amended_order_is_judged_by_its_new_figures() {
    // D40, D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, _) = placed(&world, &background, &customer, json!({})).await;
    assert!(about(&world, id(&order)).await.is_empty());
    amend(&world, &background, &order, costing("5000.01")).await;
    let alerts = about(&world, id(&order)).await;
    assert_eq!(kinds(&alerts), ["high_value_order medium"]);
    amend(&world, &background, &order, costing("10000.01")).await;
    let risen = about(&world, id(&order)).await;
    assert_eq!(kinds(&risen), ["high_value_order high"]);
    assert_eq!(
        (&risen[0]["id"], &risen[0]["occurrences"]),
        (&alerts[0]["id"], &json!(2))
    );
    let expected = json!({
        "rule": "total_amount > HIGH_VALUE_ORDER_THRESHOLD",
        "parameters": {"total_amount": "10000.01", "threshold": "5000.00", "high_above": "10000.00", "currency": "EUR"},
    });
    assert_eq!(risen[0]["reason"], expected);
    // What speaks of no figure counts as well: the order was amended and still is above the threshold.
    amend(
        &world,
        &background,
        &order,
        json!({"special_instructions": "Ring twice"}),
    )
    .await;
    amend(&world, &background, &order, costing("10.00")).await;
    let last = about(&world, id(&order)).await;
    assert_eq!(
        (kinds(&last), &last[0]["occurrences"]),
        (kinds(&risen), &json!(3))
    );
}

#[tokio::test]
async fn an_amendment_may_make_a_rush_order_and_a_status_does_not() {
    // D40: "hours until" is measured at the entry.
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    // Due in 73 hours.
    let (order, _) = placed(&world, &background, &customer, json!({})).await;
    world.clock.advance(chrono::Duration::hours(50));
    world.walk(id(&order), &["confirmed"]).await;
    settle(&world, &background, &order).await;
    assert!(about(&world, id(&order)).await.is_empty());
    amend(
        &world,
        &background,
        &order,
        json!({"special_instructions": "Sliced"}),
    )
    .await;
    let alerts = about(&world, id(&order)).await;
    assert_eq!(kinds(&alerts), ["rush_order high"]);
    assert_eq!(
        alerts[0]["reason"]["parameters"]["minutes_until_delivery"],
        (23 * 60).to_string()
    );
    world.clock.advance(chrono::Duration::hours(20));
    amend(
        &world,
        &background,
        &order,
        json!({"special_instructions": "Not sliced"}),
    )
    .await;
    let risen = about(&world, id(&order)).await;
    assert_eq!(kinds(&risen), ["rush_order critical"]);
    let parameters = json!({
        "requested_delivery_at": "2026-12-04T09:00:00Z", "minutes_until_delivery": "180", "threshold_hours": "24",
        "critical_below_minutes": "360",
    });
    assert_eq!(risen[0]["reason"]["parameters"], parameters);
    // Put off, it is no rush; what was raised stays until somebody closes it.
    amend(
        &world,
        &background,
        &order,
        json!({"requested_delivery_at": "2026-12-20T09:00:00Z"}),
    )
    .await;
    assert_eq!(about(&world, id(&order)).await, risen);
}

#[tokio::test]
async fn each_failed_payment_is_a_cause_and_no_other_payment_is() {
    // D28, D40
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, _) = placed(&world, &background, &customer, costing("100.00")).await;
    let pay = async |amount: &str, method: &str, status: &str| {
        let body = json!({"amount": amount, "method": method, "status": status});
        let path = format!("/orders/{}/payments", id(&order));
        world.post(&path, &body).await.expect(201);
        settle(&world, &background, &order).await;
        about(&world, id(&order)).await
    };
    assert!(pay("30.00", "cash", "succeeded").await.is_empty());
    let first = pay("70.00", "card", "failed").await;
    assert_eq!(kinds(&first), ["payment_issue high"]);
    let expected = json!({
        "rule": "payment_failed",
        "parameters": {
            "payment_amount": "70.00", "payment_method": "card", "balance_due": "70.00", "total_amount": "100.00",
            "currency": "EUR",
        },
    });
    assert_eq!(first[0]["reason"], expected);
    let second = pay("50.00", "bank_transfer", "failed").await;
    assert_eq!(
        (&second[0]["id"], &second[0]["occurrences"]),
        (&first[0]["id"], &json!(2))
    );
    assert_eq!(second[0]["reason"]["parameters"]["payment_amount"], "50.00");
    assert_eq!(pay("30.00", "cash", "refunded").await, second);
    assert_eq!(pay("100.00", "card", "succeeded").await, second);
}

#[tokio::test]
async fn a_held_order_tells_again_at_each_amendment_that_does_not_make_it_fit() {
    // D31, D40
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let background = Background::of(&world);
    let limited = json!({"payment_terms": "net_30", "credit_limit": "10.00"});
    let customer = known_customer(&world, &background, limited).await;
    let (order, _) = placed(&world, &background, &customer, json!({})).await;
    assert_eq!(order["status"], "on_hold");
    let held = about(&world, id(&order)).await;
    assert_eq!(kinds(&held), ["customer_issue/credit_limit_exceeded high"]);
    let figures = |balance: &str| {
        json!({
            "balance_due": balance, "exposure": "7.00", "credit_limit": "10.00", "total_amount": balance,
            "currency": "EUR",
        })
    };
    assert_eq!(held[0]["reason"]["parameters"], figures("7.00"));
    amend(&world, &background, &order, costing("3.50")).await;
    let amended = about(&world, id(&order)).await;
    assert_eq!(
        (&amended[0]["id"], &amended[0]["occurrences"]),
        (&held[0]["id"], &json!(2))
    );
    assert_eq!(amended[0]["reason"]["parameters"], figures("3.50"));
    assert_eq!(amended[0]["business_impact"]["revenue_at_risk"], "3.50");
    // It fits to the cent; released and confirmed it is nobody's news either.
    amend(&world, &background, &order, costing("3.00")).await;
    assert_eq!(about(&world, id(&order)).await, amended);
    world.walk(id(&order), &["pending", "confirmed"]).await;
    settle(&world, &background, &order).await;
    assert_eq!(about(&world, id(&order)).await, amended);
}
