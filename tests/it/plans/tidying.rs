//! What the nightly walk does about plans that have had their time (D69).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Duration, Utc};
use orders_service::messaging::entity::EntityKind;
use orders_service::ports::Clock as _;
use orders_service::store::Query;
use orders_service::store::keys::{self, Index};
use orders_service::store::record::{number, text};
use orders_service::usecases::reconcile::{Extent, reconcile, reconcile_until};
use serde_json::{Value, json};

use super::{asked, change, drafted, drafted_again, fields, moved, plan, started};
use crate::support::{Background, World};

/// The items of a plan by kind of row, each with the time after which the table may forget it.
async fn times(world: &World, id: &str) -> BTreeMap<String, Vec<Option<DateTime<Utc>>>> {
    let mut found = BTreeMap::<String, Vec<_>>::new();
    world
        .in_store(async |store| {
            let partition = keys::plan_partition(store.tenant(), id.parse().unwrap());
            for item in store
                .query_all(Query::all(Index::Primary, partition))
                .await
                .unwrap()
            {
                let kind = text(&item, "k").unwrap().to_owned();
                let at = number(&item, "ttl").map(|at| DateTime::from_timestamp(at, 0).unwrap());
                found.entry(kind).or_default().push(at);
            }
        })
        .await;
    found
}

async fn night(background: &Background) -> (usize, usize) {
    let done = reconcile(&background.worker, Extent::Everything).await.unwrap();
    assert_eq!((done.failures, done.quarantined, done.cut_short), (0, 0, false));
    (done.drafts_cancelled, done.plans_swept)
}

#[tokio::test]
async fn a_draft_is_cancelled_after_seven_days_edited_or_not() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let edited = drafted(&world, &background).await;
    change(&world, &edited, "flour", json!({"order_quantity": "5"}))
        .await
        .expect(200);
    let waiting = drafted_again(&world, &background).await;
    moved(&world, &waiting, &["pending_approval"]).await;
    world.clock.advance(Duration::days(3));
    let back = drafted_again(&world, &background).await;
    moved(&world, &back, &["pending_approval"]).await;
    world.clock.advance(Duration::days(4));
    moved(&world, &back, &["draft"]).await;
    assert_eq!(night(&background).await.0, 0);
    world.clock.advance(Duration::seconds(1));
    // The walk of every few minutes leaves that alone.
    let recent = reconcile(&background.worker, Extent::Recent).await.unwrap();
    assert_eq!((recent.drafts_cancelled, recent.plans_swept), (0, 0));
    assert_eq!(night(&background).await.0, 1);
    let gone = plan(&world, &edited).await;
    assert_eq!(
        fields(&gone, ["status", "superseded_by"]),
        [json!("cancelled"), Value::Null]
    );
    assert_eq!(
        fields(&gone["history"][0], ["from_status", "to_status", "note"]),
        ["draft", "cancelled", "It was a draft for seven days."]
    );
    assert_eq!(gone["history"][0]["changed_by"]["role"], "system");
    assert_eq!(night(&background).await.0, 0);
    for (id, status) in [(&waiting, "pending_approval"), (&back, "draft")] {
        assert_eq!(plan(&world, id).await["status"], status);
    }
    // What was sent back has its seven days from then on.
    world.clock.advance(Duration::days(7) + Duration::seconds(1));
    assert_eq!(night(&background).await.0, 1);
    assert_eq!(plan(&world, &back).await["status"], "cancelled");
    let told = background.relay(world.entity(EntityKind::Plan, &back)).await;
    assert!(
        told.last().unwrap().contains("\"to_status\":\"cancelled\""),
        "{told:#?}"
    );
}

#[tokio::test]
async fn a_completed_plan_is_forgotten_after_ninety_days_and_all_that_belongs_to_it() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    for _ in 0..20 {
        moved(&world, &id, &["pending_approval", "draft"]).await;
    }
    moved(
        &world,
        &id,
        &["pending_approval", "approved", "in_execution", "completed"],
    )
    .await;
    let end = world.clock.now() + Duration::days(90);
    // The header says so at once; the rest is the night's to do.
    let at_once = times(&world, &id).await;
    assert_eq!((&at_once["PL"], at_once["PR"][0]), (&vec![Some(end)], None));
    assert_eq!(
        night(&background).await.1,
        0,
        "a computation may still be on its way"
    );
    world.clock.advance(Duration::hours(2));
    let version = plan(&world, &id).await["version"].clone();
    assert_eq!(night(&background).await.1, 1);
    let marked = times(&world, &id).await;
    assert_eq!(marked.keys().collect::<Vec<_>>(), ["H", "PL", "PO", "PR"]);
    assert!(
        marked.values().flatten().all(|at| *at == Some(end)),
        "{marked:#?}"
    );
    assert_eq!(
        plan(&world, &id).await["version"],
        version,
        "nothing that a caller sees has changed"
    );
    assert_eq!(night(&background).await, (0, 0));
    // Past its time it is not there, however long the table takes.
    world
        .clock
        .advance(Duration::days(90) - Duration::hours(2) - Duration::seconds(1));
    assert_eq!(plan(&world, &id).await["status"], "completed");
    assert_eq!(
        world.get("/procurement/plans").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    world.clock.advance(Duration::seconds(1));
    let path = format!("/procurement/plans/{id}");
    world.get(&path).await.expect_problem(404, "not-found");
    world
        .get(&format!("{path}/purchase-proposal"))
        .await
        .expect_problem(404, "not-found");
    asked(&world, &id, "completed")
        .await
        .expect_problem(404, "not-found");
    change(&world, &id, "flour", json!({}))
        .await
        .expect_problem(404, "not-found");
    assert_eq!(
        world.get("/procurement/plans").await.expect(200)["items"],
        json!([])
    );
    // What the table has removed is no news to the relay, and reconcile goes on.
    world
        .delete_item(&world.entity(EntityKind::Plan, &id).key())
        .await;
    assert_eq!(
        background.relay(world.entity(EntityKind::Plan, &id)).await.len(),
        0
    );
    assert_eq!(night(&background).await, (0, 0));
}

