//! Everything that is not HTTP: the port to topics and queues, the events that go over them, and the runners of
//! background functions.

pub mod batch;
pub mod bus;
pub mod entity;
pub mod envelope;
pub mod memory;
pub mod planning;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::problem::Problem;
use crate::store::StoreError;
use bus::{Bus, BusError};

/// What a background function works with. Cloning it is cheap.
#[derive(Clone)]
pub struct Worker {
    /// The function, as logs, metrics and histories name it.
    pub name: &'static str,
    /// The context every function has.
    pub app: App,
    /// Topics and queues.
    pub bus: Arc<dyn Bus>,
}

/// The code behind a queue: handles the body of one message.
pub type MessageHandler = fn(Worker, String) -> BoxFuture<'static, Result<(), WorkError>>;
/// The code behind the table's stream: handles one entity that has changed.
pub type EntityHandler = fn(Worker, entity::Entity) -> BoxFuture<'static, Result<(), WorkError>>;
/// The code behind a schedule, with what the schedule was told to send.
pub type ScheduleHandler = fn(Worker, Value) -> BoxFuture<'static, Result<(), WorkError>>;

/// On the planning queue: a plan to compute (D69).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanningMessage {
    /// Whose plan it is.
    pub tenant_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
}

/// On the relay's dead-letter queue: an entity whose history cannot be published as it is (D43). Whoever mends the record
/// need do nothing else: the relay and reconcile try it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineMessage {
    /// Whose entity it is.
    pub tenant_id: Uuid,
    /// `order`, `customer` or `plan`.
    pub entity_kind: String,
    /// The entity.
    pub entity_id: Uuid,
    /// The last sequence that was published.
    pub published_to: u64,
    /// What stands in the way, without data.
    pub cause: String,
    /// Since when.
    pub quarantined_at: DateTime<Utc>,
}

/// Why a piece of background work was not done; whoever handed it out will do so again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct WorkError {
    /// What went wrong, without personal data: it is logged.
    pub cause: String,
    /// Whether the same work must fail the same way however often it is tried: a record that cannot be read, a message
    /// that is none.
    pub poison: bool,
}

impl WorkError {
    /// Something that may work when it is tried again.
    pub fn transient(cause: impl Into<String>) -> Self {
        let (cause, poison) = (cause.into(), false);
        Self { cause, poison }
    }

    /// Something that no further try will mend.
    pub fn poison(cause: impl Into<String>) -> Self {
        let (cause, poison) = (cause.into(), true);
        Self { cause, poison }
    }
}

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        let cause = error.to_string();
        match error {
            // A newer version of the service is being rolled out beside this one: it can read the item.
            StoreError::Unavailable(_) | StoreError::UnknownSchema { .. } => Self::transient(cause),
            StoreError::Corrupt(_) => Self::poison(cause),
        }
    }
}

impl From<BusError> for WorkError {
    fn from(error: BusError) -> Self {
        let (cause, poison) = (error.to_string(), error.permanent);
        Self { cause, poison }
    }
}

impl From<Problem> for WorkError {
    fn from(problem: Problem) -> Self {
        let cause = problem.internal.unwrap_or_else(|| problem.detail.into_owned());
        Self::transient(format!("{}: {cause}", problem.code.as_str()))
    }
}

impl From<serde_json::Error> for WorkError {
    fn from(error: serde_json::Error) -> Self {
        // The message may hold a customer's data, so only where and how it is broken is told.
        Self::poison(format!(
            "not the expected JSON: {:?} at column {}",
            error.classify(),
            error.column()
        ))
    }
}
