//! Which method forecasts a product: the one with the least error in the backtest (D70).
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::averages::{MovingAverage, WeekdayAverage};
use super::backtest::Backtest;
use super::exponential_smoothing::{ExponentialSmoothing, Trend};
use super::holt_winters::{HoltWinters, Season};
use super::intermittent::Croston;
use super::product_forecast::ForecastMethod;
use super::smoothing::{Fitted, Smoothing};

/// Part of its error by which a method must beat a simpler one; less is rounding.
const TIE: f64 = 1e-9;

/// Fits a method to values, and leaves it in the state after the last of them. `None` where it cannot be used on them.
pub(super) fn fit(method: ForecastMethod, values: &[Option<f64>]) -> Option<Box<dyn Smoothing>> {
    fn boxed<S: Smoothing + 'static>(fitted: Fitted<S>) -> Box<dyn Smoothing> {
        Box::new(fitted.smoothing)
    }
    match method {
        ForecastMethod::MovingAverage => MovingAverage::fit(values).map(boxed),
        ForecastMethod::WeekdayAverage => WeekdayAverage::fit(values).map(boxed),
        ForecastMethod::SimpleExponentialSmoothing => {
            ExponentialSmoothing::fit(Trend::None, values).map(boxed)
        }
        ForecastMethod::Croston => Croston::fit(Croston::new, values).map(boxed),
        ForecastMethod::SyntetosBoylan => Croston::fit(Croston::syntetos_boylan, values).map(boxed),
        ForecastMethod::Holt => ExponentialSmoothing::fit(Trend::Linear, values).map(boxed),
        ForecastMethod::DampedHolt => ExponentialSmoothing::fit(Trend::Damped, values).map(boxed),
        ForecastMethod::HoltWintersAdditive => HoltWinters::fit(Season::Additive, values).map(boxed),
        ForecastMethod::HoltWintersMultiplicative => {
            HoltWinters::fit(Season::Multiplicative, values).map(boxed)
        }
    }
}

/// The method with the least absolute error, which is the one with the least MASE, as all are judged on the same days and
/// scaled by the same number; the simpler one where two are equal. A method that cannot be used on the whole history is
/// left out. `None` where there was no room for a backtest.
pub(super) fn select(values: &[Option<f64>]) -> Option<(ForecastMethod, Backtest)> {
    let mut best: Option<(ForecastMethod, Backtest)> = None;
    for method in ForecastMethod::ALL {
        if !can_be_used(method, values) {
            continue;
        }
        let Some(backtest) = Backtest::run(method, values) else {
            continue;
        };
        let is_better = best.as_ref().is_none_or(|(_, best)| {
            let slack = best.absolute_error * TIE + TIE * best.residuals.len() as f64;
            backtest.absolute_error < best.absolute_error - slack
        });
        if is_better {
            best = Some((method, backtest));
        }
    }
    best
}

/// Only the multiplicative season may fit the days before the backtest and not those of it.
fn can_be_used(method: ForecastMethod, values: &[Option<f64>]) -> bool {
    method != ForecastMethod::HoltWintersMultiplicative || values.iter().flatten().all(|value| *value > 0.0)
}
