//! Reading an order.

use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys;
use crate::store::orders::Order;

/// An order, as of now, with all its payments.
///
/// # Errors
/// 404
pub async fn get(app: &App, access: &Access, id: Uuid) -> Result<Order, Problem> {
    let key = keys::order(access.tenant(), id);
    let order = app.tenant_store(access).get(&key).await?;
    whole(app, access, order.ok_or_else(Problem::not_found)?).await
}

/// An order that was read, with the payments that stand beside it, if any do.
///
/// # Errors
/// 503
pub async fn whole(app: &App, access: &Access, mut order: Order) -> Result<Order, Problem> {
    if order.body.payments_in_parts > 0 && order.older_payments.is_empty() {
        let store = app.tenant_store(access);
        let key = keys::order(access.tenant(), order.id);
        let parts = store.history_parts::<Order>(&key, 1).await?;
        // A part that a write after the read has made holds payments which this state of the order has itself.
        let parts = parts
            .into_iter()
            .filter(|part| part.number() <= order.body.history_parts);
        order.older_payments = parts.flat_map(|part| part.payments).collect();
    }
    Ok(order)
}
