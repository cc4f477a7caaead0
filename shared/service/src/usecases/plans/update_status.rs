//! Moving a plan (D69). The answers come in the order of D12: same status, illegal move, role.

use orders_domain::permissions::permits_plan_move;
use orders_domain::procurement::{PlanMover, allowed_transitions, transition};
use uuid::Uuid;

use super::get::{self, PlanWithRequirements};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::Written;
use crate::store::plans::Plan;
use crate::words::PlanStatus;

/// How often a lost race is tried again before the caller is told.
const ATTEMPTS: usize = 5;

/// A move that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMove {
    /// The status the plan should have.
    pub status: PlanStatus,
    /// What is to be said about it.
    pub note: Option<String>,
}

/// Moves a plan; the same status again changes nothing.
///
/// # Errors
/// 404, 412, 409 `invalid-status-transition`, 403, 409 `version-conflict`.
pub async fn update_status(
    app: &App,
    access: &Access,
    id: Uuid,
    asked: &PlanMove,
    if_match: Option<u64>,
) -> Result<PlanWithRequirements, Problem> {
    for _ in 0..ATTEMPTS {
        let plan = get::find(app, access, id).await?;
        check_if_match(if_match, plan.version)?;
        if plan.row.status == asked.status {
            return get::with_requirements(app, access, plan).await;
        }
        judge(access, &plan, asked.status)?;
        let mut moved = plan.clone();
        let write_id = app.ids().fresh();
        moved.decide(
            asked.status,
            asked.note.clone(),
            access.actor(),
            app.now(),
            write_id,
        );
        match app
            .tenant_store(access)
            .write_plan(&moved, plan.version, None)
            .await?
        {
            Written::Now => return get::with_requirements(app, access, moved).await,
            Written::Other(None) => return Err(Problem::not_found()),
            Written::Other(Some(_)) => {}
            Written::Refused(_) | Written::TooLarge => {
                return Err(Problem::internal("a plan's header could not be written"));
            }
        }
    }
    Err(kept_changing())
}

/// The answer to whoever lost every race.
pub(super) fn kept_changing() -> Problem {
    Problem::new(ProblemCode::VersionConflict, "The plan kept changing; try again.")
}

fn judge(access: &Access, plan: &Plan, to: PlanStatus) -> Result<(), Problem> {
    let from = plan.row.status;
    let mover = transition(from, to).filter(|mover| *mover != PlanMover::System);
    let Some(mover) = mover else {
        let allowed: Vec<_> = allowed_transitions(from).iter().map(|s| s.as_str()).collect();
        return Err(Problem::new(
            ProblemCode::InvalidStatusTransition,
            format!("A plan that is {} cannot become {}.", from.as_str(), to.as_str()),
        )
        .with("current", from.as_str())
        .with("requested", to.as_str())
        .with("allowed", allowed));
    };
    if permits_plan_move(access.role(), mover) {
        Ok(())
    } else {
        Err(access.denied())
    }
}
