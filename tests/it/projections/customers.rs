//! What customers add up to, and when that was counted.

use chrono::Duration;
use serde_json::json;

use super::{count, count_customer, date};
use crate::support::background::id;
use crate::support::recount::Recount;
use crate::support::{Background, World};

#[tokio::test]
async fn a_customer_tells_what_its_orders_come_to() {
    // D33
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let path = format!("/customers/{customer}");
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(world.order(&customer, json!({})).await);
        world.clock.advance(Duration::hours(1));
    }
    // The newest is told of first.
    for order in orders.iter().rev() {
        count(&world, &background, id(order)).await;
    }
    let three = json!({
        "total_orders": 3, "total_spent": "21.00", "average_order_value": "7.00", "cancelled_orders": 0,
        "first_order_at": "2026-12-01T08:00:00Z", "last_order_at": "2026-12-01T10:00:00Z",
        "as_of": "2026-12-01T11:00:00Z",
    });
    assert_eq!(world.get(&path).await.expect(200)["metrics"], three);
    world.clock.advance(Duration::minutes(1));
    world.walk(id(&orders[2]), &["cancelled"]).await;
    count(&world, &background, id(&orders[2])).await;
    let two = json!({
        "total_orders": 2, "total_spent": "14.00", "average_order_value": "7.00", "cancelled_orders": 1,
        "first_order_at": "2026-12-01T08:00:00Z", "last_order_at": "2026-12-01T10:00:00Z",
        "as_of": "2026-12-01T11:01:00Z",
    });
    assert_eq!(world.get(&path).await.expect(200)["metrics"], two);
    world.expect_projected().await;
}

#[tokio::test]
async fn customers_count_by_their_month_and_whether_they_may_order() {
    // D90, D30
    let world = World::new().await;
    let background = Background::of(&world);
    let (active, inactive) = (
        world.customer(json!({})).await,
        world.customer(json!({"is_active": false})).await,
    );
    for customer in [&active, &inactive] {
        count_customer(&world, &background, customer).await;
    }
    let figures = |recount: &Recount| {
        let month = recount.months[&date("2026-12-01")];
        (
            month.new_customers,
            recount.totals.customers,
            recount.totals.active_customers,
        )
    };
    assert_eq!(figures(&world.expect_projected().await), (2, 2, 1));
    let patch = json!({"is_active": false, "phone": "1"});
    world
        .call("PATCH", &format!("/customers/{active}"), Some(&patch))
        .await
        .expect(200);
    count_customer(&world, &background, &active).await;
    assert_eq!(figures(&world.expect_projected().await), (2, 2, 0));
    // A change of something else moves the gate and nothing beside it.
    let before = world.projected().await;
    world
        .call(
            "PATCH",
            &format!("/customers/{active}"),
            Some(&json!({"phone": "2"})),
        )
        .await
        .expect(200);
    count_customer(&world, &background, &active).await;
    assert_eq!(world.projected().await, before);
    let erased = world
        .call("DELETE", &format!("/customers/{active}/personal-data"), None)
        .await;
    erased.expect(200);
    count_customer(&world, &background, &active).await;
    assert_eq!(figures(&world.expect_projected().await), (2, 1, 0));
}

#[tokio::test]
async fn the_totals_say_when_they_were_counted_and_how_late_that_was() {
    // D90
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.clock.advance(Duration::milliseconds(1_500));
    count(&world, &background, id(&order)).await;
    let today = date("2026-12-01");
    let totals = world
        .in_store(async |store| store.rollups(today, today).await)
        .await
        .unwrap()
        .totals;
    let now = "2026-12-01T08:00:01.500Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap();
    assert_eq!(
        (totals.as_of_millis, totals.lag_millis),
        (Some(now.timestamp_millis()), Some(1_500))
    );
}
