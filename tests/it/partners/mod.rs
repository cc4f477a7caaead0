//! The partner services (§14): what they are asked and told, and what happens when they are down, slow or wrong.

mod budget;
mod contract;
mod customers;
mod dead;
mod lost;
mod misbehaviour;
mod production;
mod races;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use orders_domain::decimal::Quantity;
use orders_service::auth::{Grant, TenantId};
use orders_service::config::Config;
use orders_service::messaging::WorkError;
use orders_service::messaging::entity::EntityKind;
use orders_service::partners::{PartnerError, Partners};
use orders_service::ports::{ManualClock, RandomIds};
use orders_service::usecases::notify::notify;
use serde_json::{Value, json};
use uuid::Uuid;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::support::background::id;
use crate::support::world::start_of_tests;
use crate::support::{Background, World};

const TOKEN: &str = "between-services";

/// The operations of all partners, by their names in exchanges.json, each with its partner.
const OPERATIONS: [(&str, &str); 6] = [
    ("availability", "inventory"),
    ("stock", "inventory"),
    ("capacity", "production"),
    ("history", "sales"),
    ("production request", "production"),
    ("notification", "notification"),
];

/// What goes between us and the partners; dev/tests/test_partner_contracts.py holds it to docs/partners/.
fn exchanges() -> Value {
    serde_json::from_str(include_str!("exchanges.json")).unwrap()
}

/// The exchange of an operation.
fn exchange(name: &str) -> Value {
    let exchanges = exchanges();
    let taken = exchanges["taken"].as_array().unwrap();
    taken.iter().find(|each| each["name"] == name).unwrap().clone()
}

/// An id that stands in the exchanges for one that a run has made up.
fn numbered(number: u128) -> Uuid {
    Uuid::from_u128(0x4000_8000_0000_0000_0000 | number)
}

/// All partners at one address, each behind its own breaker, with nothing else of the service.
fn partners_at(address: &str, clock: &Arc<ManualClock>) -> Partners {
    let config = Config::read(|name| match name {
        "TABLE_NAME" | "AUTH_ISSUER" | "AUTH_AUDIENCE" => Some("x".into()),
        "SECRET_KEY" | "AUTH_HS256_SECRET" => Some("a secret of at least thirty-two bytes".into()),
        "INVENTORY_URL" | "PRODUCTION_URL" | "SALES_URL" | "NOTIFICATION_URL" => Some(address.into()),
        "PARTNER_TOKEN" => Some(TOKEN.into()),
        _ => None,
    });
    Partners::over_http(&config.unwrap(), clock.clone(), Arc::new(RandomIds))
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(start_of_tests()))
}

/// Calls an operation as its exchange has it; gives what was read, for messages.
async fn call(partners: &Partners, operation: &str) -> Result<String, PartnerError> {
    let grant = Grant::for_background_work(TenantId(numbered(1)), "test");
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    let told = exchange(operation);
    let key = told["key"].as_str().map(|key| key.parse().unwrap());
    Ok(match operation {
        "availability" => {
            let wanted = [
                ("roll".to_owned(), Quantity::from_scaled(1_000)),
                ("rye".to_owned(), Quantity::from_scaled(5_500)),
            ];
            let inventory = partners.inventory.as_ref().unwrap();
            format!("{:?}", inventory.availability(&grant, &wanted).await?)
        }
        "stock" => format!("{:?}", partners.inventory.as_ref().unwrap().stock(&grant).await?),
        "capacity" => {
            let production = partners.production.as_ref().unwrap();
            format!("{:?}", production.capacity(&grant, date("2026-12-04")).await?)
        }
        "history" => {
            let sales = partners.sales.as_ref().unwrap();
            let sold = sales.history(&grant, "rye", date("2026-11-01"), date("2026-11-30"));
            format!("{:?}", sold.await?)
        }
        "production request" => {
            let production = partners.production.as_ref().unwrap();
            format!("{:?}", production.request(key.unwrap(), &told["body"]).await?)
        }
        "notification" => {
            let notification = partners.notification.as_ref().unwrap();
            format!("{:?}", notification.notify(key.unwrap(), &told["body"]).await?)
        }
        other => panic!("{other} is no operation"),
    })
}

/// A partner that is told things: it answers in its own time, keeps what it has taken, and can be taken down.
struct Told {
    server: MockServer,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    down: AtomicBool,
    /// Key and body of each call that was taken, in order.
    taken: Mutex<Vec<(Uuid, Value)>>,
}

