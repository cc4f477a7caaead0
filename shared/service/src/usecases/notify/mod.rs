//! Telling partners what happened to an order (§14): production what to make, customers how it stands.
//!
//! Each partner is told on its own, and what was told is remembered: an event that comes again tells only who has not heard.
//! A partner that is down keeps the event in the queue, and then in its dead letters, until it is back.

mod customer;
mod production;
mod record;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::auth::{Access, Grant, TenantId};
use crate::messaging::envelope::{Envelope, EventData, EventType, OrderData};
use crate::messaging::{WorkError, Worker};
use crate::partners::PartnerError;
use crate::store::keys;
use crate::store::orders::Order;

/// An event of an order, with the order as it is now.
struct Told<'a> {
    worker: &'a Worker,
    access: &'a Access,
    event: &'a Envelope,
    data: &'a OrderData,
    order: &'a Order,
}

/// The queue's handler: one event.
pub fn handle(worker: Worker, body: String) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move { notify(&worker, &body).await })
}

/// Tells the partners that are there what an event means to them, unless they know.
///
/// # Errors
/// When one of them could not be told, or the table does not answer; the others were told.
pub async fn notify(worker: &Worker, body: &str) -> Result<(), WorkError> {
    let Some(event) = Envelope::parse(body)? else {
        return Ok(());
    };
    let told_of = [
        EventType::OrderCreated,
        EventType::OrderStatusChanged,
        EventType::OrderAmended,
    ];
    let data = match &event.data {
        EventData::Order(data) if told_of.contains(&event.event_type) => data,
        _ => return Ok(()),
    };
    let partners = worker.app.partners();
    if partners.production.is_none() && partners.notification.is_none() {
        return Ok(());
    }
    let grant = Grant::for_background_work(TenantId(event.tenant_id), worker.name);
    let access = worker.app.enter(grant).await?;
    let key = keys::order(access.tenant(), data.order_id);
    let Some(order) = worker.app.tenant_store(&access).get::<Order>(&key).await? else {
        return Err(WorkError::poison("an event speaks of an order that is not there"));
    };
    let told = Told {
        worker,
        access: &access,
        event: &event,
        data,
        order: &order,
    };
    let (production, customer) = tokio::join!(production::tell(&told), customer::tell(&told));
    production.and(customer)
}

impl Told<'_> {
    /// Whether a partner knows already.
    async fn knows(&self, partner: &'static str) -> Result<bool, WorkError> {
        let store = self.worker.app.tenant_store(self.access);
        Ok(store.was_told(self.event.event_id, partner).await?)
    }

    async fn remember(&self, partner: &'static str) -> Result<(), WorkError> {
        let store = self.worker.app.tenant_store(self.access);
        let event: Uuid = self.event.event_id;
        store.note_told(event, partner, self.worker.app.now()).await?;
        tracing::info!(partner, event_id = %event, order_id = %self.order.id, "partner told");
        Ok(())
    }
}

/// A partner that was not told: whatever it said, the queue tries again, and keeps what cannot be told for somebody to see.
fn not_told(partner: &'static str, error: &PartnerError) -> WorkError {
    WorkError::transient(format!("{partner} was not told: {error}"))
}
