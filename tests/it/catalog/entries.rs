//! `PUT` and `GET /catalog/{products,ingredients,suppliers}/{id}`, and their lists.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::background::masked;

fn supplier() -> Value {
    json!({
        "name": "Old Mill", "is_active": false, "reliability": 0.95, "working_days": ["mon", "wed", "fri"],
        "holidays": ["2026-12-25", "2027-01-01"], "safety_lead_days": 2,
    })
}

fn ingredient() -> Value {
    json!({
        "name": " Rye flour ", "unit": "kg", "reserved": "5.5", "shelf_life_days": 90,
        "stock_lots": [
            {"lot_id": "L-1", "quantity": 20, "expires_on": "2026-12-31"},
            {"lot_id": "L-2", "quantity": "15.125", "expires_on": null},
        ],
        "open_receipts": [{"reference": "PO-7", "date": "2026-12-05", "quantity": "10"}],
        "safety_stock_quantity": "12", "allergens": ["gluten"],
        "ordering": {"method": "fixed", "setup_cost": "12.50", "holding_cost_per_day": "0.0125",
            "fixed_quantity": "250", "periods": 3},
        "offers": [
            {"supplier_id": "mill", "unit_price": "0.85", "lead_time_days": 3, "minimum_order_quantity": "50",
             "pack_size": "25", "preferred": true},
            {"supplier_id": "market", "unit_price": 1.1},
        ],
        "quality_specifications": "Ash below 1.0 %", "special_requirements": "Keep dry",
    })
}

fn product() -> Value {
    json!({
        "name": "Rye loaf", "category": "bread", "unit": "piece", "price": "3.2", "unit_cost": "1.0575",
        "allergens": ["gluten"],
        "recipe": {"yield_quantity": "100", "lead_days": 1, "lines": [
            {"item_id": "flour", "quantity": "52.123456", "waste_percentage": "2.5"},
            {"item_id": "starter", "quantity": 8},
        ]},
    })
}

/// The entries of all kinds as they are shown after they were put.
async fn put_all(world: &World, entries: &[(&str, Value)]) -> Value {
    let mut shown = Vec::new();
    for (path, body) in entries {
        let path = format!("/catalog/{path}");
        let answer = world.put(&path, body).await;
        assert_eq!(answer.header("etag"), Some("\"1\""));
        let entry = answer.expect(201);
        let read = world.get(&path).await;
        assert_eq!(read.header("etag"), Some("\"1\""));
        assert_eq!(read.expect(200), entry);
        shown.push(entry);
    }
    let tenant = world.tenant.to_string();
    masked(&Value::from(shown), &[(&tenant, "[tenant]")])
}

#[tokio::test]
async fn entries_are_shown_as_they_were_sent() {
    // SPEC §9, D3, D6
    let world = World::new().await;
    let entries = [
        ("suppliers/mill", supplier()),
        ("ingredients/flour", ingredient()),
        ("products/rye", product()),
    ];
    insta::assert_json_snapshot!("entries", put_all(&world, &entries).await);
}

#[tokio::test]
async fn what_is_left_out_takes_its_default() {
    // SPEC §9
    let world = World::new().await;
    let offer = json!({"supplier_id": "mill", "unit_price": "1"});
    let lines = json!([{"item_id": "flour", "quantity": "1"}]);
    let entries = [
        ("suppliers/mill", json!({"name": "Mill"})),
        (
            "ingredients/flour",
            json!({"name": "Flour", "unit": "kg", "offers": [offer]}),
        ),
        ("ingredients/salt", json!({"name": "Salt", "unit": "kg"})),
        (
            "products/rye",
            json!({"name": "Rye", "unit": "piece", "recipe": {"yield_quantity": 1, "lines": lines}}),
        ),
        ("products/water", json!({"name": "Water", "unit": "l"})),
    ];
    insta::assert_json_snapshot!("defaults", put_all(&world, &entries).await);
}

