//! Orders on account and the customer's credit.

use orders_domain::decimal::Money;
use orders_service::store::credit::{CreditCheck, ExposureChange};
use orders_service::store::order_writes::OrderWritten;
use orders_service::store::orders::Order;
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

/// A customer on account with a limit.
async fn limited(world: &World, limit: &str) -> String {
    world
        .customer(json!({"payment_terms": "net_30", "credit_limit": limit}))
        .await
}

#[tokio::test]
async fn payments_and_refunds_move_the_exposure_whatever_the_limit() {
    // D31, D28
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let customer = limited(&world, "1000").await;
    let first = world.post("/orders", &priced(&customer, "900")).await.expect(201);
    let first = first["id"].as_str().unwrap();
    world.pay(first, "600", "succeeded").await;
    assert_eq!(exposure(&world, &customer).await, "300.00");
    world.pay(first, "600", "failed").await;
    assert_eq!(exposure(&world, &customer).await, "300.00");
    let second = world.post("/orders", &priced(&customer, "700")).await.expect(201);
    assert_eq!(second["status"], "pending");
    world.pay(first, "600", "refunded").await;
    assert_eq!(exposure(&world, &customer).await, "1600.00");
    // An order on hold counts for nothing, whatever is paid on it.
    world.walk(first, &["on_hold"]).await;
    assert_eq!(exposure(&world, &customer).await, "700.00");
    world.pay(first, "600", "succeeded").await;
    assert_eq!(exposure(&world, &customer).await, "700.00");
    world.walk(first, &["pending"]).await;
    assert_eq!(exposure(&world, &customer).await, "1000.00");
    // What is paid in full counts for nothing any more, even when it is not on account that it was paid.
    world.pay(first, "300", "succeeded").await;
    assert_eq!(exposure(&world, &customer).await, "700.00");
}

#[tokio::test]
async fn confirming_is_checked_although_nothing_moves() {
    // D26, D31
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let customer = limited(&world, "1000").await;
    let order = world.post("/orders", &priced(&customer, "800")).await.expect(201);
    let path = format!("/orders/{}/status", order["id"].as_str().unwrap());
    world.set_limit(&customer, Some("799.99")).await;
    let refused = world.put(&path, &json!({"status": "confirmed"})).await;
    let refused = refused.expect_problem(409, "credit-limit-exceeded");
    assert_eq!(
        (
            &refused["exposure"],
            &refused["credit_limit"],
            &refused["required"]
        ),
        (&json!("800.00"), &json!("799.99"), &json!("800.00"))
    );
    let now = world
        .get(&format!("/orders/{}", order["id"].as_str().unwrap()))
        .await;
    assert_eq!(now.expect(200), order);
    world.set_limit(&customer, Some("800")).await;
    world
        .put(&path, &json!({"status": "confirmed"}))
        .await
        .expect(200);
    assert_eq!(exposure(&world, &customer).await, "800.00");
}

#[tokio::test]
async fn a_failed_delivery_frees_credit_and_a_second_try_needs_it_again() {
    // D26, D31
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let customer = limited(&world, "1000").await;
    let mut body = priced(&customer, "600");
    body["delivery_method"] = json!("delivery");
    let order = world.post("/orders", &body).await.expect(201);
    let id = order["id"].as_str().unwrap();
    let way = [
        "confirmed",
        "in_production",
        "ready",
        "out_for_delivery",
        "failed",
    ];
    world.walk(id, &way).await;
    assert_eq!(exposure(&world, &customer).await, "0.00");
    let other = world
        .post("/orders", &priced(&customer, "400.01"))
        .await
        .expect(201);
    assert_eq!(other["status"], "pending");
    let again = json!({"status": "ready"});
    let path = format!("/orders/{id}/status");
    world
        .put(&path, &again)
        .await
        .expect_problem(409, "credit-limit-exceeded");
    world
        .pay(other["id"].as_str().unwrap(), "0.01", "succeeded")
        .await;
    world.put(&path, &again).await.expect(200);
    assert_eq!(exposure(&world, &customer).await, "1000.00");
}

