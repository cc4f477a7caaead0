//! What operations answer: good answers and problems, with their headers and examples.

use std::collections::BTreeMap;

use utoipa::PartialSchema;
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Components, Header, Ref, RefOr, Response, ResponseBuilder, Schema};

use super::{Operation, examples, links};
use crate::http::routes::{self, Route};
use crate::problem::ProblemCode;

/// Every answer of an operation, by status.
pub(super) fn of(operation: &Operation, operations: &[Operation]) -> Vec<(u16, Response)> {
    let mut answers = vec![(operation.status, good(operation, operations))];
    for status in further_statuses(operation.route) {
        answers.push((*status, good(operation, operations)));
    }
    if operation.route.function == "api-docs" {
        let held = ResponseBuilder::new().description("The caller holds it already, as If-None-Match says.");
        answers.push((304, common_headers(held).build()));
    }
    let problems = problems(operation).into_iter();
    answers.extend(problems.map(|(status, codes)| (status, refusal(status, &codes))));
    answers
}

/// Good answers with another status than the usual one, with the same body.
fn further_statuses(route: &Route) -> &'static [u16] {
    match (route.method, route.function) {
        ("PUT", "put-catalog") => &[201],
        // Its time ran out: it goes on when it is called again, or when reconcile comes by.
        ("DELETE", "erase-customer") => &[202],
        _ => &[],
    }
}

/// The media types of a route's good answers.
fn media_types(route: &Route) -> &'static [&'static str] {
    match *route {
        routes::DOCS => &["text/html", "text/css", "text/javascript", "image/png"],
        routes::EXPORT_CUSTOMER => &["application/x-ndjson"],
        routes::PURCHASE_PROPOSAL => &["application/json", TABLE],
        _ => &["application/json"],
    }
}

/// The media type of a good answer that is a table, whatever it is as JSON.
const TABLE: &str = "text/csv";

fn table() -> Content {
    let text = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .description(Some("RFC 4180 in UTF-8, with a header row."));
    ContentBuilder::new().schema(Some(text)).build()
}

fn good(operation: &Operation, operations: &[Operation]) -> Response {
    let content = ContentBuilder::new()
        .schema(Some((operation.answer.reference)()))
        .examples_from_iter(examples::of_answer(operation.id))
        .build();
    let mut response = common_headers(ResponseBuilder::new()).description(operation.answer_description);
    for media_type in media_types(operation.route) {
        let content = if *media_type == TABLE {
            table()
        } else {
            content.clone()
        };
        response = response.content(*media_type, content);
    }
    if operation.versioned {
        response = response.header_ref("ETag", header_reference("ETag"));
    }
    if is_creating(operation) {
        response = response
            .header_ref("Location", header_reference("Location"))
            .header_ref("Idempotency-Replayed", header_reference("Idempotency-Replayed"));
    }
    for (name, link) in links::of(operation, operations) {
        response = response.link(name, link);
    }
    response.build()
}

