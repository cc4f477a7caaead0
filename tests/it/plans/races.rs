//! Several people at one plan, at the same moment.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::{asked, change, drafted, fields, moved, plan, requirement};
use crate::support::faults::Verdict;
use crate::support::{Background, World};

/// How often something happened to a plan.
fn events(plan: &Value, event: &str, to: &str) -> usize {
    let history = plan["history"].as_array().unwrap().iter();
    history
        .filter(|entry| entry["event"] == event && entry["to_status"] == to)
        .count()
}

#[tokio::test]
async fn of_many_approvals_one_is_the_approval() {
    // D69, D6
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    moved(&world, &id, &["pending_approval"]).await;
    let answers = join_all((0..8).map(|_| asked(&world, &id, "approved"))).await;
    for answer in answers {
        assert_eq!(answer.expect(200)["status"], "approved");
    }
    let approved = plan(&world, &id).await;
    assert_eq!(
        (
            events(&approved, "status_changed", "approved"),
            &approved["version"]
        ),
        (1, &json!(4))
    );
    assert_eq!(
        background.relay(world.entity(EntityKind::Plan, &id)).await.len(),
        4
    );
}

#[tokio::test]
async fn of_approving_and_sending_back_one_wins_and_the_other_is_told() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    for _ in 0..4 {
        moved(&world, &id, &["pending_approval"]).await;
        let (approve, back) =
            futures_util::future::join(asked(&world, &id, "approved"), asked(&world, &id, "draft")).await;
        let statuses = [approve.status, back.status];
        let plan = plan(&world, &id).await;
        match plan["status"].as_str().unwrap() {
            // Whoever came second meant a plan that was waiting.
            "approved" => {
                assert_eq!(statuses, [200, 409]);
                return;
            }
            "draft" => assert_eq!(statuses, [409, 200]),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn ten_reports_at_once_are_all_taken() {
    // D6, D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    moved(&world, &id, &["pending_approval", "approved"]).await;
    let reports = [
        ("flour", json!({"status": "ordered"})),
        ("butter", json!({"status": "ordered"})),
        ("salt", json!({"status": "cancelled"})),
        ("flour", json!({"unit_cost": "0.91"})),
        ("butter", json!({"unit_cost": "6.41"})),
        ("flour", json!({"expected_receipt_date": "2026-12-12"})),
        ("butter", json!({"expected_receipt_date": "2026-12-13"})),
        ("flour", json!({"note": "f"})),
        ("butter", json!({"note": "b"})),
        ("salt", json!({"note": "s"})),
    ];
    let answers = join_all(
        reports
            .iter()
            .map(|(ingredient, body)| change(&world, &id, ingredient, body.clone())),
    )
    .await;
    let mut versions = BTreeSet::new();
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        versions.insert(answer.header("etag").unwrap().to_owned());
    }
    assert_eq!(versions.len(), 10, "each is a version of its own");
    let after = plan(&world, &id).await;
    assert_eq!(
        (
            events(&after, "requirement_updated", "approved"),
            &after["version"]
        ),
        (10, &json!(14))
    );
    let names = ["status", "unit_cost", "expected_receipt_date", "note"];
    assert_eq!(
        fields(&requirement(&world, &id, "flour").await, names),
        ["ordered", "0.9100", "2026-12-12", "f"]
    );
    assert_eq!(
        fields(&requirement(&world, &id, "butter").await, names),
        ["ordered", "6.4100", "2026-12-13", "b"]
    );
    assert_eq!(
        fields(&requirement(&world, &id, "salt").await, ["status", "note"]),
        ["cancelled", "s"]
    );
}

#[tokio::test]
async fn edits_at_once_add_up_and_only_one_of_those_that_saw_the_same_version_is_taken() {
    // D6, D66
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let edits = [("flour", "200"), ("butter", "30"), ("salt", "7")];
    let answers =
        join_all(edits.map(|(ingredient, quantity)| {
            change(&world, &id, ingredient, json!({"order_quantity": quantity}))
        }))
        .await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    // 200 · 0.85 + 30 · 6.40
    assert_eq!(plan(&world, &id).await["estimated_cost"], "362.00");
    let path = format!("/procurement/plans/{id}/requirements/flour");
    let calls = (1..=6).map(|quantity| {
        let (world, path) = (&world, &path);
        async move {
            let body = json!({"order_quantity": quantity.to_string()});
            world
                .call_as("member", "PUT", path, Some(&body), &[("if-match", "\"5\"")])
                .await
                .status
        }
    });
    let mut statuses = join_all(calls).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
}

#[tokio::test]
async fn what_is_approved_is_what_whoever_edited_it_was_told() {
    // D69
    for _ in 0..6 {
        let world = World::new().await;
        let background = Background::of(&world);
        let id = drafted(&world, &background).await;
        moved(&world, &id, &["pending_approval"]).await;
        let (edit, approval) = futures_util::future::join(
            change(&world, &id, "flour", json!({"order_quantity": "777"})),
            asked(&world, &id, "approved"),
        )
        .await;
        // Nobody said which version was meant, so the approval is of what it finds.
        approval.expect(200);
        let quantity = requirement(&world, &id, "flour").await["order_quantity"].clone();
        match edit.status {
            200 => assert_eq!(quantity, "777.000"),
            _ => {
                edit.expect_problem(409, "requirement-not-editable");
                assert_eq!(quantity, "100.000");
            }
        }
        let total = plan(&world, &id).await["estimated_cost"].clone();
        assert_eq!(total, if quantity == "777.000" { "788.45" } else { "213.00" });
    }
}

#[tokio::test]
async fn a_change_whose_reply_is_lost_can_be_sent_again_and_is_made_once() {
    // D6, D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    // Every write arrives, and nobody hears of it.
    let deaf = world.judged(|request| match request.operation {
        "TransactWriteItems" | "PutItem" => Verdict::LoseReply,
        _ => Verdict::Pass,
    });
    let twice = async |method: &str, path: &str, body: Value| {
        let path = format!("/procurement/plans/{id}/{path}");
        let first = deaf.call(method, &path, Some(&body)).await;
        first.expect_problem(503, "unavailable");
        deaf.call(method, &path, Some(&body)).await.expect(200)
    };
    twice("PUT", "requirements/flour", json!({"order_quantity": "110"})).await;
    twice("PUT", "status", json!({"status": "pending_approval"})).await;
    twice("PUT", "status", json!({"status": "approved"})).await;
    let flour = twice("PUT", "requirements/flour", json!({"received_quantity": "60"})).await;
    assert_eq!(flour["received_quantity"], "60.000");
    let after = plan(&world, &id).await;
    assert_eq!(after["version"], 6);
    assert_eq!(after["history"].as_array().unwrap().len(), 6);
    assert_eq!(after["requirements"][1], flour);
}
