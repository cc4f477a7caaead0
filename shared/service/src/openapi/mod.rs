//! The OpenAPI document, assembled from the route table and the types that handlers really read and write. It is
//! served by `GET /openapi.json` and committed as `openapi.json`; a test holds the two against each other.

mod examples;
mod links;
mod operations;
pub mod page;
mod parameters;
mod responses;
pub(crate) mod strict;

use std::collections::BTreeSet;

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{OperationBuilder, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Required, ServerBuilder,
    Tag,
};

pub use operations::{Operation, Shape, all};

use crate::http::endpoint::MAX_BODY_BYTES;
use crate::http::routes::Route;

/// The groups of operations, in the order in which they are shown.
const TAGS: &[(&str, &str)] = &[
    (
        "orders",
        "Taking orders and seeing them through: lines, status, payments, history.",
    ),
    ("customers", "Who orders, on what terms; their personal data."),
    (
        "planning",
        "What has to be baked, and what has to be bought for it.",
    ),
    (
        "dashboard",
        "How business stands, and what kind of business it is.",
    ),
    ("alerts", "What somebody should look at."),
    (
        "catalog",
        "Products with their recipes, ingredients with stock and offers, suppliers; past sales.",
    ),
    ("settings", "How the service behaves for a tenant."),
    ("service", "The service itself: health, status, this document."),
];

const DESCRIPTION: &str = "Orders, customers and procurement for bakeries.\n\n\
    * **Decimals** are strings of fixed scale (`\"12.50\"`). Requests may also send numbers of at most 15 significant \
    digits.\n\
    * **Times** are RFC 3339 in UTC; dates are the tenant's own.\n\
    * **Errors** are RFC 9457 problem documents; programs look at `code`. A faulty body is told all its faults at once.\n\
    * **Creating requests** take an `Idempotency-Key`: sent again with the same key and body, they answer with the \
    record they have made.\n\
    * **Records** carry a `version`, also as `ETag`; a write with `If-Match` is refused when it is stale.\n\
    * **Lists** come in pages: send `next_cursor` as `cursor` until it is null.";

/// The whole document.
pub fn document() -> OpenApi {
    let operations = all();
    let mut paths = PathsBuilder::new();
    for operation in &operations {
        let item = utoipa::openapi::PathItem::new(method(operation.route), describe(operation, &operations));
        paths = paths.path(operation.route.path, item);
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Orders Service")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .build(),
        )
        // Relative to the document, so that a gateway's stage or prefix survives.
        .servers(Some([ServerBuilder::new()
            .url(".")
            .description(Some("Where this document stands"))
            .build()]))
        .tags(Some(tags()))
        .paths(paths.build())
        .components(Some(components(&operations)))
        .build()
}

/// The document as it is served and committed.
///
/// # Errors
/// When it does not serialise, which is a fault of ours.
pub fn to_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document()).map(|text| text + "\n")
}

fn tags() -> Vec<Tag> {
    let tag = |(name, description): &(&str, &str)| {
        TagBuilder::new()
            .name(*name)
            .description(Some(*description))
            .build()
    };
    TAGS.iter().map(tag).collect()
}

fn components(operations: &[Operation]) -> Components {
    let mut components = ComponentsBuilder::new().security_scheme(
        "bearer",
        SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .description(Some(
                    "Claims exp, iss, aud, sub and tenant_roles {tenant_id: role}.",
                ))
                .build(),
        ),
    );
    let mut answers = BTreeSet::new();
    for operation in operations {
        for (name, schema) in operation.request.iter().flat_map(|shape| (shape.schemas)()) {
            components = components.schema(name, schema);
        }
        for (name, schema) in (operation.answer.schemas)() {
            answers.insert(name.clone());
            components = components.schema(name, schema);
        }
    }
    for operation in operations {
        for (name, _) in operation.request.iter().flat_map(|shape| (shape.schemas)()) {
            answers.remove(&name);
        }
    }
    let mut components = components.build();
    strict::tighten(&mut components.schemas, &answers);
    responses::add_shared_parts(&mut components);
    components
}

fn method(route: &Route) -> HttpMethod {
    match route.method {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn describe(operation: &Operation, operations: &[Operation]) -> utoipa::openapi::path::Operation {
    let route = operation.route;
    let mut described = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .tag(operation.tag)
        .summary(Some(operation.summary));
    if !operation.description.is_empty() {
        described = described.description(Some(operation.description));
    }
    for parameter in parameters::of(route) {
        described = described.parameter(parameter);
    }
    if let Some(shape) = &operation.request {
        let content = ContentBuilder::new()
            .schema(Some((shape.reference)()))
            .examples_from_iter(examples::of_request(route));
        let description = format!("At most {} KiB, nested at most 32 levels.", MAX_BODY_BYTES / 1024);
        described = described.request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", content.build())
                .description(Some(description))
                .required(Some(Required::True))
                .build(),
        ));
    }
    if route.action.is_some() {
        described = described.security(SecurityRequirement::new("bearer", Vec::<String>::new()));
    }
    for (status, response) in responses::of(operation, operations) {
        described = described.response(status.to_string(), response);
    }
    described.build()
}

#[cfg(test)]
mod request_tests;

#[cfg(test)]
mod tests;
