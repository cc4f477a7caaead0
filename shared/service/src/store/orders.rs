//! An order at rest: header, lines and history in one item, so that it is there whole or not at all (D29).
//!
//! `r` is the list row and is projected into the indexes; `b` is the rest; `dv` is the demand vector, there only while
//! the order counts as demand (D50).

use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Percentage, Quantity, SignedPercentage};
use orders_domain::order_status::{DeliveryMethod, OrderStatus};
use orders_domain::payments::{PaymentMethod, PaymentStatus, PaymentTerms};
use orders_domain::pricing::TaxGroup;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{self, Key, Keys};
pub use super::order_parts::{
    Address, AfterChange, Cancellation, Communication, DemandLine, HistoryEntry, Hold, Notified, OrderLine,
    Payment, Production, Quality,
};
use super::packed_demand;
use super::record::{IndexRow, Record, Versioned};
use crate::auth::{Actor, TenantId};
use crate::words::{BusinessModel, CustomerType, OrderType, Priority, SalesChannel, Source};

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: Uuid,
    /// 1 for a new order.
    #[serde(rename = "ver")]
    pub version: u64,
    /// The stamp of the write that made this version.
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    /// What a list shows.
    #[serde(rename = "r")]
    pub row: OrderRow,
    /// The rest.
    #[serde(rename = "b")]
    pub body: OrderBody,
    /// What production needs, while it counts.
    #[serde(
        rename = "dv",
        with = "packed_demand",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub demand: Option<Vec<DemandLine>>,
    /// The payments that stand in history parts, oldest first: loaded for answers, never written with the order.
    #[serde(skip)]
    pub older_payments: Vec<Payment>,
}

/// What a list shows of an order (§13).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct OrderRow {
    #[serde(rename = "on")]
    pub order_number: String,
    #[serde(rename = "c")]
    pub customer_id: Uuid,
    #[serde(rename = "cn")]
    pub customer_name: String,
    #[serde(rename = "s")]
    pub status: OrderStatus,
    #[serde(rename = "ps")]
    pub payment_status: PaymentStatus,
    #[serde(rename = "t")]
    pub order_type: OrderType,
    #[serde(rename = "p")]
    pub priority: Priority,
    #[serde(rename = "ch")]
    pub sales_channel: SalesChannel,
    #[serde(rename = "dm")]
    pub delivery_method: DeliveryMethod,
    #[serde(rename = "ca", with = "ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(rename = "rd", with = "ts_milliseconds")]
    pub requested_delivery_at: DateTime<Utc>,
    #[serde(rename = "dd")]
    pub delivery_date: NaiveDate,
    #[serde(rename = "ic")]
    pub item_count: u32,
    #[serde(rename = "tq")]
    pub total_quantity: Quantity,
    #[serde(rename = "ta")]
    pub total_amount: Money,
    #[serde(rename = "bd")]
    pub balance_due: Money,
}

/// The rest of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct OrderBody {
    #[serde(rename = "ct", default, skip_serializing_if = "Option::is_none")]
    pub customer_type: Option<CustomerType>,
    #[serde(rename = "pm")]
    pub payment_method: PaymentMethod,
    #[serde(rename = "pt")]
    pub payment_terms: PaymentTerms,
    #[serde(rename = "pd")]
    pub payment_due_date: NaiveDate,
    #[serde(rename = "so")]
    pub source: Source,
    #[serde(rename = "bm", default, skip_serializing_if = "Option::is_none")]
    pub business_model: Option<BusinessModel>,
    #[serde(rename = "da", default, skip_serializing_if = "Option::is_none")]
    pub delivery_address: Option<Address>,
    #[serde(rename = "we", with = "ts_milliseconds")]
    pub delivery_window_end: DateTime<Utc>,
    #[serde(
        rename = "ad",
        with = "ts_milliseconds_option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub actual_delivery_at: Option<DateTime<Utc>>,
    #[serde(rename = "l")]
    pub lines: Vec<OrderLine>,
    #[serde(rename = "g")]
    pub gross_amount: Money,
    #[serde(rename = "ld")]
    pub line_discount_amount: Money,
    #[serde(rename = "st")]
    pub subtotal: Money,
    #[serde(rename = "dp", default, skip_serializing_if = "Option::is_none")]
    pub discount_percentage: Option<Percentage>,
    #[serde(rename = "di")]
    pub discount_amount: Money,
    #[serde(rename = "tx")]
    pub tax_amount: Money,
    #[serde(rename = "tb")]
    pub tax_breakdown: Vec<TaxGroup>,
    #[serde(rename = "te", default, skip_serializing_if = "std::ops::Not::not")]
    pub tax_exempt: bool,
    #[serde(rename = "df")]
    pub delivery_fee: Money,
    #[serde(rename = "dt")]
    pub delivery_fee_tax_rate: Percentage,
    #[serde(rename = "ra")]
    pub returned_amount: Money,
    #[serde(rename = "ap")]
    pub amount_paid: Money,
    #[serde(rename = "tc", default, skip_serializing_if = "Option::is_none")]
    pub total_cost: Option<Money>,
    #[serde(rename = "ma", default, skip_serializing_if = "Option::is_none")]
    pub margin_amount: Option<Money>,
    #[serde(rename = "mp", default, skip_serializing_if = "Option::is_none")]
    pub margin_percentage: Option<SignedPercentage>,
    #[serde(rename = "cu")]
    pub currency: String,
    #[serde(rename = "si", default, skip_serializing_if = "Option::is_none")]
    pub special_instructions: Option<String>,
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub internal_notes: Option<String>,
    #[serde(rename = "ho", default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    #[serde(rename = "cx", default, skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<Cancellation>,
    #[serde(rename = "cv")]
    pub customer_verified: bool,
    #[serde(rename = "av")]
    pub availability_checked: bool,
    #[serde(rename = "sr", default, skip_serializing_if = "std::ops::Not::not")]
    pub customer_has_special_requirements: bool,
    #[serde(rename = "al", default, skip_serializing_if = "Vec::is_empty")]
    pub allergens_in_common: Vec<String>,
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The keyed hash of the body that made the order, when it came with an Idempotency-Key (D7).
    #[serde(rename = "bh", default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
    #[serde(rename = "by")]
    pub created_by: Actor,
    #[serde(rename = "ua", with = "ts_milliseconds")]
    pub updated_at: DateTime<Utc>,
    #[serde(rename = "ub")]
    pub updated_by: Actor,
    #[serde(rename = "cm", default, skip_serializing_if = "Option::is_none")]
    pub communication: Option<Communication>,
    #[serde(rename = "sd", default, skip_serializing_if = "Option::is_none")]
    pub standing_order_id: Option<Uuid>,
    /// The newest payments, oldest first; older ones stand in history parts.
    #[serde(rename = "py", default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// Whether a refund was ever recorded (D28).
    #[serde(rename = "rf", default, skip_serializing_if = "std::ops::Not::not")]
    pub refunded: bool,
    /// How many payments stand in history parts.
    #[serde(rename = "pn", default, skip_serializing_if = "is_none_yet")]
    pub payments_in_parts: u32,
    /// The newest entries, oldest first; older ones stand in history parts.
    #[serde(rename = "h")]
    pub history: Vec<HistoryEntry>,
    /// How many history parts stand beside the order.
    #[serde(rename = "hp", default, skip_serializing_if = "is_none_yet")]
    pub history_parts: u32,
}

