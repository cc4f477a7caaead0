//! The planning schedule: one daily plan for each tenant and local date (D69).

use chrono::{DateTime, Utc};
use orders_service::messaging::entity::EntityKind;
use orders_service::messaging::planning;
use orders_service::ports::Clock as _;
use orders_service::usecases::reconcile::{Extent, reconcile};
use orders_service::words::PlanStatus;
use serde_json::json;

use crate::support::{Background, World};

/// A world whose tenant the schedule knows.
async fn registered(settings: &[(&str, &str)]) -> World {
    let world = World::with(settings).await;
    world.customer(json!({})).await;
    world
}

/// Moves the clock to an instant that is not past.
fn at(world: &World, instant: &str) {
    let instant: DateTime<Utc> = instant.parse().unwrap();
    let wait = instant - world.clock.now();
    assert!(wait >= chrono::Duration::zero(), "{instant} is past");
    world.clock.advance(wait);
}

/// Lets the schedule fire; gives how many plans it has queued so far.
async fn tick(background: &Background) -> usize {
    planning::schedule(background.worker.clone(), serde_json::Value::Null)
        .await
        .unwrap();
    background.bus.plans().len()
}

/// The local dates of the plans that were queued, in order.
async fn dates(world: &World, background: &Background) -> Vec<String> {
    let mut dates = Vec::new();
    for message in background.bus.plans() {
        assert_eq!(message.tenant_id, world.tenant);
        let plan = world
            .get(&format!("/procurement/plans/{}", message.plan_id))
            .await
            .expect(200);
        assert_eq!(
            (
                &plan["plan_type"],
                &plan["created_by"]["user_id"],
                &plan["horizon_start_date"]
            ),
            (
                &json!("regular"),
                &json!("schedule-planning"),
                &plan["local_date"]
            )
        );
        dates.push(plan["local_date"].as_str().unwrap().to_owned());
    }
    dates
}

