//! Giving out everything that is held of a customer, page by page (D34).

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::get::{Standing, get};
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::customers::Customer;
use crate::store::keys::{self, Index};
use crate::store::orders::{HistoryEntry, Order, OrderInIndex};
use crate::store::record::{Item, from_index};
use crate::store::{Query, TenantStore};

/// How long one page may take.
const BUDGET: TimeDelta = TimeDelta::seconds(7);
/// Orders read together.
const PAGE: i32 = 25;

/// One thing that is given out.
#[derive(Debug)]
pub enum Exported<'a> {
    /// The customer itself, first of all.
    Customer(&'a Customer, Standing),
    /// One of its orders with its whole history, oldest first.
    Order(&'a Order, &'a [HistoryEntry]),
}

/// What the page says to one more thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is on the page.
    Written,
    /// The page is full; it comes first on the next one.
    Full,
}

/// Writes one page: the customer when it is the first, then orders, oldest first, until the page is full, the time is up
/// or there are no more. Gives where the next page starts.
///
/// # Errors
/// 404; and what `write` says.
pub async fn export(
    app: &App,
    access: &Access,
    id: Uuid,
    start: Option<Item>,
    mut write: impl FnMut(Exported<'_>) -> Result<Fit, Problem>,
) -> Result<Option<Item>, Problem> {
    let deadline = app.now() + BUDGET;
    let (customer, standing) = get(app, access, id).await?;
    if start.is_none() {
        write(Exported::Customer(&customer, standing))?;
    }
    let orders = Query {
        limit: Some(PAGE),
        start,
        ..Query::all(Index::Gs3, keys::orders_of_customer(access.tenant(), id))
    };
    write_orders(app, app.tenant_store(access), orders, deadline, &mut write).await
}

async fn write_orders(
    app: &App,
    store: TenantStore<'_>,
    mut query: Query,
    deadline: DateTime<Utc>,
    write: &mut impl FnMut(Exported<'_>) -> Result<Fit, Problem>,
) -> Result<Option<Item>, Problem> {
    loop {
        let page = store.query(query.clone()).await?;
        let mut rows = Vec::with_capacity(page.items.len());
        for item in page.items {
            let place = key_of(&item);
            let row: OrderInIndex = from_index(item)?;
            rows.extend(row.id().map(|id| (place, keys::order(store.tenant(), id))));
        }
        let keys: Vec<_> = rows.iter().map(|(_, key)| key.clone()).collect();
        let mut found = store.get_many(&keys).await?;
        for (place, key) in rows {
            if let Some(order) = found.take::<Order>(&key)? {
                let mut history = Vec::new();
                if order.body.history_parts > 0 {
                    history = store.older_history(&key).await?;
                }
                history.extend(order.body.history.iter().cloned());
                if write(Exported::Order(&order, &history))? == Fit::Full {
                    return Ok(query.start);
                }
            }
            query.start = Some(place);
        }
        match page.next {
            None => return Ok(None),
            Some(next) if app.now() >= deadline => return Ok(Some(next)),
            Some(next) => query.start = Some(next),
        }
    }
}

/// Where an order stands: the page after it starts there.
fn key_of(item: &Item) -> Item {
    let (partition, sort) = Index::Gs3.attributes();
    let names = ["pk", "sk", partition, sort].into_iter();
    names
        .filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())))
        .collect()
}
