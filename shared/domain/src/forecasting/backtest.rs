//! Rolling-origin backtest: what a method would have forecast, day after day, over the last weeks.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::product_forecast::ForecastMethod;
use super::selection::fit;
use super::series::{Series, WEEK};
use super::smoothing::mean;

/// Days ahead that are judged.
pub(super) const HORIZON: usize = WEEK;
/// Days at the end of the history from each of which on a forecast is judged: eight weeks.
const MAXIMUM_ORIGINS: usize = 8 * WEEK;
/// Days a history must span, so that something is left to learn from.
const MINIMUM_DAYS: usize = 2 * WEEK;
/// Pairs of days without which the error of the seasonal naive forecast is not known.
const MINIMUM_PAIRS: usize = WEEK;

/// One forecast held against what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Residual {
    /// Days ahead.
    pub(super) step: usize,
    /// What was forecast, not below nothing.
    pub(super) expected: f64,
    /// Actual − expected.
    pub(super) error: f64,
}

/// How a method did.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Backtest {
    /// From each origin, one to seven days ahead, as far as days are known.
    pub(super) residuals: Vec<Residual>,
    /// Sum of the absolute errors.
    pub(super) absolute_error: f64,
}

impl Backtest {
    /// Runs one method: its parameters are fitted to the days before the first origin only; from there on its state follows
    /// the days, its parameters stay. `None` where the method cannot be used or nothing was judged.
    pub(super) fn run(method: ForecastMethod, values: &[Option<f64>]) -> Option<Self> {
        let first_origin = first_origin(values)?;
        let mut smoothing = fit(method, values.get(..first_origin)?)?;
        let mut residuals = Vec::with_capacity((values.len() - first_origin) * HORIZON);
        let mut absolute_error = 0.0;
        for origin in first_origin..values.len() {
            for (step, value) in (1..=HORIZON).zip(values.iter().skip(origin)) {
                let Some(actual) = *value else { continue };
                let expected = smoothing.expected(step).max(0.0);
                let error = actual - expected;
                absolute_error += error.abs();
                residuals.push(Residual {
                    step,
                    expected,
                    error,
                });
            }
            smoothing.observe(values.get(origin).copied().flatten());
        }
        (!residuals.is_empty()).then_some(Self {
            residuals,
            absolute_error,
        })
    }

    /// Mean absolute scaled error; `None` where the scale is nothing.
    pub(super) fn mase(&self, series: &Series) -> Option<f64> {
        let values = &series.values;
        let scale = naive_error(values.get(..first_origin(values)?)?)?;
        (scale > 0.0).then(|| self.absolute_error / self.residuals.len() as f64 / scale)
    }

    /// Days that were forecast and are known: every one of them was one day ahead once.
    pub(super) fn judged_days(&self) -> usize {
        let one_day_ahead = self.residuals.iter().filter(|residual| residual.step == 1);
        one_day_ahead.count().max(1)
    }

    /// Mean of forecast − actual.
    pub(super) fn bias(&self) -> f64 {
        -mean(self.residuals.iter().map(|residual| residual.error))
    }

    /// Root of the mean squared error one day ahead.
    pub(super) fn deviation(&self) -> f64 {
        let one_day_ahead = self.residuals.iter().filter(|residual| residual.step == 1);
        mean(one_day_ahead.map(|residual| residual.error * residual.error)).sqrt()
    }
}

/// The first day that is forecast: where the last third of the known days begins, at most eight weeks before the end. `None`
/// under two weeks, or with fewer than three known days.
pub(super) fn first_origin(values: &[Option<f64>]) -> Option<usize> {
    let judged = values.iter().flatten().count() / 3;
    if values.len() < MINIMUM_DAYS || judged == 0 {
        return None;
    }
    let known = values.iter().enumerate().filter(|(_, value)| value.is_some());
    let (begin, _) = known.rev().nth(judged - 1)?;
    Some(begin.max(values.len().saturating_sub(MAXIMUM_ORIGINS)))
}

/// Mean absolute error of "as a week ago" within the values, the scale of MASE; of "as the day before" where fewer than seven
/// pairs of days a week apart are known. `None` without any pair.
pub(super) fn naive_error(values: &[Option<f64>]) -> Option<f64> {
    let errors = |lag: usize| {
        let pairs = values.iter().zip(values.iter().skip(lag));
        pairs.filter_map(|(before, after)| Some(((*after)? - (*before)?).abs()))
    };
    if errors(WEEK).count() >= MINIMUM_PAIRS {
        return Some(mean(errors(WEEK)));
    }
    (errors(1).count() > 0).then(|| mean(errors(1)))
}
