//! `POST /catalog/import`

use serde_json::{Value, json};

use crate::support::World;

fn statuses(results: &Value) -> Vec<&str> {
    let results = results["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn each_row_has_its_result_and_a_faulty_one_fails_alone() {
    // SPEC §9, D5, D60
    let world = World::new().await;
    world
        .put("/catalog/suppliers/mill", &json!({"name": "Mill"}))
        .await
        .expect(201);
    let made_of = |item: &str| json!({"yield_quantity": "1", "lines": [{"item_id": item, "quantity": "1"}]});
    let body = json!({
        "suppliers": [
            {"id": "mill", "name": "Mill"},
            {"id": "dairy", "name": "Dairy"},
            {"id": "dairy", "name": "Another dairy"},
            {"id": "no way", "name": "", "rating": 5},
            {"name": "Nameless"},
            7,
        ],
        "ingredients": [
            {"id": "flour", "name": "Flour", "unit": "kg", "reserved": "much", "offers": [{"supplier_id": "mill"}]},
            {"id": "milk", "name": "Milk", "unit": "l"},
        ],
        "products": [
            {"id": "rye", "name": "Rye", "unit": "piece", "recipe": made_of("flour")},
            {"id": "egg", "name": "Egg", "unit": "piece", "recipe": made_of("hen")},
            {"id": "hen", "name": "Hen", "unit": "piece", "recipe": made_of("egg")},
            {"id": "cage", "name": "Cage", "unit": "piece", "recipe": made_of("hen")},
        ],
    });
    let answer = world.post("/catalog/import", &body).await.expect(200);
    insta::assert_json_snapshot!("results", answer);
    // What failed is not there, what did not is.
    for (path, status) in [
        ("suppliers/dairy", 200),
        ("ingredients/flour", 404),
        ("ingredients/milk", 200),
        ("products/rye", 200),
        ("products/egg", 404),
        ("products/hen", 404),
        ("products/cage", 200),
    ] {
        assert_eq!(
            world.get(&format!("/catalog/{path}")).await.status,
            status,
            "{path}"
        );
    }
    assert_eq!(
        world.get("/catalog/suppliers/dairy").await.expect(200)["name"],
        "Dairy"
    );
}

fn hundred_each() -> Value {
    let rows = |letter: &str, more: Value| -> Vec<Value> {
        let row = |number| {
            let mut row = more.clone();
            row["id"] = format!("{letter}-{number}").into();
            row["name"] = format!("{letter} {number}").into();
            row
        };
        (0..100).map(row).collect()
    };
    let recipe = json!({"yield_quantity": "1", "lines": [{"item_id": "I-1", "quantity": "1"}]});
    json!({
        "suppliers": rows("S", json!({})),
        "ingredients": rows("I", json!({"unit": "kg"})),
        "products": rows("P", json!({"unit": "piece", "recipe": recipe})),
    })
}

#[tokio::test]
async fn a_hundred_of_each_kind_go_in_at_once_and_again_without_change() {
    // SPEC §9, D7
    let world = World::new().await;
    let mut body = hundred_each();
    let first = world.post("/catalog/import", &body).await.expect(200);
    assert_eq!(statuses(&first), ["created"; 300]);
    let ids: Vec<_> = first["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["id"])
        .collect();
    let sent = ["suppliers", "ingredients", "products"]
        .into_iter()
        .flat_map(|kind| body[kind].as_array().unwrap());
    assert_eq!(ids, sent.map(|row| &row["id"]).collect::<Vec<_>>());
    let again = world.post("/catalog/import", &body).await.expect(200);
    assert_eq!(statuses(&again), ["unchanged"; 300]);
    body["ingredients"][99]["unit"] = "g".into();
    let changed = world.post("/catalog/import", &body).await.expect(200);
    assert_eq!(
        statuses(&changed)
            .iter()
            .filter(|status| **status == "updated")
            .count(),
        1
    );
    assert_eq!(
        changed["results"][199],
        json!({"kind": "ingredient", "id": "I-99", "status": "updated", "version": 2})
    );
}

#[tokio::test]
async fn one_too_many_of_a_kind_is_refused_whole() {
    // SPEC §9
    let world = World::new().await;
    for kind in ["suppliers", "ingredients", "products"] {
        let mut body = hundred_each();
        let rows = body[kind].as_array_mut().unwrap();
        let mut row = rows[0].clone();
        row["id"] = "one-more".into();
        rows.push(row);
        let problem = world
            .post("/catalog/import", &body)
            .await
            .expect_problem(422, "too-long");
        assert_eq!(super::faults(&problem), [format!("/{kind} too-long")]);
        let list = world.get(&format!("/catalog/{kind}")).await.expect(200);
        assert_eq!(list["items"], json!([]));
    }
    let problem = world
        .post("/catalog/import", &json!({"products": {}, "goods": []}))
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(
        super::faults(&problem),
        ["/products invalid-type", "/goods unknown-field"]
    );
    let nothing = world.post("/catalog/import", &json!({})).await.expect(200);
    assert_eq!(nothing, json!({"results": []}));
}
