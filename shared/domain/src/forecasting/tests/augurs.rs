//! Simple, Holt's and damped smoothing against the crate `augurs-ets`, which follows Python's statsforecast and R's `ets`.
//!
//! Its seasonal models are not implemented; Holt-Winters is held against `statsmodels` instead. Two things differ, and are
//! worked around here:
//!
//! * it always optimises. With no iterations allowed it stops at the first corner of its simplex: the initial state
//!   (mean, or straight line, of the first ten values) and the given parameters, with `α` stretched by 1.05;
//! * its damped forecasts beyond the first step weigh the trend with `φ + φ + φ² + …` in place of `φ + φ² + …`, a slip that
//!   R's `ets` had for years. One-step forecasts are right, so those are compared, and the first step ahead.

use augurs_core::Predict;
use augurs_ets::model::{
    ErrorComponent, Model, ModelType, OptimizationCriteria, Params, SeasonalComponent, TrendComponent, Unfit,
};

use super::fixture::random_numbers;
use crate::forecasting::exponential_smoothing::{ExponentialSmoothing, Trend, straight_line};
use crate::forecasting::smoothing::{Smoothing, mean};

const SERIES: u64 = 400;
const DAYS: usize = 90;
/// Values that give the initial state in augurs.
const INITIAL_DAYS: usize = 10;
/// How much larger the first corner of its simplex is in the first parameter.
const STRETCH: f64 = 1.05;

fn series(seed: u64) -> Vec<Option<f64>> {
    let mut random = random_numbers(seed);
    let (level, slope, noise) = (40 + random(100), random(11) - 4, 2 + random(30) as u64);
    (0..DAYS as i64)
        .map(|day| Some((level * 10 + slope * day) as f64 / 10.0 + random(noise * 10) as f64 / 10.0))
        .collect()
}

fn model(trend: Trend, params: Params, iterations: usize, values: &[Option<f64>]) -> Model {
    let model_type = ModelType {
        error: ErrorComponent::Additive,
        trend: if trend == Trend::None {
            TrendComponent::None
        } else {
            TrendComponent::Additive
        },
        season: SeasonalComponent::None,
    };
    let values: Vec<f64> = values.iter().flatten().copied().collect();
    Unfit::new(model_type)
        .damped(trend == Trend::Damped)
        .opt_crit(OptimizationCriteria::Likelihood)
        .params(params)
        .max_iterations(iterations)
        .fit(&values)
        .unwrap()
}

// D70
#[test]
fn one_step_forecasts_are_those_of_augurs() {
    for seed in 0..SERIES {
        let values = series(seed);
        let mut random = random_numbers(seed + 10_000);
        for trend in [Trend::None, Trend::Linear, Trend::Damped] {
            let alpha = (5 + random(85)) as f64 / 100.0;
            let beta = (5 + random(90)) as f64 / 100.0 * alpha;
            let phi = (81 + random(17)) as f64 / 100.0;
            let params = Params {
                alpha,
                beta: if trend == Trend::None { f64::NAN } else { beta },
                gamma: f64::NAN,
                phi: if trend == Trend::Damped { phi } else { f64::NAN },
            };
            let theirs = model(trend, params, 0, &values);
            let alpha = alpha * STRETCH;
            // Their β is ours times α.
            let beta = beta / alpha;
            let first = values.get(..INITIAL_DAYS).unwrap();
            let (level, slope) = straight_line(first);
            let mut ours = match trend {
                Trend::None => ExponentialSmoothing::simple(alpha, mean(first.iter().flatten().copied())),
                Trend::Linear => ExponentialSmoothing::with_trend(alpha, beta, 1.0, level, slope),
                Trend::Damped => ExponentialSmoothing::with_trend(alpha, beta, phi, level, slope),
            };
            let fitted = theirs.predict_in_sample(None).unwrap().point;
            assert_eq!(fitted.len(), values.len());
            for (value, expected) in values.iter().zip(fitted) {
                let difference = ours.expected(1) - expected;
                assert!(difference.abs() < 1e-9, "{trend:?} {seed}: {difference}");
                ours.observe(*value);
            }
            let ahead = theirs.predict(14, None).unwrap().point;
            for (step, expected) in (1..).zip(ahead) {
                let difference = ours.expected(step) - expected;
                let is_comparable = trend != Trend::Damped || step == 1;
                assert!(
                    !is_comparable || difference.abs() < 1e-9,
                    "{trend:?} {seed} {step}: {difference}"
                );
            }
        }
    }
}

// D70: augurs looks for the best parameters and initial state together, with Nelder-Mead; we take a grid and a rule for the
// initial state, in a straight line through all days. Over many series of 90 days the sum of squared errors is hardly larger,
// and less than the four or five parameters that augurs fits more than we do would explain.
#[test]
fn the_grid_is_nearly_as_good_as_an_optimiser() {
    for (trend, mean_excess, worst_excess) in [
        (Trend::None, 0.01, 0.1),
        (Trend::Linear, 0.02, 0.15),
        (Trend::Damped, 0.05, 0.2),
    ] {
        let mut excesses: Vec<f64> = (0..SERIES)
            .map(|seed| {
                let values = series(seed);
                let theirs = model(trend, Params::default(), 2_000, &values);
                let fitted = theirs.predict_in_sample(None).unwrap().point;
                let errors = values.iter().flatten().zip(fitted);
                let least: f64 = errors.map(|(value, fitted)| (value - fitted).powi(2)).sum();
                ExponentialSmoothing::fit(trend, &values).unwrap().squared_error / least - 1.0
            })
            .collect();
        excesses.sort_by(f64::total_cmp);
        let average = mean(excesses.iter().copied());
        let worst = excesses.last().copied().unwrap();
        assert!(average < mean_excess, "{trend:?}: {average} on average");
        assert!(worst < worst_excess, "{trend:?}: {worst} at worst");
    }
}
