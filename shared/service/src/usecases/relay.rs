//! The relay (D43): brings what is published of an entity up to its history. It looks at where the entity stands, not at
//! what woke it, so a lost, doubled or late stream record changes nothing, and reconcile does the same walk.

use futures_util::future::BoxFuture;

use crate::auth::Grant;
use crate::messaging::bus::{BusError, Topic};
use crate::messaging::entity::{Entity, EntityKind};
use crate::messaging::envelope::Envelope;
use crate::messaging::{PlanningMessage, WorkError, Worker};
use crate::store::customers::{Customer, CustomerChange};
use crate::store::history_parts::WithHistory;
use crate::store::keys::Key;
use crate::store::orders::{HistoryEntry, Order};
use crate::store::plans::Plan;
use crate::store::relay::position;
use crate::store::{StoreError, TenantStore};
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
    let grant = Grant::for_background_work(entity.tenant, worker.name);
    let store = worker.app.tenant_store(&grant);
    let (item_key, position_key) = (entity.key(), entity.position_key());
    let mut found = store.get_many(&[item_key.clone(), position_key.clone()]).await?;
    let published_to = position(found.item(&position_key))?;
    let steps = match entity.kind {
        EntityKind::Order => match found.take::<Order>(&item_key)? {
            Some(order) => {
                let moved = moved::<Order>(store, &item_key, published_to, &order.body.history).await?;
                let entries = moved.iter().chain(&order.body.history);
                entries.map(|entry| order_step(entity, &order, entry)).collect()
            }
            None => Vec::new(),
        },
        EntityKind::Customer => match found.take::<Customer>(&item_key)? {
            Some(customer) => {
                let moved = moved::<Customer>(store, &item_key, published_to, &customer.body.history).await?;
                let entries = moved.iter().chain(&customer.body.history);
                entries
                    .map(|entry| customer_step(entity, &customer, entry))
                    .collect()
            }
            None => Vec::new(),
        },
        EntityKind::Plan => match found.take(&item_key)? {
            Some(plan) => plan_steps(entity, &plan),
            None => Vec::new(),
        },
    };
    let steps = steps
        .into_iter()
        .filter(|step: &Step| step.sequence > published_to);
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

/// The entries above the position that no longer stand in the record, since the relay was down for long (DESIGN §3). They
/// are read after the record: one that moved in between is in both, and taken once.
async fn moved<R: WithHistory>(
    store: TenantStore<'_>,
    record: &Key,
    published_to: u64,
    inside: &[R::Entry],
) -> Result<Vec<R::Entry>, StoreError> {
    let first_inside = inside.first().map_or(1, R::sequence);
    if published_to + 1 >= first_inside {
        return Ok(Vec::new());
    }
    let beside = store
        .entries_in_parts::<R>(record, 1, published_to, usize::MAX)
        .await?;
    let beside = beside.into_iter().map(|(_, entry)| entry);
    Ok(beside.filter(|entry| R::sequence(entry) < first_inside).collect())
}

fn order_step(entity: Entity, order: &Order, entry: &HistoryEntry) -> Step {
    Step {
        sequence: entry.sequence,
        event: Envelope::of_order(entity.tenant, order, entry),
        plan: None,
    }
}

fn customer_step(entity: Entity, customer: &Customer, entry: &CustomerChange) -> Step {
    Step {
        sequence: entry.sequence,
        event: Some(Envelope::of_customer(entity.tenant, customer, entry)),
        plan: None,
    }
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
