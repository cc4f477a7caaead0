//! Orders with a past, and what stands of it where.

use orders_domain::order_status::OrderStatus;
use orders_service::messaging::entity::EntityKind;
use orders_service::store::customers::Credit;
use orders_service::store::history_parts::HistoryPart;
use orders_service::store::orders::{HistoryEntry, Order};
use orders_service::store::record::size_bytes;
use orders_service::store::{keys, record::to_item};
use serde_json::{Value, json};

use super::World;

impl World {
    /// The parts that stand beside an order.
    pub(crate) async fn parts_of(&self, id: &str) -> Vec<HistoryPart<HistoryEntry>> {
        let key = self.entity(EntityKind::Order, id).key();
        self.in_store(async |store| store.history_parts::<Order>(&key, 1).await.unwrap())
            .await
    }

    /// The bytes of an order's items by DynamoDB's rules: its own, and its parts'.
    pub(crate) async fn sizes_of(&self, id: &str) -> (usize, Vec<usize>) {
        let key = self.entity(EntityKind::Order, id).key();
        let item = self
            .in_store(async |store| store.get_item(&key).await.unwrap().unwrap())
            .await;
        let tenant = self.entity(EntityKind::Order, id).tenant;
        let parts = self.parts_of(id).await;
        let parts = parts
            .iter()
            .map(|part| size_bytes(&to_item(tenant, part).unwrap()));
        (size_bytes(&item), parts.collect())
    }

    /// A customer's credit as it is stored.
    pub(crate) async fn credit_of(&self, customer: &str) -> Credit {
        let id = customer.parse().unwrap();
        self.in_store(async |store| store.credit(id).await.unwrap()).await
    }

    /// Takes a customer's limit to another amount, in the item that orders are checked against.
    pub(crate) async fn set_limit(&self, customer: &str, limit: Option<&str>) {
        let id: uuid::Uuid = customer.parse().unwrap();
        let limit = limit.map(|limit| orders_domain::decimal::Money::parse(limit).unwrap());
        self.in_store(async |store| {
            let ops = vec![store.set_credit_limit_op(id, limit).unwrap()];
            store.transact(ops, uuid::Uuid::new_v4()).await.unwrap().unwrap();
        })
        .await;
        let key = keys::customer_credit(self.entity(EntityKind::Customer, customer).tenant, id);
        let item = self
            .in_store(async |store| store.get_item(&key).await.unwrap())
            .await;
        assert_eq!(Credit::of(item.as_ref()).limit, limit);
    }

    /// Records a payment; gives the order.
    pub(crate) async fn pay(&self, order: &str, amount: &str, status: &str) -> Value {
        let body = json!({"amount": amount, "method": "card", "status": status});
        self.post(&format!("/orders/{order}/payments"), &body)
            .await
            .expect(201)
    }

    /// Changes an order as often as asked, by holding and releasing it in turn.
    pub(crate) async fn age(&self, order: &str, changes: usize) {
        let mut held = self.stored_order(order).await.row.status == OrderStatus::OnHold;
        for _ in 0..changes {
            held = !held;
            self.walk(order, &[if held { "on_hold" } else { "pending" }])
                .await;
        }
    }

    /// A page of an order's history.
    pub(crate) async fn history_page(&self, order: &str, query: &str) -> Value {
        self.get(&format!("/orders/{order}/history{query}"))
            .await
            .expect(200)
    }

    /// All of an order's history, in pages.
    pub(crate) async fn history(&self, order: &str, limit: usize) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.history_page(order, &format!("?limit={limit}{cursor}")).await;
            entries.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return entries,
            }
        }
    }
}

/// The sequences of entries.
pub(crate) fn sequences(entries: &[Value]) -> Vec<u64> {
    entries
        .iter()
        .map(|entry| entry["sequence"].as_u64().unwrap())
        .collect()
}
