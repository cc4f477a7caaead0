//! The rollups and the erasure of a customer (D34): its name goes, its figures stay.

use std::sync::Arc;

use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::reconcile::{Extent, reconcile};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{amend, count, count_customer, last_event, told_as};
use crate::customers::planted::{CANARY, erase, plant_with_payments};
use crate::support::background::id;
use crate::support::faults::Verdict;
use crate::support::{Background, World};

async fn finished(world: &World, customer: &str, last: &str) -> Value {
    let order = world.order(customer, json!({})).await;
    match last {
        "cancelled" => world.walk(id(&order), &["cancelled"]).await,
        _ => {
            world
                .walk(id(&order), &["confirmed", "in_production", "ready", "delivered"])
                .await
        }
    }
    order
}

#[tokio::test]
async fn no_figure_moves_when_everything_personal_goes() {
    // D34, D90
    let world = World::new().await;
    let background = Background::of(&world);
    let planted = plant_with_payments(&world).await;
    for order in &planted.orders {
        count(&world, &background, order).await;
    }
    count_customer(&world, &background, &planted.customer).await;
    let before = world.expect_projected().await;
    erase(&world, &planted.customer).await.expect(200);
    assert!(!world.everything().await.contains(CANARY));
    // The events of before come again, and those of the erasure.
    for event in background.event_bodies() {
        background.project(&event).await.unwrap();
    }
    for order in &planted.orders {
        count(&world, &background, order).await;
    }
    count_customer(&world, &background, &planted.customer).await;
    assert!(!world.everything().await.contains(CANARY));
    let after = world.expect_projected().await;
    assert_eq!((after.totals.customers, after.totals.active_customers), (0, 0));
    assert_eq!(
        (&after.placed, &after.metrics, &after.customers),
        (&before.placed, &before.metrics, &before.customers)
    );
    assert_eq!(
        (&after.products, &after.months, &after.open),
        (&before.products, &before.months, &before.open)
    );
}

#[tokio::test]
async fn the_name_goes_from_every_month_and_from_orders_that_were_taken_back() {
    // D34
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({"name": CANARY})).await;
    for last in ["delivered", "cancelled", "delivered"] {
        let order = world
            .order(
                &customer,
                json!({"requested_delivery_at": "2027-02-20T09:00:00Z"}),
            )
            .await;
        count(&world, &background, id(&order)).await;
        let walk: &[&str] = match last {
            "cancelled" => &["cancelled"],
            _ => &["confirmed", "in_production", "ready", "delivered"],
        };
        world.walk(id(&order), walk).await;
        count(&world, &background, id(&order)).await;
        world.clock.advance(chrono::Duration::days(31));
    }
    assert_eq!(names(&world).await, 3);
    erase(&world, &customer).await.expect(200);
    assert_eq!(names(&world).await, 0);
    assert!(!world.everything().await.contains(CANARY));
}

/// Rows of the tops that have a name.
async fn names(world: &World) -> usize {
    let items = world.items().await;
    let tops = items
        .iter()
        .filter(|item| item["k"].as_s().is_ok_and(|kind| kind == "RT"));
    tops.filter(|item| item["r"].as_m().unwrap().contains_key("n"))
        .count()
}

#[tokio::test]
async fn a_projector_that_was_on_its_way_does_not_bring_the_name_back() {
    // D34: it has read an order with its name; its write comes when the erasure is over
    for row_is_there in [false, true] {
        let world = World::new().await;
        let background = Background::of(&world);
        let customer = world.customer(json!({"name": CANARY})).await;
        let first = finished(&world, &customer, "delivered").await;
        if row_is_there {
            count(&world, &background, id(&first)).await;
            assert_eq!(names(&world).await, 1);
        }
        let order = finished(&world, &customer, "delivered").await;
        let event = background
            .relay(world.entity(EntityKind::Order, id(&order)))
            .await
            .pop()
            .unwrap();
        let gate = Arc::new(Semaphore::new(0));
        let held = gate.clone();
        let slow = world.judged(move |request| match request.operation {
            "TransactWriteItems" => Verdict::Wait(held.clone()),
            _ => Verdict::Pass,
        });
        let slow = Background::of(&slow);
        let (projected, erased) = tokio::join!(slow.project(&event), async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let erased = erase(&world, &customer).await;
            gate.add_permits(100);
            erased
        });
        projected.unwrap();
        assert_eq!(erased.expect(200)["complete"], true);
        assert_eq!(names(&world).await, 0);
        assert!(!world.everything().await.contains(CANARY), "{row_is_there}");
        for order in [&first, &order] {
            count(&world, &background, id(order)).await;
        }
        world.expect_projected().await;
    }
}

#[tokio::test]
async fn an_erasure_that_dies_before_it_comes_to_the_rows_is_brought_to_its_end() {
    // D34
    let mut deaths = 0;
    for n in 1.. {
        let world = World::new().await;
        let background = Background::of(&world);
        let customer = world.customer(json!({"name": CANARY})).await;
        for last in ["delivered", "cancelled"] {
            let order = finished(&world, &customer, last).await;
            count(&world, &background, id(&order)).await;
        }
        let mortal = world.dying_at(n, n % 2 == 0);
        let answer = erase(&mortal.world, &customer).await;
        if !mortal.is_dead() {
            answer.expect(200);
            break;
        }
        deaths += 1;
        if n % 3 == 0 {
            world.clock.advance(chrono::Duration::minutes(15));
            reconcile(&background.worker, Extent::Recent).await.unwrap();
        }
        erase(&world, &customer).await.expect(200);
        assert!(!world.everything().await.contains(CANARY), "died at {n}");
    }
    // Mark, two orders, the row, the customer.
    assert!(deaths >= 5, "{deaths}");
}

#[tokio::test]
async fn a_late_order_gives_a_row_without_a_name_its_name_while_the_customer_is_there() {
    // D90: an amendment long after the row lost what it had
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({"name": "Anna"})).await;
    let order = world.order(&customer, json!({})).await;
    world
        .change_order(id(&order), |order| order.row.customer_name.clear())
        .await;
    count(&world, &background, id(&order)).await;
    assert_eq!(names(&world).await, 0);
    world
        .change_order(id(&order), |order| order.row.customer_name = "Anna".into())
        .await;
    amend(
        &world,
        id(&order),
        json!({"items": [{"product_id": "rye", "quantity": "3", "unit_price": "3.50"}]}),
    )
    .await;
    let version = world.stored_order(id(&order)).await.version;
    background
        .project(&told_as(&last_event(&background, id(&order)), version))
        .await
        .unwrap();
    assert_eq!(names(&world).await, 1);
    count_customer(&world, &background, &customer).await;
    world.expect_projected().await;
}
