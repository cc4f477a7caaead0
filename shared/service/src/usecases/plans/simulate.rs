//! A plan that nobody stores: what would be bought if demand, stock, lead times or suppliers were others (D69).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::Quantity;
use orders_domain::planning::{
    self, IngredientOverride, Plan as Computed, PlanDifference, PlanError, RequirementFigures, difference,
    suppose,
};
use serde::Deserialize as _;

use super::gather::{Gathered, Scope};
use super::get::{self, RequirementWithPegs};
use super::start::{self, NewPlan};
use super::{around, created_between, rows};
use crate::app::App;
use crate::auth::Access;
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::store::keys;
use crate::store::plans::{Plan, PlanRunParameters, PlanWarning};
use crate::usecases::forecasts::{SourcedForecast, Upkeep};
use crate::usecases::orders::business_model;
use crate::words::{BusinessModel, PlanStatus, PlanType};

/// Days in which a plan is looked for to compare with: older ones say nothing about now.
const COMPARED_DAYS: u64 = 90;
/// The order that demand which nobody has placed is pegged to.
const SUPPOSED_ORDER: &str = "extra-demand";

/// What is to be supposed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Supposition {
    /// The plan, as one that is started.
    pub plan: NewPlan,
    /// Demand on top of orders and forecast.
    pub extra_demand: Vec<ExtraDemand>,
    /// What is supposed of ingredients, by id.
    pub overrides: BTreeMap<String, IngredientOverride>,
}

/// Demand that nobody has placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraDemand {
    /// The product.
    pub product_id: String,
    /// The day of delivery.
    pub date: NaiveDate,
    /// How much of it.
    pub quantity: Quantity,
}

/// What would be bought.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Simulated {
    pub plan_type: PlanType,
    pub business_model: Option<BusinessModel>,
    pub local_date: NaiveDate,
    pub parameters: PlanRunParameters,
    /// The plan as the planner made it.
    pub computed: Computed,
    /// Its requirements, as a stored plan would have them.
    pub requirements: Vec<RequirementWithPegs>,
    pub forecasts: Vec<SourcedForecast>,
    pub warnings: Vec<PlanWarning>,
    pub degraded_sources: Vec<String>,
    /// The plan that it is compared with, and how it differs; none where there is no plan of the last 90 days.
    pub compared: Option<(Plan, PlanDifference)>,
    pub as_of: DateTime<Utc>,
}

/// Simulates a plan. Nothing is stored.
///
/// # Errors
/// 503 `procurement-planning-disabled`; 422 that names every product and ingredient the catalog does not know and every
/// day outside of the horizon; 422 `recipe-cycle`; 422 `amount-overflow`.
pub async fn simulate(app: &App, access: &Access, supposition: Supposition) -> Result<Simulated, Problem> {
    start::check_enabled(access)?;
    let local_date = app.today(access);
    let (parameters, (start, end)) = start::run_parameters(access, &supposition.plan, local_date)?;
    let scope = Scope {
        plan: None,
        start,
        end,
        today: local_date,
        parameters,
    };
    let (gathered, model, before) = futures_util::try_join!(
        gather(app, access, &scope),
        async { Ok(business_model::current(app, access).await?) },
        latest(app, access, local_date),
    )?;
    let mut gathered = gathered;
    check(&supposition, &gathered, &scope).map_err(Problem::fields)?;
    suppose(&mut gathered.input, &supposition.overrides);
    for (row, line) in supposition.extra_demand.iter().zip(1_u16..) {
        let lines = &mut gathered.input.order_demand;
        lines.push(SUPPOSED_ORDER, line, &row.product_id, row.date, row.quantity);
    }
    let computed = planning::plan(&gathered.input).map_err(refused)?;
    let after: Vec<RequirementFigures> = computed.requirements.iter().map(Into::into).collect();
    let result = rows::result(&computed, gathered.warnings, &gathered.degraded_sources)?;
    Ok(Simulated {
        plan_type: supposition.plan.plan_type,
        business_model: model,
        local_date,
        parameters: scope.parameters,
        forecasts: gathered.forecasts,
        warnings: result.warnings,
        degraded_sources: result.degraded_sources,
        compared: before.map(|(plan, before)| (plan, difference(&before, &after))),
        requirements: rows::unstored(&computed)?,
        computed,
        as_of: app.now(),
    })
}