#[tokio::test]
async fn the_rows_of_a_cancelled_plan_are_forgotten_after_thirty_days_and_its_header_is_kept() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    moved(&world, &id, &["cancelled"]).await;
    let end = world.clock.now() + Duration::days(30);
    world.clock.advance(Duration::hours(2));
    assert_eq!(night(&background).await, (0, 1));
    let marked = times(&world, &id).await;
    assert_eq!(marked["PL"], [None]);
    assert!(
        marked["PR"]
            .iter()
            .chain(&marked["PO"])
            .all(|at| *at == Some(end)),
        "{marked:#?}"
    );
    let whole = plan(&world, &id).await;
    assert_eq!(whole["requirements"].as_array().unwrap().len(), 3);
    world.clock.advance(Duration::days(30) - Duration::hours(2));
    // From then on they are not shown, whether the table has removed them or not.
    let rest = plan(&world, &id).await;
    assert_eq!(
        (&rest["requirements"], &rest["requirement_count"]),
        (&Value::Null, &json!(3))
    );
    change(&world, &id, "flour", json!({"note": "x"}))
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn rows_of_a_computation_that_came_to_nothing_are_marked_and_those_in_force_are_not() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    super::runs::crashed_run(&world, &id).await;
    let before = plan(&world, &id).await;
    let calculating = started(&world, json!({"plan_type": "emergency"})).await;
    super::runs::crashed_run(&world, &calculating).await;
    world.clock.advance(Duration::hours(2));
    let done = reconcile(&background.worker, Extent::Everything).await.unwrap();
    assert_eq!((done.drafts_cancelled, done.plans_swept), (0, 1));
    let end = world.clock.now() + Duration::days(7);
    let marked = times(&world, &id).await;
    let of = |kind: &str| {
        let mut times = marked[kind].clone();
        times.sort_unstable();
        times
    };
    assert_eq!(of("PR"), [None, None, None, Some(end), Some(end)]);
    assert_eq!(of("PO"), [None, Some(end)]);
    assert_eq!(of("PL"), [None]);
    assert_eq!(plan(&world, &id).await, before);
    // A plan that is still calculating is left alone.
    assert!(
        times(&world, &calculating)
            .await
            .values()
            .flatten()
            .all(Option::is_none)
    );
    // Once it is done, it is not looked at every night; and what was marked keeps its time.
    world.clock.advance(Duration::days(1));
    let again = reconcile(&background.worker, Extent::Everything).await.unwrap();
    assert_eq!(again.plans_swept, 0);
    moved(&world, &id, &["cancelled"]).await;
    world.clock.advance(Duration::days(1));
    assert_eq!(night(&background).await.1, 1);
    let times = times(&world, &id).await;
    assert_eq!(times["PR"].iter().filter(|at| **at == Some(end)).count(), 2);
    assert!(times["PR"].iter().all(Option::is_some));
}

#[tokio::test]
async fn a_sweep_that_was_cut_short_is_taken_up_again() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    moved(&world, &id, &["cancelled"]).await;
    world.clock.advance(Duration::hours(2));
    // The table refuses the second mark, and whatever follows it.
    let marks = AtomicUsize::new(0);
    let faulty = world.judged(move |request| {
        if request.operation != "UpdateItem" || !request.body.contains("#ttl") {
            return crate::support::faults::Verdict::Pass;
        }
        match marks.fetch_add(1, Ordering::SeqCst) {
            0 => crate::support::faults::Verdict::Pass,
            _ => crate::support::faults::Verdict::Refuse,
        }
    });
    let done = reconcile(&Background::of(&faulty).worker, Extent::Everything)
        .await
        .unwrap();
    assert_eq!((done.plans_swept, done.failures), (0, 1));
    let some = times(&world, &id).await.into_values().flatten().flatten().count();
    assert_eq!(some, 1);
    // A run without time does nothing either.
    let late = reconcile_until(&background.worker, Extent::Everything, world.clock.now())
        .await
        .unwrap();
    assert_eq!(late.plans_swept, 0);
    assert_eq!(night(&background).await.1, 1);
    assert_eq!(times(&world, &id).await["PR"].iter().flatten().count(), 3);
}
