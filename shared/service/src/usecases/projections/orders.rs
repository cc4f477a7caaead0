//! Counting an order as it stands.

use chrono::NaiveDate;

use super::{ATTEMPTS, Cause, ahead, kept_changing, not_there};
use crate::auth::Grant;
use crate::messaging::{WorkError, Worker};
use crate::store::orders::Order;
use crate::store::rollups::contribution::OrderContribution;
use crate::store::rollups::gates::OrderGate;
use crate::store::rollups::{MOST_PRODUCTS, Projected};
use crate::store::{StoreError, TenantStore, keys};

/// Brings what is counted of an order up to the order; tells whether there was anything to do.
///
/// # Errors
/// See [`super::project`].
pub(super) async fn project(worker: &Worker, grant: &Grant, cause: Cause) -> Result<bool, WorkError> {
    let store = worker.app.tenant_store(grant);
    let mut lost = 0;
    loop {
        let (order, gate) = read(store, cause).await?;
        let reached = gate.as_ref().map_or(0, |gate| gate.sequence);
        if reached >= cause.sequence && !cause.recheck {
            return Ok(false);
        }
        let order = order.ok_or_else(|| not_there("order"))?;
        if order.version < cause.sequence {
            return Err(ahead());
        }
        let whole = OrderContribution::of(&order)?;
        if reached >= order.version && gate.as_ref().is_some_and(|gate| gate.contribution == whole) {
            return Ok(false);
        }
        let step = whole.on_the_way(gate.as_ref().map(|gate| &gate.contribution), MOST_PRODUCTS);
        let last = step.is_none();
        let next = OrderGate {
            id: order.id,
            version: gate.as_ref().map_or(1, |gate| gate.version + 1),
            write_id: worker.app.ids().fresh(),
            sequence: if last { order.version } else { reached },
            contribution: step.unwrap_or(whole),
        };
        let counted = cause.counted(worker, order.body.updated_at);
        match store
            .count_order_change(gate.as_ref(), &next, &order, counted)
            .await?
        {
            Projected::Now if last => return Ok(true),
            Projected::Now => {}
            Projected::Lost if lost + 1 < ATTEMPTS => {
                store.pause_after_lost_race(lost).await;
                lost += 1;
            }
            Projected::Lost => return Err(kept_changing()),
        }
    }
}

/// The order and its gate. They need not be of one moment: the gate's version is a condition of what is written, and an
/// order that moves on is told of again.
async fn read(
    store: TenantStore<'_>,
    cause: Cause,
) -> Result<(Option<Order>, Option<OrderGate>), StoreError> {
    let key = keys::order(store.tenant(), cause.id);
    let gate = |placed: NaiveDate| keys::order_gate(store.tenant(), placed, cause.id);
    if let Some(placed) = cause.placed {
        return store.with_gate(&key, &gate(placed)).await;
    }
    let order: Option<Order> = store.get(&key).await?;
    let counted = match &order {
        Some(order) => store.get(&gate(order.placed_date())).await?,
        None => None,
    };
    Ok((order, counted))
}
