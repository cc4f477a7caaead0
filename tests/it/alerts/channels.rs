//! D41: one message for each alert and channel, and what is missing after a crash.

use std::collections::BTreeSet;

use orders_service::messaging::bus::Topic;
use orders_service::usecases::alerts::raise::raise;
use serde_json::{Value, json};

use super::{about, known_customer, placed};
use crate::support::background::{id, masked};
use crate::support::{Background, World};

/// Due in five hours, above every threshold.
fn urgent() -> Value {
    json!({
        "requested_delivery_at": "2026-12-01T13:00:00Z",
        "items": [{"product_id": "rye", "quantity": "150", "unit_price": "40.00"}],
    })
}

/// `type severity channel` of each message, sorted.
fn sent(background: &Background) -> Vec<String> {
    let word = |message: &Value, name: &str| message[name].as_str().unwrap().to_owned();
    let mut sent: Vec<_> = background
        .alert_messages()
        .iter()
        .map(|message| {
            ["alert_type", "severity", "channel"]
                .map(|name| word(message, name))
                .join(" ")
        })
        .collect();
    sent.sort_unstable();
    sent
}

const ALL_OF_AN_URGENT_ORDER: [&str; 9] = [
    "customer_issue low dashboard",
    "high_value_order medium dashboard",
    "high_value_order medium email",
    "large_quantity_order medium dashboard",
    "large_quantity_order medium email",
    "rush_order critical dashboard",
    "rush_order critical email",
    "rush_order critical sms",
    "rush_order critical whatsapp",
];

#[tokio::test]
async fn each_severity_reaches_its_channels_with_one_message_each() {
    // D41
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    placed(&world, &background, &customer, urgent()).await;
    assert_eq!(sent(&background), ALL_OF_AN_URGENT_ORDER);
    let messages = background.alert_messages();
    let deliveries: BTreeSet<_> = messages
        .iter()
        .map(|message| message["delivery_id"].as_str().unwrap())
        .collect();
    assert_eq!(deliveries.len(), messages.len());
    for (message, body) in background.bus.published(Topic::Alerts).iter().zip(&messages) {
        let attributes: Vec<_> = message
            .attributes
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let word = |name: &str| body[name].as_str().unwrap();
        let expected = ["tenant_id", "alert_type", "severity", "channel"].map(|name| (name, word(name)));
        assert_eq!(attributes, expected);
    }
    let list = world.get("/alerts").await.expect(200);
    let recorded = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|alert| alert["deliveries"].as_array().unwrap());
    let recorded: Vec<_> = recorded
        .map(|delivery| (delivery["status"].as_str().unwrap(), delivery["at"].is_string()))
        .collect();
    assert_eq!(recorded, [("sent", true); 9]);
}

#[tokio::test]
async fn a_message_says_exactly_this() {
    // D41
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let rush = json!({"requested_delivery_at": "2026-12-01T20:30:00Z"});
    let (order, _) = placed(&world, &background, &customer, rush).await;
    let messages = background.alert_messages();
    let message = messages
        .iter()
        .find(|message| message["alert_type"] == "rush_order" && message["channel"] == "whatsapp")
        .unwrap();
    let word = |name: &str| message[name].as_str().unwrap();
    let names = [
        (word("tenant_id"), "[tenant]"),
        (word("alert_id"), "[alert]"),
        (word("delivery_id"), "[delivery]"),
        (id(&order), "[order]"),
    ];
    insta::assert_json_snapshot!("message", masked(message, &names));
}

#[tokio::test]
async fn after_a_crash_between_storing_and_sending_a_retry_sends_what_is_missing() {
    // D41, D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, urgent()).await;
    let entity = world.entity(orders_service::messaging::entity::EntityKind::Order, id(&order));
    let event = background.relay(entity).await.remove(0);
    // Nothing is taken: the alerts are there, every message is pending.
    background.bus.refuse(&[true; 9]);
    assert!(raise(&background.worker, &event).await.is_err());
    assert!(sent(&background).is_empty());
    let alerts = about(&world, id(&order)).await;
    assert_eq!(alerts.len(), 3);
    let pending = |alerts: &[Value]| {
        let deliveries = alerts
            .iter()
            .flat_map(|alert| alert["deliveries"].as_array().unwrap());
        deliveries
            .filter(|delivery| delivery["status"] == "pending" && delivery["at"].is_null())
            .count()
    };
    assert_eq!(pending(&alerts), 8);
    // Some are taken, and of those some twice in doubt: only the others are sent again.
    background
        .bus
        .refuse(&[false, true, true, false, false, true, false, false, false]);
    assert!(raise(&background.worker, &event).await.is_err());
    assert_eq!(sent(&background).len(), 6);
    assert_eq!(pending(&about(&world, id(&order)).await), 3);
    raise(&background.worker, &event).await.unwrap();
    raise(&background.worker, &event).await.unwrap();
    assert_eq!(sent(&background), ALL_OF_AN_URGENT_ORDER);
    for alert in about(&world, id(&order)).await {
        assert_eq!(alert["occurrences"], 1);
    }
}

#[tokio::test]
async fn the_same_message_sent_twice_names_the_same_delivery() {
    // D41
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let (_, event) = placed(&world, &background, &customer, urgent()).await;
    // The deliveries are lost, as after a crash between sending and noting it: everything is sent once more.
    let list = world.get("/alerts").await.expect(200);
    for alert in list["items"].as_array().unwrap() {
        let key = orders_service::store::keys::alert(
            orders_service::auth::TenantId(world.tenant),
            id(alert).parse().unwrap(),
        );
        world
            .in_store(async |store| {
                let mut stored: orders_service::store::alerts::Alert =
                    store.get(&key).await.unwrap().unwrap();
                stored.row.deliveries.clear();
                let read = stored.version;
                stored.version += 1;
                store.replace(&stored, read).await.unwrap();
            })
            .await;
    }
    let first = background.alert_messages();
    raise(&background.worker, &event).await.unwrap();
    let again = background.alert_messages().split_off(first.len());
    let deliveries = |messages: &[Value]| -> BTreeSet<String> {
        let ids = messages.iter().map(|message| message["delivery_id"].to_string());
        ids.collect()
    };
    assert_eq!(again.len(), first.len());
    assert_eq!(deliveries(&again), deliveries(&first));
}
