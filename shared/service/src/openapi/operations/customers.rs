//! Operations on customers.

use super::{Operation, Shape};
use crate::http::dto::customers::{CustomerRowView, CustomerView, NewCustomerSchema};
use crate::http::routes;
use crate::problem::ProblemCode;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::CREATE_CUSTOMER,
            id: "createCustomer",
            tag: "customers",
            summary: "Create a customer",
            description: "Payment terms, credit limit and discount need an admin.",
            request: Some(Shape::of::<NewCustomerSchema>()),
            status: 201,
            answer_description: "The customer.",
            answer: Shape::of::<CustomerView>(),
            versioned: true,
            problems: &[
                ProblemCode::CustomerAlreadyExists,
                ProblemCode::CustomerLimitReached,
            ],
        },
        Operation {
            route: &routes::LIST_CUSTOMERS,
            id: "listCustomers",
            tag: "customers",
            summary: "List customers by name",
            description: "",
            request: None,
            status: 200,
            answer_description: "A page of customers.",
            answer: Shape::list_of::<CustomerRowView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::GET_CUSTOMER,
            id: "getCustomer",
            tag: "customers",
            summary: "Read a customer",
            description: "",
            request: None,
            status: 200,
            answer_description: "The customer with its credit.",
            answer: Shape::of::<CustomerView>(),
            versioned: true,
            problems: &[],
        },
    ]
}
