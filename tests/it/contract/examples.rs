//! The document's examples are true: the service takes each request, and answers as recorded.
//!
//! `make examples` (RECORD_EXAMPLES=1) records the answers anew.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::bakery::Bakery;
use super::document::{Operation, operations};
use crate::support::World;

/// A bakery in which an example of an operation makes sense.
async fn fresh(world: &World, operation: &Operation, example: &str) -> Bakery {
    let mut bakery = Bakery::beside(world, "").await;
    let order = &bakery.ids["order_id"];
    let statuses: &[&str] = match operation.id.as_str() {
        _ if operation.path.contains("/items/{line}") => &["confirmed", "in_production"],
        _ if operation.path.ends_with("/personal-data") => &["cancelled"],
        _ => &[],
    };
    bakery.world.walk(order, statuses).await;
    let plan = format!("/procurement/plans/{}", bakery.ids["plan_id"]);
    let moves: &[&str] = match (operation.id.as_str(), example) {
        ("updatePlanStatus", "approve" | "send_back") => &["pending_approval"],
        ("updateRequirement", "ordered" | "received") => &["pending_approval", "approved"],
        _ => &[],
    };
    for status in moves {
        let body = json!({"status": status});
        bakery
            .world
            .put(&format!("{plan}/status"), &body)
            .await
            .expect(200);
    }
    if operation.id == "purchaseProposal" {
        // The stock would do; somebody wants more.
        let requirement = format!("{plan}/requirements/{}", bakery.ids["ingredient_id"]);
        let body = json!({"order_quantity": "75", "note": "Two pallets fit."});
        bakery.world.put(&requirement, &body).await.expect(200);
    }
    if operation.id == "createCustomer" {
        // The bakery has this customer: a code and an e-mail address are taken once in a tenant.
        bakery.world = bakery.world.neighbour();
    }
    bakery
}

#[tokio::test]
async fn the_service_takes_every_example_of_a_request() {
    let world = World::new().await;
    let mut sent = 0;
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        for (name, body) in &operation.examples {
            let bakery = fresh(&world, operation, name).await;
            let answer = bakery.send("admin", operation, body).await;
            assert!(
                operation.good.contains(&answer.status),
                "{} {name}: {} {}",
                operation.id,
                answer.status,
                answer.body
            );
            sent += 1;
        }
    }
    assert!(sent >= 12, "{sent}");
}

/// Ids in the order in which they appear become ids that are the same in every run.
fn steady(text: &str) -> String {
    let mut steady = text.to_owned();
    let mut seen = BTreeMap::new();
    for start in 0..text.len().saturating_sub(35) {
        let Some(candidate) = text.get(start..start + 36) else {
            continue;
        };
        if candidate.as_bytes()[8] == b'-' && uuid::Uuid::try_parse(candidate).is_ok() {
            let number = seen.len() + 1;
            seen.entry(candidate.to_owned())
                .or_insert_with(|| format!("0190b6f0-0000-7000-8000-{number:012}"));
        }
    }
    for (id, name) in &seen {
        steady = steady.replace(id, name);
    }
    steady
}

async fn answers() -> Value {
    let world = World::new().await;
    let untouched = Bakery::beside(&world, "").await;
    let mut recorded = Map::new();
    for operation in operations() {
        let itself = matches!(operation.path.as_str(), "/openapi.json" | "/docs");
        if itself || operation.media_type != "application/json" {
            continue;
        }
        let examples = operation.examples.first();
        let (example, body) = examples.cloned().unwrap_or_default();
        let answer = if operation.method == "GET" && operation.id != "purchaseProposal" {
            untouched.send("admin", &operation, &body).await
        } else {
            fresh(&world, &operation, &example)
                .await
                .send("admin", &operation, &body)
                .await
        };
        let shown: Value = serde_json::from_str(&steady(&answer.body)).unwrap();
        recorded.insert(operation.id, shown);
    }
    Value::Object(recorded)
}

#[tokio::test]
async fn the_service_answers_as_the_examples_show() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/service/src/openapi/examples/answers.json"
    );
    let answered = serde_json::to_string_pretty(&answers().await).unwrap() + "\n";
    if std::env::var_os("RECORD_EXAMPLES").is_some() {
        std::fs::write(file, &answered).unwrap();
    }
    let recorded = std::fs::read_to_string(file).unwrap();
    let (answered, recorded): (Value, Value) = (
        serde_json::from_str(&answered).unwrap(),
        serde_json::from_str(&recorded).unwrap(),
    );
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let fix = "run `make examples openapi` and commit what they write";
    assert_eq!(names(&answered), names(&recorded), "{fix}");
    for name in names(&answered) {
        assert!(
            answered[&name] == recorded[&name],
            "{name} answers otherwise: {fix}\n{:#}",
            answered[&name]
        );
    }
}