#[tokio::test]
async fn a_plan_is_due_once_the_local_hour_has_come() {
    // D69, D13
    let world = registered(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    let background = Background::of(&world);
    // 21:00 of 1 December in Auckland: the plan of that day is overdue.
    assert_eq!(tick(&background).await, 1);
    for (instant, plans) in [
        ("2026-12-01T10:59:59Z", 1), // 23:59:59
        ("2026-12-01T11:00:00Z", 1), // 00:00 of 2 December
        ("2026-12-01T16:59:59Z", 1), // 05:59:59
        ("2026-12-01T17:00:00Z", 2), // 06:00
        ("2026-12-01T17:15:00Z", 2),
        ("2026-12-02T08:00:00Z", 2),
        ("2026-12-02T16:45:00Z", 2),
        ("2026-12-02T17:15:00Z", 3), // 06:15 of 3 December
    ] {
        at(&world, instant);
        assert_eq!(tick(&background).await, plans, "{instant}");
    }
    assert_eq!(
        dates(&world, &background).await,
        ["2026-12-01", "2026-12-02", "2026-12-03"]
    );
}

#[tokio::test]
async fn a_day_of_23_hours_has_its_plan_though_its_planning_hour_does_not_exist() {
    // D69
    let world = registered(&[("TENANT_TIMEZONE", "Europe/Berlin"), ("PLANNING_HOUR", "2")]).await;
    let background = Background::of(&world);
    // On 28 March 2027 the clocks go from 02:00 to 03:00, at 01:00 in Greenwich.
    for (instant, plans) in [
        ("2027-03-27T00:59:59Z", 0),
        ("2027-03-27T01:00:00Z", 1),
        ("2027-03-28T00:59:59Z", 1), // 01:59:59
        ("2027-03-28T01:00:00Z", 2), // 03:00:00
        ("2027-03-28T02:00:00Z", 2),
        ("2027-03-28T21:59:59Z", 2), // 23:59:59
        ("2027-03-28T23:59:59Z", 2), // 01:59:59 of the 29th
        ("2027-03-29T00:00:00Z", 3), // 02:00:00
    ] {
        at(&world, instant);
        assert_eq!(tick(&background).await, plans, "{instant}");
    }
    assert_eq!(
        dates(&world, &background).await,
        ["2027-03-27", "2027-03-28", "2027-03-29"]
    );
}

#[tokio::test]
async fn a_day_of_25_hours_has_one_plan_though_its_planning_hour_comes_twice() {
    // D69
    let world = registered(&[("TENANT_TIMEZONE", "Europe/Berlin"), ("PLANNING_HOUR", "2")]).await;
    let background = Background::of(&world);
    // On 31 October 2027 the clocks go from 03:00 back to 02:00, at 01:00 in Greenwich.
    for (instant, plans) in [
        ("2027-10-30T23:59:59Z", 0), // 01:59:59
        ("2027-10-31T00:00:00Z", 1), // 02:00:00
        ("2027-10-31T01:00:00Z", 1), // 02:00:00 again
        ("2027-10-31T22:59:59Z", 1),
        ("2027-11-01T01:00:00Z", 2), // 02:00:00 of 1 November
    ] {
        at(&world, instant);
        assert_eq!(tick(&background).await, plans, "{instant}");
    }
    assert_eq!(dates(&world, &background).await, ["2027-10-31", "2027-11-01"]);
}

#[tokio::test]
async fn however_often_and_in_however_many_places_it_fires_a_date_has_one_plan() {
    // D69
    let world = registered(&[]).await;
    let background = Background::of(&world);
    let ticks = (0..6).map(|_| planning::schedule(background.worker.clone(), serde_json::Value::Null));
    for outcome in futures_util::future::join_all(ticks).await {
        outcome.unwrap();
    }
    // Nor does another process, which does not know what this one did, make a second one.
    let other = World::redeployed(&world, &[]);
    assert_eq!(tick(&Background::of(&other)).await, 0);
    assert_eq!(dates(&world, &background).await, ["2026-12-01"]);
    // Computed or failed, it is the plan of its date.
    let plan = background.bus.plans()[0].plan_id.to_string();
    background.compute(&world, &plan).await.unwrap();
    assert_eq!(tick(&background).await, 1);
}

#[tokio::test]
async fn a_plan_that_the_queue_did_not_take_is_not_forgotten() {
    // D69
    let world = registered(&[]).await;
    let background = Background::of(&world);
    background.bus.refuse(&[true]);
    assert!(
        planning::schedule(background.worker.clone(), serde_json::Value::Null)
            .await
            .is_err()
    );
    // Its header is there: the schedule makes no second one, and reconcile finds it stuck.
    assert_eq!(tick(&background).await, 0);
    world.clock.advance(chrono::Duration::minutes(6));
    let done = reconcile(&background.worker, Extent::Recent).await.unwrap();
    assert_eq!((done.failures, done.requeued), (0, 1));
    assert_eq!(dates(&world, &background).await, ["2026-12-01"]);
}

#[tokio::test]
async fn tenants_that_do_not_plan_are_skipped() {
    // D13, D69
    let world = registered(&[("PROCUREMENT_PLANNING_ENABLED", "false")]).await;
    assert_eq!(tick(&Background::of(&world)).await, 0);
    // Switched on, today's plan is made.
    let on = world.redeployed(&[]);
    let background = Background::of(&on);
    assert_eq!(tick(&background).await, 1);
    assert_eq!(dates(&on, &background).await, ["2026-12-01"]);
}

#[tokio::test]
async fn every_tenant_has_its_own_plan() {
    // D69, D11
    let world = registered(&[]).await;
    let neighbour = world.neighbour();
    neighbour.customer(json!({})).await;
    let background = Background::of(&world);
    assert_eq!(tick(&background).await, 2);
    let mut planned: Vec<_> = background.bus.plans().iter().map(|plan| plan.tenant_id).collect();
    planned.sort_unstable();
    let mut tenants = [world.tenant, neighbour.tenant];
    tenants.sort_unstable();
    assert_eq!(planned, tenants);
    assert_eq!(tick(&background).await, 2);
}

/// Starts a plan by hand and brings it to a status.
async fn planned(world: &World, background: &Background, plan_type: &str, status: PlanStatus) {
    let body = json!({"plan_type": plan_type});
    let plan = world.post("/procurement/plans", &body).await.expect(202);
    if status == PlanStatus::Calculating {
        return;
    }
    let id = plan["id"].as_str().unwrap();
    background.compute(world, id).await.unwrap();
    if status != PlanStatus::Draft {
        world.move_plan(id, status).await;
    }
}

#[tokio::test]
async fn a_date_that_has_a_plan_since_the_planning_hour_is_left_alone() {
    // D69
    for (plan_type, status, plans) in [
        ("regular", PlanStatus::Calculating, 0),
        ("regular", PlanStatus::Draft, 0),
        ("regular", PlanStatus::PendingApproval, 0),
        ("regular", PlanStatus::Approved, 0),
        ("regular", PlanStatus::InExecution, 0),
        ("regular", PlanStatus::Cancelled, 1),
        ("regular", PlanStatus::Failed, 1),
        ("emergency", PlanStatus::Approved, 1),
    ] {
        let world = registered(&[]).await;
        let background = Background::of(&world);
        planned(&world, &background, plan_type, status).await;
        let case = format!("{plan_type} {}", status.as_str());
        assert_eq!(tick(&background).await, plans, "{case}");
        // It stands for its own date only.
        world.clock.advance(chrono::Duration::days(1));
        assert_eq!(tick(&background).await, plans + 1, "{case}");
    }
}

#[tokio::test]
async fn a_draft_of_the_night_gives_way_to_the_daily_plan_and_a_decided_plan_does_not() {
    // D69
    for (status, plans, after) in [
        (PlanStatus::Draft, 1, "cancelled"),
        (PlanStatus::PendingApproval, 0, "pending_approval"),
    ] {
        let world = registered(&[("PLANNING_HOUR", "10")]).await;
        let background = Background::of(&world);
        // Two hours before the planning hour.
        planned(&world, &background, "regular", status).await;
        assert_eq!(tick(&background).await, 0);
        world.clock.advance(chrono::Duration::hours(2));
        assert_eq!(tick(&background).await, plans);
        if let Some(daily) = background.bus.plans().first() {
            background
                .compute(&world, &daily.plan_id.to_string())
                .await
                .unwrap();
        }
        let reconciled = reconcile(&background.worker, Extent::Recent).await.unwrap();
        assert_eq!(reconciled.failures, 0);
        let told = background.events();
        let last = told
            .iter()
            .rfind(|event| event["data"]["plan_number"] == "PLAN-20261201-001")
            .unwrap();
        assert_eq!(last["data"]["to_status"], after);
    }
}

#[tokio::test]
async fn what_is_wrong_with_one_tenant_stops_no_other() {
    // D69
    let world = registered(&[]).await;
    let neighbour = world.neighbour();
    neighbour.customer(json!({})).await;
    let background = Background::of(&world);
    assert_eq!(tick(&background).await, 2);
    for broken in [&world, &neighbour] {
        let plans = background.bus.plans();
        let plan = plans
            .iter()
            .rfind(|plan| plan.tenant_id == broken.tenant)
            .unwrap();
        let key = broken.entity(EntityKind::Plan, &plan.plan_id.to_string()).key();
        // Its row cannot be read, so that nobody knows whether the next day's plan is being decided.
        let whole = broken
            .in_store(async |store| store.get_item(&key).await.unwrap())
            .await;
        broken.spoil_item(&key, "r").await;
        world.clock.advance(chrono::Duration::days(1));
        let told = planning::schedule(background.worker.clone(), serde_json::Value::Null).await;
        assert!(told.is_err(), "somebody has to look");
        let since = background.bus.plans().split_off(plans.len());
        let tenants: Vec<_> = since.iter().map(|plan| plan.tenant_id == broken.tenant).collect();
        assert_eq!(tenants, [false]);
        // Mended, it is made up for.
        broken
            .in_store(async |store| store.overwrite(whole.unwrap()).await.unwrap())
            .await;
        assert_eq!(tick(&background).await, plans.len() + 2);
    }
}
