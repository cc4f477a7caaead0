//! What is to be made: orders that count as demand, per product and day (D50). Read from the index by delivery date
//! alone, which carries each order's demand vector.

mod forecast;
mod range;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::catalog::Product;
use orders_domain::decimal::{Money, Quantity};

pub use range::DemandRange;

use super::business_model;
use crate::app::App;
use crate::auth::Access;
use crate::problem::{Problem, ProblemCode};
use crate::store::catalog::{CatalogEntry, entry_key};
use crate::store::keys::{self, Index};
use crate::store::orders::OrderInIndex;
use crate::store::record::from_index;
use crate::store::{Query, SortRange, StoreError, TenantStore};
use crate::usecases::forecasts;
use crate::words::{BusinessModel, OrderType};

/// What is to be made in a range of days.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// First day.
    pub start_date: NaiveDate,
    /// Last day.
    pub end_date: NaiveDate,
    /// Orders that count.
    pub total_orders: u32,
    /// Units of all products.
    pub total_quantity: Quantity,
    /// Sum of the orders' totals.
    pub total_value: Money,
    /// Rush orders among them.
    pub rush_orders: u32,
    /// How the tenant works; none until it is detected (D80).
    pub business_model: Option<BusinessModel>,
    /// Per product, by id.
    pub products: Vec<ProductDemand>,
    /// When it was counted.
    pub as_of: DateTime<Utc>,
}

/// What is to be made of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductDemand {
    /// The product.
    pub product_id: String,
    /// What the catalog knows of it.
    pub product: Option<Product>,
    /// Units ordered.
    pub total_quantity: Quantity,
    /// Units of orders that are confirmed or in production.
    pub firm_quantity: Quantity,
    /// Units of orders that are pending.
    pub tentative_quantity: Quantity,
    /// Orders that name it.
    pub order_count: u32,
    /// The first requested delivery; none where nothing is ordered.
    pub earliest_delivery_at: Option<DateTime<Utc>>,
    /// Units per day, days without any left out.
    pub days: BTreeMap<NaiveDate, Quantity>,
    /// What is expected to be sold in these days, orders included (D70); none where there is no forecast for all of them.
    pub forecast_quantity: Option<Quantity>,
}

/// The demand of a range of days.
///
/// # Errors
/// 400 `invalid-query` for a range that is none, 422 `amount-overflow` when a sum does not fit.
pub async fn demand(app: &App, access: &Access, range: DemandRange) -> Result<Demand, Problem> {
    let days = access.settings().demand_forecast_days;
    let (start, end) = range.resolve(app.today(access), days)?;
    let store = app.tenant_store(access);
    let (orders, model, forecasts) = futures_util::try_join!(
        orders_due(store, start, end),
        business_model::current(app, access),
        forecasts::latest(app, access)
    )?;
    let mut demand = add_up(&orders, start, end, app.now())?;
    demand.business_model = model;
    if let Some(latest) = forecasts {
        forecast::add_forecasts(&mut demand, &latest.forecasts);
    }
    let keys: Vec<_> = demand
        .products
        .iter()
        .map(|row| entry_key::<Product>(access.tenant(), &row.product_id))
        .collect();
    let mut found = store.get_many(&keys).await?;
    for (row, key) in demand.products.iter_mut().zip(&keys) {
        row.product = found
            .take::<CatalogEntry<Product>>(key)?
            .map(|stored| stored.entry);
    }
    Ok(demand)
}

/// Every order that is to be delivered from `start` to `end`, both included, in whatever status.
///
/// # Errors
/// [`StoreError`]
pub async fn orders_due(
    store: TenantStore<'_>,
    start: NaiveDate,
    end: NaiveDate,
) -> Result<Vec<OrderInIndex>, StoreError> {
    // `~` sorts after everything that follows the date in a sort key.
    let range = SortRange::Between(start.to_string(), format!("{end}~"));
    let query = Query {
        range,
        ..Query::all(Index::Gs2, keys::orders_by_delivery(store.tenant()))
    };
    let items = store.query_all(query).await?.into_iter();
    items.map(from_index).collect()
}

/// The orders of a list that count as demand, each with its vector.
pub fn counted(orders: &[OrderInIndex]) -> impl Iterator<Item = &OrderInIndex> {
    orders.iter().filter(|order| order.r.status.counts_as_demand())
}

