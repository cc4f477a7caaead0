//! `PUT /procurement/plans/{plan_id}/status`

use orders_service::messaging::entity::EntityKind;
use orders_service::store::plans::Plan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{asked, drafted, drafted_again, fields, moved, plan, requirement, started};
use crate::support::background::masked;
use crate::support::{Background, World};

#[tokio::test]
async fn a_plan_goes_from_draft_to_completed_and_remembers_how() {
    // D69, §4
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let path = format!("/procurement/plans/{id}/status");
    let ask = async |role: &str, status: &str, note: Option<&str>| {
        world.clock.advance(chrono::Duration::minutes(1));
        let body = json!({"status": status, "note": note});
        world.call_as(role, "PUT", &path, Some(&body), &[]).await
    };
    ask("member", "pending_approval", Some("Please."))
        .await
        .expect(200);
    let back = ask("admin", "draft", Some("Half the butter.")).await.expect(200);
    assert_eq!(back["approval"], Value::Null);
    ask("member", "pending_approval", None).await.expect(200);
    let approved = ask("owner", "approved", Some("Go.")).await;
    assert_eq!(approved.header("etag"), Some("\"6\""));
    let approved = approved.expect(200);
    assert_eq!(approved, plan(&world, &id).await);
    let mut header = approved.clone();
    for name in ["requirements", "exceptions", "warnings", "risk"] {
        header.as_object_mut().unwrap().remove(name);
    }
    let tenant = world.tenant.to_string();
    insta::assert_json_snapshot!(
        "approved",
        masked(&header, &[(&tenant, "[tenant]"), (&id, "[plan]")])
    );
    // The same again is no second approval.
    let again = ask("admin", "approved", Some("Go on.")).await.expect(200);
    assert_eq!(again, approved);
    let done = moved(&world, &id, &["in_execution", "completed"]).await;
    assert_eq!(done["approval"], approved["approval"]);
    assert_eq!(done["allowed_transitions"], json!([]));
    // What happened is told, remarks are not.
    let events = background.relay(world.entity(EntityKind::Plan, &id)).await;
    let parsed: Vec<Value> = events
        .iter()
        .map(|event| serde_json::from_str(event).unwrap())
        .collect();
    let moves: Vec<_> = parsed
        .iter()
        .map(|event| event["data"]["to_status"].clone())
        .collect();
    assert_eq!(
        json!(moves),
        json!([
            "calculating",
            "draft",
            "pending_approval",
            "draft",
            "pending_approval",
            "approved",
            "in_execution",
            "completed"
        ])
    );
    for remark in ["Please.", "butter", "Go."] {
        assert!(!events.iter().any(|event| event.contains(remark)), "{remark}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_order_of_the_rules() {
    // D12, D6, D2
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let path = format!("/procurement/plans/{id}/status");
    let stale = [("if-match", "\"1\"")];
    for (body, code, pointer) in [
        (json!({"status": "done"}), "invalid-value", "/status"),
        (json!({"status": "Draft"}), "invalid-value", "/status"),
        (json!({"status": null}), "invalid-type", "/status"),
        (json!({"status": 7}), "invalid-type", "/status"),
        (json!({}), "required", "/status"),
        (
            json!({"status": "approved", "note": "x".repeat(1001)}),
            "too-long",
            "/note",
        ),
        (
            json!({"status": "approved", "note": "\u{202e}"}),
            "invalid-text",
            "/note",
        ),
        (
            json!({"status": "approved", "approval": {}}),
            "unknown-field",
            "/approval",
        ),
    ] {
        let answer = world.call_as("member", "PUT", &path, Some(&body), &stale).await;
        let problem = answer.expect_problem(422, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    let ask = async |role: &str, status: &str, headers: &[(&str, &str)]| {
        let body = json!({"status": status});
        world.call_as(role, "PUT", &path, Some(&body), headers).await
    };
    // A stale version comes before the same status, an illegal move and the role.
    for status in ["draft", "completed", "cancelled"] {
        let stale = ask("member", status, &stale)
            .await
            .expect_problem(412, "stale-version");
        assert_eq!(stale["current_version"], 2);
    }
    ask("member", "draft", &[]).await.expect(200);
    ask("member", "completed", &[])
        .await
        .expect_problem(409, "invalid-status-transition");
    ask("member", "cancelled", &[])
        .await
        .expect_problem(403, "permission-denied");
    ask("viewer", "draft", &[])
        .await
        .expect_problem(403, "permission-denied");
    ask("service", "pending_approval", &[])
        .await
        .expect_problem(403, "permission-denied");
    ask("member", "pending_approval", &[("if-match", "\"2\"")])
        .await
        .expect(200);
}

#[tokio::test]
async fn a_plan_that_is_cancelled_while_it_is_calculating_stays_cancelled() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    super::three_ingredients(&world).await;
    let id = started(&world, json!({})).await;
    let cancelled = moved(&world, &id, &["cancelled"]).await;
    assert_eq!(cancelled["requirements"], Value::Null);
    background.compute(&world, &id).await.unwrap();
    assert_eq!(plan(&world, &id).await, cancelled);
    // Nor is one cancelled that a computation has turned in the meantime, or the other way round: one of the two.
    for _ in 0..5 {
        let id = started(&world, json!({})).await;
        let (answer, computed) =
            futures_util::future::join(asked(&world, &id, "cancelled"), background.compute(&world, &id))
                .await;
        computed.unwrap();
        answer.expect(200);
        let plan = plan(&world, &id).await;
        assert_eq!(plan["status"], "cancelled");
        let history = plan["history"].as_array().unwrap();
        assert!(matches!(history.len(), 2 | 3), "{history:#?}");
    }
}

#[tokio::test]
async fn a_decision_is_the_decision_on_every_requirement() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let statuses = async || {
        let plan = plan(&world, &id).await;
        let rows = plan["requirements"].as_array().unwrap();
        rows.iter().map(|row| row["status"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(statuses().await, ["pending", "pending", "pending"]);
    moved(&world, &id, &["pending_approval"]).await;
    assert_eq!(statuses().await, ["pending", "pending", "pending"]);
    moved(&world, &id, &["approved"]).await;
    assert_eq!(statuses().await, ["approved", "approved", "approved"]);
    super::change(&world, &id, "flour", json!({"status": "ordered"}))
        .await
        .expect(200);
    moved(&world, &id, &["cancelled"]).await;
    // What was ordered was ordered.
    assert_eq!(statuses().await, ["cancelled", "ordered", "cancelled"]);
}

#[tokio::test]
async fn a_plan_that_was_sent_back_raises_no_alerts_again_and_gives_way_to_no_newer_draft() {
    // D42, D69
    let world = World::new().await;
    let background = Background::of(&world);
    let first = drafted(&world, &background).await;
    let entity = world.entity(EntityKind::Plan, &first);
    background.settle(entity).await;
    let alerts = background.alert_messages().len();
    assert!(alerts > 0);
    moved(&world, &first, &["pending_approval", "draft"]).await;
    assert_eq!(background.settle(entity).await.len(), 2);
    assert_eq!(background.alert_messages().len(), alerts);
    world.clock.advance(chrono::Duration::minutes(1));
    let newer = drafted_again(&world, &background).await;
    for id in [&first, &newer] {
        assert_eq!(plan(&world, id).await["status"], "draft");
    }
    // The one after that takes the place of the one that nobody has touched.
    world.clock.advance(chrono::Duration::minutes(1));
    let newest = drafted_again(&world, &background).await;
    for (id, status, by) in [
        (&first, "draft", Value::Null),
        (&newer, "cancelled", json!(newest)),
        (&newest, "draft", Value::Null),
    ] {
        let plan = plan(&world, id).await;
        assert_eq!(fields(&plan, ["status", "superseded_by"]), [json!(status), by]);
    }
}

#[tokio::test]
async fn what_is_approved_is_received_in_later_plans_until_it_is_received_or_cancelled() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let first = drafted(&world, &background).await;
    moved(&world, &first, &["pending_approval", "approved"]).await;
    let receipts = async || {
        world.clock.advance(chrono::Duration::minutes(1));
        let next = drafted_again(&world, &background).await;
        let flour = requirement(&world, &next, "flour").await;
        fields(&flour, ["scheduled_receipts", "order_quantity"])
    };
    assert_eq!(receipts().await, ["100.000", "0.000"]);
    super::change(&world, &first, "flour", json!({"received_quantity": "40"}))
        .await
        .expect(200);
    // The stock that came is another source's to tell.
    assert_eq!(receipts().await, ["60.000", "50.000"]);
    // Complete, although less has come: nothing more is on its way.
    let short = json!({"status": "received", "received_quantity": "70"});
    super::change(&world, &first, "flour", short).await.expect(200);
    assert_eq!(receipts().await, ["0.000", "100.000"]);
    let corrected = json!({"received_quantity": "0"});
    super::change(&world, &first, "flour", corrected)
        .await
        .expect(200);
    assert_eq!(receipts().await, ["100.000", "0.000"]);
    super::change(&world, &first, "flour", json!({"status": "cancelled"}))
        .await
        .expect(200);
    assert_eq!(receipts().await, ["0.000", "100.000"]);
}

#[tokio::test]
async fn a_long_history_moves_aside_and_every_entry_is_told() {
    // D43, D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    for _ in 0..30 {
        moved(&world, &id, &["pending_approval", "draft"]).await;
    }
    let shown = plan(&world, &id).await;
    let history = shown["history"].as_array().unwrap();
    assert!((20..=40).contains(&history.len()), "{}", history.len());
    assert_eq!(
        (&shown["version"], &history[0]["sequence"]),
        (&json!(62), &json!(62))
    );
    // The relay was down all the time.
    let entity = world.entity(EntityKind::Plan, &id);
    let events = background.relay(entity).await;
    assert_eq!(events.len(), 62);
    assert_eq!(background.sequences(), (1..=62).collect::<Vec<_>>());
    assert_eq!(background.relay(entity).await.len(), 0);
    let parts = world
        .in_store(async |store| store.history_parts::<Plan>(&entity.key(), 1).await.unwrap())
        .await;
    let aside: usize = parts.iter().map(|part| part.entries.len()).sum();
    assert_eq!(aside + history.len(), 62);
}

#[tokio::test]
async fn a_neighbour_cannot_decide() {
    // D11
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let neighbour = world.neighbour();
    for unknown in [id.clone(), Uuid::new_v4().to_string(), "nonsense".to_owned()] {
        asked(&neighbour, &unknown, "pending_approval")
            .await
            .expect_problem(404, "not-found");
    }
    assert_eq!(plan(&world, &id).await["status"], "draft");
}
