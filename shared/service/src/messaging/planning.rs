//! The planning functions' handlers: what comes from their schedule and queue, handed to the use cases (D69).

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{PlanningMessage, WorkError, Worker};
use crate::auth::{Grant, TenantId};
use crate::usecases::plans;

/// A tick of the planning schedule: starts the daily plan of every tenant for which it is due.
pub fn schedule(worker: Worker, _: Value) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move { Ok(plans::schedule(&worker.app, worker.bus.as_ref()).await?) })
}

/// A message of the planning queue: computes its plan.
pub fn compute(worker: Worker, body: String) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move {
        let message: PlanningMessage = serde_json::from_str(&body)?;
        let grant = Grant::for_background_work(TenantId(message.tenant_id), worker.name);
        let access = worker.app.enter(grant).await?;
        tracing::info!(tenant = %message.tenant_id, plan_id = %message.plan_id, "plan taken off the queue");
        Ok(plans::compute(&worker.app, &access, worker.bus.as_ref(), message.plan_id).await?)
    })
}
