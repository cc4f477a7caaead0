//! The process that creates orders is killed in the middle of its work, again and again.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::deployed::{Deployed, PATIENCE, STACK_NAME, new_order};
use crate::support::deployed_inbox::{Inbox, Notice};
use crate::support::deployed_processes;

const REQUESTS_IN_A_ROUND: usize = 24;
const REQUESTS_AT_ONCE: usize = 6;
/// Rounds go on until this many answers were lost after their order had been stored: the case that matters.
const LOST_ANSWERS: usize = 5;
const MOST_ROUNDS: usize = 12;

/// A request that was repeated until it was answered.
struct Created {
    key: String,
    order: Value,
    failures: usize,
    /// An attempt had failed, and yet its order was there: its process died between commit and answer.
    answer_was_lost: bool,
}

async fn create(stack: &Deployed, customer: &str, key: String) -> Created {
    let body = new_order(customer, json!({"internal_notes": key}));
    let deadline = Instant::now() + PATIENCE;
    let mut failures = 0;
    loop {
        let headers = [("idempotency-key", key.as_str())];
        match stack.attempt("POST", "/orders", &headers, Some(&body)).await {
            Ok(answer) if answer.status < 500 => {
                let replayed = answer.header("idempotency-replayed") == Some("true");
                assert!(
                    failures > 0 || !replayed,
                    "the first attempt was answered as a replay"
                );
                let order = answer.expect(201);
                return Created {
                    key,
                    order,
                    failures,
                    answer_was_lost: replayed,
                };
            }
            outcome => assert!(Instant::now() < deadline, "no answer in time: {outcome:?}"),
        }
        failures += 1;
    }
}

/// Kills every process of the function, at moments that fall anywhere in its work, until it is told to stop.
async fn kill_until(done: &Cell<bool>) -> usize {
    let name = format!("{STACK_NAME}-create-order");
    let mut killed = 0;
    while !done.get() {
        // Long enough for a new process to get somewhere, of a length that never fits the rhythm of its work.
        let pause = 50 + Uuid::new_v4().as_u128() % 300;
        tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap())).await;
        let processes = deployed_processes::of_function(&name);
        killed += processes.len();
        deployed_processes::kill(&processes);
    }
    killed
}

async fn round(stack: &Deployed, customer: &str, number: usize) -> (Vec<Created>, usize) {
    let done = Cell::new(false);
    let requests =
        (0..REQUESTS_IN_A_ROUND).map(|index| create(stack, customer, format!("crash-{number}-{index}")));
    let work = async {
        let created = stream::iter(requests)
            .buffer_unordered(REQUESTS_AT_ONCE)
            .collect()
            .await;
        done.set(true);
        created
    };
    tokio::join!(work, kill_until(&done))
}

fn created_events(notices: &[Notice]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut events: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for notice in notices {
        events
            .entry(notice.text("entity_id"))
            .or_default()
            .insert(notice.text("event_id"));
    }
    events
}

#[tokio::test]
async fn an_order_whose_process_is_killed_is_there_once_and_so_is_its_event() {
    // D7, D29, D43
    let stack = Deployed::alone();
    let mut inbox = Inbox::events(stack.tenant, &["order.created"]).await;
    let customer = stack.customer().await;
    let (mut created, mut killed) = (Vec::new(), 0);
    for number in 0..MOST_ROUNDS {
        let (of_round, killed_in_round) = round(&stack, &customer, number).await;
        created.extend(of_round);
        killed += killed_in_round;
        if created.iter().filter(|one| one.answer_was_lost).count() >= LOST_ANSWERS {
            break;
        }
    }
    let lost = created.iter().filter(|one| one.answer_was_lost).count();
    let failures: usize = created.iter().map(|one| one.failures).sum();
    println!(
        "{} keys, {killed} processes killed, {failures} attempts failed, {lost} answers lost",
        created.len()
    );
    assert!(
        lost >= LOST_ANSWERS,
        "{killed} killed processes lost only {lost} answers to stored orders"
    );

    let ids: BTreeSet<_> = created
        .iter()
        .map(|one| one.order["id"].as_str().unwrap())
        .collect();
    let numbers: BTreeSet<_> = created
        .iter()
        .map(|one| one.order["order_number"].as_str().unwrap())
        .collect();
    assert_eq!(
        (ids.len(), numbers.len()),
        (created.len(), created.len()),
        "each key has an order of its own"
    );
    let listed = stack.list("/orders", 30).await;
    assert_eq!(listed.len(), created.len());
    assert_eq!(
        listed
            .iter()
            .map(|row| row["id"].as_str().unwrap())
            .collect::<BTreeSet<_>>(),
        ids
    );
    for one in &created {
        assert_eq!(one.order["internal_notes"], one.key, "the order is its own key's");
        assert_eq!(one.order["version"], 1);
        let stored = stack
            .get(&format!("/orders/{}", one.order["id"].as_str().unwrap()))
            .await
            .expect(200);
        assert_eq!(stored, one.order, "the order is whole");
    }

    inbox
        .until(|notices| created_events(notices).len() >= ids.len())
        .await;
    inbox.linger(Duration::from_secs(2)).await;
    let events = created_events(&inbox.notices);
    assert_eq!(events.keys().copied().collect::<BTreeSet<_>>(), ids);
    assert!(
        events.values().all(|ids| ids.len() == 1),
        "an order has one creation, however often it is told"
    );
    let distinct: BTreeSet<_> = events.values().flatten().collect();
    assert_eq!(distinct.len(), ids.len());
    inbox.close().await;
}
