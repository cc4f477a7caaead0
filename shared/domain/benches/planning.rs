//! How long planning takes (D60–D68), over the number of order lines. `make bench` runs it; `docs/benchmarks.md` has
//! the figures.

mod workload;

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use orders_domain::decimal::Quantity;
use orders_domain::planning::{LotSizingPeriod, plan, plan_without_pegging, wagner_whitin};

/// Numbers of order lines.
const SIZES: [u64; 3] = [100_000, 1_000_000, 10_000_000];
/// The largest number of lines that is planned with pegging here: ten million lines have sixty million pegs.
const LARGEST_WITH_PEGGING: u64 = 1_000_000;

fn planning(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    for lines in SIZES {
        let mut group = criterion.benchmark_group(format!("{lines} order lines"));
        group.sample_size(10).measurement_time(Duration::from_secs(2));
        group.throughput(Throughput::Elements(lines));
        let raw = workload::RawLines::new(lines);
        group.bench_function(BenchmarkId::from_parameter("intern"), |bencher| {
            bencher.iter_with_large_drop(|| raw.collect());
        });
        let mut input = workload::input(raw.collect(), false)?;
        group.bench_function(BenchmarkId::from_parameter("plan without pegging"), |bencher| {
            bencher.iter_with_large_drop(|| plan_without_pegging(black_box(&input)));
        });
        if lines <= LARGEST_WITH_PEGGING {
            group.bench_function(BenchmarkId::from_parameter("plan with pegging"), |bencher| {
                bencher.iter_with_large_drop(|| plan(black_box(&input)));
            });
            input = workload::input(input.order_demand, true)?;
            group.bench_function(BenchmarkId::from_parameter("with a forecast"), |bencher| {
                bencher.iter_with_large_drop(|| plan_without_pegging(black_box(&input)));
            });
        }
        group.finish();
    }
    Ok(())
}

/// A year of daily demand (D64): once with costs as they are, and once with a set-up so dear that no period can be left
/// out of the search.
fn lot_sizing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("Wagner-Whitin, 365 periods");
    for (name, setup_cost) in [("typical", 4_000_000), ("nothing to prune", 1_i128 << 60)] {
        let period = |day: u64| LotSizingPeriod {
            demand: Quantity::from_scaled(workload::figure(60, day, 90_000)),
            setup_cost,
        };
        let periods: Vec<LotSizingPeriod> = (0..365).map(period).collect();
        group.bench_function(name, |bencher| {
            bencher.iter(|| wagner_whitin(black_box(&periods), 12, periods.len()));
        });
    }
    group.finish();
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    lot_sizing(&mut criterion);
    planning(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}
