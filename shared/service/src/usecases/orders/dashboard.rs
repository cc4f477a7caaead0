//! The dashboard (D90): a handful of reads of the rollups, and arithmetic over them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::dashboard::Periods;
use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::OrderStatus;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::business_model::{Detection, detection, window_start};
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::Query;
use crate::store::keys::{self, Index};
use crate::store::plans::{PlanInIndex, PlanRow};
use crate::store::record::from_index;
use crate::store::rollups::tops::{Top, TopKind};
use crate::store::rollups::{AlertCounts, PlacedDay, Rollups};

/// Rows of a top list.
const TOP_ROWS: i32 = 10;

/// A figure of today, of the ISO week and of the month, each up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of D90, under their names")]
pub struct OverPeriods<T> {
    pub today: T,
    pub week: T,
    pub month: T,
}

/// Customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of D90, under their names")]
pub struct CustomerFigures {
    pub total: i64,
    pub active: i64,
    pub new_this_month: i64,
    pub repeat_rate: Option<Percentage>,
}

/// One day of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of D90, under their names")]
pub struct SeriesDay {
    pub date: NaiveDate,
    pub orders: i64,
    pub revenue: Money,
}

/// Everything a dashboard shows.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of D90, under their names")]
pub struct Dashboard {
    pub orders: OverPeriods<i64>,
    pub revenue: OverPeriods<Money>,
    pub average_order_value: Option<Money>,
    pub status_counts: Vec<(OrderStatus, i64)>,
    pub customers: CustomerFigures,
    pub fulfilment_rate: Option<Percentage>,
    pub on_time_rate: Option<Percentage>,
    pub cancellation_rate: Option<Percentage>,
    pub top_products: Vec<Top>,
    pub top_customers: Vec<Top>,
    pub due_today: i64,
    pub overdue: i64,
    pub on_hold: i64,
    pub outstanding_balance: Money,
    pub alerts: AlertCounts,
    pub latest_plan: Option<(Uuid, PlanRow)>,
    pub business_model: Detection,
    pub series: Vec<SeriesDay>,
    /// When the last change was counted; none while nothing was.
    pub as_of: Option<DateTime<Utc>>,
    /// How old that change was when it was counted.
    pub lag_seconds: Option<i64>,
}

/// The dashboard at the moment.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn dashboard(app: &App, access: &Access) -> Result<Dashboard, Problem> {
    let (store, periods) = (app.tenant_store(access), Periods::of(app.today(access)));
    let first = periods.first().min(window_start(periods.today));
    let plans = Query {
        forward: false,
        limit: Some(1),
        ..Query::all(Index::Gs1, keys::plans_by_creation(access.tenant()))
    };
    let (rollups, top_products, top_customers, plans) = futures_util::try_join!(
        store.rollups(first, periods.today),
        store.top(TopKind::Product, periods.month, TOP_ROWS),
        store.top(TopKind::Customer, periods.month, TOP_ROWS),
        store.query(plans),
    )?;
    let latest_plan = match plans.items.into_iter().next() {
        Some(item) => {
            let plan: PlanInIndex = from_index(item)?;
            plan.id().map(|id| (id, plan.r))
        }
        None => None,
    };
    let earning = |rows: Vec<Top>| rows.into_iter().filter(|row| row.revenue > Money::ZERO).collect();
    Ok(Dashboard {
        top_products: earning(top_products),
        top_customers: earning(top_customers),
        latest_plan,
        business_model: detection(access, periods.today, &rollups.placed, &rollups.totals),
        ..figures(periods, &rollups, access)
    })
}

/// What follows from the rollups alone.
fn figures(periods: Periods, rollups: &Rollups, access: &Access) -> Dashboard {
    let (totals, month) = (&rollups.totals, &rollups.month);
    let since = |first: NaiveDate| rollups.placed.iter().filter(move |(date, _)| *date >= first);
    let orders = |first| since(first).map(|(_, day)| day.valid).sum::<i64>();
    let cents = |first| since(first).map(|(_, day)| day.revenue.scaled()).sum::<i64>();
    let month_orders = orders(periods.month);
    let month_revenue = Money::from_scaled(cents(periods.month));
    let placed: i64 = since(periods.month).map(|(_, day)| day.placed).sum();
    let cancelled: i64 = since(periods.month).map(|(_, day)| day.cancelled).sum();
    let status_counts: Vec<_> = OrderStatus::ALL.into_iter().zip(totals.by_status).collect();
    let in_status = |wanted: OrderStatus| {
        let found = status_counts.iter().find(|(status, _)| *status == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    let open_on = |wanted: &dyn Fn(NaiveDate) -> bool| {
        let days = rollups.open.iter().filter(|day| wanted(day.date));
        days.map(|day| day.open).sum::<i64>()
    };
    let open: i64 = [
        OrderStatus::Pending,
        OrderStatus::Confirmed,
        OrderStatus::OnHold,
        OrderStatus::InProduction,
        OrderStatus::Ready,
        OrderStatus::OutForDelivery,
    ]
    .map(in_status)
    .iter()
    .sum();
    let by_day: BTreeMap<NaiveDate, &PlacedDay> =
        rollups.placed.iter().map(|(date, day)| (*date, day)).collect();
    let series = periods.series_days().map(|date| SeriesDay {
        date,
        orders: by_day.get(&date).map_or(0, |day| day.valid),
        revenue: by_day.get(&date).map_or(Money::ZERO, |day| day.revenue),
    });
    Dashboard {
        orders: OverPeriods {
            today: orders(periods.today),
            week: orders(periods.week),
            month: month_orders,
        },
        revenue: OverPeriods {
            today: Money::from_scaled(cents(periods.today)),
            week: Money::from_scaled(cents(periods.week)),
            month: month_revenue,
        },
        average_order_value: average(month_revenue, month_orders),
        customers: CustomerFigures {
            total: totals.customers,
            active: totals.active_customers,
            new_this_month: month.new_customers,
            repeat_rate: Percentage::of_part(totals.returning_customers, totals.customers_with_an_order),
        },
        fulfilment_rate: Percentage::of_part(
            month.delivered,
            month.delivered + month.cancelled + month.failed,
        ),
        on_time_rate: Percentage::of_part(month.on_time, month.delivered),
        cancellation_rate: Percentage::of_part(cancelled, placed),
        top_products: Vec::new(),
        top_customers: Vec::new(),
        due_today: open_on(&|date| date == periods.today),
        // All open orders less those of today and later: days that are long past need not be read.
        overdue: open - open_on(&|_| true),
        on_hold: in_status(OrderStatus::OnHold),
        outstanding_balance: totals.outstanding,
        alerts: rollups.alerts,
        latest_plan: None,
        business_model: detection(access, periods.today, &rollups.placed, totals),
        series: series.collect(),
        as_of: totals.as_of_millis.and_then(DateTime::from_timestamp_millis),
        lag_seconds: totals.lag_millis.map(|millis| millis / 1_000),
        status_counts,
    }
}

/// Rounded half away from zero; none without orders.
fn average(sum: Money, count: i64) -> Option<Money> {
    Money::round_from(sum.decimal().checked_div(Decimal::from(count))?)
}
