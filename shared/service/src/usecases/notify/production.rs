//! What production is told: confirmed orders, what became of them, and what is not to be made after all (D27, §14).

use orders_domain::order_status::OrderStatus;
use serde_json::{Value, json};

use super::{Told, not_told};
use crate::messaging::WorkError;
use crate::messaging::envelope::EventType;
use crate::store::orders::{Order, OrderLine};

const PARTNER: &str = "production";

/// Tells production, where it is there and the event concerns it.
pub(super) async fn tell(told: &Told<'_>) -> Result<(), WorkError> {
    let (Some(production), Some(action)) = (&told.worker.app.partners().production, action(told)) else {
        return Ok(());
    };
    if told.knows(PARTNER).await? {
        return Ok(());
    }
    let body = body(told, action);
    let taken = production.request(told.event.event_id, &body).await;
    taken.map_err(|error| not_told(PARTNER, &error))?;
    told.remember(PARTNER).await
}

/// What the event asks of production; none for one that is no concern of its.
///
/// An order that has been cancelled since is not to be made, whichever event comes late: the request carries the order's
/// version, and one that said otherwise under a newer version than the cancellation's would win over it.
fn action(told: &Told<'_>) -> Option<&'static str> {
    let asked = asked(told)?;
    let is_cancelled = told.order.row.status == OrderStatus::Cancelled;
    Some(if is_cancelled { "cancel" } else { asked })
}

fn asked(told: &Told<'_>) -> Option<&'static str> {
    match (told.event.event_type, told.data.to_status) {
        (EventType::OrderStatusChanged, OrderStatus::Confirmed) => Some("confirm"),
        (EventType::OrderAmended, OrderStatus::Confirmed) => Some("amend"),
        (EventType::OrderStatusChanged, OrderStatus::Cancelled) => {
            was_confirmed(told.order, told.event.sequence).then_some("cancel")
        }
        _ => None,
    }
}

/// Whether production has heard of an order before an entry of its history. What stands in older parts is not looked up:
/// an order with so long a history has been confirmed.
fn was_confirmed(order: &Order, before: u64) -> bool {
    let mut entries = order.body.history.iter();
    order.body.history_parts > 0
        || entries.any(|entry| entry.sequence < before && entry.to_status == OrderStatus::Confirmed)
}

/// The order as it is now, with its version: production keeps the newest it has heard of. No customer's data is in it but
/// what is to be put on the goods.
fn body(told: &Told<'_>, action: &str) -> Value {
    let order = told.order;
    let lines: Vec<_> = order.body.lines.iter().zip(1_u32..).map(line).collect();
    json!({
        "event_id": told.event.event_id,
        "tenant_id": told.event.tenant_id,
        "order_id": order.id,
        "order_number": order.row.order_number,
        "sequence": told.event.sequence,
        "version": order.version,
        "action": action,
        "delivery_method": order.row.delivery_method.as_str(),
        "delivery_date": order.row.delivery_date,
        "requested_delivery_at": order.row.requested_delivery_at,
        "lines": lines,
    })
}

fn line((line, number): (&OrderLine, u32)) -> Value {
    json!({
        "line": number,
        "product_id": line.product_id,
        "product_name": line.product_name,
        "quantity": line.quantity,
        "unit": line.unit,
        "recipe_id": line.recipe_id,
        "specifications": line.specifications,
        "customization": line.customization,
        "special_instructions": line.special_instructions,
        "allergens": line.allergens,
    })
}
