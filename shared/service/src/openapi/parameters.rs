//! Parameters of operations: path, query and headers.

use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Schema};

use crate::http::routes::Route;

/// Every parameter of a route.
pub(super) fn of(route: &Route) -> Vec<utoipa::openapi::path::Parameter> {
    let names = route
        .path
        .split('/')
        .filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<_> = names
        .map(|name| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(path_schema(name)))
                .build()
        })
        .collect();
    for name in route.query {
        let (schema, description) = query_schema(name);
        parameters.push(
            ParameterBuilder::new()
                .name(*name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(description))
                .schema(Some(schema))
                .build(),
        );
    }
    if route.method == "POST" {
        parameters.push(header(
            "Idempotency-Key",
            "1 to 255 visible ASCII characters; makes a retry safe (D7).",
            "^[!-~]{1,255}$",
        ));
    }
    if route.method == "PUT" {
        parameters.push(header(
            "If-Match",
            "The ETag that was read; refuses the write when it is stale (D6).",
            r#"^(\*|"\d+")$"#,
        ));
    }
    parameters
}

fn header(name: &str, description: &str, pattern: &str) -> utoipa::openapi::path::Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(text().pattern(Some(pattern))))
        .build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

fn path_schema(name: &str) -> RefOr<Schema> {
    match name {
        "product_id" | "ingredient_id" | "supplier_id" => {
            text().pattern(Some("^[A-Za-z0-9._:-]{1,64}$")).into()
        }
        _ => text()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .into(),
    }
}

fn query_schema(name: &str) -> (RefOr<Schema>, &'static str) {
    let date = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    let instant = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    let whole = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer));
    let number = |least: i64, most: i64| whole.minimum(Some(least)).maximum(Some(most));
    match name {
        "limit" => (number(1, 100).into(), "Rows on a page, default 50."),
        "cursor" => (text().into(), "next_cursor of the page before; good for a day."),
        "sort" => (
            text().enum_values(Some(["delivery_at", "-created_at"])).into(),
            "delivery_at is the default when a delivery filter is given, -created_at otherwise.",
        ),
        "target_date" => (date().into(), "One day; not together with a range."),
        "start_date" => (date().into(), "First day; default today."),
        "end_date" => (date().into(), "Last day, at most 31 days from the first."),
        "delivery_from" => (date().into(), "First local delivery date."),
        "delivery_to" => (date().into(), "Last local delivery date."),
        "created_from" => (instant().into(), "Earliest creation."),
        "created_to" => (instant().into(), "Latest creation."),
        "customer_id" => (
            text()
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
                .into(),
            "One customer.",
        ),
        "is_active" => (
            ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Boolean))
                .into(),
            "Active or not.",
        ),
        "order_number" => (text().into(), "Exactly this number."),
        "status" => (text().into(), "One or several words, repeated or with commas."),
        "severity" => (text().into(), "One or several words, repeated or with commas."),
        "alert_type" => (text().into(), "One or several words, repeated or with commas."),
        "customer_type" => (text().into(), "One or several words, repeated or with commas."),
        "sales_channel" => (text().into(), "One or several words, repeated or with commas."),
        _ => (text().into(), ""),
    }
}
