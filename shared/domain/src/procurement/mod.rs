//! The life of a procurement plan once it is computed (D69): who may move it where, what may be changed of a
//! requirement before it is approved and reported of it afterwards, and how the plan went.
//!
//! Pure: "today" is an argument, and nothing here knows where a plan is kept.

mod deliveries;
mod fault;
mod performance;
mod plan_status;
mod purchase;
mod requirement_status;
mod revision;

pub use deliveries::{Delivery, deliveries};
pub use fault::{FaultCode, FieldFault};
pub use performance::{Performance, PurchaseOutcome, performance};
pub use plan_status::{PlanMover, PlanStatus, allowed_transitions, transition};
pub use purchase::{Purchase, PurchaseReport, ReportError};
pub use requirement_status::allowed_purchase_transitions;
pub use revision::{Revision, RevisionError};
