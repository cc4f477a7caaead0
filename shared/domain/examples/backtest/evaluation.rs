//! Holds forecasts against days that were held out.
#![expect(
    clippy::float_arithmetic,
    reason = "errors are statistics, worked out in doubles"
)]

use chrono::{Days, NaiveDate};
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::{ForecastMethod, SalesHistory, forecast, forecast_with};

/// Days at the end of the history that are forecast: four weeks.
pub(crate) const HELD_OUT_DAYS: usize = 28;

/// Who forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forecaster {
    /// As on the last known same weekday: what the others must beat.
    SeasonalNaive,
    /// One method throughout; the moving average for items it cannot be used on.
    Always(ForecastMethod),
    /// The method with the least backtest error, per item and origin.
    Selection,
}

/// From where the held-out days are forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origins {
    /// All of them from the day before the first.
    Once,
    /// Each from the day before it.
    Daily,
}

/// Demand patterns by the mean interval between demands and the variation of their sizes, with the bounds of Syntetos,
/// Boylan and Croston (2005).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pattern {
    /// Interval below 1.32 days, squared coefficient of variation below 0.49.
    Smooth,
    /// Short intervals, sizes vary.
    Erratic,
    /// Long intervals, sizes alike.
    Intermittent,
    /// Long intervals, sizes vary.
    Lumpy,
}

impl Pattern {
    /// Every pattern.
    pub(crate) const ALL: [Self; 4] = [Self::Smooth, Self::Erratic, Self::Intermittent, Self::Lumpy];

    /// The pattern of daily sales, from the first sale on; `None` without two sales.
    pub(crate) fn of(days: &[Option<f64>]) -> Option<Self> {
        let known: Vec<f64> = days
            .iter()
            .flatten()
            .copied()
            .skip_while(|sold| *sold <= 0.0)
            .collect();
        let sizes: Vec<f64> = known.iter().copied().filter(|sold| *sold > 0.0).collect();
        if sizes.len() < 2 {
            return None;
        }
        let interval = known.len() as f64 / sizes.len() as f64;
        let average = sizes.iter().sum::<f64>() / sizes.len() as f64;
        let squares: f64 = sizes.iter().map(|size| (size - average) * (size - average)).sum();
        let variation = squares / (sizes.len() - 1) as f64 / (average * average);
        Some(match (interval < 1.32, variation < 0.49) {
            (true, true) => Self::Smooth,
            (true, false) => Self::Erratic,
            (false, true) => Self::Intermittent,
            (false, false) => Self::Lumpy,
        })
    }
}

/// One item, cut into what is learnt from and what is held out.
pub(crate) struct Case {
    history: SalesHistory,
    start: NaiveDate,
    held_out: Vec<Option<f64>>,
    scale: f64,
    /// Its demand pattern before the held-out days.
    pub(crate) pattern: Pattern,
}

impl Case {
    /// Holds out the last four weeks. `None` for items that cannot be judged: too little known before (then there is no
    /// forecast at all), fewer than two sales, or no error of the seasonal naive forecast to scale by.
    pub(crate) fn new(history: &SalesHistory) -> Option<Self> {
        let cut = history.days.len().checked_sub(HELD_OUT_DAYS)?;
        let start = history.first_date.checked_add_days(Days::new(cut as u64))?;
        let days: Vec<Option<f64>> = history.days.iter().map(|day| day.map(units)).collect();
        let (before, held_out) = days.split_at(cut);
        let first_sale = before.iter().position(|day| day.is_some_and(|sold| sold > 0.0))?;
        let learnt = before.get(first_sale..)?;
        let errors: Vec<f64> = learnt
            .iter()
            .zip(learnt.iter().skip(7))
            .filter_map(|(earlier, later)| Some(((*later)? - (*earlier)?).abs()))
            .collect();
        let scale = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
        let case = Self {
            history: history.clone(),
            start,
            held_out: held_out.to_vec(),
            scale,
            pattern: Pattern::of(before)?,
        };
        (scale > 0.0 && forecast(history, start, 1).is_some()).then_some(case)
    }

    /// Forecasts the held-out days.
    pub(crate) fn judge(&self, forecaster: Forecaster, origins: Origins) -> Outcome {
        let mut outcome = Outcome::default();
        let days: Vec<[f64; 3]> = match origins {
            Origins::Once => self.forecast_from(forecaster, 0, self.held_out.len()),
            Origins::Daily => (0..self.held_out.len())
                .flat_map(|origin| self.forecast_from(forecaster, origin, 1))
                .collect(),
        };
        for (actual, [quantity, lower, upper]) in self.held_out.iter().zip(days) {
            let Some(actual) = *actual else { continue };
            outcome.days += 1;
            outcome.sold += actual;
            outcome.error += quantity - actual;
            outcome.absolute_error += (quantity - actual).abs();
            outcome.scaled_error += (quantity - actual).abs() / self.scale;
            outcome.covered += u32::from(lower <= actual && actual <= upper);
            outcome.below += u32::from(actual < lower);
        }
        outcome
    }

    /// Quantity, lower and upper end of some held-out days, made the day before the first of them.
    fn forecast_from(&self, forecaster: Forecaster, origin: usize, days: usize) -> Vec<[f64; 3]> {
        let Some(start) = self.start.checked_add_days(Days::new(origin as u64)) else {
            return Vec::new();
        };
        let horizon = u16::try_from(days).unwrap_or(u16::MAX);
        let made = match forecaster {
            Forecaster::SeasonalNaive => return self.naive_from(origin, days),
            Forecaster::Always(method) => forecast_with(&self.history, start, horizon, method)
                .or_else(|| forecast_with(&self.history, start, horizon, ForecastMethod::MovingAverage)),
            Forecaster::Selection => forecast(&self.history, start, horizon),
        };
        let days = made.map(|made| made.days).unwrap_or_default();
        days.iter()
            .map(|day| [units(day.quantity), units(day.lower), units(day.upper)])
            .collect()
    }

    fn naive_from(&self, origin: usize, days: usize) -> Vec<[f64; 3]> {
        let first = self.history.days.len() - self.held_out.len() + origin;
        (0..days)
            .map(|offset| {
                let last = first + offset % 7;
                let weeks_ago = (1..).map_while(|week| last.checked_sub(7 * week));
                let known = weeks_ago.filter_map(|day| self.history.days.get(day).copied().flatten());
                [known.map(units).next().unwrap_or(0.0); 3]
            })
            .collect()
    }
}

/// Sums over the held-out days that are known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Outcome {
    /// Days judged.
    pub(crate) days: u32,
    /// Units sold.
    pub(crate) sold: f64,
    /// Forecast − actual, in units.
    pub(crate) error: f64,
    /// Absolute errors, in units.
    pub(crate) absolute_error: f64,
    /// Absolute errors over the error of the seasonal naive forecast in the days learnt from.
    pub(crate) scaled_error: f64,
    /// Days within the prediction interval.
    pub(crate) covered: u32,
    /// Days below it.
    pub(crate) below: u32,
}

impl Outcome {
    /// Mean absolute scaled error.
    pub(crate) fn mase(&self) -> f64 {
        self.scaled_error / f64::from(self.days.max(1))
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            days: self.days + other.days,
            sold: self.sold + other.sold,
            error: self.error + other.error,
            absolute_error: self.absolute_error + other.absolute_error,
            scaled_error: self.scaled_error + other.scaled_error,
            covered: self.covered + other.covered,
            below: self.below + other.below,
        }
    }
}

fn units(quantity: Quantity) -> f64 {
    quantity.scaled() as f64 / 1_000.0
}
