//! A procurement plan at rest: a header, and one item for each requirement. The header turns from calculating to draft
//! last, so a plan is seen whole or not at all. Version and last history sequence are always the same number.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::catalog::Ratio;
use orders_domain::decimal::{Money, Percentage, Quantity};
use orders_domain::planning::RiskLevel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::keys::{self, Key, Keys};
use super::record::{IndexRow, Record, Versioned};
use crate::auth::{Actor, TenantId};
use crate::words::{BusinessModel, PlanStatus, PlanType};

/// A plan's header. The computed part is kept as the domain writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Plan {
    pub id: Uuid,
    #[serde(rename = "ver")]
    pub version: u64,
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    #[serde(rename = "r")]
    pub row: PlanRow,
    #[serde(rename = "b")]
    pub body: PlanBody,
}

/// What a list shows of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanRow {
    #[serde(rename = "pn")]
    pub plan_number: String,
    #[serde(rename = "t")]
    pub plan_type: PlanType,
    #[serde(rename = "s")]
    pub status: PlanStatus,
    #[serde(rename = "hs")]
    pub horizon_start_date: NaiveDate,
    #[serde(rename = "he")]
    pub horizon_end_date: NaiveDate,
    #[serde(rename = "ca", with = "ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(rename = "rc", default)]
    pub requirement_count: u32,
    #[serde(rename = "cc", default)]
    pub critical_count: u32,
    #[serde(rename = "ec", default, skip_serializing_if = "Option::is_none")]
    pub estimated_cost: Option<Money>,
}

/// The rest of a plan's header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanBody {
    #[serde(rename = "bm", default, skip_serializing_if = "Option::is_none")]
    pub business_model: Option<BusinessModel>,
    /// The local date the run belongs to.
    #[serde(rename = "ld")]
    pub local_date: NaiveDate,
    /// What the caller asked for and the settings filled in, as the answer shows it.
    #[serde(rename = "pa")]
    pub parameters: PlanRunParameters,
    /// What the planner computed over all requirements; absent while calculating.
    #[serde(rename = "res", default, skip_serializing_if = "Option::is_none")]
    pub result: Option<PlanResult>,
    /// Names the computation that wrote the requirements in force, so that rows of a crashed one are not read.
    #[serde(rename = "run", default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Uuid>,
    /// How often it was put on the queue, the first time included.
    #[serde(rename = "at", default)]
    pub attempts: u32,
    /// Why it failed.
    #[serde(rename = "fr", default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// The plan that took its place (D69).
    #[serde(rename = "sb", default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<Uuid>,
    /// When it was last put on the queue.
    #[serde(rename = "qa", with = "ts_milliseconds")]
    pub queued_at: DateTime<Utc>,
    #[serde(rename = "bh", default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
    #[serde(rename = "by")]
    pub created_by: Actor,
    #[serde(rename = "ua", with = "ts_milliseconds")]
    pub updated_at: DateTime<Utc>,
    #[serde(rename = "ub")]
    pub updated_by: Actor,
    #[serde(rename = "h")]
    pub history: Vec<PlanChange>,
}

/// The parameters of a run (D69).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanRunParameters {
    pub horizon_days: u32,
    pub safety_stock_percentage: Percentage,
    pub lead_time_days: u32,
    #[serde(default)]
    pub safety_stock_method: SafetyStockMethod,
    pub use_orders: bool,
    pub use_forecast: bool,
}

/// How safety stock is worked out (D62).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SafetyStockMethod {
    /// A percentage of the gross requirement.
    #[default]
    Percentage,
}

/// What the planner computed over all requirements. What it says of single ones stands in their rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanResult {
    pub supplier_count: u32,
    /// `None` when nothing costs anything.
    pub supplier_diversification: Option<Ratio>,
    pub risk_score: Percentage,
    pub risk_level: RiskLevel,
    pub warnings: Vec<PlanWarning>,
    pub degraded_sources: Vec<String>,
}

/// Something a plan could not take into account (D60).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanWarning {
    /// What it is.
    #[schema(examples("unknown_product"))]
    pub code: String,
    /// Why, and what to do.
    pub message: String,
    /// How many orders, products, items, suppliers or ingredients it is about.
    pub reference_count: u32,
    /// Their ids, sorted; the first 200.
    #[schema(max_items = 200)]
    pub references: Vec<String>,
}

/// One entry of a plan's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanChange {
    #[serde(rename = "n")]
    pub sequence: u64,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from_status: Option<PlanStatus>,
    #[serde(rename = "t")]
    pub to_status: PlanStatus,
    #[serde(rename = "v")]
    pub version: u64,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub changed_at: DateTime<Utc>,
    #[serde(rename = "b")]
    pub changed_by: Actor,
}

impl Record for Plan {
    const KIND: &'static str = "PL";

    fn keys(&self, tenant: TenantId) -> Keys {
        let created = format!("{}#{}", keys::sortable_time(self.row.created_at), self.id);
        let g1 = Some(Key::new(keys::plans_by_creation(tenant), created));
        Keys {
            primary: keys::plan(tenant, self.id),
            g1,
            g2: None,
            g3: None,
        }
    }
}

impl Versioned for Plan {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}

impl Plan {
    /// Takes the next status, with its entry in the history.
    pub fn change_status(&mut self, to: PlanStatus, actor: &Actor, at: DateTime<Utc>, write_id: Uuid) {
        let next = self.version + 1;
        self.body.history.push(PlanChange {
            sequence: next,
            from_status: Some(self.row.status),
            to_status: to,
            version: next,
            changed_at: at,
            changed_by: actor.clone(),
        });
        self.version = next;
        self.write_id = write_id;
        self.row.status = to;
        self.body.updated_at = at;
        self.body.updated_by = actor.clone();
    }

    /// Notes that it was put on the queue once more. The version stays: nothing that a caller sees has changed, and
    /// events follow from the history alone.
    pub fn queue_again(&mut self, at: DateTime<Utc>, write_id: Uuid) {
        self.write_id = write_id;
        self.body.attempts += 1;
        self.body.queued_at = at;
    }
}

/// What an index gives of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanInIndex {
    /// The table's partition key, which holds the id.
    pub pk: String,
    /// The version.
    pub ver: u64,
    /// The row.
    pub r: PlanRow,
}

impl IndexRow for PlanInIndex {
    type Of = Plan;
}

impl PlanInIndex {
    /// The plan's id.
    pub fn id(&self) -> Option<Uuid> {
        self.pk.rsplit('#').next().and_then(|id| Uuid::try_parse(id).ok())
    }
}

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
