//! `PUT /alerts/{alert_id}/status`

use std::collections::BTreeSet;

use futures_util::future::join_all;
use orders_service::usecases::alerts::raise::raise;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{about, amended, known_customer, moved, placed};
use crate::support::background::id;
use crate::support::faults::Verdict;
use crate::support::orders::merge;
use crate::support::{Background, World};

const STATUSES: [&str; 4] = ["active", "acknowledged", "resolved", "dismissed"];

/// Where an alert may go (D42).
fn allowed(from: &str) -> &'static [&'static str] {
    match from {
        "active" => &["acknowledged", "resolved", "dismissed"],
        "acknowledged" => &["resolved", "dismissed"],
        "resolved" | "dismissed" => &[],
        other => panic!("{other} is no status"),
    }
}

/// An alert of its own, active, and the event that caused it.
async fn raised(world: &World, background: &Background) -> (Value, String) {
    let customer = known_customer(world, background, json!({})).await;
    let order = json!({"items": [{"product_id": "cake", "quantity": "1", "unit_price": "6000.00"}]});
    let (order, event) = placed(world, background, &customer, order).await;
    (about(world, id(&order)).await.remove(0), event)
}

fn path(alert: &Value) -> String {
    format!("/alerts/{}/status", id(alert))
}

/// The alert as the list shows it.
async fn listed(world: &World, alert: &Value) -> Value {
    let mut found = about(world, alert["entity"]["id"].as_str().unwrap()).await;
    found.retain(|listed| listed["id"] == alert["id"]);
    found.remove(0)
}

#[tokio::test]
async fn every_move_is_made_or_refused_as_published() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    for from in STATUSES {
        for to in STATUSES {
            let (alert, _) = raised(&world, &background).await;
            if from != "active" {
                moved(&world, id(&alert), from).await;
            }
            let before = listed(&world, &alert).await;
            let answer = world.put(&path(&alert), &json!({"status": to})).await;
            let after = listed(&world, &alert).await;
            if from == to {
                assert_eq!(
                    (answer.expect(200), after),
                    (before.clone(), before),
                    "{from} to {to}"
                );
            } else if allowed(from).contains(&to) {
                let version = before["version"].as_u64().unwrap() + 1;
                assert_eq!(answer.header("etag"), Some(format!("\"{version}\"").as_str()));
                let answer = answer.expect(200);
                assert_eq!(
                    (&answer["status"], &answer["version"]),
                    (&json!(to), &json!(version))
                );
                assert_eq!(answer, after, "{from} to {to}");
            } else {
                let problem = answer.expect_problem(409, "invalid-status-transition");
                assert_eq!(
                    (&problem["current"], &problem["requested"], &problem["allowed"]),
                    (&json!(from), &json!(to), &json!(allowed(from)))
                );
                assert_eq!(after, before, "{from} to {to}");
            }
        }
    }
}

#[tokio::test]
async fn times_and_names_are_kept_through_acknowledging_and_resolving() {
    // D42, §4
    let world = World::new().await;
    let background = Background::of(&world);
    let (alert, _) = raised(&world, &background).await;
    world.clock.advance(chrono::Duration::seconds(90));
    let body = json!({"status": "acknowledged", "note": "  Called the bakery. "});
    let answer = world
        .call_as("member", "PUT", &path(&alert), Some(&body), &[])
        .await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let acknowledged = answer.expect(200);
    let member = acknowledged["updated_by"].clone();
    assert_eq!(member["role"], "member");
    let mut expected = alert.clone();
    merge(
        &mut expected,
        json!({
            "status": "acknowledged", "version": alert["version"].as_u64().unwrap() + 1,
            "acknowledged_at": "2026-12-01T08:01:30Z", "acknowledged_by": member["user_id"],
            "seconds_to_acknowledge": 90, "resolution_note": "Called the bakery.",
            "updated_at": "2026-12-01T08:01:30Z", "updated_by": member,
        }),
    );
    assert_eq!(acknowledged, expected);
    // Without a note the one before stays; with one it is replaced.
    world.clock.advance(chrono::Duration::hours(1));
    let body = json!({"status": "resolved", "note": null});
    let resolved = world
        .call_as("admin", "PUT", &path(&alert), Some(&body), &[])
        .await
        .expect(200);
    let admin = resolved["updated_by"].clone();
    assert_eq!(admin["role"], "admin");
    expected["version"] = (alert["version"].as_u64().unwrap() + 2).into();
    merge(
        &mut expected,
        json!({
            "status": "resolved", "resolved_at": "2026-12-01T09:01:30Z", "resolved_by": admin["user_id"],
            "seconds_to_resolve": 3_690, "updated_at": "2026-12-01T09:01:30Z", "updated_by": admin,
        }),
    );
    assert_eq!(resolved, expected);
    assert_eq!(listed(&world, &alert).await, expected);
    // Said again it changes nothing, whatever comes with it.
    world.clock.advance(chrono::Duration::hours(1));
    let again = json!({"status": "resolved", "note": "Once more"});
    assert_eq!(world.put(&path(&alert), &again).await.expect(200), expected);
    assert_eq!(listed(&world, &alert).await, expected);
}

