//! Orders in lists, and the list's filters.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Quantity};
use orders_domain::order_status::{DeliveryMethod, OrderStatus};
use orders_domain::payments::PaymentStatus;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::request::OrderStatusWord;
use super::view::PaymentStatusWord;
use crate::http::dto::common::{MoneyText, QuantityText};
use crate::http::dto::customers::DeliveryMethodWord;
use crate::http::parse::parse_date;
use crate::http::query::QueryParameters;
use crate::problem::Problem;
use crate::store::orders::OrderInIndex;
use crate::usecases::orders::list::{OrderFilter, OrderSort};
use crate::words::{OrderType, Priority, SalesChannel};

/// An order in a list (§13).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderRow)]
#[expect(missing_docs, reason = "the fields are those of SPEC §13, under their names")]
pub struct OrderRowView {
    pub id: Uuid,
    pub order_number: String,
    pub customer_id: Uuid,
    pub customer_name: String,
    #[schema(value_type = OrderStatusWord)]
    pub status: OrderStatus,
    #[schema(value_type = PaymentStatusWord)]
    pub payment_status: PaymentStatus,
    pub order_type: OrderType,
    pub priority: Priority,
    pub sales_channel: SalesChannel,
    #[schema(value_type = DeliveryMethodWord)]
    pub delivery_method: DeliveryMethod,
    pub created_at: DateTime<Utc>,
    pub requested_delivery_at: DateTime<Utc>,
    pub delivery_date: NaiveDate,
    pub item_count: u32,
    #[schema(value_type = QuantityText)]
    pub total_quantity: Quantity,
    #[schema(value_type = MoneyText)]
    pub total_amount: Money,
    #[schema(value_type = MoneyText)]
    pub balance_due: Money,
    pub version: u64,
}

impl OrderRowView {
    /// The row of an order in an index; `None` when its key holds no id.
    pub fn of(found: OrderInIndex) -> Option<Self> {
        let (id, row) = (found.id()?, found.r);
        Some(Self {
            id,
            order_number: row.order_number,
            customer_id: row.customer_id,
            customer_name: row.customer_name,
            status: row.status,
            payment_status: row.payment_status,
            order_type: row.order_type,
            priority: row.priority,
            sales_channel: row.sales_channel,
            delivery_method: row.delivery_method,
            created_at: row.created_at,
            requested_delivery_at: row.requested_delivery_at,
            delivery_date: row.delivery_date,
            item_count: row.item_count,
            total_quantity: row.total_quantity,
            total_amount: row.total_amount,
            balance_due: row.balance_due,
            version: found.ver,
        })
    }
}

/// The list's filters and sort from its query.
///
/// # Errors
/// 400 `invalid-query`
pub fn read_filter(query: &QueryParameters) -> Result<(OrderFilter, OrderSort), Problem> {
    let instant = |raw: &str| {
        let parsed = DateTime::parse_from_rfc3339(raw).ok()?;
        DateTime::from_timestamp_millis(parsed.timestamp_millis())
    };
    let filter = OrderFilter {
        statuses: query.many("status", OrderStatus::parse)?,
        customer_id: query.one("customer_id", |raw| Uuid::try_parse(raw).ok())?,
        delivery_from: query.one("delivery_from", parse_date)?,
        delivery_to: query.one("delivery_to", parse_date)?,
        created_from: query.one("created_from", instant)?,
        created_to: query.one("created_to", instant)?,
        sales_channels: query.many("sales_channel", SalesChannel::parse)?,
        order_number: query.one("order_number", |raw| Some(raw.to_owned()))?,
    };
    let default = if filter.delivery_from.is_some() || filter.delivery_to.is_some() {
        OrderSort::DeliveryAt
    } else {
        OrderSort::CreatedAtDescending
    };
    let sort = query.one("sort", |raw| match raw {
        "delivery_at" => Some(OrderSort::DeliveryAt),
        "-created_at" => Some(OrderSort::CreatedAtDescending),
        _ => None,
    })?;
    Ok((filter, sort.unwrap_or(default)))
}
