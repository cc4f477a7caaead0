//! The rows of a plan at rest: its requirements with their pegs in short, and the order lines that pegs refer to.

use chrono::NaiveDate;
use orders_domain::decimal::{Money, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{self, Keys};
use super::record::Record;
use crate::auth::TenantId;

/// One requirement of a plan, kept as the domain writes it, less its pegs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRequirement {
    /// The plan.
    pub plan: Uuid,
    /// The computation it belongs to.
    pub run: Uuid,
    /// The ingredient.
    pub ingredient_id: String,
    /// The requirement, as the answer shows it, without `pegging`.
    #[serde(rename = "b")]
    pub requirement: serde_json::Value,
    /// The first pegs, by date and order.
    #[serde(rename = "pg", default)]
    pub pegs: Vec<PegAtRest>,
    /// How many pegs there are in all.
    #[serde(rename = "pc", default)]
    pub peg_count: u32,
    /// How many orders they belong to.
    #[serde(rename = "po", default)]
    pub pegged_orders: u32,
    /// How many customers those orders are of.
    #[serde(rename = "pu", default)]
    pub pegged_customers: u32,
    /// What those orders come to; absent in plans that were made before it was kept.
    #[serde(rename = "pv", default, skip_serializing_if = "Option::is_none")]
    pub pegged_revenue: Option<Money>,
    /// What people have made of it since it was computed.
    #[serde(
        rename = "pr",
        default,
        skip_serializing_if = "RequirementProgress::is_untouched"
    )]
    pub progress: RequirementProgress,
}

/// What people have made of a requirement since it was computed. Quantities, prices and dates in force stand in the
/// requirement itself; here is what they were when the plan was approved, where they have changed since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementProgress {
    /// Anything to remember.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether what to buy was edited, so that it is no longer what the schedule says.
    #[serde(rename = "e", default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// When the last of it has come.
    #[serde(rename = "rd", default, skip_serializing_if = "Option::is_none")]
    pub received_date: Option<NaiveDate>,
    /// The unit cost of the approved plan, once another one was agreed.
    #[serde(rename = "pc", default, skip_serializing_if = "Option::is_none")]
    pub planned_unit_cost: Option<UnitPrice>,
    /// The expected day of the approved plan, once another one was announced.
    #[serde(rename = "pd", default, skip_serializing_if = "Option::is_none")]
    pub planned_receipt_date: Option<NaiveDate>,
}

impl RequirementProgress {
    fn is_untouched(&self) -> bool {
        *self == Self::default()
    }
}

/// A peg: which order line needs how much of an ingredient, and when. The same order line stands behind many pegs, so
/// it is kept once for the plan: an item holds at most 400 KB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PegAtRest {
    /// Position of the line in the plan's [`PlanOrderLines`].
    #[serde(rename = "l")]
    pub line: u32,
    /// How much of the ingredient it needs.
    #[serde(rename = "q")]
    pub quantity: Quantity,
    /// Days from the start of the horizon to the day on which it is needed.
    #[serde(rename = "d")]
    pub day: u16,
}

/// A part of the order lines that a plan's pegs refer to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanOrderLines {
    /// The plan.
    pub plan: Uuid,
    /// The computation it belongs to.
    pub run: Uuid,
    /// Which part, from 0.
    pub part: u32,
    /// The lines.
    #[serde(rename = "b")]
    pub lines: Vec<PeggedLine>,
}

/// An order line that a plan's pegs refer to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PeggedLine {
    /// The order.
    #[serde(rename = "o")]
    pub order_id: String,
    /// Its line, from 1.
    #[serde(rename = "n")]
    pub line: u16,
    /// What was ordered.
    #[serde(rename = "p")]
    pub product_id: String,
}

impl Record for PlanRequirement {
    const KIND: &'static str = "PR";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::plan_requirement(
            tenant,
            self.plan,
            self.run,
            &self.ingredient_id,
        ))
    }
}

impl Record for PlanOrderLines {
    const KIND: &'static str = "PO";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::plan_order_lines(tenant, self.plan, self.run, self.part))
    }
}
