//! Holt-Winters: level, trend and a weekly season, added or multiplied.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::exponential_smoothing::damped_steps;
use super::product_forecast::ForecastParameters;
use super::series::WEEK;
use super::smoothing::{Fitted, Smoothing, figure, least_squares, mean};

const LEVELS: [f64; 6] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5];
const TRENDS: [f64; 2] = [0.02, 0.1];
/// A trend must lower the sum of squared errors by this over the number of days. It is what the Bayesian information criterion
/// asks of two more parameters, `2·ln n`, for half a year; without it a trend is fitted to noise and drawn on for weeks.
const COST_OF_TREND: f64 = 10.0;
const SEASONS: [f64; 5] = [0.0, 0.02, 0.05, 0.1, 0.3];
/// Days without which a season cannot be told from noise.
const MINIMUM_DAYS: usize = 3 * WEEK;
/// What multiplies or divides stays above this part of the mean.
const FLOOR: f64 = 0.01;

/// How level and season come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Season {
    Additive,
    Multiplicative,
}

/// Level, trend and season of `M` days, in the recursion of Hyndman and Athanasopoulos (ch. 8.3), where the season is updated
/// with what is left of the day after the *old* level and trend:
///
/// additive: `l_t = α(y_t − s_{t−m}) + (1 − α)(l_{t−1} + b_{t−1})`, `b_t = β(l_t − l_{t−1}) + (1 − β)b_{t−1}`,
/// `s_t = γ(y_t − l_{t−1} − b_{t−1}) + (1 − γ)s_{t−m}`, `ŷ_{t+h} = l_t + h·b_t + s`;
///
/// multiplicative: the same with `y_t / s_{t−m}`, `y_t / (l_{t−1} + b_{t−1})` and `ŷ_{t+h} = (l_t + h·b_t)·s`.
///
/// Written with the error of the day, as in `exponential_smoothing`.
#[derive(Debug, Clone)]
pub(super) struct HoltWinters<const M: usize = WEEK> {
    kind: Season,
    alpha: f64,
    beta: f64,
    gamma: f64,
    level: f64,
    trend: f64,
    season: [f64; M],
    /// Entry of `season` that belongs to the next day.
    next: usize,
}

/// Level, trend and season of the day before the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct InitialState<const M: usize> {
    pub(super) level: f64,
    pub(super) trend: f64,
    pub(super) season: [f64; M],
}

impl<const M: usize> HoltWinters<M> {
    /// From a known state.
    pub(super) const fn new(kind: Season, [alpha, beta, gamma]: [f64; 3], initial: InitialState<M>) -> Self {
        Self {
            kind,
            alpha,
            beta,
            gamma,
            level: initial.level,
            trend: initial.trend,
            season: initial.season,
            next: 0,
        }
    }

    fn seasonal(&self, base: f64, season: f64) -> f64 {
        match self.kind {
            Season::Additive => base + season,
            Season::Multiplicative => base.max(FLOOR) * season,
        }
    }
}

impl HoltWinters<WEEK> {
    /// Chooses the parameters by least squares, from an initial state of all whole weeks (see `initial_state`); without a trend
    /// unless one pays. `None` under three weeks; the multiplicative form also where a known day has no sales.
    pub(super) fn fit(kind: Season, values: &[Option<f64>]) -> Option<Fitted<Self>> {
        let is_positive = values.iter().flatten().all(|value| *value > 0.0);
        if values.len() < MINIMUM_DAYS || (kind == Season::Multiplicative && !is_positive) {
            return None;
        }
        let days = values.len() / WEEK * WEEK;
        let initial_days = values.get(..days)?;
        let best = |trends: &'static [f64], slope: f64| {
            let initial = initial_state(kind, initial_days, slope);
            let candidates = trends.iter().flat_map(move |beta| {
                SEASONS.iter().flat_map(move |gamma| {
                    LEVELS
                        .iter()
                        .map(move |alpha| Self::new(kind, [*alpha, *beta, *gamma], initial))
                })
            });
            least_squares(candidates, values, 0)
        };
        let steady = best(&[0.0], 0.0)?;
        let sloping = best(&TRENDS, weekly_slope(initial_days))?;
        let known = values.iter().flatten().count() as f64;
        let required = steady.squared_error * (1.0 - COST_OF_TREND / known);
        Some(if sloping.squared_error < required {
            sloping
        } else {
            steady
        })
    }
}

/// Trend per day: the mean difference of known days a week apart, over 7. No season disturbs it.
fn weekly_slope(values: &[Option<f64>]) -> f64 {
    let differences = values.iter().zip(values.iter().skip(WEEK));
    mean(differences.filter_map(|(before, after)| Some(((*after)? - (*before)?) / WEEK as f64)))
}

/// The level, with a given trend, is the mean over weekdays of what is left without the trend, so that a missing day does not
/// shift it; the season is each weekday's deviation from it (or ratio to it). A weekday that is never known has none.
fn initial_state(kind: Season, values: &[Option<f64>], trend: f64) -> InitialState<WEEK> {
    let without_trend = |phase: usize| {
        let days = values.iter().enumerate().skip(phase).step_by(WEEK);
        days.filter_map(move |(day, value)| value.map(|value| value - trend * (day + 1) as f64))
    };
    let weekdays: [Option<f64>; WEEK] =
        std::array::from_fn(|phase| without_trend(phase).next().map(|_| mean(without_trend(phase))));
    let level = mean(weekdays.iter().flatten().copied());
    let season = weekdays.map(|weekday| match (kind, weekday) {
        (Season::Additive, Some(average)) => average - level,
        (Season::Additive, None) => 0.0,
        (Season::Multiplicative, Some(average)) => (average / level.max(FLOOR)).max(FLOOR),
        (Season::Multiplicative, None) => 1.0,
    });
    InitialState { level, trend, season }
}

impl<const M: usize> Smoothing for HoltWinters<M> {
    #[inline]
    fn expected(&self, step: usize) -> f64 {
        let season = self.season[(self.next + step.saturating_sub(1)) % M];
        self.seasonal(self.level + step as f64 * self.trend, season)
    }

    #[inline]
    fn observe(&mut self, value: Option<f64>) {
        let base = self.level + self.trend;
        self.level = base;
        if let Some(actual) = value {
            let season = self.season[self.next];
            let error = actual - self.seasonal(base, season);
            let (of_level, of_season) = match self.kind {
                Season::Additive => (error, error),
                Season::Multiplicative => (error / season, error / base.max(FLOOR)),
            };
            let correction = self.alpha * of_level;
            self.level += correction;
            self.trend += self.beta * correction;
            let season = season + self.gamma * of_season;
            self.season[self.next] = match self.kind {
                Season::Additive => season,
                Season::Multiplicative => season.max(FLOOR),
            };
        }
        self.next = if self.next + 1 == M { 0 } else { self.next + 1 };
    }

    fn carried(&self, step: usize) -> f64 {
        let of_season = if step.is_multiple_of(M) { self.gamma } else { 0.0 };
        self.alpha * (1.0 + self.beta * damped_steps(1.0, step)) + of_season
    }

    fn parameters(&self) -> ForecastParameters {
        ForecastParameters {
            alpha: Some(figure(self.alpha)),
            beta: Some(figure(self.beta)),
            gamma: Some(figure(self.gamma)),
            ..ForecastParameters::default()
        }
    }
}
