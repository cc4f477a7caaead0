//! Batches of the stream and of queues: what fails is reported, and spoils nothing beside it (DESIGN §4).

use futures_util::future::BoxFuture;
use orders_service::messaging::batch::{run_queue, run_stream};
use orders_service::messaging::entity::{Entity, EntityKind};
use orders_service::messaging::{WorkError, Worker, planning};
use orders_service::usecases::{alerts, relay};
use serde::Serialize;
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::{Background, World};

/// A batch of the table's stream: entities under sequence numbers.
pub(crate) fn stream(changes: &[(&str, Entity)]) -> Value {
    let record = |(sequence, entity): &(&str, Entity)| {
        let key = entity.key();
        json!({
            "awsRegion": "eu-west-1", "eventID": sequence, "eventName": "MODIFY", "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {"pk": {"S": key.pk}, "sk": {"S": key.sk}}, "SequenceNumber": sequence, "SizeBytes": 1,
                "StreamViewType": "KEYS_ONLY",
            },
        })
    };
    json!({"Records": changes.iter().map(record).collect::<Vec<_>>()})
}

/// A batch of a queue: bodies under message ids.
fn queue(messages: &[(&str, &str)]) -> Value {
    let record = |(id, body): &(&str, &str)| json!({"messageId": id, "body": body, "eventSource": "aws:sqs"});
    json!({"Records": messages.iter().map(record).collect::<Vec<_>>()})
}

/// The identifiers in a batch's answer, as AWS reads them.
pub(crate) fn failed(response: &impl Serialize) -> Vec<String> {
    let response = serde_json::to_value(response).unwrap();
    let failures = response["batchItemFailures"].as_array().unwrap();
    failures
        .iter()
        .map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned())
        .collect()
}

/// The entities that events have told of.
fn told(background: &Background) -> Vec<String> {
    let mut entities: Vec<_> = background
        .events()
        .iter()
        .map(|event| event["entity_id"].as_str().unwrap().to_owned())
        .collect();
    entities.sort_unstable();
    entities
}

fn sorted(ids: &[&str]) -> Vec<String> {
    let mut ids: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
    ids.sort_unstable();
    ids
}

/// The relay, but for one entity that makes it panic.
fn relay_or_panic(worker: Worker, entity: Entity) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move {
        assert!(entity.kind != EntityKind::Customer, "as told");
        relay::handle(worker, entity).await
    })
}

#[tokio::test]
async fn a_poison_record_of_the_stream_is_quarantined_and_fails_no_batch() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        let order = world.order(&customer, json!({})).await;
        orders.push(world.entity(EntityKind::Order, id(&order)));
    }
    world.spoil_item(&orders[1].key(), "b").await;
    let batch = stream(&[
        ("100", orders[0]),
        ("101", orders[1]),
        ("102", orders[2]),
        ("103", world.entity(EntityKind::Customer, &customer)),
    ]);
    let batch = serde_json::from_value(batch).unwrap();
    let response = run_stream(&background.worker, "request", batch, relay::handle).await;
    assert_eq!(failed(&response), [""; 0]);
    assert_eq!(background.bus.quarantined().len(), 1);
    let (first, last) = (orders[0].id.to_string(), orders[2].id.to_string());
    assert_eq!(told(&background), sorted(&[&first, &last, &customer]));
}

#[tokio::test]
async fn a_panic_over_one_record_of_the_stream_does_not_lose_the_others() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let (one, two) = (
        world.order(&customer, json!({})).await,
        world.order(&customer, json!({})).await,
    );
    let batch = stream(&[
        ("100", world.entity(EntityKind::Order, id(&one))),
        ("101", world.entity(EntityKind::Customer, &customer)),
        ("102", world.entity(EntityKind::Order, id(&two))),
    ]);
    let batch = serde_json::from_value(batch).unwrap();
    let response = run_stream(&background.worker, "request", batch, relay_or_panic).await;
    assert_eq!(failed(&response), ["101"]);
    assert_eq!(told(&background), sorted(&[id(&one), id(&two)]));
}

#[tokio::test]
async fn a_queue_learns_exactly_which_messages_failed() {
    // D42, D43
    let world = World::new().await;
    let background = Background::of(&world);
    let mut events = Vec::new();
    for _ in 0..2 {
        let customer = world.customer(json!({})).await;
        let order = world.order(&customer, json!({})).await;
        let entity = world.entity(EntityKind::Order, id(&order));
        events.extend(background.relay(entity).await);
    }
    let stranger = uuid::Uuid::new_v4().to_string();
    let order = background.events()[0]["entity_id"].as_str().unwrap().to_owned();
    let batch = queue(&[
        ("good", &events[0]),
        ("garbage", "{\"event_id\""),
        ("no order", &events[0].replace(&order, &stranger)),
        ("empty", ""),
        ("unknown type", "{\"event_type\": \"order.sung\"}"),
        ("good too", &events[1]),
    ]);
    let batch = serde_json::from_value(batch).unwrap();
    let response = run_queue(&background.worker, "request", batch, alerts::raise::handle).await;
    assert_eq!(failed(&response), ["garbage", "no order", "empty"]);
    let list = world.get("/alerts").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(background.alert_messages().len(), 2);
}

#[tokio::test]
async fn a_plan_is_computed_beside_a_message_that_cannot_be() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    let emergency = json!({"plan_type": "emergency"});
    let spoilt = world.post("/procurement/plans", &emergency).await.expect(202);
    world
        .spoil_item(&world.entity(EntityKind::Plan, id(&spoilt)).key(), "b")
        .await;
    let message = |plan: &str| json!({"tenant_id": world.tenant, "plan_id": plan}).to_string();
    let batch = queue(&[
        ("garbage", "[]"),
        ("spoilt", &message(id(&spoilt))),
        ("gone", &message(&uuid::Uuid::new_v4().to_string())),
        ("good", &message(id(&plan))),
    ]);
    let batch = serde_json::from_value(batch).unwrap();
    let response = run_queue(&background.worker, "request", batch, planning::compute).await;
    // A plan that is not there will not come: it is no use to hand it out again.
    assert_eq!(failed(&response), ["garbage", "spoilt"]);
    let path = format!("/procurement/plans/{}", id(&plan));
    assert_eq!(world.get(&path).await.expect(200)["status"], "draft");
}
