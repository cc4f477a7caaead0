//! Projectors beside each other.

use futures_util::future::join_all;
use orders_service::messaging::entity::EntityKind;
use serde_json::json;

use crate::support::background::id;
use crate::support::orders::new_order;
use crate::support::random::Random;
use crate::support::{Background, World};

/// Where orders go in this test; each move is an event.
const WALKS: [&[&str]; 5] = [
    &["confirmed", "in_production", "ready", "delivered"],
    &["confirmed", "on_hold", "pending", "cancelled"],
    &["on_hold", "pending", "confirmed", "in_production"],
    &["confirmed", "in_production", "ready", "cancelled"],
    &["on_hold", "cancelled"],
];

/// Some two hundred events of orders of five customers that share products.
async fn busy_week(world: &World, background: &Background) -> Vec<String> {
    let mut random = Random::new(7);
    let (mut customers, mut events) = (Vec::new(), Vec::new());
    for n in 0..5 {
        let kind = ["individual", "business", "central_bakery"][n % 3];
        customers.push(
            world
                .customer(json!({"name": format!("Customer {n}"), "customer_type": kind}))
                .await,
        );
    }
    for n in 0..42 {
        let customer = random.one_of(&customers).clone();
        let lines = (0..random.between(1, 4)).map(|_| {
            json!({
                "product_id": random.word(&["rye", "roll", "cake", "pretzel", "baguette"]),
                "quantity": random.between(1, 40).to_string(), "unit_price": format!("{}.35", random.between(0, 9)),
                "tax_rate": "7",
            })
        });
        let more = json!({
            "items": lines.collect::<Vec<_>>(), "sales_channel": random.word(&["direct", "wholesale"]),
            "requested_delivery_at": format!("2026-12-{:02}T09:00:00Z", random.between(4, 9)),
        });
        let order = world
            .post("/orders", &new_order(&customer, more))
            .await
            .expect(201);
        world.walk(id(&order), WALKS[n % WALKS.len()]).await;
        if n % 9 == 0 {
            world.clock.advance(chrono::Duration::hours(7));
        }
        events.extend(
            background
                .relay(world.entity(EntityKind::Order, id(&order)))
                .await,
        );
    }
    for customer in &customers {
        events.extend(
            background
                .relay(world.entity(EntityKind::Customer, customer))
                .await,
        );
    }
    events
}

fn shuffled(events: &[String], seed: u64) -> Vec<String> {
    let (mut events, mut random) = (events.to_vec(), Random::new(seed));
    for at in (1..events.len()).rev() {
        events.swap(at, usize::try_from(random.below(at as u64 + 1)).unwrap());
    }
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_projectors_come_to_what_the_orders_come_to() {
    // D33, D90: each gets all events, in an order of its own
    let world = World::new().await;
    let background = Background::of(&world);
    let events = busy_week(&world, &background).await;
    assert!(events.len() >= 190, "{}", events.len());
    let projectors = (0..8).map(|seed| {
        let (background, events) = (&background, shuffled(&events, seed));
        async move {
            for event in &events {
                // What could not be done in time is delivered again.
                while let Err(error) = background.project(event).await {
                    assert!(!error.poison, "{error:?}");
                }
            }
        }
    });
    join_all(projectors).await;
    let figures = world.expect_projected().await;
    assert_eq!(figures.totals.by_status.iter().sum::<i64>(), 42);
    assert_eq!(figures.totals.customers, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_orders_of_one_customer_at_once_both_count() {
    // D33, D90: neither puts back what the other has read; the second makes the customer a returning one
    for _ in 0..10 {
        let world = World::new().await;
        let background = Background::of(&world);
        let customer = world.customer(json!({})).await;
        let mut events = Vec::new();
        for _ in 0..4 {
            let order = world.order(&customer, json!({})).await;
            events.extend(
                background
                    .relay(world.entity(EntityKind::Order, id(&order)))
                    .await,
            );
        }
        let entity = world.entity(EntityKind::Customer, &customer);
        events.extend(background.relay(entity).await);
        let outcomes = join_all(events.iter().map(|event| background.project(event))).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        let totals = world.expect_projected().await.totals;
        assert_eq!(
            (totals.customers_with_an_order, totals.returning_customers),
            (1, 1)
        );
    }
}
