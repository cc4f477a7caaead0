//! When a change is in force: within SETTINGS_CACHE_SECONDS, in every process.

use chrono::Duration;
use serde_json::json;

use crate::support::World;
use crate::support::orders::new_order;

/// Whether orders are taken; each attempt is a fresh request.
async fn takes_orders(world: &World, customer: &str) -> bool {
    let answer = world.post("/orders", &new_order(customer, json!({}))).await;
    match answer.status {
        201 => true,
        _ => {
            answer.expect_problem(503, "order-processing-disabled");
            false
        }
    }
}

#[tokio::test]
async fn a_warm_process_uses_what_it_has_read_for_a_minute_and_no_longer() {
    // D13
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let other = world.redeployed(&[]);
    assert!(takes_orders(&world, &customer).await);
    world.clock.advance(Duration::seconds(30));
    assert!(takes_orders(&other, &customer).await);
    other.set(json!({"order_processing_enabled": false})).await;
    // The process that changed them knows at once.
    assert!(!takes_orders(&other, &customer).await);
    // The one that read them at second 0 still uses them at 59.999 and not at 60.
    assert!(takes_orders(&world, &customer).await);
    world.clock.advance(Duration::milliseconds(29_999));
    assert!(takes_orders(&world, &customer).await);
    world.clock.advance(Duration::milliseconds(1));
    assert!(!takes_orders(&world, &customer).await);
    // A process that starts now has never known anything else.
    assert!(!takes_orders(&world.redeployed(&[]), &customer).await);
    // Reading the settings is past the cache, in both directions.
    other.set(json!({"order_processing_enabled": null})).await;
    let settings = world.get("/settings").await.expect(200);
    assert_eq!(
        settings["settings"]["order_processing_enabled"]["source"],
        "default"
    );
    assert!(!takes_orders(&world, &customer).await);
}

#[tokio::test]
async fn without_a_cache_a_change_is_in_force_at_once_everywhere() {
    // D13
    let fresh = [("SETTINGS_CACHE_SECONDS", "0")];
    let world = World::with(&fresh).await;
    let customer = world.customer(json!({})).await;
    let other = world.redeployed(&fresh);
    assert!(takes_orders(&world, &customer).await);
    other.set(json!({"order_processing_enabled": false})).await;
    assert!(!takes_orders(&world, &customer).await);
    other.set(json!({"order_processing_enabled": true})).await;
    assert!(takes_orders(&world, &customer).await);
}

#[tokio::test]
async fn the_limit_on_customers_is_always_read_fresh() {
    // D13
    let world = World::new().await;
    let other = world.redeployed(&[]);
    world.customer(json!({})).await;
    other.set(json!({"max_customers_per_tenant": 1})).await;
    let problem = world
        .post("/customers", &json!({"name": "Second"}))
        .await
        .expect_problem(409, "customer-limit-reached");
    assert_eq!(problem["limit"], 1);
    other.set(json!({"max_customers_per_tenant": 2})).await;
    world.customer(json!({"name": "Second"})).await;
}

#[tokio::test]
async fn a_change_that_was_refused_forgets_nothing_and_changes_nothing() {
    // D13
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    world
        .change_settings(
            &json!({"order_processing_enabled": false, "planning_hour": 99}),
            &[],
        )
        .await
        .expect_problem(422, "invalid-value");
    assert!(takes_orders(&world, &customer).await);
}
