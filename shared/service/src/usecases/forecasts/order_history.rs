//! Past orders as sales history (D70): what forecasts learn from where nobody knows the sales better.
//!
//! Lines stand in the orders alone, so each order is read once after its day and its quantities are added to a row per
//! product and month. Days are counted again for a week, because orders are still cancelled then.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use orders_domain::decimal::Quantity;
use orders_domain::order_status::OrderStatus;

use super::Upkeep;
use super::history::{DailySales, Window, by_product};
use crate::app::App;
use crate::auth::Access;
use crate::partners::deadline;
use crate::problem::Problem;
use crate::store::forecasts::OrderHistoryMark;
use crate::store::keys;
use crate::store::orders::Order;
use crate::store::record::to_item;
use crate::store::sales_history::{Book, SalesMonth};
use crate::store::{StoreError, TenantStore};
use crate::usecases::orders::demand::orders_due;

/// Days after which an order is taken as settled.
const SETTLING_DAYS: u64 = 7;
/// Days that are counted before the mark is moved: what is counted in one go is lost together.
const DAYS_IN_A_GO: u64 = 28;
/// Writes and batches of reads that run side by side.
const CONCURRENCY: usize = 8;
/// Orders that are read together.
const ORDERS_IN_A_BATCH: usize = 100;
/// What must be left of the invocation for another go: a plan has still to be made.
const RESERVE: TimeDelta = TimeDelta::seconds(30);

/// What past orders know.
#[derive(Debug, Default)]
pub(super) struct OrderHistory {
    pub(super) sales: BTreeMap<String, DailySales>,
    /// Whether there was no time to count all days.
    pub(super) incomplete: bool,
}

/// The daily quantities of past orders, by product.
pub(super) async fn load(
    app: &App,
    access: &Access,
    window: Window,
    upkeep: Upkeep,
) -> Result<OrderHistory, Problem> {
    let store = app.tenant_store(access);
    let mark_key = keys::order_history_mark(access.tenant());
    let (mark, sales) = futures_util::try_join!(
        store.get::<OrderHistoryMark>(&mark_key),
        by_product(store, Book::Orders.partition(access.tenant()), window)
    )?;
    let mut history = OrderHistory {
        sales,
        incomplete: false,
    };
    let counted_to = mark.map(|mark| mark.counted_to);
    if upkeep == Upkeep::ReadOnly || counted_to.is_some_and(|date| date >= window.to) {
        return Ok(history);
    }
    let mut from = first_to_count(counted_to, window);
    while from <= window.to {
        let to = from
            .checked_add_days(Days::new(DAYS_IN_A_GO - 1))
            .map_or(window.to, |date| date.min(window.to));
        let counted = count(store, from, to).await?;
        let changed = history.replace(counted, from, to);
        write(store, changed).await?;
        store
            .overwrite(to_item(store.tenant(), &OrderHistoryMark { counted_to: to })?)
            .await?;
        let Some(next) = to.succ_opt() else { break };
        from = next;
        // At least one go is always done, so that the next plan has less to count.
        let left = deadline::current().map(|ends| ends - app.now());
        if from <= window.to && left.is_some_and(|left| left < RESERVE) {
            history.incomplete = true;
            break;
        }
    }
    Ok(history)
}

/// The first day that has to be counted.
fn first_to_count(counted_to: Option<NaiveDate>, window: Window) -> NaiveDate {
    let settling = |date: NaiveDate| date.checked_sub_days(Days::new(SETTLING_DAYS - 1));
    counted_to
        .and_then(settling)
        .map_or(window.from, |date| date.max(window.from))
}

/// Whether an order of this status was sold.
fn is_sale(status: OrderStatus) -> bool {
    !matches!(
        status,
        OrderStatus::Cancelled | OrderStatus::Failed | OrderStatus::OnHold
    )
}

