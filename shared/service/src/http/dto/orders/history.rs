//! An order's history in answers (§4).

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Quantity};
use orders_domain::order_status::OrderStatus;
use orders_domain::payments::PaymentStatus;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::request::OrderStatusWord;
use super::view::PaymentStatusWord;
use crate::http::dto::common::{ActorView, MoneyText, QuantityText};
use crate::store::orders::HistoryEntry;
use crate::words::{CommunicationChannel, HistoryEvent};

/// One entry of an order's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderStatusHistory)]
pub struct HistoryEntryView {
    /// From 1, without gaps.
    pub sequence: u64,
    /// What happened.
    pub event: HistoryEvent,
    /// The status before; null for the creation.
    #[schema(value_type = Option<OrderStatusWord>)]
    pub from_status: Option<OrderStatus>,
    /// The status after.
    #[schema(value_type = OrderStatusWord)]
    pub to_status: OrderStatus,
    /// Why.
    pub reason: Option<String>,
    /// What was said about it.
    pub note: Option<String>,
    /// Whether the customer was to be told.
    pub notify_customer: bool,
    /// What the change was besides its figures: an amendment's changed fields, a payment, a line's report.
    #[schema(value_type = Object)]
    pub context: Value,
    /// Who made it.
    pub changed_by: ActorView,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// The order's version after it.
    pub version: u64,
    /// How the customer was told; null when nothing was sent.
    pub notification: Option<NotificationView>,
    /// The order's figures after it.
    pub after: AfterChangeView,
}

/// How a customer was told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct NotificationView {
    pub channels: Vec<CommunicationChannel>,
    pub status: String,
    pub at: DateTime<Utc>,
}

/// An order's figures after a change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AfterChange)]
pub struct AfterChangeView {
    /// Where the order stands.
    #[schema(value_type = OrderStatusWord)]
    pub status: OrderStatus,
    /// What it comes to.
    #[schema(value_type = MoneyText)]
    pub total_amount: Money,
    /// What is still to be paid.
    #[schema(value_type = MoneyText)]
    pub balance_due: Money,
    /// What came back is worth.
    #[schema(value_type = MoneyText)]
    pub returned_amount: Money,
    /// How far it is paid; only after a payment.
    #[schema(value_type = Option<PaymentStatusWord>)]
    pub payment_status: Option<PaymentStatus>,
    /// Σ quantity.
    #[schema(value_type = QuantityText)]
    pub total_quantity: Quantity,
    /// When it is due.
    pub delivery_date: NaiveDate,
}

impl From<HistoryEntry> for HistoryEntryView {
    fn from(entry: HistoryEntry) -> Self {
        let after = entry.after;
        Self {
            sequence: entry.sequence,
            event: entry.event,
            from_status: entry.from_status,
            to_status: entry.to_status,
            reason: entry.reason,
            note: entry.note,
            notify_customer: entry.notify_customer,
            context: entry.context.unwrap_or_else(|| Value::Object(Map::new())),
            changed_by: (&entry.changed_by).into(),
            changed_at: entry.changed_at,
            version: entry.version,
            notification: entry.notification.map(|told| NotificationView {
                channels: told.channels,
                status: told.status,
                at: told.at,
            }),
            after: AfterChangeView {
                status: after.status,
                total_amount: after.total_amount,
                balance_due: after.balance_due,
                returned_amount: after.returned_amount,
                payment_status: after.payment_status,
                total_quantity: after.total_quantity,
                delivery_date: after.delivery_date,
            },
        }
    }
}
