//! Past orders as history, where nobody knows the sales better.

use serde_json::{Value, json};

use super::{catalog, planned};
use crate::support::World;
use crate::support::background::id;

/// Orders loaves for each of the next days; gives the orders.
async fn daily(world: &World, customer: &str, days: i64, quantity: &str) -> Vec<Value> {
    let mut orders = Vec::new();
    for day in 1..=days {
        let at = world.app.now() + chrono::Duration::days(day);
        let order = json!({
            "requested_delivery_at": at,
            "items": [{"product_id": "rye", "quantity": quantity}, {"product_id": "rye", "quantity": "1"}],
        });
        orders.push(world.order(customer, order).await);
    }
    orders
}

fn forecast(plan: &Value) -> (&str, &str, u64) {
    let forecast = &plan["forecasts"][0];
    let day = &forecast["days"][0]["quantity"];
    (
        forecast["source"].as_str().unwrap(),
        day.as_str().unwrap(),
        forecast["observations"].as_u64().unwrap(),
    )
}

#[tokio::test]
async fn past_orders_are_history_whatever_became_of_them_but_not_what_was_called_off() {
    // D70
    let world = World::new().await;
    catalog(&world).await;
    let customer = world.customer(json!({})).await;
    let orders = daily(&world, &customer, 20, "9").await;
    // Delivered and waiting ones were sold; what was cancelled or held was not.
    world
        .walk(id(&orders[0]), &["confirmed", "in_production", "ready"])
        .await;
    let more = daily(&world, &customer, 20, "500").await;
    for (number, order) in more.iter().enumerate() {
        let status = if number % 2 == 0 { "cancelled" } else { "on_hold" };
        world.walk(id(order), &[status]).await;
    }
    world.clock.advance(chrono::Duration::days(21));
    let plan = planned(&world, json!({"use_orders": false})).await;
    assert_eq!(forecast(&plan), ("orders", "10.000", 20));
    assert_eq!(plan["degraded_sources"], json!([]));
}

#[tokio::test]
async fn an_order_that_is_cancelled_after_its_day_counts_no_more() {
    // D70
    let world = World::new().await;
    catalog(&world).await;
    let customer = world.customer(json!({})).await;
    daily(&world, &customer, 20, "9").await;
    let more = daily(&world, &customer, 20, "99").await;
    world.clock.advance(chrono::Duration::days(21));
    let plan = planned(&world, json!({"use_orders": false})).await;
    assert_eq!(forecast(&plan), ("orders", "110.000", 20));
    // The last week is counted again, once a day.
    for order in &more {
        world.walk(id(order), &["cancelled"]).await;
    }
    let same_day = planned(&world, json!({"use_orders": false})).await;
    assert_eq!(forecast(&same_day), ("orders", "110.000", 20));
    world.clock.advance(chrono::Duration::days(1));
    let next_day = planned(&world, json!({"use_orders": false})).await;
    let history = &next_day["forecasts"][0];
    let expected: f64 = history["days"][0]["quantity"].as_str().unwrap().parse().unwrap();
    assert!(expected < 60.0, "{history:#}");
}

#[tokio::test]
async fn imported_sales_are_better_than_orders() {
    // D70
    let world = World::new().await;
    catalog(&world).await;
    let customer = world.customer(json!({})).await;
    daily(&world, &customer, 20, "9").await;
    world.clock.advance(chrono::Duration::days(21));
    super::import(&world, "rye", 4).await;
    let plan = planned(&world, json!({"use_orders": false})).await;
    assert_eq!(plan["forecasts"][0]["source"], "sales_history");
}

#[tokio::test]
async fn without_any_history_there_is_no_forecast_and_nothing_is_degraded() {
    // D70
    let world = World::new().await;
    catalog(&world).await;
    let plan = planned(&world, json!({})).await;
    assert_eq!(
        (&plan["forecasts"], &plan["degraded_sources"]),
        (&json!([]), &json!([]))
    );
}
