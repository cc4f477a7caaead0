//! Reconcile: the relay's walk on a schedule, for when the stream or the relay was down, a second chance for plans that
//! got stuck (D69), the rest of erasures that were cut short (D34), and once a night a recount of the rollups (D90) and the
//! end of plans that have had their time (D69).

mod erasures;
mod extent;
mod old_plans;
mod positions;
mod stuck_plans;
mod walk;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::auth::TenantId;
use crate::messaging::{WorkError, Worker};
use crate::metrics;
pub use extent::Extent;
use walk::Walk;

/// How long a run goes on: what is left of the function's 300 seconds is for what it has begun.
pub const RUN_FOR: TimeDelta = TimeDelta::seconds(240);

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Tenants walked.
    pub tenants: usize,
    /// Orders, customers and plans looked at.
    pub entities: usize,
    /// History entries published that were not.
    pub entries: usize,
    /// Entities that cannot be published as they are; somebody was told of each once.
    pub quarantined: usize,
    /// Plans put on the queue again.
    pub requeued: usize,
    /// Plans given up.
    pub given_up: usize,
    /// Drafts cancelled because of their age.
    pub drafts_cancelled: usize,
    /// Plans whose rows were marked for the table to forget, as far as nobody will read them again.
    pub plans_swept: usize,
    /// Erased customers in whose orders something was left, and erasures brought to their end.
    pub erasures: usize,
    /// Contributions to the rollups that were behind or wrong; they are counted now.
    pub contributions: usize,
    /// Rollup rows that were not the sum of their contributions; they are mended.
    pub drift: usize,
    /// Rollup rows that kept changing while they were counted; the next night looks again.
    pub inconclusive: usize,
    /// What could not be looked at or mended.
    pub failures: usize,
    /// Whether time ran out before every tenant was walked to its end.
    pub cut_short: bool,
}

/// The schedule's handler.
pub fn handle(worker: Worker, input: Value) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move {
        let done = reconcile(&worker, Extent::of(&input)).await?;
        match done.failures {
            0 => Ok(()),
            failures => Err(WorkError::transient(format!(
                "{failures} entities or tenants could not be reconciled"
            ))),
        }
    })
}

/// Walks every tenant for as long as a run may take. A failure of one tenant or entity is logged and counted, and the walk
/// goes on.
///
/// # Errors
/// When the registry of tenants cannot be read.
pub async fn reconcile(worker: &Worker, extent: Extent) -> Result<Reconciled, WorkError> {
    reconcile_until(worker, extent, worker.app.now() + RUN_FOR).await
}

/// Walks every tenant, and stops cleanly at a deadline: what was not reached is left to the next run.
///
/// # Errors
/// When the registry of tenants cannot be read.
pub async fn reconcile_until(
    worker: &Worker,
    extent: Extent,
    deadline: DateTime<Utc>,
) -> Result<Reconciled, WorkError> {
    let mut tenants = worker.app.store().tenants().await?;
    // A run that is cut short should not always neglect the same tenants.
    let offset = worker.app.ids().random() % u128::try_from(tenants.len().max(1)).unwrap_or(1);
    tenants.rotate_left(usize::try_from(offset).unwrap_or(0));
    let mut done = Reconciled::default();
    for tenant in &tenants {
        if worker.app.now() >= deadline {
            done.cut_short = true;
            break;
        }
        done.tenants += 1;
        Walk::new(worker, *tenant, extent, deadline, &mut done)
            .run()
            .await;
    }
    report(worker, extent, &tenants, &done);
    Ok(done)
}

fn report(worker: &Worker, extent: Extent, tenants: &[TenantId], done: &Reconciled) {
    if done.cut_short {
        tracing::warn!(walked = done.tenants, of = tenants.len(), "cut short");
    }
    tracing::info!(
        tenants = done.tenants,
        entities = done.entities,
        entries = done.entries,
        quarantined = done.quarantined,
        requeued = done.requeued,
        given_up = done.given_up,
        drafts_cancelled = done.drafts_cancelled,
        plans_swept = done.plans_swept,
        erasures = done.erasures,
        contributions = done.contributions,
        drift = done.drift,
        inconclusive = done.inconclusive,
        failures = done.failures,
        "reconciled"
    );
    let now = worker.app.now();
    let emit = |name, value: usize| {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        metrics::emit_value(worker.name, now, name, value);
    };
    emit("ReconciledEntries", done.entries);
    emit("StillQuarantined", done.quarantined);
    emit("ReconcileFailures", done.failures);
    emit("ReconcileCutShort", usize::from(done.cut_short));
    if extent == Extent::Everything {
        emit("RecountContributions", done.contributions);
        emit("RecountDrift", done.drift);
        emit("RecountInconclusive", done.inconclusive);
    }
}
