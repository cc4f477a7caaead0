//! What customers are told: that an order was taken and how it goes on, on the channels they want (D26, §14).

use serde_json::{Value, json};

use super::{Told, not_told, record};
use crate::messaging::WorkError;
use crate::messaging::envelope::EventType;
use crate::store::customers::Customer;
use crate::store::keys;
use crate::words::CommunicationChannel;

const PARTNER: &str = "notification";

/// Tells the customer, where somebody can and the customer wants it, and records it in the order's history.
pub(super) async fn tell(told: &Told<'_>) -> Result<(), WorkError> {
    let Some(notification) = &told.worker.app.partners().notification else {
        return Ok(());
    };
    let Some((template, channels)) = wanted(told) else {
        return Ok(());
    };
    if told.knows(PARTNER).await? {
        return Ok(());
    }
    // A crash may have come between recording and remembering.
    if !record::is_recorded(told.order, told.event.event_id) {
        let store = told.worker.app.tenant_store(told.access);
        let key = keys::customer(told.access.tenant(), told.order.row.customer_id);
        let customer = store.get::<Customer>(&key).await?;
        // Nobody writes to a customer whose data is being erased (D34).
        if customer.as_ref().is_some_and(Customer::is_leaving) || told.order.row.customer_name.is_empty() {
            return Ok(());
        }
        let body = body(told, customer.as_ref(), &template, channels);
        let taken = notification.notify(told.event.event_id, &body).await;
        taken.map_err(|error| not_told(PARTNER, &error))?;
        record::record(told, &template, channels).await?;
    }
    told.remember(PARTNER).await
}

/// The template and the channels; none where the customer is not to be told.
fn wanted<'a>(told: &Told<'a>) -> Option<(String, &'a [CommunicationChannel])> {
    let template = match told.event.event_type {
        EventType::OrderCreated => "order_created".to_owned(),
        EventType::OrderStatusChanged => format!("order_{}", told.data.to_status.as_str()),
        _ => return None,
    };
    let channels = &told.order.body.communication.as_ref()?.channels;
    (told.data.notify_customer && !channels.is_empty()).then_some((template, channels))
}

fn body(
    told: &Told<'_>,
    customer: Option<&Customer>,
    template: &str,
    channels: &[CommunicationChannel],
) -> Value {
    let order = told.order;
    let language = order
        .body
        .communication
        .as_ref()
        .and_then(|wanted| wanted.language.as_deref());
    json!({
        "event_id": told.event.event_id,
        "tenant_id": told.event.tenant_id,
        "customer": {
            "id": order.row.customer_id,
            "name": order.row.customer_name,
            "email": customer.and_then(|customer| customer.row.email.as_deref()),
            "phone": customer.and_then(|customer| customer.row.phone.as_deref()),
            "language": language,
        },
        "template": template,
        "channels": channels,
        // The event's own figures: a late notification tells what was.
        "parameters": {
            "order_number": told.data.order_number,
            "status": told.data.to_status.as_str(),
            "total_amount": told.data.after.total_amount,
            "currency": order.body.currency,
            "requested_delivery_at": told.data.requested_delivery_at,
            "delivery_method": order.row.delivery_method.as_str(),
        },
    })
}