struct Answering(Arc<State>);

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if self.0.down.load(Ordering::SeqCst) {
            return ResponseTemplate::new(503);
        }
        let key = request.headers.get("idempotency-key").unwrap();
        let key = key.to_str().unwrap().parse().unwrap();
        let body = request.body_json().unwrap();
        self.0.taken.lock().unwrap().push((key, body));
        // One answer for both partners: what is more is none of a client's business.
        ResponseTemplate::new(201).set_body_json(json!({"request_id": "1", "notification_id": "1"}))
    }
}

impl Told {
    async fn start() -> Self {
        let server = MockServer::start().await;
        let state = Arc::new(State::default());
        Mock::given(wiremock::matchers::any())
            .respond_with(Answering(state.clone()))
            .mount(&server)
            .await;
        Self { server, state }
    }

    fn set_down(&self, down: bool) {
        self.state.down.store(down, Ordering::SeqCst);
    }

    /// Key and body of each call that was taken.
    fn taken(&self) -> Vec<(Uuid, Value)> {
        self.state.taken.lock().unwrap().clone()
    }

    /// The bodies that were taken.
    fn bodies(&self) -> Vec<Value> {
        self.taken().into_iter().map(|(_, body)| body).collect()
    }

    /// How often each key was taken.
    fn keys(&self) -> BTreeMap<Uuid, usize> {
        let mut keys = BTreeMap::new();
        for (key, _) in self.taken() {
            *keys.entry(key).or_default() += 1;
        }
        keys
    }

    /// How many calls came, taken or not.
    async fn calls(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }
}

/// A tenant whose events go to partners.
struct Bakery {
    world: World,
    background: Background,
    production: Told,
    notification: Told,
}

impl Bakery {
    async fn open() -> Self {
        Self::with(&[]).await
    }

    /// With some settings changed.
    async fn with(settings: &[(&str, &str)]) -> Self {
        let (production, notification) = (Told::start().await, Told::start().await);
        let addresses = [production.server.uri(), notification.server.uri()];
        let mut all = vec![
            ("PRODUCTION_URL", addresses[0].as_str()),
            ("NOTIFICATION_URL", addresses[1].as_str()),
            ("PARTNER_TOKEN", TOKEN),
        ];
        all.extend_from_slice(settings);
        let world = World::with(&all).await;
        Self {
            background: Background::of(&world),
            world,
            production,
            notification,
        }
    }

    /// The addresses of the partners, for another process of the same deployment.
    fn addresses(&self) -> [(&'static str, String); 2] {
        [
            ("PRODUCTION_URL", self.production.server.uri()),
            ("NOTIFICATION_URL", self.notification.server.uri()),
        ]
    }

    /// A customer who wants e-mails.
    async fn customer(&self) -> String {
        let wants = json!({"email": "orders@cafe-noir.example", "communication": {"channels": ["email"]}});
        self.world.customer(wants).await
    }

    /// What a change of an order has published since the last look.
    async fn events(&self, order: &str) -> Vec<String> {
        let entity = self.world.entity(EntityKind::Order, order);
        self.background.relay(entity).await
    }

    /// Tells partners of everything that an order has published since the last look.
    async fn settle(&self, order: &str) {
        for event in self.events(order).await {
            self.notify(&event).await.unwrap();
        }
    }

    async fn notify(&self, event: &str) -> Result<(), WorkError> {
        notify(&self.background.worker, event).await
    }

    /// The entries of an order's history that tell of notifications.
    async fn notified(&self, order: &str) -> Vec<Value> {
        let entries = self.world.history(order, 100).await;
        let numbers: Vec<_> = entries.iter().map(|entry| entry["sequence"].as_u64()).collect();
        let counted: Vec<_> = (1..).map(Some).take(entries.len()).collect();
        assert_eq!(numbers, counted, "a history has a gap");
        let current = self.world.get(&format!("/orders/{order}")).await.expect(200);
        assert_eq!(current["version"], entries.len(), "an entry is a version");
        entries
            .into_iter()
            .filter(|entry| entry["event"] == "notified")
            .collect()
    }
}

/// The ids of events.
fn event_ids(events: &[String]) -> BTreeSet<Uuid> {
    let events = events
        .iter()
        .map(|event| serde_json::from_str::<Value>(event).unwrap());
    events
        .map(|event| event["event_id"].as_str().unwrap().parse().unwrap())
        .collect()
}

/// The id of an order, for paths.
fn owned(order: &Value) -> String {
    id(order).to_owned()
}
