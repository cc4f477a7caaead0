//! The OpenAPI document, assembled from the route table and the types that handlers really read and write. It is
//! committed as `openapi.json`; a test holds the two against each other.

mod operations;
mod parameters;

use utoipa::PartialSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{OperationBuilder, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder, Schema, ServerBuilder,
};

pub use operations::{Operation, Shape, all};

use crate::http::endpoint::MAX_BODY_BYTES;
use crate::http::routes::Route;
use crate::problem::ProblemCode;

/// The whole document.
pub fn document() -> OpenApi {
    let operations = all();
    let mut paths = PathsBuilder::new();
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
    for operation in &operations {
        for shape in operation.request.iter().chain(std::iter::once(&operation.answer)) {
            for (name, schema) in (shape.schemas)() {
                components = components.schema(name, schema);
            }
        }
        let item = utoipa::openapi::PathItem::new(method(operation.route), describe(operation));
        paths = paths.path(operation.route.path, item);
    }
    components = components.schema("Problem", problem_schema());
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Orders Service")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Orders, customers and procurement for bakeries. Decimals are strings of fixed scale; times are RFC \
                     3339; errors are RFC 9457 problem documents; creating requests take an Idempotency-Key.",
                ))
                .build(),
        )
        // Relative, so that a gateway's stage or prefix survives.
        .servers(Some([ServerBuilder::new().url("./").build()]))
        .paths(paths.build())
        .components(Some(components.build()))
        .build()
}

/// The document as it is committed.
///
/// # Errors
/// When it does not serialise, which is a fault of ours.
pub fn to_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document()).map(|text| text + "\n")
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

fn describe(operation: &Operation) -> utoipa::openapi::path::Operation {
    let route = operation.route;
    let mut described = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .tag(operation.tag)
        .summary(Some(operation.summary))
        .response(operation.status.to_string(), answer(operation));
    if route.method == "PUT" && route.function == "put-catalog" {
        described = described.response("201", answer(operation));
    }
    if !operation.description.is_empty() {
        described = described.description(Some(operation.description));
    }
    for parameter in parameters::of(route) {
        described = described.parameter(parameter);
    }
    if let Some(shape) = &operation.request {
        let content = ContentBuilder::new().schema(Some((shape.reference)())).build();
        let description = format!("At most {} KiB, nested at most 32 levels.", MAX_BODY_BYTES / 1024);
        described = described.request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", content)
                .description(Some(description))
                .required(Some(Required::True))
                .build(),
        ));
    }
    if route.action.is_some() {
        described = described.security(SecurityRequirement::new("bearer", Vec::<String>::new()));
    }
    for (status, codes) in problems(operation) {
        let words: Vec<_> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
        let problem = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let response = ResponseBuilder::new()
            .description(format!("{}: {}", titled(&codes), words.join(", ")))
            .content("application/problem+json", problem)
            .header("X-Request-Id", text_header("The request's id, as in the logs."))
            .build();
        described = described.response(status.to_string(), response);
    }
    described.build()
}

fn titled(codes: &[ProblemCode]) -> &'static str {
    match codes {
        [only] => only.title(),
        _ => "One of",
    }
}

fn answer(operation: &Operation) -> utoipa::openapi::Response {
    let content = ContentBuilder::new()
        .schema(Some((operation.answer.reference)()))
        .build();
    let mut response = ResponseBuilder::new()
        .description(operation.answer_description)
        .content("application/json", content)
        .header("X-Request-Id", text_header("The request's id, as in the logs."));
    if operation.versioned {
        response = response.header(
            "ETag",
            text_header("The record's version, quoted; send it as If-Match."),
        );
    }
    if operation.route.method == "POST" && operation.versioned {
        response = response
            .header(
                "Location",
                text_header("Where the record stands, relative to the request's address."),
            )
            .header(
                "Idempotency-Replayed",
                text_header("true when the same request had made the record before."),
            );
    }
    response.build()
}

fn text_header(description: &str) -> utoipa::openapi::Header {
    HeaderBuilder::new()
        .schema(Some(String::schema()))
        .description(Some(description))
        .build()
}

/// The problems of an operation: its own and those of the pipeline, by status.
fn problems(operation: &Operation) -> Vec<(u16, Vec<ProblemCode>)> {
    use ProblemCode::{
        IdempotencyKeyRequired, IdempotencyKeyReused, Internal, InvalidCursor, InvalidDate, InvalidDecimal,
        InvalidHeader, InvalidQuery, InvalidText, InvalidToken, InvalidType, InvalidValue, MalformedJson,
        NotFound, PayloadTooLarge, PermissionDenied, RateLimited, Required, StaleVersion, TenantAccessDenied,
        TooLong, Unavailable, UnknownField, UnsupportedMediaType, ValidationFailed,
    };
    let route = operation.route;
    let mut codes: Vec<ProblemCode> = operation.problems.to_vec();
    codes.extend([RateLimited, Internal, Unavailable]);
    if route.action.is_some() {
        codes.extend([
            InvalidToken,
            TenantAccessDenied,
            PermissionDenied,
            NotFound,
            InvalidQuery,
            InvalidHeader,
        ]);
    }
    if route.body {
        codes.extend([
            MalformedJson,
            PayloadTooLarge,
            UnsupportedMediaType,
            ValidationFailed,
            Required,
        ]);
        codes.extend([
            UnknownField,
            InvalidType,
            InvalidValue,
            InvalidText,
            TooLong,
            InvalidDecimal,
            InvalidDate,
        ]);
    }
    if route.method == "POST" && operation.versioned {
        codes.extend([IdempotencyKeyRequired, IdempotencyKeyReused]);
    }
    if route.method == "PUT" {
        codes.push(StaleVersion);
    }
    if route.query.contains(&"cursor") {
        codes.extend([InvalidCursor, InvalidValue]);
    }
    let mut by_status: std::collections::BTreeMap<u16, Vec<ProblemCode>> = std::collections::BTreeMap::new();
    for code in codes {
        let entry = by_status.entry(code.status()).or_default();
        if !entry.contains(&code) {
            entry.push(code);
        }
    }
    by_status.into_iter().collect()
}

/// The schema of every error (D5).
fn problem_schema() -> RefOr<Schema> {
    let text = |description: &str| {
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .description(Some(description))
    };
    let codes: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    let field = ObjectBuilder::new()
        .property("pointer", text("RFC 6901 pointer into the body."))
        .property("code", text("What is wrong with the field."))
        .property("detail", text("A sentence for the person who fixes it."))
        .required("pointer")
        .required("code")
        .required("detail");
    ObjectBuilder::new()
        .description(Some(
            "An RFC 9457 problem document; named extension members may follow.",
        ))
        .property("type", text("Ends in the code."))
        .property("title", text("A short sentence, the same for every occurrence."))
        .property(
            "status",
            ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)),
        )
        .property("detail", text("What happened this time."))
        .property("code", text("The stable name.").enum_values(Some(codes)))
        .property("request_id", text("The request's id, as in the logs."))
        .property("errors", ArrayBuilder::new().items(field))
        .required("type")
        .required("title")
        .required("status")
        .required("detail")
        .required("code")
        .required("request_id")
        .into()
}

#[cfg(test)]
mod request_tests;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::routes;

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
        let text = to_json().unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(value["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
