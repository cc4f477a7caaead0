//! A plan in answers: its header, and with its requirements.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Percentage};
use orders_domain::planning::RiskLevel;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::catalog::schemas::RatioText;
use super::super::common::{ActorView, MoneyText, PercentageText};
use super::requirement::{ExceptionView, RequirementView, RiskLevelWord};
use crate::auth::TenantId;
use crate::problem::Problem;
use crate::store::plans::{Plan, PlanWarning, SafetyStockMethod};
use crate::usecases::plans::get::PlanWithRequirements;
use crate::words::{BusinessModel, PlanStatus, PlanType};

/// A procurement plan's header. What is computed is null while the plan is `calculating`, and in one that `failed`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlan)]
pub struct PlanView {
    /// Identifier.
    pub id: Uuid,
    /// The tenant.
    pub tenant_id: Uuid,
    /// Counts the changes; also the ETag.
    pub version: u64,
    /// `PLAN-YYYYMMDD-NNN`.
    #[schema(examples("PLAN-20261201-001"))]
    pub plan_number: String,
    /// Why it is made.
    pub plan_type: PlanType,
    /// Where it stands.
    pub status: PlanStatus,
    /// How the tenant works; null until it is detected.
    pub business_model: Option<BusinessModel>,
    /// The tenant's date on which it was started.
    pub local_date: NaiveDate,
    /// First day of the horizon.
    pub horizon_start_date: NaiveDate,
    /// Last day of the horizon.
    pub horizon_end_date: NaiveDate,
    /// What it works with.
    pub parameters: PlanParametersView,
    /// Number of requirements.
    pub requirement_count: Option<u32>,
    /// Number of requirements whose risk is critical.
    pub critical_count: Option<u32>,
    /// What the purchases cost, as far as prices are known.
    #[schema(value_type = Option<MoneyText>)]
    pub estimated_cost: Option<Money>,
    /// Number of suppliers to buy from.
    pub supplier_count: Option<u32>,
    /// `1 − Σ cost share²` (D66); null also when nothing costs anything.
    #[schema(value_type = Option<RatioText>)]
    pub supplier_diversification: Option<orders_domain::catalog::Ratio>,
    /// The highest risk of any requirement (D68).
    pub risk: Option<PlanRiskView>,
    /// What a planner has to look at, most urgent first (D65).
    pub exceptions: Option<Vec<PlanExceptionView>>,
    /// What could not be taken into account (D60).
    pub warnings: Option<Vec<PlanWarning>>,
    /// Sources that did not answer or are not there yet; what they would have said is not in the plan.
    pub degraded_sources: Option<Vec<String>>,
    /// Who approved it; null until then.
    pub approval: Option<PlanApprovalView>,
    /// How it went; null until purchases have come.
    pub performance: Option<PlanPerformanceView>,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// The plan that took its place.
    pub superseded_by: Option<Uuid>,
    /// When it was started.
    pub created_at: DateTime<Utc>,
    /// Who started it.
    pub created_by: ActorView,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who changed it.
    pub updated_by: ActorView,
}

/// A plan with its requirements; null while it is `calculating`, and in one that `failed`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanDetail)]
pub struct PlanDetailView {
    /// The header.
    #[serde(flatten)]
    pub plan: PlanView,
    /// One for each ingredient that is in demand or needs attention, by id.
    pub requirements: Option<Vec<RequirementView>>,
}

/// What a plan works with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanParameters)]
pub struct PlanParametersView {
    /// Length of the horizon.
    pub horizon_days: u32,
    /// How safety stock is worked out (D62).
    pub safety_stock_method: SafetyStockMethod,
    /// Buffer in percent of the gross requirement.
    #[schema(value_type = PercentageText)]
    pub safety_stock_percentage: Percentage,
    /// Calendar days, where no supplier's lead time is known.
    pub lead_time_days: u32,
    /// Whether orders are demand.
    pub use_orders: bool,
    /// Whether forecasts are demand.
    pub use_forecast: bool,
}