pub(super) fn is_none_yet(count: &u32) -> bool {
    *count == 0
}

impl Record for Order {
    const KIND: &'static str = "O";

    fn keys(&self, tenant: TenantId) -> Keys {
        let created = format!("{}#{}", keys::sortable_time(self.row.created_at), self.id);
        Keys {
            primary: keys::order(tenant, self.id),
            g1: Some(Key::new(keys::orders_by_creation(tenant), created.clone())),
            g2: Some(Key::new(
                keys::orders_by_delivery(tenant),
                keys::delivery_sort(self.row.delivery_date, self.row.requested_delivery_at, self.id),
            )),
            g3: Some(Key::new(
                keys::orders_of_customer(tenant, self.row.customer_id),
                created,
            )),
        }
    }
}

impl Versioned for Order {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}

impl Order {
    /// Sets the demand vector by the status: there exactly while the order counts as demand (D50).
    pub fn refresh_demand(&mut self) {
        let lines = self.body.lines.iter().zip(1_u16..);
        self.demand = self.row.status.counts_as_demand().then(|| {
            lines
                .map(|(line, number)| DemandLine {
                    line: number,
                    product_id: line.product_id.clone(),
                    quantity: line.quantity,
                })
                .collect()
        });
    }

    /// The figures a history entry keeps.
    pub fn after_change(&self) -> AfterChange {
        AfterChange {
            status: self.row.status,
            total_amount: self.row.total_amount,
            balance_due: self.row.balance_due,
            total_quantity: self.row.total_quantity,
            delivery_date: self.row.delivery_date,
            requested_delivery_at: self.row.requested_delivery_at,
            hold_reason: self.body.hold.as_ref().map(|hold| hold.reason),
            payment_status: None,
            returned_amount: self.body.returned_amount,
        }
    }

    /// Every payment, oldest first, as far as it was loaded.
    pub fn all_payments(&self) -> impl Iterator<Item = &Payment> {
        self.older_payments.iter().chain(&self.body.payments)
    }

    /// The sequence the next history entry gets.
    pub fn next_sequence(&self) -> u64 {
        self.body.history.last().map_or(1, |entry| entry.sequence + 1)
    }

    /// The tenant's date on which it was placed (D90), see [`OrderRow::placed_date`].
    pub fn placed_date(&self) -> NaiveDate {
        self.row.placed_date()
    }
}

impl OrderRow {
    /// The tenant's date on which the order was placed (D90): the one in its number, so that a later change of the time
    /// zone moves no order; the date in UTC under a number that has none.
    pub fn placed_date(&self) -> NaiveDate {
        date_in_number(&self.order_number).unwrap_or_else(|| self.created_at.date_naive())
    }
}

/// The date in `ORD-YYYYMMDD-NNNN`.
pub fn date_in_number(number: &str) -> Option<NaiveDate> {
    let digits = number.strip_prefix("ORD-")?.get(..8)?;
    NaiveDate::parse_from_str(digits, "%Y%m%d").ok()
}

/// What an index gives of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderInIndex {
    /// The table's partition key, which holds the id.
    pub pk: String,
    /// The version.
    pub ver: u64,
    /// The row.
    pub r: OrderRow,
    /// The demand vector, from GS2 only.
    #[serde(with = "packed_demand", default)]
    pub dv: Option<Vec<DemandLine>>,
}

impl IndexRow for OrderInIndex {
    type Of = Order;
}

impl OrderInIndex {
    /// The order's id.
    pub fn id(&self) -> Option<Uuid> {
        self.pk.rsplit('#').next().and_then(|id| Uuid::try_parse(id).ok())
    }
}
