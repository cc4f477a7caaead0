//! The first half of a recount: every order and customer is counted up to its version, and what recent orders contribute
//! is derived from them once more.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Months, NaiveDate};
use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::super::{Cause, customers, orders};
use crate::auth::{Access, TenantId};
use crate::messaging::{WorkError, Worker};
use crate::store::customers::CustomerInIndex;
use crate::store::keys::{self, Index};
use crate::store::orders::{Order, OrderInIndex};
use crate::store::record::{IndexRow, from_index};
use crate::store::rollups::contribution::OrderContribution;
use crate::store::rollups::figures::month_of;
use crate::store::rollups::gates::OrderGate;
use crate::store::{Query, TenantStore};

/// Records that are counted at a time.
const AT_ONCE: usize = 4;
/// Orders that are read together.
const READ_TOGETHER: usize = 100;

/// What there is of a tenant's, and what became of it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) orders: usize,
    /// Months in which orders were placed.
    pub(super) months: BTreeSet<NaiveDate>,
    pub(super) customers: BTreeSet<Uuid>,
    /// Records that were behind or wrong, and are counted now.
    pub(super) counted: usize,
    /// Records that could not be read or counted.
    pub(super) failures: usize,
}

impl Seen {
    /// Notes a record that failed, so that the others go on.
    fn note<T>(&mut self, tenant: TenantId, outcome: Result<T, WorkError>) -> Option<T> {
        outcome
            .inspect_err(|error| {
                tracing::error!(%tenant, cause = %error, "a record could not be counted");
                self.failures += 1;
            })
            .ok()
    }

    /// Runs projections, a few at a time.
    async fn run(
        &mut self,
        tenant: TenantId,
        projections: impl Iterator<Item = impl Future<Output = Result<bool, WorkError>>>,
    ) {
        let outcomes: Vec<_> = stream::iter(projections)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for outcome in outcomes {
            self.counted += usize::from(self.note(tenant, outcome).unwrap_or(false));
        }
    }
}

/// An order in the list by creation.
#[derive(Debug, Clone, Copy)]
struct Listed {
    id: Uuid,
    version: u64,
    placed: NaiveDate,
}

/// Counts whatever is behind or wrong, and gives what there is.
pub(super) async fn catch_up(worker: &Worker, access: &Access) -> Result<Seen, WorkError> {
    let store = worker.app.tenant_store(access);
    let tenant = store.tenant();
    let mut seen = Seen::default();
    let mut by_month: BTreeMap<NaiveDate, Vec<Listed>> = BTreeMap::new();
    for_each_row(
        store,
        keys::orders_by_creation(tenant),
        |row: Result<OrderInIndex, WorkError>| {
            let row = seen.note(tenant, row)?;
            let (placed, version, id) = (row.r.placed_date(), row.ver, row.id()?);
            seen.orders += 1;
            seen.months.insert(month_of(placed));
            seen.customers.insert(row.r.customer_id);
            let listed = Listed { id, version, placed };
            by_month.entry(month_of(placed)).or_default().push(listed);
            Some(())
        },
    )
    .await?;
    let this_month = month_of(worker.app.today(access));
    let recheck_from = this_month
        .checked_sub_months(Months::new(1))
        .unwrap_or(this_month);
    for (month, listed) in by_month {
        let gates = store.order_gates(month).await?;
        let gates: HashMap<Uuid, OrderGate> = gates.into_iter().map(|gate| (gate.id, gate)).collect();
        let behind = |order: &Listed| {
            gates
                .get(&order.id)
                .is_none_or(|gate| gate.sequence < order.version)
        };
        let (mut suspect, level): (Vec<_>, Vec<_>) = listed.into_iter().partition(behind);
        if month >= recheck_from {
            suspect.extend(wrong(store, level, &gates, &mut seen).await?);
        }
        let projections = suspect.into_iter().map(|order| {
            let cause = cause(order.id, Some(order.placed), order.version);
            orders::project(worker, access, cause)
        });
        seen.run(tenant, projections).await;
    }
    catch_up_customers(worker, access, &mut seen).await?;
    Ok(seen)
}

/// Orders whose gate is up to date by its sequence, yet holds another contribution than the order makes.
async fn wrong(
    store: TenantStore<'_>,
    level: Vec<Listed>,
    gates: &HashMap<Uuid, OrderGate>,
    seen: &mut Seen,
) -> Result<Vec<Listed>, WorkError> {
    let mut found = Vec::new();
    for together in level.chunks(READ_TOGETHER) {
        let keys: Vec<_> = together
            .iter()
            .map(|order| keys::order(store.tenant(), order.id))
            .collect();
        let mut orders = store.get_many(&keys).await?;
        for (listed, key) in together.iter().zip(&keys) {
            let contribution = match orders.take::<Order>(key) {
                Ok(Some(order)) => OrderContribution::of(&order),
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            let contribution = seen.note(store.tenant(), contribution.map_err(WorkError::from));
            let counted = gates.get(&listed.id).map(|gate| &gate.contribution);
            if contribution.is_some() && contribution.as_ref() != counted {
                found.push(*listed);
            }
        }
    }
    Ok(found)
}

/// What a customer contributes stands in its row but for the date, which never changes.
async fn catch_up_customers(worker: &Worker, access: &Access, seen: &mut Seen) -> Result<(), WorkError> {
    let store = worker.app.tenant_store(access);
    let tenant = store.tenant();
    let gates = store.customer_gates().await?;
    let gates: HashMap<Uuid, _> = gates.into_iter().map(|gate| (gate.id, gate)).collect();
    let mut suspect = Vec::new();
    for_each_row(
        store,
        keys::customers_by_name(tenant),
        |row: Result<CustomerInIndex, WorkError>| {
            let row = seen.note(tenant, row)?;
            let id = row.id()?;
            seen.customers.insert(id);
            let right = gates.get(&id).is_some_and(|gate| {
                let erased = row.r.erasure.is_some_and(|mark| mark.done);
                let counted = gate.contribution;
                let same = (counted.erased, counted.active) == (erased, row.r.is_active);
                gate.sequence > row.ver || (gate.sequence == row.ver && same)
            });
            if !right {
                suspect.push((id, row.ver));
            }
            Some(())
        },
    )
    .await?;
    let projections = suspect
        .into_iter()
        .map(|(id, version)| customers::project(worker, access, cause(id, None, version)));
    seen.run(tenant, projections).await;
    Ok(())
}

fn cause(id: Uuid, placed: Option<NaiveDate>, sequence: u64) -> Cause {
    Cause {
        id,
        placed,
        sequence,
        occurred_at: None,
        recheck: true,
    }
}

/// Every row of a partition of GS1, page by page.
async fn for_each_row<T: IndexRow>(
    store: TenantStore<'_>,
    partition: String,
    mut take: impl FnMut(Result<T, WorkError>) -> Option<()>,
) -> Result<(), WorkError> {
    let mut query = Query::all(Index::Gs1, partition);
    loop {
        let page = store.query(query.clone()).await?;
        for item in page.items {
            take(from_index(item).map_err(WorkError::from));
        }
        match page.next {
            Some(next) => query.start = Some(next),
            None => return Ok(()),
        }
    }
}
