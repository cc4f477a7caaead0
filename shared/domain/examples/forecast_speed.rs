//! Measures a forecast of 14 days from 180 days of history, per product.
//!
//! `cargo run --release -p orders_domain --example forecast_speed`
#![expect(clippy::float_arithmetic, reason = "a mean time is worked out in doubles")]

use std::time::Instant;

use chrono::{Days, NaiveDate};
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::{SalesHistory, forecast};

const PRODUCTS: u64 = 2_000;
const DAYS: u64 = 180;
const HORIZON_DAYS: u16 = 14;
/// Knuth's multiplier, for sales that are the same in each run.
const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

/// Sales between half and one and a half times a volume, a third more at weekends; every other product sells on one day in
/// three only.
fn history(product: u64, first_date: NaiveDate) -> SalesHistory {
    let mut state = product.wrapping_mul(MULTIPLIER).wrapping_add(1);
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(MULTIPLIER)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let volume = 2 + random(200);
    let day = |day: u64| {
        let sold = volume / 2 + random(volume + 1);
        let sold = if day % 7 > 4 { sold * 4 / 3 } else { sold };
        let is_sold = product.is_multiple_of(2) || random(3) == 0;
        let units = if is_sold { sold } else { 0 };
        Some(Quantity::from_scaled(i64::try_from(units).unwrap_or(0) * 1_000))
    };
    SalesHistory {
        first_date,
        days: (0..DAYS).map(day).collect(),
    }
}

fn main() {
    let first_date = NaiveDate::default();
    let histories: Vec<SalesHistory> = (0..PRODUCTS)
        .map(|product| history(product, first_date))
        .collect();
    let start = first_date.checked_add_days(Days::new(DAYS)).unwrap_or(first_date);
    let mut microseconds: Vec<f64> = histories
        .iter()
        .map(|history| {
            let begun = Instant::now();
            let made = std::hint::black_box(forecast(history, start, HORIZON_DAYS));
            let taken = begun.elapsed();
            assert!(made.is_some(), "half a year is enough to learn from");
            taken.as_secs_f64() * 1e6
        })
        .collect();
    microseconds.sort_by(f64::total_cmp);
    let mean = microseconds.iter().sum::<f64>() / PRODUCTS as f64;
    let at = |share: u64| {
        let index = usize::try_from((PRODUCTS - 1) * share / 100).unwrap_or(0);
        microseconds.get(index).copied().unwrap_or(0.0)
    };
    println!(
        "{PRODUCTS} products, {DAYS} days of history: mean {mean:.0} µs, median {:.0}, 99 % {:.0}",
        at(50),
        at(99)
    );
}
