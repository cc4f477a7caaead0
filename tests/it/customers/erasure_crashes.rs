//! Erasures that end at any of their writes, and those that take longer than a run may (D34).

use chrono::Duration;
use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::reconcile::{Extent, reconcile};
use serde_json::{Value, json};

use super::planted::{CANARY, Planted, erase, plant};
use crate::support::faults::Verdict;
use crate::support::{Background, World};

/// The state an erasure ends in, however often it was interrupted.
async fn assert_erased(world: &World, planted: &Planted) {
    assert!(!world.everything().await.contains(CANARY));
    let customer = world
        .get(&format!("/customers/{}", planted.customer))
        .await
        .expect(200);
    // Created, put on hold, marked, emptied.
    assert_eq!((&customer["version"], &customer["name"]), (&json!(4), &json!("")));
    assert!(customer["erased_at"].is_string());
    for order in &planted.orders {
        assert_eq!(world.erasure_notes(order).await, 1);
    }
    // Both guards are gone.
    let twin = json!({"name": "Twin", "customer_code": "canarycode", "email": "canaryemail@example.com"});
    world.post("/customers", &twin).await.expect(201);
}

/// Runs an erasure that ends at its n-th write; `None` when it has fewer.
async fn interrupted(world: &World, planted: &Planted, n: usize, applied: bool) -> Option<u16> {
    let mortal = world.dying_at(n, applied);
    let answer = erase(&mortal.world, &planted.customer).await;
    if mortal.is_dead() {
        answer.clone().expect_problem(503, "unavailable");
        Some(answer.status)
    } else {
        answer.expect(200);
        None
    }
}

#[tokio::test]
async fn killed_at_any_write_it_is_completed_by_the_next_request() {
    // D34
    for applied in [false, true] {
        let mut writes = 0;
        loop {
            let world = World::new().await;
            let planted = plant(&world).await;
            if interrupted(&world, &planted, writes + 1, applied).await.is_none() {
                break;
            }
            writes += 1;
            assert_eq!(
                erase(&world, &planted.customer).await.expect(200)["complete"],
                true
            );
            assert_erased(&world, &planted).await;
        }
        // The mark, three orders, the part of one of them, the customer.
        assert_eq!(writes, 6);
    }
}

#[tokio::test]
async fn killed_again_and_again_it_still_ends() {
    // D34
    let world = World::new().await;
    let planted = plant(&world).await;
    let mut runs = 0;
    // Each run gets one write further and dies at the next.
    while interrupted(&world, &planted, 2, false).await.is_some() {
        runs += 1;
        assert!(runs < 20);
    }
    assert!(runs > 3, "{runs}");
    assert_erased(&world, &planted).await;
}

#[tokio::test]
async fn an_order_that_cannot_be_read_stops_no_other() {
    // D34
    let world = World::new().await;
    let planted = plant(&world).await;
    let broken = world.entity(EntityKind::Order, &planted.orders[0]).key();
    let whole = world
        .in_store(async |store| store.get_item(&broken).await.unwrap().unwrap())
        .await;
    world.spoil_item(&broken, "b").await;
    erase(&world, &planted.customer)
        .await
        .expect_problem(500, "internal-error");
    for order in &planted.orders[1..] {
        assert_eq!(world.erasure_notes(order).await, 1);
    }
    // The customer waits for it, so that nobody believes all is done.
    let read = world
        .get(&format!("/customers/{}", planted.customer))
        .await
        .expect(200);
    assert_eq!(read["erased_at"], Value::Null);
    world
        .in_store(async |store| store.overwrite(whole).await.unwrap())
        .await;
    erase(&world, &planted.customer).await.expect(200);
    assert_erased(&world, &planted).await;
}

#[tokio::test]
async fn reconcile_completes_what_was_cut_short() {
    // D34
    for n in 2..=6 {
        let world = World::new().await;
        let planted = plant(&world).await;
        assert!(interrupted(&world, &planted, n, false).await.is_some());
        let background = Background::of(&world);
        // A minute is left to whoever is at it.
        world.clock.advance(Duration::seconds(60));
        assert_eq!(
            reconcile(&background.worker, Extent::Recent)
                .await
                .unwrap()
                .erasures,
            0
        );
        assert!(world.everything().await.contains(CANARY));
        world.clock.advance(Duration::seconds(1));
        let done = reconcile(&background.worker, Extent::Recent).await.unwrap();
        assert_eq!((done.erasures, done.failures), (1, 0));
        assert_erased(&world, &planted).await;
    }
}

#[tokio::test]
async fn what_one_run_has_no_time_for_is_for_the_next() {
    // D34
    let world = World::new().await;
    let customer = world.customer(json!({"name": CANARY})).await;
    for _ in 0..51 {
        let order = world.order(&customer, json!({})).await;
        world.walk(order["id"].as_str().unwrap(), &["cancelled"]).await;
    }
    let clock = world.clock.clone();
    let slow = world.judged(move |request| {
        if request.write == Some(2) {
            clock.advance(Duration::seconds(7));
        }
        Verdict::Pass
    });
    let answer = erase(&slow, &customer).await.expect(202);
    assert_eq!(
        answer,
        json!({"customer_id": customer, "erased_at": null, "orders_scrubbed": 50, "complete": false})
    );
    let read = world.get(&format!("/customers/{customer}")).await.expect(200);
    assert_eq!(
        (&read["is_active"], &read["name"]),
        (&json!(false), &json!(CANARY))
    );
    // Nobody takes it back, and nobody changes the customer meanwhile.
    let patch = json!({"is_active": true});
    world
        .call("PATCH", &format!("/customers/{customer}"), Some(&patch))
        .await
        .expect_problem(409, "customer-erased");
    let rest = erase(&world, &customer).await.expect(200);
    assert_eq!(
        (&rest["orders_scrubbed"], &rest["complete"]),
        (&json!(1), &json!(true))
    );
    assert_ne!(rest["erased_at"], Value::Null);
    assert!(!world.everything().await.contains(CANARY));
}
