//! What all methods have in common, and how their parameters are found.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::product_forecast::ForecastParameters;
use crate::decimal::Figure;

/// A method in the middle of a series: it has seen some days and can say what it expects of the next ones.
pub(super) trait Smoothing {
    /// What is expected `step` days ahead, 1 being the next day. May be below nothing.
    fn expected(&self, step: usize) -> f64;

    /// Takes in the next day. A day of which nothing is known changes nothing but the date: a trend goes on, as if the day
    /// had brought just what was expected of it.
    fn observe(&mut self, value: Option<f64>);

    /// How much of an error of one day the method carries into its forecast `step` days later; intervals widen by it.
    fn carried(&self, step: usize) -> f64;

    /// What the method is set to.
    fn parameters(&self) -> ForecastParameters;
}

/// A method that has seen all values, and the sum of its squared errors one day ahead.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitted<S> {
    pub(super) smoothing: S,
    pub(super) squared_error: f64,
}

/// The candidate with the least sum of squared errors one day ahead, after it has seen all values; the first of equals.
/// The first `warm_up` days are seen, but not judged. `None` without candidates.
pub(super) fn least_squares<S: Smoothing>(
    candidates: impl IntoIterator<Item = S>,
    values: &[Option<f64>],
    warm_up: usize,
) -> Option<Fitted<S>> {
    let mut best: Option<(f64, S)> = None;
    for mut candidate in candidates {
        let limit = best.as_ref().map_or(f64::INFINITY, |(error, _)| *error);
        let error = squared_error(&mut candidate, values, warm_up, limit);
        if best.is_none() || error < limit {
            best = Some((error, candidate));
        }
    }
    best.map(|(squared_error, smoothing)| Fitted {
        smoothing,
        squared_error,
    })
}

/// Sum of squared errors one day ahead. Given up, at infinity, once it has reached the limit.
pub(super) fn squared_error<S: Smoothing>(
    smoothing: &mut S,
    values: &[Option<f64>],
    warm_up: usize,
    limit: f64,
) -> f64 {
    let mut sum = 0.0;
    for (day, value) in values.iter().enumerate() {
        if let Some(actual) = value.filter(|_| day >= warm_up) {
            let error = actual - smoothing.expected(1);
            sum += error * error;
            if sum >= limit {
                return f64::INFINITY;
            }
        }
        smoothing.observe(*value);
    }
    sum
}

/// A parameter as published.
pub(super) fn figure(parameter: f64) -> Figure {
    Figure::from_scaled((parameter * 10_000.0).round() as i64)
}

/// The mean; nothing of nothing.
pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        sum += value;
        count += 1;
    }
    sum / f64::from(count.max(1))
}
