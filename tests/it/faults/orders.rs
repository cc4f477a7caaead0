//! Orders that are made and moved over the API.

use orders_domain::order_status::OrderStatus;
use serde_json::{Value, json};

use super::{Site, Work, matrix};
use crate::support::Answer;
use crate::support::background::id;
use crate::support::orders::new_order;

const CHECKED: &[(&str, &str)] = &[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")];

/// A request that the table did not answer is told to come again, and is never blamed on its sender.
fn outcome(answer: &Answer) -> Result<(), String> {
    assert!(
        matches!(answer.status, 200 | 201 | 503),
        "{}: {:#}",
        answer.status,
        answer.body
    );
    match answer.status {
        503 => Err(answer.body.to_string()),
        _ => Ok(()),
    }
}

async fn customer(site: &Site, on_account: bool) -> String {
    let terms = json!({"payment_terms": "net_30", "credit_limit": "1000"});
    let terms = if on_account { terms } else { json!({}) };
    site.world.customer(terms).await
}

fn body(customer: &str, on_account: bool) -> Value {
    let method = if on_account { "account" } else { "cash" };
    new_order(customer, json!({"payment_method": method}))
}

struct Create {
    on_account: bool,
}

impl Work for Create {
    const SETTINGS: &'static [(&'static str, &'static str)] = CHECKED;
    type Scene = String;

    async fn prepare(&self, site: &Site) -> String {
        customer(site, self.on_account).await
    }

    async fn act(&self, site: &Site, customer: &String) -> Result<(), String> {
        let body = body(customer, self.on_account);
        outcome(&site.world.post_with_key("/orders", "once", &body).await)
    }

    async fn check(&self, site: &Site, _: &String) {
        let orders = site.expect_whole().await;
        let [order] = orders.as_slice() else {
            panic!("{} orders", orders.len())
        };
        assert_eq!((order.version, order.row.status), (1, OrderStatus::Pending));
    }
}

/// From pending to confirmed, or, held before, back to pending: that takes the order's place in the exposure again.
struct Move {
    on_account: bool,
}

impl Move {
    fn statuses(&self) -> &'static [&'static str] {
        if self.on_account {
            &["on_hold", "pending"]
        } else {
            &["confirmed"]
        }
    }
}

impl Work for Move {
    const SETTINGS: &'static [(&'static str, &'static str)] = CHECKED;
    type Scene = String;

    async fn prepare(&self, site: &Site) -> String {
        let customer = customer(site, self.on_account).await;
        let body = body(&customer, self.on_account);
        let order = site.world.post("/orders", &body).await.expect(201);
        let (_, before) = self.statuses().split_last().unwrap();
        site.world.walk(id(&order), before).await;
        id(&order).to_owned()
    }

    async fn act(&self, site: &Site, order: &String) -> Result<(), String> {
        let body = json!({"status": self.statuses().last(), "reason": "test"});
        let path = format!("/orders/{order}/status");
        outcome(&site.world.call("PUT", &path, Some(&body)).await)
    }

    async fn check(&self, site: &Site, _: &String) {
        let orders = site.expect_whole().await;
        let [order] = orders.as_slice() else {
            panic!("{} orders", orders.len())
        };
        let walked: Vec<_> = order
            .body
            .history
            .iter()
            .map(|entry| entry.to_status.as_str())
            .collect();
        assert_eq!(walked, [&["pending"], self.statuses()].concat());
    }
}

#[tokio::test]
async fn an_order_is_made_once_whatever_goes_wrong() {
    // D7, D29, D43, D33
    matrix(&Create { on_account: false }).await;
}

#[tokio::test]
async fn an_order_on_account_is_made_and_owed_once_whatever_goes_wrong() {
    // D7, D29, D31
    matrix(&Create { on_account: true }).await;
}

#[tokio::test]
async fn an_order_moves_once_whatever_goes_wrong() {
    // D26, D43, D33
    matrix(&Move { on_account: false }).await;
}

#[tokio::test]
async fn an_order_on_account_moves_and_is_owed_once_whatever_goes_wrong() {
    // D26, D31
    matrix(&Move { on_account: true }).await;
}
