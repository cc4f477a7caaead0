//! A plan in answers: its header, and with its requirements.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Percentage};
use orders_domain::planning::RiskLevel;
use orders_domain::procurement::allowed_transitions;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::catalog::schemas::RatioText;
use super::super::common::{ActorView, MoneyText, PercentageText};
use super::forecast::ForecastView;
use super::life::{PlanApprovalView, PlanChangeView, PlanPerformanceView};
use super::requirement::RequirementView;
use super::requirement_parts::{ExceptionView, RiskLevelWord};
use super::size;
use super::status::PlanStatusWord;
use crate::auth::TenantId;
use crate::problem::Problem;
use crate::store::plans::{Plan, PlanRunParameters, PlanWarning, SafetyStockMethod};
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
    #[schema(value_type = PlanStatusWord)]
    pub status: PlanStatus,
    /// The statuses that somebody may move it to.
    #[schema(value_type = Vec<PlanStatusWord>)]
    pub allowed_transitions: Vec<PlanStatus>,
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
    /// What a planner has to look at, most urgent first (D65): of the requirements that the answer shows.
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

/// A plan with its history and its requirements; these are null while it is `calculating`, in one that `failed`, and in one
/// that was `cancelled` 30 days ago.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementPlanDetail)]
pub struct PlanDetailView {
    /// The header.
    #[serde(flatten)]
    pub plan: PlanView,
    /// What has happened to it, newest first: the last 20 to 40 changes.
    pub history: Vec<PlanChangeView>,
    /// One for each ingredient that is in demand or needs attention, by id.
    pub requirements: Option<Vec<RequirementView>>,
    /// Where the rest of the requirements of a very large plan starts: read the plan with it as `cursor`. Null when these
    /// are the last.
    pub requirements_next_cursor: Option<String>,
    /// What is expected to be sold, by product: the forecasts it was made with (D70). A very large plan shows them without
    /// their days, and the first of them only. They stand on the first page.
    pub forecasts: Option<Vec<ForecastView>>,
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
    /// How often demand during the lead time is to be met, percent; null for methods that do not ask.
    #[schema(value_type = Option<PercentageText>)]
    pub service_level: Option<Percentage>,
    /// Calendar days, where no supplier's lead time is known.
    pub lead_time_days: u32,
    /// Whether orders are demand.
    pub use_orders: bool,
    /// Whether forecasts are demand.
    pub use_forecast: bool,
}

impl From<&PlanRunParameters> for PlanParametersView {
    fn from(parameters: &PlanRunParameters) -> Self {
        Self {
            horizon_days: parameters.horizon_days,
            safety_stock_method: parameters.safety_stock_method,
            safety_stock_percentage: parameters.safety_stock_percentage,
            service_level: parameters.service_level,
            lead_time_days: parameters.lead_time_days,
            use_orders: parameters.use_orders,
            use_forecast: parameters.use_forecast,
        }
    }
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
            allowed_transitions: allowed_transitions(row.status).to_vec(),
            business_model: body.business_model,
            local_date: body.local_date,
            horizon_start_date: row.horizon_start_date,
            horizon_end_date: row.horizon_end_date,
            parameters: (&body.parameters).into(),
            requirement_count: result.map(|_| row.requirement_count),
            critical_count: result.map(|_| row.critical_count),
            estimated_cost: row.estimated_cost,
            supplier_count: result.map(|result| result.supplier_count),
            supplier_diversification: result.and_then(|result| result.supplier_diversification),
            risk: result.map(risk),
            exceptions: result.map(|_| exceptions(requirements)),
            warnings: result.map(|result| result.warnings.clone()),
            degraded_sources: result.map(|result| result.degraded_sources.clone()),
            approval: body.approval.as_ref().map(PlanApprovalView::from),
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
    /// The answer for a plan and its requirements from behind an ingredient on, as many as fit; and the ingredient behind
    /// which the rest stands, where some did not.
    ///
    /// # Errors
    /// Internal when a stored requirement is not what it should be.
    pub fn page(
        tenant: TenantId,
        found: PlanWithRequirements,
        after: Option<&str>,
    ) -> Result<(Self, Option<String>), Problem> {
        let performance = found.performance.map(PlanPerformanceView::from);
        let views = found.requirements.map(|rows| {
            let views = rows.into_iter().map(RequirementView::of);
            // They come by id.
            let behind =
                |view: &RequirementView| after.is_none_or(|after| view.ingredient_id.as_str() > after);
            views
                .filter(|view| view.as_ref().map_or(true, behind))
                .collect::<Result<Vec<_>, _>>()
        });
        let page = views.transpose()?.map(size::first_page).transpose()?;
        let last = page.as_ref().and_then(|(views, whole)| {
            let last = views.last().filter(|_| !whole)?;
            Some(last.ingredient_id.clone())
        });
        let views = page.map(|(views, _)| views);
        let forecasts = found.forecasts.iter().map(ForecastView::from).collect();
        let forecasts = match (&views, after) {
            (None, _) => None,
            (Some(_), None) => Some(size::forecasts(forecasts)?),
            // They stand on the first page.
            (Some(_), Some(_)) => Some(Vec::new()),
        };
        let plan = PlanView::of(tenant, &found.plan, views.as_deref().unwrap_or_default());
        let view = Self {
            plan: PlanView { performance, ..plan },
            history: found
                .plan
                .body
                .history
                .iter()
                .rev()
                .map(PlanChangeView::from)
                .collect(),
            forecasts,
            requirements: views,
            requirements_next_cursor: None,
        };
        Ok((view, last))
    }
}

/// The exceptions of all requirements, most urgent first, then by ingredient. They are kept with the requirements
/// alone, because a header must stay small.
pub(super) fn exceptions(requirements: &[RequirementView]) -> Vec<PlanExceptionView> {
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
