//! What no further try can publish stands aside, so that everything else flows (D43).

use aws_sdk_dynamodb::types::AttributeValue;
use orders_service::messaging::QuarantineMessage;
use orders_service::messaging::batch::run_stream;
use orders_service::messaging::entity::{Entity, EntityKind};
use orders_service::store::relay::{Position, Quarantine};
use orders_service::usecases::relay::{Relayed, handle, relay_or_quarantine};
use serde_json::json;

use crate::batches::{failed, stream};
use crate::support::background::id;
use crate::support::world::start_of_tests;
use crate::support::{Background, World};

async fn position(world: &World, entity: Entity) -> Position {
    world
        .in_store(async |store| store.relay_position(&entity.name()).await.unwrap())
        .await
}

async fn deliver(background: &Background, entities: &[Entity]) -> Vec<String> {
    let numbers: Vec<_> = (100..100 + entities.len()).map(|n| n.to_string()).collect();
    let numbers = numbers.iter().map(String::as_str);
    let changes: Vec<_> = numbers.zip(entities.iter().copied()).collect();
    let batch = serde_json::from_value(stream(&changes)).unwrap();
    failed(&run_stream(&background.worker, "request", batch, handle).await)
}

#[tokio::test]
async fn a_poison_order_among_fifty_good_ones_stops_none_and_flows_once_it_is_mended() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let mut orders = Vec::new();
    for _ in 0..51 {
        let order = world.order(&customer, json!({})).await;
        orders.push(world.entity(EntityKind::Order, id(&order)));
    }
    let poison = orders[17];
    let good = world
        .in_store(async |store| store.get_item(&poison.key()).await.unwrap().unwrap())
        .await;
    world.spoil_item(&poison.key(), "b").await;
    for _ in 0..3 {
        assert_eq!(
            deliver(&background, &orders).await,
            [""; 0],
            "nothing comes again"
        );
    }
    let told = background.events();
    assert_eq!(told.len(), 50);
    assert!(told.iter().all(|event| event["entity_id"] != poison.name()));
    let cause = "O does not parse: Expected map".to_owned();
    let expected = QuarantineMessage {
        tenant_id: world.tenant,
        entity_kind: "order".into(),
        entity_id: poison.id,
        published_to: 0,
        cause: cause.clone(),
        quarantined_at: start_of_tests(),
    };
    assert_eq!(background.bus.quarantined(), [expected]);
    let mark = Quarantine {
        since_millis: start_of_tests().timestamp_millis(),
        cause,
    };
    assert_eq!(position(&world, poison).await.quarantine, Some(mark));
    world
        .in_store(async |store| store.overwrite(good).await.unwrap())
        .await;
    assert_eq!(
        relay_or_quarantine(&background.worker, poison).await,
        Ok(Relayed::UpToDate(1))
    );
    let now = position(&world, poison).await;
    assert_eq!((now.published_to, now.quarantine), (1, None));
    assert_eq!(background.events().len(), 51);
    assert_eq!(background.bus.quarantined().len(), 1);
}

#[tokio::test]
async fn an_entry_that_the_topic_will_never_take_holds_its_successors_and_nothing_else() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let statuses = ["confirmed", "in_production", "ready", "delivered"];
    world.walk(id(&order), &statuses).await;
    let other = world.order(&customer, json!({})).await;
    let (entity, other) = (
        world.entity(EntityKind::Order, id(&order)),
        world.entity(EntityKind::Order, id(&other)),
    );
    background.bus.refuse_for_good("\"sequence\":3,");
    for _ in 0..2 {
        assert_eq!(deliver(&background, &[entity, other]).await, [""; 0]);
    }
    let sequences = |of: Entity| {
        let events = background.events().into_iter();
        let of_it = events.filter(move |event| event["entity_id"] == of.name());
        of_it
            .map(|event| event["sequence"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!((sequences(entity), sequences(other)), (vec![1, 2], vec![1]));
    let told = background.bus.quarantined();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].entity_id, told[0].published_to), (entity.id, 2));
    let stands = position(&world, entity).await;
    assert_eq!((stands.published_to, stands.quarantine.is_some()), (2, true));
    // A change of it is tried again, and told no second time.
    world.pay(id(&order), "1", "succeeded").await;
    assert_eq!(deliver(&background, &[entity]).await, [""; 0]);
    assert_eq!(background.bus.quarantined().len(), 1);
}

#[tokio::test]
async fn an_entry_that_the_topic_may_yet_take_is_handed_out_again() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let statuses = ["confirmed", "in_production", "ready", "delivered"];
    world.walk(id(&order), &statuses).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    background.bus.refuse(&[false, false, true]);
    assert_eq!(deliver(&background, &[entity]).await, ["100"]);
    assert_eq!(background.sequences(), [1, 2]);
    assert_eq!(deliver(&background, &[entity]).await, [""; 0]);
    assert_eq!(background.sequences(), [1, 2, 3, 4, 5]);
    assert_eq!(background.bus.quarantined(), []);
    assert_eq!(position(&world, entity).await.quarantine, None);
}

#[tokio::test]
async fn an_order_of_a_newer_version_waits_for_that_version() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    world
        .in_store(async |store| {
            let mut item = store.get_item(&entity.key()).await.unwrap().unwrap();
            item.insert("sv".into(), AttributeValue::N("99".into()));
            store.overwrite(item).await.unwrap();
        })
        .await;
    let outcome = relay_or_quarantine(&background.worker, entity).await;
    assert!(outcome.is_err_and(|error| !error.poison));
    assert_eq!(background.bus.quarantined(), []);
    assert_eq!(position(&world, entity).await, Position::default());
}

#[tokio::test]
async fn an_order_is_marked_only_once_somebody_was_told() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    world.spoil_item(&entity.key(), "b").await;
    background.bus.refuse(&[true]);
    assert_eq!(deliver(&background, &[entity]).await, ["100"]);
    assert_eq!(position(&world, entity).await, Position::default());
    assert_eq!(deliver(&background, &[entity]).await, [""; 0]);
    assert_eq!(background.bus.quarantined().len(), 1);
}

#[tokio::test]
async fn a_position_that_cannot_be_read_is_told_once_and_is_mended_like_any_record() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    background.relay(entity).await;
    let set_position = async |to: &str| {
        let to = AttributeValue::N(to.to_owned());
        world
            .in_store(async |store| {
                let key = entity.position_key();
                let mut item = store.get_item(&key).await.unwrap().unwrap();
                item.insert("to".into(), to);
                store.overwrite(item).await.unwrap();
            })
            .await;
    };
    set_position("-1").await;
    for _ in 0..2 {
        assert_eq!(deliver(&background, &[entity]).await, [""; 0]);
    }
    assert_eq!(background.bus.quarantined().len(), 1);
    set_position("1").await;
    world.walk(id(&order), &["confirmed"]).await;
    assert_eq!(deliver(&background, &[entity]).await, [""; 0]);
    assert_eq!(background.sequences(), [1, 2]);
    assert_eq!(position(&world, entity).await.quarantine, None);
}
