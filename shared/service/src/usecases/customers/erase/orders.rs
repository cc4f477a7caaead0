//! Going through a customer's orders, a few at a time, until no personal data is left in them, nor its name in the rows of
//! the months in which they were placed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::super::version::ATTEMPTS;
use super::scrub::{scrub, scrub_part};
use crate::app::App;
use crate::auth::Grant;
use crate::problem::{Problem, ProblemCode};
use crate::store::keys::{self, Index};
use crate::store::order_writes::OrderWritten;
use crate::store::orders::{HistoryEntry, Order, OrderInIndex};
use crate::store::record::from_index;
use crate::store::rollups::figures::month_of;
use crate::store::{Query, StoreError};
use crate::words::HistoryEvent;

/// Orders read together.
const PAGE: i32 = 50;
/// Orders written at a time.
const ORDERS_AT_ONCE: usize = 8;

/// Which orders are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Those that still have a name in the index: a name goes in the same write as everything else.
    Named,
    /// All, for what was written into an order after that.
    All,
}

/// How far a sweep has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Swept {
    pub(super) scrubbed: u64,
    pub(super) complete: bool,
}

/// Takes personal data out of a customer's orders, oldest first, until the deadline. An order that fails stops no other.
///
/// # Errors
/// What the first of the failed orders says: 503; 409 `version-conflict` for one that never stood still.
pub(super) async fn sweep(
    app: &App,
    grant: &Grant,
    customer: Uuid,
    extent: Extent,
    deadline: DateTime<Utc>,
) -> Result<Swept, Problem> {
    let (tenant, store) = (grant.tenant(), app.tenant_store(grant));
    let mut query = of_customer(grant, customer);
    let (mut scrubbed, mut failure, mut months) = (0, None, BTreeSet::new());
    loop {
        let page = store.query(query.clone()).await?;
        let mut wanted = Vec::new();
        for item in page.items {
            let row: OrderInIndex = from_index(item)?;
            months.insert(month_of(row.r.placed_date()));
            if extent == Extent::All || !row.r.customer_name.is_empty() {
                wanted.extend(row.id().map(|id| keys::order(tenant, id)));
            }
        }
        let mut found = store.get_many(&wanted).await?;
        let orders: Vec<_> = wanted.iter().map(|key| found.take::<Order>(key)).collect();
        let writes = orders.into_iter().map(|order| scrub_found(app, grant, order));
        let mut outcomes = stream::iter(writes).buffer_unordered(ORDERS_AT_ONCE);
        while let Some(outcome) = outcomes.next().await {
            match outcome {
                Ok(found) => scrubbed += u64::from(found),
                Err(problem) => failure = failure.or(Some(problem)),
            }
        }
        let complete = page.next.is_none();
        match (page.next, failure) {
            (Some(next), rest) if app.now() < deadline => (query.start, failure) = (Some(next), rest),
            // After the orders: a projector takes the name from an order that still has it.
            (_, None) => {
                store.forget_top_names(customer, &months).await?;
                return Ok(Swept { scrubbed, complete });
            }
            (_, Some(problem)) => return Err(problem),
        }
    }
}

/// Whether an order of the customer has been scrubbed already: the mark of an erasure without way back.
///
/// # Errors
/// 503
pub(super) async fn scrubbing_has_begun(app: &App, grant: &Grant, customer: Uuid) -> Result<bool, Problem> {
    let store = app.tenant_store(grant);
    let mut query = of_customer(grant, customer);
    loop {
        let page = store.query(query.clone()).await?;
        for item in page.items {
            if from_index::<OrderInIndex>(item)?.r.customer_name.is_empty() {
                return Ok(true);
            }
        }
        match page.next {
            Some(next) => query.start = Some(next),
            None => return Ok(false),
        }
    }
}

fn of_customer(grant: &Grant, customer: Uuid) -> Query {
    Query {
        limit: Some(PAGE),
        ..Query::all(Index::Gs3, keys::orders_of_customer(grant.tenant(), customer))
    }
}

async fn scrub_found(
    app: &App,
    grant: &Grant,
    found: Result<Option<Order>, StoreError>,
) -> Result<bool, Problem> {
    match found? {
        Some(order) => scrub_stored(app, grant, order).await,
        None => Ok(false),
    }
}

/// Takes personal data out of one order, its older history first; tells whether there was any in the order itself.
async fn scrub_stored(app: &App, grant: &Grant, mut order: Order) -> Result<bool, Problem> {
    let store = app.tenant_store(grant);
    for _ in 0..ATTEMPTS {
        if order.body.history_parts > 0 {
            store
                .scrub_older_history(&keys::order(grant.tenant(), order.id), scrub_part)
                .await?;
        }
        let mut next = order.clone();
        if !scrub(&mut next) {
            return Ok(false);
        }
        stamp(app, grant, &mut next);
        match store.replace_order(&next, order.version, None).await? {
            OrderWritten::Now => return Ok(true),
            // Somebody has changed it, and may have moved entries into a new part: from the beginning.
            OrderWritten::Other(Some(current)) => order = *current,
            OrderWritten::Other(None) => return Ok(false),
            refused => {
                return Err(Problem::internal(format!(
                    "an order that got smaller was refused: {}",
                    told(&refused)
                )));
            }
        }
    }
    Err(Problem::new(
        ProblemCode::VersionConflict,
        "An order of the customer kept changing; erase again to go on.",
    ))
}

/// The variant's name only: it may hold an order.
fn told(refused: &OrderWritten) -> &'static str {
    match refused {
        OrderWritten::TooLarge => "too large",
        _ => "not written",
    }
}

/// The next version, with a note that says what was done.
fn stamp(app: &App, grant: &Grant, order: &mut Order) {
    let now = app.now();
    let sequence = order.next_sequence();
    order.version += 1;
    order.write_id = app.ids().fresh();
    order.body.updated_at = now;
    order.body.updated_by = grant.actor().clone();
    let entry = HistoryEntry {
        sequence,
        event: HistoryEvent::Note,
        from_status: None,
        to_status: order.row.status,
        reason: None,
        note: None,
        notify_customer: false,
        changed_by: grant.actor().clone(),
        changed_at: now,
        version: order.version,
        context: Some(serde_json::json!({"personal_data": "erased"})),
        notification: None,
        after: order.after_change(),
    };
    order.body.history.push(entry);
}
