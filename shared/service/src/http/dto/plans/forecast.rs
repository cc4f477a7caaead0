//! Forecasts in answers (D70).

use chrono::NaiveDate;
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::{ForecastMethod, ForecastParameters};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::common::QuantityText;
use crate::store::forecasts::{HistorySource, SourcedForecast};

/// What is expected to be sold of a product, how that was found and how well the method did on the past.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ProductForecast)]
pub struct ForecastView {
    /// The product.
    pub product_id: String,
    /// Where its history comes from.
    pub source: HistorySource,
    /// The method with the least error on the past.
    #[schema(value_type = ForecastMethodWord)]
    pub method: ForecastMethod,
    /// What it was set to: `window` in days or weeks, and the smoothing `alpha`, `beta`, `gamma` and `phi`; what it does not
    /// have is left out.
    #[schema(value_type = ForecastParametersSchema)]
    pub parameters: ForecastParameters,
    /// Its mean absolute scaled error in a rolling backtest, four decimals: below 1 it does better than taking the same day
    /// of the week before. Null where the past is too short or too even to tell.
    #[schema(value_type = Option<String>, examples("0.8123"))]
    pub mase: Option<String>,
    /// How much it expected too much a day, on average, in that backtest; negative when it expected too little.
    #[schema(value_type = Option<QuantityText>, examples("-0.214"))]
    pub bias: Option<Quantity>,
    /// Days of history that it was learnt from.
    pub observations: u32,
    /// What is expected in all days of the horizon, orders included (D61).
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
    /// Day by day.
    pub days: Vec<ForecastDayView>,
}

/// What is expected on a day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ForecastDay)]
pub struct ForecastDayView {
    /// The day.
    pub date: NaiveDate,
    /// What is expected.
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
    /// In eight of ten cases it is at least this much,
    #[schema(value_type = QuantityText)]
    pub lower: Quantity,
    /// and at most this much.
    #[schema(value_type = QuantityText)]
    pub upper: Quantity,
}

/// A forecasting method (D70).
#[derive(ToSchema)]
#[schema(as = ForecastMethod)]
#[serde(rename_all = "snake_case")]
pub enum ForecastMethodWord {
    /// Mean of the last days.
    MovingAverage,
    /// Mean of the last same weekdays.
    WeekdayAverage,
    /// Simple exponential smoothing.
    SimpleExponentialSmoothing,
    /// Croston's method, for what is not sold every day.
    Croston,
    /// Croston's method less its bias.
    SyntetosBoylan,
    /// Level and linear trend.
    Holt,
    /// Level and a trend that levels off.
    DampedHolt,
    /// Level, trend and a weekly season that is added.
    HoltWintersAdditive,
    /// Level, trend and a weekly season that multiplies.
    HoltWintersMultiplicative,
}

/// What a method was set to; what it does not have is left out.
#[derive(ToSchema)]
#[schema(as = ForecastParameters)]
#[expect(
    dead_code,
    reason = "only its schema is used; the fields are those of the domain"
)]
pub struct ForecastParametersSchema {
    /// Days of a moving average, or same weekdays of a weekday average.
    window: Option<u16>,
    /// Smoothing of the level, or of size and interval of demands.
    alpha: Option<String>,
    /// Smoothing of the trend.
    beta: Option<String>,
    /// Smoothing of the season.
    gamma: Option<String>,
    /// What is left of the trend from one day to the next.
    phi: Option<String>,
}

impl From<&SourcedForecast> for ForecastView {
    fn from(row: &SourcedForecast) -> Self {
        let forecast = &row.forecast;
        // The sum only stops at the greatest quantity where no day could be planned either.
        let sum = forecast
            .days
            .iter()
            .fold(0_i64, |sum, day| sum.saturating_add(day.quantity.scaled()));
        let days = forecast.days.iter().map(|day| ForecastDayView {
            date: day.date,
            quantity: day.quantity,
            lower: day.lower,
            upper: day.upper,
        });
        Self {
            product_id: row.product_id.clone(),
            source: row.source,
            method: forecast.method,
            parameters: forecast.parameters,
            mase: forecast.mase.map(|error| error.to_string()),
            bias: forecast.bias,
            observations: forecast.observations,
            quantity: Quantity::from_scaled(sum),
            days: days.collect(),
        }
    }
}
