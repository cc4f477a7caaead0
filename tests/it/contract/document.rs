//! The document the code makes, read as a client would: operations with their parameters and examples.

use std::sync::LazyLock;

use serde_json::Value;

/// The customer that examples speak of; a test puts one of its own in its place.
pub(super) const EXAMPLE_CUSTOMER: &str = "0190b6f0-3c5e-7a10-9d42-5f0c8e1b2a01";

/// A documented operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    /// Names of the parameters in the path, the tenant's left out.
    pub(super) path_parameters: Vec<String>,
    /// Names of the query's parameters.
    pub(super) query_parameters: Vec<String>,
    /// The examples of its body, by name.
    pub(super) examples: Vec<(String, Value)>,
    /// The statuses of good answers.
    pub(super) good: Vec<u16>,
    /// The media type of its first good answer.
    pub(super) media_type: String,
    /// Whether it needs a token.
    pub(super) secured: bool,
}

impl Operation {
    /// Whether it reads a body.
    pub(super) fn has_body(&self) -> bool {
        !self.examples.is_empty()
    }
}

/// Every operation of the document.
pub(super) fn operations() -> Vec<Operation> {
    static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(read_document);
    OPERATIONS.clone()
}

fn read_document() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&orders_service::openapi::to_json().unwrap()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            operations.push(read(path, method, described));
        }
    }
    operations
}

fn read(path: &str, method: &str, described: &Value) -> Operation {
    let names = |place: &str| -> Vec<String> {
        let parameters = described["parameters"].as_array().into_iter().flatten();
        parameters
            .filter(|parameter| parameter["in"] == place)
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .filter(|name| name != "tenant_id")
            .collect()
    };
    let examples = &described["requestBody"]["content"]["application/json"]["examples"];
    let responses = described["responses"].as_object().unwrap();
    let good: Vec<u16> = responses
        .keys()
        .filter_map(|status| status.parse().ok())
        .filter(|status| (200..300).contains(status))
        .collect();
    let content = responses[&good[0].to_string()]["content"].as_object().unwrap();
    Operation {
        id: described["operationId"].as_str().unwrap().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        path_parameters: names("path"),
        query_parameters: names("query"),
        examples: examples
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, example)| (name.clone(), example["value"].clone()))
            .collect(),
        good,
        media_type: content.keys().next().unwrap().clone(),
        secured: described["security"].is_array(),
    }
}
