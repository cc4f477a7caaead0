//! Forecasts of a real bakery's sales, held against the four weeks that followed (D70).
//!
//! The sales are no part of the project: without `../shared/data/bread_basket.csv` beside it, or in ORDERS_DATA_DIR, the test
//! says so and is skipped. `examples/backtest` prints the whole table.
#![expect(
    clippy::float_arithmetic,
    reason = "errors are statistics, worked out in doubles"
)]

#[path = "../examples/backtest/evaluation.rs"]
mod evaluation;
#[path = "../examples/backtest/sales.rs"]
mod sales;

use std::path::PathBuf;

use evaluation::{Case, Forecaster, HELD_OUT_DAYS, Origins, Outcome, Pattern};
use orders_domain::forecasting::ForecastMethod;

/// The items of the bakery that can be judged; `None`, said on stderr, without the data.
fn cases() -> Option<Vec<Case>> {
    let folder = std::env::var_os("ORDERS_DATA_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join("bread_basket.csv");
    let Ok(csv) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let histories = sales::read_sales(&csv);
    assert_eq!(histories.as_ref().err(), None);
    let histories = histories.unwrap_or_default();
    let cases: Vec<Case> = histories.values().filter_map(Case::new).collect();
    assert_eq!((histories.len(), cases.len()), (96, 73));
    Some(cases)
}

/// Mean over items of their mean absolute scaled errors.
fn mase(cases: &[Case], forecaster: Forecaster, origins: Origins) -> f64 {
    let sum: f64 = cases
        .iter()
        .map(|case| case.judge(forecaster, origins).mase())
        .sum();
    sum / cases.len() as f64
}

fn total(cases: &[Case], forecaster: Forecaster, origins: Origins) -> Outcome {
    let outcomes = cases.iter().map(|case| case.judge(forecaster, origins));
    outcomes.fold(Outcome::default(), Outcome::and)
}

// D70
#[test]
fn the_selection_beats_the_seasonal_naive_forecast_and_every_single_method() {
    let Some(cases) = cases() else { return };
    for (origins, advantage) in [(Origins::Once, 0.98), (Origins::Daily, 0.90)] {
        let naive = mase(&cases, Forecaster::SeasonalNaive, origins);
        let selection = mase(&cases, Forecaster::Selection, origins);
        assert!(selection < naive * advantage, "{origins:?}: {selection}, {naive}");
        let of_units = |forecaster| {
            let total = total(&cases, forecaster, origins);
            total.absolute_error / total.sold
        };
        let (naive, selected) = (
            of_units(Forecaster::SeasonalNaive),
            of_units(Forecaster::Selection),
        );
        assert!(selected < naive * 0.95, "{origins:?}: {selected}, {naive}");
        for method in ForecastMethod::ALL {
            let alone = mase(&cases, Forecaster::Always(method), origins);
            assert!(selection < alone, "{origins:?} {method:?}: {selection}, {alone}");
        }
    }
}

// D70
#[test]
fn what_sells_every_day_is_forecast_better_than_by_last_week() {
    let Some(cases) = cases() else { return };
    let [smooth, ..] = Pattern::ALL;
    let smooth: Vec<Case> = cases.into_iter().filter(|case| case.pattern == smooth).collect();
    assert_eq!(smooth.len(), 13);
    for origins in [Origins::Once, Origins::Daily] {
        let naive = mase(&smooth, Forecaster::SeasonalNaive, origins);
        let selection = mase(&smooth, Forecaster::Selection, origins);
        assert!(selection < naive * 0.95, "{origins:?}: {selection}, {naive}");
    }
}

// D70: sales are whole numbers and often nothing, which an interval of 80 % cannot but cover more often.
#[test]
fn intervals_cover_four_days_in_five_and_forecasts_are_not_biased() {
    let Some(cases) = cases() else { return };
    for origins in [Origins::Once, Origins::Daily] {
        let total = total(&cases, Forecaster::Selection, origins);
        assert_eq!(total.days as usize, cases.len() * HELD_OUT_DAYS);
        let share = |days: u32| f64::from(days) / f64::from(total.days);
        assert!((0.78..0.90).contains(&share(total.covered)), "{total:?}");
        assert!((0.05..0.14).contains(&share(total.below)), "{total:?}");
        assert!((total.error / total.sold).abs() < 0.05, "{total:?}");
    }
}