#[tokio::test]
async fn no_credit_is_a_limit_of_nothing_and_no_limit_is_none() {
    // D31, §4
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let none = limited(&world, "0").await;
    let held = world.post("/orders", &priced(&none, "0.01")).await.expect(201);
    assert_eq!(held["status"], "on_hold");
    let unlimited = world.customer(json!({"payment_terms": "net_30"})).await;
    let order = world
        .post("/orders", &priced(&unlimited, "99999"))
        .await
        .expect(201);
    assert_eq!(order["status"], "pending");
    world.set_limit(&unlimited, Some("1")).await;
    let held = world
        .post("/orders", &priced(&unlimited, "0.01"))
        .await
        .expect(201);
    assert_eq!(held["status"], "on_hold");
    world.set_limit(&unlimited, None).await;
    let order = world
        .post("/orders", &priced(&unlimited, "0.01"))
        .await
        .expect(201);
    assert_eq!(order["status"], "pending");
    // Without the check nothing is held, but the exposure moves all the same.
    let unchecked = world.redeployed(&[]);
    let order = unchecked.post("/orders", &priced(&none, "5")).await.expect(201);
    assert_eq!(order["status"], "pending");
    assert_eq!(exposure(&world, &none).await, "5.00");
}

#[tokio::test]
async fn an_order_judged_by_an_old_limit_is_judged_again() {
    // D31: the limit goes up and down while orders come; each is judged by a limit that was in force.
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    for _ in 0..5 {
        let customer = limited(&world, "1000").await;
        let body = priced(&customer, "600");
        let orders = futures_util::future::join_all((0..4).map(|_| world.post("/orders", &body)));
        let limits = async {
            for limit in ["500", "700", "1100", "1300"] {
                world.set_limit(&customer, Some(limit)).await;
            }
        };
        let (orders, ()) = tokio::join!(orders, limits);
        let taken = orders
            .into_iter()
            .filter(|answer| answer.body["status"] == "pending")
            .count();
        // Two fit 1 300, none 500; an error would be an order lost to the change of the limit.
        assert!(taken <= 2, "{taken}");
        let credit = world.credit_of(&customer).await;
        assert_eq!(credit.exposure.scaled(), 60_000 * i64::try_from(taken).unwrap());
        let last = world.post("/orders", &body).await.expect(201);
        let fits = credit.exposure.scaled() + 60_000 <= 130_000;
        assert_eq!(last["status"] == "pending", fits);
    }
}

#[tokio::test]
async fn a_write_is_held_to_the_limit_that_was_read_and_to_no_other() {
    // D31: the condition itself, without the check before it.
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let customer = limited(&world, "1000").await;
    let order = world.post("/orders", &priced(&customer, "400")).await.expect(201);
    let model = world.stored_order(order["id"].as_str().unwrap()).await;
    let money = |text: &str| Money::parse(text).unwrap();
    let write = async |delta: &str, check: CreditCheck| {
        let order = Order {
            id: uuid::Uuid::new_v4(),
            write_id: uuid::Uuid::new_v4(),
            ..model.clone()
        };
        let change = ExposureChange {
            customer: model.row.customer_id,
            delta: money(delta),
            check,
        };
        world
            .in_store(async |store| store.insert_order(&order, Some(change)).await.unwrap())
            .await
    };
    let limit = |text: &str| CreditCheck::Limit(money(text));
    for (delta, check, expected) in [
        ("600.01", limit("1000"), "exceeded"),
        ("600.00", limit("999.99"), "changed"),
        ("0.01", CreditCheck::Unlimited, "changed"),
        ("0.00", limit("2000"), "changed"),
        ("0.00", limit("1000"), "now"),
        ("600.00", limit("1000"), "now"),
        ("0.00", limit("1000"), "now"),
        ("0.01", limit("1000"), "exceeded"),
        ("0.01", CreditCheck::Unchecked, "now"),
        ("0.00", limit("1000"), "exceeded"),
    ] {
        let found = match write(delta, check).await {
            OrderWritten::Now => "now",
            OrderWritten::LimitExceeded(found) => {
                assert_eq!(found.limit, Some(money("1000")));
                "exceeded"
            }
            OrderWritten::LimitChanged(found) => {
                assert_eq!(found.limit, Some(money("1000")));
                "changed"
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected, "{delta} {check:?}");
    }
    assert_eq!(exposure(&world, &customer).await, "1000.01");
}
