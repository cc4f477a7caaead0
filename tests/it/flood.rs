//! Ten thousand events, each delivered one to three times, in any order, poison among them, over a queue that behaves like
//! SQS: five receives, then the dead letters.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use chrono::{Days, TimeDelta};
use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use orders_domain::decimal::Money;
use orders_domain::order_status::OrderStatus;
use orders_service::auth::TenantId;
use orders_service::messaging::Worker;
use orders_service::messaging::batch::run_queue;
use orders_service::messaging::envelope::Envelope;
use orders_service::store::Inserted;
use orders_service::store::orders::{HistoryEntry, Order};
use orders_service::usecases::projections;
use orders_service::words::HistoryEvent;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::random::Random;
use crate::support::{Background, World};

const ORDERS: usize = 2_000;
const EVENTS: usize = 10_000;
const POISON: usize = EVENTS / 100;
const BATCH: usize = 10;
const RECEIVES: u32 = 5;
/// Batches that are worked on at a time: the mapping's concurrency.
const WORKERS: usize = 4;

/// A queue with a dead-letter queue behind it.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Delivery>,
    dead: Vec<Delivery>,
    done: BTreeMap<String, u32>,
}

/// One message on its way.
#[derive(Clone)]
struct Delivery {
    id: String,
    body: String,
    receives: u32,
}

impl Queue {
    fn batch(&mut self) -> Vec<Delivery> {
        let take = self.waiting.len().min(BATCH);
        let mut batch: Vec<_> = self.waiting.drain(..take).collect();
        for delivery in &mut batch {
            delivery.receives += 1;
        }
        batch
    }

    fn settle(&mut self, batch: Vec<Delivery>, failed: &BTreeSet<String>) {
        for delivery in batch {
            if !failed.contains(&delivery.id) {
                self.done.insert(delivery.id, delivery.receives);
            } else if delivery.receives < RECEIVES {
                self.waiting.push_back(delivery);
            } else {
                self.dead.push(delivery);
            }
        }
    }
}

async fn drain(worker: &Worker, queue: &Mutex<Queue>) {
    loop {
        let batch = queue.lock().unwrap().batch();
        if batch.is_empty() {
            return;
        }
        let records: Vec<Value> = batch
            .iter()
            .map(|delivery| json!({"messageId": delivery.id, "body": delivery.body}))
            .collect();
        let event = serde_json::from_value(json!({ "Records": records })).unwrap();
        let answer = run_queue(worker, "flood", event, projections::handle).await;
        let failed = answer.batch_item_failures.into_iter();
        let failed = failed.map(|failure| failure.item_identifier).collect();
        queue.lock().unwrap().settle(batch, &failed);
    }
}

/// An order like a template, with a history of five entries of which each is an event.
fn order(template: &Order, number: usize, random: &mut Random, customers: &[Uuid]) -> Order {
    let placed =
        template.row.created_at - Days::new(random.below(40)) + TimeDelta::minutes(random.between(0, 600));
    let total = random.between(500, 90_000);
    let mut order = template.clone();
    order.id = Uuid::from_u128(0x1000_0000 + number as u128);
    order.write_id = Uuid::from_u128(0x2000_0000 + number as u128);
    order.row.order_number = format!("ORD-{}-{number:05}", placed.format("%Y%m%d"));
    order.row.customer_id = *random.one_of(customers);
    order.row.created_at = placed;
    order.row.requested_delivery_at = placed + Days::new(random.below(9));
    order.row.delivery_date = order.row.requested_delivery_at.date_naive();
    order.row.total_amount = Money::from_scaled(total);
    order.row.balance_due = Money::from_scaled(total - random.between(0, total));
    let line = &mut order.body.lines[0];
    line.product_id = format!("product-{}", random.below(40));
    line.net_amount = Money::from_scaled(total);
    let path = [
        [
            OrderStatus::Pending,
            OrderStatus::Confirmed,
            OrderStatus::InProduction,
            OrderStatus::Ready,
            OrderStatus::Delivered,
        ],
        [
            OrderStatus::Pending,
            OrderStatus::OnHold,
            OrderStatus::Pending,
            OrderStatus::Confirmed,
            OrderStatus::Cancelled,
        ],
        [
            OrderStatus::Pending,
            OrderStatus::Confirmed,
            OrderStatus::InProduction,
            OrderStatus::Ready,
            OrderStatus::OutForDelivery,
        ],
    ];
    let path = random.one_of(&path);
    let first = template.body.history[0].clone();
    let mut history: Vec<HistoryEntry> = Vec::new();
    for (index, status) in path.iter().enumerate() {
        let sequence = index as u64 + 1;
        order.row.status = *status;
        history.push(HistoryEntry {
            sequence,
            version: sequence,
            event: if index == 0 {
                HistoryEvent::Created
            } else {
                HistoryEvent::StatusChanged
            },
            from_status: history.last().map(|entry| entry.to_status),
            to_status: *status,
            changed_at: placed + TimeDelta::minutes(index as i64),
            after: order.after_change(),
            ..first.clone()
        });
    }
    let delivered = order.row.status == OrderStatus::Delivered;
    order.body.actual_delivery_at =
        delivered.then(|| order.row.requested_delivery_at + TimeDelta::hours(random.between(-5, 90)));
    order.version = path.len() as u64;
    order.body.history = history;
    order.refresh_demand();
    order
}

