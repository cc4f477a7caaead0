//! Plans that have been calculating for too long (D69): queued again, and given up after three tries.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::auth::Grant;
use crate::messaging::{PlanningMessage, WorkError, Worker};
use crate::store::plans::{Plan, PlanInIndex};
use crate::store::record::{Item, Record as _, from_index, text};
use crate::store::{Replaced, keys};
use crate::words::PlanStatus;

/// How long a plan may be calculating before it is queued again.
const STUCK_AFTER: TimeDelta = TimeDelta::minutes(5);
/// Tries after which a plan has failed, the first one included.
const TRIES: u32 = 3;

/// What is to become of a plan that is still calculating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It has time, or it is done.
    Wait,
    /// It gets another try.
    QueueAgain,
    /// It has had its tries.
    GiveUp,
}

/// The plan behind an index row, when the row says that it is calculating.
///
/// # Errors
/// When the row is a plan's and does not parse.
pub(super) fn calculating_plan(item: &Item) -> Result<Option<Uuid>, WorkError> {
    if text(item, "k") != Some(Plan::KIND) {
        return Ok(None);
    }
    let row: PlanInIndex = from_index(item.clone())?;
    Ok(row.id().filter(|_| row.r.status == PlanStatus::Calculating))
}

/// Queues a plan again that has been calculating for too long, or gives it up; tells what it did.
///
/// # Errors
/// When the table does not answer or the queue does not take it; then the next run comes back to it.
pub(super) async fn rescue(
    worker: &Worker,
    grant: &Grant,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Verdict, WorkError> {
    let store = worker.app.tenant_store(grant);
    let Some(read) = store.get::<Plan>(&keys::plan(grant.tenant(), id)).await? else {
        return Ok(Verdict::Wait);
    };
    let verdict = judge(&read, now);
    let (mut plan, write_id) = (read.clone(), worker.app.ids().fresh());
    match verdict {
        Verdict::Wait => return Ok(Verdict::Wait),
        Verdict::QueueAgain => plan.queue_again(now, write_id),
        Verdict::GiveUp => {
            plan.change_status(PlanStatus::Failed, grant.actor(), now, write_id);
            plan.body.failure_reason = Some(format!("It was tried {TRIES} times and never finished."));
        }
    }
    // Whoever changed it meanwhile has brought it forward: nothing is left to do here.
    if let Replaced::Stale(_) = store.replace(&plan, read.version).await? {
        return Ok(Verdict::Wait);
    }
    if verdict == Verdict::GiveUp {
        tracing::error!(plan_id = %id, "plan given up");
    } else {
        worker
            .bus
            .send_planning(&PlanningMessage {
                tenant_id: grant.tenant().0,
                plan_id: id,
            })
            .await?;
        tracing::warn!(plan_id = %id, attempts = plan.body.attempts, "plan queued again");
    }
    Ok(verdict)
}

fn judge(plan: &Plan, now: DateTime<Utc>) -> Verdict {
    let calculating = plan.row.status == PlanStatus::Calculating;
    if !calculating || now - plan.body.queued_at <= STUCK_AFTER {
        Verdict::Wait
    } else if plan.body.attempts < TRIES {
        Verdict::QueueAgain
    } else {
        Verdict::GiveUp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(status: &str, attempts: u32) -> Plan {
        let actor = serde_json::json!({"u": "u", "r": "member"});
        let item = serde_json::json!({
            "id": Uuid::from_u128(4), "ver": 1, "wid": Uuid::from_u128(9),
            "r": {
                "pn": "PLAN-20261207-001", "t": "regular", "s": status, "hs": "2026-12-07", "he": "2026-12-20", "ca": 0,
            },
            "b": {
                "ld": "2026-12-07", "at": attempts, "qa": 0, "by": actor, "ua": 0, "ub": actor, "h": [],
                "pa": {
                    "horizon_days": 14, "safety_stock_percentage": "20.00", "lead_time_days": 3,
                    "use_orders": true, "use_forecast": false,
                },
            },
        });
        serde_json::from_value(item).unwrap()
    }

    #[test]
    fn a_stuck_plan_gets_three_tries_five_minutes_apart() {
        // D69
        let after = |minutes: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        assert_eq!(judge(&plan("calculating", 1), after(5)), Verdict::Wait);
        assert_eq!(judge(&plan("calculating", 1), after(6)), Verdict::QueueAgain);
        assert_eq!(judge(&plan("calculating", 2), after(6)), Verdict::QueueAgain);
        assert_eq!(judge(&plan("calculating", 3), after(5)), Verdict::Wait);
        assert_eq!(judge(&plan("calculating", 3), after(6)), Verdict::GiveUp);
        assert_eq!(judge(&plan("draft", 1), after(600)), Verdict::Wait);
    }
}
