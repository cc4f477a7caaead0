//! A customer with a canary in every field that may hold personal data, and orders with one in each of theirs: planted
//! over the API, as callers would, but for what no endpoint puts there.

use orders_domain::alerts::HoldReason;
use orders_service::ports::Clock as _;
use orders_service::store::orders::Hold;
use serde_json::{Value, json};

use super::planted_orders::{FIRST, ORDER_TEXTS, THEN, cancelled, delivered, language, long_lived};
use crate::support::background::id;
use crate::support::{Answer, World};

/// What all canaries begin with.
pub(crate) const CANARY: &str = "canary";

/// The texts of a customer, and those that come to an order beside its own.
const FIELDS: &[&str] = &[
    "code",
    "name",
    "business",
    "email",
    "phone",
    "line1",
    "line2",
    "city",
    "state",
    "postal",
    "taxid",
    "allergen",
    "requirement",
    "route",
    "drivernote",
    "holdreason",
    // Moves of an order.
    "orderhold",
    "orderholdnote",
    "release",
    "movereason",
    "movenote",
    "cancelreason",
    // Reports on a line.
    "qualitynote",
    "reportreason",
    "returnreason",
    // Payments.
    "reference",
    "failedreference",
    "manyreference",
    // What no endpoint puts into a finished order.
    "warning",
    "holdnote",
];

pub(super) fn canary(field: &str) -> String {
    assert!(FIELDS.contains(&field), "{field}");
    format!("{CANARY}{field}")
}

/// Every text that is planted.
pub(super) fn canaries() -> Vec<String> {
    let mut all: Vec<_> = FIELDS.iter().map(|field| canary(field)).collect();
    for stage in [FIRST, THEN] {
        all.extend(ORDER_TEXTS.iter().map(|field| format!("{CANARY}{stage}{field}")));
        all.push(language(stage));
    }
    all.push(language("customer"));
    all
}

/// A customer and its orders, all of them finished.
pub(crate) struct Planted {
    pub(crate) customer: String,
    /// A delivered one; one that was cancelled, with a part of its history beside it; one that was cancelled on hold.
    pub(crate) orders: Vec<String>,
}

pub(crate) async fn erase(world: &World, customer: &str) -> Answer {
    world
        .call("DELETE", &format!("/customers/{customer}/personal-data"), None)
        .await
}

/// Three orders, of which one has a part of its history beside it.
pub(super) async fn plant(world: &World) -> Planted {
    let planted = plant_orders(world).await;
    finish(world, &planted).await;
    planted
}

/// The same, and a fourth with so many payments that the older ones stand in a part too.
pub(crate) async fn plant_with_payments(world: &World) -> Planted {
    let mut planted = plant_orders(world).await;
    planted
        .orders
        .push(long_lived(world, &planted.customer, 51).await);
    finish(world, &planted).await;
    planted
}

async fn plant_orders(world: &World) -> Planted {
    let customer = customer(world).await;
    let orders = vec![
        delivered(world, &customer).await,
        long_lived(world, &customer, 0).await,
        cancelled(world, &customer).await,
    ];
    Planted { customer, orders }
}

async fn finish(world: &World, planted: &Planted) {
    in_the_record(world, &planted.orders[0]).await;
    // Last of all, since a customer on hold takes no orders.
    let hold = json!({"on_hold": true, "on_hold_reason": canary("holdreason")});
    world
        .call("PATCH", &format!("/customers/{}", planted.customer), Some(&hold))
        .await
        .expect(200);
}

async fn customer(world: &World) -> String {
    let body = json!({
        "customer_code": canary("code"), "name": canary("name"), "business_name": canary("business"),
        "email": format!("{}@example.com", canary("email")), "phone": canary("phone"), "tax_id": canary("taxid"),
        "address": {
            "line1": canary("line1"), "line2": canary("line2"), "city": canary("city"), "state": canary("state"),
            "postal_code": canary("postal"), "country": "GB",
        },
        "allergens": [canary("allergen")], "special_requirements": canary("requirement"), "payment_terms": "net_30",
        "credit_limit": "100000", "discount_percentage": "5", "preferred_delivery_method": "delivery", "segment": "vip",
        "price_list": {"rye": [{"min_quantity": 0, "unit_price": "2"}]}, "tax_exempt": true, "customer_type": "business",
        "delivery_preferences": {"weekdays": ["mon"], "route": canary("route"), "notes": canary("drivernote")},
        "communication": {"channels": ["email"], "language": language("customer")},
    });
    let customer = world.post("/customers", &body).await.expect(201);
    id(&customer).to_owned()
}

/// Warnings say nothing of anybody today, and a finished order is not on hold; both may be otherwise one day.
async fn in_the_record(world: &World, order: &str) {
    let since = world.clock.now();
    world
        .change_order(order, |order| {
            order.body.warnings = vec![canary("warning")];
            order.body.hold = Some(Hold {
                reason: HoldReason::Manual,
                since,
                note: Some(canary("holdnote")),
            });
        })
        .await;
}

impl World {
    /// Every attribute of every item, in lower case.
    pub(crate) async fn everything(&self) -> String {
        let client = aws_sdk_dynamodb::Client::new(&self.aws);
        let mut text = String::new();
        let mut start = None;
        loop {
            let page = client
                .scan()
                .table_name(&self.table)
                .set_exclusive_start_key(start)
                .send()
                .await
                .unwrap();
            for item in page.items() {
                text.push_str(&format!("{item:?}\n").to_lowercase());
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return text;
            }
        }
    }

    /// What the history of an order says of erasures.
    pub(super) async fn erasure_notes(&self, order: &str) -> usize {
        let order = self.stored_order(order).await;
        let last = order.body.history.last().unwrap();
        assert_eq!((last.sequence, last.version), (order.version, order.version));
        let erased: Value = json!({"personal_data": "erased"});
        let entries = order.body.history.iter();
        entries
            .filter(|entry| entry.context.as_ref() == Some(&erased))
            .count()
    }
}
