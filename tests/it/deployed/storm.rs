//! Every function that an order passes through is killed again and again while customers order and the bakery works. What
//! was acknowledged is there, once; every change is told; every alert is counted once; the figures add up.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::deployed::{Deployed, STACK_NAME, new_order};
use crate::support::deployed_inbox::Inbox;
use crate::support::deployed_processes;

const KILLED: [&str; 6] = [
    "create-order",
    "update-order-status",
    "relay-events",
    "raise-alerts",
    "project-orders",
    "notify-partners",
];
const KILLS: usize = 500;
const AT_ONCE: usize = 8;
/// A message whose function was killed comes again after the queue's visibility timeout, here half a minute.
const DRAINED_WITHIN: Duration = Duration::from_secs(200);
/// Attempts at a request may fail for as long as its processes are killed.
const ANSWERED_WITHIN: Duration = Duration::from_secs(90);

/// A request that was repeated until it was answered.
async fn insist(stack: &Deployed, method: &str, path: &str, key: &str, body: &Value) -> Value {
    let deadline = Instant::now() + ANSWERED_WITHIN;
    loop {
        let headers = [("idempotency-key", key)];
        match stack.attempt(method, path, &headers, Some(body)).await {
            Ok(answer) if answer.status < 500 => {
                assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
                return answer.body;
            }
            outcome => assert!(Instant::now() < deadline, "no answer in time: {outcome:?}"),
        }
    }
}

/// An order on its way through the bakery: how far is a matter of its number.
async fn order(stack: &Deployed, customer: &str, number: usize) -> (String, &'static str) {
    let body = new_order(
        customer,
        json!({"items": [{"product_id": format!("loaf-{}", number % 7), "quantity": "101", "unit_price": "0.25"}]}),
    );
    let made = insist(stack, "POST", "/orders", &format!("storm-{number}"), &body).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let mut status = "pending";
    for next in ["confirmed", "in_production", "ready", "delivered"]
        .into_iter()
        .take(number % 5)
    {
        let body = json!({"status": next});
        insist(stack, "PUT", &format!("/orders/{id}/status"), "-", &body).await;
        status = next;
    }
    (id, status)
}

/// Kills the processes of one function after another until there were enough and the work is done.
async fn kill_until(done: &Cell<bool>, killed: &Cell<usize>) {
    while !done.get() {
        let dice = Uuid::new_v4().as_u128();
        tokio::time::sleep(Duration::from_millis(u64::try_from(20 + dice % 130).unwrap())).await;
        let name = KILLED[usize::try_from((dice >> 64) % KILLED.len() as u128).unwrap()];
        let processes = deployed_processes::of_function(&format!("{STACK_NAME}-{name}"));
        deployed_processes::kill(&processes);
        killed.set(killed.get() + processes.len());
    }
}

/// What the dashboard should say of orders that are all of today and all of one customer's making.
fn recount(orders: &[Value]) -> (i64, BTreeMap<String, i64>, i64) {
    let mut by_status = BTreeMap::new();
    for order in orders {
        *by_status
            .entry(order["status"].as_str().unwrap().to_owned())
            .or_insert(0) += 1;
    }
    let cents = |order: &Value| {
        order["total_amount"]
            .as_str()
            .unwrap()
            .replace('.', "")
            .parse::<i64>()
            .unwrap()
    };
    (orders.len() as i64, by_status, orders.iter().map(cents).sum())
}

// D7, D29, D33, D42, D43, D90
#[tokio::test]
async fn five_hundred_kills_lose_nothing_and_double_nothing() {
    let stack = Deployed::alone();
    let mut inbox = Inbox::events(stack.tenant, &[]).await;
    let customer = stack.customer().await;
    let (done, killed) = (Cell::new(false), Cell::new(0));
    let work = async {
        let mut made = Vec::new();
        let mut number = 0;
        while killed.get() < KILLS {
            let batch: Vec<_> = stream::iter(number..number + 2 * AT_ONCE)
                .map(|number| order(&stack, &customer, number))
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            made.extend(batch);
            number += 2 * AT_ONCE;
        }
        done.set(true);
        made
    };
    let (made, ()) = tokio::join!(work, kill_until(&done, &killed));
    println!("{} orders, {} processes killed", made.len(), killed.get());

    // Nothing that was acknowledged is lost, nothing is there twice.
    let listed = stack.list("/orders", 100).await;
    let ids: BTreeSet<_> = made.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((ids.len(), listed.len()), (made.len(), made.len()));
    for row in &listed {
        let (_, status) = made
            .iter()
            .find(|(id, _)| id == row["id"].as_str().unwrap())
            .unwrap();
        assert_eq!(row["status"], **status);
    }

    // Every entry of every history was told, under one id, and the figures catch up.
    let (orders, by_status, cents) = recount(&listed);
    let entries: BTreeSet<(String, u64)> = made
        .iter()
        .flat_map(|(id, status)| {
            let path = ["pending", "confirmed", "in_production", "ready", "delivered"];
            let steps = path.iter().position(|known| known == status).unwrap() as u64 + 1;
            (1..=steps).map(move |sequence| (id.clone(), sequence))
        })
        .collect();
    let deadline = Instant::now() + DRAINED_WITHIN;
    loop {
        inbox.linger(Duration::from_secs(2)).await;
        let mut told: BTreeMap<(String, u64), BTreeSet<String>> = BTreeMap::new();
        for notice in inbox
            .notices
            .iter()
            .filter(|n| n.text("event_type").starts_with("order."))
        {
            let entry = (
                notice.text("entity_id").to_owned(),
                notice.body["sequence"].as_u64().unwrap(),
            );
            told.entry(entry).or_default().insert(notice.body.to_string());
        }
        assert!(
            told.values().all(|bodies| bodies.len() == 1),
            "a repeat says something else"
        );
        let all_told = entries.iter().all(|entry| told.contains_key(entry));
        let dashboard = stack.get("/orders/dashboard-summary").await.expect(200);
        let alerts = stack.list("/alerts", 100).await;
        let large = alerts
            .iter()
            .filter(|alert| alert["alert_type"] == "large_quantity_order")
            .count();
        let counted: BTreeMap<String, i64> = dashboard["status_counts"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, count)| **count != 0)
            .map(|(status, count)| (status.clone(), count.as_i64().unwrap()))
            .collect();
        let revenue = dashboard["revenue"]["month"].as_str().unwrap().replace('.', "");
        let figures = (
            dashboard["orders"]["month"].as_i64().unwrap(),
            counted,
            revenue.parse::<i64>().unwrap(),
        );
        let wanted = (orders, by_status.clone(), cents);
        if all_told && figures == wanted && large == made.len() {
            assert!(
                alerts.iter().all(|alert| alert["occurrences"] == 1),
                "a cause was counted twice"
            );
            let open: i64 = dashboard["alerts"]
                .as_object()
                .unwrap()
                .values()
                .map(|n| n.as_i64().unwrap())
                .sum();
            assert_eq!(open, alerts.len() as i64);
            break;
        }
        assert!(
            Instant::now() < deadline,
            "told {} of {}, figures {figures:?} instead of {wanted:?}, {large} alerts of {}",
            told.len(),
            entries.len(),
            made.len()
        );
    }
    inbox.close().await;
}
