//! The recursions against published figures, with known initial states.

use crate::forecasting::exponential_smoothing::ExponentialSmoothing;
use crate::forecasting::holt_winters::{HoltWinters, InitialState, Season};
use crate::forecasting::intermittent::Croston;
use crate::forecasting::smoothing::{Smoothing, squared_error};

/// Quarterly visitor nights of international tourists in Australia, 1999 to 2004 (Hyndman and Athanasopoulos, ch. 8.3).
const VISITOR_NIGHTS: [f64; 24] = [
    41.727458, 24.04185, 32.328103, 37.328708, 46.213153, 29.346326, 36.48291, 42.977719, 48.901525,
    31.180221, 37.717881, 40.420211, 51.206863, 31.887228, 40.978263, 43.772491, 55.558567, 33.850915,
    42.076383, 45.642292, 59.76678, 35.191877, 44.319737, 47.913736,
];
/// Annual oil production of Saudi Arabia, 1996 to 2007 (the same, ch. 8.1).
const OIL_PRODUCTION: [f64; 12] = [
    446.6565, 454.4733, 455.663, 423.6322, 456.2713, 440.5881, 425.3325, 485.1494, 506.0482, 526.792,
    514.2689, 494.211,
];
const INTERMITTENT: [f64; 20] = [
    0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 7.0, 0.0, 3.0, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0, 0.0, 4.0, 0.0, 2.0, 0.0,
];

fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

fn after<S: Smoothing>(mut smoothing: S, values: &[f64]) -> S {
    for value in values {
        smoothing.observe(Some(*value));
    }
    smoothing
}

#[track_caller]
fn assert_close(left: f64, right: f64, tolerance: f64) {
    assert!((left - right).abs() <= tolerance, "{left} is not {right}");
}

// D70
#[test]
fn holt_winters_gives_the_published_forecasts_and_error() {
    let initial = InitialState {
        level: 33.85652975,
        trend: 1.2246243125,
        season: [7.87092825, -9.81467975, -1.52842675, 3.47217825],
    };
    let smoothing = HoltWinters::<4>::new(Season::Additive, [0.3, 0.1, 0.2], initial);
    let mut judged = smoothing.clone();
    let error = squared_error(&mut judged, &known(&VISITOR_NIGHTS), 0, f64::INFINITY);
    assert_close(error, 122.637286, 5e-7);
    let published = [
        58.491917, 38.109903, 46.688908, 51.075278, 60.804188, 40.422174, 49.001179, 53.387549,
    ];
    let smoothing = after(smoothing, &VISITOR_NIGHTS);
    for (step, expected) in (1..).zip(published) {
        assert_close(smoothing.expected(step), expected, 5e-7);
    }
}

// D70: the multiplicative form from the same published initial state; its figures were worked out with statsmodels 0.15, whose
// fourth and eighth step are left out (see `statsmodels`).
#[test]
fn multiplicative_holt_winters_agrees_on_the_published_series() {
    let initial = InitialState {
        level: 33.85652975,
        trend: 1.2246243125,
        season: [1.23247888, 0.71010969, 0.95485578, 1.10255565],
    };
    let smoothing = HoltWinters::<4>::new(Season::Multiplicative, [0.3, 0.1, 0.2], initial);
    let mut judged = smoothing.clone();
    let error = squared_error(&mut judged, &known(&VISITOR_NIGHTS), 0, f64::INFINITY);
    assert_close(error, 126.164883, 5e-7);
    let smoothing = after(smoothing, &VISITOR_NIGHTS);
    for (step, expected) in [
        (1, 60.695551),
        (2, 36.310122),
        (3, 46.162699),
        (5, 63.614968),
        (6, 38.035864),
        (7, 48.330949),
    ] {
        assert_close(smoothing.expected(step), expected, 5e-7);
    }
}

// D70: the published figures start at the first value. `fit` starts at the mean of the first week instead, which one
// unusual day does not spoil.
#[test]
fn simple_exponential_smoothing_gives_the_published_forecast() {
    for (alpha, published) in [(0.2, 484.80246538), (0.6, 501.83745447)] {
        let smoothing = ExponentialSmoothing::simple(alpha, OIL_PRODUCTION[0]);
        let smoothing = after(smoothing, &OIL_PRODUCTION);
        assert_close(smoothing.expected(1), published, 5e-9);
        assert_close(smoothing.expected(9), published, 5e-9);
    }
}

// D70
#[test]
fn croston_and_its_correction_give_the_published_forecasts() {
    let croston = after(Croston::new(0.1), &INTERMITTENT);
    assert_close(croston.expected(1), 1.521_920_389_493_314, 1e-14);
    let corrected = after(Croston::syntetos_boylan(0.1), &INTERMITTENT);
    assert_close(corrected.expected(1), 1.445_824_370_018_648_2, 1e-14);
}

// D70: the error form is algebra, not another method: it gives what the component form gives.
#[test]
fn the_damped_trend_follows_its_component_form() {
    let (alpha, beta, phi) = (0.4, 0.3, 0.9);
    let (mut level, mut trend) = (440.0, 3.0);
    let mut smoothing = ExponentialSmoothing::with_trend(alpha, beta, phi, level, trend);
    for actual in OIL_PRODUCTION {
        let before = level;
        level = alpha * actual + (1.0 - alpha) * (level + phi * trend);
        trend = beta * (level - before) + (1.0 - beta) * phi * trend;
        smoothing.observe(Some(actual));
        assert_close(smoothing.expected(1), level + phi * trend, 1e-10);
        let third = level + (phi + phi * phi + phi * phi * phi) * trend;
        assert_close(smoothing.expected(3), third, 1e-10);
    }
}
