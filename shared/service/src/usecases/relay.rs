//! The relay (D43): brings what is published of an entity up to its history. It looks at where the entity stands, not at
//! what woke it, so a lost, doubled or late stream record changes nothing, and reconcile does the same walk.
//!
//! Of an order each entry is in the audit copy before it is published. An entity that no further try can publish is
//! quarantined, so that the others flow.

pub mod quarantine;
mod steps;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::auth::Grant;
use crate::messaging::bus::{BusError, Topic};
use crate::messaging::entity::Entity;
use crate::messaging::{WorkError, Worker};
use crate::metrics;
use crate::store::TenantStore;
use crate::store::audit::{Appended, AuditEntry, AuditRow};
use crate::store::relay::Position;
use quarantine::quarantine;
use steps::Step;

/// What became of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relayed {
    /// Everything is published; so many entries were not before.
    UpToDate(usize),
    /// It cannot be published as it is. It is marked, and somebody was told.
    Quarantined,
}

/// The stream's handler. What is quarantined is done with: the stream need not hand it out again.
pub fn handle(worker: Worker, entity: Entity) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move { relay_or_quarantine(&worker, entity).await.map(|_| ()) })
}

/// Relays an entity, and quarantines it when no further try can help.
///
/// # Errors
/// Only what a further try may mend.
pub async fn relay_or_quarantine(worker: &Worker, entity: Entity) -> Result<Relayed, WorkError> {
    let outcome = AssertUnwindSafe(relay(worker, entity)).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_| Err(WorkError::poison("it panicked")));
    match outcome {
        Ok(entries) => Ok(Relayed::UpToDate(entries)),
        Err(error) if error.poison => {
            quarantine(worker, entity, &error).await?;
            Ok(Relayed::Quarantined)
        }
        Err(error) => Err(error),
    }
}

/// Publishes every history entry above the entity's position, one after another, and moves the position to the last one
/// that was taken. Gives how many entries that were.
///
/// # Errors
/// When the table does not answer, something does not parse or a message is not taken; what went out before stays counted.
pub async fn relay(worker: &Worker, entity: Entity) -> Result<usize, WorkError> {
    let grant = Grant::for_background_work(entity.tenant, worker.name);
    let store = worker.app.tenant_store(&grant);
    let (item_key, position_key) = (entity.key(), entity.position_key());
    let mut found = store.get_many(&[item_key, position_key.clone()]).await?;
    let position = Position::of(found.item(&position_key))?;
    let steps = steps::of(store, entity, &mut found, &position).await?;
    let mut way = Way {
        worker,
        store,
        entity,
        reached: position.published_to,
        head: position.audit_head.clone(),
        head_at: position.published_to,
        taken: 0,
    };
    let mut failure = None;
    for step in steps {
        if let Err(error) = way.go(step).await {
            // What follows waits: a consumer that goes by sequence would drop this one after its successor.
            failure = Some(error);
            break;
        }
    }
    if way.taken > 0 || (way.head != position.audit_head && way.head_at == way.reached) {
        way.remember().await?;
    }
    match failure {
        Some(error) => Err(error),
        None => {
            if position.quarantine.is_some() {
                quarantine::release(worker, store, entity).await?;
            }
            Ok(way.taken)
        }
    }
}

/// How far a walk over an entity's history has come.
struct Way<'a> {
    worker: &'a Worker,
    store: TenantStore<'a>,
    entity: Entity,
    reached: u64,
    /// The hash of the last audit row, and its sequence: below `reached` only while a copy that is missing is made up for.
    head: Option<String>,
    head_at: u64,
    taken: usize,
}

impl Way<'_> {
    async fn go(&mut self, step: Step) -> Result<(), WorkError> {
        let head = match step.audit {
            Some(entry) => Some(self.append(entry).await?),
            None => None,
        };
        if step.sequence > self.reached {
            // The queue comes first: the position moves only past a plan that is on it.
            if let Some(plan) = step.plan {
                self.worker.bus.send_planning(&plan).await?;
            }
            if let Some(event) = &step.event {
                let message = event.message()?;
                let outcomes = self.worker.bus.publish(Topic::Events, &[message]).await;
                let first = outcomes.into_iter().next();
                first.unwrap_or_else(|| Err(BusError::transient("no answer")))?;
            }
            (self.reached, self.taken) = (step.sequence, self.taken + 1);
        }
        if head.is_some() {
            (self.head, self.head_at) = (head, step.sequence);
        }
        Ok(())
    }

    /// Appends an entry to the audit copy and gives the hash that the next one follows. A row that says something else is
    /// left as it is, and told: the order's events are no less due for that.
    async fn append(&self, entry: AuditEntry) -> Result<String, WorkError> {
        let (worker, entity, sequence) = (self.worker, self.entity, entry.sequence);
        let previous = self.head.as_deref().unwrap_or_default();
        let keyring = worker.app.keyring();
        let row = AuditRow::behind(previous, entry, entity.tenant, entity.id, keyring)?;
        match self.store.append_audit(&row).await? {
            Appended::Kept => Ok(row.hash),
            Appended::Differs(hash) => {
                tracing::error!(entity = entity.name(), sequence, "audit copy differs");
                metrics::emit_value(worker.name, worker.app.now(), "AuditMismatch", 1);
                Ok(hash.unwrap_or(row.hash))
            }
        }
    }

    async fn remember(&self) -> Result<(), WorkError> {
        let (name, reached, taken) = (self.entity.name(), self.reached, self.taken);
        self.store
            .advance_published(&name, reached, self.head.as_deref())
            .await?;
        tracing::info!(entity = name, reached, taken, "history relayed");
        Ok(())
    }
}
