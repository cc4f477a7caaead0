//! The recursions against statsmodels 0.15 on generated series, with given parameters and initial states.
//!
//! The table is made by `dev/forecast_oracle.py`. One-step forecasts of all methods and all forecasts agree to 10^-9, but for one
//! thing: a seasonal forecast of statsmodels 7, 14, … days ahead takes the season index of one cycle before the last.
//! Ours takes the last, as the formula does; those steps are null in the table.

use serde::Deserialize;

use crate::forecasting::exponential_smoothing::ExponentialSmoothing;
use crate::forecasting::holt_winters::{HoltWinters, InitialState, Season};
use crate::forecasting::smoothing::Smoothing;

const TABLE: &str = include_str!("statsmodels.json");
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Case {
    method: String,
    alpha: f64,
    beta: f64,
    gamma: f64,
    phi: f64,
    level: f64,
    trend: f64,
    season: [f64; 7],
    values: Vec<f64>,
    fitted: Vec<f64>,
    forecast: Vec<Option<f64>>,
}

impl Case {
    fn smoothing(&self) -> Box<dyn Smoothing> {
        let season = |kind| {
            let initial = InitialState {
                level: self.level,
                trend: self.trend,
                season: self.season,
            };
            HoltWinters::new(kind, [self.alpha, self.beta, self.gamma], initial)
        };
        match self.method.as_str() {
            "simple" => Box::new(ExponentialSmoothing::simple(self.alpha, self.level)),
            "holt" | "damped_holt" => Box::new(ExponentialSmoothing::with_trend(
                self.alpha, self.beta, self.phi, self.level, self.trend,
            )),
            "holt_winters_additive" => Box::new(season(Season::Additive)),
            "holt_winters_multiplicative" => Box::new(season(Season::Multiplicative)),
            other => panic!("no such method: {other}"),
        }
    }
}

// D70
#[test]
fn one_step_forecasts_and_forecasts_are_those_of_statsmodels() {
    let cases: Vec<Case> = serde_json::from_str(TABLE).unwrap();
    assert_eq!(cases.len(), 30);
    let (mut fitted, mut ahead) = (0, 0);
    for case in &cases {
        let mut smoothing = case.smoothing();
        for (value, expected) in case.values.iter().zip(&case.fitted) {
            let difference = smoothing.expected(1) - expected;
            assert!(difference.abs() < TOLERANCE, "{}: {difference}", case.method);
            smoothing.observe(Some(*value));
            fitted += 1;
        }
        for (step, expected) in (1..).zip(&case.forecast) {
            let Some(expected) = expected else { continue };
            let difference = smoothing.expected(step) - expected;
            assert!(
                difference.abs() < TOLERANCE,
                "{} {step}: {difference}",
                case.method
            );
            ahead += 1;
        }
    }
    // Twelve seasonal series of sixteen steps lack two each.
    assert_eq!((fitted, ahead), (30 * 42, 30 * 16 - 12 * 2));
}
