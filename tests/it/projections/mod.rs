//! Projections: what orders and customers add up to (D33, D90).

mod costs;
mod crashes;
mod customers;
mod erasure;
mod figures;
mod oracle;
mod races;
mod recount;
mod recount_unsettled;
mod repeats;
mod sales;
mod tenant_time;

use chrono::NaiveDate;
use orders_service::messaging::entity::EntityKind;
use orders_service::store::record::{Item, text};
use serde_json::{Value, json};

use crate::support::{Background, World};

/// Counts an order as it stands now, and its customer: what is published of it, and that it has come as far as it has.
async fn count(world: &World, background: &Background, order: &str) {
    background.settle(world.entity(EntityKind::Order, order)).await;
    let stored = world.stored_order(order).await;
    let told = last_event(background, order);
    background.project(&told_as(&told, stored.version)).await.unwrap();
    count_customer(world, background, &stored.row.customer_id.to_string()).await;
}

/// Counts a customer as it stands now.
async fn count_customer(world: &World, background: &Background, customer: &str) {
    background
        .settle(world.entity(EntityKind::Customer, customer))
        .await;
}

/// Every item of the tenant, in the order of their keys.
async fn snapshot(world: &World) -> Vec<Item> {
    let mut items = world.items().await;
    items.sort_by_key(|item| ["pk", "sk"].map(|name| text(item, name).unwrap().to_owned()));
    items
}

/// The last event of an entity.
fn last_event(background: &Background, id: &str) -> String {
    let events = background.events();
    let event = events.iter().rfind(|event| event["entity_id"] == id).unwrap();
    event.to_string()
}

/// An event of the same entity with another sequence.
fn told_as(event: &str, sequence: u64) -> String {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["sequence"] = json!(sequence);
    event["version"] = json!(sequence);
    event.to_string()
}

async fn amend(world: &World, order: &str, patch: Value) {
    world
        .call("PATCH", &format!("/orders/{order}"), Some(&patch))
        .await
        .expect(200);
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
