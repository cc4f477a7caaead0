//! Recounts of a table that does not stand still, or cannot be read everywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orders_service::store::keys;
use orders_service::usecases::projections::recount::{Recounted, recount};
use tokio::sync::Semaphore;

use super::recount::{bakery, counted_bakery, keys_of, nothing, plant, run, set};
use super::{count, snapshot};
use crate::support::faults::Verdict;
use crate::support::{Background, World};

#[tokio::test]
async fn a_row_that_never_stands_still_is_left_for_the_next_run() {
    // D90: somebody counts whenever the gates are read
    let world = World::new().await;
    counted_bakery(&world).await;
    let busy = Arc::new(world.redeployed(&[]));
    let reads = Arc::new(AtomicUsize::new(0));
    let (seen, totals) = (reads.clone(), keys_of(&world).rollup("t"));
    let judged = world.judged(move |request| {
        if request.operation != "Query" || !request.body.contains("#GC") {
            return Verdict::Pass;
        }
        seen.fetch_add(1, Ordering::SeqCst);
        let (gate, busy, totals) = (Arc::new(Semaphore::new(0)), busy.clone(), totals.clone());
        let open = gate.clone();
        tokio::spawn(async move {
            plant(&busy, &totals, |item| {
                let changes: i64 = item["ch"].as_n().unwrap().parse().unwrap();
                set(item, "ch", changes + 1);
                set(item, "bd", changes);
            })
            .await;
            open.add_permits(1);
        });
        Verdict::Wait(gate)
    });
    assert_eq!(
        run(&judged).await,
        Recounted {
            inconclusive: 1,
            ..nothing()
        }
    );
    // Once for what is behind, and three times for the rows.
    assert_eq!(reads.load(Ordering::SeqCst), 4);
    assert_eq!(
        run(&world).await,
        Recounted {
            drift: 1,
            ..nothing()
        }
    );
    world.expect_projected().await;
}

#[tokio::test]
async fn a_recount_beside_projectors_neither_loses_nor_doubles_anything() {
    // D90
    for round in 0..4 {
        let world = World::new().await;
        let (_, orders) = counted_bakery(&world).await;
        let background = Background::of(&world);
        world.walk(&orders[0], &["confirmed"]).await;
        world.walk(&orders[2], &["cancelled"]).await;
        world.walk(&orders[4], &["on_hold"]).await;
        let projections = [0, 2, 4].map(|at: usize| count(&world, &background, &orders[at]));
        let (_, found) = tokio::join!(futures_util::future::join_all(projections), async {
            tokio::time::sleep(std::time::Duration::from_millis(round * 4)).await;
            run(&world).await
        });
        assert_eq!(found.drift, 0, "round {round}: {found:?}");
        world.expect_projected().await;
        assert_eq!(run(&world).await, nothing());
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_stops_no_other() {
    // D90: one is not even listed, one is listed only
    let world = World::new().await;
    let (customers, orders) = bakery(&world).await;
    let tenant = orders_service::auth::TenantId(world.tenant);
    for (order, attribute) in [(&orders[0], "r"), (&orders[1], "b")] {
        world
            .spoil_item(&keys::order(tenant, order.parse().unwrap()), attribute)
            .await;
    }
    let access = world.app.enter(world.background()).await.unwrap();
    let background = Background::of(&world);
    for _ in 0..2 {
        let error = recount(&background.worker, &access).await.unwrap_err();
        assert!(error.cause.contains("2 records"), "{error}");
    }
    let figures = world.projected().await;
    assert_eq!(figures.placed.values().map(|day| day.placed).sum::<i64>(), 3);
    assert_eq!((figures.totals.customers, customers.len()), (2, 2));
}

#[tokio::test]
async fn an_order_that_the_list_does_not_have_yet_is_left_as_it_was_counted() {
    // D90: an index is a moment behind the table, here for good
    let world = World::new().await;
    let (_, orders) = counted_bakery(&world).await;
    let newest = keys::order(
        orders_service::auth::TenantId(world.tenant),
        orders[4].parse().unwrap(),
    );
    plant(&world, &newest, |item| {
        item.remove("g1p");
        item.remove("g1s");
    })
    .await;
    let before = snapshot(&world).await;
    assert_eq!(run(&world).await, nothing());
    assert_eq!(snapshot(&world).await, before);
}
