//! Moving averages: of the last days, and of the last same weekdays.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::product_forecast::ForecastParameters;
use super::series::WEEK;
use super::smoothing::{Fitted, Smoothing, least_squares, mean};

/// Calendar days that an average may span.
const DAY_WINDOWS: [usize; 4] = [7, 14, 28, 56];
/// Same weekdays that an average may span. One alone would be the seasonal naive forecast, two are hardly better.
const WEEKDAY_WINDOWS: [usize; 5] = [4, 6, 8, 12, 3];

/// The mean of the known days among the last `window`; of all days seen where none of those is known. The same for every day
/// to come.
#[derive(Debug, Clone)]
pub(super) struct MovingAverage {
    window: usize,
    seen: Vec<Option<f64>>,
    average: f64,
}

impl MovingAverage {
    pub(super) const fn new(window: usize) -> Self {
        Self {
            window,
            seen: Vec::new(),
            average: 0.0,
        }
    }

    /// Chooses the window by least squares, from the second week on.
    pub(super) fn fit(values: &[Option<f64>]) -> Option<Fitted<Self>> {
        let windows = DAY_WINDOWS.iter().map(|window| Self::new(*window));
        least_squares(windows, values, WEEK)
    }
}

impl Smoothing for MovingAverage {
    fn expected(&self, _step: usize) -> f64 {
        self.average
    }

    fn observe(&mut self, value: Option<f64>) {
        self.seen.push(value);
        let first = self.seen.len().saturating_sub(self.window);
        if self.seen.iter().skip(first).any(Option::is_some) {
            self.average = mean(self.seen.iter().skip(first).flatten().copied());
        } else {
            self.average = mean(self.seen.iter().flatten().copied());
        }
    }

    fn carried(&self, _step: usize) -> f64 {
        equivalent_smoothing(self.window)
    }

    fn parameters(&self) -> ForecastParameters {
        ForecastParameters {
            window: u16::try_from(self.window).ok(),
            ..ForecastParameters::default()
        }
    }
}

/// The mean of the last `window` known days of the same weekday; of all days seen for a weekday that has none.
#[derive(Debug, Clone)]
pub(super) struct WeekdayAverage {
    window: usize,
    seen: Vec<Option<f64>>,
}

impl WeekdayAverage {
    pub(super) const fn new(window: usize) -> Self {
        Self {
            window,
            seen: Vec::new(),
        }
    }

    /// Chooses the window by least squares, from the second week on.
    pub(super) fn fit(values: &[Option<f64>]) -> Option<Fitted<Self>> {
        if values.len() < WEEK {
            return None;
        }
        let windows = WEEKDAY_WINDOWS.iter().map(|window| Self::new(*window));
        least_squares(windows, values, WEEK)
    }
}

impl Smoothing for WeekdayAverage {
    fn expected(&self, step: usize) -> f64 {
        let phase = (self.seen.len() + step.saturating_sub(1)) % WEEK;
        let last = (self.seen.len() + WEEK - 1).saturating_sub(phase) / WEEK;
        let (mut sum, mut count) = (0.0, 0_usize);
        for week in (0..last).rev() {
            if let Some(Some(value)) = self.seen.get(phase + week * WEEK) {
                sum += value;
                count += 1;
                if count == self.window {
                    break;
                }
            }
        }
        if count == 0 {
            mean(self.seen.iter().flatten().copied())
        } else {
            sum / count as f64
        }
    }

    fn observe(&mut self, value: Option<f64>) {
        self.seen.push(value);
    }

    fn carried(&self, step: usize) -> f64 {
        if step.is_multiple_of(WEEK) {
            equivalent_smoothing(self.window)
        } else {
            0.0
        }
    }

    fn parameters(&self) -> ForecastParameters {
        ForecastParameters {
            window: u16::try_from(self.window).ok(),
            ..ForecastParameters::default()
        }
    }
}

/// The smoothing parameter with which exponential smoothing looks back as far, on average, as the mean of so many values
/// (Brown 1963): an average carries errors into later forecasts by it.
fn equivalent_smoothing(window: usize) -> f64 {
    2.0 / (window as f64 + 1.0)
}
