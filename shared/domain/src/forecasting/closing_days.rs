//! Weekdays on which nothing is sold: a closing day must neither be forecast nor pull down the other days.
#![expect(clippy::float_arithmetic, reason = "a probability is worked out in doubles")]

use super::series::WEEK;

/// A run of days without a sale is put down to chance when it is at least this probable.
const CHANCE: f64 = 0.01;
/// Same weekdays without a sale, before one that had sales counts as closed: three may be holidays.
const MINIMUM_RUN: u32 = 4;
/// The same for a weekday that never had a sale or was never known.
const MINIMUM_RUN_WITHOUT_ANY_SALE: u32 = 2;

/// Which weekdays are closed now, from Monday on.
///
/// One is, when it has been without a sale at the end of the history for longer than chance explains: in a run of `k` known
/// days without a sale, `(1 − p)^k < 1 %`, where `p` is the share of days with sales on the other weekdays that had any
/// during the run. A loaf that is sold every day shows a closing day after two weeks; a cake that is sold every tenth
/// day does not make a closing day of each weekday it happened to miss. A weekday of which nothing is ever known, twice at
/// least, is closed too. `sold` may be in any unit; `first_weekday` is that of its first entry.
pub(super) fn closed_weekdays(sold: &[Option<i64>], first_weekday: usize) -> [bool; WEEK] {
    let mut closed = [false; WEEK];
    for (weekday, is_closed) in closed.iter_mut().enumerate() {
        *is_closed = is_closed_weekday(sold, (weekday + WEEK - first_weekday % WEEK) % WEEK);
    }
    closed
}

/// Whether the weekday of entry `phase` is closed.
fn is_closed_weekday(sold: &[Option<i64>], phase: usize) -> bool {
    let is_sale = |day: &Option<i64>| day.is_some_and(|scaled| scaled > 0);
    let same_weekday = || sold.iter().skip(phase).step_by(WEEK);
    let occurrences = same_weekday().count() as u32;
    // How many weeks the run goes back is the number of entries after the last sale.
    let since_last_sale = same_weekday().rev().position(is_sale);
    let weeks = since_last_sale.unwrap_or(occurrences as usize);
    let run = same_weekday().rev().take(weeks).flatten().count() as u32;
    if since_last_sale.is_none() && run == 0 {
        return occurrences >= MINIMUM_RUN_WITHOUT_ANY_SALE;
    }
    let needed = if since_last_sale.is_none() {
        MINIMUM_RUN_WITHOUT_ANY_SALE
    } else {
        MINIMUM_RUN
    };
    if run < needed {
        return false;
    }
    let recent = sold.len().saturating_sub(weeks * WEEK);
    let (mut sales, mut known) = (0_u32, 0_u32);
    for other in (0..WEEK).filter(|other| *other != phase) {
        let days = || {
            let entries = sold.iter().enumerate().skip(recent);
            entries.filter_map(move |(index, day)| day.filter(|_| index % WEEK == other))
        };
        let with_sales = days().filter(|scaled| *scaled > 0).count() as u32;
        if with_sales > 0 {
            sales += with_sales;
            known += days().count() as u32;
        }
    }
    if known == 0 {
        return false;
    }
    let without_sale = f64::from(known - sales) / f64::from(known);
    let mut probability = 1.0;
    for _ in 0..run {
        probability *= without_sale;
    }
    probability < CHANCE
}
