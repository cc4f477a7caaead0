//! Sales forecasts per product (D70): the method is chosen by backtest, and named with its error.
//!
//! Pure and reproducible: the answer depends on nothing but the history, and is the same on every machine, bit by bit:
//! doubles are added, subtracted, multiplied, divided and rooted in a fixed order, and nothing else is done with them. The
//! path of a forecast, one module each:
//!
//! 1. `series` takes the part of the history that says something about today, in units of its mean; `closing_days` finds
//!    weekdays on which nothing is sold;
//! 2. `averages`, `exponential_smoothing`, `holt_winters` and `intermittent` are the methods, behind the trait of `smoothing`,
//!    which also finds their parameters;
//! 3. `backtest` lets each of them forecast the last weeks day after day, and `selection` takes the best;
//! 4. `interval` puts prediction intervals around the forecast, from the errors of the backtest.
//!
//! What the methods are good for, and what they cannot do, is in `docs/forecasting.md`.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

mod averages;
mod backtest;
mod closing_days;
mod exponential_smoothing;
mod holt_winters;
mod intermittent;
mod interval;
mod product_forecast;
mod selection;
mod series;
mod smoothing;

#[cfg(test)]
mod tests;

use chrono::{Days, NaiveDate};

use backtest::{Backtest, HORIZON};
use interval::{Growth, Spread};
use selection::{fit, select};
use series::Series;
use smoothing::{figure, mean};

pub use product_forecast::{ForecastDay, ForecastMethod, ForecastParameters, ProductForecast};
pub use series::{MAXIMUM_GAP_DAYS, MAXIMUM_HISTORY_DAYS, MINIMUM_OBSERVATIONS, SalesHistory};

/// A forecast never exceeds the greatest day of the history by more than this factor: a straight trend, drawn far enough,
/// would.
const CEILING: f64 = 3.0;

/// Forecasts `horizon_days` days from `start` on, by the method with the least backtest error.
///
/// History from `start` on is not looked at; days between the last known day and `start` are stepped over. Under 14 days of
/// history there is no backtest: the forecast is the mean of what there is, by the moving average.
///
/// `None` when there is too little to learn from: fewer than [`MINIMUM_OBSERVATIONS`] known days in the last
/// [`MAXIMUM_HISTORY_DAYS`], or none in the last [`MAXIMUM_GAP_DAYS`] before `start`.
pub fn forecast(history: &SalesHistory, start: NaiveDate, horizon_days: u16) -> Option<ProductForecast> {
    let series = Series::prepare(history, start)?;
    match select(&series.values) {
        Some((method, backtest)) => project(&series, method, Some(&backtest), start, horizon_days),
        None => project(&series, ForecastMethod::MovingAverage, None, start, horizon_days),
    }
}

/// The same by a given method, whether it is the best or not.
///
/// `None` also when the method cannot be used on this history: intermittent methods want days without a sale and two with
/// one, Holt's ten known days, Holt-Winters three weeks, its multiplicative form sales on every known day.
pub fn forecast_with(
    history: &SalesHistory,
    start: NaiveDate,
    horizon_days: u16,
    method: ForecastMethod,
) -> Option<ProductForecast> {
    let series = Series::prepare(history, start)?;
    let backtest = Backtest::run(method, &series.values);
    project(&series, method, backtest.as_ref(), start, horizon_days)
}

/// Fits the method to the whole history and writes down what it expects.
fn project(
    series: &Series,
    method: ForecastMethod,
    backtest: Option<&Backtest>,
    start: NaiveDate,
    horizon_days: u16,
) -> Option<ProductForecast> {
    let smoothing = fit(method, &series.values)?;
    let steps = series.gap + usize::from(horizon_days);
    let growth = Growth::new(smoothing.as_ref(), steps.max(HORIZON));
    let (deviation, spread) = match backtest {
        Some(backtest) => (backtest.deviation(), Spread::of_backtest(backtest, &growth)),
        None => {
            let deviation = deviation_from_mean(&series.values);
            (deviation, Spread::of_deviation(deviation, series.observations()))
        }
    };
    let ceiling = series.greatest() * CEILING;
    let day = |offset: u16| {
        let date = start.checked_add_days(Days::new(u64::from(offset)))?;
        let step = series.gap + usize::from(offset) + 1;
        let (expected, lower, upper) = if series.is_closed_on(date) {
            (0.0, 0.0, 0.0)
        } else {
            let expected = smoothing.expected(step).clamp(0.0, ceiling);
            let (lower, upper) = spread.around(expected, growth.at(step));
            (expected, lower, upper)
        };
        Some(ForecastDay {
            date,
            quantity: series.quantity(expected),
            lower: series.quantity(lower),
            upper: series.quantity(upper),
        })
    };
    Some(ProductForecast {
        method,
        parameters: smoothing.parameters(),
        mase: backtest.and_then(|backtest| backtest.mase(series)).map(figure),
        bias: backtest.map(|backtest| series.quantity(backtest.bias())),
        observations: u32::try_from(series.observations()).unwrap_or(u32::MAX),
        standard_deviation: series.quantity(deviation),
        // Past the end of the calendar there are no days.
        days: (0..horizon_days).map_while(day).collect(),
    })
}

/// Deviation of known days from their mean, of a sample.
fn deviation_from_mean(values: &[Option<f64>]) -> f64 {
    let known = || values.iter().flatten().copied();
    let average = mean(known());
    let squares: f64 = known().map(|value| (value - average) * (value - average)).sum();
    let freedom = known().count().saturating_sub(1).max(1);
    (squares / freedom as f64).sqrt()
}
