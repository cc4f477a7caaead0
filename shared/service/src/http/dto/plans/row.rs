//! Plans in lists, and the list's filters.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::Money;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::common::MoneyText;
use super::status::PlanStatusWord;
use crate::http::parse::parse_date;
use crate::http::query::QueryParameters;
use crate::problem::Problem;
use crate::store::plans::PlanInIndex;
use crate::usecases::plans::list::PlanFilter;
use crate::words::{PlanStatus, PlanType};

/// A plan in a list (§13). What is computed is null while the plan is `calculating`, and in one that `failed`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanRow)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanRowView {
    pub id: Uuid,
    pub plan_number: String,
    pub plan_type: PlanType,
    #[schema(value_type = PlanStatusWord)]
    pub status: PlanStatus,
    pub horizon_start_date: NaiveDate,
    pub horizon_end_date: NaiveDate,
    pub requirement_count: Option<u32>,
    pub critical_count: Option<u32>,
    #[schema(value_type = Option<MoneyText>)]
    pub estimated_cost: Option<Money>,
    pub created_at: DateTime<Utc>,
    pub version: u64,
}

impl PlanRowView {
    /// The row of a plan in the index; `None` when its key holds no id.
    pub fn of(found: PlanInIndex) -> Option<Self> {
        let (id, row) = (found.id()?, found.r);
        // The cost comes with the computation, in the same write.
        let is_computed = row.estimated_cost.is_some();
        Some(Self {
            id,
            plan_number: row.plan_number,
            plan_type: row.plan_type,
            status: row.status,
            horizon_start_date: row.horizon_start_date,
            horizon_end_date: row.horizon_end_date,
            requirement_count: is_computed.then_some(row.requirement_count),
            critical_count: is_computed.then_some(row.critical_count),
            estimated_cost: row.estimated_cost,
            created_at: row.created_at,
            version: found.ver,
        })
    }
}

/// The list's filters from its query.
///
/// # Errors
/// 400 `invalid-query`
pub fn read_filter(query: &QueryParameters) -> Result<PlanFilter, Problem> {
    Ok(PlanFilter {
        statuses: query.many("status", PlanStatus::parse)?,
        from: query.one("from", parse_date)?,
        to: query.one("to", parse_date)?,
    })
}
