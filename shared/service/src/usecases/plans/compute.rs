//! Computing a plan (D60–D69): rows first, the header last, so that a plan is seen whole or not at all. A message that
//! comes twice computes the same plan again, and one of the two turns the header.

use orders_domain::planning::{self, PlanError};
use uuid::Uuid;

use super::inputs::{self, Inputs};
use super::{rows, supersede};
use crate::app::App;
use crate::auth::Access;
use crate::metrics::{self, PlanFigures};
use crate::problem::Problem;
use crate::store::plans::{Plan, PlanResult};
use crate::store::{Replaced, keys};
use crate::words::PlanStatus;

/// The function that computes, as its metrics name it.
const FUNCTION: &str = "plan-procurement";
/// Lost races after which the queue tries again.
const ATTEMPTS: usize = 5;

/// What a computation came to.
enum Outcome {
    /// A plan, its rows written.
    Draft {
        run: Uuid,
        result: PlanResult,
        figures: Figures,
    },
    /// No plan can be made of this.
    Failed(PlanError),
}

/// What a list shows of a computed plan.
struct Figures {
    requirement_count: u32,
    critical_count: u32,
    estimated_cost: orders_domain::decimal::Money,
}

/// Computes a plan that is calculating; one that is not any more is left as it is.
///
/// # Errors
/// When the table does not answer or holds something unreadable; the queue hands the message out again.
pub async fn compute(app: &App, access: &Access, plan_id: Uuid) -> Result<(), Problem> {
    let key = keys::plan(access.tenant(), plan_id);
    let Some(plan) = app.tenant_store(access).get::<Plan>(&key).await? else {
        tracing::warn!(%plan_id, "a plan to compute is not there");
        return Ok(());
    };
    match plan.row.status {
        PlanStatus::Calculating => {}
        // The attempt before may have ended right after it turned the header.
        PlanStatus::Draft => return supersede::supersede_older_drafts(app, access, &plan).await,
        _ => return Ok(()),
    }
    let started = app.now();
    let inputs = inputs::load(app, access, &plan).await?;
    let order_lines = inputs.input.order_demand.len();
    let outcome = run(app, access, &plan, inputs).await?;
    // Told by the computation that turned the header: of two, one plan came about.
    match turn_header(app, access, plan, &outcome).await? {
        Some(draft) if draft.row.status == PlanStatus::Draft => {
            let ended = app.now();
            let figures = PlanFigures {
                requirements: draft.row.requirement_count,
                critical: draft.row.critical_count,
                order_lines,
                duration_millis: (ended - started).num_milliseconds(),
            };
            metrics::plan_computed(FUNCTION, ended, figures);
            supersede::supersede_older_drafts(app, access, &draft).await
        }
        Some(_) => {
            metrics::plan_failed(FUNCTION, app.now());
            Ok(())
        }
        None => Ok(()),
    }
}

async fn run(app: &App, access: &Access, plan: &Plan, inputs: Inputs) -> Result<Outcome, Problem> {
    let Inputs {
        input,
        at_stake,
        degraded_sources,
        warnings,
    } = inputs;
    let computed = match planning::plan(&input) {
        Ok(computed) => computed,
        Err(error) => {
            tracing::warn!(plan_id = %plan.id, code = error.code(), "a plan cannot be made");
            return Ok(Outcome::Failed(error));
        }
    };
    // Fresh for each computation: two of them never write the same rows.
    let run = app.ids().fresh();
    let rows = rows::rows(plan.id, run, plan.row.horizon_start_date, &computed, &at_stake)?;
    rows::write(app.tenant_store(access), &rows).await?;
    tracing::info!(
        plan_id = %plan.id,
        order_lines = input.order_demand.len(),
        requirements = computed.requirements.len(),
        "plan computed"
    );
    Ok(Outcome::Draft {
        run,
        figures: Figures {
            requirement_count: computed.requirement_count,
            critical_count: computed.critical_count,
            estimated_cost: computed.estimated_cost,
        },
        result: rows::result(&computed, warnings, degraded_sources)?,
    })
}

/// Turns the header to draft or failed; `None` when another computation has turned it.
async fn turn_header(
    app: &App,
    access: &Access,
    mut plan: Plan,
    outcome: &Outcome,
) -> Result<Option<Plan>, Problem> {
    let store = app.tenant_store(access);
    for _ in 0..ATTEMPTS {
        let read = plan.version;
        apply(&mut plan, outcome, app, access);
        match store.replace(&plan, read).await? {
            Replaced::Now => return Ok(Some(plan)),
            // Only queued again meanwhile: the result still holds.
            Replaced::Stale(Some(current)) if current.row.status == PlanStatus::Calculating => {
                plan = *current
            }
            Replaced::Stale(_) => return Ok(None),
        }
    }
    Err(Problem::unavailable("a plan's header keeps changing"))
}

fn apply(plan: &mut Plan, outcome: &Outcome, app: &App, access: &Access) {
    let to = match outcome {
        Outcome::Draft { .. } => PlanStatus::Draft,
        Outcome::Failed(_) => PlanStatus::Failed,
    };
    plan.change_status(to, access.actor(), app.now(), app.ids().fresh());
    match outcome {
        Outcome::Draft { run, result, figures } => {
            plan.body.run = Some(*run);
            plan.body.result = Some(result.clone());
            plan.row.requirement_count = figures.requirement_count;
            plan.row.critical_count = figures.critical_count;
            plan.row.estimated_cost = Some(figures.estimated_cost);
        }
        Outcome::Failed(error) => plan.body.failure_reason = Some(format!("{}: {error}", error.code())),
    }
}