/// What the orders of some days come to, by product and day.
async fn count(
    store: TenantStore<'_>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeMap<String, DailySales>, StoreError> {
    let due = orders_due(store, from, to).await?;
    let orders: Vec<_> = due
        .iter()
        .filter(|order| is_sale(order.r.status))
        .filter_map(|order| order.id())
        .map(|id| keys::order(store.tenant(), id))
        .collect();
    let mut batches = stream::iter(orders.chunks(ORDERS_IN_A_BATCH).map(<[_]>::to_vec))
        .map(|batch| async move {
            let mut found = store.get_many(&batch).await?;
            let orders = batch.iter().map(|key| found.take::<Order>(key));
            orders.collect::<Result<Vec<_>, _>>()
        })
        .buffer_unordered(CONCURRENCY);
    let mut sales: BTreeMap<String, DailySales> = BTreeMap::new();
    while let Some(orders) = batches.try_next().await? {
        for order in orders.into_iter().flatten() {
            let date = order.row.delivery_date;
            // It may have been put off since the index was read; then it counts on its new day.
            if !is_sale(order.row.status) || !(from..=to).contains(&date) {
                continue;
            }
            for line in order.body.lines {
                let sum = sales.entry(line.product_id).or_default().entry(date).or_default();
                // More than can be counted is no sale to learn from.
                *sum = sum.checked_add(line.quantity).unwrap_or(*sum);
            }
        }
    }
    Ok(sales)
}

impl OrderHistory {
    /// Puts what was counted in the place of what was known of those days, and gives the months that have changed. What
    /// was known and is not there any more was cancelled: nothing was sold.
    fn replace(
        &mut self,
        mut counted: BTreeMap<String, DailySales>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<SalesMonth> {
        for (product, days) in &self.sales {
            for date in days.range(from..=to).map(|(date, _)| *date) {
                counted
                    .entry(product.clone())
                    .or_default()
                    .entry(date)
                    .or_insert(Quantity::ZERO);
            }
        }
        let mut months: BTreeMap<(String, NaiveDate), SalesMonth> = BTreeMap::new();
        for (product, days) in counted {
            let known = self.sales.entry(product.clone()).or_default();
            for (date, quantity) in days {
                if known.insert(date, quantity) == Some(quantity) {
                    continue;
                }
                let empty = SalesMonth::of(&product, date);
                let month = months.entry((product.clone(), empty.month)).or_insert(empty);
                month.set(date, quantity);
            }
        }
        months.into_values().collect()
    }
}

async fn write(store: TenantStore<'_>, months: Vec<SalesMonth>) -> Result<(), StoreError> {
    stream::iter(months)
        .map(|month| async move { store.set_sales(Book::Orders, &month).await })
        .buffer_unordered(CONCURRENCY)
        .try_collect()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sales(rows: &[(&str, &str, i64)]) -> BTreeMap<String, DailySales> {
        let mut sales: BTreeMap<String, DailySales> = BTreeMap::new();
        for (product, day, units) in rows {
            let quantity = Quantity::from_scaled(units * 1_000);
            sales
                .entry((*product).to_owned())
                .or_default()
                .insert(date(day), quantity);
        }
        sales
    }

    #[test]
    fn a_day_is_counted_for_a_week_after_it() {
        // D70
        let window = Window {
            from: date("2026-06-02"),
            to: date("2026-11-30"),
        };
        assert_eq!(first_to_count(None, window), date("2026-06-02"));
        assert_eq!(
            first_to_count(Some(date("2026-11-29")), window),
            date("2026-11-23")
        );
        assert_eq!(
            first_to_count(Some(date("2026-06-03")), window),
            date("2026-06-02")
        );
    }

    #[test]
    fn what_was_cancelled_since_counts_as_nothing_sold_and_what_stayed_is_not_written() {
        // D70
        let mut history = OrderHistory {
            sales: sales(&[
                ("rye", "2026-11-20", 4),
                ("rye", "2026-11-21", 5),
                ("roll", "2026-10-01", 9),
            ]),
            incomplete: false,
        };
        let counted = sales(&[("rye", "2026-11-20", 4), ("bun", "2026-11-21", 2)]);
        let changed = history.replace(counted, date("2026-11-20"), date("2026-11-22"));
        let shown: Vec<String> = changed
            .iter()
            .flat_map(|month| {
                month
                    .days
                    .iter()
                    .map(|(day, quantity)| format!("{} {} {day} {quantity}", month.product_id, month.month))
            })
            .collect();
        assert_eq!(shown, ["bun 2026-11-01 21 2.000", "rye 2026-11-01 21 0.000"]);
        assert_eq!(history.sales["rye"][&date("2026-11-21")], Quantity::ZERO);
        assert_eq!(history.sales["roll"].len(), 1);
    }
}
