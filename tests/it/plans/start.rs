//! `POST /procurement/plans`

use serde_json::{Value, json};

use super::{plan, started, worked_catalog, worked_orders};
use crate::support::background::{id, masked};
use crate::support::{Background, World};

const PATH: &str = "/procurement/plans";

#[tokio::test]
async fn a_plan_starts_calculating_and_says_with_what() {
    // D69, D6
    let world = World::new().await;
    let body = json!({
        "plan_type": "seasonal", "horizon_days": 30, "start_date": "2026-12-20", "use_orders": false,
        "parameters": {"safety_stock_percentage": "12.5", "lead_time_days": 5},
    });
    let mut started = Vec::new();
    for body in [json!({}), body] {
        let answer = world.post(PATH, &body).await;
        assert_eq!(answer.header("etag"), Some("\"1\""));
        let location = answer.header("location").unwrap().to_owned();
        let header = answer.expect(202);
        assert_eq!(location, format!("plans/{}", id(&header)));
        let mut detail = plan(&world, id(&header)).await;
        let beside = detail.as_object_mut().unwrap();
        for computed in ["requirements", "requirements_next_cursor", "forecasts"] {
            assert_eq!(beside.remove(computed), Some(Value::Null));
        }
        let history = beside.remove("history").unwrap();
        assert_eq!(
            (&history[0]["event"], &history[1]),
            (&json!("created"), &Value::Null)
        );
        assert_eq!(detail, header);
        let tenant = world.tenant.to_string();
        started.push(masked(&header, &[(&tenant, "[tenant]"), (id(&header), "[plan]")]));
    }
    insta::assert_json_snapshot!("started", started);
}

#[tokio::test]
async fn a_retry_finds_its_plan_in_its_present_state() {
    // D7, D69
    let world = World::new().await;
    let background = Background::of(&world);
    let body = json!({"horizon_days": 7});
    let twins =
        futures_util::future::join_all((0..6).map(|_| world.post_with_key(PATH, "daily", &body))).await;
    let fresh = twins
        .iter()
        .filter(|twin| twin.header("idempotency-replayed").is_none())
        .count();
    assert_eq!(fresh, 1);
    let first = twins[0].body.clone();
    for twin in twins {
        assert_eq!(twin.expect(202), first);
    }
    background.compute(&world, id(&first)).await.unwrap();
    world.clock.advance(chrono::Duration::days(40));
    let off = world.redeployed(&[("PROCUREMENT_PLANNING_ENABLED", "false")]);
    let replay = off.post_with_key(PATH, "daily", &body).await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    assert_eq!(replay.header("etag"), Some("\"2\""));
    let replay = replay.expect(202);
    assert_eq!(
        (&replay["id"], &replay["status"], &replay["requirement_count"]),
        (&first["id"], &json!("draft"), &json!(0))
    );
    off.post_with_key(PATH, "daily", &json!({"horizon_days": 8}))
        .await
        .expect_problem(422, "idempotency-key-reused");
    off.post_with_key(PATH, "other", &body)
        .await
        .expect_problem(503, "procurement-planning-disabled");
}

#[tokio::test]
async fn each_start_is_a_plan_of_its_own_with_a_number_of_its_own() {
    // D69, §4
    let world = World::new().await;
    let body = json!({});
    let plans = futures_util::future::join_all((0..5).map(|_| world.post(PATH, &body))).await;
    let mut numbers: Vec<_> = plans
        .into_iter()
        .map(|plan| plan.expect(202)["plan_number"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=5)
            .map(|n| format!("PLAN-20261201-00{n}"))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn planning_can_be_switched_off() {
    // D13, D69
    let world = World::with(&[("PROCUREMENT_PLANNING_ENABLED", "false")]).await;
    let answer = world.post(PATH, &json!({})).await;
    assert!(answer.header("retry-after").is_some());
    answer.expect_problem(503, "procurement-planning-disabled");
    // What is wrong with the request is told first: it will not be right when planning is on again.
    world
        .post(PATH, &json!({"horizon_days": 0}))
        .await
        .expect_problem(422, "invalid-value");
}

#[tokio::test]
async fn the_horizon_has_its_limits() {
    // D69, D4, D13
    let world = World::with(&[
        ("DEMAND_FORECAST_DAYS", "5"),
        ("TENANT_TIMEZONE", "Pacific/Auckland"),
    ])
    .await;
    // Midnight has passed in Auckland: today is 2 December there.
    world.clock.advance(chrono::Duration::hours(4));
    for (body, first, last) in [
        (json!({}), "2026-12-02", "2026-12-06"),
        (json!({"horizon_days": 1}), "2026-12-02", "2026-12-02"),
        (json!({"horizon_days": 90}), "2026-12-02", "2027-03-01"),
        (json!({"start_date": "2028-12-02"}), "2028-12-02", "2028-12-06"),
    ] {
        let plan = world.post(PATH, &body).await.expect(202);
        assert_eq!(
            (
                &plan["horizon_start_date"],
                &plan["horizon_end_date"],
                &plan["local_date"]
            ),
            (&json!(first), &json!(last), &json!("2026-12-02")),
            "{body}"
        );
    }
    for (body, pointer, code) in [
        (json!({"horizon_days": 0}), "/horizon_days", "invalid-value"),
        (json!({"horizon_days": 91}), "/horizon_days", "invalid-value"),
        (json!({"horizon_days": "7"}), "/horizon_days", "invalid-type"),
        (json!({"start_date": "2026-12-01"}), "/start_date", "invalid-date"),
        (json!({"start_date": "2028-12-03"}), "/start_date", "invalid-date"),
        (json!({"start_date": "tomorrow"}), "/start_date", "invalid-date"),
        (
            json!({"parameters": {"safety_stock_percentage": "100.01"}}),
            "/parameters/safety_stock_percentage",
            "invalid-decimal",
        ),
        (
            json!({"parameters": {"lead_time_days": 366}}),
            "/parameters/lead_time_days",
            "invalid-value",
        ),
        (json!({"status": "approved"}), "/status", "unknown-field"),
    ] {
        let problem = world.post(PATH, &body).await.expect_problem(422, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
}

#[tokio::test]
async fn a_neighbours_plan_is_not_there() {
    // D11
    let world = World::new().await;
    worked_catalog(&world).await;
    worked_orders(&world).await;
    let id = started(&world, json!({})).await;
    let neighbour = world.neighbour();
    neighbour
        .get(&format!("{PATH}/{id}"))
        .await
        .expect_problem(404, "not-found");
    // Nor does a message that names it beside another tenant compute it, or take one tenant's orders for another's.
    let background = Background::of(&world);
    background.compute(&neighbour, &id).await.unwrap();
    assert_eq!(plan(&world, &id).await["status"], "calculating");
    let theirs = started(&neighbour, json!({})).await;
    background.compute(&neighbour, &theirs).await.unwrap();
    assert_eq!(plan(&neighbour, &theirs).await["requirements"], json!([]));
}
