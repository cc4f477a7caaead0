//! The backtest and its figures, counted again by hand.

use chrono::Days;

use super::fixture::{forecast_next, forecast_next_by, known, monday, random_numbers};
use crate::decimal::Figure;
use crate::forecasting::backtest::{Backtest, first_origin, naive_error};
use crate::forecasting::interval::{Growth, Spread};
use crate::forecasting::selection::{fit, select};
use crate::forecasting::series::Series;
use crate::forecasting::{ForecastMethod, forecast};

fn noisy(days: u64, seed: u64) -> Vec<i64> {
    let mut random = random_numbers(seed);
    (0..days).map(|_| 50 + random(40)).collect()
}

fn values(days: &[i64]) -> Vec<Option<f64>> {
    days.iter().map(|day| Some(*day as f64)).collect()
}

// D70: mean of |error| over seven steps from each of the last 56 days, over the mean |difference to a week before| of the days
// before those; bias and deviation likewise.
#[test]
fn mase_bias_and_deviation_are_those_of_a_recount() {
    let days = noisy(200, 1);
    let made = forecast_next_by(&known(days.clone()), 1, ForecastMethod::MovingAverage);
    let learnt = &days[..200 - 56];
    let mean = |part: &[i64]| part.iter().sum::<i64>() as f64 / part.len() as f64;
    let squared_error = |window: usize| -> f64 {
        let errors =
            (7..learnt.len()).map(|day| mean(&learnt[day.saturating_sub(window)..day]) - learnt[day] as f64);
        errors.map(|error| error * error).sum()
    };
    let windows = [7, 14, 28, 56];
    let window = windows
        .into_iter()
        .min_by(|a, b| squared_error(*a).total_cmp(&squared_error(*b)))
        .unwrap();
    let (mut absolute, mut signed, mut squared, mut count) = (0.0, 0.0, 0.0, 0);
    for origin in learnt.len()..days.len() {
        let expected = mean(&days[origin.saturating_sub(window)..origin]);
        for (step, actual) in days[origin..].iter().take(7).enumerate() {
            let error = expected - *actual as f64;
            absolute += error.abs();
            signed += error;
            squared += if step == 0 { error * error } else { 0.0 };
            count += 1;
        }
    }
    let scale = (7..learnt.len())
        .map(|day| (learnt[day] - learnt[day - 7]).abs() as f64)
        .sum::<f64>()
        / (learnt.len() - 7) as f64;
    assert_eq!(count, 50 * 7 + 6 + 5 + 4 + 3 + 2 + 1);
    let mase = absolute / f64::from(count) / scale;
    assert_eq!(made.mase.unwrap().to_string(), format!("{mase:.4}"));
    let bias = signed / f64::from(count);
    assert_eq!(made.bias.unwrap().to_string(), format!("{bias:.3}"));
    let deviation = (squared / 56.0).sqrt();
    assert_eq!(made.standard_deviation.to_string(), format!("{deviation:.3}"));
}

// D70: the method that is chosen has the least error of all, and forecasts as it would alone.
#[test]
fn no_method_does_better_than_the_chosen_one() {
    for seed in 0..40 {
        let mut days = noisy(100, seed);
        if seed % 2 == 0 {
            days.iter_mut()
                .skip(5)
                .step_by(7)
                .for_each(|saturday| *saturday *= 2);
        }
        if seed % 3 == 0 {
            let mut random = random_numbers(seed);
            days.iter_mut().for_each(|day| *day *= i64::from(random(3) == 0));
        }
        let history = known(days);
        let chosen = forecast_next(&history, 14);
        let mut equal = 0;
        for method in ForecastMethod::ALL {
            let start = history.first_date + Days::new(100);
            let Some(made) = crate::forecasting::forecast_with(&history, start, 14, method) else {
                continue;
            };
            assert!(made.mase >= chosen.mase, "{method:?} {seed}");
            equal += u32::from(method == chosen.method && made == chosen);
        }
        assert_eq!(equal, 1);
    }
}

