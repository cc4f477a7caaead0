//! D41 over real subscriptions: four severities by four channels, each cell one message or none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use orders_domain::alerts::{Channel, Severity};
use orders_service::messaging::Worker;
use orders_service::messaging::bus::{AwsBus, Destination, Topic};
use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::alerts::raise::raise;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{about, amended};
use crate::support::background::id;
use crate::support::deployed_inbox::Notice;
use crate::support::world::aws;
use crate::support::{Background, Inbox, World};

/// Long enough for a message sent twice to come twice.
const A_WHILE: Duration = Duration::from_secs(3);

/// D41 as a table: rows are severities, columns whatsapp, email, sms, dashboard.
const TRUTH: [(&str, [bool; 4]); 4] = [
    ("low", [false, false, false, true]),
    ("medium", [false, true, false, true]),
    ("high", [true, true, false, true]),
    ("critical", [true, true, true, true]),
];

/// A topic of its own in the emulator.
struct AlertsTopic {
    sns: aws_sdk_sns::Client,
    arn: String,
}

impl AlertsTopic {
    async fn create() -> Self {
        let sns = aws_sdk_sns::Client::new(&aws());
        let name = format!("test-alerts-{}", Uuid::new_v4());
        let arn = sns
            .create_topic()
            .name(name)
            .send()
            .await
            .unwrap()
            .topic_arn
            .unwrap();
        Self { sns, arn }
    }

    async fn delete(self) {
        self.sns.delete_topic().topic_arn(self.arn).send().await.unwrap();
    }
}

/// A worker that sends to the real topic.
fn worker(world: &World) -> Worker {
    let needs = [Destination::Topic(Topic::Alerts)];
    let bus = AwsBus::new(&world.aws, world.app.config(), &needs).unwrap();
    Worker {
        name: "raise-alerts",
        app: world.app.clone(),
        bus: Arc::new(bus),
    }
}

/// Places an order and gives the event of its creation.
async fn event(world: &World, customer: &str, more: Value) -> (Value, String) {
    let order = world.order(customer, more).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    let event = Background::of(world).relay(entity).await.remove(0);
    (order, event)
}

/// How many messages of each severity came.
fn by_severity(notices: &[Notice]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for notice in notices {
        *counts.entry(notice.text("severity")).or_default() += 1;
    }
    counts
}

/// The attributes are what the body says, and no others.
fn assert_well_addressed(notice: &Notice) {
    let names = ["alert_type", "channel", "severity", "tenant_id"];
    let attributes: Vec<_> = notice
        .attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(attributes, names.map(|name| (name, notice.text(name))));
}

