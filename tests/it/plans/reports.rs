//! `PUT /procurement/plans/{plan_id}/requirements/{ingredient_id}` once the plan is approved.

use serde_json::{Value, json};

use super::{change, drafted, faults, fields, moved, plan, requirement};
use crate::support::{Background, World};

/// Where a purchase stands.
fn stands(requirement: &Value) -> [Value; 5] {
    let names = [
        "status",
        "ordered_quantity",
        "received_quantity",
        "received_date",
        "unit_cost",
    ];
    fields(requirement, names)
}

async fn approved(world: &World) -> String {
    let background = Background::of(world);
    let id = drafted(world, &background).await;
    moved(world, &id, &["pending_approval", "approved"]).await;
    id
}

#[tokio::test]
async fn a_purchase_is_ordered_comes_in_parts_and_is_complete() {
    // D69
    let world = World::new().await;
    let id = approved(&world).await;
    let ordered = json!({"status": "ordered", "unit_cost": "0.9", "expected_receipt_date": "2026-12-11"});
    let answer = change(&world, &id, "flour", ordered.clone()).await;
    assert_eq!(answer.header("etag"), Some("\"5\""));
    let flour = answer.expect(200);
    assert_eq!(flour, requirement(&world, &id, "flour").await);
    assert_eq!(
        stands(&flour),
        [
            json!("ordered"),
            json!("100.000"),
            json!("0.000"),
            Value::Null,
            json!("0.9000")
        ]
    );
    // What was approved stays known beside what is agreed now.
    assert_eq!(
        fields(
            &flour,
            [
                "planned_unit_cost",
                "planned_receipt_date",
                "expected_receipt_date",
                "estimated_cost"
            ]
        ),
        ["0.8500", "2026-12-10", "2026-12-11", "85.00"]
    );
    change(
        &world,
        &id,
        "flour",
        json!({"unit_cost": "0.95", "expected_receipt_date": "2026-12-12"}),
    )
    .await
    .expect(200);
    let flour = requirement(&world, &id, "flour").await;
    assert_eq!(
        fields(&flour, ["planned_unit_cost", "planned_receipt_date"]),
        ["0.8500", "2026-12-10"]
    );
    moved(&world, &id, &["in_execution"]).await;
    world.clock.advance(chrono::Duration::days(9));
    let part = change(&world, &id, "flour", json!({"received_quantity": "60"}))
        .await
        .expect(200);
    assert_eq!(
        stands(&part),
        ["partially_received", "100.000", "60.000", "2026-12-10", "0.9500"]
    );
    world.clock.advance(chrono::Duration::days(2));
    let rest = json!({"received_quantity": "105", "received_date": "2026-12-11"});
    let whole = change(&world, &id, "flour", rest.clone()).await.expect(200);
    assert_eq!(
        stands(&whole),
        ["received", "100.000", "105.000", "2026-12-11", "0.9500"]
    );
    // The same report again changes nothing.
    let version = plan(&world, &id).await["version"].clone();
    assert_eq!(change(&world, &id, "flour", rest).await.expect(200), whole);
    assert_eq!(plan(&world, &id).await["version"], version);
    let corrected = change(&world, &id, "flour", json!({"received_quantity": "95"}))
        .await
        .expect(200);
    assert_eq!(
        stands(&corrected),
        ["partially_received", "100.000", "95.000", "2026-12-11", "0.9500"]
    );
    let closed = change(
        &world,
        &id,
        "flour",
        json!({"status": "received", "received_quantity": "95"}),
    )
    .await;
    assert_eq!(closed.expect(200)["status"], "received");
    let entries = plan(&world, &id).await["history"].clone();
    assert_eq!(
        fields(
            &entries[0],
            [
                "event",
                "from_status",
                "to_status",
                "ingredient_id",
                "changed_fields"
            ]
        ),
        [
            json!("requirement_updated"),
            json!("in_execution"),
            json!("in_execution"),
            json!("flour"),
            json!(["status"])
        ]
    );
}

#[tokio::test]
async fn moves_that_are_not_there_and_reports_that_contradict_themselves_are_refused() {
    // D69, D5
    let world = World::new().await;
    let id = approved(&world).await;
    let illegal = async |ingredient: &str, body: Value, current: &str, allowed: Value| {
        let problem = change(&world, &id, ingredient, body).await;
        let problem = problem.expect_problem(409, "invalid-status-transition");
        assert_eq!(
            fields(&problem, ["current", "allowed"]),
            [json!(current), allowed]
        );
    };
    illegal(
        "flour",
        json!({"status": "pending"}),
        "approved",
        json!(["ordered", "partially_received", "received", "cancelled"]),
    )
    .await;
    change(&world, &id, "flour", json!({"status": "received"}))
        .await
        .expect(200);
    illegal("flour", json!({"status": "cancelled"}), "received", json!([])).await;
    illegal("flour", json!({"status": "ordered"}), "received", json!([])).await;
    change(&world, &id, "salt", json!({"status": "cancelled"}))
        .await
        .expect(200);
    illegal("salt", json!({"status": "ordered"}), "cancelled", json!([])).await;
    let closed = change(&world, &id, "salt", json!({"received_quantity": "1"})).await;
    closed.expect_problem(409, "requirement-not-editable");
    // A remark can be made all the same.
    change(&world, &id, "salt", json!({"note": "There is enough."}))
        .await
        .expect(200);
    for (body, told) in [
        (
            json!({"status": "ordered", "ordered_quantity": "0"}),
            vec!["/status invalid-value", "/ordered_quantity invalid-value"],
        ),
        (
            json!({"status": "ordered", "received_quantity": "5"}),
            vec!["/status invalid-value", "/received_quantity invalid-value"],
        ),
        (
            json!({"status": "partially_received"}),
            vec!["/status invalid-value", "/received_quantity invalid-value"],
        ),
        (
            json!({"status": "cancelled", "received_quantity": "5"}),
            vec!["/received_quantity invalid-value"],
        ),
        (
            json!({"received_date": "2026-12-01"}),
            vec!["/received_date invalid-value"],
        ),
        (
            json!({"received_quantity": "5", "received_date": "2026-12-02"}),
            vec!["/received_date invalid-date"],
        ),
        (
            json!({"received_quantity": "5", "received_date": "2026-11-30"}),
            vec!["/received_date invalid-date"],
        ),
        (
            json!({"expected_receipt_date": "2026-11-30"}),
            vec!["/expected_receipt_date invalid-date"],
        ),
        (
            json!({"received_quantity": "-5", "unit_cost": "1.00001"}),
            vec!["/received_quantity invalid-decimal", "/unit_cost invalid-decimal"],
        ),
    ] {
        let answer = change(&world, &id, "butter", body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert_eq!(faults(&answer.body), told, "{body}");
    }
    assert_eq!(requirement(&world, &id, "butter").await["status"], "approved");
}

#[tokio::test]
async fn today_is_the_tenants() {
    // D4
    let world = World::with(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    let id = approved(&world).await;
    // 00:30 of 2 December in Auckland.
    world.clock.advance(chrono::Duration::minutes(210));
    let butter = change(&world, &id, "butter", json!({"received_quantity": "20"}))
        .await
        .expect(200);
    assert_eq!(butter["received_date"], "2026-12-02");
}
