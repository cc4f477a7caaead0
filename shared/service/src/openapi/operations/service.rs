//! The service itself: health, status, and its own description.

use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

use super::{Operation, Shape};
use crate::http::dto::service::{HealthView, ServiceStatusView};
use crate::http::routes;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::HEALTH,
            id: "health",
            tag: "service",
            summary: "Whether the service is there",
            description: "Touches nothing else.",
            request: None,
            status: 200,
            answer_description: "It is there.",
            answer: Shape::of::<HealthView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::OPENAPI_JSON,
            id: "openapiDocument",
            tag: "service",
            summary: "This document",
            description: "",
            request: None,
            status: 200,
            answer_description: "The OpenAPI document of the deployed version.",
            answer: OPENAPI_DOCUMENT,
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::DOCS,
            id: "docs",
            tag: "service",
            summary: "This document, to browse",
            description: "A page for people. It loads nothing from elsewhere: its own files come from `asset`.",
            request: None,
            status: 200,
            answer_description: "The page, or the file that `asset` names with its own media type.",
            answer: PAGE,
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::SERVICE_STATUS,
            id: "serviceStatus",
            tag: "service",
            summary: "How the service is doing",
            description: "",
            request: None,
            status: 200,
            answer_description: "The state of the table, the partners and the features.",
            answer: Shape::of::<ServiceStatusView>(),
            versioned: false,
            problems: &[],
        },
    ]
}

const OPENAPI_DOCUMENT: Shape = Shape {
    reference: || {
        let part = |kind| ObjectBuilder::new().schema_type(SchemaType::new(kind));
        ObjectBuilder::new()
            .property("openapi", part(Type::String))
            .property("info", part(Type::Object))
            .property("paths", part(Type::Object))
            .required("openapi")
            .required("info")
            .required("paths")
            .into()
    },
    schemas: Vec::new,
};

const PAGE: Shape = Shape {
    reference: || {
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .into()
    },
    schemas: Vec::new,
};
