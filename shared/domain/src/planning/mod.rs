//! Procurement planning (D60–D68): what to buy, from whom and by when, from orders, forecasts, recipes and stock.
//!
//! Pure: "today" is an argument, the answer depends on nothing but the input, and the order of the input does not
//! matter. The path of a plan, one module each:
//!
//! 1. `recipes` gives every product and ingredient a dense number and a low-level code, and finds cycles (D60);
//! 2. `consumption` puts demand together per item and day and lets orders consume the forecast (D61);
//! 3. `explosion` turns product demand into ingredient demand, level by level (D60);
//! 4. `supply` says what stock is really there: reserved and expiring quantities, receipts on the way (D63);
//! 5. `netting` projects the balance day by day and plans receipts, in lots of `lot_sizing` (D62–D64);
//! 6. `suppliers` and `dates` choose who delivers and by when to order (D65, D66);
//! 7. `exceptions`, `risk` and `pegging` explain the figures (D65, D68).
//!
//! **Precision.** Recipes are exploded in millionths of a unit, rounded half away from zero at each level. What reaches
//! an ingredient is then put into thousandths by rounding the running total of its days, and everything after that
//! is integer arithmetic in thousandths. Published figures therefore add up exactly: days to the gross requirement,
//! order and forecast demand to the gross requirement, pegs to the order demand, and each projected balance follows
//! from the one before.

mod consumption;
mod dates;
mod exceptions;
mod explosion;
mod input;
mod interning;
mod item;
mod lot_sizing;
mod netting;
mod pegging;
mod plan;
mod quantity;
mod recipes;
mod requirement;
mod risk;
mod suppliers;
mod supply;
mod warnings;

#[cfg(test)]
mod tests;

pub use exceptions::{Exception, ExceptionCause, ExceptionCode};
pub use input::{Forecast, OrderDemand, PlanError, PlanInput, PlanParameters, PlannedReceipt};
pub use pegging::Peg;
pub use plan::{Plan, PlanException, PlanRisk, plan, plan_without_pegging};
pub use quantity::PlanQuantity;
pub use recipes::recipe_cycle;
pub use requirement::{Requirement, RequirementStatus, ScheduleDay};
pub use risk::{Risk, RiskFactor, RiskFactorCode, RiskLevel};
pub use suppliers::BackupSupplier;
pub use warnings::{Warning, WarningCode};

/// The longest horizon of a plan in days (D13).
pub const MAXIMUM_HORIZON_DAYS: u16 = 90;
