//! `GET /settings`

use serde_json::{Value, json};

use super::shown;
use crate::support::World;

#[tokio::test]
async fn before_the_first_change_everything_is_the_deployments() {
    // D13, D6
    let world = World::with(&[("PLANNING_HOUR", "4"), ("MIN_ORDER_VALUE", "7")]).await;
    let answer = world.get("/settings").await;
    assert_eq!(answer.header("etag"), Some("\"0\""));
    let mut settings = answer.expect(200);
    assert_eq!(settings["tenant_id"], world.tenant.to_string());
    settings["tenant_id"] = "[tenant_id]".into();
    insta::assert_json_snapshot!("defaults", settings);
}

#[tokio::test]
async fn each_value_is_shown_with_where_it_comes_from() {
    // D13
    let world = World::with(&[("PLANNING_HOUR", "4"), ("TENANT_CURRENCY", "GBP")]).await;
    let settings = world
        .set(json!({"planning_hour": 5, "min_order_value": "2.5", "pickup_enabled": false}))
        .await;
    for (name, value, source) in [
        ("planning_hour", json!(5), "tenant"),
        ("min_order_value", json!("2.50"), "tenant"),
        ("pickup_enabled", json!(false), "tenant"),
        ("tenant_currency", json!("GBP"), "environment"),
        ("max_order_value", json!("100000.00"), "default"),
        ("large_quantity_order_threshold", json!("100.000"), "default"),
        ("safety_stock_percentage", json!("20.00"), "default"),
        ("tenant_timezone", json!("UTC"), "default"),
        ("pricing_rules", json!([]), "default"),
    ] {
        assert_eq!(shown(&settings, name), (&value, source), "{name}");
    }
    assert_eq!(world.get("/settings").await.expect(200), settings);
}

#[tokio::test]
async fn everybody_of_the_tenant_may_read_and_only_admins_may_change() {
    // D12
    let world = World::new().await;
    let body = json!({"planning_hour": 5});
    for role in ["viewer", "member", "service", "admin", "owner"] {
        world
            .call_as(role, "GET", "/settings", None, &[])
            .await
            .expect(200);
        let changed = world.call_as(role, "PATCH", "/settings", Some(&body), &[]).await;
        match role {
            "admin" | "owner" => drop(changed.expect(200)),
            _ => drop(changed.expect_problem(403, "permission-denied")),
        }
    }
}

#[tokio::test]
async fn one_tenants_settings_are_not_anothers() {
    // D11
    let world = World::new().await;
    world.set(json!({"planning_hour": 5})).await;
    let neighbour = world.neighbour();
    let settings = neighbour.get("/settings").await.expect(200);
    assert_eq!(settings["version"], 0);
    assert_eq!(shown(&settings, "planning_hour"), (&json!(6), "default"));
    assert_eq!(settings["updated_by"], Value::Null);
}

#[tokio::test]
async fn what_a_later_deployment_contradicts_is_not_shown_as_in_force() {
    // D13: the tenant's 10 was above the deployment's 5.
    let world = World::new().await;
    world
        .set(json!({"central_bakery_order_threshold": 10, "planning_hour": 5}))
        .await;
    let later = world.redeployed(&[
        ("INDIVIDUAL_BAKERY_ORDER_THRESHOLD", "15"),
        ("CENTRAL_BAKERY_ORDER_THRESHOLD", "30"),
    ]);
    let settings = later.get("/settings").await.expect(200);
    assert_eq!(
        shown(&settings, "central_bakery_order_threshold"),
        (&json!(30), "environment")
    );
    assert_eq!(shown(&settings, "planning_hour"), (&json!(5), "tenant"));
    // Nor does it keep the tenant from changing something else.
    later.set(json!({"planning_hour": 7})).await;
    // Back under the first deployment, the tenant's choice counts again.
    let settings = world.get("/settings").await.expect(200);
    assert_eq!(
        shown(&settings, "central_bakery_order_threshold"),
        (&json!(10), "tenant")
    );
}
