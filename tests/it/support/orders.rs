//! Orders and customers to test with.

use serde_json::{Value, json};

use super::World;

impl World {
    /// A customer; gives its id.
    pub(crate) async fn customer(&self, more: Value) -> String {
        let mut body = json!({"name": "Café Noir"});
        merge(&mut body, more);
        let created = self.post("/customers", &body).await.expect(201);
        created["id"].as_str().unwrap().to_owned()
    }

    /// An order of one line, due in three days, over the API; gives the whole order.
    pub(crate) async fn order(&self, customer: &str, more: Value) -> Value {
        self.post("/orders", &new_order(customer, more)).await.expect(201)
    }

    /// Moves an order through statuses.
    pub(crate) async fn walk(&self, order: &str, statuses: &[&str]) {
        for status in statuses {
            let body = json!({"status": status, "reason": "test"});
            self.put(&format!("/orders/{order}/status"), &body)
                .await
                .expect(200);
        }
    }
}

/// A body for `POST /orders`.
pub(crate) fn new_order(customer: &str, more: Value) -> Value {
    let mut body = json!({
        "customer_id": customer,
        "delivery_method": "pickup",
        "requested_delivery_at": "2026-12-04T09:00:00Z",
        "items": [{"product_id": "rye", "quantity": "2", "unit_price": "3.50"}],
    });
    merge(&mut body, more);
    body
}

/// Sets the members of `more` in `body`; null removes one.
pub(crate) fn merge(body: &mut Value, more: Value) {
    let object = body.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}
