//! A simulated plan in answers (D69).

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::catalog::Ratio;
use orders_domain::decimal::{Money, Quantity};
use orders_domain::planning::{PlanDifference, RequirementDifference, RequirementFigures};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::catalog::schemas::RatioText;
use super::super::common::{MoneyText, QuantityText};
use super::forecast::ForecastView;
use super::plan::{PlanExceptionView, PlanParametersView, PlanRiskView, exceptions};
use super::requirement::RequirementView;
use super::size;
use super::status::PlanStatusWord;
use crate::problem::Problem;
use crate::store::plans::{Plan, PlanWarning};
use crate::usecases::plans::simulate::Simulated;
use crate::words::{BusinessModel, PlanStatus, PlanType};

/// What would be bought. Nothing of it is stored, so it has no id, number, status or version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulatedPlan)]
pub struct SimulatedPlanView {
    /// Why it is made.
    pub plan_type: PlanType,
    /// How the tenant works; null until it is detected.
    pub business_model: Option<BusinessModel>,
    /// The tenant's date today.
    pub local_date: NaiveDate,
    /// First day of the horizon.
    pub horizon_start_date: NaiveDate,
    /// Last day of the horizon.
    pub horizon_end_date: NaiveDate,
    /// What it works with.
    pub parameters: PlanParametersView,
    /// Number of requirements.
    pub requirement_count: u32,
    /// Number of requirements whose risk is critical.
    pub critical_count: u32,
    /// What the purchases would cost, as far as prices are known.
    #[schema(value_type = MoneyText)]
    pub estimated_cost: Money,
    /// Number of suppliers to buy from.
    pub supplier_count: u32,
    /// `1 − Σ cost share²` (D66); null when nothing costs anything.
    #[schema(value_type = Option<RatioText>)]
    pub supplier_diversification: Option<Ratio>,
    /// The highest risk of any requirement (D68).
    pub risk: PlanRiskView,
    /// What a planner would have to look at, most urgent first (D65).
    pub exceptions: Vec<PlanExceptionView>,
    /// What could not be taken into account (D60).
    pub warnings: Vec<PlanWarning>,
    /// Sources that did not answer.
    pub degraded_sources: Vec<String>,
    /// One for each ingredient that is in demand or needs attention, by id.
    pub requirements: Vec<RequirementView>,
    /// What was left out of the requirements of a very large plan, so that the answer fits: `pegging`, `schedule`,
    /// `explanation`, or even `requirements`.
    #[schema(value_type = Vec<String>)]
    pub abridged: Vec<&'static str>,
    /// What is expected to be sold, by product (D70).
    pub forecasts: Vec<ForecastView>,
    /// How it differs from the plan that was made last; null where there is none of the last 90 days.
    pub difference: Option<PlanDifferenceView>,
    /// When it was simulated.
    pub as_of: DateTime<Utc>,
}

/// How a simulated plan differs from a stored one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanDifference)]
pub struct PlanDifferenceView {
    /// The stored plan.
    pub plan_id: Uuid,
    /// Its number.
    pub plan_number: String,
    /// Where it stands.
    #[schema(value_type = PlanStatusWord)]
    pub plan_status: PlanStatus,
    /// What the stored plan costs, as far as prices are known.
    #[schema(value_type = MoneyText)]
    pub estimated_cost_before: Money,
    /// What the simulated one would cost.
    #[schema(value_type = MoneyText)]
    pub estimated_cost_after: Money,
    /// How much more that is; negative when it is less.
    #[schema(value_type = MoneyText)]
    pub estimated_cost_change: Money,
    /// The ingredients of which they do not say the same, by id.
    pub requirements: Vec<RequirementDifferenceView>,
}

