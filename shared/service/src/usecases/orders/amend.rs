//! Amending an order while nobody has begun to make it (D27): priced and checked again like a new one, and written over
//! the version that was read, in one transaction with the customer's exposure when that moves.

use serde_json::json;
use uuid::Uuid;

pub use super::amendment::Amendment;

use super::amendment::amended;
use super::availability::Inquiry;
use super::known::{self, Known};
use super::{changes, exposure, get, rules};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::keys;
use crate::store::order_writes::OrderWritten;
use crate::store::orders::{HistoryEntry, Order};
use crate::words::HistoryEvent;

/// How often a lost race is tried again before the caller is told.
const ATTEMPTS: usize = 5;

/// Amends an order; what changes nothing leaves no trace.
///
/// # Errors
/// 404; 412; 409 `order-not-amendable`, `amount-already-paid`, `credit-limit-exceeded`, `version-conflict`; 422 that
/// names every faulty field.
pub async fn amend(
    app: &App,
    access: &Access,
    id: Uuid,
    asked: &Amendment,
    if_match: Option<u64>,
) -> Result<Order, Problem> {
    let (store, tenant) = (app.tenant_store(access), access.tenant());
    let mut inquiry = Inquiry::of(app, access, asked.items());
    let order_key = keys::order(tenant, id);
    let mut wanted = vec![order_key.clone()];
    wanted.extend(known::product_keys(tenant, asked.items()));
    for _ in 0..ATTEMPTS {
        let mut found = inquiry.beside(store.get_many(&wanted)).await?;
        let before: Order = found.take(&order_key)?.ok_or_else(Problem::not_found)?;
        check_if_match(if_match, before.version)?;
        check_amendable(&before)?;
        let products = known::products(&found, tenant, asked.items())?;
        let customer_keys = known::customer_keys(tenant, before.row.customer_id);
        let mut found = inquiry.beside(store.get_many(&customer_keys)).await?;
        let (customer, credit) = known::customer(&mut found, &customer_keys)?;
        let known = Known {
            customer,
            credit,
            products,
        };
        let next = amended(app, access, &before, asked, &known, inquiry.answer().await)?;
        let changed = changes::between(&before, &next);
        if changed.is_empty() {
            return get::whole(app, access, before).await;
        }
        check_paid(&next)?;
        let change = exposure::of_amended(access, &before, &next, known.credit)?;
        let next = stamped(app, access, next, json!({"changed": changed}));
        match store.replace_order(&next, before.version, Some(change)).await? {
            OrderWritten::Now => return get::whole(app, access, next).await,
            OrderWritten::LimitExceeded(found) => {
                return Err(exposure::refused(found, next.row.balance_due));
            }
            OrderWritten::LimitChanged(_) => {}
            OrderWritten::TooLarge => return Err(rules::too_large()),
            OrderWritten::Other(None) => return Err(Problem::not_found()),
            OrderWritten::Other(Some(_)) => {}
        }
    }
    Err(exposure::kept_changing())
}

fn check_amendable(order: &Order) -> Result<(), Problem> {
    if order.row.status.is_amendable() {
        return Ok(());
    }
    let current = order.row.status.as_str();
    let detail = format!("An order that is {current} cannot be amended any more.");
    Err(Problem::new(ProblemCode::OrderNotAmendable, detail).with("current", current))
}

/// What is paid cannot be more than the whole: the difference has to be refunded first.
fn check_paid(order: &Order) -> Result<(), Problem> {
    let (total, paid) = (order.row.total_amount, order.body.amount_paid);
    if total >= paid {
        return Ok(());
    }
    let detail =
        format!("The total would be {total}, and {paid} is paid already; refund the difference first.");
    Err(Problem::new(ProblemCode::AmountAlreadyPaid, detail)
        .with("total_amount", total.to_string())
        .with("amount_paid", paid.to_string()))
}

fn stamped(app: &App, access: &Access, mut next: Order, context: serde_json::Value) -> Order {
    let now = app.now();
    next.write_id = app.ids().fresh();
    next.version += 1;
    next.body.updated_at = now;
    next.body.updated_by = access.actor().clone();
    let entry = HistoryEntry {
        sequence: next.next_sequence(),
        event: HistoryEvent::Amended,
        from_status: Some(next.row.status),
        to_status: next.row.status,
        reason: None,
        note: None,
        // Customers are told of creation and status (§14); who amends has just spoken with them.
        notify_customer: false,
        changed_by: access.actor().clone(),
        changed_at: now,
        version: next.version,
        context: Some(context),
        notification: None,
        after: next.after_change(),
    };
    next.body.history.push(entry);
    next
}
