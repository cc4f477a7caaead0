//! Plans for a large bakery and tells what it took: time for each step, and the most memory the process has had.
//!
//! `cargo run --release -p orders_domain --example planning_memory -- LINES [pegging] [forecast] [warm]`
//!
//! A process of its own, because the kernel's high-water mark (VmHWM) never falls. The first plan of a process also pays
//! for the memory that it touches first; `warm` takes the best of ten. Times are those on the processor, in microseconds:
//! they hardly move when others use the machine as well.

#[path = "../benches/workload/mod.rs"]
mod workload;

use std::error::Error;
use std::time::Duration;

use orders_domain::planning::{Plan, PlanError, plan, plan_without_pegging};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let lines: u64 = arguments.first().map_or(Ok(1_000_000), |lines| lines.parse())?;
    let has = |word: &str| arguments.iter().any(|argument| argument == word);

    let raw = workload::RawLines::new(lines);
    let (interned, order_lines) = timed(|| Ok(raw.collect()))?;
    drop(raw);
    let input = workload::input(order_lines, has("forecast"))?;
    let before = high_water_mark_mib()?;

    let make = if has("pegging") {
        plan
    } else {
        plan_without_pegging
    };
    let (mut planned, mut plan) = timed(|| make(&input))?;
    for _ in 1..if has("warm") { 10 } else { 1 } {
        drop(plan);
        let (again, same) = timed(|| make(&input))?;
        (planned, plan) = (planned.min(again), same);
    }
    println!(
        "{{\"lines\": {lines}, \"intern_us\": {}, \"plan_us\": {}, \"input_mib\": {before}, \"peak_mib\": {}, \"requirements\": {}, \"pegs\": {}, \"checksum\": {}}}",
        interned.as_micros(),
        planned.as_micros(),
        high_water_mark_mib()?,
        plan.requirement_count,
        plan.requirements
            .iter()
            .map(|row| row.pegging.len())
            .sum::<usize>(),
        checksum(&plan),
    );
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> Result<T, PlanError>) -> Result<(Duration, T), Box<dyn Error>> {
    let begun = time_on_processor()?;
    let result = work()?;
    Ok((time_on_processor()?.saturating_sub(begun), result))
}

/// What this process, which has one thread, has spent on a processor.
fn time_on_processor() -> Result<Duration, Box<dyn Error>> {
    let statistics = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = statistics.split_whitespace().next().ok_or("no schedstat")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// Gross requirements in thousandths, each day of each ingredient with a weight of its own: another program that finds
/// the same has worked out the same table.
fn checksum(plan: &Plan) -> i64 {
    let mut sum = 0_i64;
    for requirement in &plan.requirements {
        let ingredient: i64 = requirement
            .ingredient_id
            .rsplit('-')
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        for (day, row) in (1_i64..).zip(&requirement.schedule) {
            let weight = (ingredient + 1).wrapping_mul(31).wrapping_add(day);
            sum = sum.wrapping_add(row.gross.scaled().wrapping_mul(weight));
        }
    }
    sum
}

fn high_water_mark_mib() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no VmHWM")?
        .parse()?;
    Ok(kib.div_ceil(1024))
}
