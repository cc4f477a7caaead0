//! `PUT /procurement/plans/{plan_id}/requirements/{ingredient_id}` before the plan is approved.

use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::{change, drafted, drafted_again, faults, fields, moved, plan, requirement};
use crate::support::background::masked;
use crate::support::{Background, World};

/// What follows from the purchases of a plan.
fn figures(plan: &Value) -> [Value; 4] {
    fields(
        plan,
        [
            "version",
            "estimated_cost",
            "supplier_count",
            "supplier_diversification",
        ],
    )
}

#[tokio::test]
async fn what_to_buy_can_be_edited_and_costs_follow() {
    // D69, D66
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let draft = plan(&world, &id).await;
    assert_eq!(
        figures(&draft),
        [json!(2), json!("213.00"), json!(2), json!("0.4796")]
    );
    let answer = change(
        &world,
        &id,
        "flour",
        json!({"order_quantity": "120.5", "note": "Two pallets."}),
    )
    .await;
    assert_eq!(answer.header("etag"), Some("\"3\""));
    let flour = answer.expect(200);
    assert_eq!(flour, requirement(&world, &id, "flour").await);
    assert_eq!(
        fields(
            &flour,
            [
                "order_quantity",
                "estimated_cost",
                "note",
                "is_edited",
                "status",
                "net_requirement"
            ]
        ),
        [
            json!("120.500"),
            json!("102.43"),
            json!("Two pallets."),
            json!(true),
            json!("pending"),
            json!("100.000")
        ]
    );
    let edited = plan(&world, &id).await;
    assert_eq!(
        figures(&edited),
        [json!(3), json!("230.43"), json!(2), json!("0.4938")]
    );
    // From the depot: its price, its lead time, its lots, and the mill instead of it.
    let depot = change(&world, &id, "flour", json!({"supplier_id": "depot"}))
        .await
        .expect(200);
    assert_eq!(
        fields(
            &depot,
            [
                "supplier_name",
                "unit_cost",
                "planned_unit_cost",
                "estimated_cost",
                "lead_time_days"
            ]
        ),
        [
            json!("Depot, \"North\""),
            json!("1.0500"),
            json!("1.0500"),
            json!("126.53"),
            json!(1)
        ]
    );
    assert_eq!(
        fields(
            &depot,
            [
                "order_by_date",
                "expected_receipt_date",
                "minimum_order_quantity",
                "pack_size"
            ]
        ),
        ["2026-12-09", "2026-12-10", "0.000", "10.000"]
    );
    assert_eq!(depot["backup_suppliers"][0]["supplier_id"], "mill");
    // Nothing from the dairy.
    let none = change(&world, &id, "butter", json!({"order_quantity": 0}))
        .await
        .expect(200);
    assert_eq!(
        fields(
            &none,
            [
                "order_quantity",
                "estimated_cost",
                "order_by_date",
                "expected_receipt_date"
            ]
        ),
        [json!("0.000"), json!("0.00"), Value::Null, Value::Null]
    );
    let last = plan(&world, &id).await;
    assert_eq!(
        figures(&last),
        [json!(5), json!("126.53"), json!(1), json!("0.0000")]
    );
    let tenant = world.tenant.to_string();
    insta::assert_json_snapshot!(
        "edited_history",
        masked(&last["history"], &[(&tenant, "[tenant]")])
    );
    // Only what happened to the plan itself is told, and the relay is done with the rest.
    let entity = world.entity(EntityKind::Plan, &id);
    assert_eq!(background.relay(entity).await.len(), 2);
    assert_eq!(background.relay(entity).await.len(), 0);
    let position = world.in_store(async |store| store.published_to(&entity.name()).await.unwrap());
    assert_eq!(position.await, 5);
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_trace() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let before = plan(&world, &id).await;
    for body in [
        json!({}),
        json!({"order_quantity": "100.0"}),
        json!({"supplier_id": "mill", "order_by_date": "2026-12-07", "expected_receipt_date": "2026-12-10"}),
        json!({"note": null}),
        json!({"order_quantity": null, "status": null, "received_date": null}),
    ] {
        let answer = change(&world, &id, "flour", body.clone()).await;
        assert_eq!(answer.header("etag"), Some("\"2\""), "{body}");
        answer.expect(200);
    }
    assert_eq!(plan(&world, &id).await, before);
    change(&world, &id, "flour", json!({"note": " cold "}))
        .await
        .expect(200);
    assert_eq!(requirement(&world, &id, "flour").await["note"], "cold");
    // A note is no edit of what to buy, and can be taken away.
    assert_eq!(requirement(&world, &id, "flour").await["is_edited"], false);
    change(&world, &id, "flour", json!({"note": null}))
        .await
        .expect(200);
    assert_eq!(requirement(&world, &id, "flour").await["note"], Value::Null);
}

