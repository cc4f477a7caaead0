//! The walk over everything, for when the stream and the relay were down for longer than the other walk looks back.

use std::collections::BTreeMap;

use chrono::Duration;
use orders_service::auth::TenantId;
use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::audit::verify_tenant::verify_tenant;
use orders_service::usecases::reconcile::{Extent, RUN_FOR, Reconciled, reconcile, reconcile_until};
use serde_json::json;

use crate::support::background::id;
use crate::support::{Background, World};

/// The sequences told of each entity, in the order they were taken.
fn told(background: &Background) -> BTreeMap<String, Vec<u64>> {
    let mut told = BTreeMap::<String, Vec<u64>>::new();
    for event in background.events() {
        let entity = event["entity_id"].as_str().unwrap().to_owned();
        let sequence = event["sequence"].as_u64().unwrap();
        told.entry(entity).or_default().push(sequence);
    }
    told
}

async fn verified(world: &World) -> (usize, usize) {
    let (mut orders, mut rows) = (0, 0);
    verify_tenant(&world.app, TenantId(world.tenant), None, |verdict| {
        assert_eq!((&verdict.faults, verdict.pending), (&vec![], 0), "{verdict:?}");
        (orders, rows) = (orders + 1, rows + verdict.rows);
    })
    .await
    .unwrap();
    (orders, rows)
}

#[tokio::test]
async fn after_an_outage_of_days_a_single_run_tells_everything_once_and_completes_the_audit_copy() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let mut expected = BTreeMap::new();
    let customer = world.customer(json!({})).await;
    // Delivered long ago, and paid while nothing was relayed.
    let old = world.order(&customer, json!({})).await;
    world
        .walk(id(&old), &["confirmed", "in_production", "ready", "delivered"])
        .await;
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    background.compute(&world, id(&plan)).await.unwrap();
    let cancelled = world.order(&customer, json!({})).await;
    world.walk(id(&cancelled), &["cancelled"]).await;
    // More changes than an order keeps in itself.
    let long = world.order(&customer, json!({})).await;
    world.age(id(&long), 44).await;
    world.clock.advance(Duration::days(60));
    world.pay(id(&old), "2.50", "succeeded").await;
    let later = json!({"requested_delivery_at": "2027-02-02T09:00:00Z"});
    for _ in 0..3 {
        let order = world.order(&customer, later.clone()).await;
        world.walk(id(&order), &["confirmed"]).await;
        expected.insert(id(&order).to_owned(), vec![1, 2]);
    }
    world.clock.advance(Duration::hours(73));
    expected.extend([
        (customer.clone(), vec![1]),
        (id(&old).to_owned(), (1..=6).collect()),
        (id(&plan).to_owned(), vec![1, 2]),
        (id(&cancelled).to_owned(), vec![1, 2]),
        (id(&long).to_owned(), (1..=45).collect()),
    ]);
    let entries: usize = expected.values().map(Vec::len).sum();
    let done = reconcile(&background.worker, Extent::Everything).await.unwrap();
    assert_eq!(
        (done.entities, done.entries, done.quarantined, done.cut_short),
        (expected.len(), entries, 0, false)
    );
    assert_eq!(told(&background), expected);
    assert_eq!(verified(&world).await, (6, entries - 3));
    // The same run has cancelled the draft of two months ago (D69), which the next one tells.
    assert_eq!(done.drafts_cancelled, 1);
    expected.get_mut(id(&plan)).unwrap().push(3);
    for entries in [1, 0] {
        let again = reconcile(&background.worker, Extent::Everything).await.unwrap();
        assert_eq!((again.entities, again.entries), (expected.len(), entries));
        assert_eq!(told(&background), expected);
    }
}

