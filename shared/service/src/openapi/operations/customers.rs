//! Operations on customers.

use super::{Operation, Shape};
use crate::http::dto::customers::export::ExportLine;
use crate::http::dto::customers::{
    CustomerRowView, CustomerUpdateSchema, CustomerView, ErasureView, NewCustomerSchema,
};
use crate::http::routes;
use crate::problem::ProblemCode;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::CREATE_CUSTOMER,
            id: "createCustomer",
            tag: "customers",
            summary: "Create a customer",
            description: "Payment terms, credit limit, discount and hold are an admin's: a member may not even name them.",
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
            description: "With q those found by name first, then by code, then by e-mail, each once.",
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
            answer_description: "The customer with its credit and metrics.",
            answer: Shape::of::<CustomerView>(),
            versioned: true,
            problems: &[],
        },
        Operation {
            route: &routes::UPDATE_CUSTOMER,
            id: "updateCustomer",
            tag: "customers",
            summary: "Change a customer",
            description: "A merge patch: what is left out stays, null removes, objects are merged. What changes nothing \
                          makes no version. Payment terms, credit limit, discount and hold are an admin's: a member may \
                          not even name them.",
            request: Some(Shape::of::<CustomerUpdateSchema>()),
            status: 200,
            answer_description: "The customer.",
            answer: Shape::of::<CustomerView>(),
            versioned: true,
            problems: &[
                ProblemCode::CustomerAlreadyExists,
                ProblemCode::CustomerErased,
                ProblemCode::VersionConflict,
            ],
        },
        Operation {
            route: &routes::ERASE_CUSTOMER,
            id: "eraseCustomer",
            tag: "customers",
            summary: "Erase a customer's personal data",
            description: "Takes names, contact, addresses and free texts from the customer and all its orders; amounts \
                          stay. It needs every order delivered or cancelled. 202 says that orders are left: the service \
                          goes on by itself, or when it is asked again.",
            request: None,
            status: 200,
            answer_description: "How far the erasure has come.",
            answer: Shape::of::<ErasureView>(),
            versioned: false,
            problems: &[
                ProblemCode::CustomerHasOpenOrders,
                ProblemCode::VersionConflict,
                ProblemCode::StaleVersion,
            ],
        },
        Operation {
            route: &routes::EXPORT_CUSTOMER,
            id: "exportCustomer",
            tag: "customers",
            summary: "Export everything held of a customer",
            description: "Newline-delimited JSON: the customer, its orders oldest first, each followed by its history, and \
                          a last line that says where the next page starts. A page has at most 4 MB, unless a single \
                          order has more.",
            request: None,
            status: 200,
            answer_description: "Lines, one JSON object each.",
            answer: Shape::of::<ExportLine>(),
            versioned: false,
            problems: &[],
        },
    ]
}
