//! What an order at rest is made of besides its row and figures: lines, address, hold, history.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::alerts::HoldReason;
use orders_domain::decimal::{Money, Percentage, Quantity, SignedPercentage, UnitPrice};
use orders_domain::order_status::OrderStatus;
use serde::{Deserialize, Serialize};

use crate::auth::Actor;
use crate::words::{HistoryEvent, PriceSource};

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
    #[serde(rename = "x")]
    pub after: AfterChange,
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
}

/// One line of a demand vector.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct DemandLine {
    pub line: u16,
    pub product_id: String,
    pub quantity: Quantity,
}
