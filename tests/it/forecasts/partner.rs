//! The sales partner as history, and inventory as what there is to plan with; and what a plan does without them.

use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{catalog, column, import, planned, today};
use crate::support::background::id;
use crate::support::{Background, World};

async fn answering(at: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

async fn world(partner: &str, server: &MockServer) -> World {
    World::with(&[
        (partner, &format!("{}/v1/", server.uri())),
        ("PARTNER_TOKEN", "between-services"),
    ])
    .await
}

/// Four weeks of the same sales every day.
fn even_sales(quantity: &str) -> ResponseTemplate {
    let first = today() - chrono::Days::new(28);
    let days: Vec<Value> = first
        .iter_days()
        .take(28)
        .map(|date| json!({"date": date, "quantity": quantity}))
        .collect();
    ResponseTemplate::new(200).set_body_json(json!({"days": days}))
}

#[tokio::test]
async fn the_sales_partner_knows_best() {
    // D70, §14
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/v1/history"))
        .and(query_param("product_id", "rye"))
        .and(query_param("from", "2026-06-02"))
        .and(query_param("to", "2026-11-30"))
        .respond_with(even_sales("33.5"))
        .expect(1)
        .mount(&server)
        .await;
    let world = world("SALES_URL", &server).await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    let plan = planned(&world, json!({})).await;
    let forecast = &plan["forecasts"][0];
    assert_eq!(forecast["source"], "sales_partner");
    assert_eq!(forecast["days"][0]["quantity"], "33.500");
    assert_eq!(plan["degraded_sources"], json!([]));
}

#[tokio::test]
async fn a_sales_partner_that_does_not_answer_is_named_and_imported_sales_serve() {
    // D69, D70, §14
    let server = answering("/v1/history", ResponseTemplate::new(503)).await;
    let world = world("SALES_URL", &server).await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    let plan = planned(&world, json!({})).await;
    assert_eq!(plan["forecasts"][0]["source"], "sales_history");
    assert_eq!(plan["degraded_sources"], json!(["sales"]));
    assert_eq!(column(&plan["warnings"], "code"), ["sales_unavailable"]);
}

#[tokio::test]
async fn a_product_that_the_partner_does_not_know_is_forecast_from_what_was_imported() {
    // D70
    let server = answering(
        "/v1/history",
        ResponseTemplate::new(200).set_body_json(json!({"days": []})),
    )
    .await;
    let world = world("SALES_URL", &server).await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    let plan = planned(&world, json!({})).await;
    assert_eq!(plan["forecasts"][0]["source"], "sales_history");
    assert_eq!(plan["degraded_sources"], json!([]));
}

/// A catalog in which flour comes from elsewhere.
fn stock() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "suppliers": [{"id": "farm", "name": "Farm"}],
        "ingredients": [{"id": "flour", "name": "Flour of the partner", "unit": "kg",
            "stock_lots": [{"lot_id": "P-1", "quantity": "4"}],
            "offers": [{"supplier_id": "farm", "unit_price": "0.70", "lead_time_days": 1}]}],
        "products": [{"id": "rye", "name": "Rye loaf", "unit": "piece",
            "recipe": {"yield_quantity": "1", "lines": [{"item_id": "flour", "quantity": "1"}]}}],
    }))
}

async fn ordered(world: &World) {
    let customer = world.customer(json!({})).await;
    let order = json!({
        "requested_delivery_at": "2026-12-08T10:00:00Z",
        "items": [{"product_id": "rye", "quantity": "10", "unit_price": "3"}],
    });
    world.order(&customer, order).await;
}

#[tokio::test]
async fn inventory_says_what_there_is_where_it_is_there() {
    // SPEC §9, §14
    let server = answering("/v1/stock", stock()).await;
    let world = world("INVENTORY_URL", &server).await;
    catalog(&world).await;
    ordered(&world).await;
    let plan = planned(&world, json!({"parameters": {"safety_stock_percentage": 0}})).await;
    let flour = &plan["requirements"][0];
    assert_eq!(
        (&flour["name"], &flour["on_hand"]),
        (&json!("Flour of the partner"), &json!("4.000"))
    );
    assert_eq!(
        (&flour["supplier_id"], &flour["order_quantity"]),
        (&json!("farm"), &json!("6.000"))
    );
    assert_eq!(plan["degraded_sources"], json!([]));
}

#[tokio::test]
async fn without_inventory_the_own_catalog_serves_and_the_plan_says_so() {
    // D69, §14: nothing is silently zero.
    for answer in [
        ResponseTemplate::new(503),
        ResponseTemplate::new(200)
            .set_body_json(json!({"suppliers": [], "ingredients": [{"id": "a b"}], "products": []})),
    ] {
        let server = answering("/v1/stock", answer).await;
        let world = world("INVENTORY_URL", &server).await;
        catalog(&world).await;
        ordered(&world).await;
        let plan = planned(&world, json!({"parameters": {"safety_stock_percentage": 0}})).await;
        let flour = &plan["requirements"][0];
        assert_eq!(
            (&flour["name"], &flour["order_quantity"]),
            (&json!("Rye flour"), &json!("5.000"))
        );
        assert_eq!(plan["degraded_sources"], json!(["inventory"]));
        assert_eq!(column(&plan["warnings"], "code"), ["inventory_unavailable"]);
    }
}

#[tokio::test]
async fn a_cycle_in_inventorys_recipes_is_named() {
    // D60, §14: the own catalog takes none, so only inventory can have one.
    let product = |id: &str, item: &str| {
        json!({"id": id, "name": id, "unit": "kg",
            "recipe": {"yield_quantity": "1", "lines": [{"item_id": item, "quantity": "1"}]}})
    };
    let cyclic = ResponseTemplate::new(200).set_body_json(json!({
        "suppliers": [], "ingredients": [], "products": [product("dough", "starter"), product("starter", "dough")],
    }));
    let server = answering("/v1/stock", cyclic).await;
    let world = world("INVENTORY_URL", &server).await;
    let problem = world
        .post("/procurement/plans/simulate", &json!({}))
        .await
        .expect(422);
    assert_eq!(problem["code"], "recipe-cycle");
    assert_eq!(problem["cycle"], json!(["dough", "starter", "dough"]));
    let started = world.post("/procurement/plans", &json!({})).await.expect(202);
    Background::of(&world)
        .compute(&world, id(&started))
        .await
        .unwrap();
    let path = format!("/procurement/plans/{}", id(&started));
    let failed = world.get(&path).await.expect(200);
    assert_eq!(failed["status"], "failed");
    let reason = failed["failure_reason"].as_str().unwrap();
    assert!(reason.contains("dough → starter → dough"), "{reason}");
}
