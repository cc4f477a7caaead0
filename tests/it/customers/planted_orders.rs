//! Orders with a canary in every text that the API takes, moved to their ends over the API.

use serde_json::{Value, json};

use super::planted::{CANARY, canary};
use crate::support::World;
use crate::support::background::id;
use crate::support::orders::merge;

/// Texts as an order was placed with them, and as it was amended to: then the former stand in its history only.
pub(super) const FIRST: &str = "first";
pub(super) const THEN: &str = "then";

/// The texts of an order and of its line, but for languages.
pub(super) const ORDER_TEXTS: &[&str] = &[
    "line1",
    "line2",
    "city",
    "state",
    "postal",
    "instructions",
    "internal",
    "product",
    "sku",
    "category",
    "unit",
    "specname",
    "specvalue",
    "customization",
    "lineinstr",
    "allergen",
    "need",
];

/// A language is a tag, and a canary may be part of one.
pub(super) fn language(of: &str) -> String {
    format!("de-{CANARY}-{of}")
}

/// The texts of an order at a stage; those that have room are as long as asked.
fn texts(stage: &str, length: usize) -> Value {
    let text = |field: &str| {
        assert!(ORDER_TEXTS.contains(&field), "{field}");
        format!("{CANARY}{stage}{field}")
    };
    let long = |field: &str| format!("{:.<length$}", text(field));
    let line = json!({
        "product_id": "rye", "quantity": "200", "unit_price": "40", "product_name": text("product"), "sku": text("sku"),
        "category": text("category"), "unit": text("unit"), "specifications": {(text("specname")): text("specvalue")},
        "customization": text("customization"), "special_instructions": text("lineinstr"),
        "allergens": [text("allergen"), canary("allergen")], "quality": {"requirements": text("need")},
        "recipe_id": "rye-1",
    });
    let other = json!({"product_id": "bun", "quantity": "3", "unit_price": "1"});
    json!({
        "delivery_method": "delivery",
        "delivery_address": {
            "line1": text("line1"), "line2": text("line2"), "city": text("city"), "state": text("state"),
            "postal_code": text("postal"), "country": "GB",
        },
        "special_instructions": long("instructions"), "internal_notes": long("internal"),
        "communication": {"channels": ["sms"], "language": language(stage)},
        // In the other order after an amendment, so that the history tells of lines that moved.
        "items": if stage == FIRST { [line, other] } else { [other, line] },
    })
}

async fn amend(world: &World, order: &str, texts: &Value) {
    let path = format!("/orders/{order}");
    world.call("PATCH", &path, Some(texts)).await.expect(200);
}

async fn go(world: &World, order: &str, status: &str, reason: &str, note: &str) {
    let body = json!({"status": status, "reason": canary(reason), "note": canary(note)});
    world
        .put(&format!("/orders/{order}/status"), &body)
        .await
        .expect(200);
}

async fn report(world: &World, order: &str, report: Value) {
    let path = format!("/orders/{order}/items/2");
    world.call("PATCH", &path, Some(&report)).await.expect(200);
}

pub(super) async fn pay(world: &World, order: &str, status: &str, reference: &str) {
    let body = json!({"amount": "5", "method": "card", "status": status, "reference": canary(reference)});
    world
        .post(&format!("/orders/{order}/payments"), &body)
        .await
        .expect(201);
}

/// Amended, held, released, made, checked twice, delivered, paid, and partly sent back.
pub(super) async fn delivered(world: &World, customer: &str) -> String {
    let order = world.order(customer, texts(FIRST, 0)).await;
    let order = id(&order);
    amend(world, order, &texts(THEN, 0)).await;
    go(world, order, "on_hold", "orderhold", "orderholdnote").await;
    go(world, order, "pending", "release", "movenote").await;
    go(world, order, "confirmed", "movereason", "movenote").await;
    let quality = json!({"status": "failed", "notes": canary("qualitynote")});
    let production = json!({"status": "completed", "quantity_produced": "200"});
    let body = json!({"production": production, "quality": quality, "reason": canary("reportreason")});
    report(world, order, body).await;
    world.walk(order, &["in_production", "ready"]).await;
    report(world, order, json!({"quality": {"status": "passed"}})).await;
    world.walk(order, &["out_for_delivery", "delivered"]).await;
    pay(world, order, "succeeded", "reference").await;
    pay(world, order, "failed", "failedreference").await;
    send_back(world, order, "1").await;
    order.to_owned()
}

/// Somebody says why some of a delivered order came back.
pub(super) async fn send_back(world: &World, order: &str, quantity: &str) {
    let body = json!({"quantity_returned": quantity, "reason": canary("returnreason")});
    report(world, order, body).await;
}

/// Amended at such length that the older part of its history moves out of it, then paid for as often as asked, and
/// cancelled.
pub(super) async fn long_lived(world: &World, customer: &str, payments: usize) -> String {
    let order = world.order(customer, texts(FIRST, 1000)).await;
    let order = id(&order);
    amend(world, order, &texts(THEN, 2000)).await;
    for length in [1999, 1998, 1997, 1996] {
        let mut longer = texts(THEN, length);
        merge(&mut longer, json!({"items": null}));
        amend(world, order, &longer).await;
    }
    for _ in 0..payments {
        pay(world, order, "failed", "manyreference").await;
    }
    go(world, order, "cancelled", "cancelreason", "movenote").await;
    order.to_owned()
}

/// Cancelled while it was on hold.
pub(super) async fn cancelled(world: &World, customer: &str) -> String {
    let order = world.order(customer, texts(FIRST, 0)).await;
    go(world, id(&order), "on_hold", "orderhold", "orderholdnote").await;
    go(world, id(&order), "cancelled", "cancelreason", "movenote").await;
    id(&order).to_owned()
}
