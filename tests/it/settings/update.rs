//! `PATCH /settings`

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use super::shown;
use crate::support::World;

#[tokio::test]
async fn a_change_is_a_version_and_null_returns_to_the_deployments_value() {
    // D13, D6
    let world = World::with(&[("PLANNING_HOUR", "4")]).await;
    let first = world
        .change_settings(&json!({"planning_hour": 5, "max_order_items": 20}), &[])
        .await;
    assert_eq!(first.header("etag"), Some("\"1\""));
    let first = first.expect(200);
    world.clock.advance(chrono::Duration::minutes(1));
    let second = world.set(json!({"planning_hour": null})).await;
    assert_eq!(second["version"], 2);
    assert_eq!(shown(&second, "planning_hour"), (&json!(4), "environment"));
    assert_eq!(shown(&second, "max_order_items"), (&json!(20), "tenant"));
    for (name, value) in [
        ("created_at", json!("2026-12-01T08:00:00Z")),
        ("updated_at", json!("2026-12-01T08:01:00Z")),
    ] {
        assert_eq!(second[name], value, "{name}");
    }
    let admin = json!({"user_id": "admin-1", "name": "Test Person", "role": "admin"});
    assert_eq!(
        (&second["created_by"], &second["updated_by"], &first["created_by"]),
        (&admin, &admin, &admin)
    );
}

#[rstest]
#[case(json!({}))]
#[case(json!({"planning_hour": 5}))]
#[case(json!({"planning_hour": 5, "min_order_value": 2.5, "max_order_items": null}))]
#[case(json!({"min_order_value": "2.500", "pricing_rules": []}))]
#[case(json!({"pricing_rules": null}))]
#[tokio::test]
async fn a_change_that_changes_nothing_makes_no_version(#[case] body: Value) {
    // D13
    let world = World::new().await;
    let first = world
        .set(json!({"planning_hour": 5, "min_order_value": "2.50"}))
        .await;
    world.clock.advance(chrono::Duration::minutes(1));
    let again = world.change_settings(&body, &[]).await;
    assert_eq!(again.header("etag"), Some("\"1\""));
    assert_eq!(again.expect(200), first);
}

#[tokio::test]
async fn a_change_that_changes_nothing_makes_no_record_either() {
    // D13
    let world = World::new().await;
    let settings = world.set(json!({"planning_hour": null})).await;
    assert_eq!(
        (
            &settings["version"],
            &settings["changes"],
            &settings["created_at"]
        ),
        (&json!(0), &json!([]), &Value::Null)
    );
}

#[tokio::test]
async fn every_fault_is_named_at_once_and_nothing_is_changed() {
    // D13, D5, D2
    let world = World::new().await;
    let body = json!({
        "planning_hour": 24, "pickup_enabled": "yes", "min_order_value": "-1", "tenant_timezone": "Mars/Olympus",
        "settings_cache_seconds": 0, "TABLE_NAME": "x", "max_order_items": 51,
        "pricing_rules": [{"name": "a", "adjust_percentage": 51}],
    });
    let problem = world
        .change_settings(&body, &[])
        .await
        .expect_problem(422, "validation-failed");
    let mut faults: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            (
                error["pointer"].as_str().unwrap(),
                error["code"].as_str().unwrap(),
            )
        })
        .collect();
    faults.sort_unstable();
    assert_eq!(
        faults,
        [
            ("/TABLE_NAME", "unknown-field"),
            ("/max_order_items", "invalid-value"),
            ("/min_order_value", "invalid-decimal"),
            ("/pickup_enabled", "invalid-type"),
            ("/planning_hour", "invalid-value"),
            ("/pricing_rules/0/adjust_percentage", "invalid-decimal"),
            ("/settings_cache_seconds", "unknown-field"),
            ("/tenant_timezone", "invalid-value"),
        ]
    );
    assert_eq!(world.get("/settings").await.expect(200)["version"], 0);
}

#[tokio::test]
async fn contradictions_are_judged_on_what_would_be_in_force() {
    // D13
    let world = World::with(&[("INDIVIDUAL_BAKERY_ORDER_THRESHOLD", "10")]).await;
    let refused = async |body: Value, pointers: &[&str]| {
        let code = if pointers.len() == 1 {
            "invalid-value"
        } else {
            "validation-failed"
        };
        let problem = world.change_settings(&body, &[]).await.expect_problem(422, code);
        let found: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(found, pointers, "{body}");
    };
    // Against the environment's value, in either direction, and against each other.
    refused(
        json!({"central_bakery_order_threshold": 10}),
        &["/central_bakery_order_threshold"],
    )
    .await;
    refused(
        json!({"individual_bakery_order_threshold": 20}),
        &["/individual_bakery_order_threshold"],
    )
    .await;
    refused(
        json!({"min_order_value": "5", "max_order_value": "4.99", "central_bakery_order_threshold": 1}),
        &["/central_bakery_order_threshold", "/min_order_value"],
    )
    .await;
    // Together they may go where one of them may not.
    world
        .set(json!({"individual_bakery_order_threshold": 30, "central_bakery_order_threshold": 31}))
        .await;
    // Back to a default that would no longer do.
    refused(
        json!({"central_bakery_order_threshold": null}),
        &["/central_bakery_order_threshold"],
    )
    .await;
    world
        .set(json!({"min_order_value": "5", "max_order_value": 5}))
        .await;
}

