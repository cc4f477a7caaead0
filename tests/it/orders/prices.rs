//! `POST /orders`: where a line's price comes from.

use orders_domain::decimal::{Quantity, UnitPrice};
use orders_service::store::customers::PriceTier;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::orders::new_order;

fn tier(least: &str, price: &str) -> PriceTier {
    PriceTier {
        min_quantity: Quantity::parse_or_zero(least).unwrap(),
        unit_price: UnitPrice::parse(price).unwrap(),
    }
}

/// A catalog with a rye loaf at 4.00 and a customer with tiers for it.
async fn customer(world: &World) -> String {
    let product = json!({"name": "Rye loaf", "category": "bread", "unit": "piece", "price": "4.00"});
    world.put("/catalog/products/rye", &product).await.expect(201);
    let customer = world.customer(json!({})).await;
    world
        .change_customer(&customer, |customer| {
            let tiers = vec![tier("10", "3.50"), tier("50", "3")];
            customer.body.price_list.insert("rye".into(), tiers);
        })
        .await;
    customer
}

fn ordered(customer: &str, quantity: &str, more: Value) -> Value {
    let mut line = json!({"product_id": "rye", "quantity": quantity});
    crate::support::orders::merge(&mut line, more);
    new_order(customer, json!({"items": [line]}))
}

/// Price, source and rule of the first line.
fn priced(order: &Value) -> (&str, &str, Option<&str>) {
    let line = &order["items"][0];
    (
        line["unit_price"].as_str().unwrap(),
        line["price_source"].as_str().unwrap(),
        line["pricing_rule"].as_str(),
    )
}

#[tokio::test]
async fn sent_goes_before_list_and_list_before_catalog() {
    // D25b
    let world = World::new().await;
    let customer = customer(&world).await;
    for (quantity, more, expected) in [
        ("9.999", json!({}), ("4.0000", "catalog", None)),
        ("10", json!({}), ("3.5000", "price_list", None)),
        ("49.999", json!({}), ("3.5000", "price_list", None)),
        ("50", json!({}), ("3.0000", "price_list", None)),
        ("50", json!({"unit_price": "9"}), ("9.0000", "given", None)),
        ("50", json!({"unit_price": "0"}), ("0.0000", "given", None)),
    ] {
        let order = world
            .post("/orders", &ordered(&customer, quantity, more))
            .await
            .expect(201);
        assert_eq!(priced(&order), expected, "{quantity}");
    }
    // A list is one customer's, and need not know a product that the catalog knows, nor the other way round.
    let other = world.customer(json!({"name": "Other"})).await;
    let order = world
        .post("/orders", &ordered(&other, "50", json!({})))
        .await
        .expect(201);
    assert_eq!(priced(&order), ("4.0000", "catalog", None));
    world
        .change_customer(&other, |customer| {
            customer
                .body
                .price_list
                .insert("cake".into(), vec![tier("0", "20")]);
        })
        .await;
    let cake = ordered(&other, "0.001", json!({"product_id": "cake"}));
    let order = world.post("/orders", &cake).await.expect(201);
    assert_eq!(priced(&order), ("20.0000", "price_list", None));
    world
        .post("/orders", &ordered(&customer, "1", json!({"product_id": "cake"})))
        .await
        .expect_problem(422, "price-unknown");
}

#[tokio::test]
async fn the_first_rule_that_holds_changes_what_was_listed() {
    // D13 DYNAMIC_PRICING_ENABLED
    let world = World::with(&[
        ("DYNAMIC_PRICING_ENABLED", "true"),
        ("TENANT_TIMEZONE", "Pacific/Auckland"),
    ])
    .await;
    world
        .rules(json!([
            {"name": "cakes", "category": "cake", "adjust_percentage": 50},
            {"name": "saturday", "weekdays": ["sat"], "adjust_percentage": 25},
            {"name": "rush", "hours_before_delivery_below": 24, "adjust_percentage": 10},
        ]))
        .await;
    let customer = customer(&world).await;
    // It is Tuesday, 1 December, 08:00 UTC; Auckland is 13 hours ahead.
    for (at, quantity, more, expected) in [
        (
            "2026-12-03T09:00:00Z",
            "1",
            json!({}),
            ("4.0000", "catalog", None),
        ),
        (
            "2026-12-04T10:59:59Z",
            "1",
            json!({}),
            ("4.0000", "catalog", None),
        ),
        (
            "2026-12-04T11:00:00Z",
            "1",
            json!({}),
            ("5.0000", "dynamic", Some("saturday")),
        ),
        (
            "2026-12-05T10:59:59Z",
            "50",
            json!({}),
            ("3.7500", "dynamic", Some("saturday")),
        ),
        (
            "2026-12-05T11:00:00Z",
            "50",
            json!({}),
            ("3.0000", "price_list", None),
        ),
        (
            "2026-12-02T07:59:59Z",
            "10",
            json!({}),
            ("3.8500", "dynamic", Some("rush")),
        ),
        (
            "2026-12-02T08:00:00Z",
            "10",
            json!({}),
            ("3.5000", "price_list", None),
        ),
        (
            "2026-12-04T11:00:00Z",
            "1",
            json!({"category": "cake"}),
            ("6.0000", "dynamic", Some("cakes")),
        ),
        (
            "2026-12-04T11:00:00Z",
            "1",
            json!({"unit_price": "4"}),
            ("4.0000", "given", None),
        ),
    ] {
        let mut body = ordered(&customer, quantity, more);
        body["requested_delivery_at"] = at.into();
        let order = world.post("/orders", &body).await.expect(201);
        assert_eq!(priced(&order), expected, "{at} {quantity}");
    }
    // Switched off, the rules are only kept.
    let plain = world.redeployed(&[("TENANT_TIMEZONE", "Pacific/Auckland")]);
    let mut body = ordered(&customer, "1", json!({}));
    body["requested_delivery_at"] = "2026-12-04T11:00:00Z".into();
    let order = plain.post("/orders", &body).await.expect(201);
    assert_eq!(priced(&order), ("4.0000", "catalog", None));
}

#[tokio::test]
async fn a_rule_that_raises_a_price_too_far_names_the_line() {
    // D3, D13 DYNAMIC_PRICING_ENABLED
    let world = World::with(&[("DYNAMIC_PRICING_ENABLED", "true")]).await;
    world
        .rules(json!([{"name": "always", "adjust_percentage": 50}]))
        .await;
    let customer = customer(&world).await;
    let product = json!({"name": "Gold leaf", "unit": "piece", "price": "1000000"});
    world.put("/catalog/products/gold", &product).await.expect(201);
    let problem = world
        .post("/orders", &ordered(&customer, "1", json!({"product_id": "gold"})))
        .await
        .expect_problem(422, "amount-overflow");
    assert_eq!(problem["errors"][0]["pointer"], "/items/0/unit_price");
}
