//! What each route reads, answers and may refuse: the part of the document that is not in the route table.

mod catalog;
mod customers;
mod dashboard;
mod order_progress;
mod orders;
mod planning;
mod service;
mod settings;

use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::http::routes::Route;
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
                    .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
                    .into()
            },
            schemas: Self::of::<T>().schemas,
        }
    }
}

/// Every documented route.
pub fn all() -> Vec<Operation> {
    let mut operations = service::all();
    operations.extend(orders::all());
    operations.extend(order_progress::all());
    operations.extend(customers::all());
    operations.extend(planning::all());
    operations.extend(dashboard::all());
    operations.extend(catalog::all());
    operations.extend(settings::all());
    operations
}
