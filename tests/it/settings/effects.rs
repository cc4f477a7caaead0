//! That an override changes what the service does, as the environment's value would.

use orders_service::messaging::entity::EntityKind;
use orders_service::messaging::planning;
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::orders::new_order;
use crate::support::{Background, World};

async fn place(world: &World, customer: &str, more: Value) -> Value {
    world.order(customer, more).await
}

#[tokio::test]
async fn lines_per_order_and_required_keys_are_the_tenants() {
    // D13, D7
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let line = json!({"product_id": "rye", "quantity": "1", "unit_price": "1"});
    let two = new_order(&customer, json!({"items": [line, line]}));
    world.post("/orders", &two).await.expect(201);
    world
        .set(json!({"max_order_items": 1, "idempotency_key_required": true}))
        .await;
    world
        .post("/orders", &two)
        .await
        .expect_problem(400, "idempotency-key-required");
    world
        .post_with_key("/orders", "key", &two)
        .await
        .expect_problem(422, "too-many-items");
    let one = new_order(&customer, json!({}));
    world.post_with_key("/orders", "key", &one).await.expect(201);
    // The neighbour is not asked for either.
    let neighbour = world.neighbour();
    let customer = neighbour.customer(json!({})).await;
    let two = new_order(&customer, json!({"items": [line, line]}));
    neighbour.post("/orders", &two).await.expect(201);
}

#[tokio::test]
async fn the_calendar_is_the_tenants_time_zone() {
    // D4, D13
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let evening = json!({"requested_delivery_at": "2026-12-04T11:30:00Z"});
    assert_eq!(
        place(&world, &customer, evening.clone()).await["delivery_date"],
        "2026-12-04"
    );
    world.set(json!({"tenant_timezone": "Pacific/Auckland"})).await;
    let order = place(&world, &customer, evening).await;
    assert_eq!(order["delivery_date"], "2026-12-05");
    // It is 21:00 of 1 December there.
    assert!(
        order["order_number"]
            .as_str()
            .unwrap()
            .starts_with("ORD-20261201-")
    );
    let demand = world
        .get("/orders/demand-requirements?target_date=2026-12-05")
        .await
        .expect(200);
    assert_eq!(demand["total_orders"], 1);
}

#[tokio::test]
async fn the_schedule_keeps_to_the_tenants_hour_zone_and_switch() {
    // D69, D13: it is 08:00 in Greenwich, 09:00 in Berlin and 21:00 in Auckland.
    for (settings, due) in [
        (json!({}), true),
        (json!({"planning_hour": 8}), true),
        (json!({"planning_hour": 9}), false),
        (
            json!({"planning_hour": 9, "tenant_timezone": "Europe/Berlin"}),
            true,
        ),
        (
            json!({"planning_hour": 22, "tenant_timezone": "Pacific/Auckland"}),
            false,
        ),
        (json!({"procurement_planning_enabled": false}), false),
    ] {
        let world = World::new().await;
        world.customer(json!({})).await;
        world.set(settings.clone()).await;
        let background = Background::of(&world);
        planning::schedule(background.worker.clone(), serde_json::Value::Null)
            .await
            .unwrap();
        assert_eq!(background.bus.plans().len(), usize::from(due), "{settings}");
    }
}

#[tokio::test]
async fn a_tenant_that_has_only_set_its_settings_is_known_to_the_schedule() {
    // D69: a tenant is entered before its first write, whichever that is.
    let world = World::new().await;
    world.set(json!({"planning_hour": 7})).await;
    let background = Background::of(&world.redeployed(&[]));
    planning::schedule(background.worker.clone(), serde_json::Value::Null)
        .await
        .unwrap();
    assert_eq!(background.bus.plans().len(), 1);
}

#[tokio::test]
async fn alerts_keep_to_the_tenants_thresholds() {
    // D40, D13: the process that raises them is another one.
    let world = World::new().await;
    let background = Background::of(&world.redeployed(&[]));
    let customer = world.customer(json!({})).await;
    world
        .set(json!({
            "high_value_order_threshold": "6.99", "large_quantity_order_threshold": 1, "rush_order_hours_threshold": 74,
        }))
        .await;
    let order = place(&world, &customer, json!({})).await;
    background
        .settle(world.entity(EntityKind::Order, id(&order)))
        .await;
    let alerts = world.get("/alerts").await.expect(200);
    let mut types: Vec<_> = alerts["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|alert| alert["entity"]["id"] == order["id"])
        .map(|alert| alert["alert_type"].as_str().unwrap())
        .collect();
    types.sort_unstable();
    assert_eq!(types, ["high_value_order", "large_quantity_order", "rush_order"]);
}

#[tokio::test]
async fn methods_discounts_values_and_planning_are_switched_by_the_tenant() {
    // D13
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    world
        .set(json!({
            "pickup_enabled": false, "discount_enabled": false, "procurement_planning_enabled": false,
        }))
        .await;
    world
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect_problem(422, "delivery-method-disabled");
    world
        .post("/procurement/plans", &json!({}))
        .await
        .expect_problem(503, "procurement-planning-disabled");
    let features = world.get("/orders/status").await.expect(200)["features"].clone();
    assert_eq!(
        (&features["pickup_enabled"], &features["delivery_enabled"]),
        (&json!(false), &json!(true))
    );
    world
        .set(json!({"pickup_enabled": null, "min_order_value": "7.01"}))
        .await;
    world
        .post(
            "/orders",
            &new_order(&customer, json!({"discount_percentage": 1})),
        )
        .await
        .expect_problem(422, "discounts-disabled");
    world
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect_problem(422, "order-value-out-of-range");
}
