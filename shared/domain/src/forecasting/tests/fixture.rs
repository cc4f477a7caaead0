//! Histories and dates for tests.

use chrono::{Days, NaiveDate};

use crate::decimal::Quantity;
use crate::forecasting::{ForecastMethod, ProductForecast, SalesHistory, forecast, forecast_with};

/// A Monday.
pub(super) fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).unwrap()
}

/// So many whole units.
pub(super) fn units(count: i64) -> Quantity {
    Quantity::from_scaled(count * 1_000)
}

/// A history from a Monday on; `None` is an unknown day.
pub(super) fn history(days: impl IntoIterator<Item = Option<i64>>) -> SalesHistory {
    SalesHistory {
        first_date: monday(),
        days: days.into_iter().map(|day| day.map(units)).collect(),
    }
}

/// A history without unknown days.
pub(super) fn known(days: impl IntoIterator<Item = i64>) -> SalesHistory {
    history(days.into_iter().map(Some))
}

/// The day after the last of the history.
pub(super) fn next_day(history: &SalesHistory) -> NaiveDate {
    history.first_date + Days::new(history.days.len() as u64)
}

/// The forecast of the days that follow.
pub(super) fn forecast_next(history: &SalesHistory, days: u16) -> ProductForecast {
    forecast(history, next_day(history), days).unwrap()
}

/// The same by one method.
pub(super) fn forecast_next_by(history: &SalesHistory, days: u16, method: ForecastMethod) -> ProductForecast {
    forecast_with(history, next_day(history), days, method).unwrap()
}

/// Its quantities.
pub(super) fn quantities(forecast: &ProductForecast) -> Vec<Quantity> {
    forecast.days.iter().map(|day| day.quantity).collect()
}

/// Whole numbers below a bound, the same in each run.
pub(super) fn random_numbers(seed: u64) -> impl FnMut(u64) -> i64 {
    let mut state = seed;
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % below) as i64
    }
}
