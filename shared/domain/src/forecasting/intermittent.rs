//! Intermittent demand: many days without a sale between days with one.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use super::product_forecast::ForecastParameters;
use super::smoothing::{Fitted, Smoothing, figure, least_squares};

/// Small ones alone: demands are few, and the literature advises 0.05 to 0.2.
const SMOOTHINGS: [f64; 4] = [0.05, 0.1, 0.15, 0.2];
/// Demands without which there is no interval to smooth.
const MINIMUM_DEMANDS: usize = 2;

/// Croston's method: size of a demand and interval between demands are each smoothed with the same `α`, on days with a
/// demand only, and `ŷ = size / interval` for every day to come. Syntetos and Boylan take this times `1 − α/2`.
///
/// The first demand starts both: its size, and the days up to it, itself included, as interval. Unknown days count in no
/// interval.
#[derive(Debug, Clone)]
pub(super) struct Croston {
    alpha: f64,
    /// `1`, or `1 − α/2`.
    correction: f64,
    size: f64,
    interval: f64,
    days_since_demand: f64,
}

impl Croston {
    /// Croston's method before any day.
    pub(super) const fn new(alpha: f64) -> Self {
        Self {
            alpha,
            correction: 1.0,
            size: 0.0,
            interval: 0.0,
            days_since_demand: 1.0,
        }
    }

    /// The approximation of Syntetos and Boylan before any day.
    pub(super) fn syntetos_boylan(alpha: f64) -> Self {
        Self {
            correction: 1.0 - alpha / 2.0,
            ..Self::new(alpha)
        }
    }

    /// Chooses `α` by least squares. `None` where demand is not intermittent (no day without a sale) or too rare (under two
    /// demands).
    pub(super) fn fit(new: fn(f64) -> Self, values: &[Option<f64>]) -> Option<Fitted<Self>> {
        let demands = values.iter().flatten().filter(|value| **value > 0.0).count();
        let zeros = values.iter().flatten().count() - demands;
        if zeros == 0 || demands < MINIMUM_DEMANDS {
            return None;
        }
        let candidates = SMOOTHINGS.iter().map(|alpha| new(*alpha));
        least_squares(candidates, values, 0)
    }
}

impl Smoothing for Croston {
    #[inline]
    fn expected(&self, _step: usize) -> f64 {
        if self.interval > 0.0 {
            self.correction * self.size / self.interval
        } else {
            0.0
        }
    }

    #[inline]
    fn observe(&mut self, value: Option<f64>) {
        let Some(actual) = value else { return };
        if actual <= 0.0 {
            self.days_since_demand += 1.0;
            return;
        }
        if self.interval > 0.0 {
            self.size += self.alpha * (actual - self.size);
            self.interval += self.alpha * (self.days_since_demand - self.interval);
        } else {
            (self.size, self.interval) = (actual, self.days_since_demand);
        }
        self.days_since_demand = 1.0;
    }

    fn carried(&self, _step: usize) -> f64 {
        0.0
    }

    fn parameters(&self) -> ForecastParameters {
        ForecastParameters {
            alpha: Some(figure(self.alpha)),
            ..ForecastParameters::default()
        }
    }
}
