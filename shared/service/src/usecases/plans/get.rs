//! Reading a plan with its requirements.

use chrono::{Days, NaiveDate};
use orders_domain::planning::Peg;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys::{self, Index};
use crate::store::plans::{PeggedLine, Plan, PlanOrderLines, PlanRequirement};
use crate::store::record::{Record, from_item};
use crate::store::{Query, SortRange, StoreError, TenantStore};

/// A plan and its requirements, by ingredient; none while it is calculating, and in one that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanWithRequirements {
    /// The header.
    pub plan: Plan,
    /// The requirements of the computation that the header names.
    pub requirements: Vec<RequirementWithPegs>,
}

/// A requirement with its pegs.
#[derive(Debug, Clone, PartialEq)]
pub struct RequirementWithPegs {
    /// The requirement as the domain writes it, without `pegging`.
    pub requirement: serde_json::Value,
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
    let key = keys::plan(access.tenant(), id);
    let plan = app
        .tenant_store(access)
        .get::<Plan>(&key)
        .await?
        .ok_or_else(Problem::not_found)?;
    with_requirements(app, access, plan).await
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
    let (rows, lines) = tokio::join!(requirements(app, access, &plan), order_lines(app, access, &plan));
    let (rows, lines) = (rows?, lines?);
    let start = plan.row.horizon_start_date;
    let requirements = rows
        .into_iter()
        .map(|row| pegged(row, &lines, start))
        .collect::<Result<_, _>>()?;
    Ok(PlanWithRequirements { plan, requirements })
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

fn pegged(
    row: PlanRequirement,
    lines: &[PeggedLine],
    start: NaiveDate,
) -> Result<RequirementWithPegs, StoreError> {
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
    let pegs = pegs.collect::<Result<_, StoreError>>()?;
    Ok(RequirementWithPegs {
        requirement: row.requirement,
        pegs,
        peg_count: row.peg_count,
    })
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
        };
        let lines = [PeggedLine {
            order_id: "o".into(),
            line: 3,
            product_id: "rye".into(),
        }];
        let start: NaiveDate = "2026-12-30".parse().unwrap();
        let found = pegged(row(0), &lines, start).unwrap();
        assert_eq!(
            (found.pegs[0].line, found.pegs[0].date.to_string()),
            (3, "2027-01-01".to_owned())
        );
        assert!(pegged(row(1), &lines, start).is_err());
    }
}
