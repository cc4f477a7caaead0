//! `GET /alerts`, and how alerts come about: from an event over D40's rules to a message on each channel.

mod causes;
mod channels;
mod counts;
mod entries;
mod impact;
mod list;
mod metrics;
mod rules;
mod status;
mod truth_table;

use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::{Background, World};

/// A customer whose first order is past, so that no alert tells of it.
async fn known_customer(world: &World, background: &Background, more: Value) -> String {
    let customer = world.customer(more).await;
    let order = world.order(&customer, json!({})).await;
    background
        .settle(world.entity(EntityKind::Order, id(&order)))
        .await;
    customer
}

/// Places an order and raises what it deserves; gives the order and the event of its creation.
async fn placed(world: &World, background: &Background, customer: &str, more: Value) -> (Value, String) {
    let order = world.order(customer, more).await;
    let mut events = background
        .settle(world.entity(EntityKind::Order, id(&order)))
        .await;
    (order, events.remove(0))
}

/// The alerts about an entity, as the list shows them.
async fn about(world: &World, entity: &str) -> Vec<Value> {
    let list = world.get("/alerts?limit=100").await.expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    let mut alerts = list["items"].as_array().unwrap().clone();
    alerts.retain(|alert| alert["entity"]["id"] == entity);
    alerts
}

/// `type/subtype severity` of each, sorted.
fn kinds(alerts: &[Value]) -> Vec<String> {
    let word = |alert: &Value, name: &str| alert[name].as_str().map(str::to_owned);
    let mut kinds: Vec<_> = alerts
        .iter()
        .map(|alert| {
            let kind = [word(alert, "alert_type"), word(alert, "subtype")];
            let kind: Vec<_> = kind.into_iter().flatten().collect();
            format!("{} {}", kind.join("/"), word(alert, "severity").unwrap())
        })
        .collect();
    kinds.sort_unstable();
    kinds
}

/// Moves an alert over the API, as a member does; gives the alert.
async fn moved(world: &World, alert: &str, status: &str) -> Value {
    let path = format!("/alerts/{alert}/status");
    let body = json!({"status": status});
    let answer = world.call_as("member", "PUT", &path, Some(&body), &[]).await;
    answer.expect(200)
}

/// What an amendment of an order would publish: its creation's event as that of a later entry, with other figures.
fn amended(created: &str, sequence: u64, total: &str) -> String {
    let mut event: Value = serde_json::from_str(created).unwrap();
    event["event_type"] = "order.amended".into();
    event["sequence"] = sequence.into();
    event["version"] = sequence.into();
    event["event_id"] = uuid::Uuid::new_v4().to_string().into();
    event["data"]["after"]["total_amount"] = total.into();
    event.to_string()
}