#[tokio::test]
async fn whoever_closes_an_alert_at_once_has_not_acknowledged_it() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    for status in ["resolved", "dismissed"] {
        let (alert, _) = raised(&world, &background).await;
        world.clock.advance(chrono::Duration::seconds(5));
        let body = json!({"status": status, "note": "n".repeat(500)});
        let closed = world.put(&path(&alert), &body).await.expect(200);
        for name in ["acknowledged_at", "acknowledged_by", "seconds_to_acknowledge"] {
            assert_eq!(closed[name], Value::Null, "{name}");
        }
        assert_eq!(
            (&closed["status"], &closed["seconds_to_resolve"]),
            (&json!(status), &json!(5))
        );
        assert_eq!(closed["resolution_note"], "n".repeat(500));
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_with_every_fault() {
    // D2, D5, D42
    let world = World::new().await;
    let background = Background::of(&world);
    let (alert, _) = raised(&world, &background).await;
    for (body, code, pointer) in [
        (json!({"status": "closed"}), "invalid-value", "/status"),
        (json!({"status": "Resolved"}), "invalid-value", "/status"),
        (json!({"status": null}), "invalid-type", "/status"),
        (json!({}), "required", "/status"),
        (
            json!({"status": "resolved", "note": "n".repeat(501)}),
            "too-long",
            "/note",
        ),
        (
            json!({"status": "resolved", "severity": "low"}),
            "unknown-field",
            "/severity",
        ),
    ] {
        let answer = world.put(&path(&alert), &body).await;
        let problem = answer.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body} {problem:#}");
        assert_eq!(problem["code"], code, "{body}");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
    }
    let both = json!({"status": "closed", "note": 7});
    let problem = world
        .put(&path(&alert), &both)
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
    assert_eq!(listed(&world, &alert).await, alert);
}

#[tokio::test]
async fn an_alert_that_is_not_there_or_a_neighbours_is_404() {
    // D1, D11
    let world = World::new().await;
    let background = Background::of(&world);
    let (alert, _) = raised(&world, &background).await;
    let neighbour = world.neighbour();
    let body = json!({"status": "resolved"});
    let unmarked = |mut problem: Value| {
        problem["request_id"].take();
        problem
    };
    let foreign = neighbour
        .put(&path(&alert), &body)
        .await
        .expect_problem(404, "not-found");
    let unknown = format!("/alerts/{}/status", Uuid::new_v4());
    let unknown = neighbour
        .put(&unknown, &body)
        .await
        .expect_problem(404, "not-found");
    assert_eq!(unmarked(foreign), unmarked(unknown));
    world
        .put("/alerts/open/status", &body)
        .await
        .expect_problem(404, "not-found");
    assert_eq!(listed(&world, &alert).await, alert);
}

#[tokio::test]
async fn a_stale_version_is_refused_before_any_rule_about_the_move() {
    // D6
    let world = World::new().await;
    let background = Background::of(&world);
    let (alert, _) = raised(&world, &background).await;
    let version = alert["version"].as_u64().unwrap();
    let put = async |status: &str, version: u64| {
        let (body, etag) = (json!({"status": status}), format!("\"{version}\""));
        let headers = [("if-match", etag.as_str())];
        world
            .call_as("admin", "PUT", &path(&alert), Some(&body), &headers)
            .await
    };
    let problem = put("resolved", version + 1)
        .await
        .expect_problem(412, "stale-version");
    assert_eq!(problem["current_version"], version);
    put("acknowledged", version).await.expect(200);
    // Illegal too, but the version comes first.
    put("active", version).await.expect_problem(412, "stale-version");
    put("active", version + 1)
        .await
        .expect_problem(409, "invalid-status-transition");
    put("dismissed", version + 1).await.expect(200);
}

#[tokio::test]
async fn of_moves_at_the_same_time_one_closes_the_alert() {
    // D6, D42
    let world = World::new().await;
    let background = Background::of(&world);
    let (alert, _) = raised(&world, &background).await;
    let ask =
        async |status: &'static str| (status, world.put(&path(&alert), &json!({"status": status})).await);
    let answers = join_all(
        [
            "resolved",
            "dismissed",
            "resolved",
            "dismissed",
            "resolved",
            "dismissed",
        ]
        .map(ask),
    )
    .await;
    let now = listed(&world, &alert).await;
    let won = now["status"].as_str().unwrap();
    assert!(["resolved", "dismissed"].contains(&won));
    assert_eq!(
        now["version"].as_u64(),
        alert["version"].as_u64().map(|version| version + 1)
    );
    for (status, answer) in answers {
        if status == won {
            assert_eq!(answer.expect(200), now);
        } else {
            let problem = answer.expect_problem(409, "invalid-status-transition");
            assert_eq!(problem["current"], won);
        }
    }
}

#[tokio::test]
async fn causes_that_come_while_an_alert_is_worked_on_are_not_lost() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    let (alert, event) = raised(&world, &background).await;
    let events: Vec<_> = (2..8)
        .map(|sequence| amended(&event, sequence, "6000.00"))
        .collect();
    let work = async {
        for status in ["acknowledged", "resolved"] {
            let answer = world.put(&path(&alert), &json!({"status": status})).await;
            // Losing every race is an answer too: the caller asks again.
            if answer.status != 200 {
                answer.expect_problem(409, "version-conflict");
                moved(&world, id(&alert), status).await;
            }
        }
    };
    let raising = join_all(events.iter().map(|event| raise(&background.worker, event)));
    tokio::join!(work, raising);
    for event in &events {
        raise(&background.worker, event).await.unwrap();
    }
    let all = about(&world, alert["entity"]["id"].as_str().unwrap()).await;
    let occurrences: u64 = all
        .iter()
        .map(|alert| alert["occurrences"].as_u64().unwrap())
        .sum();
    assert_eq!(occurrences, 7);
    let closed = all.iter().find(|found| found["id"] == alert["id"]).unwrap();
    assert_eq!(closed["status"], "resolved");
    let ids: BTreeSet<_> = all.iter().map(id).collect();
    assert_eq!(ids.len(), all.len());
    // What came after it was closed is in a new one, and at most one is open.
    let open = all.iter().filter(|alert| alert["status"] == "active").count();
    assert!(all.len() <= 2 && open == all.len() - 1, "{all:#?}");
}

#[tokio::test]
async fn a_move_whose_reply_was_lost_is_made_once() {
    // D42, DESIGN §3
    let world = World::new().await;
    let background = Background::of(&world);
    let (alert, _) = raised(&world, &background).await;
    let cut_off = world.judged(|request| match request.write {
        Some(_) => Verdict::LoseReply,
        None => Verdict::Pass,
    });
    let body = json!({"status": "resolved"});
    cut_off
        .put(&path(&alert), &body)
        .await
        .expect_problem(503, "unavailable");
    let made = listed(&world, &alert).await;
    assert_eq!(made["status"], "resolved");
    assert_eq!(world.put(&path(&alert), &body).await.expect(200), made);
}
