//! The second half of a recount: every row against the sum of the contributions in the gates.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::contributions::Seen;
use crate::auth::Access;
use crate::messaging::{WorkError, Worker};
use crate::store::TenantStore;
use crate::store::keys::{self, Key};
use crate::store::rollups::StoredRow;
use crate::store::rollups::figures::{Figures, Row, RowFigures, month_of, repeat_figures};

/// How often rows are counted that change under the count.
const ATTEMPTS: usize = 3;

/// What all gates come to.
#[derive(Debug, Default)]
struct Sums {
    figures: Figures,
    /// When each customer's first and last order was placed, in milliseconds.
    placed: BTreeMap<Uuid, (i64, i64)>,
    /// For each customer's row of a month, an order that is in it.
    orders: BTreeMap<Row, Key>,
}

/// Counts until every row stood still while it was judged; gives how many were mended, and how many never did.
///
/// A row whose counter of changes is the same before and after the gates were read has not moved meanwhile, and so
/// neither has what the gates say of it: both move in one transaction.
pub(super) async fn settle(
    worker: &Worker,
    access: &Access,
    seen: &Seen,
) -> Result<(usize, usize), WorkError> {
    let store = worker.app.tenant_store(access);
    let (mut drift, mut unsettled) = (0, None::<BTreeSet<Row>>);
    for _ in 0..ATTEMPTS {
        let before = store.rollup_rows(&seen.months, &seen.customers).await?;
        // A gate stands in the month of its day's row, which came in the same transaction: no gate of these rows is missed,
        // though the list of orders be a moment old.
        let placed = before.keys().filter_map(|row| match row {
            Row::Placed(date) => Some(month_of(*date)),
            _ => None,
        });
        let months: BTreeSet<_> = placed.chain(seen.months.iter().copied()).collect();
        let sums = sums(store, &months).await?;
        let after = store.rollup_rows(&seen.months, &seen.customers).await?;
        let mut moving = BTreeSet::new();
        for row in rows_of([&before, &after], &sums.figures) {
            let settled = unsettled
                .as_ref()
                .is_some_and(|unsettled| !unsettled.contains(&row));
            if settled || !was_read(&row, seen) {
                continue;
            }
            let (was, is) = (before.get(&row), after.get(&row));
            let expected = sums.figures.of(&row).cloned().unwrap_or_default();
            if was.and_then(|row| row.stamp) != is.and_then(|row| row.stamp) {
                moving.insert(row);
            } else if !agrees(is, &expected) {
                if mend(worker, store, &row, is, &expected, &sums).await? {
                    drift += 1;
                } else {
                    moving.insert(row);
                }
            }
        }
        if moving.is_empty() {
            return Ok((drift, 0));
        }
        unsettled = Some(moving);
    }
    Ok((drift, unsettled.map_or(0, |rows| rows.len())))
}

/// Whether a row is among those that are read; one of an order that is newer than the list is for the next run.
fn was_read(row: &Row, seen: &Seen) -> bool {
    match row {
        Row::Placed(_) | Row::Month(_) | Row::Open(_) | Row::Totals => true,
        Row::Metrics(customer) => seen.customers.contains(customer),
        Row::TopProduct(month, _) | Row::TopCustomer(month, _) => seen.months.contains(month),
    }
}

fn agrees(stored: Option<&StoredRow>, expected: &RowFigures) -> bool {
    match stored {
        Some(stored) => stored.in_place && stored.figures == *expected,
        None => expected.is_empty(),
    }
}

async fn mend(
    worker: &Worker,
    store: TenantStore<'_>,
    row: &Row,
    read: Option<&StoredRow>,
    expected: &RowFigures,
    sums: &Sums,
) -> Result<bool, WorkError> {
    let (now, token) = (worker.app.now(), worker.app.ids().fresh());
    let order = sums.orders.get(row);
    let mended = store.mend(row, read, expected, order, now, token).await?;
    if mended {
        let kind = match row {
            Row::Placed(_) => "placed day",
            Row::Month(_) => "month",
            Row::Open(_) => "open day",
            Row::Totals => "totals",
            Row::Metrics(_) => "metrics",
            Row::TopProduct(..) => "product of a month",
            Row::TopCustomer(..) => "customer of a month",
        };
        tracing::error!(tenant = %store.tenant(), kind, "a rollup row had drifted and was mended");
    }
    Ok(mended)
}

/// Every row that is there, or should be.
fn rows_of(stored: [&BTreeMap<Row, StoredRow>; 2], sums: &Figures) -> BTreeSet<Row> {
    let stored = stored.into_iter().flat_map(BTreeMap::keys);
    stored.chain(sums.rows().map(|(row, _)| row)).cloned().collect()
}

async fn sums(store: TenantStore<'_>, months: &BTreeSet<NaiveDate>) -> Result<Sums, WorkError> {
    let mut sums = Sums::default();
    for month in months {
        for gate in store.order_gates(*month).await? {
            let counted = &gate.contribution;
            sums.figures.add_all(&counted.figures());
            let at = counted.created_at.timestamp_millis();
            let (first, last) = sums.placed.entry(counted.customer_id).or_insert((at, at));
            (*first, *last) = (at.min(*first), at.max(*last));
            let of_customer = Row::TopCustomer(month_of(counted.placed), counted.customer_id);
            sums.orders
                .entry(of_customer)
                .or_insert_with(|| keys::order(store.tenant(), gate.id));
        }
    }
    for gate in store.customer_gates().await? {
        sums.figures.add_all(&gate.contribution.figures());
    }
    for (customer, (first, last)) in &sums.placed {
        let metrics = Row::Metrics(*customer);
        for (name, by) in repeat_figures(sums.figures.figure(&metrics, "o")) {
            sums.figures.add(Row::Totals, name, by);
        }
        sums.figures.add(metrics.clone(), "fa", *first);
        sums.figures.add(metrics, "la", *last);
    }
    Ok(sums)
}
