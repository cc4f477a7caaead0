//! Erasures beside orders that are being placed (D34).

use std::sync::Arc;

use chrono::Duration;
use futures_util::future::join_all;
use orders_domain::order_status::OrderStatus;
use orders_service::auth::TenantId;
use orders_service::store::Replaced;
use orders_service::store::keys;
use orders_service::store::orders::Order;
use orders_service::usecases::reconcile::{Extent, reconcile};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::planted::{CANARY, erase};
use crate::support::background::id;
use crate::support::faults::Verdict;
use crate::support::orders::new_order;
use crate::support::{Background, World};

async fn names(world: &World, customer: &str) -> Vec<Value> {
    let page = world
        .get(&format!("/orders?customer_id={customer}&limit=100"))
        .await
        .expect(200);
    let rows = page["items"].as_array().unwrap().iter();
    rows.map(|row| row["customer_name"].clone()).collect()
}

#[tokio::test]
async fn an_order_that_was_on_its_way_loses_its_name_too() {
    // D34
    for by_reconcile in [false, true] {
        let world = World::new().await;
        let customer = world.customer(json!({"name": CANARY})).await;
        // The order has read an active customer; its write comes when the erasure is over.
        let gate = Arc::new(Semaphore::new(0));
        let held = gate.clone();
        let slow = world.judged(move |request| {
            if request.operation == "PutItem" && request.body.contains("ORD-") {
                Verdict::Wait(held.clone())
            } else {
                Verdict::Pass
            }
        });
        let body = new_order(&customer, json!({}));
        let (order, erased) = tokio::join!(slow.post("/orders", &body), async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let erased = erase(&world, &customer).await;
            gate.add_permits(1);
            erased
        });
        assert_eq!(erased.expect(200)["complete"], true);
        assert_eq!(order.expect(201)["customer_name"], CANARY);
        assert_eq!(names(&world, &customer).await, [CANARY]);
        if by_reconcile {
            let background = Background::of(&world);
            world.clock.advance(Duration::minutes(15));
            assert_eq!(
                reconcile(&background.worker, Extent::Recent)
                    .await
                    .unwrap()
                    .erasures,
                1
            );
            assert_eq!(
                reconcile(&background.worker, Extent::Recent)
                    .await
                    .unwrap()
                    .erasures,
                0
            );
        } else {
            let again = erase(&world, &customer).await.expect(200);
            assert_eq!(again["orders_scrubbed"], 1);
        }
        assert_eq!(names(&world, &customer).await, [""]);
        assert!(!world.everything().await.contains(CANARY));
    }
}

#[tokio::test]
async fn no_order_keeps_its_name_however_they_meet() {
    // D34
    for round in 0..6 {
        let world = World::new().await;
        let customer = world.customer(json!({"name": CANARY})).await;
        let body = new_order(&customer, json!({}));
        let creates = (0..5).map(|n| {
            let (world, body) = (&world, &body);
            async move {
                tokio::time::sleep(std::time::Duration::from_millis(n * 3)).await;
                world.post("/orders", body).await
            }
        });
        let deletes = (0..2).map(|n| {
            let (world, customer) = (&world, &customer);
            async move {
                tokio::time::sleep(std::time::Duration::from_millis(n + round * 2)).await;
                erase(world, customer).await
            }
        });
        let (placed, erased) = tokio::join!(join_all(creates), join_all(deletes));
        for answer in &placed {
            assert!(
                answer.status == 201 || answer.body["code"] == "customer-inactive",
                "{:#}",
                answer.body
            );
        }
        for answer in &erased {
            let refused = matches!(
                answer.body["code"].as_str(),
                Some("customer-has-open-orders" | "version-conflict")
            );
            assert!(answer.status == 200 || refused, "{:#}", answer.body);
        }
        let read = world.get(&format!("/customers/{customer}")).await.expect(200);
        if read["erased_at"].is_null() {
            // It was refused, and is off: the customer is as it was.
            assert_eq!(
                (&read["is_active"], &read["name"]),
                (&json!(true), &json!(CANARY))
            );
            for order in placed.iter().filter(|answer| answer.status == 201) {
                world.walk(id(&order.body), &["cancelled"]).await;
            }
            erase(&world, &customer).await.expect(200);
        } else {
            world.clock.advance(Duration::minutes(15));
            reconcile(&Background::of(&world).worker, Extent::Recent)
                .await
                .unwrap();
        }
        assert!(names(&world, &customer).await.iter().all(|name| name == ""));
        assert!(!world.everything().await.contains(CANARY), "round {round}");
    }
}

