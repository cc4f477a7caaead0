//! §2: tokens, tenancy, permissions.

use orders_domain::permissions::Role;
use orders_service::http::routes;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, World, tokens};

fn path_of(route: &routes::Route, tenant: Uuid, id: &str) -> String {
    let mut path = route
        .path
        .replace("{tenant_id}", &tenant.to_string())
        .replace("{line}", "1");
    for name in [
        "order_id",
        "customer_id",
        "plan_id",
        "alert_id",
        "product_id",
        "ingredient_id",
        "supplier_id",
    ] {
        path = path.replace(&format!("{{{name}}}"), id);
    }
    path
}

fn without_request_id(mut answer: Answer) -> (u16, Value) {
    answer.body.as_object_mut().unwrap().remove("request_id");
    (answer.status, answer.body)
}

async fn request(world: &World, route: &routes::Route, url: &str, token: Option<&str>) -> Answer {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut headers: Vec<_> = authorization
        .iter()
        .map(|value| ("authorization", value.as_str()))
        .collect();
    if route.body {
        headers.push(("content-type", "application/json"));
    }
    world
        .raw(route.method, url, route.body.then_some("{}"), &headers)
        .await
}

#[tokio::test]
async fn every_tenant_route_needs_a_token_of_the_tenant() {
    // D10, D11
    let world = World::new().await;
    let id = Uuid::new_v4().to_string();
    let foreign = tokens::token(
        crate::support::world::SECRET,
        "issuer",
        "orders",
        Uuid::new_v4(),
        "owner",
    );
    for route in routes::ALL.iter().filter(|route| route.action.is_some()) {
        let url = path_of(route, world.tenant, &id);
        request(&world, route, &url, None)
            .await
            .expect_problem(401, "invalid-token");
        request(&world, route, &url, Some("a.b.c"))
            .await
            .expect_problem(401, "invalid-token");
        // "none" in base64url: {"alg":"none"}
        let none = format!(
            "eyJhbGciOiJub25lIn0.{}.",
            world.token("owner").split('.').nth(1).unwrap()
        );
        request(&world, route, &url, Some(&none))
            .await
            .expect_problem(401, "invalid-token");
        request(&world, route, &url, Some(&foreign))
            .await
            .expect_problem(403, "tenant-access-denied");
    }
}

#[tokio::test]
async fn a_malformed_tenant_is_not_there() {
    // D1
    let world = World::new().await;
    let bearer = format!("Bearer {}", world.token("owner"));
    for tenant in ["x", "00000000000000000000000000000000", "%00"] {
        let url = format!("/api/v1/tenants/{tenant}/orders");
        world
            .raw("GET", &url, None, &[("authorization", &bearer)])
            .await
            .expect_problem(404, "not-found");
    }
}

/// The table of D12, written out: who may use which route.
const ALLOWED: &[(&str, &str)] = &[
    ("service-status", "viewer member admin owner service"),
    ("demand-requirements", "viewer member admin owner service"),
    ("dashboard-summary", "viewer member admin owner service"),
    ("business-model", "viewer member admin owner service"),
    ("create-order", "member admin owner"),
    ("list-orders", "viewer member admin owner service"),
    ("get-order", "viewer member admin owner service"),
    ("update-order-status", "member admin owner service"),
    ("amend-order", "member admin owner"),
    ("update-order-item", "member admin owner service"),
    ("get-order-history", "viewer member admin owner service"),
    ("record-payment", "member admin owner"),
    ("create-customer", "member admin owner"),
    ("update-customer", "member admin owner"),
    ("erase-customer", "admin owner"),
    ("export-customer", "admin owner"),
    ("get-settings", "viewer member admin owner service"),
    ("update-settings", "admin owner"),
    ("list-customers", "viewer member admin owner service"),
    ("get-customer", "viewer member admin owner service"),
    ("get-catalog", "viewer member admin owner service"),
    ("put-catalog", "member admin owner"),
    ("import-catalog", "member admin owner"),
    ("import-sales-history", "member admin owner"),
    ("start-plan", "member admin owner service"),
    ("simulate-plan", "member admin owner service"),
    ("get-plan", "viewer member admin owner service"),
    ("list-plans", "viewer member admin owner service"),
    ("update-plan-status", "member admin owner"),
    ("update-requirement", "member admin owner"),
    ("purchase-proposal", "viewer member admin owner service"),
    ("list-alerts", "viewer member admin owner service"),
    ("update-alert-status", "member admin owner"),
];

/// Whether a role may use a function at all.
pub(crate) fn may_use(function: &str, role: &str) -> bool {
    let row = ALLOWED.iter().find(|(name, _)| *name == function);
    let (_, roles) = row.unwrap_or_else(|| panic!("who may use {function}?"));
    roles.split(' ').any(|word| word == role)
}

#[tokio::test]
async fn each_role_may_use_exactly_the_routes_of_the_table() {
    // D12
    let world = World::new().await;
    for route in routes::ALL.iter().filter(|route| route.action.is_some()) {
        let url = path_of(route, world.tenant, &Uuid::new_v4().to_string());
        for role in Role::ALL {
            let answer = request(&world, route, &url, Some(&world.token(role.as_str()))).await;
            let denied = answer.body["code"] == "permission-denied";
            let expected = may_use(route.function, role.as_str());
            assert_eq!(
                !denied,
                expected,
                "{} as {}: {}",
                route.function,
                role.as_str(),
                answer.body
            );
            assert!(answer.status < 500, "{}: {}", route.function, answer.body);
        }
    }
}

#[tokio::test]
async fn a_foreign_id_reads_exactly_like_an_unknown_one() {
    // D11
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let order = order["id"].as_str().unwrap();
    let other = World {
        tenant: Uuid::new_v4(),
        ..world.redeployed(&[])
    };
    let unknown = Uuid::new_v4().to_string();
    let status = json!({"status": "confirmed"});
    for (method, kind, id, suffix, body) in [
        ("GET", "orders", order, "", None),
        ("PUT", "orders", order, "/status", Some(&status)),
        ("GET", "customers", customer.as_str(), "", None),
        ("GET", "procurement/plans", order, "", None),
    ] {
        let foreign = other.call(method, &format!("/{kind}/{id}{suffix}"), body).await;
        let absent = other
            .call(method, &format!("/{kind}/{unknown}{suffix}"), body)
            .await;
        let malformed = other
            .call(method, &format!("/{kind}/nonsense{suffix}"), body)
            .await;
        let expected = without_request_id(absent);
        assert_eq!(expected.0, 404);
        assert_eq!(without_request_id(foreign), expected, "{method} {kind}");
        assert_eq!(without_request_id(malformed), expected, "{method} {kind}");
    }
    world.get(&format!("/orders/{order}")).await.expect(200);
}

#[tokio::test]
async fn a_members_reach_ends_at_the_customers_terms() {
    // D12
    let world = World::new().await;
    for field in [
        json!({"credit_limit": "100"}),
        json!({"payment_terms": "net_30"}),
        json!({"discount_percentage": "5"}),
    ] {
        let mut body = json!({"name": "Café"});
        crate::support::orders::merge(&mut body, field);
        world
            .call_as("member", "POST", "/customers", Some(&body), &[])
            .await
            .expect_problem(403, "permission-denied");
        world
            .call_as("admin", "POST", "/customers", Some(&body), &[])
            .await
            .expect(201);
    }
    let plain = json!({"name": "Café"});
    world
        .call_as("member", "POST", "/customers", Some(&plain), &[])
        .await
        .expect(201);
}
