//! What a customer at rest is made of besides its row and terms: prices, preferences, history, the mark of an erasure.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use orders_domain::decimal::{Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::auth::Actor;
use crate::words::{CustomerEvent, WeekdayWord};

/// From which quantity on a unit price holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PriceTier {
    #[serde(rename = "q")]
    pub min_quantity: Quantity,
    #[serde(rename = "p")]
    pub unit_price: UnitPrice,
}

/// When and how a customer likes to be delivered to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct DeliveryPreferences {
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<WeekdayWord>,
    /// Local time, `HH:MM`.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub window_start: Option<String>,
    /// Local time, `HH:MM`.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub window_end: Option<String>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// One entry of a customer's history: names of changed fields, never their values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerChange {
    #[serde(rename = "n")]
    pub sequence: u64,
    #[serde(rename = "e")]
    pub event: CustomerEvent,
    #[serde(rename = "v")]
    pub version: u64,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub changed_at: DateTime<Utc>,
    #[serde(rename = "b")]
    pub changed_by: Actor,
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub changed_fields: Vec<String>,
}

/// That the customer's personal data is being erased, or has been (D34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureMark {
    /// When the erasure began.
    #[serde(rename = "s", with = "ts_milliseconds")]
    pub since: DateTime<Utc>,
    /// Whether the customer was active before, should the erasure be taken back.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub was_active: bool,
    /// Whether it is done, so that only orders which were placed meanwhile can be left.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}
