//! A procurement requirement: the figures of one ingredient as they are published (SPEC §4).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::exceptions::Exception;
use super::explanation::Explanation;
use super::pegs::Pegging;
use super::risk::Risk;
use super::safety_stock::SafetyStockMethod;
use super::suppliers::BackupSupplier;
use crate::catalog::{OrderingMethod, Ratio};
use crate::decimal::{Money, Percentage, Quantity, UnitPrice};

/// What is needed of an ingredient in the horizon, and what to buy of it. Quantities are in `unit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The ingredient.
    pub ingredient_id: String,
    /// Its name.
    pub name: String,
    /// Unit of all quantities.
    pub unit: String,
    /// What recipes and sales need: `order_demand + forecast_demand` (D60).
    pub gross_requirement: Quantity,
    /// The part of it that was ordered.
    pub order_demand: Quantity,
    /// The part of it that is forecast and not consumed by orders (D61).
    pub forecast_demand: Quantity,
    /// Buffer, once per item (D62).
    pub safety_stock: Quantity,
    /// How it was worked out; `None` when it was given for a what-if. Older plans knew percentages only.
    #[serde(default = "percentage")]
    pub safety_stock_method: Option<SafetyStockMethod>,
    /// At this much in the house and on the way it is time to order: mean daily gross requirement · lead time + safety
    /// stock (D62).
    #[serde(default)]
    pub reorder_point: Quantity,
    /// Everything in the house.
    pub on_hand: Quantity,
    /// What is reserved of it, without units that count as expiring (D63).
    pub reserved: Quantity,
    /// What lots will still hold after their last day (D63).
    pub expiring: Quantity,
    /// Receipts on the way that fall into the horizon (D63).
    pub scheduled_receipts: Quantity,
    /// `max(0, on_hand − reserved − expiring)`.
    pub available: Quantity,
    /// `max(0, gross + safety stock − available − receipts)`, before any lot rule (D63).
    pub net_requirement: Quantity,
    /// What to buy, after the lot rules: the sum of the planned receipts (D63, D64).
    pub order_quantity: Quantity,
    /// How much of the gross requirement stock and receipts cover (D67).
    pub coverage_percentage: Percentage,
    /// First day with a planned receipt; `None` when nothing has to be bought.
    pub required_date: Option<NaiveDate>,
    /// The day to order, never before today (D65).
    pub order_by_date: Option<NaiveDate>,
    /// The required day, or, where nobody can deliver by then, the day an order of today can be relied upon.
    pub expected_receipt_date: Option<NaiveDate>,
    /// Calendar days from order to delivery.
    pub lead_time_days: u32,
    /// The chosen supplier (D66); `None` when nobody offers the ingredient.
    pub supplier_id: Option<String>,
    /// Its name.
    pub supplier_name: Option<String>,
    /// Who could deliver instead, best first.
    pub backup_suppliers: Vec<BackupSupplier>,
    /// The chosen supplier's score, 0 to 1.
    pub supplier_score: Option<Ratio>,
    /// The least the supplier sells at once.
    pub minimum_order_quantity: Quantity,
    /// Orders are multiples of this.
    pub pack_size: Quantity,
    /// The lot-sizing method that was used (D64).
    #[serde(default)]
    pub ordering_method: OrderingMethod,
    /// Price of one unit; `None` without a supplier.
    pub unit_cost: Option<UnitPrice>,
    /// `order_quantity · unit_cost`; `None` when something has to be bought and nobody names a price.
    pub estimated_cost: Option<Money>,
    /// How risky it is (D68).
    pub risk: Risk,
    /// What a delivery is checked for.
    pub quality_specifications: Option<String>,
    /// Anything a buyer has to mind.
    pub special_requirements: Option<String>,
    /// Which order lines need it; adds up to `order_demand`.
    pub pegging: Pegging,
    /// Day by day (D63).
    pub schedule: Vec<ScheduleDay>,
    /// What a planner has to look at (D65).
    pub exceptions: Vec<Exception>,
    /// How the plan arrives at the figures; empty in older plans.
    #[serde(default)]
    pub explanation: Explanation,
    /// Where the purchase stands.
    pub status: RequirementStatus,
    /// What has been ordered from the supplier.
    pub ordered_quantity: Quantity,
    /// What has come.
    pub received_quantity: Quantity,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the default of a field that may be empty"
)]
const fn percentage() -> Option<SafetyStockMethod> {
    Some(SafetyStockMethod::Percentage)
}

/// One day of an ingredient (D63).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleDay {
    /// The day.
    pub date: NaiveDate,
    /// Gross requirement.
    pub gross: Quantity,
    /// Receipts on the way.
    pub receipts: Quantity,
    /// Balance at the end of the day, planned receipts included.
    pub projected: Quantity,
    /// Net requirement before the lot rule.
    pub net: Quantity,
    /// What the plan lets come on this day.
    pub planned_receipt: Quantity,
    /// What has to be ordered on this day. What should have been ordered before today is in the exception `past_due`.
    pub planned_release: Quantity,
}

/// Where the purchase of a requirement stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequirementStatus {
    /// Planned.
    #[default]
    Pending,
    /// Approved with its plan.
    Approved,
    /// Ordered from the supplier.
    Ordered,
    /// Part of it has come.
    PartiallyReceived,
    /// All of it has come.
    Received,
    /// Given up.
    Cancelled,
}
