//! Forecasts at rest (D70): the tenant's newest, in parts behind a head that names them, and those a plan was made with.
//! The head is written last, so that forecasts are seen whole or not at all.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::forecasting::{ForecastDay, ProductForecast};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::keys::{self, Keys};
use super::packed_forecast;
use super::record::Record;
use crate::auth::TenantId;

/// Where a product's history comes from, in the order in which they are asked (D70).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistorySource {
    /// The sales partner.
    SalesPartner,
    /// Imported sales history.
    SalesHistory,
    /// Past orders.
    Orders,
}

/// The forecast of a product, and what it was learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcedForecast {
    /// The product.
    pub product_id: String,
    /// Where its history comes from.
    pub source: HistorySource,
    /// The forecast, from the day it was made.
    pub forecast: ProductForecast,
}

/// Up to which day past orders have been counted as sales history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderHistoryMark {
    /// The last day that was counted.
    #[serde(rename = "d")]
    pub counted_to: NaiveDate,
}

impl Record for OrderHistoryMark {
    const KIND: &'static str = "OM";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::order_history_mark(tenant))
    }
}

/// Which forecasts are in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForecastHead {
    /// Names the parts.
    pub run: Uuid,
    /// The local date on which they were made: their first day.
    #[serde(rename = "d")]
    pub made_on: NaiveDate,
    /// When they were made.
    #[serde(rename = "a", with = "chrono::serde::ts_milliseconds")]
    pub made_at: DateTime<Utc>,
    /// How many parts there are.
    #[serde(rename = "n")]
    pub parts: u32,
    /// Products that were sold on too few days to learn from.
    #[serde(rename = "l", default)]
    pub too_little: Vec<String>,
    /// Sources that did not answer then.
    #[serde(rename = "g", default)]
    pub degraded_sources: Vec<String>,
}

impl Record for ForecastHead {
    const KIND: &'static str = "FH";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::forecast_head(tenant))
    }
}

/// The forecast of a product as it is kept: its days apart, packed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptForecast {
    /// The forecast, without its days.
    #[serde(rename = "f")]
    pub forecast: SourcedForecast,
    /// Its days.
    #[serde(rename = "d", with = "packed_forecast")]
    pub days: Vec<ForecastDay>,
}

impl KeptForecast {
    /// What is kept of a forecast: the days for which `wanted` holds.
    pub fn of(forecast: &SourcedForecast, wanted: impl Fn(NaiveDate) -> bool) -> Self {
        let mut bare = forecast.clone();
        let days = std::mem::take(&mut bare.forecast.days).into_iter();
        Self {
            forecast: bare,
            days: days.filter(|day| wanted(day.date)).collect(),
        }
    }

    /// The forecast with its days.
    pub fn into_forecast(self) -> SourcedForecast {
        let mut forecast = self.forecast;
        forecast.forecast.days = self.days;
        forecast
    }
}

/// A part of the tenant's forecasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastPart {
    /// The forecasts it belongs to.
    pub run: Uuid,
    /// Which part, from 0.
    pub part: u32,
    /// When the table may forget it, in seconds since 1970: long after others are in force.
    pub ttl: i64,
    /// By product id.
    #[serde(rename = "b")]
    pub products: Vec<KeptForecast>,
}

impl Record for ForecastPart {
    const KIND: &'static str = "FP";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::forecast_part(tenant, self.run, self.part))
    }
}

/// A part of the forecasts that a plan was made with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanForecasts {
    /// The plan.
    pub plan: Uuid,
    /// The computation it belongs to.
    pub run: Uuid,
    /// Which part, from 0.
    pub part: u32,
    /// By product id.
    #[serde(rename = "b")]
    pub products: Vec<KeptForecast>,
}

impl Record for PlanForecasts {
    const KIND: &'static str = "PF";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::plan_forecasts(tenant, self.plan, self.run, self.part))
    }
}
