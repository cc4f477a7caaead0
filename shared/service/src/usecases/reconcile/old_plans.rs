//! Plans that have had their time (D69): a draft is cancelled after seven days, and rows that nobody will read again are
//! marked for the table to forget. Those are the rows of computations that ended before they turned a header, and, after
//! a while, of plans that are completed, cancelled or failed.
//!
//! A plan is swept once, and once more when it has become final; its index row says so. A sweep that is cut short marks
//! nothing in the header, so that the next night begins again, and finds most of it done.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use crate::auth::Grant;
use crate::messaging::{WorkError, Worker};
use crate::store::keys::{self, Index, Key};
use crate::store::plans::{Plan, PlanChange, PlanInIndex};
use crate::store::record::{Item, Record as _, from_index, number, text};
use crate::store::{Query, Replaced, StoreError, TenantStore};
use crate::words::PlanStatus;

/// How long a plan may be a draft (D69).
const DRAFTS_KEPT_FOR: TimeDelta = TimeDelta::days(7);
/// How long after its last change a plan may still get rows of a computation that is on its way.
const SETTLED_AFTER: TimeDelta = TimeDelta::hours(1);
/// How long the rows of computations that came to nothing are kept, for whoever looks into them.
const STRAY_ROWS_KEPT_FOR: TimeDelta = TimeDelta::days(7);
/// Writes that run side by side.
const CONCURRENT_WRITES: usize = 16;

/// What was done about a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tidied {
    /// A draft was cancelled.
    Cancelled,
    /// Its rows were marked.
    Swept,
}

/// The plan behind an index row, when the row says that there may be something to do about it.
///
/// # Errors
/// When the row is a plan's and does not parse.
pub(super) fn due(item: &Item, now: DateTime<Utc>) -> Result<Option<Uuid>, WorkError> {
    if text(item, "k") != Some(Plan::KIND) {
        return Ok(None);
    }
    let row: PlanInIndex = from_index(item.clone())?;
    let age = now - row.r.created_at;
    let is_due = match row.r.status {
        PlanStatus::Calculating => false,
        PlanStatus::Draft => age > DRAFTS_KEPT_FOR || (!row.r.swept && age > SETTLED_AFTER),
        _ => !row.r.swept,
    };
    Ok(row.id().filter(|_| is_due))
}

/// Does what is to be done about a plan; tells what that was.
///
/// # Errors
/// When the table does not answer; then the next night comes back to it.
pub(super) async fn tidy(
    worker: &Worker,
    grant: &Grant,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Tidied>, WorkError> {
    let store = worker.app.tenant_store(grant);
    let Some(plan) = store.get::<Plan>(&keys::plan(grant.tenant(), id)).await? else {
        return Ok(None);
    };
    let (read, write_id) = (plan.version, worker.app.ids().fresh());
    let mut next = plan.clone();
    let tidied = if is_old_draft(&plan, now) {
        let note = Some("It was a draft for seven days.".to_owned());
        next.decide(PlanStatus::Cancelled, note, grant.actor(), now, write_id);
        Tidied::Cancelled
    } else if is_to_be_swept(&plan, now) {
        sweep(store, &plan, now).await?;
        next.mark_swept(write_id);
        Tidied::Swept
    } else {
        return Ok(None);
    };
    // Whoever changed it meanwhile has made something else of it: the next night looks again.
    match store.replace(&next, read).await? {
        Replaced::Now => {
            tracing::info!(plan_id = %id, ?tidied, "plan tidied");
            Ok(Some(tidied))
        }
        Replaced::Stale(_) => Ok(None),
    }
}

/// Whether a plan has been a draft for too long, counted from when it last became one: a plan that was sent back yesterday
/// is to be worked on.
fn is_old_draft(plan: &Plan, now: DateTime<Utc>) -> bool {
    let became_draft = |entry: &&PlanChange| {
        entry.to_status == PlanStatus::Draft && entry.from_status != Some(PlanStatus::Draft)
    };
    let entry = plan.body.history.iter().rev().find(became_draft);
    // Many edits ago: that entry stands beside the record, and is not younger than what stands in it.
    let since = entry.or(plan.body.history.first()).map(|entry| entry.changed_at);
    plan.row.status == PlanStatus::Draft && since.is_some_and(|since| now - since > DRAFTS_KEPT_FOR)
}

fn is_to_be_swept(plan: &Plan, now: DateTime<Utc>) -> bool {
    let calculating = plan.row.status == PlanStatus::Calculating;
    !plan.row.swept && !calculating && now - plan.body.updated_at > SETTLED_AFTER
}

/// Marks the rows of a plan that nobody will read again.
async fn sweep(store: TenantStore<'_>, plan: &Plan, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut query = Query::all(Index::Primary, keys::plan_partition(store.tenant(), plan.id));
    loop {
        let page = store.query(query.clone()).await?;
        let marks: Vec<_> = page
            .items
            .iter()
            .filter_map(|item| mark(plan, item, now))
            .collect();
        let outcomes: Vec<_> = stream::iter(marks)
            .map(|(key, at)| async move { store.expire(&key, at).await })
            .buffer_unordered(CONCURRENT_WRITES)
            .collect()
            .await;
        // One that failed keeps none of the others from being done.
        outcomes.into_iter().collect::<Result<(), _>>()?;
        match page.next {
            Some(next) => query.start = Some(next),
            None => return Ok(()),
        }
    }
}

/// When a row may be forgotten; `None` when it is to be kept, or says so already.
fn mark(plan: &Plan, item: &Item, now: DateTime<Utc>) -> Option<(Key, DateTime<Utc>)> {
    let (pk, sk) = (text(item, "pk")?, text(item, "sk")?);
    let marked = number(item, "ttl");
    let is_of = |prefix: String| sk.starts_with(&prefix);
    let at = match sk.get(..2)? {
        "R#" | "L#" | "F#" => {
            let in_force = plan.body.run.is_some_and(|run| {
                is_of(keys::plan_requirements_prefix(run))
                    || is_of(keys::plan_order_lines_prefix(run))
                    || is_of(keys::plan_forecasts_prefix(run))
            });
            if in_force {
                plan.requirements_expire_at()?
            } else if marked.is_some() {
                return None;
            } else {
                now + STRAY_ROWS_KEPT_FOR
            }
        }
        // The older part of its history goes with the plan.
        "H#" => plan.expires_at?,
        _ => return None,
    };
    (marked != Some(at.timestamp())).then(|| (Key::new(pk, sk), at))
}

#[cfg(test)]
mod tests;