/// An ingredient of which a simulated plan does not say the same as the stored one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequirementDifference)]
pub struct RequirementDifferenceView {
    /// The ingredient.
    pub ingredient_id: String,
    /// Its name.
    pub name: String,
    /// Unit of the quantities.
    pub unit: String,
    /// What the stored plan says; null when it does not name the ingredient.
    pub before: Option<RequirementFiguresView>,
    /// What the simulated one says; null when it does not name the ingredient.
    pub after: Option<RequirementFiguresView>,
    /// How much more would be bought; negative when it is less.
    #[schema(value_type = QuantityText)]
    pub order_quantity_change: Quantity,
    /// How much more that costs; an unknown price counts as nothing.
    #[schema(value_type = MoneyText)]
    pub estimated_cost_change: Money,
}

/// What two plans are compared by.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequirementFigures)]
pub struct RequirementFiguresView {
    /// What to buy.
    #[schema(value_type = QuantityText)]
    pub order_quantity: Quantity,
    /// First day with a planned receipt.
    pub required_date: Option<NaiveDate>,
    /// The day to order.
    pub order_by_date: Option<NaiveDate>,
    /// From whom.
    pub supplier_id: Option<String>,
    /// What it costs; null when nobody names a price.
    #[schema(value_type = Option<MoneyText>)]
    pub estimated_cost: Option<Money>,
}

impl SimulatedPlanView {
    /// The answer for a simulation.
    ///
    /// # Errors
    /// Internal when a requirement does not serialise.
    pub fn of(simulated: Simulated) -> Result<Self, Problem> {
        let computed = simulated.computed;
        let requirements = simulated.requirements.into_iter().map(RequirementView::of);
        let mut requirements = requirements.collect::<Result<Vec<_>, Problem>>()?;
        let abridged = size::abridge(&mut requirements)?;
        Ok(Self {
            plan_type: simulated.plan_type,
            business_model: simulated.business_model,
            local_date: simulated.local_date,
            horizon_start_date: computed.horizon_start_date,
            horizon_end_date: computed.horizon_end_date,
            parameters: (&simulated.parameters).into(),
            requirement_count: computed.requirement_count,
            critical_count: computed.critical_count,
            estimated_cost: computed.estimated_cost,
            supplier_count: computed.supplier_count,
            supplier_diversification: computed.supplier_diversification,
            risk: PlanRiskView {
                score: computed.risk.score,
                level: computed.risk.level,
            },
            exceptions: exceptions(&requirements),
            warnings: simulated.warnings,
            degraded_sources: simulated.degraded_sources,
            requirements,
            abridged,
            forecasts: size::forecasts(simulated.forecasts.iter().map(ForecastView::from).collect())?,
            difference: simulated
                .compared
                .map(|(plan, difference)| PlanDifferenceView::of(&plan, difference)),
            as_of: simulated.as_of,
        })
    }
}

impl PlanDifferenceView {
    fn of(plan: &Plan, difference: PlanDifference) -> Self {
        let (before, after) = (difference.estimated_cost_before, difference.estimated_cost_after);
        Self {
            plan_id: plan.id,
            plan_number: plan.row.plan_number.clone(),
            plan_status: plan.row.status,
            estimated_cost_before: before,
            estimated_cost_after: after,
            estimated_cost_change: Money::from_scaled(after.scaled().saturating_sub(before.scaled())),
            requirements: difference.requirements.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<RequirementDifference> for RequirementDifferenceView {
    fn from(row: RequirementDifference) -> Self {
        // One of the two is there, since they differ.
        let (name, unit) = row
            .after
            .as_ref()
            .or(row.before.as_ref())
            .map(|figures| (figures.name.clone(), figures.unit.clone()))
            .unwrap_or_default();
        Self {
            ingredient_id: row.ingredient_id,
            name,
            unit,
            before: row.before.map(Into::into),
            after: row.after.map(Into::into),
            order_quantity_change: row.order_quantity_change,
            estimated_cost_change: row.estimated_cost_change,
        }
    }
}

impl From<RequirementFigures> for RequirementFiguresView {
    fn from(figures: RequirementFigures) -> Self {
        Self {
            order_quantity: figures.order_quantity,
            required_date: figures.required_date,
            order_by_date: figures.order_by_date,
            supplier_id: figures.supplier_id,
            estimated_cost: figures.estimated_cost,
        }
    }
}
