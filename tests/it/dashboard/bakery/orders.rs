//! What happens to orders.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Bakery, PRODUCTS};
use crate::support::Answer;
use crate::support::background::id;

impl Bakery {
    fn lines(&mut self) -> Vec<Value> {
        let count = self.random.between(1, 3);
        let lines = (0..count).map(|_| {
            let product = self.random.word(&[&PRODUCTS[..], &["novelty"]].concat());
            let (quantity, price) = (self.random.between(1, 40_000), self.random.between(1, 4_000));
            json!({
                "product_id": product, "quantity": format!("{}.{:03}", quantity / 1_000, quantity % 1_000),
                "unit_price": format!("{}.{:02}", price / 100, price % 100),
                "tax_rate": self.random.word(&["0", "7", "19"]),
                "discount_percentage": self.random.word(&["0", "0", "12.5"]),
            })
        });
        lines.collect()
    }

    pub(in crate::dashboard) async fn new_order(&mut self) {
        let active = self.by_name(|customer| self.active.contains(customer));
        if active.is_empty() {
            return self.new_customer().await;
        }
        let customer = self.random.one_of(&active).clone();
        let hours = *self.random.one_of(&[1, 5, 12, 26, 60, 200, 700]);
        let due = self.now() + TimeDelta::hours(hours) + TimeDelta::minutes(self.random.between(0, 59));
        let method = self.random.word(&["pickup", "delivery"]);
        let mut body = json!({
            "customer_id": customer, "delivery_method": method, "requested_delivery_at": due,
            "sales_channel": self.random.word(&["direct", "retail", "wholesale", "wholesale", "online"]),
            "payment_method": self.random.word(&["cash", "card", "account"]),
            "discount_percentage": self.random.word(&["0", "5", "3.3"]),
            "items": self.lines(),
        });
        if method == "delivery" {
            body["delivery_fee"] = json!("4.90");
            body["delivery_fee_tax_rate"] = json!("19");
        }
        if self.random.one_in(2) {
            body["delivery_window_end"] = json!(due + TimeDelta::hours(1));
        }
        let order = self.world.post("/orders", &body).await.expect(201);
        // D4: the dates are those of the place, whatever its clocks do.
        assert_eq!(order["delivery_date"], json!(self.place.date(due)));
        let day = self.today().format("ORD-%Y%m%d-").to_string();
        assert!(
            order["order_number"].as_str().unwrap().starts_with(&day),
            "{day} {order:#}"
        );
        self.changed.insert(("order", id(&order).to_owned()));
        self.changed.insert(("customer", customer));
        self.orders.push(order);
        self.count("order created");
    }

    /// One of the orders in some statuses, rather a late one than an early one.
    fn pick(&mut self, statuses: &[&str]) -> Option<usize> {
        let found: Vec<_> = (0..self.orders.len())
            .filter(|at| statuses.contains(&self.orders[*at]["status"].as_str().unwrap()))
            .collect();
        let recent = found
            .len()
            .saturating_sub(if self.random.one_in(4) { found.len() } else { 12 });
        (!found.is_empty()).then(|| *self.random.one_of(&found[recent..]))
    }

    fn learn(&mut self, at: usize, what: &'static str, answer: Answer, status: u16) {
        let order = answer.expect(status);
        self.changed.insert(("order", id(&order).to_owned()));
        self.orders[at] = order;
        self.count(what);
    }

    pub(in crate::dashboard) async fn move_order(&mut self) {
        let open = [
            "pending",
            "on_hold",
            "confirmed",
            "in_production",
            "ready",
            "out_for_delivery",
            "failed",
        ];
        let Some(at) = self.pick(&open) else {
            return self.new_order().await;
        };
        for _ in 0..self.random.between(1, 5) {
            if !self.move_on(at).await {
                return;
            }
        }
    }

