//! Procurement plans in requests and answers (D69).

pub mod plan;
pub mod request;
pub mod requirement;

pub use plan::{PlanDetailView, PlanView};
pub use request::NewPlanSchema;
pub use requirement::RequirementView;
