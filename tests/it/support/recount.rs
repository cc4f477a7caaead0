//! The figures of D33 and D90, counted from the raw orders and customers of a tenant as the table has them. It shares no
//! arithmetic with the service: amounts are exact decimals, shares are rounded here once more.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use orders_domain::decimal::{Money, Quantity};
use orders_domain::order_status::OrderStatus;
use orders_service::store::customer_metrics::CustomerMetrics;
use orders_service::store::customers::Customer;
use orders_service::store::orders::{Order, OrderLine};
use orders_service::store::record::{Item, from_item, text};
use orders_service::store::rollups::{Month, PlacedDay, Totals};
use orders_service::words::{CustomerType, SalesChannel};
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::World;

/// A month by its first day.
pub(crate) fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap()
}

/// What a product or customer came to in a month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Top {
    pub(crate) revenue: Money,
    pub(crate) orders: i64,
    pub(crate) quantity: Quantity,
}

/// Everything the rollups of a tenant should say. Rows of nothing are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Recount {
    pub(crate) placed: BTreeMap<NaiveDate, PlacedDay>,
    pub(crate) months: BTreeMap<NaiveDate, Month>,
    pub(crate) open: BTreeMap<NaiveDate, i64>,
    /// Without the time and the lag of the last change.
    pub(crate) totals: Totals,
    /// Without `as_of`.
    pub(crate) metrics: BTreeMap<Uuid, CustomerMetrics>,
    pub(crate) products: BTreeMap<(NaiveDate, String), Top>,
    pub(crate) customers: BTreeMap<(NaiveDate, Uuid), Top>,
}

/// Orders and revenue of some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Placed {
    pub(crate) orders: i64,
    pub(crate) revenue: Money,
}

/// The figures of D90 on a day of the tenant's. Rates are percentages of two decimals, half away from zero; none when
/// they would divide by nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dashboard {
    pub(crate) today: Placed,
    /// From Monday on.
    pub(crate) week: Placed,
    pub(crate) month: Placed,
    pub(crate) average_order_value: Option<Decimal>,
    pub(crate) status_counts: BTreeMap<&'static str, i64>,
    pub(crate) customers: i64,
    pub(crate) active_customers: i64,
    pub(crate) new_customers: i64,
    pub(crate) repeat_rate: Option<Decimal>,
    pub(crate) fulfilment_rate: Option<Decimal>,
    pub(crate) on_time_rate: Option<Decimal>,
    /// Cancelled orders among those placed this month.
    pub(crate) cancellation_rate: Option<Decimal>,
    /// By revenue this month; ties in any order. Not cut to ten.
    pub(crate) top_products: Vec<(String, Top)>,
    pub(crate) top_customers: Vec<(Uuid, Top)>,
    pub(crate) due_today: i64,
    pub(crate) overdue: i64,
    pub(crate) on_hold: i64,
    pub(crate) outstanding_balance: Money,
    /// Thirty days, the last of them today.
    pub(crate) series: Vec<(NaiveDate, Placed)>,
}

impl World {
    /// Every item of this tenant.
    pub(crate) async fn items(&self) -> Vec<Item> {
        let client = aws_sdk_dynamodb::Client::new(&self.aws);
        let (mut items, mut start) = (Vec::new(), None);
        loop {
            let request = client
                .scan()
                .table_name(&self.table)
                .consistent_read(true)
                .filter_expression("begins_with(pk, :tenant)")
                .expression_attribute_values(":tenant", AttributeValue::S(format!("T#{}#", self.tenant)));
            let page = request.set_exclusive_start_key(start).send().await.unwrap();
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return items;
            }
        }
    }

    /// What the rollups should say, from the raw orders and customers.
    pub(crate) async fn recounted(&self) -> Recount {
        let mut recount = Recount::default();
        let mut orders = Vec::new();
        for item in self.items().await {
            match text(&item, "k") {
                Some("O") => orders.push(from_item::<Order>(item).unwrap()),
                Some("C") => recount.customer(&from_item::<Customer>(item).unwrap()),
                _ => {}
            }
        }
        for order in &orders {
            recount.order(order);
        }
        for metrics in recount.metrics.values() {
            recount.totals.customers_with_an_order += i64::from(metrics.total_orders > 0);
            recount.totals.returning_customers += i64::from(metrics.total_orders > 1);
        }
        recount
    }
}

