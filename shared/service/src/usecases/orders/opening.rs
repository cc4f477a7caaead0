//! How an order begins: on hold, pending, or confirmed at once (D26, D31, D32), with its first history.

use orders_domain::alerts::HoldReason;
use orders_domain::decimal::Money;
use orders_domain::order_status::OrderStatus;
use orders_domain::payments::{PaymentMethod, PaymentTerms};

use super::exposure;
use crate::auth::Access;
use crate::store::credit::Credit;
use crate::store::orders::{HistoryEntry, Hold, Order};
use crate::words::HistoryEvent;

/// Whether the order must be stored on hold (D31, D32). The credit check here spares a transaction that cannot succeed;
/// the one that counts is the condition of the write.
pub(super) fn first_hold(access: &Access, order: &Order, credit: Credit) -> Option<HoldReason> {
    let settings = access.settings();
    if order.body.payment_method != PaymentMethod::Account {
        return None;
    }
    if settings.payment_validation_enabled && order.body.payment_terms == PaymentTerms::Immediate {
        return Some(HoldReason::PaymentValidationFailed);
    }
    let fits = !exposure::is_checked(access, order) || credit.fits(Money::ZERO, order.row.balance_due);
    (!fits).then_some(HoldReason::CreditLimitExceeded)
}

/// Gives the order its first status and history (D26).
pub(super) fn open(access: &Access, order: &mut Order, hold: Option<HoldReason>) {
    let at = order.row.created_at;
    order.row.status = if hold.is_some() {
        OrderStatus::OnHold
    } else {
        OrderStatus::Pending
    };
    order.body.hold = hold.map(|reason| Hold {
        reason,
        since: at,
        note: None,
    });
    order.body.history.clear();
    let mut entry = HistoryEntry {
        sequence: 1,
        event: HistoryEvent::Created,
        from_status: None,
        to_status: order.row.status,
        reason: hold.map(|reason| reason.as_str().to_owned()),
        note: None,
        notify_customer: true,
        changed_by: access.actor().clone(),
        changed_at: at,
        version: 1,
        context: None,
        notification: None,
        after: order.after_change(),
    };
    order.body.history.push(entry.clone());
    if hold.is_none() && access.settings().auto_approve_orders {
        order.row.status = OrderStatus::Confirmed;
        entry.sequence = 2;
        entry.version = 2;
        entry.event = HistoryEvent::StatusChanged;
        entry.from_status = Some(OrderStatus::Pending);
        entry.to_status = OrderStatus::Confirmed;
        entry.reason = Some("auto_approve_orders".into());
        entry.after = order.after_change();
        order.body.history.push(entry);
    }
    order.version = order.body.history.last().map_or(1, |entry| entry.sequence);
    order.refresh_demand();
}
