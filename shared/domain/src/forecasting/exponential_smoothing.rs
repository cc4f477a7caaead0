//! Exponential smoothing without a season: simple, Holt's linear trend, and the damped trend.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::product_forecast::ForecastParameters;
use super::smoothing::{Fitted, Smoothing, figure, least_squares, mean};

const LEVELS: [f64; 12] = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.95];
const TREND_LEVELS: [f64; 8] = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.95];
const TRENDS: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.4];
const DAMPINGS: [f64; 4] = [0.8, 0.9, 0.95, 0.98];
/// Days that give the first level of simple exponential smoothing.
const LEVEL_DAYS: usize = 7;
/// Known days without which there is no trend to speak of.
const MINIMUM_TREND_OBSERVATIONS: usize = 10;

/// Which components there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trend {
    None,
    Linear,
    Damped,
}

/// Level and trend, in the component form of Hyndman and Athanasopoulos ("Forecasting: Principles and Practice", ch. 8):
///
/// `l_t = α·y_t + (1 − α)(l_{t−1} + φ·b_{t−1})`, `b_t = β·(l_t − l_{t−1}) + (1 − β)·φ·b_{t−1}`,
/// `ŷ_{t+h} = l_t + (φ + … + φ^h)·b_t`,
///
/// written with the error `e_t = y_t − l_{t−1} − φ·b_{t−1}`: `l_t = l_{t−1} + φ·b_{t−1} + α·e_t` and
/// `b_t = φ·b_{t−1} + α·β·e_t`. With `φ = 1` it is Holt's, without a trend simple exponential smoothing.
#[derive(Debug, Clone)]
pub(super) struct ExponentialSmoothing {
    kind: Trend,
    alpha: f64,
    beta: f64,
    phi: f64,
    level: f64,
    trend: f64,
}

impl ExponentialSmoothing {
    /// Simple exponential smoothing from a known level.
    pub(super) const fn simple(alpha: f64, level: f64) -> Self {
        Self {
            kind: Trend::None,
            alpha,
            beta: 0.0,
            phi: 1.0,
            level,
            trend: 0.0,
        }
    }

    /// Holt's method from a known level and trend (of the day before the first); damped where `phi` is below 1.
    pub(super) fn with_trend(alpha: f64, beta: f64, phi: f64, level: f64, trend: f64) -> Self {
        Self {
            kind: if phi < 1.0 { Trend::Damped } else { Trend::Linear },
            alpha,
            beta,
            phi,
            level,
            trend,
        }
    }

    /// Chooses the parameters by least squares. Simple smoothing starts at the mean of the first 7 known days; with a trend, from
    /// the straight line through all days (least squares again): a line through the first few is mostly noise, which small
    /// parameters would then carry on for ever.
    pub(super) fn fit(kind: Trend, values: &[Option<f64>]) -> Option<Fitted<Self>> {
        let mut known = values.iter().flatten().copied().peekable();
        known.peek()?;
        if kind == Trend::None {
            let level = mean(known.take(LEVEL_DAYS));
            let candidates = LEVELS.iter().map(|alpha| Self::simple(*alpha, level));
            return least_squares(candidates, values, 0);
        }
        if known.count() < MINIMUM_TREND_OBSERVATIONS {
            return None;
        }
        let (level, trend) = straight_line(values);
        let dampings: &[f64] = if kind == Trend::Damped { &DAMPINGS } else { &[1.0] };
        let candidates = dampings.iter().flat_map(move |phi| {
            TRENDS.iter().flat_map(move |beta| {
                TREND_LEVELS
                    .iter()
                    .map(move |alpha| Self::with_trend(*alpha, *beta, *phi, level, trend))
            })
        });
        least_squares(candidates, values, 0)
    }
}

/// `φ + … + φ^step`, what a trend of 1 comes to after so many days.
pub(super) fn damped_steps(phi: f64, step: usize) -> f64 {
    if phi >= 1.0 {
        return step as f64;
    }
    let (mut sum, mut power) = (0.0, 1.0);
    for _ in 0..step {
        power *= phi;
        let longer = sum + power;
        if longer == sum {
            // Nothing is added any more, however far the day.
            break;
        }
        sum = longer;
    }
    sum
}

/// Intercept (the day before the first) and slope of the line through the known days.
pub(super) fn straight_line(values: &[Option<f64>]) -> (f64, f64) {
    let points = || {
        values
            .iter()
            .zip(1_u32..)
            .filter_map(|(value, day)| value.map(|value| (f64::from(day), value)))
    };
    let mean_day = mean(points().map(|(day, _)| day));
    let mean_value = mean(points().map(|(_, value)| value));
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (day, value) in points() {
        covariance += (day - mean_day) * (value - mean_value);
        variance += (day - mean_day) * (day - mean_day);
    }
    let slope = if variance > 0.0 {
        covariance / variance
    } else {
        0.0
    };
    (mean_value - slope * mean_day, slope)
}

impl Smoothing for ExponentialSmoothing {
    #[inline]
    fn expected(&self, step: usize) -> f64 {
        if step == 1 {
            return self.level + self.phi * self.trend;
        }
        self.level + damped_steps(self.phi, step) * self.trend
    }

    #[inline]
    fn observe(&mut self, value: Option<f64>) {
        self.level += self.phi * self.trend;
        self.trend *= self.phi;
        if let Some(actual) = value {
            let correction = self.alpha * (actual - self.level);
            self.level += correction;
            self.trend += self.beta * correction;
        }
    }

    fn carried(&self, step: usize) -> f64 {
        self.alpha * (1.0 + self.beta * damped_steps(self.phi, step))
    }

    fn parameters(&self) -> ForecastParameters {
        ForecastParameters {
            alpha: Some(figure(self.alpha)),
            beta: (self.kind != Trend::None).then(|| figure(self.beta)),
            phi: (self.kind == Trend::Damped).then(|| figure(self.phi)),
            ..ForecastParameters::default()
        }
    }
}
