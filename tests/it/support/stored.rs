//! Records as they are stored, to look at and to bring into states that only other functions make.

use orders_service::store::Replaced;
use orders_service::store::customers::Customer;
use orders_service::store::keys;
use orders_service::store::orders::Order;
use serde_json::{Value, json};
use uuid::Uuid;

use super::World;

impl World {
    /// An order as it is stored.
    pub(crate) async fn stored_order(&self, id: &str) -> Order {
        let grant = self.background();
        let key = keys::order(grant.tenant(), id.parse().unwrap());
        self.app.tenant_store(&grant).get(&key).await.unwrap().unwrap()
    }

    /// Changes an order behind the service's back; it gets no new version.
    pub(crate) async fn change_order(&self, id: &str, change: impl FnOnce(&mut Order)) {
        let mut order = self.stored_order(id).await;
        let read = order.version;
        change(&mut order);
        order.write_id = Uuid::new_v4();
        let grant = self.background();
        let written = self.app.tenant_store(&grant).replace(&order, read).await.unwrap();
        assert!(matches!(written, Replaced::Now));
    }

    /// Changes a customer behind the service's back; it gets no new version.
    pub(crate) async fn change_customer(&self, id: &str, change: impl FnOnce(&mut Customer)) {
        let grant = self.background();
        let store = self.app.tenant_store(&grant);
        let key = keys::customer(grant.tenant(), id.parse().unwrap());
        let mut customer: Customer = store.get(&key).await.unwrap().unwrap();
        let read = customer.version;
        change(&mut customer);
        customer.write_id = Uuid::new_v4();
        let written = store.replace(&customer, read).await.unwrap();
        assert!(matches!(written, Replaced::Now));
    }

    /// Sets the tenant's pricing rules.
    pub(crate) async fn rules(&self, rules: Value) {
        self.call("PATCH", "/settings", Some(&json!({"pricing_rules": rules})))
            .await
            .expect(200);
    }
}
