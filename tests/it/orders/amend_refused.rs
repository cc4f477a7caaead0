//! `PATCH /orders/{order_id}`: what is refused, credit, and races.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::amend::amend;
use crate::support::World;

fn items(quantity: &str, price: &str) -> Value {
    json!({"items": [{"product_id": "rye", "quantity": quantity, "unit_price": price}]})
}

async fn exposure(world: &World, customer: &str) -> String {
    let read = world.get(&format!("/customers/{customer}")).await.expect(200);
    read["credit"]["exposure"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_order_is_amended_until_somebody_begins_to_make_it() {
    // D27
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let made: [&[&str]; 9] = [
        &[],
        &["on_hold"],
        &["confirmed"],
        &["confirmed", "in_production"],
        &["confirmed", "in_production", "ready"],
        &["confirmed", "in_production", "ready", "out_for_delivery"],
        &[
            "confirmed",
            "in_production",
            "ready",
            "out_for_delivery",
            "delivered",
        ],
        &[
            "confirmed",
            "in_production",
            "ready",
            "out_for_delivery",
            "failed",
        ],
        &["cancelled"],
    ];
    for (index, way) in made.into_iter().enumerate() {
        let order = world
            .order(&customer, json!({"delivery_method": "delivery"}))
            .await;
        let id = order["id"].as_str().unwrap();
        world.walk(id, way).await;
        let version = way.len() + 1;
        let path = format!("/orders/{id}");
        let patch = json!({"internal_notes": "late"});
        // D6: whoever has not seen the latest version learns that first.
        let stale = [("if-match", "\"99\"")];
        let answer = world
            .call_as("member", "PATCH", &path, Some(&patch), &stale)
            .await;
        assert_eq!(
            answer.expect_problem(412, "stale-version")["current_version"],
            version
        );
        let tag = format!("\"{version}\"");
        let fresh = [("if-match", tag.as_str())];
        let answer = world
            .call_as("member", "PATCH", &path, Some(&patch), &fresh)
            .await;
        let status = way.last().copied().unwrap_or("pending");
        if index < 3 {
            let amended = answer.expect(200);
            assert_eq!(
                (&amended["status"], &amended["version"]),
                (&json!(status), &json!(version + 1))
            );
        } else {
            assert_eq!(
                answer.expect_problem(409, "order-not-amendable")["current"],
                status
            );
        }
        for role in ["viewer", "service"] {
            world
                .call_as(role, "PATCH", &path, Some(&patch), &[])
                .await
                .expect_problem(403, "permission-denied");
        }
    }
    let nowhere = format!("/orders/{}", uuid::Uuid::new_v4());
    world
        .call("PATCH", &nowhere, Some(&json!({})))
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn faulty_fields_are_all_named_and_nothing_changes() {
    // D2, D5, D27
    let world = World::with(&[("MAX_ORDER_ITEMS", "2"), ("DELIVERY_ENABLED", "false")]).await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let faults = |problem: &Value| -> Vec<String> {
        let errors = problem["errors"].as_array().unwrap().iter();
        let mut found: Vec<_> = errors
            .map(|e| {
                format!(
                    "{} {}",
                    e["pointer"].as_str().unwrap(),
                    e["code"].as_str().unwrap()
                )
            })
            .collect();
        found.sort_unstable();
        found
    };
    let shapes = json!({
        "items": null, "delivery_method": null, "requested_delivery_at": null, "customer_id": customer,
        "status": "confirmed", "payment_method": "cash", "version": 7, "total_amount": "1",
        "discount_percentage": "1", "discount_amount": "1", "delivery_address": {"city": null, "planet": "x"},
    });
    let problem = amend(&world, &order, &shapes)
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(
        faults(&problem),
        [
            "/customer_id unknown-field",
            "/delivery_address/city invalid-value",
            "/delivery_address/planet unknown-field",
            "/delivery_method invalid-value",
            "/discount_amount invalid-value",
            "/items invalid-value",
            "/payment_method unknown-field",
            "/requested_delivery_at invalid-value",
            "/status unknown-field",
            "/total_amount unknown-field",
            "/version unknown-field",
        ]
    );
    let line = json!({"product_id": "x", "quantity": "1"});
    let rules = json!({
        "items": [line, line, line], "delivery_method": "delivery", "delivery_window_end": "2026-12-01T06:00:00Z",
        "requested_delivery_at": "2026-12-01T07:00:00Z",
    });
    let problem = amend(&world, &order, &rules)
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(
        faults(&problem),
        [
            "/delivery_method delivery-method-disabled",
            "/delivery_window_end invalid-date",
            "/items too-many-items",
            "/items/0/unit_price price-unknown",
            "/items/1/unit_price price-unknown",
            "/items/2/unit_price price-unknown",
            "/requested_delivery_at invalid-date",
        ]
    );
    amend(&world, &order, &json!({"items": []}))
        .await
        .expect_problem(422, "required");
    amend(&world, &order, &json!({"delivery_fee": "0.01"}))
        .await
        .expect_problem(422, "invalid-value");
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.expect(200), order);
}

#[tokio::test]
async fn limits_hold_for_what_is_sent_and_not_for_what_was_agreed() {
    // D27, D13, D21
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let agreed = json!({
        "items": [{"product_id": "rye", "quantity": "10", "unit_price": "10"}], "discount_percentage": "40",
        "delivery_method": "delivery",
    });
    let order = world.order(&customer, agreed).await;
    let strict = world.redeployed(&[
        ("MAX_DISCOUNT_PERCENTAGE", "30"),
        ("MAX_ORDER_VALUE", "50"),
        ("DISCOUNT_ENABLED", "false"),
        ("DELIVERY_ENABLED", "false"),
    ]);
    let kept = amend(
        &strict,
        &order,
        &json!({"internal_notes": "x", "delivery_method": "delivery"}),
    )
    .await
    .expect(200);
    assert_eq!(kept["total_amount"], "60.00");
    amend(&strict, &order, &items("5", "10"))
        .await
        .expect_problem(422, "discount-exceeds-maximum");
    amend(&strict, &order, &json!({"discount_percentage": "20"}))
        .await
        .expect_problem(422, "discounts-disabled");
    let without = |quantity: &str| {
        let mut patch = items(quantity, "10");
        patch["discount_percentage"] = Value::Null;
        patch
    };
    amend(&strict, &order, &without("5.001"))
        .await
        .expect_problem(422, "order-value-out-of-range");
    assert_eq!(
        amend(&strict, &order, &without("5")).await.expect(200)["total_amount"],
        "50.00"
    );
}

#[tokio::test]
async fn exposure_moves_with_an_amendment_and_keeps_to_the_limit() {
    // D27, D31
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let lenient = world.redeployed(&[]);
    let customer = world
        .customer(json!({"payment_terms": "net_30", "credit_limit": "1000"}))
        .await;
    world.order(&customer, items("1", "400")).await;
    let order = world.order(&customer, items("1", "500")).await;
    assert_eq!(
        amend(&world, &order, &items("1", "600")).await.expect(200)["balance_due"],
        "600.00"
    );
    assert_eq!(exposure(&world, &customer).await, "1000.00");
    let before = world.stored_order(order["id"].as_str().unwrap()).await;
    let problem = amend(&world, &order, &items("1", "600.01"))
        .await
        .expect_problem(409, "credit-limit-exceeded");
    assert_eq!(
        (
            &problem["exposure"],
            &problem["credit_limit"],
            &problem["required"]
        ),
        (&json!("1000.00"), &json!("1000.00"), &json!("600.01"))
    );
    assert_eq!(world.stored_order(order["id"].as_str().unwrap()).await, before);
    // With the check off the same amendment goes through; a debt beyond the limit may then shrink but not grow.
    amend(&lenient, &order, &items("1", "800")).await.expect(200);
    assert_eq!(exposure(&world, &customer).await, "1200.00");
    amend(&world, &order, &items("1", "800.01"))
        .await
        .expect_problem(409, "credit-limit-exceeded");
    amend(&world, &order, &json!({"internal_notes": "same debt"}))
        .await
        .expect(200);
    amend(&world, &order, &items("1", "799.99")).await.expect(200);
    assert_eq!(exposure(&world, &customer).await, "1199.99");
    // An order on hold owes nothing yet.
    let id = order["id"].as_str().unwrap();
    world.walk(id, &["on_hold"]).await;
    amend(&world, &order, &items("1", "5000")).await.expect(200);
    assert_eq!(exposure(&world, &customer).await, "400.00");
}

#[tokio::test]
async fn of_amendments_that_fit_alone_but_not_together_one_is_refused() {
    // D31, D27
    for _ in 0..5 {
        let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
        let customer = world
            .customer(json!({"payment_terms": "net_30", "credit_limit": "1000"}))
            .await;
        let orders = [
            world.order(&customer, items("1", "300")).await,
            world.order(&customer, items("1", "300")).await,
        ];
        let patch = items("1", "600");
        let answers = join_all(orders.iter().map(|order| amend(&world, order, &patch))).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(exposure(&world, &customer).await, "900.00");
    }
}

#[tokio::test]
async fn amendments_at_the_same_time_are_all_kept() {
    // D6, D27
    let world = World::new().await;
    let customer = world.customer(json!({"payment_terms": "net_30"})).await;
    for _ in 0..5 {
        let order = world
            .order(&customer, json!({"delivery_method": "delivery"}))
            .await;
        let patches = [
            json!({"internal_notes": "a"}),
            json!({"special_instructions": "b"}),
            json!({"delivery_fee": "4"}),
            items("3", "10"),
        ];
        let answers = join_all(patches.iter().map(|patch| amend(&world, &order, patch))).await;
        for answer in answers {
            answer.expect(200);
        }
        let after = world
            .get(&format!("/orders/{}", order["id"].as_str().unwrap()))
            .await
            .expect(200);
        assert_eq!(
            (
                &after["version"],
                &after["internal_notes"],
                &after["special_instructions"],
                &after["total_amount"]
            ),
            (&json!(5), &json!("a"), &json!("b"), &json!("34.00"))
        );
        let stored = world.stored_order(order["id"].as_str().unwrap()).await;
        let sequences: Vec<_> = stored.body.history.iter().map(|entry| entry.sequence).collect();
        assert_eq!(sequences, [1, 2, 3, 4, 5]);
    }
    // Each counted once: five orders of 34.00.
    assert_eq!(exposure(&world, &customer).await, "170.00");
    // Of two that saw the same version, one is told so.
    let order = world.order(&customer, json!({})).await;
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let seen = [("if-match", "\"1\"")];
    let (first, second) = (
        json!({"internal_notes": "a"}),
        json!({"special_instructions": "b"}),
    );
    let (a, b) = tokio::join!(
        world.call_as("admin", "PATCH", &path, Some(&first), &seen),
        world.call_as("admin", "PATCH", &path, Some(&second), &seen)
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}
