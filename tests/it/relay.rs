//! The relay: from a stored history to the event topic.

mod quarantine;
mod repeats;

use orders_service::messaging::bus::Topic;
use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::relay::relay;
use serde_json::{Value, json};

use crate::support::background::{id, masked};
use crate::support::{Background, World};

/// Texts of people, which no event may carry.
const PERSONAL: [&str; 9] = [
    "Canary Name",
    "Canary Ltd",
    "canary@example.com",
    "+44 131 496 0000",
    "Canary Street",
    "canary-tax",
    "canary needs",
    "canary wish",
    "canary note",
];

/// A customer and an order full of personal data.
async fn personal_order(world: &World) -> (String, Value) {
    let address = json!({"line1": "Canary Street 1", "city": "Leith", "postal_code": "EH6", "country": "GB"});
    let customer = world
        .customer(json!({
            "name": "Canary Name", "business_name": "Canary Ltd", "email": "canary@example.com",
            "phone": "+44 131 496 0000", "tax_id": "canary-tax", "special_requirements": "canary needs",
            "address": address, "payment_terms": "net_30",
        }))
        .await;
    let order = json!({
        "delivery_method": "delivery", "delivery_address": address, "special_instructions": "canary wish",
        "internal_notes": "canary note",
        "items": [{"product_id": "rye", "quantity": "2.5", "unit_price": "3.50", "customization": "canary wish"}],
    });
    let order = world.order(&customer, order).await;
    (customer, order)
}

#[tokio::test]
async fn an_event_of_each_kind_says_exactly_this_and_nothing_personal() {
    // D43, D34
    let world = World::new().await;
    let background = Background::of(&world);
    let (customer, order) = personal_order(&world).await;
    let body = json!({"status": "confirmed", "note": "canary note", "notify_customer": false});
    world
        .put(&format!("/orders/{}/status", id(&order)), &body)
        .await
        .expect(200);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    for (kind, entity) in [
        (EntityKind::Customer, customer.as_str()),
        (EntityKind::Order, id(&order)),
        (EntityKind::Plan, id(&plan)),
    ] {
        background.relay(world.entity(kind, entity)).await;
    }
    let events = background.events();
    let published: Vec<_> = background
        .bus
        .published(Topic::Events)
        .iter()
        .zip(&events)
        .map(|(message, event)| {
            let attributes: serde_json::Map<_, _> = message
                .attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::from(value.clone())))
                .collect();
            json!({"attributes": attributes, "body": event})
        })
        .collect();
    let text = Value::from(published.clone()).to_string();
    for personal in PERSONAL {
        assert!(!text.contains(personal), "{personal} is in {text}");
    }
    let tenant = world.tenant.to_string();
    let mut names = vec![
        (tenant.as_str(), "[tenant]"),
        (&customer, "[customer]"),
        (id(&order), "[order]"),
        (id(&plan), "[plan]"),
    ];
    names.extend(
        events
            .iter()
            .map(|event| (event["event_id"].as_str().unwrap(), "[event]")),
    );
    insta::assert_json_snapshot!("events", masked(&Value::from(published), &names));
}

#[tokio::test]
async fn a_history_goes_out_once_and_in_order() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.walk(id(&order), &["confirmed", "in_production"]).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    assert_eq!(relay(&background.worker, entity).await, Ok(3));
    world.walk(id(&order), &["ready", "delivered"]).await;
    assert_eq!(relay(&background.worker, entity).await, Ok(2));
    assert_eq!(relay(&background.worker, entity).await, Ok(0));
    let events = background.events();
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event["sequence"].as_u64().unwrap(),
                event["event_type"].as_str().unwrap(),
                event["data"]["to_status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "order.created", "pending"),
            (2, "order.status_changed", "confirmed"),
            (3, "order.status_changed", "in_production"),
            (4, "order.status_changed", "ready"),
            (5, "order.status_changed", "delivered"),
        ]
    );
}