/// The risk of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanRisk)]
pub struct PlanRiskView {
    /// 0 to 100.
    #[schema(value_type = PercentageText)]
    pub score: Percentage,
    /// What the score amounts to.
    #[schema(value_type = RiskLevelWord)]
    pub level: RiskLevel,
}

/// An exception with the ingredient it is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanException)]
pub struct PlanExceptionView {
    /// The ingredient.
    pub ingredient_id: String,
    /// The exception of its requirement.
    #[serde(flatten)]
    pub exception: ExceptionView,
}

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
    /// Share of purchases that came in time, percent.
    #[schema(value_type = Option<PercentageText>)]
    pub on_time_rate: Option<Percentage>,
    /// What was paid above the estimate; negative below it.
    #[schema(value_type = Option<MoneyText>)]
    pub cost_variance: Option<Money>,
}

impl PlanView {
    /// The answer for a plan and the exceptions of its requirements.
    pub fn of(tenant: TenantId, plan: &Plan, requirements: &[RequirementView]) -> Self {
        let (row, body) = (&plan.row, &plan.body);
        let result = body.result.as_ref();
        let risk = |of: &crate::store::plans::PlanResult| PlanRiskView {
            score: of.risk_score,
            level: of.risk_level,
        };
        Self {
            id: plan.id,
            tenant_id: tenant.0,
            version: plan.version,
            plan_number: row.plan_number.clone(),
            plan_type: row.plan_type,
            status: row.status,
            business_model: body.business_model,
            local_date: body.local_date,
            horizon_start_date: row.horizon_start_date,
            horizon_end_date: row.horizon_end_date,
            parameters: PlanParametersView {
                horizon_days: body.parameters.horizon_days,
                safety_stock_method: body.parameters.safety_stock_method,
                safety_stock_percentage: body.parameters.safety_stock_percentage,
                lead_time_days: body.parameters.lead_time_days,
                use_orders: body.parameters.use_orders,
                use_forecast: body.parameters.use_forecast,
            },
            requirement_count: result.map(|_| row.requirement_count),
            critical_count: result.map(|_| row.critical_count),
            estimated_cost: row.estimated_cost,
            supplier_count: result.map(|result| result.supplier_count),
            supplier_diversification: result.and_then(|result| result.supplier_diversification),
            risk: result.map(risk),
            exceptions: result.map(|_| exceptions(requirements)),
            warnings: result.map(|result| result.warnings.clone()),
            degraded_sources: result.map(|result| result.degraded_sources.clone()),
            // Approval and performance come with the moves that make them.
            approval: None,
            performance: None,
            failure_reason: body.failure_reason.clone(),
            superseded_by: body.superseded_by,
            created_at: row.created_at,
            created_by: (&body.created_by).into(),
            updated_at: body.updated_at,
            updated_by: (&body.updated_by).into(),
        }
    }
}

impl PlanDetailView {
    /// The answer for a plan and its requirements.
    ///
    /// # Errors
    /// Internal when a stored requirement is not what it should be.
    pub fn of(tenant: TenantId, found: PlanWithRequirements) -> Result<Self, Problem> {
        let views: Result<Vec<_>, Problem> =
            found.requirements.into_iter().map(RequirementView::of).collect();
        let views = views?;
        let plan = PlanView::of(tenant, &found.plan, &views);
        Ok(Self {
            requirements: found.plan.body.result.is_some().then_some(views),
            plan,
        })
    }
}

/// The exceptions of all requirements, most urgent first, then by ingredient. They are kept with the requirements
/// alone, because a header must stay small.
fn exceptions(requirements: &[RequirementView]) -> Vec<PlanExceptionView> {
    let mut all: Vec<_> = requirements
        .iter()
        .flat_map(|requirement| {
            requirement.exceptions.iter().map(|exception| PlanExceptionView {
                ingredient_id: requirement.ingredient_id.clone(),
                exception: exception.clone(),
            })
        })
        .collect();
    // Stable: requirements stand in the order of their ids.
    all.sort_by_key(|row| row.exception.code);
    all
}