#[tokio::test]
async fn what_is_recent_is_found_whether_positions_are_read_one_by_one_or_all_at_once() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let mut entities = 1;
    for batch in [2, 12] {
        for _ in 0..batch {
            world.order(&customer, json!({})).await;
        }
        entities += batch;
        let news = if entities == 3 { 3 } else { batch };
        let done = reconcile(&background.worker, Extent::Recent).await.unwrap();
        assert_eq!((done.entities, done.entries), (entities, news));
        let again = reconcile(&background.worker, Extent::Recent).await.unwrap();
        assert_eq!((again.entities, again.entries), (entities, 0));
    }
}

#[tokio::test]
async fn a_run_that_has_no_time_left_stops_and_says_so() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    world.customer(json!({})).await;
    let now = orders_service::ports::Clock::now(world.clock.as_ref());
    for extent in [Extent::Recent, Extent::Everything] {
        let done = reconcile_until(&background.worker, extent, now).await.unwrap();
        let nothing = Reconciled {
            cut_short: true,
            ..Reconciled::default()
        };
        assert_eq!(done, nothing);
    }
    let done = reconcile_until(&background.worker, Extent::Recent, now + RUN_FOR)
        .await
        .unwrap();
    assert_eq!((done.tenants, done.entries, done.cut_short), (1, 1, false));
}

#[tokio::test]
async fn runs_that_are_cut_short_on_their_way_lose_nothing_and_get_there() {
    // D43
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    for _ in 0..20 {
        let order = world.order(&customer, json!({})).await;
        world.walk(id(&order), &["confirmed"]).await;
    }
    // Every request to the table takes a second.
    let clock = world.clock.clone();
    let slow = world.judged(move |_| {
        clock.advance(Duration::seconds(1));
        crate::support::faults::Verdict::Pass
    });
    let background = Background::of(&slow);
    let (mut runs, mut entries) = (0, 0);
    loop {
        let deadline = slow.app.now() + Duration::seconds(75);
        let done = reconcile_until(&background.worker, Extent::Recent, deadline)
            .await
            .unwrap();
        assert_eq!(done.failures, 0);
        (runs, entries) = (runs + 1, entries + done.entries);
        if !done.cut_short {
            break;
        }
        assert!(runs < 20, "it never gets there");
    }
    assert!(runs > 1, "it was never cut short");
    assert_eq!(entries, 41);
    let told = told(&background);
    assert_eq!(told.len(), 21);
    let whole = |(entity, sequences): (&String, &Vec<u64>)| match *entity == customer {
        true => *sequences == [1],
        false => *sequences == [1, 2],
    };
    assert!(told.iter().all(whole), "{told:?}");
}

#[test]
fn a_run_ends_before_its_function_does() {
    // D43
    let template = include_str!("../../../template.yaml");
    let (_, function) = template.split_once("  ReconcileFunction:").unwrap();
    let (_, timeout) = function.split_once("Timeout: ").unwrap();
    let seconds: i64 = timeout.lines().next().unwrap().parse().unwrap();
    assert!(RUN_FOR.num_seconds() + 60 <= seconds, "{seconds}");
}

#[tokio::test]
async fn a_mended_record_loses_its_mark_even_when_nothing_of_it_is_new() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    let entity = world.entity(EntityKind::Plan, id(&plan));
    background.relay(entity).await;
    let good = world
        .in_store(async |store| store.get_item(&entity.key()).await.unwrap().unwrap())
        .await;
    world.spoil_item(&entity.key(), "r").await;
    for _ in 0..2 {
        let done = reconcile(&background.worker, Extent::Recent).await.unwrap();
        assert_eq!((done.quarantined, done.failures), (1, 0));
    }
    assert_eq!(background.bus.quarantined().len(), 1);
    world
        .in_store(async |store| store.overwrite(good).await.unwrap())
        .await;
    let marked = async || {
        let position = world.in_store(async |store| store.relay_position(&entity.name()).await.unwrap());
        position.await.quarantine.is_some()
    };
    assert!(marked().await);
    let done = reconcile(&background.worker, Extent::Recent).await.unwrap();
    assert_eq!((done.quarantined, done.entries), (0, 0));
    assert!(!marked().await);
}
