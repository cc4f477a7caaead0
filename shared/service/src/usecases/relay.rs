//! The relay (D43): brings what is published of an entity up to its history. It looks at where the entity stands, not at
//! what woke it, so a lost, doubled or late stream record changes nothing, and reconcile does the same walk.

use futures_util::future::BoxFuture;

use crate::auth::Access;
use crate::messaging::bus::{BusError, Topic};
use crate::messaging::entity::{Entity, EntityKind};
use crate::messaging::envelope::Envelope;
use crate::messaging::{PlanningMessage, WorkError, Worker};
use crate::store::customers::Customer;
use crate::store::orders::Order;
use crate::store::plans::Plan;
use crate::store::relay::position;
use crate::words::PlanStatus;

/// One entry of a history, on its way out.
struct Step {
    sequence: u64,
    /// Nothing for an entry that is not published: it moves the position all the same.
    event: Option<Envelope>,
    /// A plan that is to be computed since this entry.
    plan: Option<PlanningMessage>,
}

/// The stream's handler.
pub fn handle(worker: Worker, entity: Entity) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move { relay(&worker, entity).await.map(|_| ()) })
}

/// Publishes every history entry above the entity's position, one after another, and moves the position to the last one
/// that was taken. Gives how many entries that were.
///
/// # Errors
/// When the table does not answer or a message is not taken; what went out before stays counted.
pub async fn relay(worker: &Worker, entity: Entity) -> Result<usize, WorkError> {
    let access = Access::for_background_work(entity.tenant, worker.name);
    let store = worker.app.tenant_store(&access);
    let (item_key, position_key) = (entity.key(), entity.position_key());
    let mut found = store.get_many(&[item_key.clone(), position_key.clone()]).await?;
    let published_to = position(found.item(&position_key))?;
    let history = match entity.kind {
        EntityKind::Order => found.take(&item_key)?.map(|order| order_steps(entity, &order)),
        EntityKind::Customer => found
            .take(&item_key)?
            .map(|customer| customer_steps(entity, &customer)),
        EntityKind::Plan => found.take(&item_key)?.map(|plan| plan_steps(entity, &plan)),
    };
    let steps = history
        .unwrap_or_default()
        .into_iter()
        .filter(|step| step.sequence > published_to);
    let (mut reached, mut taken, mut failure) = (published_to, 0, None);
    for step in steps {
        match send(worker, &step).await {
            Ok(()) => (reached, taken) = (step.sequence, taken + 1),
            Err(error) => {
                // What follows waits: a consumer that goes by sequence would drop this one after its successor.
                failure = Some(error);
                break;
            }
        }
    }
    if taken > 0 {
        store.advance_published(&entity.name(), reached).await?;
        tracing::info!(entity = entity.name(), reached, taken, "history relayed");
    }
    failure.map_or(Ok(taken), Err)
}

/// The queue comes first: the position moves only past a plan that is on it.
async fn send(worker: &Worker, step: &Step) -> Result<(), WorkError> {
    if let Some(plan) = step.plan {
        worker.bus.send_planning(&plan).await?;
    }
    if let Some(event) = &step.event {
        let message = event.message()?;
        let outcomes = worker.bus.publish(Topic::Events, &[message]).await;
        outcomes
            .into_iter()
            .next()
            .unwrap_or_else(|| Err(BusError("no answer".into())))?;
    }
    Ok(())
}

fn order_steps(entity: Entity, order: &Order) -> Vec<Step> {
    let step = |entry| Envelope::of_order(entity.tenant, order, entry);
    let entries = order.body.history.iter();
    entries
        .map(|entry| Step {
            sequence: entry.sequence,
            event: step(entry),
            plan: None,
        })
        .collect()
}

fn customer_steps(entity: Entity, customer: &Customer) -> Vec<Step> {
    let step = |entry| Envelope::of_customer(entity.tenant, customer, entry);
    let entries = customer.body.history.iter();
    entries
        .map(|entry| Step {
            sequence: entry.sequence,
            event: step(entry),
            plan: None,
        })
        .collect()
}

fn plan_steps(entity: Entity, plan: &Plan) -> Vec<Step> {
    let calculating = plan.row.status == PlanStatus::Calculating;
    let message = PlanningMessage {
        tenant_id: entity.tenant.0,
        plan_id: plan.id,
    };
    let entries = plan.body.history.iter();
    entries
        .map(|entry| Step {
            sequence: entry.sequence,
            event: Some(Envelope::of_plan(entity.tenant, plan, entry)),
            // The schedule puts its own plans on the queue; should it end before that, reconcile finds them.
            plan: (calculating
                && entry.to_status == PlanStatus::Calculating
                && entry.changed_by.user_id != crate::usecases::plans::SCHEDULE_FUNCTION)
                .then_some(message),
        })
        .collect()
}
