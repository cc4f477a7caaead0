//! What an erasure leaves (D34): amounts, ids, statuses, times, and who of the bakery did what.

use serde_json::{Value, json};

use super::planted::{CANARY, erase, plant, plant_with_payments};
use crate::support::World;
use crate::support::background::id;

/// What is left of a context: a field whose old or new value holds a canary keeps its name, and nothing else.
fn without_texts(value: &mut Value) {
    let sings = |value: &Value| value.to_string().contains(CANARY);
    match value {
        Value::Object(members)
            if members.contains_key("from") && members.contains_key("to") && members.values().any(sings) =>
        {
            members.values_mut().for_each(|side| *side = Value::Null);
        }
        Value::Object(members) => members.values_mut().for_each(without_texts),
        Value::Array(elements) => elements.iter_mut().for_each(without_texts),
        text if sings(text) => *text = Value::Null,
        _ => {}
    }
}

#[tokio::test]
async fn a_history_keeps_everything_but_texts_in_its_older_parts_too() {
    // D34, D27, D28, D28b
    let world = World::new().await;
    let planted = plant_with_payments(&world).await;
    let mut expected = Vec::new();
    for order in &planted.orders {
        expected.push((world.history(order, 50).await, world.parts_of(order).await));
    }
    let entries: usize = expected.iter().map(|(history, _)| history.len()).sum();
    assert!(entries > 80, "{entries}");
    // Parts of every make: entries alone, and payments.
    let parts: Vec<_> = expected.iter().flat_map(|(_, parts)| parts).collect();
    assert!(
        parts
            .iter()
            .any(|part| part.entries.iter().any(|e| e.context.is_some()))
    );
    assert!(parts.iter().any(|part| !part.payments.is_empty()));
    erase(&world, &planted.customer).await.expect(200);
    for (order, (mut history, mut parts)) in planted.orders.iter().zip(expected) {
        for entry in &mut history {
            without_texts(&mut entry["context"]);
            (entry["reason"], entry["note"]) = (Value::Null, Value::Null);
        }
        let mut after = world.history(order, 50).await;
        let erased = after.pop().unwrap();
        assert_eq!(erased["context"], json!({"personal_data": "erased"}));
        assert_eq!(after, history);
        for part in &mut parts {
            for payment in &mut part.payments {
                assert!(payment.reference.take().is_some());
            }
            for entry in &mut part.entries {
                (entry.reason, entry.note) = (None, None);
                entry.context.iter_mut().for_each(without_texts);
            }
        }
        assert_eq!(world.parts_of(order).await, parts);
    }
}

#[tokio::test]
async fn reasons_that_we_gave_ourselves_stay() {
    // D34, D26, D32
    let world = World::with(&[("AUTO_APPROVE_ORDERS", "true")]).await;
    let customer = world.customer(json!({})).await;
    let held = world.order(&customer, json!({"payment_method": "account"})).await;
    let approved = world.order(&customer, json!({})).await;
    for order in [&held, &approved] {
        world.walk(id(order), &["cancelled"]).await;
    }
    erase(&world, &customer).await.expect(200);
    for (order, expected) in [
        (held, json!(["payment_validation_failed", null, null])),
        (approved, json!([null, "auto_approve_orders", null, null])),
    ] {
        let history = world.history(id(&order), 50).await;
        let reasons: Vec<_> = history.iter().map(|entry| &entry["reason"]).collect();
        assert_eq!(json!(reasons), expected);
    }
}

#[tokio::test]
async fn amounts_and_who_did_what_stay() {
    // D34
    let world = World::new().await;
    let planted = plant(&world).await;
    let path = format!("/orders/{}", planted.orders[0]);
    let mut expected = world.get(&path).await.expect(200);
    world.clock.advance(chrono::Duration::minutes(1));
    erase(&world, &planted.customer).await.expect(200);
    let after = world.get(&path).await.expect(200);
    for field in [
        "delivery_address",
        "special_instructions",
        "internal_notes",
        "communication",
    ] {
        assert!(!expected[field].is_null(), "{field}");
        expected[field] = Value::Null;
    }
    expected["customer_name"] = json!("");
    expected["warnings"] = json!([]);
    let line = &mut expected["items"][1];
    for field in [
        "product_name",
        "sku",
        "category",
        "unit",
        "customization",
        "special_instructions",
    ] {
        assert!(!line[field].is_null(), "{field}");
        line[field] = Value::Null;
    }
    line["specifications"] = json!({});
    line["allergens"] = json!([]);
    line["quality"]["requirements"] = Value::Null;
    line["quality"]["notes"] = Value::Null;
    assert_eq!(
        (&line["product_id"], &line["recipe_id"]),
        (&json!("rye"), &json!("rye-1"))
    );
    for payment in expected["payments"].as_array_mut().unwrap() {
        payment["reference"] = Value::Null;
    }
    expected["hold"]["note"] = Value::Null;
    expected["version"] = json!(expected["version"].as_u64().unwrap() + 1);
    expected["updated_at"] = json!("2026-12-01T08:01:00Z");
    expected["updated_by"] = json!({"user_id": "admin-1", "name": "Test Person", "role": "admin"});
    assert_eq!(after, expected);
    let cancelled = world
        .get(&format!("/orders/{}", planted.orders[2]))
        .await
        .expect(200);
    assert_eq!(cancelled["cancellation"]["reason"], Value::Null);
    assert_eq!(cancelled["cancellation"]["at"], "2026-12-01T08:00:00Z");
    let customer = world
        .get(&format!("/customers/{}", planted.customer))
        .await
        .expect(200);
    let mut shown = customer.clone();
    for name in ["id", "tenant_id"] {
        shown[name] = Value::from(format!("[{name}]"));
    }
    insta::assert_json_snapshot!("erased_customer", shown);
}