// D70: a forecast never knows what comes after its origin, neither in its state nor in its parameters.
#[test]
fn the_backtest_does_not_look_ahead() {
    let mut days = noisy(100, 3);
    let changed = 80;
    let before: Vec<Backtest> = ForecastMethod::ALL
        .iter()
        .filter_map(|method| Backtest::run(*method, &values(&days)))
        .collect();
    assert!(before.len() >= 7);
    days[changed] *= 3;
    let after = ForecastMethod::ALL
        .iter()
        .filter_map(|method| Backtest::run(*method, &values(&days)));
    let first = first_origin(&values(&days)).unwrap();
    for (before, after) in before.iter().zip(after) {
        // Seven residuals from each origin: those made up to the changed day expect the same.
        for (origin, (old, new)) in before
            .residuals
            .chunks(7)
            .zip(after.residuals.chunks(7))
            .enumerate()
        {
            if first + origin <= changed {
                let expected = |part: &[crate::forecasting::backtest::Residual]| -> Vec<f64> {
                    part.iter().map(|residual| residual.expected).collect()
                };
                assert_eq!(expected(old), expected(new));
            }
        }
        assert!(before.absolute_error < after.absolute_error);
    }
}

#[test]
fn the_scale_of_mase_is_the_error_of_a_week_ago() {
    let days: Vec<i64> = (0..14).map(|day| if day < 7 { 10 } else { 10 + day }).collect();
    assert_eq!(naive_error(&values(&days)), Some(10.0));
    let mut gaps = values(&days);
    gaps[3] = None;
    // Only six pairs a week apart are left: the day before counts.
    assert_eq!(naive_error(&gaps), Some((7.0 + 6.0) / 11.0));
    assert_eq!(naive_error(&[Some(1.0), None, Some(1.0)]), None);
}

#[test]
fn a_backtest_wants_two_weeks_and_takes_the_last_third_up_to_eight_weeks() {
    for (days, origin) in [
        (13, None),
        (14, Some(10)),
        (30, Some(20)),
        (168, Some(112)),
        (364, Some(308)),
    ] {
        assert_eq!(first_origin(&vec![Some(1.0); days]), origin, "{days}");
    }
    // A market stall: a third of four known days is one.
    let mut stall = vec![None; 14];
    for day in [0, 1, 7, 8] {
        stall[day] = Some(1.0);
    }
    assert_eq!(first_origin(&stall), Some(8));
    stall[7] = None;
    stall[8] = None;
    assert_eq!(first_origin(&stall), None);
}

// D70: without a trend or season to carry, errors of simple smoothing spread as √(1 + (h − 1)α²).
#[test]
fn intervals_widen_by_what_a_method_carries_on() {
    let days = values(&noisy(60, 5));
    let smoothing = fit(ForecastMethod::SimpleExponentialSmoothing, &days).unwrap();
    let alpha = smoothing.carried(1);
    let growth = Growth::new(smoothing.as_ref(), 30);
    for step in 1..=30 {
        let expected = (1.0 + (step - 1) as f64 * alpha * alpha).sqrt();
        assert!((growth.at(step) - expected).abs() < 1e-12);
    }
    let spread = Spread::of_deviation(2.0, 100);
    let (near, far) = (
        spread.around(1.0, growth.at(1)),
        spread.around(1.0, growth.at(30)),
    );
    assert!(far.1 > near.1);
}

// D70: on days that do not hang together, about four in five lie within the interval; a little fewer, as the method is chosen
// by the same errors that give the interval.
#[test]
fn intervals_cover_nearly_four_days_in_five() {
    let (mut covered, mut below, mut judged) = (0, 0, 0);
    for seed in 0..300 {
        let mut days = noisy(134, 1_000 + seed);
        let later = days.split_off(120);
        let made = forecast_next(&known(days), 14);
        for (day, actual) in made.days.iter().zip(later) {
            let actual = super::fixture::units(actual);
            covered += u32::from(day.lower <= actual && actual <= day.upper);
            below += u32::from(actual < day.lower);
            judged += 1;
        }
    }
    let share = f64::from(covered) / f64::from(judged);
    assert!((0.75..0.82).contains(&share), "{share} of {judged}");
    let share = f64::from(below) / f64::from(judged);
    assert!((0.08..0.13).contains(&share), "{share} of {judged} below");
}

#[test]
fn what_has_no_known_day_to_be_judged_on_has_no_error() {
    let mut days: Vec<Option<i64>> = (0..20).map(Some).collect();
    days.extend([None; 80]);
    days.push(Some(3));
    let history = super::fixture::history(days);
    let series = Series::prepare(&history, monday() + Days::new(101)).unwrap();
    let (_, backtest) = select(&series.values).unwrap();
    // One day is known, seen from each of the seven origins before it.
    assert_eq!(backtest.residuals.len(), 7);
    let made = forecast(&history, monday() + Days::new(101), 7).unwrap();
    assert!(made.mase.unwrap() > Figure::ZERO);
}
