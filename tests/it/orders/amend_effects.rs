//! `PATCH /orders/{order_id}`: what follows from an amendment elsewhere, and that nothing follows from none.

use orders_service::messaging::entity::{Entity, EntityKind};
use serde_json::json;

use super::amend::{amend, line, worked_example};
use crate::support::orders::new_order;
use crate::support::{Background, World};

#[tokio::test]
async fn an_amendment_that_changes_nothing_leaves_no_trace() {
    // D27
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, worked_example());
    let order = world.post("/orders", &body).await.expect(201);
    world.clock.advance(chrono::Duration::hours(1));
    let mut same = body.clone();
    same.as_object_mut().unwrap().remove("customer_id");
    for patch in [
        json!({}),
        same,
        json!({"internal_notes": null, "delivery_address": {}}),
    ] {
        let answer = amend(&world, &order, &patch).await;
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(answer.expect(200), order, "{patch}");
    }
    assert_eq!(
        world
            .stored_order(order["id"].as_str().unwrap())
            .await
            .body
            .history
            .len(),
        1
    );
}

#[tokio::test]
async fn payment_status_and_balance_follow_the_new_total() {
    // D27, D28
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world
        .order(&customer, json!({"items": [line("rye", "10", "10")]}))
        .await;
    world
        .change_order(order["id"].as_str().unwrap(), |order| {
            order.body.amount_paid = "60"
                .parse::<rust_decimal::Decimal>()
                .ok()
                .and_then(orders_domain::decimal::Money::round_from)
                .unwrap();
        })
        .await;
    let items = |quantity: &str| json!({"items": [line("rye", quantity, "10")]});
    let after = amend(&world, &order, &items("7")).await.expect(200);
    assert_eq!(
        (&after["balance_due"], &after["payment_status"]),
        (&json!("10.00"), &json!("partial"))
    );
    let after = amend(&world, &order, &items("6")).await.expect(200);
    assert_eq!(
        (&after["balance_due"], &after["payment_status"]),
        (&json!("0.00"), &json!("paid"))
    );
    let problem = amend(&world, &order, &items("5.999"))
        .await
        .expect_problem(409, "amount-already-paid");
    assert_eq!(
        (&problem["total_amount"], &problem["amount_paid"]),
        (&json!("59.99"), &json!("60.00"))
    );
}

#[tokio::test]
async fn an_amendment_is_published_once_and_moves_the_order_in_its_lists() {
    // D27, D43, D29
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let order = world.post_with_key("/orders", "k", &body).await.expect(201);
    let patch =
        json!({"requested_delivery_at": "2026-12-20T09:00:00Z", "items": [line("rye", "500", "3.50")]});
    let amended = amend(&world, &order, &patch).await.expect(200);
    let background = Background::of(&world);
    let entity = Entity {
        tenant: orders_service::auth::TenantId(world.tenant),
        kind: EntityKind::Order,
        id: order["id"].as_str().unwrap().parse().unwrap(),
    };
    background.settle(entity).await;
    assert!(background.relay(entity).await.is_empty());
    let events = background.events();
    let event = &events[1];
    assert_eq!(
        (
            &event["event_type"],
            &event["sequence"],
            &event["data"]["after"]["total_amount"]
        ),
        (&json!("order.amended"), &json!(2), &json!("1750.00"))
    );
    // D40: the rules run again on what it has become.
    let alerts = world
        .get("/alerts?alert_type=large_quantity_order")
        .await
        .expect(200);
    assert_eq!(alerts["items"].as_array().unwrap().len(), 1);
    let listed = |path: &'static str| {
        let world = &world;
        async move {
            world.get(path).await.expect(200)["items"]
                .as_array()
                .unwrap()
                .len()
        }
    };
    assert_eq!(
        listed("/orders?delivery_from=2026-12-20&delivery_to=2026-12-20").await,
        1
    );
    assert_eq!(
        listed("/orders?delivery_from=2026-12-04&delivery_to=2026-12-04").await,
        0
    );
    // D7: a replay of the creation shows the current state.
    assert_eq!(
        world.post_with_key("/orders", "k", &body).await.expect(201),
        amended
    );
}