impl Recount {
    fn customer(&mut self, customer: &Customer) {
        let created = customer
            .body
            .created_on
            .unwrap_or(customer.row.created_at.date_naive());
        self.months.entry(month_of(created)).or_default().new_customers += 1;
        if customer.body.erased_at.is_none() {
            self.totals.customers += 1;
            self.totals.active_customers += i64::from(customer.row.is_active);
        }
    }

    fn order(&mut self, order: &Order) {
        let status = order.row.status;
        let placed = placed_on(order);
        let value = cents(order.row.total_amount) - cents(order.body.returned_amount);
        let valid = ![OrderStatus::Cancelled, OrderStatus::Failed].contains(&status);
        let index = OrderStatus::ALL.iter().position(|each| *each == status).unwrap();
        self.totals.by_status[index] += 1;

        let day = self.placed.entry(placed).or_default();
        day.placed += 1;
        day.cancelled += i64::from(status == OrderStatus::Cancelled);
        if valid {
            day.valid += 1;
            day.revenue = money(cents(day.revenue) + value);
            self.totals.outstanding = money(cents(self.totals.outstanding) + cents(order.row.balance_due));
        }
        if valid && status != OrderStatus::OnHold {
            day.modelled += 1;
            day.units = Quantity::from_scaled(day.units.scaled() + order.row.total_quantity.scaled());
            let kind = order.body.customer_type;
            let business = kind == Some(CustomerType::Business) || kind == Some(CustomerType::CentralBakery);
            day.business += i64::from(business);
            day.wholesale += i64::from(order.row.sales_channel == SalesChannel::Wholesale);
        }
        let due = order.row.delivery_date;
        let on_time = order
            .body
            .actual_delivery_at
            .is_some_and(|at| at <= order.body.delivery_window_end);
        match status {
            OrderStatus::Delivered => {
                let month = self.months.entry(month_of(due)).or_default();
                month.delivered += 1;
                month.on_time += i64::from(on_time);
            }
            OrderStatus::Cancelled => self.months.entry(month_of(due)).or_default().cancelled += 1,
            OrderStatus::Failed => self.months.entry(month_of(due)).or_default().failed += 1,
            _ => *self.open.entry(due).or_default() += 1,
        }
        self.of_customer(order, valid, value);
        if valid {
            self.sales(order, month_of(placed), value);
        }
    }

    fn of_customer(&mut self, order: &Order, valid: bool, value: Decimal) {
        let metrics = self.metrics.entry(order.row.customer_id).or_default();
        metrics.total_orders += u64::from(valid);
        metrics.cancelled_orders += u64::from(order.row.status == OrderStatus::Cancelled);
        if valid {
            metrics.total_spent = money(cents(metrics.total_spent) + value);
        }
        let at = order.row.created_at;
        let earliest = |known: Option<DateTime<Utc>>| known.map_or(at, |known| known.min(at));
        metrics.first_order_at = Some(earliest(metrics.first_order_at));
        metrics.last_order_at = Some(metrics.last_order_at.map_or(at, |known| known.max(at)));
    }

    fn sales(&mut self, order: &Order, month: NaiveDate, value: Decimal) {
        let customer = self.customers.entry((month, order.row.customer_id)).or_default();
        customer.orders += 1;
        customer.revenue = money(cents(customer.revenue) + value);
        let mut products = BTreeSet::new();
        for line in &order.body.lines {
            let product = self.products.entry((month, line.product_id.clone())).or_default();
            let kept = line.quantity.scaled() - line.quantity_returned.map_or(0, Quantity::scaled);
            product.orders += i64::from(products.insert(&line.product_id));
            product.revenue = money(cents(product.revenue) + line_revenue(line));
            product.quantity = Quantity::from_scaled(product.quantity.scaled() + kept);
            customer.quantity = Quantity::from_scaled(customer.quantity.scaled() + kept);
        }
    }

