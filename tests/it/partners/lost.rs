//! A dead partner loses no event: the queue holds what it was not told, and it is told when it is back (§14).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use orders_service::messaging::batch::run_queue;
use orders_service::usecases::notify;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Bakery, event_ids, owned};
use crate::batches::failed;

const ORDERS: usize = 12;
/// As the mapping of the queue has it.
const BATCH: usize = 10;
/// Then a message is dead.
const RECEIVES: usize = 5;

/// Hands out each message that is left once, in batches; keeps those that failed.
async fn deliver(bakery: &Bakery, messages: &mut Vec<String>) {
    let mut left = Vec::new();
    for batch in messages.chunks(BATCH) {
        let records: Vec<Value> = batch
            .iter()
            .enumerate()
            .map(|(at, body)| json!({"messageId": at.to_string(), "body": body}))
            .collect();
        let event = serde_json::from_value(json!({ "Records": records })).unwrap();
        let response = run_queue(&bakery.background.worker, "request-1", event, notify::handle).await;
        left.extend(
            failed(&response)
                .iter()
                .map(|at| batch[at.parse::<usize>().unwrap()].clone()),
        );
    }
    *messages = left;
}

#[tokio::test]
async fn events_held_back_by_a_dead_partner_are_delivered_when_it_returns_each_once() {
    // §14
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let mut orders = Vec::new();
    let mut messages = Vec::new();
    for _ in 0..ORDERS {
        let order = owned(&bakery.world.order(&customer, json!({})).await);
        bakery.world.walk(&order, &["confirmed"]).await;
        messages.extend(bakery.events(&order).await);
        orders.push(order);
    }
    let events = event_ids(&messages);
    let confirmations: Vec<_> = messages
        .iter()
        .filter(|event| event.contains("order.status_changed"))
        .cloned()
        .collect();
    let confirmations = event_ids(&confirmations);
    assert_eq!((events.len(), confirmations.len()), (2 * ORDERS, ORDERS));

    bakery.production.set_down(true);
    // Two receives against the closed door; the other partner is told all the same, and only once.
    for _ in 0..2 {
        deliver(&bakery, &mut messages).await;
        assert_eq!(event_ids(&messages), confirmations);
    }
    assert_eq!(bakery.notification.keys(), once(events.iter()));
    assert_eq!(bakery.notification.calls().await, 2 * ORDERS);
    // Five failures, and nobody bothers it any more.
    assert_eq!(bakery.production.calls().await, 5);
    let status = bakery.world.get("/orders/status").await.expect(200);
    assert_eq!(
        (&status["status"], &status["partners"]["production"]),
        (
            &json!("degraded"),
            &json!({"configured": true, "breaker": "open"})
        )
    );
    // A probe that fails keeps it shut.
    bakery.world.clock.advance(TimeDelta::seconds(10));
    deliver(&bakery, &mut messages).await;
    assert_eq!(
        (event_ids(&messages), bakery.production.calls().await),
        (confirmations.clone(), 6)
    );

    bakery.production.set_down(false);
    bakery.world.clock.advance(TimeDelta::seconds(10));
    deliver(&bakery, &mut messages).await;
    assert!(
        messages.is_empty(),
        "{RECEIVES} receives have not done: {messages:?}"
    );
    assert_eq!(bakery.production.keys(), once(confirmations.iter()));
    assert_eq!(bakery.notification.calls().await, 2 * ORDERS);
    for order in &orders {
        assert_eq!(bakery.notified(order).await.len(), 2);
    }
    let status = bakery.world.get("/orders/status").await.expect(200);
    assert_eq!(
        (&status["status"], &status["partners"]["production"]["breaker"]),
        (&json!("ok"), &json!("closed"))
    );
}

fn once<'a>(keys: impl Iterator<Item = &'a Uuid>) -> BTreeMap<Uuid, usize> {
    keys.map(|key| (*key, 1)).collect()
}

#[tokio::test]
async fn a_partner_that_fails_holds_only_its_own_part_back() {
    // §14
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let order = owned(&bakery.world.order(&customer, json!({})).await);
    bakery.world.walk(&order, &["confirmed"]).await;
    let events = bakery.events(&order).await;
    bakery.notification.set_down(true);
    let error = bakery.notify(&events[1]).await.unwrap_err();
    assert!(!error.poison, "{error}");
    assert_eq!(error.to_string(), "notification was not told: status 503");
    assert_eq!(bakery.production.calls().await, 1);
    // Nobody was told, and so nothing says so.
    assert!(bakery.notified(&order).await.is_empty());
    bakery.notification.set_down(false);
    bakery.notify(&events[1]).await.unwrap();
    assert_eq!(
        (bakery.production.calls().await, bakery.notification.calls().await),
        (1, 2)
    );
    assert_eq!(bakery.notified(&order).await.len(), 1);
}

#[tokio::test]
async fn a_batch_is_told_under_its_invocations_id() {
    // D9, §14
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let order = owned(&bakery.world.order(&customer, json!({})).await);
    let mut messages = bakery.events(&order).await;
    deliver(&bakery, &mut messages).await;
    let received = bakery.notification.server.received_requests().await.unwrap();
    let header = |name: &str| received[0].headers.get(name).unwrap().to_str().unwrap();
    assert_eq!((received.len(), header("x-request-id")), (1, "request-1"));
    assert_eq!(header("authorization"), "Bearer between-services");
}
