//! Orders on account and the customer's credit.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::orders::new_order;

fn priced(customer: &str, amount: &str) -> Value {
    new_order(
        customer,
        json!({"items": [{"product_id": "rye", "quantity": "1", "unit_price": amount}]}),
    )
}

async fn exposure(world: &World, customer: &str) -> String {
    let read = world.get(&format!("/customers/{customer}")).await.expect(200);
    read["credit"]["exposure"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn exposure_follows_every_order_on_account() {
    // D31
    let world = World::new().await;
    let customer = world.customer(json!({"payment_terms": "net_30"})).await;
    let first = world
        .post("/orders", &priced(&customer, "100.10"))
        .await
        .expect(201);
    let second = world.post("/orders", &priced(&customer, "50")).await.expect(201);
    assert_eq!(exposure(&world, &customer).await, "150.10");
    world.walk(second["id"].as_str().unwrap(), &["on_hold"]).await;
    assert_eq!(exposure(&world, &customer).await, "100.10");
    world.walk(second["id"].as_str().unwrap(), &["pending"]).await;
    world.walk(first["id"].as_str().unwrap(), &["cancelled"]).await;
    assert_eq!(exposure(&world, &customer).await, "50.00");
}

#[tokio::test]
async fn an_order_beyond_the_limit_is_stored_on_hold_and_its_release_refused() {
    // D31, D26
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let customer = world
        .customer(json!({"payment_terms": "net_30", "credit_limit": "1000"}))
        .await;
    world.post("/orders", &priced(&customer, "400")).await.expect(201);
    let held = world
        .post("/orders", &priced(&customer, "600.01"))
        .await
        .expect(201);
    assert_eq!(
        (&held["status"], &held["hold"]["reason"]),
        (&json!("on_hold"), &json!("credit_limit_exceeded"))
    );
    let fits = world
        .post("/orders", &priced(&customer, "600.00"))
        .await
        .expect(201);
    assert_eq!(fits["status"], "pending");
    assert_eq!(exposure(&world, &customer).await, "1000.00");
    let path = format!("/orders/{}/status", held["id"].as_str().unwrap());
    let problem = world
        .put(&path, &json!({"status": "pending"}))
        .await
        .expect_problem(409, "credit-limit-exceeded");
    assert_eq!(
        (
            &problem["exposure"],
            &problem["credit_limit"],
            &problem["required"]
        ),
        (&json!("1000.00"), &json!("1000.00"), &json!("600.01"))
    );
    assert_eq!(exposure(&world, &customer).await, "1000.00");
    // An override moves the exposure unconditionally.
    world
        .put(
            &path,
            &json!({"status": "confirmed", "reason": "the owner knows them"}),
        )
        .await
        .expect(200);
    assert_eq!(exposure(&world, &customer).await, "1600.01");
}

#[tokio::test]
async fn of_orders_that_fit_alone_but_not_together_one_is_held() {
    // D31
    for _ in 0..5 {
        let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
        let customer = world
            .customer(json!({"payment_terms": "net_30", "credit_limit": "1000"}))
            .await;
        let body = priced(&customer, "600");
        let (a, b) = tokio::join!(world.post("/orders", &body), world.post("/orders", &body));
        let mut statuses = [
            a.expect(201)["status"].to_string(),
            b.expect(201)["status"].to_string(),
        ];
        statuses.sort_unstable();
        assert_eq!(statuses, ["\"on_hold\"", "\"pending\""]);
        assert_eq!(exposure(&world, &customer).await, "600.00");
    }
}

#[tokio::test]
async fn account_without_payment_terms_is_held() {
    // D32
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({"payment_method": "account"})).await;
    assert_eq!(
        (&order["status"], &order["hold"]["reason"]),
        (&json!("on_hold"), &json!("payment_validation_failed"))
    );
    let lenient = world.redeployed(&[("PAYMENT_VALIDATION_ENABLED", "false")]);
    assert_eq!(
        lenient
            .order(&customer, json!({"payment_method": "account"}))
            .await["status"],
        "pending"
    );
}