#[tokio::test]
async fn an_order_that_came_before_the_second_look_takes_the_erasure_back() {
    // D34
    for by_reconcile in [false, true] {
        let world = World::new().await;
        let customer = world.customer(json!({"name": CANARY})).await;
        let order = world.order(&customer, json!({})).await;
        world.walk(id(&order), &["cancelled"]).await;
        // It ended right after the mark; then the order turns out to be open.
        let mortal = world.dying_at(1, true);
        erase(&mortal.world, &customer)
            .await
            .expect_problem(503, "unavailable");
        assert!(mortal.is_dead());
        let path = format!("/customers/{customer}");
        assert_eq!(world.get(&path).await.expect(200)["is_active"], false);
        reopen(&world, id(&order)).await;
        if by_reconcile {
            world.clock.advance(Duration::seconds(61));
            let done = reconcile(&Background::of(&world).worker, Extent::Recent)
                .await
                .unwrap();
            assert_eq!((done.erasures, done.failures), (0, 0));
        } else {
            let problem = erase(&world, &customer)
                .await
                .expect_problem(409, "customer-has-open-orders");
            assert_eq!(problem["open_orders"], 1);
        }
        let back = world.get(&path).await.expect(200);
        assert_eq!(
            (
                &back["is_active"],
                &back["name"],
                &back["version"],
                &back["erased_at"]
            ),
            (&json!(true), &json!(CANARY), &json!(3), &Value::Null)
        );
        assert_eq!(names(&world, &customer).await, [CANARY]);
        // As if nothing had been: it takes orders, and is erased once they are finished.
        world
            .call("PATCH", &path, Some(&json!({"phone": "1"})))
            .await
            .expect(200);
        world.walk(id(&order), &["cancelled"]).await;
        erase(&world, &customer).await.expect(200);
    }
}

#[tokio::test]
async fn a_customer_being_erased_takes_no_order_even_where_customers_are_not_validated() {
    // D34, D13 CUSTOMER_VALIDATION_ENABLED
    let world = World::new().await;
    let lenient = world.redeployed(&[("CUSTOMER_VALIDATION_ENABLED", "false")]);
    let customer = world.customer(json!({"name": CANARY})).await;
    let body = new_order(&customer, json!({}));
    let placed = lenient.post("/orders", &body).await.expect(201);
    world.walk(id(&placed), &["cancelled"]).await;
    // To be inactive is no reason there, so that is not what stops the order below.
    let path = format!("/customers/{customer}");
    let inactive = json!({"is_active": false});
    world.call("PATCH", &path, Some(&inactive)).await.expect(200);
    let placed = lenient.post("/orders", &body).await.expect(201);
    world.walk(id(&placed), &["cancelled"]).await;
    // Marked, and no further.
    let mortal = world.dying_at(1, true);
    erase(&mortal.world, &customer)
        .await
        .expect_problem(503, "unavailable");
    assert_eq!(world.get(&path).await.expect(200)["erased_at"], Value::Null);
    let refused = lenient.post("/orders", &body).await;
    let refused = refused.expect_problem(422, "customer-inactive");
    assert_eq!(refused["errors"][0]["pointer"], "/customer_id");
    assert_eq!(names(&world, &customer).await.len(), 2);
    // And not when it is over.
    assert_eq!(erase(&world, &customer).await.expect(200)["complete"], true);
    lenient
        .post("/orders", &body)
        .await
        .expect_problem(422, "customer-inactive");
    assert_eq!(names(&world, &customer).await, ["", ""]);
}

/// Makes a cancelled order pending again, which no move does.
async fn reopen(world: &World, order: &str) {
    let key = keys::order(TenantId(world.tenant), order.parse().unwrap());
    world
        .in_store(async |store| {
            let mut order: Order = store.get(&key).await.unwrap().unwrap();
            order.row.status = OrderStatus::Pending;
            let replaced = store.replace(&order, order.version).await.unwrap();
            assert!(matches!(replaced, Replaced::Now), "{replaced:?}");
        })
        .await;
}

#[tokio::test]
async fn parallel_erasures_are_one() {
    // D34, D6
    let world = World::new().await;
    let customer = world.customer(json!({"name": CANARY})).await;
    for _ in 0..3 {
        let order = world.order(&customer, json!({})).await;
        world.walk(id(&order), &["cancelled"]).await;
    }
    let answers = join_all((0..4).map(|_| erase(&world, &customer))).await;
    let mut scrubbed = 0;
    for answer in answers {
        let body = answer.expect(200);
        assert_eq!(body["complete"], true);
        scrubbed += body["orders_scrubbed"].as_u64().unwrap();
    }
    assert_eq!(scrubbed, 3);
    let read = world.get(&format!("/customers/{customer}")).await.expect(200);
    assert_eq!(read["version"], 3);
}