/// What no function can make sense of: no JSON, no event, an event of nothing that is there.
fn poison(number: usize, tenant: Uuid) -> String {
    let unknown = Uuid::from_u128(0x3000_0000 + number as u128);
    match number % 4 {
        0 => "{\"event_id\": ".to_owned(),
        1 => json!({"event_type": 7}).to_string(),
        2 => json!({"event_type": "order.created", "data": {"order_id": "no id"}}).to_string(),
        _ => json!({
            "event_id": unknown, "event_type": "customer.created", "tenant_id": tenant, "entity_id": unknown,
            "sequence": 1, "version": 1, "occurred_at": "2026-12-01T08:00:00Z",
            "data": {"customer_id": unknown, "changed_fields": []},
        })
        .to_string(),
    }
}

/// Poison is among the dead letters and nothing else is; everything else was done at its first receive, whoever shared its
/// batch.
fn expect_settled(queue: &Queue, sent: &HashMap<String, String>) {
    let dead: BTreeSet<_> = queue.dead.iter().map(|delivery| delivery.id.as_str()).collect();
    let expected: Vec<String> = (0..POISON).map(|number| format!("poison-{number}")).collect();
    assert_eq!(dead, expected.iter().map(String::as_str).collect());
    assert!(
        queue
            .dead
            .iter()
            .all(|delivery| sent[&delivery.id] == delivery.body)
    );
    // Whoever shared a batch with poison was done in that very batch.
    let late: Vec<_> = queue.done.iter().filter(|(_, receives)| **receives > 1).collect();
    assert!(late.is_empty(), "{late:?}");
    assert_eq!(queue.done.len() + POISON, sent.len());
}

// D33, D43, D90
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_events_in_any_order_with_poison_among_them_add_up_exactly() {
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({"customer_type": "business"})).await;
    let made = world.order(&customer, json!({})).await;
    let template = world.stored_order(made["id"].as_str().unwrap()).await;
    let mut random = Random::new(4_711);
    let customers: Vec<Uuid> = (0..150)
        .map(|number| Uuid::from_u128(0x4000_0000 + number))
        .collect();
    let orders: Vec<_> = (0..ORDERS)
        .map(|number| order(&template, number, &mut random, &customers))
        .collect();
    world
        .in_store(async |store| {
            let writes = orders.iter().map(|order| store.insert(order));
            let written: Vec<_> = stream::iter(writes).buffer_unordered(16).collect().await;
            assert!(
                written
                    .into_iter()
                    .all(|written| matches!(written, Ok(Inserted::Now)))
            );
        })
        .await;

    let tenant = TenantId(world.tenant);
    let events = orders.iter().flat_map(|order| {
        let entries = order.body.history.iter();
        entries.filter_map(|entry| Envelope::of_order(tenant, order, entry))
    });
    let events: Vec<String> = events.map(|event| event.message().unwrap().body).collect();
    assert_eq!(events.len(), EVENTS);
    let mut deliveries = Vec::new();
    for (number, body) in events.iter().enumerate() {
        for copy in 0..=random.below(3) {
            deliveries.push(Delivery {
                id: format!("event-{number}-{copy}"),
                body: body.clone(),
                receives: 0,
            });
        }
    }
    for number in 0..POISON {
        deliveries.push(Delivery {
            id: format!("poison-{number}"),
            body: poison(number, world.tenant),
            receives: 0,
        });
    }
    for index in (1..deliveries.len()).rev() {
        deliveries.swap(index, usize::try_from(random.below(index as u64 + 1)).unwrap());
    }
    let sent: HashMap<String, String> = deliveries
        .iter()
        .map(|d| (d.id.clone(), d.body.clone()))
        .collect();

    let queue = Arc::new(Mutex::new(Queue {
        waiting: deliveries.into(),
        ..Queue::default()
    }));
    let workers = (0..WORKERS).map(|_| {
        let (worker, queue) = (background.worker.clone(), queue.clone());
        tokio::spawn(async move { drain(&worker, &queue).await })
    });
    for ended in join_all(workers).await {
        ended.unwrap();
    }

    expect_settled(&queue.lock().unwrap(), &sent);
    // The template's own order and customer were never told of.
    world
        .delete_item(
            &world
                .entity(
                    orders_service::messaging::entity::EntityKind::Order,
                    made["id"].as_str().unwrap(),
                )
                .key(),
        )
        .await;
    world
        .delete_item(
            &world
                .entity(orders_service::messaging::entity::EntityKind::Customer, &customer)
                .key(),
        )
        .await;
    world.expect_projected().await;
}
