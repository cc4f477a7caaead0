//! The whole body, without anything and with a little of everything.

use chrono::Duration;
use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::PATH;
use crate::orders::items::report;
use crate::support::background::{id, masked};
use crate::support::{Background, World};

#[tokio::test]
async fn a_tenant_that_has_nothing_gets_every_figure_all_the_same() {
    // D90: what would be divided by nothing is null
    let world = World::new().await;
    insta::assert_json_snapshot!("empty", world.get(PATH).await.expect(200));
}

/// What is ordered: customer, when it is due, product, quantity and price.
type Wanted<'a> = [&'a str; 5];

/// Places an order that may be half an hour late; gives it.
async fn placed(world: &World, [customer, due, product, quantity, price]: Wanted<'_>) -> Value {
    let more = json!({
        "requested_delivery_at": due, "delivery_window_end": due.replace(":00:00", ":30:00"),
        "items": [{"product_id": product, "quantity": quantity, "unit_price": price, "tax_rate": "10"}],
    });
    world.order(customer, more).await
}

async fn settle(world: &World, background: &Background, orders: &[&Value]) {
    for order in orders {
        background
            .settle(world.entity(EntityKind::Order, id(order)))
            .await;
    }
}

/// The catalog, and Anna, Bert, who is a business, and Carla, who orders nothing.
async fn opened(world: &World) -> [String; 3] {
    for (product, name) in [("rye", "Rye bread"), ("bun", "Bun")] {
        let body = json!({"name": name, "category": "bread", "unit": "piece", "price": "2.00"});
        let path = format!("/catalog/products/{product}");
        world.put(&path, &body).await.expect(201);
    }
    [
        world.customer(json!({"name": "Anna"})).await,
        world
            .customer(json!({"name": "Bert", "customer_type": "business"}))
            .await,
        world.customer(json!({"name": "Carla"})).await,
    ]
}

/// 1 December: one delivered in time, of which a part comes back; one ready, which is to be late; one cancelled; one on
/// hold, which will be overdue.
async fn first_day(world: &World, background: &Background, anna: &str, bert: &str) -> Value {
    let in_time = placed(world, [anna, "2026-12-01T12:00:00Z", "rye", "10", "3.00"]).await;
    let late = placed(world, [anna, "2026-12-01T09:00:00Z", "bun", "100", "0.40"]).await;
    let cancelled = placed(world, [bert, "2026-12-03T09:00:00Z", "rye", "5", "3.00"]).await;
    let held = placed(world, [bert, "2026-12-01T20:00:00Z", "cake", "1", "25.00"]).await;
    for (order, statuses) in [
        (
            &in_time,
            &["confirmed", "in_production", "ready", "delivered"][..],
        ),
        (&late, &["confirmed", "in_production", "ready"]),
        (&cancelled, &["cancelled"]),
        (&held, &["on_hold"]),
    ] {
        world.walk(id(order), statuses).await;
    }
    let back = json!({"quantity_returned": "2"});
    report(world, &in_time, 1, back).await.expect(200);
    world.pay(id(&in_time), "20.00", "succeeded").await;
    settle(world, background, &[&in_time, &late, &cancelled, &held]).await;
    late
}

/// 7 and 8 December, both of the second week: two are due on the eighth, one later.
async fn second_week(world: &World, background: &Background, bert: &str) {
    world.clock.advance(Duration::days(6));
    let yesterday = placed(world, [bert, "2026-12-08T18:00:00Z", "rye", "1", "3.10"]).await;
    world.clock.advance(Duration::days(1));
    let today = placed(world, [bert, "2026-12-08T15:00:00Z", "rye", "4", "3.00"]).await;
    let ahead = placed(world, [bert, "2026-12-20T09:00:00Z", "bun", "700", "0.35"]).await;
    world.walk(id(&ahead), &["confirmed"]).await;
    settle(world, background, &[&yesterday, &today, &ahead]).await;
}

#[tokio::test]
async fn a_small_bakery_sees_every_figure() {
    // D90: on Tuesday, 8 December 2026; what was placed on the first is of this month, not of this week
    let world = World::new().await;
    let background = Background::of(&world);
    let [anna, bert, idle] = Box::pin(opened(&world)).await;
    let late = Box::pin(first_day(&world, &background, &anna, &bert)).await;
    Box::pin(second_week(&world, &background, &bert)).await;
    let off = json!({"is_active": false});
    let path = format!("/customers/{idle}");
    world.call("PATCH", &path, Some(&off)).await.expect(200);
    for customer in [&anna, &bert, &idle] {
        let customer = world.entity(EntityKind::Customer, customer);
        Box::pin(background.settle(customer)).await;
    }
    // Of two plans the one that was started last is shown.
    let mut plan = json!(null);
    for body in [json!({}), json!({"plan_type": "seasonal", "horizon_days": 3})] {
        plan = world.post("/procurement/plans", &body).await.expect(202);
        world.clock.advance(Duration::seconds(5));
    }
    // The window ended a week ago. It is told of seven seconds after it happened.
    Box::pin(world.walk(id(&late), &["delivered"])).await;
    world.clock.advance(Duration::seconds(7));
    Box::pin(settle(&world, &background, &[&late])).await;
    let answer = world.get(PATH).await.expect(200);
    let names = [
        (anna.as_str(), "[anna]"),
        (bert.as_str(), "[bert]"),
        (id(&plan), "[plan]"),
    ];
    insta::assert_json_snapshot!("small_bakery", masked(&answer, &names));
}
