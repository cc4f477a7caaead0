//! `PATCH /orders/{order_id}/items/{line}`

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::history::sequences;
use crate::support::orders::merge;
use crate::support::{Answer, World};

const TO_READY: [&str; 3] = ["confirmed", "in_production", "ready"];

/// The worked example of §5: three lines, total 116.77.
pub(crate) async fn worked_example(world: &World, customer: &str) -> Value {
    world
        .order(
            customer,
            json!({
                "delivery_method": "delivery", "delivery_fee": "6", "delivery_fee_tax_rate": "21",
                "discount_percentage": "5",
                "items": [
                    {"product_id": "roll", "quantity": "12", "unit_price": "1.45", "tax_rate": "10"},
                    {"product_id": "cake", "quantity": "3", "unit_price": "24.90", "discount_percentage": "10", "tax_rate": "10"},
                    {"product_id": "flour", "quantity": "2.5", "unit_price": "7.333", "tax_rate": "21"},
                ],
            }),
        )
        .await
}

pub(crate) async fn report(world: &World, order: &Value, line: usize, body: Value) -> Answer {
    let path = format!("/orders/{}/items/{line}", id(order));
    world.call("PATCH", &path, Some(&body)).await
}

pub(crate) async fn delivered(world: &World, order: &Value) {
    world.walk(id(order), &TO_READY).await;
    world.walk(id(order), &["out_for_delivery", "delivered"]).await;
}

#[tokio::test]
async fn production_and_quality_are_reported_part_by_part_and_kept() {
    // D28b
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = worked_example(&world, &customer).await;
    world.walk(id(&order), &["confirmed", "in_production"]).await;
    world.clock.advance(chrono::Duration::hours(2));
    let path = format!("/orders/{}/items/2", id(&order));
    let body = json!({"production": {"status": "in_production"}, "reason": "early shift"});
    let first = world
        .call_as("service", "PATCH", &path, Some(&body), &[])
        .await
        .expect(200);
    assert_eq!(
        first["items"][1]["production"],
        json!({"status": "in_production", "quantity_produced": "0.000"})
    );
    let body = json!({
        "production": {"quantity_produced": "3.5"},
        "quality": {"status": "passed", "notes": "canary: well risen"},
    });
    let second = report(&world, &order, 2, body).await;
    assert_eq!(second.header("etag"), Some("\"5\""));
    let second = second.expect(200);
    let mut expected = first.clone();
    merge(
        &mut expected,
        json!({"version": 5, "updated_by": second["updated_by"]}),
    );
    let line = expected["items"][1].as_object_mut().unwrap();
    line.insert(
        "production".into(),
        json!({"status": "in_production", "quantity_produced": "3.500"}),
    );
    line.insert(
        "quality".into(),
        json!({
            "requirements": null, "status": "passed", "notes": "canary: well risen",
            "checked_by": second["updated_by"], "checked_at": "2026-12-01T10:00:00Z",
        }),
    );
    assert_eq!(second, expected);
    let history = world.history(id(&order), 50).await;
    assert_eq!(
        (
            &history[3]["event"],
            &history[3]["reason"],
            &history[3]["context"]
        ),
        (
            &json!("note"),
            &json!("early shift"),
            &json!({"line": 2, "changed": {"production.status": {"from": "pending", "to": "in_production"}}})
        )
    );
    // Notes are free text: the entry names the field and no more.
    assert_eq!(
        (
            &history[4]["event"],
            &history[4]["version"],
            &history[4]["context"]
        ),
        (
            &json!("quality_checked"),
            &json!(5),
            &json!({"line": 2, "changed": {
                "production.quantity_produced": {"from": "0.000", "to": "3.500"},
                "quality.status": {"from": "pending", "to": "passed"},
                "quality.notes": {},
            }})
        )
    );
    // Null takes the notes away; a check that is taken back was nobody's.
    let body = json!({"quality": {"status": "pending", "notes": null}});
    let third = report(&world, &order, 2, body).await.expect(200);
    assert_eq!(
        third["items"][1]["quality"],
        json!({"requirements": null, "status": "pending", "notes": null, "checked_by": null, "checked_at": null})
    );
}

