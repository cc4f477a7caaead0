//! Reading a plan with its requirements.

use chrono::{Days, NaiveDate};
use orders_domain::planning::Peg;
use orders_domain::procurement::{Performance, performance};
use uuid::Uuid;

use super::purchase;
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::forecasts::{KeptForecast, PlanForecasts, SourcedForecast};
use crate::store::keys::{self, Index};
use crate::store::plans::{PeggedLine, Plan, PlanOrderLines, PlanRequirement, RequirementProgress};
use crate::store::record::{Record, from_item};
use crate::store::{Query, SortRange, StoreError, TenantStore};

/// A plan and its requirements.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanWithRequirements {
    /// The header.
    pub plan: Plan,
    /// The requirements of the computation that the header names, by ingredient; none while it is calculating, in one that
    /// failed, and in one that was cancelled long ago.
    pub requirements: Option<Vec<RequirementWithPegs>>,
    /// How it went; none until something has come.
    pub performance: Option<Performance>,
    /// The forecasts it was made with, by product.
    pub forecasts: Vec<SourcedForecast>,
}

/// A requirement with its pegs.
#[derive(Debug, Clone, PartialEq)]
pub struct RequirementWithPegs {
    /// The requirement as the domain writes it, without `pegging`, in the status that it has in its plan.
    pub requirement: serde_json::Value,
    /// What people have made of it.
    pub progress: RequirementProgress,
    /// The pegs that are kept, by date and order.
    pub pegs: Vec<Peg>,
    /// How many there are in all.
    pub peg_count: u32,
}

/// A plan, as of now.
///
/// # Errors
/// 404
pub async fn get(app: &App, access: &Access, id: Uuid) -> Result<PlanWithRequirements, Problem> {
    let plan = find(app, access, id).await?;
    with_requirements(app, access, plan).await
}

/// A plan's header, as of now.
///
/// # Errors
/// 404, also when it is past its time and the table has not removed it yet.
pub(super) async fn find(app: &App, access: &Access, id: Uuid) -> Result<Plan, Problem> {
    let key = keys::plan(access.tenant(), id);
    let plan = app.tenant_store(access).get::<Plan>(&key).await?;
    plan.filter(|plan| !plan.is_expired(app.now()))
        .ok_or_else(Problem::not_found)
}

/// A plan's requirements beside its header.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn with_requirements(
    app: &App,
    access: &Access,
    plan: Plan,
) -> Result<PlanWithRequirements, Problem> {
    if plan.body.result.is_none() || plan.requirements_are_expired(app.now()) {
        return Ok(PlanWithRequirements {
            plan,
            requirements: None,
            performance: None,
            forecasts: Vec::new(),
        });
    }
    let (rows, lines, forecasts) = tokio::join!(
        requirements(app, access, &plan),
        order_lines(app, access, &plan),
        forecasts(app, access, &plan)
    );
    let (rows, lines, forecasts) = (rows?, lines?, forecasts?);
    let outcomes = rows.iter().map(|row| purchase::outcome(row, plan.row.status));
    let outcomes: Vec<_> = outcomes.collect::<Result<_, Problem>>()?;
    let performance = performance(&outcomes, app.today(access))
        .map_err(|error| Problem::internal(format!("how a plan went: {error}")))?;
    let requirements = rows.into_iter().map(|row| pegged(row, &lines, &plan));
    Ok(PlanWithRequirements {
        requirements: Some(requirements.collect::<Result<_, Problem>>()?),
        plan,
        performance,
        forecasts,
    })
}

/// One requirement of a plan with its pegs.
///
/// # Errors
/// 503 when the table does not answer.
pub(super) async fn with_pegs(
    app: &App,
    access: &Access,
    plan: &Plan,
    row: PlanRequirement,
) -> Result<RequirementWithPegs, Problem> {
    let lines = order_lines(app, access, plan).await?;
    pegged(row, &lines, plan)
}

