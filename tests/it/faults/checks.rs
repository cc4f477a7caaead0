//! What must be true of a tenant when everything that was due for it has been done, whatever happened on the way.

use std::collections::{BTreeMap, HashMap};

use orders_domain::credit::exposure_contribution;
use orders_service::auth::TenantId;
use orders_service::messaging::entity::EntityKind;
use orders_service::store::customers::Customer;
use orders_service::store::orders::Order;
use orders_service::store::record::{from_item, text};
use orders_service::usecases::audit::verify_tenant::verify_tenant;
use orders_service::words::HistoryEvent;
use serde_json::Value;

use super::Site;
use crate::support::background::id;

impl Site {
    /// Holds everything that follows from the orders and customers against them, and gives the orders: their numbers and
    /// histories (§4), the credit (D31), the events (D43), the audit copy (§4) and the rollups (D33, D90).
    pub(super) async fn expect_whole(&self) -> Vec<Order> {
        let (mut orders, mut customers) = (Vec::<Order>::new(), Vec::<Customer>::new());
        for item in self.world.items().await {
            match text(&item, "k") {
                Some("O") => orders.push(from_item(item).unwrap()),
                Some("C") => customers.push(from_item(item).unwrap()),
                _ => {}
            }
        }
        let mut due = BTreeMap::new();
        for order in &orders {
            let history = &order.body.history;
            let sequences: Vec<_> = history.iter().map(|entry| entry.sequence).collect();
            assert_eq!(sequences, (1..=order.version).collect::<Vec<_>>());
            let told = history
                .iter()
                .filter(|entry| entry.event != HistoryEvent::Notified);
            due.insert(order.id.to_string(), told.map(|entry| entry.sequence).collect());
        }
        for customer in &customers {
            let owed = orders
                .iter()
                .filter(|order| order.row.customer_id == customer.id)
                .map(|order| {
                    exposure_contribution(order.row.status, order.body.payment_method, order.row.balance_due)
                })
                .map(|amount| amount.scaled());
            let credit = self.world.credit_of(&customer.id.to_string()).await;
            assert_eq!(credit.exposure.scaled(), owed.sum::<i64>(), "exposure");
            due.insert(customer.id.to_string(), (1..=customer.version).collect());
        }
        self.relay_all(&orders, &customers).await;
        self.expect_events(&due);
        for body in self.background.event_bodies() {
            self.background.project(&body).await.unwrap();
        }
        self.world.expect_projected().await;
        self.expect_audit(&orders).await;
        assert_eq!(self.background.bus.quarantined(), []);
        orders
    }

    /// What nothing has woken the relay for yet.
    async fn relay_all(&self, orders: &[Order], customers: &[Customer]) {
        let orders = orders.iter().map(|order| (EntityKind::Order, order.id));
        let customers = customers
            .iter()
            .map(|customer| (EntityKind::Customer, customer.id));
        for (kind, id) in orders.chain(customers) {
            let entity = self.world.entity(kind, &id.to_string());
            self.background.relay(entity).await;
        }
    }

    /// Each entry that is due is told, first in order; every copy of an event is the same to the byte.
    fn expect_events(&self, due: &BTreeMap<String, Vec<u64>>) {
        let mut first: HashMap<String, String> = HashMap::new();
        let mut told: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for body in self.background.event_bodies() {
            let event: Value = serde_json::from_str(&body).unwrap();
            let name = event["event_id"].as_str().unwrap().to_owned();
            if let Some(before) = first.get(&name) {
                assert_eq!(before, &body, "a repeat differs");
                continue;
            }
            first.insert(name, body);
            let sequences = told
                .entry(event["entity_id"].as_str().unwrap().to_owned())
                .or_default();
            sequences.push(event["sequence"].as_u64().unwrap());
        }
        told.retain(|entity, _| due.contains_key(entity));
        assert_eq!(&told, due, "events");
    }

    async fn expect_audit(&self, orders: &[Order]) {
        let mut verdicts = Vec::new();
        let tenant = TenantId(self.world.tenant);
        let judged = verify_tenant(&self.world.app, tenant, None, |verdict| verdicts.push(verdict));
        judged.await.unwrap();
        assert_eq!(verdicts.len(), orders.len());
        for verdict in verdicts {
            let order = orders.iter().find(|order| order.id == verdict.order_id).unwrap();
            assert_eq!(
                (verdict.rows, verdict.pending, &verdict.faults),
                (order.body.history.len(), 0, &vec![]),
                "audit copy"
            );
        }
    }

    /// The alerts of the tenant, each counted once: `type severity channel` of every delivery, each told in messages of one
    /// delivery (D41, D42). Sorted.
    pub(super) async fn alerts(&self) -> Vec<String> {
        let list = self.world.get("/alerts?limit=100").await.expect(200);
        let mut deliveries: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in self.background.alert_messages() {
            let word = |name: &str| message[name].as_str().unwrap();
            let what = ["alert_id", "alert_type", "severity", "channel"]
                .map(word)
                .join(" ");
            let copies = deliveries.entry(what).or_default();
            copies.push(word("delivery_id").to_owned());
            assert_eq!(copies.first(), copies.last(), "one message under two names");
        }
        let mut recorded = Vec::new();
        let mut kinds = Vec::new();
        for alert in list["items"].as_array().unwrap() {
            assert_eq!(alert["occurrences"], 1, "{alert:#}");
            for delivery in alert["deliveries"].as_array().unwrap() {
                assert_eq!(delivery["status"], "sent", "{alert:#}");
                let word = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
                let kind = [
                    word(alert, "alert_type"),
                    word(alert, "severity"),
                    word(delivery, "channel"),
                ]
                .join(" ");
                recorded.push(format!("{} {kind}", id(alert)));
                kinds.push(kind);
            }
        }
        recorded.sort_unstable();
        assert_eq!(recorded, deliveries.into_keys().collect::<Vec<_>>());
        kinds.sort_unstable();
        kinds
    }
}