#[tokio::test]
async fn what_is_as_it_was_reported_changes_nothing() {
    // D28b, D6
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = worked_example(&world, &customer).await;
    delivered(&world, &order).await;
    let body = json!({
        "production": {"status": "completed", "quantity_produced": "12"}, "quality": {"status": "passed", "notes": "fine"},
        "quantity_delivered": "11", "quantity_returned": "1",
    });
    let first = report(&world, &order, 1, body.clone()).await.expect(200);
    world.clock.advance(chrono::Duration::hours(1));
    assert_eq!(report(&world, &order, 1, body).await.expect(200), first);
    assert_eq!(
        report(
            &world,
            &order,
            1,
            json!({"quantity_delivered": 11.0, "reason": "again"})
        )
        .await
        .expect(200),
        first
    );
    assert_eq!(
        report(&world, &order, 2, json!({"quantity_returned": "0"}))
            .await
            .expect(200),
        first
    );
    assert_eq!(world.history(id(&order), 50).await.len(), 7);
}

#[tokio::test]
async fn each_report_has_its_time() {
    // D28b
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let reports = [
        ("making", json!({"production": {"status": "scheduled"}})),
        ("making", json!({"quality": {"status": "failed"}})),
        ("delivery", json!({"quantity_delivered": "1"})),
        ("return", json!({"quantity_returned": "1"})),
    ];
    let ways: [(&[&str], &[&str]); 9] = [
        (&[], &[]),
        (&["on_hold"], &[]),
        (&["cancelled"], &[]),
        (&["confirmed"], &["making"]),
        (&["confirmed", "in_production"], &["making"]),
        (&TO_READY, &["making"]),
        (
            &["confirmed", "in_production", "ready", "out_for_delivery"],
            &["making", "delivery"],
        ),
        (
            &[
                "confirmed",
                "in_production",
                "ready",
                "out_for_delivery",
                "failed",
            ],
            &["making"],
        ),
        (
            &[
                "confirmed",
                "in_production",
                "ready",
                "out_for_delivery",
                "delivered",
            ],
            &["making", "delivery", "return"],
        ),
    ];
    for (way, allowed) in ways {
        let order = worked_example(&world, &customer).await;
        world.walk(id(&order), way).await;
        let current = way.last().copied().unwrap_or("pending");
        for (kind, body) in &reports {
            let answer = report(&world, &order, 1, body.clone()).await;
            if allowed.contains(kind) {
                answer.expect(200);
            } else {
                let problem = answer.expect_problem(409, "order-line-not-reportable");
                assert_eq!(problem["current"], current, "{kind}");
            }
        }
    }
}

