//! Reconcile: the walk for when the stream or the relay was down, and for plans that got stuck.

mod nightly;

use chrono::Duration;
use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::reconcile::{Extent, Reconciled, handle, reconcile};
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::{Background, World};

async fn run(background: &Background) -> Reconciled {
    reconcile(&background.worker, Extent::Recent).await.unwrap()
}

/// What a run over one tenant has done that was in order.
fn walked(entities: usize, entries: usize) -> Reconciled {
    Reconciled {
        tenants: 1,
        entities,
        entries,
        ..Reconciled::default()
    }
}

#[tokio::test]
async fn what_is_behind_is_published_and_nothing_else() {
    // D43
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let (told, behind, untold) = (
        world.order(&customer, json!({})).await,
        world.order(&customer, json!({})).await,
        world.order(&customer, json!({})).await,
    );
    world.walk(id(&told), &["confirmed"]).await;
    background.relay(world.entity(EntityKind::Order, id(&told))).await;
    background
        .relay(world.entity(EntityKind::Order, id(&behind)))
        .await;
    world.walk(id(&behind), &["confirmed", "cancelled"]).await;
    let before = background.events().len();
    // Two entries of the second order, one of the third, one of the customer.
    assert_eq!(run(&background).await, walked(4, 4));
    let mut published: Vec<_> = background
        .events()
        .split_off(before)
        .iter()
        .map(|event| {
            (
                event["entity_id"].as_str().unwrap().to_owned(),
                event["sequence"].as_u64().unwrap(),
            )
        })
        .collect();
    published.sort_unstable();
    let mut expected = vec![
        (id(&behind).to_owned(), 2),
        (id(&behind).to_owned(), 3),
        (id(&untold).to_owned(), 1),
        (customer, 1),
    ];
    expected.sort_unstable();
    assert_eq!(published, expected);
    assert_eq!(run(&background).await, walked(4, 0));
}

#[tokio::test]
async fn recent_orders_are_walked_and_those_not_long_past_their_day() {
    // D43, DESIGN §4
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let today = world
        .order(
            &customer,
            json!({"requested_delivery_at": "2026-12-01T09:00:00Z"}),
        )
        .await;
    let later = world
        .order(
            &customer,
            json!({"requested_delivery_at": "2026-12-20T09:00:00Z"}),
        )
        .await;
    world.clock.advance(Duration::hours(47));
    assert_eq!(run(&background).await, walked(3, 3));
    // On the fourth day the order of the first is neither recent nor due; the one that is still to come is walked.
    world.clock.advance(Duration::hours(25));
    world.walk(id(&today), &["confirmed"]).await;
    world.walk(id(&later), &["confirmed"]).await;
    assert_eq!(run(&background).await, walked(2, 1));
    let last = background.events().pop().unwrap();
    assert_eq!((&last["entity_id"], &last["sequence"]), (&later["id"], &json!(2)));
    // Three weeks old, but due two days ago.
    world.clock.advance(Duration::days(18));
    world.walk(id(&later), &["cancelled"]).await;
    assert_eq!(run(&background).await, walked(2, 1));
    world.clock.advance(Duration::days(1));
    assert_eq!(run(&background).await, walked(1, 0));
}

#[tokio::test]
async fn a_stuck_plan_is_tried_three_times_and_then_fails_with_an_entry_in_its_history() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    let path = format!("/procurement/plans/{}", id(&plan));
    background.relay(world.entity(EntityKind::Plan, id(&plan))).await;
    let queued = || background.bus.plans().len();
    assert_eq!(queued(), 1);
    world.clock.advance(Duration::minutes(5));
    assert_eq!(run(&background).await, walked(1, 0));
    assert_eq!(queued(), 1);
    for tries in [2, 3] {
        world.clock.advance(Duration::seconds(301));
        let again = Reconciled {
            requeued: 1,
            ..walked(1, 0)
        };
        assert_eq!(run(&background).await, again);
        assert_eq!(run(&background).await, walked(1, 0));
        assert_eq!(queued(), tries);
        assert_eq!(world.get(&path).await.expect(200)["status"], "calculating");
    }
    world.clock.advance(Duration::seconds(301));
    let given_up = Reconciled {
        given_up: 1,
        ..walked(1, 0)
    };
    assert_eq!(run(&background).await, given_up);
    let failed = world.get(&path).await.expect(200);
    assert_eq!(
        (&failed["status"], &failed["version"], &failed["requirements"]),
        (&json!("failed"), &json!(2), &Value::Null)
    );
    assert_eq!(
        failed["failure_reason"],
        "It was tried 3 times and never finished."
    );
    // The entry is told like every other, and a late message changes nothing.
    assert_eq!(run(&background).await, walked(1, 1));
    let told = background.events().pop().unwrap();
    assert_eq!(
        (&told["event_type"], &told["data"]["to_status"]),
        (&json!("plan.status_changed"), &json!("failed"))
    );
    background.compute(&world, id(&plan)).await.unwrap();
    assert_eq!(world.get(&path).await.expect(200), failed);
    assert_eq!(queued(), 3);
}

#[tokio::test]
async fn a_plan_that_is_computed_late_is_no_longer_stuck() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    background.relay(world.entity(EntityKind::Plan, id(&plan))).await;
    world.clock.advance(Duration::minutes(6));
    // The queue does not take it: that is told, and the plan comes up again.
    background.bus.refuse(&[true]);
    assert_eq!(run(&background).await.failures, 1);
    world.clock.advance(Duration::minutes(6));
    assert_eq!(run(&background).await.requeued, 1);
    background.compute(&world, id(&plan)).await.unwrap();
    world.clock.advance(Duration::minutes(6));
    assert_eq!(run(&background).await, walked(1, 1));
    let path = format!("/procurement/plans/{}", id(&plan));
    assert_eq!(world.get(&path).await.expect(200)["status"], "draft");
}

#[tokio::test]
async fn what_is_wrong_in_one_tenant_stops_no_other() {
    // D43
    let world = World::new().await;
    let neighbour = world.neighbour();
    let background = Background::of(&world);
    let mut orders = Vec::new();
    for tenant in [&world, &neighbour] {
        let customer = tenant.customer(json!({})).await;
        orders.push(tenant.order(&customer, json!({})).await);
    }
    let spoilt = world.entity(EntityKind::Order, id(&orders[0]));
    world.spoil_item(&spoilt.key(), "b").await;
    let done = run(&background).await;
    assert_eq!(
        done,
        Reconciled {
            tenants: 2,
            quarantined: 1,
            ..walked(4, 3)
        }
    );
    let events = background.events();
    let told = |order: &Value| events.iter().any(|event| event["entity_id"] == order["id"]);
    assert_eq!((told(&orders[0]), told(&orders[1])), (false, true));
    // Somebody was told of it once; the runs are none the worse for it.
    assert_eq!(background.bus.quarantined().len(), 1);
    handle(background.worker.clone(), serde_json::Value::Null)
        .await
        .unwrap();
    assert_eq!(background.bus.quarantined().len(), 1);
}
