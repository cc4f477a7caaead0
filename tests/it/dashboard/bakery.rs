//! A bakery in which things happen by chance: what may be asked of it, and what is known of it without asking.

mod orders;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use orders_service::messaging::entity::EntityKind;
use orders_service::ports::Clock as _;
use orders_service::usecases::alerts::raise::raise;
use serde_json::{Value, json};

use super::alerts;
use super::local_time::Place;
use crate::support::background::id;
use crate::support::random::Random;
use crate::support::{Background, World};

/// The tenant's thresholds of D80, low enough for a small bakery to be anything.
pub(super) const THRESHOLDS: (i64, i64, i64) = (1, 4, 12);

/// The catalog: products under their names. One that is ordered is not in it.
const PRODUCTS: [&str; 13] = [
    "bun",
    "cake",
    "ciabatta",
    "croissant",
    "danish",
    "muffin",
    "pie",
    "pretzel",
    "roll",
    "rye",
    "scone",
    "toast",
    "wheat",
];

pub(super) struct Bakery {
    pub(super) world: World,
    pub(super) background: Background,
    pub(super) place: Place,
    pub(super) random: Random,
    /// Names of products in the catalog, and of customers that are not erased.
    pub(super) products: BTreeMap<String, String>,
    pub(super) customers: BTreeMap<String, String>,
    /// Customers that may order.
    active: BTreeSet<String>,
    /// The first days of the months in which customers were created.
    pub(super) customers_since: Vec<NaiveDate>,
    /// Orders as they were answered last.
    orders: Vec<Value>,
    /// What has changed since everything was drained last.
    changed: BTreeSet<(&'static str, String)>,
    /// How often something was done.
    pub(super) done: BTreeMap<&'static str, usize>,
}

impl Bakery {
    pub(super) async fn open(place: Place, seed: u64) -> Self {
        let world = World::new().await;
        let (individual, central, large) = THRESHOLDS;
        let settings = json!({
            "tenant_timezone": place.zone, "individual_bakery_order_threshold": individual,
            "central_bakery_order_threshold": central, "large_quantity_order_threshold": large.to_string(),
        });
        world
            .call("PATCH", "/settings", Some(&settings))
            .await
            .expect(200);
        let mut products = BTreeMap::new();
        for product in PRODUCTS {
            let name = format!("The {product}");
            let body = json!({"name": name, "category": "bread", "unit": "piece", "price": "2.35"});
            world
                .put(&format!("/catalog/products/{product}"), &body)
                .await
                .expect(201);
            products.insert(product.to_owned(), name);
        }
        Self {
            background: Background::of(&world),
            world,
            place,
            random: Random::new(seed),
            products,
            customers: BTreeMap::new(),
            active: BTreeSet::new(),
            customers_since: Vec::new(),
            orders: Vec::new(),
            changed: BTreeSet::new(),
            done: BTreeMap::new(),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.place.date(self.now())
    }

    fn count(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    pub(super) async fn new_customer(&mut self) {
        let (name, kind, terms) = (
            format!("Customer {}", self.customers_since.len()),
            self.random.word(&["individual", "business", "central_bakery"]),
            self.random.word(&["immediate", "net_30"]),
        );
        let more = json!({"name": name, "customer_type": kind, "payment_terms": terms});
        let customer = self.world.customer(more).await;
        self.customers_since
            .push(crate::support::recount::month_of(self.today()));
        self.changed.insert(("customer", customer.clone()));
        self.active.insert(customer.clone());
        self.customers.insert(customer, name);
        self.count("customer created");
    }

    /// Some customers in the order of their names: ids differ from run to run.
    fn by_name(&self, wanted: impl Fn(&String) -> bool) -> Vec<String> {
        let found = self.customers.iter().filter(|(id, _)| wanted(id));
        let mut found: Vec<_> = found.map(|(id, name)| (name, id)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id.clone()).collect()
    }

    fn any_customer(&mut self) -> String {
        let all = self.by_name(|_| true);
        self.random.one_of(&all).clone()
    }

    pub(super) async fn switch_customer(&mut self) {
        let customer = self.any_customer();
        let active = !self.active.contains(&customer);
        let path = format!("/customers/{customer}");
        let body = json!({"is_active": active});
        self.world.call("PATCH", &path, Some(&body)).await.expect(200);
        self.changed.insert(("customer", customer.clone()));
        if active {
            self.active.insert(customer);
        } else {
            self.active.remove(&customer);
        }
        self.count("customer switched");
    }

    pub(super) async fn erase_customer(&mut self) {
        let customer = self.any_customer();
        let path = format!("/customers/{customer}/personal-data");
        let open = |order: &Value| !["delivered", "cancelled"].contains(&order["status"].as_str().unwrap());
        let mut of_customer = self
            .orders
            .iter()
            .filter(|order| order["customer_id"] == *customer);
        if of_customer.any(open) {
            let answer = self.world.call("DELETE", &path, None).await;
            answer.expect_problem(409, "customer-has-open-orders");
            return;
        }
        let answer = self.world.call("DELETE", &path, None).await;
        assert!((200..300).contains(&answer.status), "{:#}", answer.body);
        self.active.remove(&customer);
        self.customers.remove(&customer);
        let orders = self
            .orders
            .iter()
            .filter(|order| order["customer_id"] == *customer);
        self.changed
            .extend(orders.map(|order| ("order", id(order).to_owned())));
        self.changed.insert(("customer", customer));
        self.count("customer erased");
    }

    pub(super) async fn move_alert(&mut self) {
        let open = alerts(&self.world, "&status=active").await;
        if open.is_empty() {
            return self.new_order().await;
        }
        let alert = self.random.one_of(&open);
        let body =
            json!({"status": self.random.word(&["acknowledged", "resolved", "resolved", "dismissed"])});
        let path = format!("/alerts/{}/status", id(alert));
        self.world.put(&path, &body).await.expect(200);
        self.count("alert moved");
    }

    /// Everything behind requests happens: events in no order, some of them twice, raise alerts and are counted.
    pub(super) async fn drain(&mut self) {
        let mut events = Vec::new();
        for (kind, id) in std::mem::take(&mut self.changed) {
            let kind = if kind == "order" {
                EntityKind::Order
            } else {
                EntityKind::Customer
            };
            events.extend(self.background.relay(self.world.entity(kind, &id)).await);
        }
        let twice: Vec<_> = events.iter().filter(|_| self.random.one_in(3)).cloned().collect();
        events.extend(twice);
        for at in (1..events.len()).rev() {
            events.swap(at, usize::try_from(self.random.below(at as u64 + 1)).unwrap());
        }
        for event in &events {
            raise(&self.background.worker, event).await.unwrap();
            self.background.project(event).await.unwrap();
        }
    }
}