#[tokio::test]
async fn no_more_is_delivered_than_ordered_nor_returned_than_delivered() {
    // D28b
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = worked_example(&world, &customer).await;
    world.walk(id(&order), &TO_READY).await;
    world.walk(id(&order), &["out_for_delivery"]).await;
    let over = report(&world, &order, 1, json!({"quantity_delivered": "12.001"})).await;
    let over = over.expect_problem(422, "quantity-exceeds-ordered");
    assert_eq!(
        (&over["quantity"], &over["errors"][0]["pointer"]),
        (&json!("12.000"), &json!("/quantity_delivered"))
    );
    report(&world, &order, 1, json!({"quantity_delivered": "10"}))
        .await
        .expect(200);
    world.walk(id(&order), &["delivered"]).await;
    let now = world.get(&format!("/orders/{}", id(&order))).await.expect(200);
    // What was reported stays; what nobody reported on has arrived in full.
    let arrived: Vec<_> = now["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["quantity_delivered"].as_str().unwrap())
        .collect();
    assert_eq!(arrived, ["10.000", "3.000", "2.500"]);
    let over = report(&world, &order, 1, json!({"quantity_returned": "10.001"})).await;
    let over = over.expect_problem(422, "quantity-exceeds-delivered");
    assert_eq!(over["quantity_delivered"], "10.000");
    report(&world, &order, 1, json!({"quantity_returned": "10"}))
        .await
        .expect(200);
    // What has come back was delivered.
    let under = report(&world, &order, 1, json!({"quantity_delivered": "9.999"})).await;
    let under = under.expect_problem(422, "quantity-exceeds-delivered");
    assert_eq!(
        (&under["quantity_returned"], &under["errors"][0]["pointer"]),
        (&json!("10.000"), &json!("/quantity_delivered"))
    );
    report(
        &world,
        &order,
        1,
        json!({"quantity_delivered": "9.999", "quantity_returned": "9.999"}),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn a_report_names_a_line_that_is_there_and_says_something() {
    // D1, D2, D28b, D11
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = worked_example(&world, &customer).await;
    world.walk(id(&order), &["confirmed"]).await;
    let body = json!({"production": {"status": "scheduled"}});
    for line in ["0", "4", "65536", "-1", "01", "1.0", "x", "%31x"] {
        world
            .call(
                "PATCH",
                &format!("/orders/{}/items/{line}", id(&order)),
                Some(&body),
            )
            .await
            .expect_problem(404, "not-found");
    }
    let path = format!("/orders/{}/items/1", id(&order));
    world
        .neighbour()
        .call("PATCH", &path, Some(&body))
        .await
        .expect_problem(404, "not-found");
    world
        .call_as("viewer", "PATCH", &path, Some(&body), &[])
        .await
        .expect_problem(403, "permission-denied");
    for (body, pointer, code) in [
        (json!({}), "", "required"),
        (json!({"reason": "nothing"}), "", "required"),
        (json!({"production": {}}), "", "required"),
        (json!({"production": null}), "/production", "invalid-type"),
        (
            json!({"quantity_delivered": null}),
            "/quantity_delivered",
            "invalid-type",
        ),
        (
            json!({"quantity_returned": "-1"}),
            "/quantity_returned",
            "invalid-decimal",
        ),
        (
            json!({"production": {"status": "baked"}}),
            "/production/status",
            "invalid-value",
        ),
        (
            json!({"quality": {"checked_by": "me"}}),
            "/quality/checked_by",
            "unknown-field",
        ),
        (json!({"quantity": "5"}), "/quantity", "unknown-field"),
    ] {
        let problem = world.call("PATCH", &path, Some(&body)).await;
        assert_eq!(problem.status, 422, "{body}");
        let errors = problem.body["errors"].as_array().unwrap().clone();
        assert!(
            errors
                .iter()
                .any(|e| e["pointer"] == pointer && e["code"] == code),
            "{body}: {errors:?}"
        );
    }
    let headers = [("if-match", "\"1\"")];
    let stale = world
        .call_as(
            "admin",
            "PATCH",
            &path,
            Some(&json!({"quantity_returned": "1"})),
            &headers,
        )
        .await;
    assert_eq!(stale.expect_problem(412, "stale-version")["current_version"], 2);
}

#[tokio::test]
async fn reports_at_the_same_time_are_all_kept() {
    // D6
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = worked_example(&world, &customer).await;
    world.walk(id(&order), &["confirmed"]).await;
    let answers = join_all((1..=3).map(|line| {
        let made = json!({"production": {"status": "completed", "quantity_produced": line.to_string()}});
        let (world, order) = (&world, &order);
        async move { report(world, order, line, made).await }
    }))
    .await;
    for answer in answers {
        answer.expect(200);
    }
    let now = world.get(&format!("/orders/{}", id(&order))).await.expect(200);
    let made: Vec<_> = now["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["production"]["quantity_produced"].as_str().unwrap())
        .collect();
    assert_eq!(made, ["1.000", "2.000", "3.000"]);
    assert_eq!(sequences(&world.history(id(&order), 50).await), [1, 2, 3, 4, 5]);
}