    /// What a dashboard should say on a day.
    pub(crate) fn dashboard(&self, today: NaiveDate) -> Dashboard {
        let days = |from: NaiveDate| self.placed.range(from..=today);
        let sum = |from: NaiveDate| {
            days(from).fold(Placed::default(), |sum, (_, day)| Placed {
                orders: sum.orders + day.valid,
                revenue: money(cents(sum.revenue) + cents(day.revenue)),
            })
        };
        let monday = today - Days::new(today.weekday().num_days_from_monday().into());
        let month = sum(month_of(today));
        let all_placed: i64 = days(month_of(today)).map(|(_, day)| day.placed).sum();
        let all_cancelled: i64 = days(month_of(today)).map(|(_, day)| day.cancelled).sum();
        let due = self.months.get(&month_of(today)).copied().unwrap_or_default();
        let status_counts: BTreeMap<_, _> = OrderStatus::ALL
            .iter()
            .zip(self.totals.by_status)
            .map(|(status, count)| (status.as_str(), count))
            .collect();
        let series = (0..30).rev().map(|back| {
            let date = today - Days::new(back);
            let day = self.placed.get(&date).copied().unwrap_or_default();
            (
                date,
                Placed {
                    orders: day.valid,
                    revenue: day.revenue,
                },
            )
        });
        Dashboard {
            today: sum(today),
            week: sum(monday),
            month,
            average_order_value: ratio(cents(month.revenue), month.orders),
            on_hold: status_counts["on_hold"],
            status_counts,
            customers: self.totals.customers,
            active_customers: self.totals.active_customers,
            new_customers: due.new_customers,
            repeat_rate: percent(
                self.totals.returning_customers,
                self.totals.customers_with_an_order,
            ),
            fulfilment_rate: percent(due.delivered, due.delivered + due.cancelled + due.failed),
            on_time_rate: percent(due.on_time, due.delivered),
            cancellation_rate: percent(all_cancelled, all_placed),
            top_products: by_revenue(&self.products, month_of(today)),
            top_customers: by_revenue(&self.customers, month_of(today)),
            due_today: self.open.get(&today).copied().unwrap_or(0),
            overdue: self.open.range(..today).map(|(_, open)| open).sum(),
            outstanding_balance: self.totals.outstanding,
            series: series.collect(),
        }
    }
}

/// The tenant's date in the order's number, `ORD-YYYYMMDD-…`.
fn placed_on(order: &Order) -> NaiveDate {
    let digits = &order.row.order_number[4..12];
    NaiveDate::parse_from_str(digits, "%Y%m%d").unwrap()
}

/// (net − allocated) less the returned share of it, rounded half away from zero.
fn line_revenue(line: &OrderLine) -> Decimal {
    let base = cents(line.net_amount) - cents(line.allocated_discount);
    let returned = Decimal::from(line.quantity_returned.map_or(0, Quantity::scaled));
    let share = base * returned / Decimal::from(line.quantity.scaled());
    base - share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn by_revenue<K: Ord + Clone>(tops: &BTreeMap<(NaiveDate, K), Top>, month: NaiveDate) -> Vec<(K, Top)> {
    let of_month = tops.iter().filter(|((at, _), _)| *at == month);
    let mut found: Vec<_> = of_month.map(|((_, id), top)| (id.clone(), top.clone())).collect();
    found.sort_by_key(|(_, top)| std::cmp::Reverse(top.revenue));
    found
}

fn percent(part: i64, whole: i64) -> Option<Decimal> {
    ratio(Decimal::from(part * 100), whole)
}

fn ratio(part: Decimal, whole: i64) -> Option<Decimal> {
    let exact = part.checked_div(Decimal::from(whole))?;
    Some(exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
}

fn cents(amount: Money) -> Decimal {
    amount.to_string().parse().unwrap()
}

fn money(amount: Decimal) -> Money {
    Money::round_from(amount).unwrap()
}