    /// Moves an order one step, rather on than aside; false when it has come to its end.
    async fn move_on(&mut self, at: usize) -> bool {
        let order = &self.orders[at];
        let pickup = order["delivery_method"] == "pickup";
        let moves: &[&'static str] = match order["status"].as_str().unwrap() {
            "pending" => &[
                "confirmed",
                "confirmed",
                "confirmed",
                "confirmed",
                "on_hold",
                "cancelled",
            ],
            "on_hold" => &["pending", "confirmed", "cancelled"],
            "confirmed" => &[
                "in_production",
                "in_production",
                "in_production",
                "in_production",
                "on_hold",
                "cancelled",
            ],
            "in_production" => &["ready", "ready", "ready", "ready", "ready", "cancelled"],
            "ready" if pickup => &["delivered"],
            "ready" => &[
                "out_for_delivery",
                "out_for_delivery",
                "out_for_delivery",
                "cancelled",
            ],
            "out_for_delivery" => &["delivered", "failed"],
            "failed" => &["ready", "ready", "cancelled"],
            _ => return false,
        };
        let status = self.random.word(moves);
        let path = format!("/orders/{}/status", id(&self.orders[at]));
        let body = json!({"status": status, "reason": "chance"});
        let answer = self.world.put(&path, &body).await;
        let what = match (
            status,
            &answer.body["actual_delivery_at"],
            &answer.body["delivery_window_end"],
        ) {
            ("delivered", at, end) if moment(at) > moment(end) => "delivered late",
            ("delivered", ..) => "delivered in time",
            ("cancelled", ..) => "cancelled",
            ("failed", ..) => "failed",
            ("on_hold", ..) => "held",
            _ => "moved on",
        };
        self.learn(at, what, answer, 200);
        true
    }

    pub(in crate::dashboard) async fn amend_order(&mut self) {
        let Some(at) = self.pick(&["pending", "on_hold", "confirmed"]) else {
            return self.new_order().await;
        };
        let mut patch = json!({});
        if self.random.one_in(2) {
            let due = self.now() + TimeDelta::hours(self.random.between(1, 300));
            patch = json!({"requested_delivery_at": due, "delivery_window_end": due + TimeDelta::hours(2)});
        }
        if patch == json!({}) || self.random.one_in(3) {
            patch["items"] = json!(self.lines());
        }
        let path = format!("/orders/{}", id(&self.orders[at]));
        let answer = self.world.call("PATCH", &path, Some(&patch)).await;
        if answer.status == 409 {
            answer.expect_problem(409, "amount-already-paid");
        } else {
            self.learn(at, "amended", answer, 200);
        }
    }

    pub(in crate::dashboard) async fn pay(&mut self) {
        let open = [
            "pending",
            "confirmed",
            "in_production",
            "ready",
            "out_for_delivery",
            "delivered",
        ];
        let Some(at) = self.pick(&open) else {
            return self.new_order().await;
        };
        let balance = cents(&self.orders[at]["balance_due"]);
        if balance == 0 {
            return self.move_order().await;
        }
        let paid = if self.random.one_in(2) {
            balance
        } else {
            self.random.between(1, balance)
        };
        let status = self
            .random
            .word(&["succeeded", "succeeded", "succeeded", "failed"]);
        let body = json!({
            "amount": format!("{}.{:02}", paid / 100, paid % 100), "method": "card", "status": status,
        });
        let path = format!("/orders/{}/payments", id(&self.orders[at]));
        let answer = self.world.post(&path, &body).await;
        self.learn(at, "paid", answer, 201);
    }

    /// Goods come back, or turn out to have been kept after all.
    pub(in crate::dashboard) async fn give_back(&mut self) {
        let Some(at) = self.pick(&["delivered"]) else {
            return self.move_order().await;
        };
        let lines = self.orders[at]["items"].as_array().unwrap();
        let line = usize::try_from(self.random.below(lines.len() as u64)).unwrap();
        let whole: String = lines[line]["quantity"].as_str().unwrap().replace('.', "");
        let back = self.random.between(0, whole.parse().unwrap());
        let body = json!({"quantity_returned": format!("{}.{:03}", back / 1_000, back % 1_000)});
        let path = format!("/orders/{}/items/{}", id(&self.orders[at]), line + 1);
        let answer = self.world.call("PATCH", &path, Some(&body)).await;
        self.learn(at, "given back", answer, 200);
    }
}

fn moment(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().map(|text| text.parse().unwrap())
}

fn cents(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}