#[tokio::test]
async fn each_channel_gets_each_severity_that_is_its_own_once_and_nothing_else() {
    // D41
    let topic = AlertsTopic::create().await;
    let world = World::with(&[("ALERTS_TOPIC_ARN", &topic.arn)]).await;
    let worker = worker(&world);
    let subscribe = |attribute: &'static str, words: Vec<&'static str>| {
        let (arn, tenant) = (&topic.arn, world.tenant);
        async move { Inbox::subscribe(arn, tenant, attribute, &words).await }
    };
    let mut channels = Vec::new();
    for channel in Channel::ALL {
        channels.push(subscribe("channel", vec![channel.as_str()]).await);
    }
    let mut critical = subscribe("severity", vec!["critical"]).await;
    let mut everything = subscribe("channel", Vec::new()).await;

    // The first order is low, its value medium, its quantity high, its date critical.
    let customer = world.customer(json!({})).await;
    let order = json!({
        "requested_delivery_at": "2026-12-01T11:00:00Z",
        "items": [{"product_id": "roll", "quantity": "600", "unit_price": "10.00"}],
    });
    let (order, created) = event(&world, &customer, order).await;
    // A neighbour's alerts go over the same topic.
    let neighbour = world.neighbour();
    let stranger = neighbour.customer(json!({})).await;
    let (_, foreign) = event(&neighbour, &stranger, json!({})).await;
    for event in [&created, &foreign, &created] {
        raise(&worker, event).await.unwrap();
    }
    let raised: BTreeSet<_> = [about(&world, id(&order)).await, about(&world, &customer).await]
        .concat()
        .iter()
        .map(|alert| alert["severity"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        raised,
        Severity::ALL.map(|severity| severity.as_str().to_owned()).into()
    );

    everything.until(|notices| notices.len() >= 10).await;
    critical.until(|notices| notices.len() >= 4).await;
    everything.linger(A_WHILE).await;
    for (column, inbox) in channels.iter_mut().enumerate() {
        let wanted: BTreeMap<_, _> = TRUTH
            .iter()
            .filter(|(_, row)| row[column])
            .map(|(severity, _)| (*severity, 1))
            .collect();
        inbox.until(|notices| notices.len() >= wanted.len()).await;
        inbox.linger(Duration::from_millis(200)).await;
        assert_eq!(
            by_severity(&inbox.notices),
            wanted,
            "{}",
            Channel::ALL[column].as_str()
        );
        for notice in &inbox.notices {
            assert_eq!(notice.text("channel"), Channel::ALL[column].as_str());
            assert_eq!(notice.text("tenant_id"), world.tenant.to_string());
            assert_well_addressed(notice);
        }
    }
    let on: BTreeSet<_> = critical
        .notices
        .iter()
        .map(|notice| notice.text("channel"))
        .collect();
    assert_eq!(
        (critical.notices.len(), on),
        (4, Channel::ALL.map(Channel::as_str).into())
    );
    let wanted = TRUTH.map(|(severity, row)| (severity, row.iter().filter(|cell| **cell).count()));
    assert_eq!(by_severity(&everything.notices), wanted.into());
    let deliveries: BTreeSet<_> = everything
        .notices
        .iter()
        .map(|notice| notice.text("delivery_id"))
        .collect();
    assert_eq!(deliveries.len(), 10);

    // Medium becomes high: told once more on every channel of high.
    raise(&worker, &amended(&created, 2, "12000.00")).await.unwrap();
    let [whatsapp, email, sms, dashboard] = channels.as_mut_slice() else {
        panic!("four channels")
    };
    whatsapp.until(|notices| notices.len() >= 3).await;
    email.until(|notices| notices.len() >= 4).await;
    dashboard.until(|notices| notices.len() >= 5).await;
    tokio::join!(everything.linger(A_WHILE), sms.linger(A_WHILE));
    assert_eq!(
        [whatsapp, email, sms, dashboard].map(|inbox| inbox.notices.len()),
        [3, 4, 1, 5]
    );
    // The value has risen, and with the same cause quantity and date were counted again without a word.
    let risen: Vec<_> = everything.notices[10..]
        .iter()
        .map(|notice| notice.text("alert_type"))
        .collect();
    assert_eq!(risen, ["high_value_order"; 3]);

    for inbox in channels.into_iter().chain([critical, everything]) {
        inbox.close().await;
    }
    topic.delete().await;
}

#[tokio::test]
async fn a_topic_that_is_gone_leaves_the_messages_pending_until_it_is_back() {
    // D41
    let topic = AlertsTopic::create().await;
    let world = World::with(&[("ALERTS_TOPIC_ARN", &topic.arn)]).await;
    let customer = world.customer(json!({})).await;
    let (_, created) = event(&world, &customer, json!({})).await;
    let gone = world.redeployed(&[("ALERTS_TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:nowhere")]);
    let refused = raise(&worker(&gone), &created).await.unwrap_err();
    assert!(!refused.poison, "{refused:?}");
    let alerts = about(&world, &customer).await;
    let pending = json!([{"channel": "dashboard", "severity": "low", "at": null, "status": "pending"}]);
    assert_eq!(alerts[0]["deliveries"], pending);
    let mut inbox = Inbox::subscribe(&topic.arn, world.tenant, "channel", &[]).await;
    raise(&worker(&world), &created).await.unwrap();
    inbox.until(|notices| !notices.is_empty()).await;
    assert_eq!(
        about(&world, &customer).await[0]["deliveries"][0]["status"],
        "sent"
    );
    inbox.close().await;
    topic.delete().await;
}
