//! Closing days: what counts as one, and that it is forecast as such.

use super::fixture::{forecast_next, history, known, quantities, random_numbers, units};
use crate::forecasting::closing_days::closed_weekdays;

const SUNDAY: usize = 6;

fn closed(days: &[Option<i64>]) -> Vec<usize> {
    let closed = closed_weekdays(days, 0);
    (0..7).filter(|weekday| closed[*weekday]).collect()
}

/// So many weeks from a Monday on.
fn weeks(count: usize, week: [Option<i64>; 7]) -> Vec<Option<i64>> {
    std::iter::repeat_n(week, count).flatten().collect()
}

// D70
#[test]
fn a_weekday_without_sales_is_forecast_as_nothing_and_does_not_pull_down_the_others() {
    for sunday in [Some(0), None] {
        // The last Sunday is not seen when it is unknown, and one Sunday is not enough.
        for count in if sunday.is_none() { [3, 4, 20] } else { [2, 4, 20] } {
            let week = [100, 100, 100, 100, 100, 100].map(Some);
            let days = weeks(
                count,
                std::array::from_fn(|day| *week.get(day).unwrap_or(&sunday)),
            );
            let made = forecast_next(&history(days), 14);
            for (offset, day) in made.days.iter().enumerate() {
                let expected = units(if offset % 7 == SUNDAY { 0 } else { 100 });
                assert_eq!(
                    (day.quantity, day.lower, day.upper),
                    (expected, expected, expected)
                );
            }
            assert_eq!(made.observations, 6 * count as u32);
        }
    }
}

// D70
#[test]
fn weekdays_count_from_the_first_entry() {
    let mut days = weeks(4, [5, 5, 5, 5, 5, 5, 0].map(Some));
    assert_eq!(closed(&days), [SUNDAY]);
    days.drain(..3);
    let closed = closed_weekdays(&days, 3);
    assert_eq!(closed, [false, false, false, false, false, false, true]);
}

// D70: two holidays in a row are no closing day, a month is.
#[test]
fn a_new_closing_day_shows_after_four_weeks() {
    let mut days = weeks(10, [5; 7].map(Some));
    for week in 1..=5 {
        days.extend([0, 5, 5, 5, 5, 5, 5].map(Some));
        let expected: &[usize] = if week < 4 { &[] } else { &[0] };
        assert_eq!(closed(&days), expected, "after {week} weeks");
    }
    days.extend([5; 7].map(Some));
    assert!(closed(&days).is_empty(), "one sale opens it again");
}

// D70: a cake that sells every tenth day or so misses some weekdays by chance.
#[test]
fn what_sells_seldom_has_no_closing_days() {
    for seed in 0..200 {
        let mut random = random_numbers(seed);
        let days: Vec<_> = (0..84).map(|_| Some(i64::from(random(10) == 0))).collect();
        assert!(closed(&days).is_empty(), "{seed}: {days:?}");
    }
}

// D70: what is unknown is no sign of anything, unless it always is.
#[test]
fn a_weekday_that_is_never_known_is_closed() {
    let mut days = weeks(3, [Some(5), Some(5), None, Some(5), None, Some(5), Some(5)]);
    assert_eq!(closed(&days), [2, 4]);
    days[2] = Some(5);
    assert_eq!(closed(&days), [4]);
    assert!(closed(&days[..7]).is_empty(), "once is not always");
}

#[test]
fn a_history_of_nothing_has_no_closing_days() {
    assert!(closed(&weeks(20, [Some(0); 7])).is_empty());
    let made = forecast_next(&known([0; 60]), 7);
    assert_eq!(quantities(&made), [units(0); 7]);
}
