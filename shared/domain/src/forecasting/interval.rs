//! Prediction intervals from the errors of the backtest.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::backtest::Backtest;
use super::smoothing::Smoothing;

/// Share of days that are expected below, and above, an interval of 80 %.
const TAIL: f64 = 0.1;
/// The standard normal quantile of 90 %.
const NORMAL_QUANTILE_90: f64 = 1.281_551_565_544_600_4;
/// Below this part of the product's mean, the spread of the errors no longer shrinks with the forecast.
const LEAST_LEVEL: f64 = 0.1;

/// How far sales may lie from a forecast, in units of the spread that is expected for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    below: f64,
    above: f64,
}

impl Spread {
    /// The 10 % and 90 % quantiles of all errors of the backtest, each over the spread expected for it, so that errors of
    /// strong and weak days and of near and far ones can be put together. Of `n` judged days, the quantile is that with
    /// `(n + 1)/10` of them outside, itself included (as in conformal prediction), which widens intervals from few days.
    pub(super) fn of_backtest(backtest: &Backtest, growth: &Growth) -> Self {
        let mut scaled: Vec<f64> = backtest
            .residuals
            .iter()
            .map(|residual| residual.error / expected_spread(residual.expected, growth.at(residual.step)))
            .collect();
        scaled.sort_by(f64::total_cmp);
        // Each judged day stands there once per step, so that the days, not the errors, say how much is known.
        let days = backtest.judged_days() as f64;
        let tail = ((TAIL * (days + 1.0) - 0.5) / days).max(0.0);
        Self {
            below: quantile(&scaled, tail),
            above: quantile(&scaled, 1.0 - tail),
        }
    }

    /// Without a backtest: normal, from the deviation of `count` days from their mean.
    pub(super) fn of_deviation(deviation: f64, count: usize) -> Self {
        let above = NORMAL_QUANTILE_90 * deviation * (1.0 + 1.0 / count.max(1) as f64).sqrt();
        Self { below: -above, above }
    }

    /// Lower and upper end around a forecast; the forecast is never outside, and neither end is below nothing.
    pub(super) fn around(self, expected: f64, growth: f64) -> (f64, f64) {
        let spread = expected_spread(expected, growth);
        let lower = (expected + self.below * spread).min(expected).max(0.0);
        let upper = (expected + self.above * spread).max(expected);
        (lower, upper)
    }
}

/// Counts vary with the root of their mean, and forecasts of far days more than those of near ones.
fn expected_spread(expected: f64, growth: f64) -> f64 {
    expected.max(LEAST_LEVEL).sqrt() * growth
}

/// The deviation of an error so many days ahead over that of one day ahead: `√(1 + Σ c_j²)` over the days in between, with
/// `c_j` what the method carries of an error into its forecast `j` days later (Hyndman, Koehler, Ord and Snyder 2008, ch. 6,
/// class 1). Averages and intermittent methods carry next to nothing: 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Growth(Vec<f64>);

impl Growth {
    /// For up to `steps` days ahead.
    pub(super) fn new(smoothing: &dyn Smoothing, steps: usize) -> Self {
        let mut variance = 1.0_f64;
        let mut growth = Vec::with_capacity(steps);
        for step in 1..=steps {
            growth.push(variance.sqrt());
            let carried = smoothing.carried(step);
            variance += carried * carried;
        }
        Self(growth)
    }

    /// Of a step, from 1.
    pub(super) fn at(&self, step: usize) -> f64 {
        self.0.get(step.saturating_sub(1)).copied().unwrap_or(1.0)
    }
}

/// The quantile of sorted values, between two of them in proportion (type 7 of Hyndman and Fan 1996).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * sorted.len().saturating_sub(1) as f64;
    let below = position.floor();
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    let (low, high) = (at(below as usize), at(position.ceil() as usize));
    low + (position - below) * (high - low)
}
