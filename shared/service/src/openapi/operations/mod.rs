//! What each route reads, answers and may refuse: the part of the document that is not in the route table.

mod catalog;
mod customers;
mod orders;
mod planning;

use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::http::dto::service::{HealthView, ServiceStatusView};
use crate::http::routes::{self, Route};
use crate::problem::ProblemCode;

/// A documented route.
pub struct Operation {
    /// The route.
    pub route: &'static Route,
    /// `operationId`
    pub id: &'static str,
    /// The group it is shown in.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// More, where one line does not do.
    pub description: &'static str,
    /// What it reads.
    pub request: Option<Shape>,
    /// The status of a good answer.
    pub status: u16,
    /// What a good answer is.
    pub answer_description: &'static str,
    /// What it answers.
    pub answer: Shape,
    /// Whether the answer carries an ETag.
    pub versioned: bool,
    /// The problems that are its own, besides those of every request.
    pub problems: &'static [ProblemCode],
}

/// A type in the document.
pub struct Shape {
    /// How operations point to it.
    pub reference: fn() -> RefOr<Schema>,
    /// It and everything it is made of, by name.
    pub schemas: fn() -> Vec<(String, RefOr<Schema>)>,
}

impl Shape {
    /// A type by itself.
    pub const fn of<T: ToSchema>() -> Self {
        Self {
            reference: || Ref::from_schema_name(T::name()).into(),
            schemas: || {
                let mut schemas = vec![(T::name().into_owned(), T::schema())];
                T::schemas(&mut schemas);
                schemas
            },
        }
    }

    /// A page of a list of a type (D8).
    pub const fn list_of<T: ToSchema>() -> Self {
        Self {
            reference: || {
                let cursor = ObjectBuilder::new()
                    .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                    .description(Some("Where the next page starts; null on the last one."));
                ObjectBuilder::new()
                    .property(
                        "items",
                        ArrayBuilder::new().items(Ref::from_schema_name(T::name())),
                    )
                    .property("next_cursor", cursor)
                    .required("items")
                    .required("next_cursor")
                    .into()
            },
            schemas: Self::of::<T>().schemas,
        }
    }
}

/// Every documented route.
pub fn all() -> Vec<Operation> {
    let mut operations = vec![
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
    ];
    operations.extend(orders::all());
    operations.extend(customers::all());
    operations.extend(planning::all());
    operations.extend(catalog::all());
    operations
}