fn refusal(status: u16, codes: &[ProblemCode]) -> Response {
    let words: Vec<_> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
    let titled = match codes {
        [only] => only.title(),
        _ => "One of",
    };
    let by_code = codes.iter().map(|code| {
        let pointer = format!("#/components/examples/{}", code.as_str());
        (code.as_str(), RefOr::Ref(Ref::new(pointer)))
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(by_code);
    let mut response = common_headers(ResponseBuilder::new())
        .description(format!("{titled}: {}", words.join(", ")))
        .content("application/problem+json", content.build());
    if status == 401 {
        response = response.header_ref("WWW-Authenticate", header_reference("WWW-Authenticate"));
    }
    if matches!(status, 429 | 503) {
        response = response.header_ref("Retry-After", header_reference("Retry-After"));
    }
    response.build()
}

fn common_headers(response: ResponseBuilder) -> ResponseBuilder {
    response.header_ref("X-Request-Id", header_reference("X-Request-Id"))
}

fn header_reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// Whether an operation makes a record under an id that its Idempotency-Key gives (D7).
pub(super) fn is_creating(operation: &Operation) -> bool {
    operation.route.method == "POST" && operation.versioned
}

/// The problems of an operation: its own and those of the pipeline, by status.
fn problems(operation: &Operation) -> BTreeMap<u16, Vec<ProblemCode>> {
    use ProblemCode::{
        IdempotencyKeyRequired, IdempotencyKeyReused, Internal, InvalidCursor, InvalidDate, InvalidDecimal,
        InvalidHeader, InvalidQuery, InvalidText, InvalidToken, InvalidType, InvalidValue, MalformedJson,
        NotFound, PayloadTooLarge, PermissionDenied, RateLimited, Required, StaleVersion, TenantAccessDenied,
        TooLong, Unavailable, UnknownField, UnsupportedMediaType, ValidationFailed,
    };
    let route = operation.route;
    let mut codes: Vec<ProblemCode> = operation.problems.to_vec();
    codes.extend([InvalidQuery, RateLimited, Internal, Unavailable]);
    if route.action.is_some() {
        codes.extend([
            InvalidToken,
            TenantAccessDenied,
            PermissionDenied,
            NotFound,
            InvalidHeader,
        ]);
    }
    if *route == routes::DOCS {
        codes.push(NotFound);
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
    if is_creating(operation) {
        codes.extend([IdempotencyKeyRequired, IdempotencyKeyReused]);
    }
    if takes_if_match(route) {
        codes.push(StaleVersion);
    }
    if route.query.contains(&"cursor") {
        codes.push(InvalidCursor);
    }
    if route.query.contains(&"limit") {
        codes.push(InvalidValue);
    }
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in codes {
        let entry = by_status.entry(code.status()).or_default();
        if !entry.contains(&code) {
            entry.push(code);
        }
    }
    by_status
}

/// Whether a route changes a record that has a version (D6).
pub(super) fn takes_if_match(route: &Route) -> bool {
    matches!(route.method, "PUT" | "PATCH") || *route == routes::RECORD_PAYMENT
}

/// What many operations refer to: the schema and examples of problems, and headers.
pub(super) fn add_shared_parts(components: &mut Components) {
    components.schemas.insert("Problem".into(), problem_schema());
    for code in ProblemCode::ALL {
        let example = RefOr::T(examples::of_problem(*code));
        components.examples.insert(code.as_str().into(), example);
    }
    for (name, header) in headers() {
        components.headers.insert(name.into(), RefOr::T(header));
    }
}

fn headers() -> [(&'static str, Header); 6] {
    let text = |pattern: &str, description: &str| {
        HeaderBuilder::new()
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(SchemaType::new(Type::String))
                    .pattern(Some(pattern)),
            ))
            .description(Some(description))
            .build()
    };
    let seconds = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Integer))
        .minimum(Some(1));
    [
        (
            "X-Request-Id",
            text(r"^[A-Za-z0-9-]{8,64}$", "The request's id, as in the logs."),
        ),
        (
            "ETag",
            text(r#"^"\d+"$"#, "The record's version, quoted; send it as If-Match."),
        ),
        (
            "Location",
            HeaderBuilder::new()
                .schema(Some(String::schema()))
                .description(Some(
                    "Where the record stands, relative to the request's address.",
                ))
                .build(),
        ),
        (
            "Idempotency-Replayed",
            text("^true$", "true when the same request had made the record before."),
        ),
        (
            "Retry-After",
            HeaderBuilder::new()
                .schema(Some(seconds))
                .description(Some("Seconds after which it is worth trying again."))
                .build(),
        ),
        ("WWW-Authenticate", text("^Bearer$", "How to say who is calling.")),
    ]
}

/// The schema of every error (D5). Not closed: a problem may carry named extension members.
fn problem_schema() -> RefOr<Schema> {
    let text = |description: &str| {
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .description(Some(description))
    };
    let codes: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    let field = ObjectBuilder::new()
        .property("pointer", text("RFC 6901 pointer into the body."))
        .property(
            "code",
            text("What is wrong with the field.").enum_values(Some(codes.clone())),
        )
        .property("detail", text("A sentence for the person who fixes it."))
        .required("pointer")
        .required("code")
        .required("detail");
    ObjectBuilder::new()
        .description(Some(
            "An RFC 9457 problem document; named extension members may follow.",
        ))
        .property(
            "type",
            text("Ends in the code.").pattern(Some("^urn:orders-service:problem:[a-z-]+$")),
        )
        .property("title", text("A short sentence, the same for every occurrence."))
        .property(
            "status",
            ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Integer))
                .minimum(Some(400))
                .maximum(Some(599)),
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
