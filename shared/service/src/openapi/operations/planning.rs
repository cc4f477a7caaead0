//! Demand, procurement plans and alerts.

use super::{Operation, Shape};
use crate::http::dto::alerts::{AlertMoveSchema, AlertView};
use crate::http::dto::demand::DemandView;
use crate::http::dto::plans::{NewPlanSchema, PlanDetailView, PlanView};
use crate::http::routes;
use crate::problem::ProblemCode;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::DEMAND_REQUIREMENTS,
            id: "demandRequirements",
            tag: "planning",
            summary: "What has to be baked",
            description: "Per product and day, firm and tentative apart. Without dates: the planning horizon from today.",
            request: None,
            status: 200,
            answer_description: "The demand of orders that are pending, confirmed or in production.",
            answer: Shape::of::<DemandView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::START_PLAN,
            id: "startPlan",
            tag: "planning",
            summary: "Start a procurement plan",
            description: "Answers at once with the plan's header; the plan is computed in the background and becomes a draft.",
            request: Some(Shape::of::<NewPlanSchema>()),
            status: 202,
            answer_description: "The plan's header, calculating.",
            answer: Shape::of::<PlanView>(),
            versioned: true,
            problems: &[ProblemCode::ProcurementPlanningDisabled],
        },
        Operation {
            route: &routes::GET_PLAN,
            id: "getPlan",
            tag: "planning",
            summary: "Read a procurement plan",
            description: "",
            request: None,
            status: 200,
            answer_description: "The plan with its requirements; those are empty while it is calculating.",
            answer: Shape::of::<PlanDetailView>(),
            versioned: true,
            problems: &[],
        },
        Operation {
            route: &routes::UPDATE_ALERT_STATUS,
            id: "updateAlertStatus",
            tag: "alerts",
            summary: "Acknowledge, resolve or dismiss an alert",
            description: "From active to acknowledged to resolved or dismissed; an active one may be closed at once. A closed \
                          alert stays closed: what happens next opens a new one.",
            request: Some(Shape::of::<AlertMoveSchema>()),
            status: 200,
            answer_description: "The alert.",
            answer: Shape::of::<AlertView>(),
            versioned: true,
            problems: &[ProblemCode::InvalidStatusTransition],
        },
        Operation {
            route: &routes::LIST_ALERTS,
            id: "listAlerts",
            tag: "alerts",
            summary: "List alerts, latest first",
            description: "",
            request: None,
            status: 200,
            answer_description: "A page of alerts.",
            answer: Shape::list_of::<AlertView>(),
            versioned: false,
            problems: &[],
        },
    ]
}
