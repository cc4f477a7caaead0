//! Forecasts the last four weeks of real sales and prints how each method did, as markdown.
//!
//! `cargo run --release -p orders_domain --example backtest -- <sales.csv>`; the columns of the file are in `sales.rs`.
#![expect(
    clippy::float_arithmetic,
    reason = "errors are statistics, worked out in doubles"
)]

mod evaluation;
mod sales;

use std::collections::BTreeMap;
use std::process::ExitCode;

use evaluation::{Case, Forecaster, HELD_OUT_DAYS, Origins, Outcome, Pattern};
use orders_domain::forecasting::{ForecastMethod, SalesHistory, forecast};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: backtest <sales.csv>");
        return ExitCode::FAILURE;
    };
    let histories = std::fs::read_to_string(path)
        .map_err(|error| error.to_string())
        .and_then(|csv| sales::read_sales(&csv));
    match histories {
        Ok(histories) => {
            print_report(&histories);
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn print_report(histories: &BTreeMap<String, SalesHistory>) {
    let cases: Vec<Case> = histories.values().filter_map(Case::new).collect();
    println!(
        "{} items, of which {} can be judged; {HELD_OUT_DAYS} days held out.",
        histories.len(),
        cases.len()
    );
    for (title, origins) in [
        ("All four weeks at once", Origins::Once),
        ("Day by day, one day ahead", Origins::Daily),
    ] {
        println!("\n### {title}\n");
        println!(
            "| | MASE | smooth | erratic | intermittent | lumpy | error / sales | bias / sales | within 80 % | below |"
        );
        println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        let counts = Pattern::ALL.map(|pattern| cases.iter().filter(|case| case.pattern == pattern).count());
        let [smooth, erratic, intermittent, lumpy] = counts;
        println!(
            "| *items* | {} | {smooth} | {erratic} | {intermittent} | {lumpy} | | | | |",
            cases.len()
        );
        print_row("seasonal naive", Forecaster::SeasonalNaive, &cases, origins);
        for method in ForecastMethod::ALL {
            print_row(method.as_str(), Forecaster::Always(method), &cases, origins);
        }
        print_row("**selection**", Forecaster::Selection, &cases, origins);
    }
    print_choices(histories);
}

fn print_row(name: &str, forecaster: Forecaster, cases: &[Case], origins: Origins) {
    let outcomes: Vec<(Pattern, Outcome)> = cases
        .iter()
        .map(|case| (case.pattern, case.judge(forecaster, origins)))
        .collect();
    let mase = |of: Option<Pattern>| {
        let chosen = || {
            outcomes
                .iter()
                .filter(|(pattern, _)| of.is_none_or(|of| of == *pattern))
        };
        chosen().map(|(_, outcome)| outcome.mase()).sum::<f64>() / chosen().count().max(1) as f64
    };
    let total = outcomes
        .iter()
        .fold(Outcome::default(), |sum, (_, outcome)| sum.and(*outcome));
    let [smooth, erratic, intermittent, lumpy] = Pattern::ALL.map(|pattern| mase(Some(pattern)));
    let (covered, below) = match forecaster {
        Forecaster::SeasonalNaive => ("–".to_owned(), "–".to_owned()),
        _ => (
            percent(f64::from(total.covered), f64::from(total.days)),
            percent(f64::from(total.below), f64::from(total.days)),
        ),
    };
    println!(
        "| {name} | {:.3} | {smooth:.3} | {erratic:.3} | {intermittent:.3} | {lumpy:.3} | {} | {} | {covered} | {below} |",
        mase(None),
        percent(total.absolute_error, total.sold),
        percent(total.error, total.sold),
    );
}

fn percent(part: f64, whole: f64) -> String {
    format!("{:.1} %", 100.0 * part / whole)
}

/// How often each method was chosen for the held-out days.
fn print_choices(histories: &BTreeMap<String, SalesHistory>) {
    let mut chosen: BTreeMap<ForecastMethod, u32> = BTreeMap::new();
    for history in histories.values() {
        let known = history.days.len().saturating_sub(HELD_OUT_DAYS);
        let start = history
            .first_date
            .checked_add_days(chrono::Days::new(known as u64));
        if let Some(made) = start.and_then(|start| forecast(history, start, 1)) {
            *chosen.entry(made.method).or_default() += 1;
        }
    }
    let words: Vec<String> = chosen
        .iter()
        .map(|(method, count)| format!("{} {count}", method.as_str()))
        .collect();
    println!("\nChosen: {}.", words.join(", "));
}