fn add_up(
    orders: &[OrderInIndex],
    start: NaiveDate,
    end: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Demand, Problem> {
    let overflow = || {
        Problem::new(
            ProblemCode::AmountOverflow,
            "The demand of this range is too large to add up.",
        )
    };
    let mut demand = Demand {
        start_date: start,
        end_date: end,
        total_orders: 0,
        total_quantity: Quantity::ZERO,
        total_value: Money::ZERO,
        rush_orders: 0,
        business_model: None,
        products: Vec::new(),
        as_of: now,
    };
    let mut products: BTreeMap<&str, ProductDemand> = BTreeMap::new();
    for order in counted(orders) {
        demand.total_orders += 1;
        demand.rush_orders += u32::from(order.r.order_type == OrderType::Rush);
        demand.total_value = demand
            .total_value
            .checked_add(order.r.total_amount)
            .ok_or_else(overflow)?;
        let mut of_order: BTreeMap<&str, Quantity> = BTreeMap::new();
        for line in order.dv.iter().flatten() {
            add(of_order.entry(&line.product_id).or_default(), line.quantity).ok_or_else(overflow)?;
        }
        for (product, quantity) in of_order {
            add(&mut demand.total_quantity, quantity).ok_or_else(overflow)?;
            let row = products
                .entry(product)
                .or_insert_with(|| ProductDemand::none(product));
            row.count(order, quantity).ok_or_else(overflow)?;
        }
    }
    demand.products = products.into_values().collect();
    Ok(demand)
}

fn add(sum: &mut Quantity, quantity: Quantity) -> Option<()> {
    *sum = sum.checked_add(quantity)?;
    Some(())
}

impl ProductDemand {
    fn none(product: &str) -> Self {
        Self {
            product_id: product.to_owned(),
            product: None,
            total_quantity: Quantity::ZERO,
            firm_quantity: Quantity::ZERO,
            tentative_quantity: Quantity::ZERO,
            order_count: 0,
            earliest_delivery_at: None,
            days: BTreeMap::new(),
            forecast_quantity: None,
        }
    }

    fn count(&mut self, order: &OrderInIndex, quantity: Quantity) -> Option<()> {
        add(&mut self.total_quantity, quantity)?;
        let firm = order.r.status.is_firm();
        add(
            if firm {
                &mut self.firm_quantity
            } else {
                &mut self.tentative_quantity
            },
            quantity,
        )?;
        add(self.days.entry(order.r.delivery_date).or_default(), quantity)?;
        self.order_count += 1;
        let delivery = order.r.requested_delivery_at;
        self.earliest_delivery_at = Some(
            self.earliest_delivery_at
                .map_or(delivery, |first| first.min(delivery)),
        );
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use orders_domain::order_status::{DeliveryMethod, OrderStatus};
    use orders_domain::payments::PaymentStatus;
    use uuid::Uuid;

    use super::*;
    use crate::store::orders::{DemandLine, OrderRow};
    use crate::words::{Priority, SalesChannel};

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
    }

    fn order(status: OrderStatus, day: u32, lines: &[(&str, i64)]) -> OrderInIndex {
        let at = date(day).and_hms_opt(7, 0, 0).unwrap().and_utc();
        let line = |(index, (product, quantity)): (usize, &(&str, i64))| DemandLine {
            line: index as u16 + 1,
            product_id: (*product).to_owned(),
            quantity: Quantity::from_scaled(quantity * 1_000),
        };
        OrderInIndex {
            pk: format!("T#t#O#{}", Uuid::nil()),
            ver: 1,
            r: OrderRow {
                order_number: "ORD-1".into(),
                customer_id: Uuid::nil(),
                customer_name: "counter".into(),
                status,
                payment_status: PaymentStatus::Pending,
                order_type: if day == 2 {
                    OrderType::Rush
                } else {
                    OrderType::Standard
                },
                priority: Priority::Normal,
                sales_channel: SalesChannel::Direct,
                delivery_method: DeliveryMethod::Pickup,
                created_at: at,
                requested_delivery_at: at,
                delivery_date: date(day),
                item_count: 1,
                total_quantity: Quantity::ZERO,
                total_amount: Money::from_scaled(1_050),
                balance_due: Money::ZERO,
            },
            dv: status
                .counts_as_demand()
                .then(|| lines.iter().enumerate().map(line).collect()),
        }
    }

    #[test]
    fn only_orders_that_count_are_added_and_firm_ones_told_apart() {
        // D50
        let orders = [
            order(OrderStatus::Confirmed, 1, &[("rye", 2), ("bun", 10), ("rye", 1)]),
            order(OrderStatus::Pending, 2, &[("rye", 4)]),
            order(OrderStatus::OnHold, 2, &[("rye", 8)]),
            order(OrderStatus::Ready, 1, &[("rye", 16)]),
        ];
        let demand = add_up(&orders, date(1), date(2), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((demand.total_orders, demand.rush_orders), (2, 1));
        assert_eq!(demand.total_quantity, Quantity::from_scaled(17_000));
        assert_eq!(demand.total_value, Money::from_scaled(2_100));
        let [bun, rye] = demand.products.as_slice() else {
            panic!("{:?}", demand.products)
        };
        assert_eq!((bun.product_id.as_str(), bun.order_count), ("bun", 1));
        assert_eq!((rye.total_quantity.scaled(), rye.order_count), (7_000, 2));
        assert_eq!(
            (rye.firm_quantity.scaled(), rye.tentative_quantity.scaled()),
            (3_000, 4_000)
        );
        assert_eq!(rye.earliest_delivery_at, Some(orders[0].r.requested_delivery_at));
        let days: Vec<_> = rye.days.iter().map(|(day, q)| (*day, q.scaled())).collect();
        assert_eq!(days, [(date(1), 3_000), (date(2), 4_000)]);
    }
}
