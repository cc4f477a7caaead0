//! Demand, procurement plans and alerts.

use super::{Operation, Shape};
use crate::http::dto::alerts::{AlertMoveSchema, AlertView};
use crate::http::dto::demand::DemandView;
use crate::http::dto::plans::{
    NewPlanSchema, PlanDetailView, PlanMoveSchema, PlanRowView, PlanView, ProposalView,
    RequirementUpdateSchema, RequirementView, SimulatedPlanView, SuppositionSchema,
};
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
            route: &routes::SIMULATE_PLAN,
            id: "simulatePlan",
            tag: "planning",
            summary: "What if",
            description: "Takes what a plan takes, and demand, stock, lead times and suppliers that are supposed. Answers at once \
                          with the whole plan and how it differs from the one that was made last; stores nothing.",
            request: Some(Shape::of::<SuppositionSchema>()),
            status: 200,
            answer_description: "What would be bought.",
            answer: Shape::of::<SimulatedPlanView>(),
            versioned: false,
            problems: &[ProblemCode::ProcurementPlanningDisabled, ProblemCode::RecipeCycle],
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
            route: &routes::LIST_PLANS,
            id: "listPlans",
            tag: "planning",
            summary: "List procurement plans, newest first",
            description: "`from` and `to` are the tenant's dates on which plans were started. A short page with a cursor is \
                          legal; the list ends where next_cursor is null.",
            request: None,
            status: 200,
            answer_description: "A page of plans.",
            answer: Shape::list_of::<PlanRowView>(),
            versioned: false,
            problems: &[],
        },
        Operation {
            route: &routes::UPDATE_PLAN_STATUS,
            id: "updatePlanStatus",
            tag: "planning",
            summary: "Submit, approve, send back, execute, complete or cancel a plan",
            description: "From draft to pending_approval (members), from there to approved or back to draft, from approved to \
                          in_execution to completed; cancelled from everywhere but completed (admins). What an approved plan \
                          buys counts as receipts in later plans. Calculating becomes draft or failed by itself.",
            request: Some(Shape::of::<PlanMoveSchema>()),
            status: 200,
            answer_description: "The plan with its requirements.",
            answer: Shape::of::<PlanDetailView>(),
            versioned: true,
            problems: &[ProblemCode::InvalidStatusTransition, ProblemCode::VersionConflict],
        },
        Operation {
            route: &routes::UPDATE_REQUIREMENT,
            id: "updateRequirement",
            tag: "planning",
            summary: "Edit what a plan buys, or report on the purchase",
            description: "Before the plan is approved: what to buy, from whom, by when. Afterwards: what was ordered, what has \
                          come, when and at what price; quantities are what there is in all. Every change is a version of \
                          the plan: ETag and If-Match are the plan's.",
            request: Some(Shape::of::<RequirementUpdateSchema>()),
            status: 200,
            answer_description: "The requirement.",
            answer: Shape::of::<RequirementView>(),
            versioned: true,
            problems: &[
                ProblemCode::RequirementNotEditable,
                ProblemCode::InvalidStatusTransition,
                ProblemCode::AmountOverflow,
                ProblemCode::VersionConflict,
            ],
        },
        Operation {
            route: &routes::PURCHASE_PROPOSAL,
            id: "purchaseProposal",
            tag: "planning",
            summary: "What to order by a plan, by supplier",
            description: "As JSON, or with `Accept: text/csv` as a table with one row for each line. A cell that a spreadsheet \
                          would take for a formula begins with an apostrophe.",
            request: None,
            status: 200,
            answer_description: "What to order.",
            answer: Shape::of::<ProposalView>(),
            versioned: false,
            problems: &[ProblemCode::PlanNotComputed, ProblemCode::NotAcceptable],
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
