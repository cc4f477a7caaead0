//! How business stands.

use super::{Operation, Shape};
use crate::http::dto::business_model::BusinessModelView;
use crate::http::dto::dashboard::DashboardView;
use crate::http::routes;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::DASHBOARD_SUMMARY,
            id: "dashboardSummary",
            tag: "dashboard",
            summary: "How business stands",
            description: "Orders, revenue, customers, rates, top tens and open alerts, in the tenant's time. It follows the \
                          orders within seconds; `as_of` and `lag_seconds` tell how closely.",
            request: None,
            status: 200,
            answer_description: "The figures at the moment.",
            answer: Shape::of::<DashboardView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::BUSINESS_MODEL,
            id: "businessModel",
            tag: "dashboard",
            summary: "How the tenant works: an individual or a central bakery",
            description: "From the orders of the last thirty days, with every factor and what it was measured from.",
            request: None,
            status: 200,
            answer_description: "The model, and why.",
            answer: Shape::of::<BusinessModelView>(),
            versioned: false,
            problems: &[],
        },
    ]
}
