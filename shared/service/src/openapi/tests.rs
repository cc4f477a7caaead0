//! What must hold of the document as a whole.

use serde_json::Value;

use super::*;
use crate::http::routes;

fn as_value() -> Value {
    serde_json::from_str(&to_json().unwrap()).unwrap()
}

#[test]
fn every_route_is_documented_once() {
    let operations = all();
    for route in routes::ALL {
        let documented = operations
            .iter()
            .filter(|operation| operation.route == route)
            .count();
        assert_eq!(documented, 1, "{} {}", route.method, route.path);
    }
    assert_eq!(operations.len(), routes::ALL.len());
    let mut ids: Vec<_> = operations.iter().map(|operation| operation.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), operations.len());
}

#[test]
fn every_reference_resolves() {
    let document = as_value();
    for part in to_json().unwrap().split("\"#/").skip(1) {
        let pointer = format!("/{}", part.split('"').next().unwrap());
        assert!(document.pointer(&pointer).is_some(), "{pointer}");
    }
}

#[test]
fn every_tag_is_described_and_used() {
    let mut used: Vec<_> = all().iter().map(|operation| operation.tag).collect();
    used.sort_unstable();
    used.dedup();
    let mut described: Vec<_> = TAGS.iter().map(|(name, _)| *name).collect();
    described.sort_unstable();
    assert_eq!(used, described);
}

#[test]
fn every_request_has_an_example() {
    for operation in all().iter().filter(|operation| operation.request.is_some()) {
        assert!(
            examples::of_request(operation.route).next().is_some(),
            "{}",
            operation.id
        );
    }
}

#[test]
fn every_link_leads_to_an_operation() {
    let operations = all();
    for operation in &operations {
        assert_eq!(
            links::of(operation, &operations).len(),
            links::targets(operation.route).len(),
            "a link of {} leads to a route without operation",
            operation.id
        );
    }
}

#[test]
fn answers_are_closed_and_show_every_field() {
    // What is optional in an answer is null, never left out.
    let document = as_value();
    let order = &document["components"]["schemas"]["Order"];
    assert_eq!(order["additionalProperties"], false);
    let required = order["required"].as_array().unwrap().len();
    assert_eq!(required, order["properties"].as_object().unwrap().len());
    let sent = &document["components"]["schemas"]["NewOrder"];
    assert_eq!(sent["additionalProperties"], false);
    assert_eq!(
        sent["required"],
        serde_json::json!(["customer_id", "requested_delivery_at", "items"])
    );
}

#[test]
fn retries_are_told_when_and_stale_writes_are_told_so() {
    // D5, D6
    let document = as_value();
    for operation in all() {
        let (path, method) = (operation.route.path, operation.route.method.to_lowercase());
        let responses = &document["paths"][path][method]["responses"];
        for status in ["429", "503"] {
            assert!(
                responses[status]["headers"]["Retry-After"].is_object(),
                "{} {status}",
                operation.id
            );
        }
        let writes_a_version = matches!(operation.route.method, "PUT" | "PATCH");
        if writes_a_version {
            assert!(responses["412"].is_object(), "{}", operation.id);
        }
    }
}