/// The rows of the computation that the header names, by ingredient, pegs still apart.
///
/// # Errors
/// [`StoreError`]
pub async fn requirements(
    app: &App,
    access: &Access,
    plan: &Plan,
) -> Result<Vec<PlanRequirement>, StoreError> {
    match plan.body.run {
        Some(run) => {
            read_all(
                app.tenant_store(access),
                plan.id,
                keys::plan_requirements_prefix(run),
            )
            .await
        }
        None => Ok(Vec::new()),
    }
}

async fn order_lines(app: &App, access: &Access, plan: &Plan) -> Result<Vec<PeggedLine>, StoreError> {
    let Some(run) = plan.body.run else {
        return Ok(Vec::new());
    };
    let parts: Vec<PlanOrderLines> = read_all(
        app.tenant_store(access),
        plan.id,
        keys::plan_order_lines_prefix(run),
    )
    .await?;
    Ok(parts.into_iter().flat_map(|part| part.lines).collect())
}

async fn forecasts(app: &App, access: &Access, plan: &Plan) -> Result<Vec<SourcedForecast>, StoreError> {
    let Some(run) = plan.body.run else {
        return Ok(Vec::new());
    };
    let parts: Vec<PlanForecasts> = read_all(
        app.tenant_store(access),
        plan.id,
        keys::plan_forecasts_prefix(run),
    )
    .await?;
    let kept = parts.into_iter().flat_map(|part| part.products);
    Ok(kept.map(KeptForecast::into_forecast).collect())
}

async fn read_all<R: Record>(
    store: TenantStore<'_>,
    plan: Uuid,
    prefix: String,
) -> Result<Vec<R>, StoreError> {
    let query = Query::all(Index::Primary, keys::plan_partition(store.tenant(), plan));
    let items = store
        .query_all(Query {
            range: SortRange::Prefix(prefix),
            ..query
        })
        .await?;
    items.into_iter().map(from_item).collect()
}

fn pegged(row: PlanRequirement, lines: &[PeggedLine], plan: &Plan) -> Result<RequirementWithPegs, Problem> {
    let pegs = pegs(&row, lines, plan.row.horizon_start_date)?;
    Ok(RequirementWithPegs {
        pegs,
        peg_count: row.peg_count,
        requirement: purchase::shown(row.requirement, plan.row.status)?,
        progress: row.progress,
    })
}

fn pegs(row: &PlanRequirement, lines: &[PeggedLine], start: NaiveDate) -> Result<Vec<Peg>, StoreError> {
    let lost =
        || StoreError::Corrupt("a peg names an order line or a day that its plan does not have".into());
    let pegs = row.pegs.iter().map(|peg| {
        let line = usize::try_from(peg.line)
            .ok()
            .and_then(|index| lines.get(index))
            .ok_or_else(lost)?;
        Ok(Peg {
            order_id: line.order_id.clone(),
            line: line.line,
            product_id: line.product_id.clone(),
            quantity: peg.quantity,
            date: start
                .checked_add_days(Days::new(u64::from(peg.day)))
                .ok_or_else(lost)?,
        })
    });
    pegs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plans::PegAtRest;

    #[test]
    fn a_peg_without_its_order_line_is_an_error_and_not_silently_left_out() {
        let row = |line| PlanRequirement {
            plan: Uuid::nil(),
            run: Uuid::nil(),
            ingredient_id: "flour".into(),
            requirement: serde_json::Value::Null,
            pegs: vec![PegAtRest {
                line,
                quantity: orders_domain::decimal::Quantity::ZERO,
                day: 2,
            }],
            peg_count: 1,
            pegged_orders: 1,
            pegged_customers: 1,
            pegged_revenue: None,
            progress: RequirementProgress::default(),
        };
        let lines = [PeggedLine {
            order_id: "o".into(),
            line: 3,
            product_id: "rye".into(),
        }];
        let start: NaiveDate = "2026-12-30".parse().unwrap();
        let found = pegs(&row(0), &lines, start).unwrap();
        assert_eq!(
            (found[0].line, found[0].date.to_string()),
            (3, "2027-01-01".to_owned())
        );
        assert!(pegs(&row(1), &lines, start).is_err());
    }
}