#[tokio::test]
async fn a_refused_message_holds_back_its_successors_until_the_next_walk() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world
        .walk(id(&order), &["confirmed", "in_production", "ready"])
        .await;
    let entity = world.entity(EntityKind::Order, id(&order));
    let position = || world.in_store(async |store| store.published_to(&entity.name()).await.unwrap());
    background.bus.refuse(&[true]);
    assert!(relay(&background.worker, entity).await.is_err());
    assert_eq!((background.sequences(), position().await), (vec![], 0));
    background.bus.refuse(&[false, false, true]);
    assert!(relay(&background.worker, entity).await.is_err());
    assert_eq!((background.sequences(), position().await), (vec![1, 2], 2));
    assert_eq!(relay(&background.worker, entity).await, Ok(2));
    assert_eq!((background.sequences(), position().await), (vec![1, 2, 3, 4], 4));
}

#[tokio::test]
async fn a_repeat_is_the_same_to_the_byte_however_far_the_order_has_moved() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let (_, order) = personal_order(&world).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    for _ in 0..3 {
        background.relay(entity).await;
    }
    let first = background.event_bodies();
    assert_eq!(first.len(), 1);
    world.clock.advance(chrono::Duration::days(1));
    world.walk(id(&order), &["confirmed", "cancelled"]).await;
    let later = background.relay(entity).await;
    world.delete_item(&entity.position_key()).await;
    let again = background.relay(entity).await;
    assert_eq!(again, [first, later].concat());
}

#[tokio::test]
async fn walks_at_the_same_time_lose_nothing_and_differ_in_nothing() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world
        .walk(id(&order), &["confirmed", "in_production", "ready"])
        .await;
    let entity = world.entity(EntityKind::Order, id(&order));
    let walks = (0..8).map(|_| relay(&background.worker, entity));
    let (outcomes, ()) = tokio::join!(
        futures_util::future::join_all(walks),
        world.walk(id(&order), &["delivered"])
    );
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    background.relay(entity).await;
    // Each entry is first told after its predecessor, and every copy of it is the same.
    let mut first = Vec::<String>::new();
    for (sequence, body) in background.sequences().into_iter().zip(background.event_bodies()) {
        let index = usize::try_from(sequence - 1).unwrap();
        match first.get(index) {
            Some(before) => assert_eq!(before, &body),
            None => {
                assert_eq!(index, first.len());
                first.push(body);
            }
        }
    }
    assert_eq!(first.len(), 5);
    assert_eq!(relay(&background.worker, entity).await, Ok(0));
}

#[tokio::test]
async fn a_plan_is_on_the_queue_before_its_creation_is_told_and_not_again_once_computed() {
    // D43, D69
    let world = World::new().await;
    let background = Background::of(&world);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    let entity = world.entity(EntityKind::Plan, id(&plan));
    background.bus.refuse(&[true]);
    assert!(relay(&background.worker, entity).await.is_err());
    assert_eq!((background.bus.plans().len(), background.events().len()), (0, 0));
    background.bus.refuse(&[false, true]);
    assert!(relay(&background.worker, entity).await.is_err());
    assert_eq!((background.bus.plans().len(), background.events().len()), (1, 0));
    assert_eq!(relay(&background.worker, entity).await, Ok(1));
    let queued: Vec<_> = background
        .bus
        .plans()
        .iter()
        .map(|message| (message.tenant_id, message.plan_id))
        .collect();
    assert_eq!(queued, [(world.tenant, entity.id); 2]);
    background.compute(&world, id(&plan)).await.unwrap();
    world.delete_item(&entity.position_key()).await;
    assert_eq!(relay(&background.worker, entity).await, Ok(2));
    assert_eq!(background.bus.plans().len(), 2);
    assert_eq!(background.sequences(), [1, 1, 2]);
}

#[tokio::test]
async fn what_is_not_there_is_no_work() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    for kind in [EntityKind::Order, EntityKind::Customer, EntityKind::Plan] {
        let entity = world.entity(kind, &uuid::Uuid::new_v4().to_string());
        assert_eq!(relay(&background.worker, entity).await, Ok(0));
    }
    assert!(background.events().is_empty());
}
