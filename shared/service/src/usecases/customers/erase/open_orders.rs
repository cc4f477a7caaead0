//! Whether a customer has orders that are not finished.

use orders_domain::order_status::OrderStatus;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Grant;
use crate::problem::Problem;
use crate::store::Query;
use crate::store::keys::{self, Index};
use crate::store::orders::{Order, OrderInIndex};
use crate::store::record::from_index;

/// Enough to say that there are many.
const MOST_COUNTED: usize = 100;
/// Orders looked at in one query.
const PAGE: i32 = 200;

/// The customer's orders that are neither delivered nor cancelled; 100 may be more.
///
/// # Errors
/// 503
pub(super) async fn count(app: &App, grant: &Grant, customer: Uuid) -> Result<usize, Problem> {
    let (tenant, store) = (grant.tenant(), app.tenant_store(grant));
    let mut query = Query {
        limit: Some(PAGE),
        // The newest are the likeliest to be open.
        forward: false,
        ..Query::all(Index::Gs3, keys::orders_of_customer(tenant, customer))
    };
    let mut open = 0;
    loop {
        let page = store.query(query.clone()).await?;
        let mut unfinished = Vec::new();
        for item in page.items {
            let row: OrderInIndex = from_index(item)?;
            // The index may lag, but never ahead: what is finished there stays so.
            if is_open(row.r.status) {
                unfinished.extend(row.id().map(|id| keys::order(tenant, id)));
            }
        }
        let mut found = store.get_many(&unfinished).await?;
        for key in &unfinished {
            let order: Option<Order> = found.take(key)?;
            open += usize::from(order.is_some_and(|order| is_open(order.row.status)));
        }
        match page.next {
            Some(next) if open < MOST_COUNTED => query.start = Some(next),
            _ => return Ok(open.min(MOST_COUNTED)),
        }
    }
}

fn is_open(status: OrderStatus) -> bool {
    !matches!(status, OrderStatus::Delivered | OrderStatus::Cancelled)
}