#[tokio::test]
async fn a_change_makes_a_version_and_the_same_again_does_not() {
    // D6
    let world = World::new().await;
    let path = "/catalog/suppliers/mill";
    let put = |name: &'static str, if_match: Option<&'static str>| {
        let world = &world;
        async move {
            let headers: Vec<_> = if_match.map(|tag| ("if-match", tag)).into_iter().collect();
            world
                .call_as("member", "PUT", path, Some(&json!({"name": name})), &headers)
                .await
        }
    };
    // Nothing is there to match.
    let absent = put("Mill", Some("\"1\"")).await;
    assert_eq!(absent.expect_problem(412, "stale-version")["current_version"], 0);
    let first = put("Mill", None).await.expect(201);
    world.clock.advance(chrono::Duration::minutes(5));
    let same = put("Mill", Some("\"1\"")).await;
    assert_eq!(same.header("etag"), Some("\"1\""));
    assert_eq!(same.expect(200), first);
    let changed = put("New Mill", Some("\"1\"")).await;
    assert_eq!(changed.header("etag"), Some("\"2\""));
    let changed = changed.expect(200);
    assert_eq!(
        (&changed["name"], &changed["version"], &changed["created_at"]),
        (&json!("New Mill"), &json!(2), &first["created_at"])
    );
    assert_eq!(changed["updated_at"], "2026-12-01T08:05:00Z");
    let stale = put("Old Mill", Some("\"1\"")).await;
    assert_eq!(stale.expect_problem(412, "stale-version")["current_version"], 2);
    put("Mill", Some("W/\"2\""))
        .await
        .expect_problem(400, "invalid-header");
    assert_eq!(world.get(path).await.expect(200), changed);
}

#[tokio::test]
async fn writers_at_the_same_time_each_make_their_version() {
    // D6
    let world = World::new().await;
    let bodies: Vec<_> = (0..6)
        .map(|number| json!({"name": format!("Mill {number}")}))
        .collect();
    let puts = bodies
        .iter()
        .map(|body| world.put("/catalog/suppliers/mill", body));
    let answers = futures_util::future::join_all(puts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    let mut versions: Vec<_> = answers
        .iter()
        .zip(&bodies)
        .map(|(answer, body)| {
            assert!(answer.status < 300, "{:#}", answer.body);
            assert_eq!(answer.body["name"], body["name"]);
            answer.body["version"].as_u64().unwrap()
        })
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6]);
    // Of those who have read the same version one wins, and the others learn it.
    let headers = [("if-match", "\"6\"")];
    let bodies: Vec<_> = (6..12)
        .map(|number| json!({"name": format!("Mill {number}")}))
        .collect();
    let puts = bodies
        .iter()
        .map(|body| world.call_as("member", "PUT", "/catalog/suppliers/mill", Some(body), &headers));
    let answers = futures_util::future::join_all(puts).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
}

#[tokio::test]
async fn what_cannot_be_an_id_is_not_there() {
    // D1, D11
    let world = World::new().await;
    let body = json!({"name": "Mill"});
    let longest = "x".repeat(64);
    for good in ["A.b_c:d-9", "A.b_c%3Ad-9", longest.as_str(), "..", "-"] {
        let answer = world.put(&format!("/catalog/suppliers/{good}"), &body).await;
        assert!(answer.status < 300, "{good}: {}", answer.body);
    }
    let long = "x".repeat(65);
    for bad in [
        long.as_str(),
        "a%20b",
        "a%2Fb",
        "%C3%A9",
        "a%23b",
        "%00",
        "a*",
        "",
    ] {
        let path = format!("/catalog/suppliers/{bad}");
        world.put(&path, &body).await.expect_problem(404, "not-found");
        world.get(&path).await.expect_problem(404, "not-found");
    }
    // An id is case-sensitive, belongs to one kind and to one tenant.
    let neighbour = world.neighbour();
    neighbour
        .get(&format!("/catalog/suppliers/{longest}"))
        .await
        .expect_problem(404, "not-found");
    for path in [
        "suppliers/a.b_c:d-9",
        "ingredients/A.b_c:d-9",
        "products/A.b_c:d-9",
    ] {
        world
            .get(&format!("/catalog/{path}"))
            .await
            .expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn lists_are_by_id_and_by_kind() {
    // §13, D8
    let world = World::new().await;
    for (kind, ids) in [("suppliers", vec!["b", "a", "B", "c"]), ("products", vec!["z"])] {
        for id in ids {
            let body = json!({"name": id, "unit": "kg"});
            let body = if kind == "suppliers" {
                json!({"name": id})
            } else {
                body
            };
            world
                .put(&format!("/catalog/{kind}/{id}"), &body)
                .await
                .expect(201);
        }
    }
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world
            .get(&format!("/catalog/suppliers?limit=3{cursor}"))
            .await
            .expect(200);
        for row in page["items"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap();
            assert_eq!(
                world.get(&format!("/catalog/suppliers/{id}")).await.expect(200),
                *row
            );
            ids.push(id.to_owned());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(ids, ["B", "a", "b", "c"]);
    assert_eq!(
        world.get("/catalog/ingredients").await.expect(200),
        json!({"items": [], "next_cursor": null})
    );
}
