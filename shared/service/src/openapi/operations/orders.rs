//! Operations on orders.

use super::{Operation, Shape};
use crate::http::dto::orders::amend::AmendmentSchema;
use crate::http::dto::orders::request::{NewOrderSchema, StatusMoveSchema};
use crate::http::dto::orders::{OrderRowView, OrderView};
use crate::http::routes;
use crate::problem::ProblemCode;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::CREATE_ORDER,
            id: "createOrder",
            tag: "orders",
            summary: "Take an order",
            description: "All or nothing. Prices that are not sent come from the customer's price list, else from the \
                          catalog. An order that the customer's credit or payment terms do not allow is stored on \
                          hold.",
            request: Some(Shape::of::<NewOrderSchema>()),
            status: 201,
            answer_description: "The order.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[
                ProblemCode::CustomerNotFound,
                ProblemCode::CustomerInactive,
                ProblemCode::CustomerOnHold,
                ProblemCode::TooManyItems,
                ProblemCode::OrderValueOutOfRange,
                ProblemCode::OrderTooLarge,
                ProblemCode::DeliveryMethodDisabled,
                ProblemCode::DiscountsDisabled,
                ProblemCode::DiscountExceedsMaximum,
                ProblemCode::DiscountExceedsLine,
                ProblemCode::DiscountExceedsSubtotal,
                ProblemCode::AmountOverflow,
                ProblemCode::PriceUnknown,
                ProblemCode::ProductUnavailable,
                ProblemCode::OrderProcessingDisabled,
            ],
        },
        Operation {
            route: &routes::LIST_ORDERS,
            id: "listOrders",
            tag: "orders",
            summary: "List orders",
            description: "A short page with a cursor is legal; the list ends where next_cursor is null.",
            request: None,
            status: 200,
            answer_description: "A page of orders.",
            answer: Shape::list_of::<OrderRowView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::GET_ORDER,
            id: "getOrder",
            tag: "orders",
            summary: "Read an order",
            description: "",
            request: None,
            status: 200,
            answer_description: "The order.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[],
        },
        Operation {
            route: &routes::AMEND_ORDER,
            id: "amendOrder",
            tag: "orders",
            summary: "Amend an order",
            description: "A merge patch, while the order is pending, on hold or confirmed: what is not sent stays, null \
                          takes the default of a new order. Lines are sent as a whole list and priced like new ones; \
                          where they are not sent, they keep their prices. An amendment that changes nothing leaves no \
                          trace.",
            request: Some(Shape::of::<AmendmentSchema>()),
            status: 200,
            answer_description: "The order after the change.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[
                ProblemCode::OrderNotAmendable,
                ProblemCode::AmountAlreadyPaid,
                ProblemCode::CreditLimitExceeded,
                ProblemCode::VersionConflict,
                ProblemCode::TooManyItems,
                ProblemCode::OrderValueOutOfRange,
                ProblemCode::OrderTooLarge,
                ProblemCode::DeliveryMethodDisabled,
                ProblemCode::DiscountsDisabled,
                ProblemCode::DiscountExceedsMaximum,
                ProblemCode::DiscountExceedsLine,
                ProblemCode::DiscountExceedsSubtotal,
                ProblemCode::AmountOverflow,
                ProblemCode::PriceUnknown,
                ProblemCode::ProductUnavailable,
            ],
        },
        Operation {
            route: &routes::UPDATE_ORDER_STATUS,
            id: "updateOrderStatus",
            tag: "orders",
            summary: "Move an order on",
            description: "The same status again changes nothing. Each real change is one row of the order's history.",
            request: Some(Shape::of::<StatusMoveSchema>()),
            status: 200,
            answer_description: "The order after the change.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[
                ProblemCode::InvalidStatusTransition,
                ProblemCode::ReasonRequired,
                ProblemCode::CreditLimitExceeded,
                ProblemCode::VersionConflict,
                ProblemCode::OrderTooLarge,
            ],
        },
    ]
}
