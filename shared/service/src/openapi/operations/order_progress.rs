//! Operations on what becomes of an order: payments, reports on its lines, its history.

use super::{Operation, Shape};
use crate::http::dto::orders::line_report::LineReportSchema;
use crate::http::dto::orders::payment::NewPaymentSchema;
use crate::http::dto::orders::{HistoryEntryView, OrderView};
use crate::http::routes;
use crate::problem::ProblemCode;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::RECORD_PAYMENT,
            id: "recordPayment",
            tag: "orders",
            summary: "Record a payment, a refund or a failed attempt",
            description: "The balance and the payment status follow at once, and on account the customer's credit. A \
                          failed attempt raises an alert.",
            request: Some(Shape::of::<NewPaymentSchema>()),
            status: 201,
            answer_description: "The order with the payment in it.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[
                ProblemCode::PaymentExceedsBalance,
                ProblemCode::RefundExceedsPaid,
                ProblemCode::OrderNotPayable,
                ProblemCode::VersionConflict,
                ProblemCode::OrderTooLarge,
            ],
        },
        Operation {
            route: &routes::UPDATE_ORDER_ITEM,
            id: "updateOrderItem",
            tag: "orders",
            summary: "Report on a line of an order",
            description: "What is left out stays as it is; what is as it was changes nothing. A return lowers what is due, \
                          never the order's total.",
            request: Some(Shape::of::<LineReportSchema>()),
            status: 200,
            answer_description: "The order after the report.",
            answer: Shape::of::<OrderView>(),
            versioned: true,
            problems: &[
                ProblemCode::OrderLineNotReportable,
                ProblemCode::QuantityExceedsOrdered,
                ProblemCode::QuantityExceedsDelivered,
                ProblemCode::AmountOverflow,
                ProblemCode::VersionConflict,
                ProblemCode::OrderTooLarge,
            ],
        },
        Operation {
            route: &routes::ORDER_HISTORY,
            id: "orderHistory",
            tag: "orders",
            summary: "Read an order's history",
            description: "Oldest first. Each change of the order is one entry, written with the change itself.",
            request: None,
            status: 200,
            answer_description: "A page of the history.",
            answer: Shape::list_of::<HistoryEntryView>(),
            versioned: false,
            problems: &[],
        },
    ]
}
