//! Everything delivered several times and at once, and figures that move without an amendment (D43).

use std::collections::HashMap;

use futures_util::future::join_all;
use orders_service::messaging::batch::run_stream;
use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::alerts::raise::raise;
use orders_service::usecases::relay::handle;
use serde_json::json;

use crate::batches::stream;
use crate::support::background::id;
use crate::support::{Background, World};

#[tokio::test]
async fn everything_three_times_and_eight_at_once_is_told_in_order_and_without_a_gap() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let (mut changes, mut orders) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        let order = world.order(&customer, json!({})).await;
        world.walk(id(&order), &["confirmed", "in_production"]).await;
        world.pay(id(&order), "1", "succeeded").await;
        orders.push(id(&order).to_owned());
        let entity = world.entity(EntityKind::Order, id(&order));
        changes.extend([entity; 3]);
    }
    let numbered: Vec<_> = changes.iter().map(|entity| ("100", *entity)).collect();
    let batch = || serde_json::from_value(stream(&numbered)).unwrap();
    let deliveries = (0..8).map(|_| async {
        for _ in 0..3 {
            run_stream(&background.worker, "request", batch(), handle).await;
        }
    });
    let meanwhile = async {
        for order in &orders {
            world.walk(order, &["ready"]).await;
        }
    };
    tokio::join!(join_all(deliveries), meanwhile);
    run_stream(&background.worker, "request", batch(), handle).await;
    let mut reached = HashMap::<String, u64>::new();
    for event in background.events() {
        let entity = event["entity_id"].as_str().unwrap().to_owned();
        let (to, sequence) = (
            reached.entry(entity).or_default(),
            event["sequence"].as_u64().unwrap(),
        );
        assert!(sequence <= *to + 1, "{sequence} before {}", *to + 1);
        *to = sequence.max(*to);
    }
    let expected = orders.into_iter().map(|order| (order, 5));
    assert_eq!(reached, expected.collect());
    for entity in changes {
        let position = world
            .in_store(async |store| store.published_to(&entity.name()).await.unwrap())
            .await;
        assert_eq!(position, 5);
    }
}

#[tokio::test]
async fn a_return_is_told_as_an_amendment_and_raises_nothing() {
    // D43, D28b, D40
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let items = json!([{"product_id": "rye", "quantity": "600", "unit_price": "30"}]);
    let order = world.order(&customer, json!({"items": items})).await;
    world
        .walk(id(&order), &["confirmed", "in_production", "ready", "delivered"])
        .await;
    let entity = world.entity(EntityKind::Order, id(&order));
    background.settle(entity).await;
    let alerts = background.alert_messages().len();
    assert!(alerts > 0);
    let path = format!("/orders/{}/items/1", id(&order));
    let report = async |body| world.call("PATCH", &path, Some(&body)).await.expect(200);
    report(json!({"quality": {"notes": "soft"}})).await;
    assert_eq!(background.relay(entity).await, [""; 0], "nothing to add up");
    let back = report(json!({"quantity_returned": "100", "reason": "stale"})).await;
    let told = background.relay(entity).await;
    assert_eq!(told.len(), 1);
    raise(&background.worker, &told[0]).await.unwrap();
    assert_eq!(background.alert_messages().len(), alerts);
    let event: serde_json::Value = serde_json::from_str(&told[0]).unwrap();
    assert_eq!(
        (&event["event_type"], &event["data"]["after"]["returned_amount"]),
        (&json!("order.amended"), &back["returned_amount"])
    );
    assert_eq!(event["sequence"], 7);
}
