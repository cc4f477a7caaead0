//! Moving an order's status (D26). The answers come in the order of D12: same status, illegal move, role, reason,
//! credit.

use orders_domain::alerts::HoldReason;
use orders_domain::order_status::{Fulfilment, Guard, OrderStatus, allowed_transitions, transition};
use orders_domain::payments::PaymentMethod;
use orders_domain::permissions::permits_status_move;
use uuid::Uuid;

use super::{exposure, rules};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::credit::ExposureChange;
use crate::store::order_writes::OrderWritten;
use crate::store::orders::{Cancellation, HistoryEntry, Hold, Order};
use crate::words::HistoryEvent;

/// How often a lost race is tried again before the caller is told.
const ATTEMPTS: usize = 5;

/// A move that is asked for.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of D26, under their names")]
pub struct StatusMove {
    pub status: OrderStatus,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub notify_customer: bool,
}

/// Moves an order; the same status again changes nothing.
///
/// # Errors
/// 404, 412, 409 `invalid-status-transition`, 403, 422 `reason-required`, 409 `credit-limit-exceeded`, 409
/// `version-conflict`.
pub async fn update_status(
    app: &App,
    access: &Access,
    id: Uuid,
    asked: &StatusMove,
    if_match: Option<u64>,
) -> Result<Order, Problem> {
    let store = app.tenant_store(access);
    for _ in 0..ATTEMPTS {
        let order = super::get::get(app, access, id).await?;
        check_if_match(if_match, order.version)?;
        if order.row.status == asked.status {
            return Ok(order);
        }
        let guard = judge(access, &order, asked)?;
        let moved = moved(app, access, &order, asked);
        let change = exposure_change(app, access, &order, &moved, guard).await?;
        match store.replace_order(&moved, order.version, Some(change)).await? {
            OrderWritten::Now => return Ok(moved),
            OrderWritten::LimitExceeded(found) => {
                return Err(exposure::refused(found, moved.row.balance_due));
            }
            OrderWritten::TooLarge => return Err(rules::too_large()),
            OrderWritten::Other(None) => return Err(Problem::not_found()),
            OrderWritten::Other(Some(_)) | OrderWritten::LimitChanged(_) => {}
        }
    }
    Err(exposure::kept_changing())
}

/// How the tenant and the order's delivery method shape the status machine.
pub fn fulfilment(access: &Access, order: &Order) -> Fulfilment {
    Fulfilment {
        delivery_method: order.row.delivery_method,
        delivery_tracking_enabled: access.settings().delivery_tracking_enabled,
    }
}

fn judge(access: &Access, order: &Order, asked: &StatusMove) -> Result<Guard, Problem> {
    let (from, to, fulfilment) = (order.row.status, asked.status, fulfilment(access, order));
    let Some(guard) = transition(from, to, fulfilment) else {
        let allowed: Vec<_> = allowed_transitions(from, fulfilment)
            .iter()
            .map(|s| s.as_str())
            .collect();
        return Err(Problem::new(
            ProblemCode::InvalidStatusTransition,
            format!(
                "An order that is {} cannot become {}.",
                from.as_str(),
                to.as_str()
            ),
        )
        .with("current", from.as_str())
        .with("requested", to.as_str())
        .with("allowed", allowed));
    };
    if !permits_status_move(access.role(), from, to, guard) {
        return Err(access.denied());
    }
    if guard.reason_required && asked.reason.is_none() {
        return Err(Problem::field(
            "/reason",
            ProblemCode::ReasonRequired,
            format!("Moving from {} to {} needs a reason.", from.as_str(), to.as_str()),
        ));
    }
    Ok(guard)
}

/// The order after the move.
fn moved(app: &App, access: &Access, order: &Order, asked: &StatusMove) -> Order {
    let now = app.now();
    let mut next = order.clone();
    next.write_id = app.ids().fresh();
    next.version = order.version + 1;
    next.row.status = asked.status;
    next.body.updated_at = now;
    next.body.updated_by = access.actor().clone();
    next.body.hold = (asked.status == OrderStatus::OnHold).then(|| Hold {
        reason: HoldReason::Manual,
        since: now,
        note: asked.reason.clone().or_else(|| asked.note.clone()),
    });
    match asked.status {
        OrderStatus::Delivered => {
            next.body.actual_delivery_at = Some(now);
            // What nobody reported on has arrived as it was ordered (D28b).
            for line in &mut next.body.lines {
                line.quantity_delivered.get_or_insert(line.quantity);
            }
        }
        OrderStatus::Cancelled => {
            next.body.cancellation = Some(Cancellation {
                reason: asked.reason.clone(),
                at: now,
                by: access.actor().clone(),
            });
        }
        _ => {}
    }
    next.refresh_demand();
    let entry = HistoryEntry {
        sequence: order.next_sequence(),
        event: HistoryEvent::StatusChanged,
        from_status: Some(order.row.status),
        to_status: asked.status,
        reason: asked.reason.clone(),
        note: asked.note.clone(),
        notify_customer: asked.notify_customer,
        changed_by: access.actor().clone(),
        changed_at: now,
        version: next.version,
        context: None,
        notification: None,
        after: next.after_change(),
    };
    next.body.history.push(entry);
    next
}

/// What the move does to the customer's exposure (D31). Confirming is checked although nothing moves: the limit may have
/// been lowered since. An override moves the exposure unconditionally.
async fn exposure_change(
    app: &App,
    access: &Access,
    before: &Order,
    after: &Order,
    guard: Guard,
) -> Result<ExposureChange, Problem> {
    let checked = guard.rechecks_credit
        && access.settings().customer_credit_check_enabled
        && before.body.payment_method == PaymentMethod::Account;
    if !checked {
        return Ok(exposure::unchecked(Some(before), after));
    }
    let credit = app.tenant_store(access).credit(before.row.customer_id).await?;
    exposure::checked(Some(before), after, credit)
        .ok_or_else(|| exposure::refused(credit, after.row.balance_due))
}
