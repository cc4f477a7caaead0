//! Recording in an order's history that its customer was told (§4), once for an event.

use serde_json::json;
use uuid::Uuid;

use super::Told;
use crate::messaging::WorkError;
use crate::store::order_writes::OrderWritten;
use crate::store::orders::{HistoryEntry, Notified, Order};
use crate::words::{CommunicationChannel, HistoryEvent};

/// How often a lost race is tried again before the message goes back to the queue.
const ATTEMPTS: usize = 8;

/// Whether the order's newer history tells that the customer was told of an event.
pub(super) fn is_recorded(order: &Order, event: Uuid) -> bool {
    let event = event.to_string();
    order.body.history.iter().any(|entry| {
        let told_of = entry.context.as_ref().and_then(|context| context.get("event_id"));
        entry.event == HistoryEvent::Notified && told_of.and_then(|id| id.as_str()) == Some(event.as_str())
    })
}

/// Adds the entry, unless it is there.
pub(super) async fn record(
    told: &Told<'_>,
    template: &str,
    channels: &[CommunicationChannel],
) -> Result<(), WorkError> {
    let app = &told.worker.app;
    let store = app.tenant_store(told.access);
    let mut order = told.order.clone();
    for _ in 0..ATTEMPTS {
        if is_recorded(&order, told.event.event_id) {
            return Ok(());
        }
        let read = order.version;
        let now = app.now();
        let sequence = order.next_sequence();
        order.version = read + 1;
        order.write_id = app.ids().fresh();
        order.body.updated_at = now;
        order.body.updated_by = told.access.actor().clone();
        let entry = HistoryEntry {
            sequence,
            event: HistoryEvent::Notified,
            from_status: None,
            to_status: order.row.status,
            reason: None,
            note: None,
            notify_customer: false,
            changed_by: told.access.actor().clone(),
            changed_at: now,
            version: order.version,
            context: Some(json!({"event_id": told.event.event_id, "template": template})),
            notification: Some(Notified {
                channels: channels.to_vec(),
                status: "sent".into(),
                at: now,
            }),
            after: order.after_change(),
        };
        order.body.history.push(entry);
        match store.replace_order(&order, read, None).await? {
            OrderWritten::Now => return Ok(()),
            OrderWritten::Other(Some(current)) => order = *current,
            OrderWritten::Other(None) => return Err(WorkError::poison("the order is gone")),
            // Too large to tell it; the customer knows all the same.
            OrderWritten::TooLarge => return Ok(()),
            OrderWritten::LimitExceeded(_) | OrderWritten::LimitChanged(_) => {
                return Err(WorkError::poison("a note was held to a credit limit"));
            }
        }
    }
    Err(WorkError::transient("the order kept changing"))
}