async fn gather(app: &App, access: &Access, scope: &Scope) -> Result<Gathered, Problem> {
    let mut gathered = Gathered::begin(app, access, scope, Upkeep::ReadOnly).await?;
    gathered
        .take_orders(app.tenant_store(access), scope.end, || false)
        .await?;
    Ok(gathered)
}

/// The plan that was made last, with what it buys.
async fn latest(
    app: &App,
    access: &Access,
    today: NaiveDate,
) -> Result<Option<(Plan, Vec<RequirementFigures>)>, Problem> {
    let store = app.tenant_store(access);
    let earliest = today.checked_sub_days(chrono::Days::new(COMPARED_DAYS));
    let (from, to) = (around(earliest.unwrap_or(today)).0, around(today).1);
    let mut plans = created_between(store, from, to).await?;
    plans.retain(|plan| {
        !matches!(
            plan.r.status,
            PlanStatus::Calculating | PlanStatus::Failed | PlanStatus::Cancelled
        )
    });
    let Some(id) = plans.last().and_then(crate::store::plans::PlanInIndex::id) else {
        return Ok(None);
    };
    let Some(plan) = store.get::<Plan>(&keys::plan(access.tenant(), id)).await? else {
        return Ok(None);
    };
    let rows = get::requirements(app, access, &plan).await?;
    let figures = rows.iter().map(|row| {
        RequirementFigures::deserialize(&row.requirement)
            .map_err(|error| Problem::internal(format!("a stored requirement does not parse: {error}")))
    });
    let figures = figures.collect::<Result<_, _>>()?;
    Ok(Some((plan, figures)))
}

/// Everything that is supposed of something nobody knows. What was sent is not repeated: the pointer says where it stands.
fn check(supposition: &Supposition, gathered: &Gathered, scope: &Scope) -> Result<(), Vec<FieldError>> {
    let catalog = &gathered.input.catalog;
    let mut faults = Vec::new();
    let mut fault = |pointer: String, code, detail: String| {
        faults.push(FieldError {
            pointer,
            code,
            detail,
        });
    };
    for (index, row) in supposition.extra_demand.iter().enumerate() {
        let id = &row.product_id;
        if !catalog.products.contains_key(id) && !catalog.ingredients.contains_key(id) {
            let detail = "The catalog knows no such product.".to_owned();
            let pointer = format!("/extra_demand/{index}/product_id");
            fault(pointer, ProblemCode::InvalidValue, detail);
        }
        if !(scope.start..=scope.end).contains(&row.date) {
            let detail = format!("Outside of the horizon, {} to {}.", scope.start, scope.end);
            let pointer = format!("/extra_demand/{index}/date");
            fault(pointer, ProblemCode::InvalidDate, detail);
        }
    }
    for (id, supposed) in &supposition.overrides {
        let Some(ingredient) = catalog.ingredients.get(id) else {
            let detail = "The catalog knows no such ingredient.".to_owned();
            fault(format!("/overrides/{id}"), ProblemCode::InvalidValue, detail);
            continue;
        };
        for (index, supplier) in supposed.unavailable_suppliers.iter().enumerate() {
            if !ingredient
                .offers
                .iter()
                .any(|offer| offer.supplier_id == *supplier)
            {
                let detail = "This supplier does not offer the ingredient.".to_owned();
                let pointer = format!("/overrides/{id}/unavailable_suppliers/{index}");
                fault(pointer, ProblemCode::InvalidValue, detail);
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Why no plan can be made of this.
fn refused(error: PlanError) -> Problem {
    match error {
        PlanError::RecipeCycle { ref path } => Problem::new(
            ProblemCode::RecipeCycle,
            format!("The recipes contain themselves: {}.", path.join(" → ")),
        )
        .with("cycle", serde_json::json!(path)),
        PlanError::Overflow => Problem::new(
            ProblemCode::AmountOverflow,
            "A quantity of the plan is too large to count.",
        ),
        PlanError::InvalidHorizon | PlanError::InvalidServiceLevel => {
            Problem::internal(format!("a checked parameter was refused: {error}"))
        }
    }
}
