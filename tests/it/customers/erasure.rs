//! `DELETE /customers/{customer_id}/personal-data` (D34)

use std::io::Write;
use std::sync::{Arc, Mutex};

use orders_service::messaging::bus::Topic;
use orders_service::messaging::entity::EntityKind;
use serde_json::json;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use super::planted::{CANARY, canaries, erase, plant, plant_with_payments};
use super::planted_orders::{pay, send_back};
use crate::support::background::id;
use crate::support::orders::new_order;
use crate::support::{Background, World};

/// What is logged on this thread, from now on.
#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Logs {
    fn begin(&self) -> tracing::subscriber::DefaultGuard {
        let logs = self.clone();
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .with_writer(move || logs.clone());
        let ours = Targets::new().with_target("orders_service", LevelFilter::TRACE);
        tracing::subscriber::set_default(tracing_subscriber::registry().with(lines).with(ours))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn no_trace_is_left_anywhere() {
    // D34
    let world = World::new().await;
    let background = Background::of(&world);
    let logs = Logs::default();
    let _guard = logs.begin();
    let planted = plant_with_payments(&world).await;
    let mut entities = vec![world.entity(EntityKind::Customer, &planted.customer)];
    entities.extend(
        planted
            .orders
            .iter()
            .map(|order| world.entity(EntityKind::Order, order)),
    );
    for entity in &entities {
        background.settle(*entity).await;
    }
    let before = world.everything().await;
    for canary in canaries() {
        assert!(before.contains(&canary), "{canary} was not planted");
    }
    let alerts = world.get("/alerts?limit=100").await.expect(200);
    assert!(alerts["items"].as_array().unwrap().len() >= 4, "{alerts:#}");
    let erased = erase(&world, &planted.customer).await.expect(200);
    assert_eq!(
        erased,
        json!({
            "customer_id": planted.customer, "erased_at": "2026-12-01T08:00:00Z",
            "orders_scrubbed": planted.orders.len(), "complete": true,
        })
    );
    for entity in &entities {
        background.settle(*entity).await;
    }
    let after = world.everything().await;
    assert!(!after.contains(CANARY), "{}", around(&after));
    let mut sent = Vec::new();
    for topic in [Topic::Events, Topic::Alerts] {
        sent.extend(background.bus.published(topic));
    }
    let sent = format!("{sent:?}").to_lowercase();
    assert!(
        sent.contains("customer.erased") && !sent.contains(CANARY),
        "{}",
        around(&sent)
    );
    let logged = logs.text().to_lowercase();
    assert!(
        logged.contains("customer erased") && !logged.contains(CANARY),
        "{}",
        around(&logged)
    );
}

/// Where the first canary sings.
fn around(text: &str) -> String {
    let at = text.find(CANARY).unwrap_or(0);
    text.chars().skip(at.saturating_sub(300)).take(600).collect()
}

#[tokio::test]
async fn an_erasure_waits_for_open_orders() {
    // D34
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let (first, second) = (
        world.order(&customer, json!({})).await,
        world.order(&customer, json!({})).await,
    );
    let problem = erase(&world, &customer)
        .await
        .expect_problem(409, "customer-has-open-orders");
    assert_eq!(problem["open_orders"], 2);
    world.walk(id(&first), &["cancelled"]).await;
    // Neither delivered nor cancelled: a failed delivery is still open.
    world
        .walk(id(&second), &["confirmed", "in_production", "ready"])
        .await;
    let problem = erase(&world, &customer)
        .await
        .expect_problem(409, "customer-has-open-orders");
    assert_eq!(problem["open_orders"], 1);
    let untouched = world.get(&format!("/customers/{customer}")).await.expect(200);
    assert_eq!(
        (&untouched["version"], &untouched["is_active"]),
        (&json!(1), &json!(true))
    );
    world.walk(id(&second), &["delivered"]).await;
    let erased = erase(&world, &customer).await.expect(200);
    assert_eq!(erased["orders_scrubbed"], 2);
}

#[tokio::test]
async fn an_erased_customer_is_an_empty_record() {
    // D34, D30
    let world = World::new().await;
    let background = Background::of(&world);
    let body = json!({"name": "Café Noir", "customer_code": "NOIR", "email": "noir@example.com", "credit_limit": "5"});
    let created = world.post_with_key("/customers", "k", &body).await.expect(201);
    let customer = id(&created).to_owned();
    let path = format!("/customers/{customer}");
    let delete = format!("{path}/personal-data");
    world
        .call_as("admin", "DELETE", &delete, None, &[("if-match", "\"7\"")])
        .await
        .expect_problem(412, "stale-version");
    world
        .call_as("owner", "DELETE", &delete, None, &[("if-match", "\"1\"")])
        .await
        .expect(200);
    // Again: nothing is left to do, and the version it was asked for is long gone.
    let again = world
        .call_as("admin", "DELETE", &delete, None, &[("if-match", "\"1\"")])
        .await
        .expect(200);
    assert_eq!(
        (&again["orders_scrubbed"], &again["complete"]),
        (&json!(0), &json!(true))
    );
    let read = world.get(&path).await.expect(200);
    assert_eq!(read["version"], 3);
    world
        .call("PATCH", &path, Some(&json!({"name": "Back"})))
        .await
        .expect_problem(409, "customer-erased");
    world
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect_problem(422, "customer-inactive");
    // The request that made it still finds it; e-mail and code are free for another.
    assert_eq!(
        world.post_with_key("/customers", "k", &body).await.expect(201),
        read
    );
    world.post("/customers", &body).await.expect(201);
    background
        .relay(world.entity(EntityKind::Customer, &customer))
        .await;
    let told: Vec<_> = background
        .events()
        .iter()
        .map(|event| {
            (
                event["event_type"].clone(),
                event["data"]["changed_fields"].clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!("customer.created"), json!([])),
            (json!("customer.updated"), json!(["is_active"])),
            (json!("customer.erased"), json!([])),
        ]
    );
    let nobody = format!("/customers/{}/personal-data", uuid::Uuid::new_v4());
    world
        .call("DELETE", &nobody, None)
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn what_is_written_into_an_order_later_goes_when_it_is_asked_again() {
    // D34
    let world = World::new().await;
    let planted = plant(&world).await;
    erase(&world, &planted.customer).await.expect(200);
    // A refused payment and goods that come back are told of long after the delivery.
    let order = &planted.orders[0];
    pay(&world, order, "failed", "failedreference").await;
    send_back(&world, order, "2").await;
    let written = world.everything().await;
    for text in ["canaryfailedreference", "canaryreturnreason"] {
        assert!(written.contains(text), "{text}");
    }
    let again = erase(&world, &planted.customer).await.expect(200);
    assert_eq!(again["orders_scrubbed"], 1);
    assert!(!world.everything().await.contains(CANARY));
}
