//! Procurement plans in requests and answers (D69).

pub mod forecast;
pub mod life;
pub mod plan;
pub mod proposal;
mod proposal_csv;
pub mod request;
pub mod requirement;
pub mod requirement_parts;
pub mod row;
pub mod simulation;
mod size;
pub mod status;
pub mod supposition;
pub mod update;

pub use plan::{PlanDetailView, PlanView};
pub use proposal::ProposalView;
pub use request::NewPlanSchema;
pub use requirement::RequirementView;
pub use row::PlanRowView;
pub use simulation::SimulatedPlanView;
pub use status::{PlanMoveSchema, PlanStatusWord};
pub use supposition::SuppositionSchema;
pub use update::RequirementUpdateSchema;
