//! `POST /orders`

use serde_json::{Value, json};

use crate::support::World;
use crate::support::orders::new_order;

#[tokio::test]
async fn the_worked_example_comes_out_to_the_cent() {
    // D20, D22, D23, D24
    let world = World::new().await;
    let customer = world
        .customer(json!({"name": "Café Noir", "email": "noir@example.com"}))
        .await;
    let body = new_order(
        &customer,
        json!({
            "delivery_method": "delivery",
            "delivery_address": {"line1": "1 High Street", "city": "Edinburgh", "postal_code": "EH1 1AA", "country": "GB"},
            "items": [
                {"product_id": "roll", "product_name": "Roll", "quantity": "12", "unit_price": "1.45", "tax_rate": "10", "unit_cost": "0.50"},
                {"product_id": "cake", "product_name": "Cake", "quantity": 3, "unit_price": 24.90, "tax_rate": 10, "discount_percentage": 10},
                {"product_id": "flour", "product_name": "Flour", "quantity": "2.5", "unit_price": "7.333", "tax_rate": "21"},
            ],
            "discount_percentage": "5",
            "delivery_fee": "6.00",
            "delivery_fee_tax_rate": "21",
        }),
    );
    let answer = world.post("/orders", &body).await;
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let location = answer.header("location").unwrap().to_owned();
    let mut order = answer.expect(201);
    let id = order["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("orders/{id}"));
    assert_eq!(world.get(&format!("/orders/{id}")).await.expect(200), order);
    for name in ["id", "tenant_id", "customer_id"] {
        order[name] = Value::from(format!("[{name}]"));
    }
    insta::assert_json_snapshot!("worked_example", order);
}

#[tokio::test]
async fn what_is_not_sent_comes_from_the_customer_and_the_catalog() {
    // D25, D25b
    let world = World::new().await;
    let product = json!({"name": "Rye loaf", "category": "bread", "unit": "piece", "price": "3.20", "unit_cost": "1.10", "allergens": ["gluten"]});
    world.put("/catalog/products/rye", &product).await.expect(201);
    let customer = world
        .customer(json!({
            "payment_terms": "net_30", "discount_percentage": "10", "preferred_delivery_method": "delivery",
            "address": {"line1": "2 Low Road", "city": "Leith", "postal_code": "EH6", "country": "GB"},
        }))
        .await;
    let body = new_order(
        &customer,
        json!({"delivery_method": null, "items": [{"product_id": "rye", "quantity": "10"}]}),
    );
    let order = world.post("/orders", &body).await.expect(201);
    let shown = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(shown("payment_method"), "account");
    assert_eq!(shown("payment_due_date"), "2027-01-03");
    assert_eq!(shown("delivery_method"), "delivery");
    assert_eq!(order["delivery_address"]["city"], "Leith");
    assert_eq!(shown("discount_percentage"), "10.00");
    assert_eq!(
        (shown("subtotal"), shown("total_amount")),
        ("32.00".into(), "28.80".into())
    );
    let line = &order["items"][0];
    assert_eq!(
        (line["price_source"].as_str(), line["product_name"].as_str()),
        (Some("catalog"), Some("Rye loaf"))
    );
    assert_eq!(
        (line["category"].as_str(), line["unit"].as_str()),
        (Some("bread"), Some("piece"))
    );
    assert_eq!(line["allergens"], json!(["gluten"]));
    assert_eq!(
        (
            shown("sales_channel"),
            shown("source"),
            shown("order_type"),
            shown("priority")
        ),
        ("direct".into(), "api".into(), "standard".into(), "normal".into())
    );
    let window = order["delivery_window_end"].as_str().unwrap();
    assert_eq!(window, "2026-12-06T09:00:00Z");
}

#[tokio::test]
async fn every_broken_rule_is_named() {
    // D4, D13, D24, D25b, D30
    let world = World::with(&[
        ("PICKUP_ENABLED", "false"),
        ("DISCOUNT_ENABLED", "false"),
        ("MAX_ORDER_ITEMS", "2"),
    ])
    .await;
    let body = new_order(
        &uuid::Uuid::new_v4().to_string(),
        json!({
            "requested_delivery_at": "2026-11-30T08:00:00Z",
            "delivery_fee": "1", "discount_amount": "1",
            "items": [
                {"product_id": "unknown", "quantity": "1"},
                {"product_id": "b", "quantity": "1", "unit_price": "1", "discount_percentage": "1"},
                {"product_id": "c", "quantity": "1", "unit_price": "1"},
            ],
        }),
    );
    let problem = world
        .post("/orders", &body)
        .await
        .expect_problem(422, "validation-failed");
    let mut found: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/customer_id", "customer-not-found"),
            ("/delivery_fee", "invalid-value"),
            ("/delivery_method", "delivery-method-disabled"),
            ("/discount_amount", "discounts-disabled"),
            ("/items", "too-many-items"),
            ("/items/0/unit_price", "price-unknown"),
            ("/items/1/discount_percentage", "discounts-disabled"),
            ("/requested_delivery_at", "invalid-date"),
        ]
    );
    assert!(
        world.get("/orders").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn an_order_with_too_many_lines_is_told_just_that() {
    // D13, D5
    let world = World::new().await;
    let product = json!({"name": "Rye loaf", "unit": "piece", "price": "3.20"});
    world.put("/catalog/products/rye", &product).await.expect(201);
    let customer = world.customer(json!({})).await;
    for (lines, code) in [
        (50, None),
        (51, Some("too-many-items")),
        (3000, Some("too-many-items")),
    ] {
        let items = vec![json!({"product_id": "rye", "quantity": "1"}); lines];
        let answer = world
            .post("/orders", &new_order(&customer, json!({"items": items})))
            .await;
        match code {
            None => assert_eq!(answer.expect(201)["item_count"], 50),
            Some(code) => {
                answer.expect_problem(422, code);
            }
        }
    }
    let products: Vec<_> = (0..51)
        .map(|n| json!({"id": format!("p{n}"), "name": "P", "unit": "piece", "price": "1"}))
        .collect();
    world
        .post("/catalog/import", &json!({"products": products}))
        .await
        .expect(200);
    let items: Vec<_> = (0..51)
        .map(|n| json!({"product_id": format!("p{n}"), "quantity": "1"}))
        .collect();
    let answer = world
        .post("/orders", &new_order(&customer, json!({"items": items})))
        .await;
    answer.expect_problem(422, "too-many-items");
}

#[tokio::test]
async fn dates_and_values_are_bounded_inclusively() {
    // D4, D13
    let world = World::with(&[("MIN_ORDER_VALUE", "7"), ("MAX_ORDER_VALUE", "7")]).await;
    let customer = world.customer(json!({})).await;
    let with = |more: Value| new_order(&customer, more);
    world.post("/orders", &with(json!({}))).await.expect(201);
    for (price, status) in [("3.4975", 201), ("3.4974", 422), ("3.5024", 201), ("3.5025", 422)] {
        let body = with(json!({"items": [{"product_id": "rye", "quantity": "2", "unit_price": price}]}));
        assert_eq!(world.post("/orders", &body).await.status, status, "{price}");
    }
    for (at, status) in [
        ("2026-12-01T08:00:00Z", 201),
        ("2026-12-01T07:59:59Z", 422),
        ("2028-12-01T08:00:00Z", 201),
        ("2028-12-01T08:00:01Z", 422),
    ] {
        let answer = world
            .post("/orders", &with(json!({"requested_delivery_at": at})))
            .await;
        assert_eq!(answer.status, status, "{at}: {}", answer.body);
    }
    let inverted = with(json!({"delivery_window_end": "2026-12-04T08:00:00Z"}));
    world
        .post("/orders", &inverted)
        .await
        .expect_problem(422, "invalid-date");
}

#[tokio::test]
async fn the_discount_cap_is_exact() {
    // D21
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let with = |line: &str, order: &str| {
        new_order(
            &customer,
            json!({
                "items": [{"product_id": "rye", "quantity": "1", "unit_price": "100", "discount_amount": line}],
                "discount_amount": order,
            }),
        )
    };
    world.post("/orders", &with("30", "20")).await.expect(201);
    world
        .post("/orders", &with("30", "20.01"))
        .await
        .expect_problem(422, "discount-exceeds-maximum");
    world
        .post("/orders", &with("100.01", "0"))
        .await
        .expect_problem(422, "discount-exceeds-line");
    world
        .post("/orders", &with("40", "60.01"))
        .await
        .expect_problem(422, "discount-exceeds-subtotal");
}

#[tokio::test]
async fn calendar_dates_are_the_tenants() {
    // D4
    let world = World::with(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    let customer = world.customer(json!({})).await;
    let order = world
        .order(
            &customer,
            json!({"requested_delivery_at": "2026-12-04T11:30:00Z"}),
        )
        .await;
    assert_eq!(order["delivery_date"], "2026-12-05");
    // 08:00 UTC is 21:00 in Auckland: still 1 December.
    assert!(
        order["order_number"]
            .as_str()
            .unwrap()
            .starts_with("ORD-20261201-"),
        "{order}"
    );
}

#[tokio::test]
async fn switches_of_the_deployment_are_obeyed() {
    // D13, D26, D30
    let world = World::with(&[
        ("AUTO_APPROVE_ORDERS", "true"),
        ("CUSTOMER_VALIDATION_ENABLED", "false"),
    ])
    .await;
    let stranger = uuid::Uuid::new_v4().to_string();
    let order = world
        .post("/orders", &new_order(&stranger, json!({})))
        .await
        .expect(201);
    assert_eq!(
        (&order["status"], &order["version"]),
        (&json!("confirmed"), &json!(2))
    );
    assert_eq!(order["customer_verified"], false);
    let closed = world.redeployed(&[("ORDER_PROCESSING_ENABLED", "false")]);
    let answer = closed.post("/orders", &new_order(&stranger, json!({}))).await;
    assert!(answer.header("retry-after").is_some());
    answer.expect_problem(503, "order-processing-disabled");
    closed
        .get(&format!("/orders/{}", order["id"].as_str().unwrap()))
        .await
        .expect(200);
}

#[tokio::test]
async fn fifty_at_once_are_fifty_orders_with_fifty_numbers() {
    // D29, §4
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let orders = futures_util::future::join_all((0..50).map(|_| world.post("/orders", &body))).await;
    let mut numbers: Vec<_> = orders
        .into_iter()
        .map(|order| order.expect(201)["order_number"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 50);
    assert!(
        numbers
            .iter()
            .all(|number| number.len() == "ORD-20261201-0001".len() && number.starts_with("ORD-20261201-"))
    );
}
