//! D90: the dashboard's counts of open alerts are what a recount over the alerts gives.

use futures_util::future::join_all;
use orders_domain::alerts::Severity;
use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::alerts::raise::raise;
use serde_json::{Map, Value, json};

use super::{about, amended, known_customer, moved, placed};
use crate::support::background::id;
use crate::support::random::Random;
use crate::support::{Background, World};

/// Open alerts by severity, counted one by one.
async fn recounted(world: &World) -> Value {
    let list = world
        .get("/alerts?limit=100&status=active,acknowledged")
        .await
        .expect(200);
    assert_eq!(list["next_cursor"], Value::Null);
    let alerts = list["items"].as_array().unwrap();
    let counts = Severity::ALL.map(|severity| {
        let of = alerts
            .iter()
            .filter(|alert| alert["severity"] == severity.as_str());
        (severity.as_str().to_owned(), Value::from(of.count()))
    });
    Value::Object(Map::from_iter(counts))
}

/// What the dashboard says.
async fn counted(world: &World) -> Value {
    world.get("/orders/dashboard-summary").await.expect(200)["alerts"].clone()
}

fn costing(total: &str) -> Value {
    json!({"items": [{"product_id": "cake", "quantity": "1", "unit_price": total}]})
}

#[tokio::test]
async fn an_alert_counts_from_its_opening_to_its_closing_under_the_severity_it_has() {
    // D42, D90
    let world = World::new().await;
    let background = Background::of(&world);
    let counts =
        |low: u32, medium: u32, high: u32| json!({"low": low, "medium": medium, "high": high, "critical": 0});
    assert_eq!(counted(&world).await, counts(0, 0, 0));
    let customer = known_customer(&world, &background, json!({})).await;
    assert_eq!(counted(&world).await, counts(1, 0, 0));
    let (order, event) = placed(&world, &background, &customer, costing("6000.00")).await;
    assert_eq!(counted(&world).await, counts(1, 1, 0));
    // A repeat, and a further cause that is no graver: the same alert.
    raise(&background.worker, &event).await.unwrap();
    raise(&background.worker, &amended(&event, 2, "7000.00"))
        .await
        .unwrap();
    assert_eq!(counted(&world).await, counts(1, 1, 0));
    raise(&background.worker, &amended(&event, 3, "20000.00"))
        .await
        .unwrap();
    assert_eq!(counted(&world).await, counts(1, 0, 1));
    let alert = about(&world, id(&order)).await.remove(0);
    moved(&world, id(&alert), "acknowledged").await;
    assert_eq!(counted(&world).await, counts(1, 0, 1));
    moved(&world, id(&alert), "resolved").await;
    moved(&world, id(&alert), "resolved").await;
    assert_eq!(counted(&world).await, counts(1, 0, 0));
    // What was counted in the closed one opens nothing; what is new does.
    raise(&background.worker, &event).await.unwrap();
    assert_eq!(counted(&world).await, counts(1, 0, 0));
    raise(&background.worker, &amended(&event, 4, "6000.00"))
        .await
        .unwrap();
    assert_eq!(counted(&world).await, counts(1, 1, 0));
    assert_eq!(counted(&world).await, recounted(&world).await);
    // A neighbour's are its own.
    assert_eq!(counted(&world.neighbour()).await, counts(0, 0, 0));
}

#[tokio::test]
async fn whatever_happens_at_the_same_time_the_counts_are_those_of_a_recount() {
    // D42, D90
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let mut events = Vec::new();
    for _ in 0..3 {
        let (_, event) = placed(&world, &background, &customer, costing("6000.00")).await;
        events.push(event);
    }
    let list = world.get("/alerts").await.expect(200);
    let alerts = list["items"].as_array().unwrap();
    let causes: Vec<_> = events
        .iter()
        .flat_map(|event| {
            [(2, "7000.00"), (3, "20000.00"), (4, "20000.00")].map(|(n, total)| amended(event, n, total))
        })
        .collect();
    let closing = alerts.iter().flat_map(|alert| {
        ["acknowledged", "dismissed"].map(|status| {
            let path = format!("/alerts/{}/status", id(alert));
            let world = &world;
            async move { world.put(&path, &json!({"status": status})).await }
        })
    });
    let raising = causes
        .iter()
        .chain(&causes)
        .map(|event| raise(&background.worker, event));
    // Some lose every race, and are tried again as a queue and a person do.
    tokio::join!(join_all(closing), join_all(raising));
    for event in &causes {
        raise(&background.worker, event).await.unwrap();
    }
    assert_eq!(counted(&world).await, recounted(&world).await);
    for alert in alerts {
        let now = about(&world, alert["entity"]["id"].as_str().unwrap()).await;
        let now = now.iter().find(|found| found["id"] == alert["id"]).unwrap();
        if now["status"] != "resolved" && now["status"] != "dismissed" {
            moved(&world, id(alert), "resolved").await;
        }
    }
    assert_eq!(counted(&world).await, recounted(&world).await);
}

#[tokio::test]
async fn a_worker_that_ends_at_any_write_leaves_the_counts_right() {
    // D42, D90: n = 1 is the mark of the first order, then three alerts with their messages.
    for applied in [false, true] {
        for n in 1.. {
            let world = World::new().await;
            let background = Background::of(&world);
            let customer = world.customer(json!({})).await;
            let order = json!({
                "requested_delivery_at": "2026-12-01T10:00:00Z",
                "items": [{"product_id": "cake", "quantity": "1", "unit_price": "6000.00"}],
            });
            let order = world.order(&customer, order).await;
            let event = background
                .relay(world.entity(EntityKind::Order, id(&order)))
                .await
                .remove(0);
            let mortal = world.dying_at(n, applied);
            let ended = raise(&Background::of(&mortal.world).worker, &event).await;
            assert_eq!(
                counted(&world).await,
                recounted(&world).await,
                "write {n}, applied {applied}"
            );
            raise(&background.worker, &event).await.unwrap();
            let expected = json!({"low": 1, "medium": 1, "high": 0, "critical": 1});
            assert_eq!(counted(&world).await, expected, "write {n}, applied {applied}");
            assert_eq!(recounted(&world).await, expected);
            if !mortal.is_dead() {
                ended.unwrap();
                // Mark, and for each alert its opening and what was sent.
                assert_eq!(n, 8);
                break;
            }
        }
    }
}

#[tokio::test]
async fn any_sequence_of_causes_and_moves_adds_up() {
    // D42, D90
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(placed(&world, &background, &customer, costing("100.00")).await);
    }
    let mut random = Random::new(42);
    let mut sequence = 1;
    for step in 0..60 {
        let (order, event) = random.one_of(&orders).clone();
        if random.one_in(3) {
            let alerts = about(&world, id(&order)).await;
            if !alerts.is_empty() {
                let alert = random.one_of(&alerts).clone();
                let status = random.word(&["acknowledged", "resolved", "dismissed"]);
                let path = format!("/alerts/{}/status", id(&alert));
                let answer = world.put(&path, &json!({"status": status})).await;
                assert!([200, 409].contains(&answer.status), "{:#}", answer.body);
            }
        } else {
            sequence += 1;
            let total = random.word(&["4000.00", "6000.00", "20000.00"]);
            raise(&background.worker, &amended(&event, sequence, total))
                .await
                .unwrap();
        }
        assert_eq!(
            counted(&world).await,
            recounted(&world).await,
            "after step {step}"
        );
    }
}
