//! What became of a plan, in answers: its approval, its history, how it went.

use chrono::{DateTime, Utc};
use orders_domain::decimal::{Money, Percentage};
use orders_domain::procurement::Performance;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::common::{ActorView, MoneyText, PercentageText};
use super::status::PlanStatusWord;
use crate::store::plans::{Approval, PlanChange};
use crate::words::{PlanEvent, PlanStatus};

/// Who approved a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanApproval)]
pub struct PlanApprovalView {
    /// Who.
    pub by: ActorView,
    /// When.
    pub at: DateTime<Utc>,
    /// With what remark.
    pub note: Option<String>,
}

/// How a plan went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanPerformance)]
pub struct PlanPerformanceView {
    /// Of the purchases that were received in full, and those that were not although the planned day has passed: the share
    /// that was received in full on or before the planned day, in percent.
    #[schema(value_type = Option<PercentageText>)]
    pub on_time_rate: Option<Percentage>,
    /// What came, at its price, less what came, at its planned price; negative where less was paid.
    #[schema(value_type = Option<MoneyText>)]
    pub cost_variance: Option<Money>,
}

/// One entry of a plan's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanChange)]
pub struct PlanChangeView {
    /// From 1, without gaps; also the plan's version after it.
    pub sequence: u64,
    /// What happened.
    pub event: PlanEvent,
    /// The status before; null for the creation.
    #[schema(value_type = Option<PlanStatusWord>)]
    pub from_status: Option<PlanStatus>,
    /// The status after; the same where a requirement was changed.
    #[schema(value_type = PlanStatusWord)]
    pub to_status: PlanStatus,
    /// What was said about it.
    pub note: Option<String>,
    /// The requirement that was changed.
    pub ingredient_id: Option<String>,
    /// What was changed of it.
    pub changed_fields: Option<Vec<String>>,
    /// Who made it.
    pub changed_by: ActorView,
    /// When.
    pub changed_at: DateTime<Utc>,
}

impl From<&Approval> for PlanApprovalView {
    fn from(approval: &Approval) -> Self {
        Self {
            by: (&approval.by).into(),
            at: approval.at,
            note: approval.note.clone(),
        }
    }
}

impl From<Performance> for PlanPerformanceView {
    fn from(performance: Performance) -> Self {
        Self {
            on_time_rate: performance.on_time_rate,
            cost_variance: performance.cost_variance,
        }
    }
}

impl From<&PlanChange> for PlanChangeView {
    fn from(entry: &PlanChange) -> Self {
        let requirement = entry.requirement.as_ref();
        Self {
            sequence: entry.sequence,
            event: entry.event(),
            from_status: entry.from_status,
            to_status: entry.to_status,
            note: entry.note.clone(),
            ingredient_id: requirement.map(|change| change.ingredient_id.clone()),
            changed_fields: requirement.map(|change| change.changed_fields.clone()),
            changed_by: (&entry.changed_by).into(),
            changed_at: entry.changed_at,
        }
    }
}
