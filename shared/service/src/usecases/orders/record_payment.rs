//! Recording a payment, a refund or a failed attempt on an order (D28).

use orders_domain::decimal::Money;
use orders_domain::order_status::OrderStatus;
use orders_domain::payments::{PaymentMethod, balance_due, payment_status};
use serde_json::json;
use uuid::Uuid;

use super::{exposure, rules};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::http::idempotency::Identity;
use crate::problem::{Problem, ProblemCode};
use crate::store::order_writes::OrderWritten;
use crate::store::orders::{AfterChange, HistoryEntry, Order, Payment};
use crate::usecases::Created;
use crate::words::{HistoryEvent, PaymentOutcome};

/// How often a lost race is tried again before the caller is told.
const ATTEMPTS: usize = 5;

/// A payment to be recorded.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of D28, under their names")]
pub struct NewPayment {
    /// More than 0.
    pub amount: Money,
    pub method: PaymentMethod,
    pub reference: Option<String>,
    pub status: PaymentOutcome,
}

/// Records a payment on an order, or finds the order on which the same request had recorded it before.
///
/// # Errors
/// 404, 422 `idempotency-key-reused`, 412, 409 `order-not-payable`, 422 `payment-exceeds-balance`, 422
/// `refund-exceeds-paid`, 409 `version-conflict`.
pub async fn record_payment(
    app: &App,
    access: &Access,
    id: Uuid,
    new: &NewPayment,
    identity: &Identity,
    if_match: Option<u64>,
) -> Result<Created<Order>, Problem> {
    let store = app.tenant_store(access);
    for attempt in 0..ATTEMPTS {
        let order = super::get::get(app, access, id).await?;
        let before = order.all_payments().find(|payment| payment.id == identity.id);
        if let Some(body_hash) = before.map(|payment| payment.body_hash.clone()) {
            // Without a key nobody else can have this id: an attempt of ours has arrived, though its answer was lost.
            if attempt > 0 && identity.body_hash.is_none() {
                return Ok(Created::Now(order));
            }
            identity.matches(body_hash.as_deref())?;
            return Ok(Created::Before(order));
        }
        check_if_match(if_match, order.version)?;
        judge(&order, new)?;
        let paid = with_payment(app, access, &order, new, identity)?;
        // Money that has moved is never refused for a limit: a refund makes the debt that it makes.
        let change = exposure::unchecked(Some(&order), &paid);
        match store.replace_order(&paid, order.version, Some(change)).await? {
            OrderWritten::Now => return Ok(Created::Now(paid)),
            OrderWritten::TooLarge => return Err(rules::too_large()),
            OrderWritten::Other(None) => return Err(Problem::not_found()),
            OrderWritten::Other(Some(_)) | OrderWritten::LimitExceeded(_) | OrderWritten::LimitChanged(_) => {
            }
        }
    }
    Err(exposure::kept_changing())
}

fn judge(order: &Order, new: &NewPayment) -> Result<(), Problem> {
    let refund = new.status == PaymentOutcome::Refunded;
    if order.row.status == OrderStatus::Cancelled && !refund {
        return Err(Problem::new(
            ProblemCode::OrderNotPayable,
            "A cancelled order takes no payment; what was paid can still be refunded.",
        )
        .with("current", order.row.status.as_str()));
    }
    let (due, paid) = (order.row.balance_due, order.body.amount_paid);
    match new.status {
        PaymentOutcome::Succeeded if new.amount > due => Err(Problem::field(
            "/amount",
            ProblemCode::PaymentExceedsBalance,
            format!("The order has {due} due."),
        )
        .with("balance_due", due.to_string())),
        PaymentOutcome::Refunded if new.amount > paid => Err(Problem::field(
            "/amount",
            ProblemCode::RefundExceedsPaid,
            format!("Of the order {paid} was paid."),
        )
        .with("amount_paid", paid.to_string())),
        _ => Ok(()),
    }
}

/// The order with the payment on it.
fn with_payment(
    app: &App,
    access: &Access,
    order: &Order,
    new: &NewPayment,
    identity: &Identity,
) -> Result<Order, Problem> {
    let now = app.now();
    let mut next = order.clone();
    next.write_id = app.ids().fresh();
    next.version = order.version + 1;
    next.body.updated_at = now;
    next.body.updated_by = access.actor().clone();
    let paid = order.body.amount_paid;
    let paid = match new.status {
        PaymentOutcome::Succeeded => paid.checked_add(new.amount),
        PaymentOutcome::Refunded => paid.checked_sub(new.amount),
        PaymentOutcome::Failed => Some(paid),
    };
    next.body.amount_paid = paid.ok_or_else(|| Problem::internal("an amount paid overflows"))?;
    next.body.refunded |= new.status == PaymentOutcome::Refunded;
    next.body.payments.push(Payment {
        id: identity.id,
        amount: new.amount,
        method: new.method,
        reference: new.reference.clone(),
        status: new.status,
        at: now,
        by: access.actor().clone(),
        body_hash: identity.body_hash.clone(),
    });
    settle(&mut next);
    let entry = HistoryEntry {
        sequence: order.next_sequence(),
        event: HistoryEvent::PaymentRecorded,
        from_status: Some(order.row.status),
        to_status: order.row.status,
        reason: None,
        note: None,
        notify_customer: false,
        changed_by: access.actor().clone(),
        changed_at: now,
        version: next.version,
        // Not the reference: it is free text.
        notification: None,
        context: Some(json!({
            "payment_id": identity.id,
            "amount": new.amount,
            "method": new.method,
            "status": new.status,
        })),
        after: AfterChange {
            payment_status: Some(next.row.payment_status),
            ..next.after_change()
        },
    };
    next.body.history.push(entry);
    Ok(next)
}

/// Brings an order's balance and payment status up to what was paid and returned (D28).
pub(super) fn settle(order: &mut Order) {
    let (row, body) = (&mut order.row, &order.body);
    row.balance_due = balance_due(row.total_amount, body.returned_amount, body.amount_paid);
    let last_failed = body
        .payments
        .last()
        .is_some_and(|payment| payment.status == PaymentOutcome::Failed);
    row.payment_status = payment_status(
        row.total_amount,
        body.returned_amount,
        body.amount_paid,
        body.refunded,
        last_failed,
    );
}
