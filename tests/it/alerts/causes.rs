//! D42: a cause counts once, in the open alert of its series.

use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::alerts::raise::raise;
use serde_json::{Value, json};

use super::{about, amended, kinds, known_customer, moved, placed};
use crate::support::background::id;
use crate::support::{Background, World};

/// An order of 6000.00: one alert of medium severity.
fn valuable() -> Value {
    json!({"items": [{"product_id": "cake", "quantity": "1", "unit_price": "6000.00"}]})
}

/// The only alert about an order.
async fn alert(world: &World, order: &Value) -> Value {
    let mut alerts = about(world, id(order)).await;
    assert_eq!(alerts.len(), 1, "{alerts:#?}");
    alerts.remove(0)
}

#[tokio::test]
async fn a_cause_that_comes_three_times_counts_once() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, event) = placed(&world, &background, &customer, valuable()).await;
    let before = alert(&world, &order).await;
    let messages = background.alert_messages().len();
    world.clock.advance(chrono::Duration::hours(1));
    for _ in 0..2 {
        raise(&background.worker, &event).await.unwrap();
    }
    assert_eq!(before["occurrences"], 1);
    assert_eq!(alert(&world, &order).await, before);
    assert_eq!(background.alert_messages().len(), messages);
}

#[tokio::test]
async fn copies_of_a_cause_at_the_same_time_count_once() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let order = world.order(&customer, valuable()).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    let event = background.relay(entity).await.remove(0);
    let copies = (0..6).map(|_| raise(&background.worker, &event));
    // One that loses every race goes back to the queue.
    futures_util::future::join_all(copies).await;
    raise(&background.worker, &event).await.unwrap();
    assert_eq!(alert(&world, &order).await["occurrences"], 1);
}

#[tokio::test]
async fn a_new_cause_is_counted_and_the_severity_only_rises() {
    // D41, D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, event) = placed(&world, &background, &customer, valuable()).await;
    let first = alert(&world, &order).await;
    let seen = |alert: &Value| {
        (
            alert["id"].clone(),
            alert["occurrences"].as_u64().unwrap(),
            kinds(std::slice::from_ref(alert)).remove(0),
        )
    };
    let known = background.alert_messages().len();
    let sent_since = || -> Vec<String> {
        let messages = background.alert_messages().split_off(known);
        messages
            .iter()
            .map(|message| {
                format!(
                    "{} {}",
                    message["severity"].as_str().unwrap(),
                    message["channel"].as_str().unwrap()
                )
            })
            .collect()
    };
    // Just as grave: counted, and nobody is woken again.
    raise(&background.worker, &amended(&event, 2, "7000.00"))
        .await
        .unwrap();
    let second = alert(&world, &order).await;
    assert_eq!(
        seen(&second),
        (first["id"].clone(), 2, "high_value_order medium".into())
    );
    assert_eq!(second["business_impact"]["revenue_at_risk"], "7000.00");
    assert!(sent_since().is_empty());
    // Graver: told again on every channel.
    raise(&background.worker, &amended(&event, 3, "10000.01"))
        .await
        .unwrap();
    let third = alert(&world, &order).await;
    assert_eq!(
        seen(&third),
        (first["id"].clone(), 3, "high_value_order high".into())
    );
    let told = ["high whatsapp", "high email", "high dashboard"];
    assert_eq!(sent_since(), told);
    // Less grave: counted, but what it says stays that of the gravest.
    raise(&background.worker, &amended(&event, 4, "5000.01"))
        .await
        .unwrap();
    let fourth = alert(&world, &order).await;
    assert_eq!(
        seen(&fourth),
        (first["id"].clone(), 4, "high_value_order high".into())
    );
    assert_eq!(
        (&fourth["message"], &fourth["business_impact"]),
        (&third["message"], &third["business_impact"])
    );
    // No longer above the threshold: no cause at all.
    raise(&background.worker, &amended(&event, 5, "5000.00"))
        .await
        .unwrap();
    assert_eq!(alert(&world, &order).await, fourth);
    assert_eq!(sent_since(), told);
}

#[tokio::test]
async fn new_causes_at_the_same_time_are_all_counted() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, event) = placed(&world, &background, &customer, valuable()).await;
    let events: Vec<_> = (2..8)
        .map(|sequence| amended(&event, sequence, "6000.00"))
        .collect();
    let raised = futures_util::future::join_all(events.iter().map(|event| raise(&background.worker, event)));
    // One that loses every race goes back to the queue.
    raised.await;
    for event in &events {
        raise(&background.worker, event).await.unwrap();
    }
    let counted = alert(&world, &order).await;
    assert_eq!(counted["occurrences"], 7);
    let deliveries = counted["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 2, "{counted:#}");
}

#[tokio::test]
async fn after_an_alert_is_closed_a_new_cause_opens_a_new_one_and_an_old_one_does_not() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, event) = placed(&world, &background, &customer, valuable()).await;
    let first = alert(&world, &order).await;
    for (sequence, status) in [(2, "resolved"), (3, "dismissed")] {
        let open: Vec<_> = about(&world, id(&order))
            .await
            .into_iter()
            .filter(|alert| alert["status"] == "active")
            .collect();
        assert_eq!(open.len(), 1);
        moved(&world, id(&open[0]), status).await;
        // What was counted before stays where it is.
        raise(&background.worker, &event).await.unwrap();
        assert!(
            about(&world, id(&order))
                .await
                .iter()
                .all(|alert| alert["status"] != "active")
        );
        raise(&background.worker, &amended(&event, sequence, "6000.00"))
            .await
            .unwrap();
    }
    let alerts = about(&world, id(&order)).await;
    let mut states: Vec<_> = alerts
        .iter()
        .map(|alert| {
            (
                alert["status"].as_str().unwrap(),
                alert["occurrences"].as_u64().unwrap(),
            )
        })
        .collect();
    states.sort_unstable();
    assert_eq!(states, [("active", 1), ("dismissed", 1), ("resolved", 1)]);
    // Acknowledged is still open.
    let active = alerts.iter().find(|alert| alert["status"] == "active").unwrap();
    assert_ne!(active["id"], first["id"]);
    moved(&world, id(active), "acknowledged").await;
    raise(&background.worker, &amended(&event, 4, "6000.00"))
        .await
        .unwrap();
    let alerts = about(&world, id(&order)).await;
    let counted = alerts.iter().find(|alert| alert["id"] == active["id"]).unwrap();
    assert_eq!(
        (alerts.len(), &counted["status"], &counted["occurrences"]),
        (3, &json!("acknowledged"), &json!(2))
    );
}
