//! Where an answer leads: what can be done next with the record it shows.

use serde_json::{Value, json};
use utoipa::openapi::link::{Link, LinkBuilder};

use super::Operation;
use crate::http::routes::{self, Route};

/// A way from a record to another operation.
pub(super) struct Target {
    name: &'static str,
    route: &'static Route,
    /// The parameter that takes the record's id.
    parameter: &'static str,
    description: &'static str,
    body: Option<Value>,
}

/// The links of an operation's answer, by name.
pub(super) fn of(operation: &Operation, operations: &[Operation]) -> Vec<(&'static str, Link)> {
    let link = |target: Target| {
        let found = operations.iter().find(|other| other.route == target.route)?;
        let link = LinkBuilder::new()
            .operation_id(found.id)
            .description(target.description)
            .parameter("tenant_id", "$request.path.tenant_id")
            .parameter(target.parameter, "$response.body#/id")
            .request_body(target.body);
        Some((target.name, link.build()))
    };
    targets(operation.route).into_iter().filter_map(link).collect()
}

/// Where the answer of a route leads.
pub(super) fn targets(route: &Route) -> Vec<Target> {
    let target = |name, route, parameter, description| Target {
        name,
        route,
        parameter,
        description,
        body: None,
    };
    let order = |name, route, description| target(name, route, "order_id", description);
    let customer = |name, route, description| target(name, route, "customer_id", description);
    let plan = |name, route, description| target(name, route, "plan_id", description);
    match *route {
        routes::CREATE_ORDER => vec![
            order("get", &routes::GET_ORDER, "Read the order again."),
            Target {
                body: Some(json!({"status": "confirmed"})),
                ..order("confirm", &routes::UPDATE_ORDER_STATUS, "Move the order on.")
            },
            order(
                "history",
                &routes::ORDER_HISTORY,
                "What has happened to the order.",
            ),
            order("pay", &routes::RECORD_PAYMENT, "Record a payment."),
            order("amend", &routes::AMEND_ORDER, "Change what was ordered."),
        ],
        routes::CREATE_CUSTOMER => vec![
            customer("get", &routes::GET_CUSTOMER, "Read the customer again."),
            customer("update", &routes::UPDATE_CUSTOMER, "Change the customer."),
            customer(
                "export",
                &routes::EXPORT_CUSTOMER,
                "Everything that is known of the customer.",
            ),
            customer("orders", &routes::LIST_ORDERS, "The customer's orders."),
        ],
        routes::START_PLAN => vec![target(
            "get",
            &routes::GET_PLAN,
            "plan_id",
            "Read the plan until it is a draft.",
        )],
        routes::UPDATE_PLAN_STATUS => vec![
            plan("get", &routes::GET_PLAN, "Read the plan again."),
            plan("propose", &routes::PURCHASE_PROPOSAL, "What to order by it."),
        ],
        routes::GET_PLAN => vec![
            Target {
                body: Some(json!({"status": "pending_approval"})),
                ..plan(
                    "submit",
                    &routes::UPDATE_PLAN_STATUS,
                    "Let somebody decide on it.",
                )
            },
            plan("propose", &routes::PURCHASE_PROPOSAL, "What to order by it."),
        ],
        _ => Vec::new(),
    }
}
