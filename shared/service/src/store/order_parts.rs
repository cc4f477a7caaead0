//! What an order at rest is made of besides its row and figures: lines, address, hold, history.

use std::collections::BTreeMap;

use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::alerts::HoldReason;
use orders_domain::decimal::{Money, Percentage, Quantity, SignedPercentage, UnitPrice};
use orders_domain::order_status::OrderStatus;
use orders_domain::payments::{PaymentMethod, PaymentStatus};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::Actor;
use crate::words::{
    CommunicationChannel, HistoryEvent, PaymentOutcome, PriceSource, ProductionStatus, QualityStatus,
};

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct OrderLine {
    #[serde(rename = "p")]
    pub product_id: String,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    #[serde(rename = "sk", default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    #[serde(rename = "ca", default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(rename = "un", default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(rename = "q")]
    pub quantity: Quantity,
    #[serde(rename = "up")]
    pub unit_price: UnitPrice,
    #[serde(rename = "so")]
    pub price_source: PriceSource,
    #[serde(rename = "dp", default, skip_serializing_if = "Option::is_none")]
    pub discount_percentage: Option<Percentage>,
    #[serde(rename = "d")]
    pub discount_amount: Money,
    #[serde(rename = "t")]
    pub tax_rate: Percentage,
    #[serde(rename = "g")]
    pub gross_amount: Money,
    #[serde(rename = "ne")]
    pub net_amount: Money,
    #[serde(rename = "a")]
    pub allocated_discount: Money,
    #[serde(rename = "uc", default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<UnitPrice>,
    #[serde(rename = "co", default, skip_serializing_if = "Option::is_none")]
    pub cost_amount: Option<Money>,
    #[serde(rename = "ma", default, skip_serializing_if = "Option::is_none")]
    pub margin_amount: Option<Money>,
    #[serde(rename = "mp", default, skip_serializing_if = "Option::is_none")]
    pub margin_percentage: Option<SignedPercentage>,
    #[serde(rename = "cz", default, skip_serializing_if = "Option::is_none")]
    pub customization: Option<String>,
    #[serde(rename = "si", default, skip_serializing_if = "Option::is_none")]
    pub special_instructions: Option<String>,
    #[serde(rename = "al", default, skip_serializing_if = "Vec::is_empty")]
    pub allergens: Vec<String>,
    /// The name of the pricing rule that set the price.
    #[serde(rename = "pr", default, skip_serializing_if = "Option::is_none")]
    pub pricing_rule: Option<String>,
    #[serde(rename = "sp", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub specifications: BTreeMap<String, String>,
    #[serde(rename = "re", default, skip_serializing_if = "Option::is_none")]
    pub recipe_id: Option<String>,
    #[serde(rename = "pd", default, skip_serializing_if = "Option::is_none")]
    pub production: Option<Production>,
    #[serde(rename = "qa", default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// None until it is reported, or the order is delivered.
    #[serde(rename = "qd", default, skip_serializing_if = "Option::is_none")]
    pub quantity_delivered: Option<Quantity>,
    #[serde(rename = "qr", default, skip_serializing_if = "Option::is_none")]
    pub quantity_returned: Option<Quantity>,
}

/// How far a line's production is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Production {
    #[serde(rename = "s")]
    pub status: ProductionStatus,
    #[serde(rename = "q")]
    pub quantity_produced: Quantity,
}

/// What a line's quality must be and was found to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Quality {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub requirements: Option<String>,
    #[serde(rename = "s")]
    pub status: QualityStatus,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub checked_by: Option<Actor>,
    #[serde(
        rename = "a",
        with = "ts_milliseconds_option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub checked_at: Option<DateTime<Utc>>,
}

/// One payment, refund or failed attempt (D28).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Payment {
    #[serde(rename = "i")]
    pub id: Uuid,
    #[serde(rename = "m")]
    pub amount: Money,
    #[serde(rename = "t")]
    pub method: PaymentMethod,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(rename = "s")]
    pub status: PaymentOutcome,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    #[serde(rename = "b")]
    pub by: Actor,
    /// The keyed hash of the body that recorded it, when it came with an Idempotency-Key (D7).
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
}

/// How a customer wants to hear from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Communication {
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<CommunicationChannel>,
    /// A BCP 47 tag such as `de` or `pt-BR`.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Address {
    #[serde(rename = "1")]
    pub line1: String,
    #[serde(rename = "2", default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    #[serde(rename = "ci")]
    pub city: String,
    #[serde(rename = "st", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(rename = "pc")]
    pub postal_code: String,
    #[serde(rename = "co")]
    pub country: String,
}

/// Why and since when an order is on hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Hold {
    #[serde(rename = "r")]
    pub reason: HoldReason,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub since: DateTime<Utc>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Why, when and by whom an order was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Cancellation {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    #[serde(rename = "b")]
    pub by: Actor,
}

/// One entry of an order's history, which is its event log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct HistoryEntry {
    #[serde(rename = "n")]
    pub sequence: u64,
    #[serde(rename = "e")]
    pub event: HistoryEvent,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from_status: Option<OrderStatus>,
    #[serde(rename = "t")]
    pub to_status: OrderStatus,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(rename = "no", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(rename = "nc", default, skip_serializing_if = "std::ops::Not::not")]
    pub notify_customer: bool,
    #[serde(rename = "b")]
    pub changed_by: Actor,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub changed_at: DateTime<Utc>,
    #[serde(rename = "v")]
    pub version: u64,
    /// What the change was besides its figures: an amendment's changed fields, a payment, a line's report.
    #[serde(rename = "cx", default, skip_serializing_if = "Option::is_none")]
    pub context: Option<serde_json::Value>,
    /// How the customer was told, in entries of that kind.
    #[serde(rename = "nf", default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<Notified>,
    #[serde(rename = "x")]
    pub after: AfterChange,
}

/// How a customer was told of a change (§4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Notified {
    #[serde(rename = "c")]
    pub channels: Vec<CommunicationChannel>,
    /// `sent`: the notification partner has taken it.
    #[serde(rename = "s")]
    pub status: String,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
}

/// The figures after a change. What alert rules and rollups need stands here, so that an event can be rebuilt from its
/// entry alone (D43).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct AfterChange {
    #[serde(rename = "s")]
    pub status: OrderStatus,
    #[serde(rename = "ta")]
    pub total_amount: Money,
    #[serde(rename = "bd")]
    pub balance_due: Money,
    #[serde(rename = "tq")]
    pub total_quantity: Quantity,
    #[serde(rename = "dd")]
    pub delivery_date: NaiveDate,
    #[serde(rename = "rd", with = "ts_milliseconds")]
    pub requested_delivery_at: DateTime<Utc>,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<HoldReason>,
    /// Only entries that record a payment tell it.
    #[serde(rename = "ps", default, skip_serializing_if = "Option::is_none")]
    pub payment_status: Option<PaymentStatus>,
    #[serde(rename = "ra", default, skip_serializing_if = "is_nothing")]
    pub returned_amount: Money,
}

fn is_nothing(amount: &Money) -> bool {
    amount.is_zero()
}

/// One line of a demand vector.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct DemandLine {
    pub line: u16,
    pub product_id: String,
    pub quantity: Quantity,
}
