//! What a forecast consists of: the figures per day, how they were found and how far they may be trusted (D70).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::decimal::{Figure, Quantity};

/// How a forecast is made (D70), simplest first: where two are equally good, the earlier is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForecastMethod {
    /// Mean of the last days.
    MovingAverage,
    /// Mean of the last same weekdays.
    WeekdayAverage,
    /// Simple exponential smoothing: a level (Brown 1959).
    SimpleExponentialSmoothing,
    /// Size of a demand over the interval between demands, each smoothed (Croston 1972).
    Croston,
    /// Croston's method less its bias (Syntetos and Boylan 2005).
    SyntetosBoylan,
    /// Level and linear trend (Holt 1957).
    Holt,
    /// Level and a trend that levels off (Gardner and McKenzie 1985).
    DampedHolt,
    /// Level, trend and a weekly season that is added (Winters 1960).
    HoltWintersAdditive,
    /// Level, trend and a weekly season that multiplies; only where every day has sales.
    HoltWintersMultiplicative,
}

impl ForecastMethod {
    /// Every method, simplest first.
    pub const ALL: [Self; 9] = [
        Self::MovingAverage,
        Self::WeekdayAverage,
        Self::SimpleExponentialSmoothing,
        Self::Croston,
        Self::SyntetosBoylan,
        Self::Holt,
        Self::DampedHolt,
        Self::HoltWintersAdditive,
        Self::HoltWintersMultiplicative,
    ];

    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MovingAverage => "moving_average",
            Self::WeekdayAverage => "weekday_average",
            Self::SimpleExponentialSmoothing => "simple_exponential_smoothing",
            Self::Croston => "croston",
            Self::SyntetosBoylan => "syntetos_boylan",
            Self::Holt => "holt",
            Self::DampedHolt => "damped_holt",
            Self::HoltWintersAdditive => "holt_winters_additive",
            Self::HoltWintersMultiplicative => "holt_winters_multiplicative",
        }
    }
}

/// What a method was set to; what it does not have is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ForecastParameters {
    /// Days of a moving average, or same weekdays of a weekday average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u16>,
    /// Smoothing of the level, or of size and interval of demands; 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<Figure>,
    /// Smoothing of the trend, 0 to 1; 0 in Holt-Winters says that there is no trend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta: Option<Figure>,
    /// Smoothing of the season, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gamma: Option<Figure>,
    /// What is left of the trend from one day to the next, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phi: Option<Figure>,
}

/// What is expected to be sold of a product, day by day (D70).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductForecast {
    /// The method with the least error in the backtest.
    pub method: ForecastMethod,
    /// What it was set to, fitted to the whole history.
    pub parameters: ForecastParameters,
    /// Mean absolute scaled error of the method in the rolling-origin backtest (Hyndman and Koehler 2006): its error one to
    /// seven days ahead, in units of the error that "as a week ago" makes in the part of the history that was learnt
    /// from. `None` where that makes no error, or the history is too short for a backtest.
    pub mase: Option<Figure>,
    /// Mean of forecast − actual in the backtest, per day and in the product's unit: above nothing, it forecasts too
    /// much. `None` without a backtest.
    pub bias: Option<Quantity>,
    /// Days of the history that were used: known, on weekdays with sales.
    pub observations: u32,
    /// Root of the mean squared error one day ahead in the backtest, in the product's unit: `σ_d` of the safety stock
    /// (D62). Bias counts in it, as stock has to cover bias too. Without a backtest, the deviation from the mean.
    pub standard_deviation: Quantity,
    /// The days asked for, in order.
    pub days: Vec<ForecastDay>,
}

/// The forecast of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForecastDay {
    /// The day.
    pub date: NaiveDate,
    /// Expected sales, never below nothing.
    pub quantity: Quantity,
    /// Lower end of the 80 % prediction interval: one day in ten is expected to be below it. Never below nothing.
    pub lower: Quantity,
    /// Upper end: one day in ten is expected to be above it.
    pub upper: Quantity,
}
