//! A procurement plan's header at rest. Its requirements are items of their own (`plan_rows`); the header turns from
//! calculating to draft last, so a plan is seen whole or not at all. What happens to it is in `plan_history`.

use chrono::serde::{ts_milliseconds, ts_seconds_option};
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::catalog::Ratio;
use orders_domain::decimal::{Money, Percentage};
use orders_domain::planning::{self, RiskLevel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use super::plan_history::{Approval, PlanChange, RequirementChange};
pub use super::plan_rows::{PegAtRest, PeggedLine, PlanOrderLines, PlanRequirement, RequirementProgress};

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
    /// When the table may forget it; only completed plans have it (D69).
    #[serde(
        rename = "ttl",
        default,
        with = "ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<DateTime<Utc>>,
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
    /// The same as the header's, for lists.
    #[serde(
        rename = "x",
        default,
        with = "ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the rows that nobody will read again are marked for the table to forget, so that reconcile need not look
    /// at them every night.
    #[serde(rename = "sw", default, skip_serializing_if = "std::ops::Not::not")]
    pub swept: bool,
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
    /// How far a computation that was interrupted has come.
    #[serde(rename = "pr", default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<PlanProgress>,
    /// How often it was put on the queue, the first time included.
    #[serde(rename = "at", default)]
    pub attempts: u32,
    /// Why it failed.
    #[serde(rename = "fr", default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// The plan that took its place (D69).
    #[serde(rename = "sb", default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<Uuid>,
    /// Who approved it; there from its approval on.
    #[serde(rename = "ap", default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Whether somebody has worked on it, so that no newer draft takes its place (D69).
    #[serde(rename = "ed", default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// How many parts of its history stand beside it.
    #[serde(rename = "hp", default, skip_serializing_if = "is_zero")]
    pub history_parts: u32,
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

/// How far a computation has come that did not fit into one invocation (D69).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanProgress {
    /// Names its rows.
    pub run: Uuid,
    /// Names the snapshot of what it is computed from.
    #[serde(rename = "s")]
    pub snapshot: Uuid,
    /// How many parts the snapshot has.
    #[serde(rename = "n")]
    pub parts: u32,
    /// How many of its rows are written.
    #[serde(rename = "w")]
    pub rows_written: u32,
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
    /// For the method `statistical`; absent in plans that were made before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_level: Option<Percentage>,
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
    /// The quantity that the ingredient names.
    Fixed,
    /// By the spread of demand and of lead times, for a service level.
    Statistical,
}

impl SafetyStockMethod {
    /// Reads the word used in JSON.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "percentage" => Some(Self::Percentage),
            "fixed" => Some(Self::Fixed),
            "statistical" => Some(Self::Statistical),
            _ => None,
        }
    }

    /// The planner's name for it.
    pub const fn planned(self) -> planning::SafetyStockMethod {
        match self {
            Self::Percentage => planning::SafetyStockMethod::Percentage,
            Self::Fixed => planning::SafetyStockMethod::Fixed,
            Self::Statistical => planning::SafetyStockMethod::Statistical,
        }
    }
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

const fn is_zero(parts: &u32) -> bool {
    *parts == 0
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
    /// Notes how far its computation has come. It is at work, so being queued again is no further try.
    pub fn put_aside(&mut self, progress: PlanProgress, at: DateTime<Utc>, write_id: Uuid) {
        self.write_id = write_id;
        self.body.progress = Some(progress);
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