#[tokio::test]
async fn the_currency_stays_once_there_are_orders() {
    // D13: it would change what their amounts mean.
    let world = World::new().await;
    let settings = world.set(json!({"tenant_currency": "GBP"})).await;
    assert_eq!(shown(&settings, "tenant_currency"), (&json!("GBP"), "tenant"));
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    assert_eq!(order["currency"], "GBP");
    for currency in [json!("EUR"), Value::Null] {
        let problem = world
            .change_settings(&json!({"tenant_currency": currency}), &[])
            .await
            .expect_problem(422, "invalid-value");
        assert_eq!(problem["errors"][0]["pointer"], "/tenant_currency");
    }
    // The same one may be said again, and everything else may change.
    world
        .set(json!({"tenant_currency": "GBP", "planning_hour": 5}))
        .await;
    // Another tenant's orders are no obstacle.
    world.neighbour().set(json!({"tenant_currency": "CHF"})).await;
}

#[tokio::test]
async fn if_match_is_honoured_from_version_0_on() {
    // D6
    let world = World::new().await;
    let change = async |body: Value, seen: &str| {
        let seen = format!("\"{seen}\"");
        world.change_settings(&body, &[("if-match", seen.as_str())]).await
    };
    let problem = change(json!({"planning_hour": 5}), "1")
        .await
        .expect_problem(412, "stale-version");
    assert_eq!(problem["current_version"], 0);
    change(json!({"planning_hour": 5}), "0").await.expect(200);
    // Before any rule over the state: this would be a contradiction.
    change(json!({"central_bakery_order_threshold": 1}), "0")
        .await
        .expect_problem(412, "stale-version");
    change(json!({"planning_hour": 7}), "1").await.expect(200);
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_applied() {
    // D6: none is lost, neither of the first ones nor of later ones.
    let world = World::new().await;
    for hours in [4, 8] {
        let bodies = [
            json!({"planning_hour": hours}),
            json!({"max_order_items": hours}),
            json!({"default_delivery_window_hours": hours}),
        ];
        let answers = join_all(bodies.iter().map(|body| world.change_settings(body, &[]))).await;
        let mut versions: Vec<_> = answers
            .into_iter()
            .map(|answer| answer.expect(200)["version"].as_u64().unwrap())
            .collect();
        versions.sort_unstable();
        let first = if hours == 4 { 1 } else { 4 };
        assert_eq!(versions, [first, first + 1, first + 2]);
        let settings = world.get("/settings").await.expect(200);
        for name in [
            "planning_hour",
            "max_order_items",
            "default_delivery_window_hours",
        ] {
            assert_eq!(shown(&settings, name), (&json!(hours), "tenant"), "{name}");
        }
    }
    // With If-Match, one of them wins.
    let answers = join_all((0..4).map(|hour| {
        let world = &world;
        async move {
            let body = json!({"planning_hour": 10 + hour});
            world.change_settings(&body, &[("if-match", "\"6\"")]).await
        }
    }))
    .await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
}

#[tokio::test]
async fn pricing_rules_are_replaced_as_a_whole() {
    // D13
    let world = World::new().await;
    let rules = json!([
        {
            "name": "Saturday rush", "weekdays": ["sat", "sun"], "hours_before_delivery_below": 12,
            "min_quantity": 2, "product_ids": ["rye", "roll"], "category": "bread", "adjust_percentage": "12.5",
        },
        {"name": "Everything else", "adjust_percentage": -50},
    ]);
    let settings = world.set(json!({ "pricing_rules": rules })).await;
    let shown_rules = json!([
        {
            "name": "Saturday rush", "weekdays": ["sat", "sun"], "hours_before_delivery_below": 12,
            "min_quantity": "2.000", "product_ids": ["rye", "roll"], "category": "bread",
            "adjust_percentage": "12.50",
        },
        {
            "name": "Everything else", "weekdays": [], "hours_before_delivery_below": null, "min_quantity": null,
            "product_ids": [], "category": null, "adjust_percentage": "-50.00",
        },
    ]);
    assert_eq!(shown(&settings, "pricing_rules"), (&shown_rules, "tenant"));
    // What is shown may be sent back, and changes nothing.
    assert_eq!(world.set(json!({ "pricing_rules": shown_rules })).await, settings);
    let fewer = world
        .set(json!({"pricing_rules": [{"name": "Only", "adjust_percentage": 1}]}))
        .await;
    assert_eq!(
        fewer["settings"]["pricing_rules"]["value"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let change = &fewer["changes"][0]["changes"][0];
    assert_eq!(
        (&change["name"], &change["from"], &change["to"][0]["name"]),
        (&json!("pricing_rules"), &shown_rules, &json!("Only"))
    );
    let none = world.set(json!({"pricing_rules": null})).await;
    assert_eq!(shown(&none, "pricing_rules"), (&json!([]), "default"));
    assert_eq!(none["changes"][0]["changes"][0]["to"], Value::Null);
}
