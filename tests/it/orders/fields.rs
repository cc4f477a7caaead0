//! `POST /orders`: every field that may be sent is stored and shown.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::orders::{merge, new_order};

fn full_line() -> Value {
    json!({
        "product_id": "rye", "product_name": "Rye, sliced", "sku": "R-12", "category": "bread", "unit": "loaf",
        "quantity": "2.000", "unit_price": "3.5000", "discount_percentage": "10.00", "tax_rate": "7.00",
        "unit_cost": "1.2500", "specifications": {"slicing": "12 mm", "crust": "dark"},
        "customization": "No seeds", "special_instructions": "Bake last", "allergens": ["gluten", "sesame"],
        "recipe_id": "rye-2026", "quality": {"requirements": "Core at 98 °C"},
    })
}

#[tokio::test]
async fn every_field_that_is_sent_comes_back() {
    // §4 Order, OrderItem
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let sent = json!({
        "customer_id": customer, "order_type": "special", "priority": "high", "source": "phone",
        "sales_channel": "wholesale", "payment_method": "card", "delivery_method": "delivery",
        "delivery_address": {
            "line1": "1 High Street", "line2": "Flat 3", "city": "Edinburgh", "state": "Lothian",
            "postal_code": "EH1 1AA", "country": "GB",
        },
        "requested_delivery_at": "2026-12-04T09:00:00Z", "delivery_window_end": "2026-12-04T11:30:00Z",
        "items": [full_line()], "discount_percentage": "5.00", "delivery_fee": "6.00",
        "delivery_fee_tax_rate": "21.00", "special_instructions": "Ring twice", "internal_notes": "Regular",
        "communication": {"channels": ["sms", "email"], "language": "en-GB"},
    });
    let order = world.post("/orders", &sent).await.expect(201);
    for (name, value) in sent
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "items")
    {
        assert_eq!(&order[name], value, "{name}");
    }
    let line = &order["items"][0];
    for (name, value) in full_line()
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "quality")
    {
        assert_eq!(&line[name], value, "{name}");
    }
    assert_eq!(
        line["quality"],
        json!({
            "requirements": "Core at 98 °C", "status": "pending", "notes": null, "checked_by": null,
            "checked_at": null,
        })
    );
    assert_eq!(line["price_source"], "given");
    let id = order["id"].as_str().unwrap();
    assert_eq!(world.get(&format!("/orders/{id}")).await.expect(200), order);
}

#[tokio::test]
async fn communication_is_the_customers_unless_it_is_sent() {
    // D25
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    assert_eq!(
        world.order(&customer, json!({})).await["communication"],
        Value::Null
    );
    world
        .change_customer(&customer, |customer| {
            customer.body.communication =
                Some(serde_json::from_value(json!({"c": ["phone"], "l": "de"})).unwrap());
        })
        .await;
    assert_eq!(
        world.order(&customer, json!({})).await["communication"],
        json!({"channels": ["phone"], "language": "de"})
    );
    let own = json!({"communication": {"channels": []}});
    assert_eq!(
        world.order(&customer, own).await["communication"],
        json!({"channels": [], "language": null})
    );
}

#[tokio::test]
async fn faults_in_the_new_fields_are_all_named() {
    // D2, D5
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let mut line = full_line();
    merge(
        &mut line,
        json!({
            "specifications": {"a": 1, "b": "x".repeat(201)}, "recipe_id": "no spaces",
            "quality": {"requirements": "", "status": "passed"},
        }),
    );
    let body = new_order(
        &customer,
        json!({"items": [line], "communication": {"channels": ["sms", "sms"], "language": "deutsch!"}}),
    );
    let problem = world
        .post("/orders", &body)
        .await
        .expect_problem(422, "validation-failed");
    let found: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("/items/0/specifications/a", "invalid-type"),
            ("/items/0/specifications/b", "too-long"),
            ("/items/0/recipe_id", "invalid-value"),
            ("/items/0/quality/requirements", "invalid-text"),
            ("/items/0/quality/status", "unknown-field"),
            ("/communication/channels/1", "invalid-value"),
            ("/communication/language", "invalid-value"),
        ]
    );
}
