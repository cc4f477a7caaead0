//! The rollups (D33, D80, D90): what orders and customers add up to, so that a dashboard is a handful of reads. The
//! projector alone writes them, each change of an order or customer once, in the transaction that moves its gate.
//!
//! Every row counts its changes in `ch`, so that a recount can tell a row that stood still from one that moved under it.
//! Amounts are cents, quantities thousandths.

pub mod contribution;
pub mod figures;
pub mod gates;
mod mend;
mod metrics_row;
mod project;
mod top_rows;
pub mod tops;

use chrono::NaiveDate;
use orders_domain::alerts::Severity;
use orders_domain::decimal::{Money, Quantity};
use orders_domain::order_status::OrderStatus;

pub use mend::StoredRow;
pub use project::{Counted, MOST_PRODUCTS, Projected};

use super::keys::{self, Index};
use super::record::{Item, number, text};
use super::{Query, SortRange, StoreError, TenantStore};

/// What was placed on a day of the tenant's, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlacedDay {
    /// Orders, whatever became of them (`p`).
    pub placed: i64,
    /// Those neither cancelled nor failed (`o`), and what they come to less what was returned (`v`).
    pub valid: i64,
    /// See `valid`.
    pub revenue: Money,
    /// Cancelled ones (`x`).
    pub cancelled: i64,
    /// Those that the business model counts: not cancelled, failed or on hold (`n`), with their units (`q`), those of
    /// business and central-bakery customers (`b`) and those of the wholesale channel (`w`).
    pub modelled: i64,
    /// See `modelled`.
    pub units: Quantity,
    /// See `modelled`.
    pub business: i64,
    /// See `modelled`.
    pub wholesale: i64,
}

/// What became of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Month {
    /// Customers created in it (`nc`).
    pub new_customers: i64,
    /// Of the orders due in it: delivered (`dl`), delivered within their window (`ot`), cancelled (`dx`), failed (`df`).
    pub delivered: i64,
    /// See `delivered`.
    pub on_time: i64,
    /// See `delivered`.
    pub cancelled: i64,
    /// See `delivered`.
    pub failed: i64,
}

/// What stands at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Orders in each status, in the order of [`OrderStatus::ALL`]; an attribute each, named by the status' word.
    pub by_status: [i64; OrderStatus::ALL.len()],
    /// What valid orders still owe (`bd`).
    pub outstanding: Money,
    /// Customers there are (`cu`) and those that are active (`ca`); an erased one is neither.
    pub customers: i64,
    /// See `customers`.
    pub active_customers: i64,
    /// Customers with at least one valid order (`c1`), and with two or more (`c2`).
    pub customers_with_an_order: i64,
    /// See `customers_with_an_order`.
    pub returning_customers: i64,
    /// When the last change was counted, in milliseconds (`ao`), and how old it was then (`la`).
    pub as_of_millis: Option<i64>,
    /// See `as_of_millis`.
    pub lag_millis: Option<i64>,
}

/// Open alerts of each severity, in the order of [`Severity::ALL`]; an attribute each, named by the severity's word. Moved
/// in the transactions that open, raise and close alerts.
pub type AlertCounts = [i64; Severity::ALL.len()];

/// Orders that are still to be delivered on a day (`n`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDay {
    /// The delivery date.
    pub date: NaiveDate,
    /// How many.
    pub open: i64,
}

/// Everything a dashboard needs but the top tens.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rollups {
    /// Days on which something was placed, from the first asked for to the last, in order.
    pub placed: Vec<(NaiveDate, PlacedDay)>,
    /// The month of the last day.
    pub month: Month,
    /// Days from the last day on that have open orders, in order.
    pub open: Vec<OpenDay>,
    /// What stands.
    pub totals: Totals,
    /// Open alerts.
    pub alerts: AlertCounts,
}

impl PlacedDay {
    /// Reads a row.
    pub fn of(item: &Item) -> Self {
        let whole = |name| number(item, name).unwrap_or(0);
        Self {
            placed: whole("p"),
            valid: whole("o"),
            revenue: Money::from_scaled(whole("v")),
            cancelled: whole("x"),
            modelled: whole("n"),
            units: Quantity::from_scaled(whole("q")),
            business: whole("b"),
            wholesale: whole("w"),
        }
    }
}

