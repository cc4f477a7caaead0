//! What a catalog entry may not be: every fault is named at once, and nothing is stored.

use serde_json::{Value, json};

use super::faults;
use crate::support::World;

#[tokio::test]
async fn every_fault_of_an_ingredient_is_named() {
    // SPEC §9, D2, D3, D5
    let world = World::new().await;
    let body = json!({
        "id": "flour", "name": "\u{202e}flour", "unit": "u".repeat(21), "reserved": "-1", "shelf_life_days": 3651,
        "safety_stock_quantity": "0.0001", "allergens": ["gluten", 7, ""],
        "stock_lots": [
            {"lot_id": "a", "quantity": "1000000.001"},
            {"lot_id": "b", "quantity": 12_345_678_901_234_567.89_f64, "expires_on": "2026-02-30"},
            {"quantity": "1", "expires_on": "31.12.2026", "colour": "brown"},
            "a lot",
        ],
        "open_receipts": [{"reference": "", "date": "soon", "quantity": "0"}],
        "ordering": {"method": "guess", "setup_cost": "-0.01", "holding_cost_per_day": "0.00001", "periods": 0},
        "offers": [
            {"supplier_id": "m ill", "unit_price": "0.12345", "lead_time_days": 366, "minimum_order_quantity": "many",
             "pack_size": "0", "preferred": "yes", "discount": "1"},
            {},
        ],
        "quality_specifications": "\u{0}", "special_requirements": "x".repeat(1001),
        "version": 3, "tenant_id": "other",
    });
    let path = "/catalog/ingredients/flour";
    let problem = world
        .put(path, &body)
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(
        faults(&problem),
        [
            "/name invalid-text",
            "/unit too-long",
            "/reserved invalid-decimal",
            "/stock_lots/0/quantity invalid-decimal",
            "/stock_lots/1/quantity invalid-decimal",
            "/stock_lots/1/expires_on invalid-date",
            "/stock_lots/2/lot_id required",
            "/stock_lots/2/expires_on invalid-date",
            "/stock_lots/2/colour unknown-field",
            "/stock_lots/3 invalid-type",
            "/open_receipts/0/reference invalid-text",
            "/open_receipts/0/date invalid-date",
            "/open_receipts/0/quantity invalid-decimal",
            "/shelf_life_days invalid-value",
            "/safety_stock_quantity invalid-decimal",
            "/allergens/1 invalid-type",
            "/allergens/2 invalid-text",
            "/ordering/method invalid-value",
            "/ordering/setup_cost invalid-decimal",
            "/ordering/holding_cost_per_day invalid-decimal",
            "/ordering/periods invalid-value",
            "/offers/0/supplier_id invalid-value",
            "/offers/0/unit_price invalid-decimal",
            "/offers/0/lead_time_days invalid-value",
            "/offers/0/minimum_order_quantity invalid-decimal",
            "/offers/0/pack_size invalid-decimal",
            "/offers/0/preferred invalid-type",
            "/offers/0/discount unknown-field",
            "/offers/1/supplier_id required",
            "/offers/1/unit_price required",
            "/quality_specifications invalid-text",
            "/special_requirements too-long",
            "/id unknown-field",
            "/tenant_id unknown-field",
            "/version unknown-field",
        ]
    );
    world.get(path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn every_fault_of_products_and_suppliers_is_named() {
    // SPEC §9, D2, D5
    let world = World::new().await;
    let product = json!({
        "name": null, "unit": 1, "price": "1000000.0001", "unit_cost": "1e", "category": " ", "allergens": "gluten",
        "recipe": {"yield_quantity": "0", "lead_days": -1, "lines": [
            {"item_id": "fl our", "quantity": "0.0000001", "waste_percentage": "100.01"},
            {"item_id": "salt", "quantity": "0"},
        ], "steps": []},
        "created_by": "me",
    });
    let problem = world
        .put("/catalog/products/rye", &product)
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(
        faults(&problem),
        [
            "/name invalid-type",
            "/category invalid-text",
            "/unit invalid-type",
            "/price invalid-decimal",
            "/unit_cost invalid-decimal",
            "/allergens invalid-type",
            "/recipe/yield_quantity invalid-decimal",
            "/recipe/lead_days invalid-value",
            "/recipe/lines/0/item_id invalid-value",
            "/recipe/lines/0/quantity invalid-decimal",
            "/recipe/lines/0/waste_percentage invalid-decimal",
            "/recipe/lines/1/quantity invalid-decimal",
            "/recipe/steps unknown-field",
            "/created_by unknown-field",
        ]
    );
    let supplier = json!({
        "name": "x".repeat(201), "is_active": "yes", "reliability": "1.0001", "working_days": ["mon", "Monday"],
        "holidays": ["2026-12-25", "2026-13-01"], "safety_lead_days": 366, "rating": 5,
    });
    let problem = world
        .put("/catalog/suppliers/mill", &supplier)
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(
        faults(&problem),
        [
            "/name too-long",
            "/is_active invalid-type",
            "/reliability invalid-decimal",
            "/working_days/1 invalid-value",
            "/holidays/1 invalid-date",
            "/safety_lead_days invalid-value",
            "/rating unknown-field",
        ]
    );
    // A single fault is told by its own code.
    world
        .put("/catalog/suppliers/mill", &json!({"name": "Mill", "rating": 5}))
        .await
        .expect_problem(422, "unknown-field");
    world
        .put("/catalog/suppliers/mill", &json!(["Mill"]))
        .await
        .expect_problem(422, "invalid-type");
}

/// A product that is made of others.
fn made_of(items: &[&str]) -> Value {
    let lines: Vec<_> = items
        .iter()
        .map(|item| json!({"item_id": item, "quantity": "1"}))
        .collect();
    json!({"name": "Thing", "unit": "piece", "recipe": {"yield_quantity": "1", "lines": lines}})
}

#[tokio::test]
async fn a_recipe_that_would_contain_itself_is_refused_and_the_cycle_is_named() {
    // D60
    let world = World::new().await;
    for (product, items) in [
        ("bread", vec!["dough", "salt"]),
        ("dough", vec!["flour", "starter"]),
        ("starter", vec!["flour"]),
    ] {
        let path = format!("/catalog/products/{product}");
        world.put(&path, &made_of(&items)).await.expect(201);
    }
    let problem = world
        .put("/catalog/products/starter", &made_of(&["flour", "bread"]))
        .await
        .expect_problem(422, "recipe-cycle");
    let cycle: Vec<_> = problem["cycle"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(cycle.len(), 4);
    assert_eq!(cycle.first(), cycle.last());
    let goes_into = |from: &str, to: &str| {
        [("bread", "dough"), ("dough", "starter"), ("starter", "bread")].contains(&(from, to))
    };
    assert!(
        cycle.windows(2).all(|pair| goes_into(pair[0], pair[1])),
        "{cycle:?}"
    );
    assert_eq!(faults(&problem), ["/recipe recipe-cycle"]);
    // The stored recipe is the old one.
    let stored = world.get("/catalog/products/starter").await.expect(200);
    assert_eq!(
        (&stored["version"], &stored["recipe"]["lines"][0]["item_id"]),
        (&json!(1), &json!("flour"))
    );
    let own = world
        .put("/catalog/products/loop", &made_of(&["loop"]))
        .await
        .expect_problem(422, "recipe-cycle");
    assert_eq!(own["cycle"], json!(["loop", "loop"]));
    // The same thing twice in one product is no cycle.
    world
        .put(
            "/catalog/products/roll",
            &made_of(&["dough", "starter", "starter"]),
        )
        .await
        .expect(201);
    // Somebody whose version is stale learns that and not what he has not seen.
    let headers = [("if-match", "\"7\"")];
    let body = made_of(&["bread"]);
    world
        .call_as("admin", "PUT", "/catalog/products/starter", Some(&body), &headers)
        .await
        .expect_problem(412, "stale-version");
}
