//! Events that come twice, late, or in another order; and events of something else.

use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::{last_event, snapshot, told_as};
use crate::orders::items::{delivered, worked_example};
use crate::support::background::id;
use crate::support::meter::Meter;
use crate::support::random::Random;
use crate::support::{Background, World};

#[tokio::test]
async fn events_in_any_order_and_number_count_once() {
    // D33, D90, D43
    for seed in 0..4 {
        let world = World::new().await;
        let background = Background::of(&world);
        let customer = world.customer(json!({})).await;
        let (first, second) = (
            worked_example(&world, &customer).await,
            world.order(&customer, json!({})).await,
        );
        delivered(&world, &first).await;
        world
            .walk(id(&second), &["confirmed", "on_hold", "cancelled"])
            .await;
        let mut events = Vec::new();
        for order in [&first, &second] {
            events.extend(background.relay(world.entity(EntityKind::Order, id(order))).await);
        }
        events.extend(
            background
                .relay(world.entity(EntityKind::Customer, &customer))
                .await,
        );
        events.extend(events.clone());
        let mut random = Random::new(seed);
        for at in (1..events.len()).rev() {
            events.swap(at, usize::try_from(random.below(at as u64 + 1)).unwrap());
        }
        for event in &events {
            background.project(event).await.unwrap();
        }
        let figures = world.expect_projected().await;
        assert_eq!(figures.totals.customers, 1);
        assert_eq!(figures.totals.by_status.iter().sum::<i64>(), 2);
    }
}

#[tokio::test]
async fn a_replay_of_any_age_changes_and_writes_nothing() {
    // D33
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = worked_example(&world, &customer).await;
    delivered(&world, &order).await;
    for entity in [
        world.entity(EntityKind::Order, id(&order)),
        world.entity(EntityKind::Customer, &customer),
    ] {
        background.settle(entity).await;
    }
    let before = snapshot(&world).await;
    world.clock.advance(chrono::Duration::days(400));
    meter.take();
    for event in background.event_bodies() {
        background.project(&event).await.unwrap();
    }
    assert_eq!(meter.take().writes, 0);
    assert_eq!(snapshot(&world).await, before);
}

#[tokio::test]
async fn what_is_no_event_of_an_order_or_customer_changes_nothing() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    background
        .relay(world.entity(EntityKind::Order, id(&order)))
        .await;
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    background.relay(world.entity(EntityKind::Plan, id(&plan))).await;
    let before = snapshot(&world).await;
    background
        .project(&last_event(&background, id(&plan)))
        .await
        .unwrap();
    // A newer version tells of something that this one does not know.
    let mut unknown: Value = serde_json::from_str(&last_event(&background, id(&order))).unwrap();
    unknown["event_type"] = json!("order.blessed");
    unknown["data"] = json!(["anything"]);
    background.project(&unknown.to_string()).await.unwrap();
    // What is broken, or tells of nobody, is for the dead letters.
    let mut nobody: Value = serde_json::from_str(&last_event(&background, id(&order))).unwrap();
    nobody["entity_id"] = json!(uuid::Uuid::new_v4());
    for poison in ["no event".to_owned(), "{}".to_owned(), nobody.to_string()] {
        let error = background.project(&poison).await.unwrap_err();
        assert!(error.poison, "{error:?}");
    }
    // An event ahead of its record may be right a moment later.
    let ahead = told_as(&last_event(&background, id(&order)), 2);
    assert!(!background.project(&ahead).await.unwrap_err().poison);
    assert_eq!(snapshot(&world).await, before);
}

#[tokio::test]
async fn a_tenants_events_touch_no_other_tenant() {
    // D11, D90
    let world = World::new().await;
    let neighbour = world.neighbour();
    let background = Background::of(&world);
    for each in [&world, &neighbour] {
        let customer = each.customer(json!({})).await;
        let order = each.order(&customer, json!({})).await;
        background
            .settle(each.entity(EntityKind::Order, id(&order)))
            .await;
        background
            .settle(each.entity(EntityKind::Customer, &customer))
            .await;
    }
    for each in [&world, &neighbour] {
        let figures = each.expect_projected().await;
        assert_eq!((figures.totals.customers, figures.totals.by_status[0]), (1, 1));
    }
}
