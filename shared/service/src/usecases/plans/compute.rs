//! Computing a plan (D60–D69): rows first, the header last, so that a plan is seen whole or not at all. A message that
//! comes twice computes the same plan again, and one of the two turns the header.

use chrono::TimeDelta;
use orders_domain::planning::{self, PlanError};
use uuid::Uuid;

use super::gather::{Gathered, Scope};
use super::rows::{self, Rows};
use super::{snapshot, supersede};
use crate::app::App;
use crate::auth::Access;
use crate::messaging::PlanningMessage;
use crate::messaging::bus::Bus;
use crate::metrics::{self, PlanFigures};
use crate::partners::deadline;
use crate::problem::Problem;
use crate::store::plans::{Plan, PlanProgress, PlanResult};
use crate::store::{Replaced, keys};
use crate::usecases::forecasts::Upkeep;
use crate::words::PlanStatus;

/// The function that computes, as its metrics name it.
const FUNCTION: &str = "plan-procurement";
/// What must be left of an invocation for another piece of work: time enough to put a large plan aside.
const RESERVE: TimeDelta = TimeDelta::seconds(15);
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

/// Computes a plan that is calculating; one that is not any more is left as it is. What does not fit into this
/// invocation is put aside, and the queue told to hand the plan out again.
///
/// # Errors
/// When the table or the queue does not answer or the table holds something unreadable; the queue hands the message out
/// again.
pub async fn compute(app: &App, access: &Access, bus: &dyn Bus, plan_id: Uuid) -> Result<(), Problem> {
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
    let (outcome, order_lines) = match run(app, access, &plan).await? {
        Step::Done(outcome, order_lines) => (outcome, order_lines),
        Step::PutAside(progress) => return put_aside(app, access, bus, plan, progress).await,
    };
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

/// How far an invocation has come.
enum Step {
    /// To the end, with so many order lines.
    Done(Outcome, usize),
    /// Its time is up.
    PutAside(PlanProgress),
}

/// Gathers, computes and writes the rows, each as far as the time of this invocation allows.
async fn run(app: &App, access: &Access, plan: &Plan) -> Result<Step, Problem> {
    let (store, scope) = (app.tenant_store(access), Scope::of(plan));
    let before = match &plan.body.progress {
        Some(progress) => snapshot::load(app, access, plan.id, progress)
            .await?
            .map(|gathered| (gathered, *progress)),
        None => None,
    };
    let is_short = || deadline::current().is_some_and(|ends| ends - app.now() < RESERVE);
    let (mut gathered, before) = match before {
        Some((gathered, progress)) => (gathered, Some(progress)),
        None => (
            Gathered::begin(app, access, &scope, Upkeep::BringUpToDate).await?,
            None,
        ),
    };
    if gathered.next_date.is_some() {
        gathered.take_orders(store, scope.end, is_short).await?;
        if gathered.next_date.is_some() {
            return aside(app, access, plan, &gathered, None, 0).await;
        }
    }
    let order_lines = gathered.input.order_demand.len();
    let computed = match planning::plan(&gathered.input) {
        Ok(computed) => computed,
        Err(error) => {
            tracing::warn!(plan_id = %plan.id, code = error.code(), "a plan cannot be made");
            return Ok(Step::Done(Outcome::Failed(error), order_lines));
        }
    };
    // Fresh for each computation, and the same for all invocations of one: two of them never write the same rows.
    let run = before.map_or_else(|| app.ids().fresh(), |progress| progress.run);
    let rows = Rows::new(
        (plan.id, run),
        scope.start,
        &computed,
        &gathered.at_stake,
        &gathered.forecasts,
    );
    let from = before.map_or(0, |progress| progress.rows_written as usize);
    let written = rows.write(store, from, is_short).await?;
    if written < rows.len() {
        return aside(app, access, plan, &gathered, Some((run, before)), written).await;
    }
    tracing::info!(
        plan_id = %plan.id,
        order_lines,
        requirements = computed.requirements.len(),
        "plan computed"
    );
    let outcome = Outcome::Draft {
        run,
        figures: Figures {
            requirement_count: computed.requirement_count,
            critical_count: computed.critical_count,
            estimated_cost: computed.estimated_cost,
        },
        result: rows::result(&computed, gathered.warnings, &gathered.degraded_sources)?,
    };
    Ok(Step::Done(outcome, order_lines))
}

/// Puts aside what was gathered. Once rows are being written it stays as it is, and need not be saved again.
async fn aside(
    app: &App,
    access: &Access,
    plan: &Plan,
    gathered: &Gathered,
    writing: Option<(Uuid, Option<PlanProgress>)>,
    written: usize,
) -> Result<Step, Problem> {
    let (run, before) = match writing {
        Some((run, before)) => (run, before.filter(|progress| progress.rows_written > 0)),
        None => (app.ids().fresh(), None),
    };
    let (snapshot, parts) = match before {
        Some(progress) => (progress.snapshot, progress.parts),
        None => snapshot::save(app, access, plan.id, gathered).await?,
    };
    tracing::info!(
        plan_id = %plan.id,
        order_lines = gathered.input.order_demand.len(),
        rows_written = written,
        "plan put aside: the next invocation goes on"
    );
    Ok(Step::PutAside(PlanProgress {
        run,
        snapshot,
        parts,
        rows_written: u32::try_from(written).map_err(|_| Problem::internal("a plan has too many rows"))?,
    }))
}

/// Notes in the header how far the computation has come, and has the queue hand the plan out again. Should the queue not
/// take it, reconcile finds the plan after five minutes (D69).
async fn put_aside(
    app: &App,
    access: &Access,
    bus: &dyn Bus,
    mut plan: Plan,
    progress: PlanProgress,
) -> Result<(), Problem> {
    let (id, read) = (plan.id, plan.version);
    plan.put_aside(progress, app.now(), app.ids().fresh());
    // Somebody may have cancelled it meanwhile; then nothing is to be done any more.
    if let Replaced::Stale(_) = app.tenant_store(access).replace(&plan, read).await? {
        return Ok(());
    }
    let message = PlanningMessage {
        tenant_id: access.tenant().0,
        plan_id: id,
    };
    let sent = bus.send_planning(&message).await;
    sent.map_err(|error| Problem::unavailable(error.to_string()))
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
    plan.body.progress = None;
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
