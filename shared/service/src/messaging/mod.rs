//! Everything that is not HTTP: the port to topics and queues, the events that go over them, and the runners of
//! background functions.

pub mod batch;
pub mod bus;
pub mod entity;
pub mod envelope;
pub mod memory;
pub mod planning;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
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
/// The code behind a schedule.
pub type ScheduleHandler = fn(Worker) -> BoxFuture<'static, Result<(), WorkError>>;

/// On the planning queue: a plan to compute (D69).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanningMessage {
    /// Whose plan it is.
    pub tenant_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
}

/// Why a piece of background work was not done; whoever handed it out will do so again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WorkError(pub String);

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<BusError> for WorkError {
    fn from(error: BusError) -> Self {
        Self(error.to_string())
    }
}

impl From<Problem> for WorkError {
    fn from(problem: Problem) -> Self {
        let cause = problem.internal.unwrap_or_else(|| problem.detail.into_owned());
        Self(format!("{}: {cause}", problem.code.as_str()))
    }
}

impl From<serde_json::Error> for WorkError {
    fn from(error: serde_json::Error) -> Self {
        // The message may hold a customer's data, so only where and how it is broken is told.
        Self(format!(
            "not the expected JSON: {:?} at column {}",
            error.classify(),
            error.column()
        ))
    }
}
