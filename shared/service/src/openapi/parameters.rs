//! Parameters of operations: path, query and headers.

use orders_domain::alerts::{AlertType, Severity};
use orders_domain::order_status::OrderStatus;
use serde_json::json;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Schema};

use super::{page, responses};
use crate::http::routes::Route;
use crate::words::{AlertStatus, CustomerType, PlanStatus, SalesChannel};

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
                .description(Some(path_description(name)))
                .schema(Some(path_schema(name)))
                .example(path_example(name).map(|example| json!(example)))
                .build()
        })
        .collect();
    for name in route.query {
        let mut parameter = ParameterBuilder::new()
            .name(*name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False);
        parameter = match words(route, name) {
            // `a=x&a=y`; the comma list that is taken as well cannot be said here.
            Some(words) => parameter
                .description(Some("One or several words, repeated or with commas."))
                .schema(Some(ArrayBuilder::new().items(text().enum_values(Some(words)))))
                .style(Some(ParameterStyle::Form))
                .explode(Some(true)),
            None => {
                let (schema, description) = query_schema(name);
                parameter.description(Some(description)).schema(Some(schema))
            }
        };
        parameters.push(parameter.build());
    }
    if route.method == "POST" {
        parameters.push(header(
            "Idempotency-Key",
            "1 to 255 visible ASCII characters; makes a retry safe (D7).",
            "^[!-~]{1,255}$",
        ));
    }
    if responses::takes_if_match(route) {
        parameters.push(header(
            "If-Match",
            "The ETag that was read; refuses the write when it is stale (D6).",
            r#"^(\*|"\d{1,19}")$"#,
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

fn path_description(name: &str) -> &'static str {
    match name {
        "tenant_id" => "The tenant; the token names it too.",
        "line" => "The line's number, from 1.",
        _ => "The record; one of another tenant reads like one that does not exist.",
    }
}

/// An id that a client chooses itself.
fn path_example(name: &str) -> Option<&'static str> {
    match name {
        "product_id" => Some("sourdough"),
        "ingredient_id" => Some("strong-flour"),
        "supplier_id" => Some("harbour-mill"),
        _ => None,
    }
}

fn path_schema(name: &str) -> RefOr<Schema> {
    match name {
        "product_id" | "ingredient_id" | "supplier_id" => {
            text().pattern(Some("^[A-Za-z0-9._:-]{1,64}$")).into()
        }
        "line" => ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Integer))
            .minimum(Some(1))
            .maximum(Some(50))
            .into(),
        _ => uuid(),
    }
}

fn uuid() -> RefOr<Schema> {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .into()
}

/// The words of a parameter that takes a list of them.
fn words(route: &Route, name: &str) -> Option<Vec<&'static str>> {
    fn all<T: Copy>(words: &[T], word: fn(T) -> &'static str) -> Option<Vec<&'static str>> {
        Some(words.iter().copied().map(word).collect())
    }
    match (name, route.function) {
        ("status", "list-orders") => all(&OrderStatus::ALL, OrderStatus::as_str),
        ("status", "list-alerts") => all(AlertStatus::ALL, AlertStatus::as_str),
        ("status", "list-plans") => all(&PlanStatus::ALL, PlanStatus::as_str),
        ("severity", _) => all(&Severity::ALL, Severity::as_str),
        ("alert_type", _) => all(&AlertType::ALL, AlertType::as_str),
        ("customer_type", _) => all(CustomerType::ALL, CustomerType::as_str),
        ("sales_channel", _) => all(SalesChannel::ALL, SalesChannel::as_str),
        _ => None,
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
        "from" => (date().into(), "First local date of creation."),
        "to" => (date().into(), "Last local date of creation."),
        "customer_id" => (uuid(), "One customer."),
        "is_active" => (
            ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Boolean))
                .into(),
            "Active or not.",
        ),
        "order_number" => (text().into(), "Exactly this number."),
        "q" => (
            text().min_length(Some(1)).max_length(Some(100)).into(),
            "How a name, code or e-mail begins, in any case.",
        ),
        "asset" => {
            let names: Vec<_> = page::ASSETS.iter().map(|asset| asset.name).collect();
            (
                text().enum_values(Some(names)).into(),
                "A file that the page loads; without it, the page.",
            )
        }
        _ => (text().into(), ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::routes;

    #[test]
    fn every_query_parameter_is_described() {
        for route in routes::ALL {
            for name in route.query {
                let described = words(route, name).is_some() || !query_schema(name).1.is_empty();
                assert!(described, "{} {name}", route.function);
            }
        }
    }
}
