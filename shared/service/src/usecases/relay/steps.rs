//! What is to be done for each entry of a history that the relay has not been over yet.

use crate::messaging::entity::{Entity, EntityKind};
use crate::messaging::envelope::Envelope;
use crate::messaging::{PlanningMessage, WorkError};
use crate::store::audit::AuditEntry;
use crate::store::customers::{Customer, CustomerChange};
use crate::store::history_parts::WithHistory;
use crate::store::keys::Key;
use crate::store::orders::{HistoryEntry, Order};
use crate::store::plans::{Plan, PlanChange};
use crate::store::relay::Position;
use crate::store::{ItemSet, StoreError, TenantStore};
use crate::usecases::audit;
use crate::words::PlanStatus;

/// One entry of a history, on its way out.
pub(super) struct Step {
    pub(super) sequence: u64,
    /// Its audit copy.
    pub(super) audit: Option<AuditEntry>,
    /// Nothing for an entry that is not published: it moves the position all the same.
    pub(super) event: Option<Envelope>,
    /// A plan that is to be computed since this entry.
    pub(super) plan: Option<PlanningMessage>,
}

/// The steps above an entity's position, in order; none for an entity that is not there. An order whose position has no
/// audit hash starts from its first entry: the copy is complete before it is continued.
///
/// # Errors
/// When the table does not answer or the entity does not parse.
pub(super) async fn of(
    store: TenantStore<'_>,
    entity: Entity,
    found: &mut ItemSet,
    position: &Position,
) -> Result<Vec<Step>, WorkError> {
    let key = entity.key();
    let published_to = position.published_to;
    let (steps, from): (Vec<Step>, u64) = match entity.kind {
        EntityKind::Order => match found.take::<Order>(&key)? {
            Some(order) => {
                let from = position.audit_head.as_ref().map_or(0, |_| published_to);
                let moved = moved::<Order>(store, &key, from, &order.body.history).await?;
                let entries = moved.iter().chain(&order.body.history);
                let steps = entries.map(|entry| order_step(entity, &order, entry));
                (steps.collect(), from)
            }
            None => (Vec::new(), 0),
        },
        EntityKind::Customer => match found.take::<Customer>(&key)? {
            Some(customer) => {
                let moved = moved::<Customer>(store, &key, published_to, &customer.body.history).await?;
                let entries = moved.iter().chain(&customer.body.history);
                let steps = entries.map(|entry| customer_step(entity, &customer, entry));
                (steps.collect(), published_to)
            }
            None => (Vec::new(), 0),
        },
        EntityKind::Plan => match found.take::<Plan>(&key)? {
            Some(plan) => {
                let moved = moved::<Plan>(store, &key, published_to, &plan.body.history).await?;
                let entries = moved.iter().chain(&plan.body.history);
                let steps = entries.map(|entry| plan_step(entity, &plan, entry));
                (steps.collect(), published_to)
            }
            None => (Vec::new(), 0),
        },
    };
    let ahead = steps.into_iter().filter(|step| step.sequence > from);
    Ok(ahead.collect())
}

/// The entries above a sequence that no longer stand in the record, since the relay was down for long (DESIGN §3). They
/// are read after the record: one that moved in between is in both, and taken once.
async fn moved<R: WithHistory>(
    store: TenantStore<'_>,
    record: &Key,
    above: u64,
    inside: &[R::Entry],
) -> Result<Vec<R::Entry>, StoreError> {
    let first_inside = inside.first().map_or(1, R::sequence);
    if above + 1 >= first_inside {
        return Ok(Vec::new());
    }
    let beside = store.entries_in_parts::<R>(record, 1, above, usize::MAX).await?;
    let beside = beside.into_iter().map(|(_, entry)| entry);
    Ok(beside.filter(|entry| R::sequence(entry) < first_inside).collect())
}

fn order_step(entity: Entity, order: &Order, entry: &HistoryEntry) -> Step {
    Step {
        sequence: entry.sequence,
        audit: Some(audit::of_entry(entry)),
        event: Envelope::of_order(entity.tenant, order, entry),
        plan: None,
    }
}

fn customer_step(entity: Entity, customer: &Customer, entry: &CustomerChange) -> Step {
    Step {
        sequence: entry.sequence,
        audit: None,
        event: Some(Envelope::of_customer(entity.tenant, customer, entry)),
        plan: None,
    }
}

fn plan_step(entity: Entity, plan: &Plan, entry: &PlanChange) -> Step {
    let calculating = plan.row.status == PlanStatus::Calculating;
    let message = PlanningMessage {
        tenant_id: entity.tenant.0,
        plan_id: plan.id,
    };
    Step {
        sequence: entry.sequence,
        audit: None,
        event: Envelope::of_plan(entity.tenant, plan, entry),
        // The schedule puts its own plans on the queue; should it end before that, reconcile finds them.
        plan: (calculating
            && entry.to_status == PlanStatus::Calculating
            && entry.changed_by.user_id != crate::usecases::plans::SCHEDULE_FUNCTION)
            .then_some(message),
    }
}
