//! The same event several times, at once, and over processes that end in between: one effect by key, one entry (§14).

use futures_util::future::join_all;
use orders_service::usecases::notify::notify;
use serde_json::json;

use super::{Bakery, event_ids, owned};
use crate::support::{Background, World};

/// An order with two events: the customer is told of both, production of the second.
async fn confirmed(bakery: &Bakery) -> (String, Vec<String>) {
    let customer = bakery.customer().await;
    confirmed_of(bakery, &customer).await
}

async fn confirmed_of(bakery: &Bakery, customer: &str) -> (String, Vec<String>) {
    let order = owned(&bakery.world.order(customer, json!({})).await);
    bakery.world.walk(&order, &["confirmed"]).await;
    let events = bakery.events(&order).await;
    assert_eq!(events.len(), 2);
    (order, events)
}

#[tokio::test]
async fn an_event_that_comes_three_times_is_told_and_recorded_once() {
    // §14
    let bakery = Bakery::open().await;
    let (order, events) = confirmed(&bakery).await;
    for _ in 0..3 {
        for event in &events {
            bakery.notify(event).await.unwrap();
        }
    }
    // Not even asked again: the delivery is remembered.
    assert_eq!(
        (bakery.production.calls().await, bakery.notification.calls().await),
        (1, 2)
    );
    assert_eq!(bakery.notified(&order).await.len(), 2);
    let told: Vec<_> = bakery.notification.keys().into_keys().collect();
    assert_eq!(told, event_ids(&events).into_iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn workers_that_race_on_an_event_send_one_key_and_record_one_entry() {
    // §14, D6
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    for _ in 0..5 {
        let (order, events) = confirmed_of(&bakery, &customer).await;
        // Three functions with the same event, beside three with the next one of the same order.
        let racing = events.iter().flat_map(|event| [event, event, event]);
        for outcome in join_all(racing.map(|event| bakery.notify(event))).await {
            outcome.unwrap();
        }
        let notified = bakery.notified(&order).await;
        let mut recorded: Vec<uuid::Uuid> = notified
            .iter()
            .map(|entry| entry["context"]["event_id"].as_str().unwrap().parse().unwrap())
            .collect();
        recorded.sort_unstable();
        assert_eq!(recorded, event_ids(&events).into_iter().collect::<Vec<_>>());
    }
    assert_eq!(bakery.notification.keys().len(), 10);
    assert_eq!(bakery.production.keys().len(), 5);
}

#[tokio::test]
async fn a_notification_beside_changes_of_its_order_loses_none_of_them() {
    // §14, D6
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let order = owned(&bakery.world.order(&customer, json!({})).await);
    bakery.world.walk(&order, &["confirmed"]).await;
    let events = bakery.events(&order).await;
    let path = format!("/orders/{order}");
    let change = |number: u32| {
        let (world, path) = (&bakery.world, &path);
        async move {
            let patch = json!({"internal_notes": format!("note {number}")});
            world.call("PATCH", path, Some(&patch)).await
        }
    };
    let (told, changed) = tokio::join!(
        join_all(events.iter().map(|event| bakery.notify(event))),
        join_all((0..4).map(change))
    );
    let changed = changed.iter().filter(|answer| answer.status == 200).count();
    assert!(changed > 0);
    // Who lost too often goes back to the queue, and is not told twice for it.
    for (event, outcome) in events.iter().zip(told) {
        if outcome.is_err() {
            bakery.notify(event).await.unwrap();
        }
    }
    let history = bakery.world.history(&order, 100).await;
    let of = |event: &str| history.iter().filter(|entry| entry["event"] == event).count();
    assert_eq!((of("amended"), of("notified")), (changed, 2));
    assert_eq!(bakery.notified(&order).await.len(), 2);
    assert_eq!(bakery.notification.keys().len(), 2);
}

#[tokio::test]
async fn a_worker_may_end_at_any_of_its_writes() {
    // §14
    for applied in [false, true] {
        for write in 1..=4 {
            let bakery = Bakery::open().await;
            let (order, events) = confirmed(&bakery).await;
            let addresses = bakery.addresses();
            let settings = addresses
                .each_ref()
                .map(|(name, address)| (*name, address.as_str()));
            let mortal = bakery.world.dying_at(write, applied);
            let process: World = mortal.world.redeployed(&settings);
            let worker = Background::of(&process).worker;
            let last = &events[1];
            let first_try = notify(&worker, last).await;
            // Writes of the second event: what each partner was told, and the entry in the history.
            assert_eq!(mortal.is_dead(), write <= 3, "{write} {applied}");
            assert_eq!(first_try.is_err(), write <= 3, "{write} {applied}: {first_try:?}");
            for event in events.iter().chain(&events) {
                bakery.notify(event).await.unwrap();
            }
            let notified = bakery.notified(&order).await;
            assert_eq!(notified.len(), 2, "{write} {applied}");
            assert_eq!(
                (bakery.notification.keys().len(), bakery.production.keys().len()),
                (2, 1),
                "{write} {applied}"
            );
        }
    }
}