#[tokio::test]
async fn what_is_wrong_with_an_edit_is_told_field_by_field() {
    // D5, D3, D4
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let before = plan(&world, &id).await;
    for (body, told) in [
        (
            json!({"order_quantity": "-1"}),
            vec!["/order_quantity invalid-decimal"],
        ),
        (
            json!({"order_quantity": 12345678901234567.0}),
            vec!["/order_quantity invalid-decimal"],
        ),
        (
            json!({"order_quantity": "1000001"}),
            vec!["/order_quantity invalid-decimal"],
        ),
        (
            json!({"order_quantity": "1.2345"}),
            vec!["/order_quantity invalid-decimal"],
        ),
        (
            json!({"order_quantity": "NaN", "note": "\u{0}"}),
            vec!["/order_quantity invalid-decimal", "/note invalid-text"],
        ),
        (
            json!({"supplier_id": "dairy"}),
            vec!["/supplier_id invalid-value"],
        ),
        (json!({"supplier_id": "a#b"}), vec!["/supplier_id invalid-value"]),
        (
            json!({"supplier_id": ["depot"]}),
            vec!["/supplier_id invalid-type"],
        ),
        (
            json!({"order_by_date": "2026-11-30", "expected_receipt_date": "2028-12-02"}),
            vec![
                "/order_by_date invalid-date",
                "/expected_receipt_date invalid-date",
            ],
        ),
        (
            json!({"order_by_date": "2026-12-11"}),
            vec!["/order_by_date invalid-date"],
        ),
        (
            json!({"order_quantity": "0", "order_by_date": "2026-12-02"}),
            vec!["/order_by_date invalid-value"],
        ),
        (
            json!({"expected_receipt_date": "tomorrow"}),
            vec!["/expected_receipt_date invalid-date"],
        ),
        (json!({"status": "lost"}), vec!["/status invalid-value"]),
        (json!({"note": "x".repeat(1001)}), vec!["/note too-long"]),
        (
            json!({"estimated_cost": "0", "version": 9}),
            vec!["/estimated_cost unknown-field", "/version unknown-field"],
        ),
    ] {
        let answer = change(&world, &id, "flour", body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert_eq!(faults(&answer.body), told, "{body}");
    }
    assert_eq!(plan(&world, &id).await, before);
}

#[tokio::test]
async fn what_is_not_there_reads_the_same_whatever_it_is() {
    // D11, D1
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let body = json!({"order_quantity": "5"});
    for ingredient in ["gold", "..", "flour%23", "%00", "flour%20", "R%23flour"] {
        change(&world, &id, ingredient, body.clone())
            .await
            .expect_problem(404, "not-found");
    }
    let neighbour = world.neighbour();
    change(&neighbour, &id, "flour", body.clone())
        .await
        .expect_problem(404, "not-found");
    let calculating = super::started(&world, json!({})).await;
    change(&world, &calculating, "flour", body.clone())
        .await
        .expect_problem(404, "not-found");
    // Not even a stale version is told of what is not there.
    let path = format!("/procurement/plans/{id}/requirements/gold");
    let stale = [("if-match", "\"1\"")];
    world
        .call_as("member", "PUT", &path, Some(&body), &stale)
        .await
        .expect_problem(404, "not-found");
    let path = format!("/procurement/plans/{id}/requirements/flour");
    let problem = world.call_as("member", "PUT", &path, Some(&body), &stale).await;
    assert_eq!(problem.expect_problem(412, "stale-version")["current_version"], 2);
    for role in ["viewer", "service"] {
        world
            .call_as(role, "PUT", &path, Some(&body), &[])
            .await
            .expect_problem(403, "permission-denied");
    }
    world
        .call_as("member", "PUT", &path, Some(&body), &[("if-match", "\"2\"")])
        .await
        .expect(200);
}

#[tokio::test]
async fn each_status_takes_its_own_kind_of_change() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let edit = || json!({"order_quantity": "5", "supplier_id": "mill", "order_by_date": "2026-12-05"});
    let report = || json!({"status": "ordered", "unit_cost": "1", "received_date": "2026-12-01"});
    let refused = async |body: Value, status: &str, named: Value| {
        let problem = change(&world, &id, "flour", body).await;
        let problem = problem.expect_problem(409, "requirement-not-editable");
        assert_eq!(
            fields(&problem, ["plan_status", "fields"]),
            [json!(status), named]
        );
    };
    let edits = || json!(["order_quantity", "supplier_id", "order_by_date"]);
    let reports = || json!(["status", "unit_cost", "received_date"]);
    refused(report(), "draft", reports()).await;
    moved(&world, &id, &["pending_approval"]).await;
    refused(report(), "pending_approval", reports()).await;
    // A plan that waits for its decision can still be edited, and the decision is on what it is then.
    change(&world, &id, "flour", edit()).await.expect(200);
    moved(&world, &id, &["approved"]).await;
    refused(edit(), "approved", edits()).await;
    moved(&world, &id, &["in_execution"]).await;
    refused(edit(), "in_execution", edits()).await;
    change(
        &world,
        &id,
        "flour",
        json!({"note": "x", "expected_receipt_date": "2026-12-20"}),
    )
    .await
    .expect(200);
    moved(&world, &id, &["completed"]).await;
    refused(edit(), "completed", edits()).await;
    refused(report(), "completed", reports()).await;
    refused(json!({"note": "y"}), "completed", json!([])).await;
    world.clock.advance(chrono::Duration::minutes(1));
    let other = drafted_again(&world, &background).await;
    moved(&world, &other, &["cancelled"]).await;
    let problem = change(&world, &other, "flour", edit()).await;
    problem.expect_problem(409, "requirement-not-editable");
}

#[tokio::test]
async fn an_edited_draft_gives_way_to_no_newer_one() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let edited = drafted(&world, &background).await;
    change(&world, &edited, "flour", json!({"order_quantity": "150"}))
        .await
        .expect(200);
    world.clock.advance(chrono::Duration::minutes(1));
    let untouched = drafted_again(&world, &background).await;
    world.clock.advance(chrono::Duration::minutes(1));
    let newest = drafted_again(&world, &background).await;
    for (id, status) in [(&edited, "draft"), (&untouched, "cancelled"), (&newest, "draft")] {
        assert_eq!(plan(&world, id).await["status"], status, "{id}");
    }
    assert_eq!(
        requirement(&world, &edited, "flour").await["order_quantity"],
        "150.000"
    );
    // A newest draft that was edited takes the place of older ones all the same.
    change(&world, &newest, "flour", json!({"note": "mine"}))
        .await
        .expect(200);
    background.compute(&world, &newest).await.unwrap();
    assert_eq!(plan(&world, &newest).await["status"], "draft");
}