impl Month {
    /// Reads a row.
    pub fn of(item: &Item) -> Self {
        let whole = |name| number(item, name).unwrap_or(0);
        Self {
            new_customers: whole("nc"),
            delivered: whole("dl"),
            on_time: whole("ot"),
            cancelled: whole("dx"),
            failed: whole("df"),
        }
    }
}

impl Totals {
    /// Reads the row.
    pub fn of(item: &Item) -> Self {
        let whole = |name| number(item, name).unwrap_or(0);
        Self {
            by_status: OrderStatus::ALL.map(|status| whole(status.as_str())),
            outstanding: Money::from_scaled(whole("bd")),
            customers: whole("cu"),
            active_customers: whole("ca"),
            customers_with_an_order: whole("c1"),
            returning_customers: whole("c2"),
            as_of_millis: number(item, "ao"),
            lag_millis: number(item, "la"),
        }
    }

    /// Every order there ever was.
    pub fn orders(&self) -> i64 {
        self.by_status.iter().sum()
    }
}

impl TenantStore<'_> {
    /// The rollups of the days from `first` to `today` and what stands at the moment, in two queries.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn rollups(&self, first: NaiveDate, today: NaiveDate) -> Result<Rollups, StoreError> {
        // The month's row stands before its days: the range begins with whichever comes first.
        let placed = keys::placed_day(first).min(keys::month_rollup(today));
        let (past, now) = futures_util::try_join!(
            self.query_all(rollup_query(self.tenant, placed, keys::placed_day(today))),
            self.query_all(rollup_query(
                self.tenant,
                keys::open_day(today),
                keys::ALERT_COUNTS.to_owned()
            )),
        )?;
        let mut found = Rollups::default();
        for item in past.iter().chain(&now) {
            let sort = text(item, "sk").unwrap_or_default();
            if sort == keys::month_rollup(today) {
                found.month = Month::of(item);
            } else if sort == keys::TOTALS {
                found.totals = Totals::of(item);
            } else if sort == keys::ALERT_COUNTS {
                found.alerts = Severity::ALL.map(|severity| number(item, severity.as_str()).unwrap_or(0));
            } else if let Some(date) = day_of(sort, "c#").filter(|date| *date >= first) {
                found.placed.push((date, PlacedDay::of(item)));
            } else if let Some(date) = day_of(sort, "o#") {
                let open = number(item, "n").unwrap_or(0);
                found.open.push(OpenDay { date, open });
            }
        }
        Ok(found)
    }
}

impl TenantStore<'_> {
    /// What was placed on the days from `first` to `today`, and what stands at the moment.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn placed_days(
        &self,
        first: NaiveDate,
        today: NaiveDate,
    ) -> Result<(Vec<(NaiveDate, PlacedDay)>, Totals), StoreError> {
        let totals = keys::TOTALS.to_owned();
        let (days, totals) = futures_util::try_join!(
            self.query_all(rollup_query(
                self.tenant,
                keys::placed_day(first),
                keys::placed_day(today)
            )),
            self.query_all(rollup_query(self.tenant, totals.clone(), totals)),
        )?;
        let days = days.iter().filter_map(|item| {
            let date = day_of(text(item, "sk")?, "c#")?;
            Some((date, PlacedDay::of(item)))
        });
        Ok((days.collect(), totals.first().map(Totals::of).unwrap_or_default()))
    }
}

fn rollup_query(tenant: crate::auth::TenantId, from: String, to: String) -> Query {
    Query {
        range: SortRange::Between(from, to),
        // The projector is behind by more than the table ever is.
        eventual: true,
        ..Query::all(Index::Primary, keys::rollups(tenant))
    }
}

fn day_of(sort: &str, prefix: &str) -> Option<NaiveDate> {
    sort.strip_prefix(prefix)?.parse().ok()
}
