//! Procurement planning (D60–D68): what to buy, from whom and by when, from orders, forecasts, recipes and stock.
//!
//! Pure: "today" is an argument, the answer depends on nothing but the input, and the order of the input does not
//! matter. The path of a plan, one module each:
//!
//! 1. `recipes` gives every product and ingredient a dense number and a low-level code, and finds cycles (D60);
//! 2. `consumption` puts demand together per item and day and lets orders consume the forecast (D61);
//! 3. `explosion` turns product demand into ingredient demand, level by level (D60);
//! 4. `supply` says what stock is really there: reserved and expiring quantities, receipts on the way (D63);
//! 5. `safety_stock` sets the buffer, from what `deviation` says of demand where it is statistical (D62);
//! 6. `netting` projects the balance day by day and plans receipts (D63), in lots of `lot_sizing` (D64);
//! 7. `suppliers`, `dates` and `order_dates` choose who delivers and by when to order (D65, D66);
//! 8. `exceptions`, `risk`, `pegging` and `explanation` explain the figures (D65, D68).
//!
//! **Precision.** Recipes are exploded in millionths of a unit, rounded half away from zero at each level. What reaches
//! an ingredient is then put into thousandths by rounding the running total of its days, and everything after that
//! is integer arithmetic in thousandths. Published figures therefore add up exactly: days to the gross requirement,
//! order and forecast demand to the gross requirement, pegs to the order demand, and each projected balance follows
//! from the one before.

mod consumption;
mod coverage;
mod dates;
mod deviation;
mod difference;
mod exceptions;
mod explanation;
mod explosion;
mod id_table;
mod input;
mod interning;
mod item;
mod lot_sizing;
mod netting;
mod order_dates;
mod order_lines;
mod pegged_lines;
mod pegging;
mod pegs;
mod plan;
mod quantile;
mod quantity;
mod recipes;
mod requirement;
mod risk;
mod safety_stock;
mod suppliers;
mod supply;
mod totals;
mod unit_needs;
mod warnings;
mod what_if;
mod wording;

#[cfg(test)]
pub(crate) mod tests;

pub use deviation::DemandDeviation;
pub use difference::{PlanDifference, RequirementDifference, RequirementFigures, difference};
pub use exceptions::{Exception, ExceptionCause, ExceptionCode};
pub use explanation::{Explanation, ExplanationFigure, ExplanationStep};
pub use input::{DEFAULT_SERVICE_LEVEL, Forecast, PlanError, PlanInput, PlanParameters, PlannedReceipt};
pub use lot_sizing::{LotSizingPeriod, OptimalLots, lot_cost, wagner_whitin};
pub use order_lines::{OrderLine, OrderLines};
pub use pegs::{Peg, PegRef, Pegging};
pub use plan::{Plan, PlanException, PlanRisk, plan, plan_without_pegging};
pub use quantity::PlanQuantity;
pub use recipes::recipe_cycle;
pub use requirement::{Requirement, RequirementStatus, ScheduleDay};
pub use risk::{Risk, RiskFactor, RiskFactorCode, RiskLevel};
pub use safety_stock::SafetyStockMethod;
pub use suppliers::BackupSupplier;
pub use totals::{PlannedPurchase, PurchaseTotals, purchase_cost, purchase_totals};
pub use warnings::{Warning, WarningCode};
pub use what_if::{IngredientOverride, suppose};

/// The longest horizon of a plan in days (D13).
pub const MAXIMUM_HORIZON_DAYS: u16 = 90;
