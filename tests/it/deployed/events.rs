//! From the table over its stream to the events topic.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::Utc;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::deployed::{Deployed, new_order};
use crate::support::deployed_inbox::{Inbox, Notice};

const ORDERS: usize = 50;

/// `ORD-YYYYMMDD-NNNN` of today, or of yesterday if the day has just changed.
fn is_order_number(number: &str) -> bool {
    let today = Utc::now().date_naive();
    let days = [today, today.pred_opt().unwrap()].map(|day| day.format("%Y%m%d").to_string());
    let parts: Vec<_> = number.split('-').collect();
    matches!(parts[..], ["ORD", day, count]
        if days.iter().any(|d| d == day) && count.len() == 4 && count.bytes().all(|b| b.is_ascii_digit()))
}

/// What has come of each entity, each event once, and every copy the same.
fn by_entity(notices: &[Notice]) -> BTreeMap<&str, Vec<&Value>> {
    let mut seen: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut events: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for notice in notices {
        match seen.insert(notice.text("event_id"), &notice.body) {
            Some(before) => assert_eq!(before, &notice.body, "a repeat is identical"),
            None => events
                .entry(notice.text("entity_id"))
                .or_default()
                .push(&notice.body),
        }
    }
    events
}

#[tokio::test]
async fn fifty_parallel_creates_make_fifty_orders_with_a_number_and_an_event_each() {
    // D29, D43
    let stack = Deployed::new();
    let mut inbox = Inbox::events(stack.tenant, &["order.created"]).await;
    let customer = stack.customer().await;
    let body = new_order(&customer, json!({}));
    let answers = join_all((0..ORDERS).map(|_| stack.post("/orders", &body))).await;
    let orders: Vec<_> = answers.into_iter().map(|answer| answer.expect(201)).collect();

    let numbers: BTreeSet<_> = orders
        .iter()
        .map(|order| order["order_number"].as_str().unwrap())
        .collect();
    assert_eq!(numbers.len(), ORDERS, "{numbers:?}");
    assert!(
        numbers.iter().all(|number| is_order_number(number)),
        "{numbers:?}"
    );
    let ids: BTreeSet<_> = orders.iter().map(|order| order["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), ORDERS);
    let listed = stack.list("/orders", 20).await;
    let listed_ids: Vec<_> = listed.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(listed_ids.len(), ORDERS);
    assert_eq!(listed_ids.into_iter().collect::<BTreeSet<_>>(), ids);

    inbox.until(|notices| by_entity(notices).len() >= ORDERS).await;
    inbox.linger(Duration::from_secs(2)).await;
    let events = by_entity(&inbox.notices);
    assert_eq!(events.keys().copied().collect::<BTreeSet<_>>(), ids);
    for order in &orders {
        let [event] = events[order["id"].as_str().unwrap()][..] else {
            panic!("more than one event")
        };
        assert_eq!(event["event_type"], "order.created");
        assert_eq!((&event["sequence"], &event["version"]), (&json!(1), &json!(1)));
        assert_eq!(event["tenant_id"], stack.tenant.to_string());
        assert_eq!(event["occurred_at"], order["created_at"]);
        let data = &event["data"];
        assert_eq!(
            (&data["order_id"], &data["order_number"]),
            (&order["id"], &order["order_number"])
        );
        assert_eq!(data["customer_id"], customer);
        assert_eq!(
            (&data["from_status"], &data["to_status"]),
            (&Value::Null, &json!("pending"))
        );
        assert_eq!(data["after"]["total_amount"], order["total_amount"]);
    }
    inbox.close().await;
}

#[tokio::test]
async fn the_events_of_an_order_come_in_the_order_of_its_history() {
    // D26, D43
    let stack = Deployed::new();
    let mut inbox = Inbox::events(stack.tenant, &["order.created", "order.status_changed"]).await;
    let customer = stack.customer().await;
    let order = stack
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect(201);
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let walk = ["pending", "confirmed", "in_production", "ready", "delivered"];
    for status in &walk[1..] {
        let moved = stack
            .put(&format!("{path}/status"), &json!({"status": status}))
            .await
            .expect(200);
        assert_eq!(moved["status"], *status);
    }
    // The same status again is no change, so it has no event (D26).
    stack
        .put(&format!("{path}/status"), &json!({"status": "delivered"}))
        .await
        .expect(200);
    let delivered = stack.get(&path).await.expect(200);
    assert_eq!(
        (&delivered["status"], &delivered["version"]),
        (&json!("delivered"), &json!(5))
    );
    assert!(delivered["actual_delivery_at"].is_string());

    inbox
        .until(|notices| {
            by_entity(notices)
                .values()
                .any(|events| events.len() >= walk.len())
        })
        .await;
    inbox.linger(Duration::from_secs(2)).await;
    let events = by_entity(&inbox.notices);
    assert_eq!(events.len(), 1);
    let events = &events[order["id"].as_str().unwrap()];
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let data = &event["data"];
            let sequence = event["sequence"].as_u64().unwrap();
            assert_eq!(event["version"], event["sequence"]);
            (
                sequence,
                word(&event["event_type"]),
                word(&data["from_status"]),
                word(&data["to_status"]),
            )
        })
        .collect();
    let mut expected = vec![(
        1,
        "order.created".to_owned(),
        "-".to_owned(),
        "pending".to_owned(),
    )];
    for (sequence, step) in (2..).zip(walk.windows(2)) {
        expected.push((
            sequence,
            "order.status_changed".into(),
            step[0].into(),
            step[1].into(),
        ));
    }
    assert_eq!(told, expected);
    let ids: BTreeSet<_> = events
        .iter()
        .map(|event| event["event_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), walk.len());
    inbox.close().await;
}
