//! The part of a sales history that is learnt from, in units of its own mean.
#![expect(
    clippy::float_arithmetic,
    reason = "forecasts are statistics, worked out in doubles"
)]

use chrono::{Datelike, Days, NaiveDate};

use super::closing_days::closed_weekdays;
use crate::decimal::Quantity;

/// Days in a season.
pub(super) const WEEK: usize = 7;
/// Known days without which nothing is forecast: fewer than a week say nothing about a week.
pub const MINIMUM_OBSERVATIONS: usize = 7;
/// Days of history that are looked at, the last ones: a year. What a bakery sold before that tells no weekday apart.
pub const MAXIMUM_HISTORY_DAYS: usize = 364;
/// Days that may lie between the last known day and the first one forecast.
pub const MAXIMUM_GAP_DAYS: usize = 366;
/// Days that stay in spite of having no sales before the first one.
const DAYS_KEPT_BEFORE_FIRST_SALE: usize = 28;

/// Daily sales of a product, consecutive days, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SalesHistory {
    /// The day of the first entry.
    pub first_date: NaiveDate,
    /// Sales per day in the product's unit. `None` is a day of which nothing is known (closed, no record), which is not
    /// the same as nothing sold. What is below nothing, returns in excess of sales, counts as nothing sold.
    pub days: Vec<Option<Quantity>>,
}

/// A history made ready: from the first to the last known day, in units of its mean, without weekdays that are closed.
///
/// Values are exact integer ratios rounded once, so that a history in other units gives the very same series, and with it
/// the same method, parameters and error.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    /// Sales per day over the mean of all known days; `None` where unknown or closed.
    pub(super) values: Vec<Option<f64>>,
    /// Thousandths of the product's unit in 1 of `values`.
    pub(super) mean: f64,
    /// Days between the last of `values` and the first one to forecast.
    pub(super) gap: usize,
    /// Whether nothing is sold on a weekday, from Monday on.
    closed: [bool; WEEK],
}

impl Series {
    /// What there is to learn from before `start`; `None` when it is too little (fewer than [`MINIMUM_OBSERVATIONS`] known
    /// days) or too old (more than [`MAXIMUM_GAP_DAYS`] ago).
    pub(super) fn prepare(history: &SalesHistory, start: NaiveDate) -> Option<Self> {
        let days_before_start =
            usize::try_from(start.signed_duration_since(history.first_date).num_days()).ok()?;
        let past = history.days.get(..days_before_start).unwrap_or(&history.days);
        let end = past.iter().rposition(Option::is_some)? + 1;
        let gap = days_before_start - end;
        if gap > MAXIMUM_GAP_DAYS {
            return None;
        }
        let begin = first_day(past.get(..end)?);
        let used = past.get(begin..end)?;
        let first_date = history
            .first_date
            .checked_add_days(Days::new(u64::try_from(begin).ok()?))?;
        let first_weekday = weekday(first_date);
        let mut sold: Vec<Option<i64>> = used
            .iter()
            .map(|day| day.map(|quantity| quantity.scaled().max(0)))
            .collect();
        if sold.iter().flatten().count() < MINIMUM_OBSERVATIONS {
            return None;
        }
        let closed = closed_weekdays(&sold, first_weekday);
        for (offset, day) in sold.iter_mut().enumerate() {
            if closed[(first_weekday + offset) % WEEK] {
                *day = None;
            }
        }
        let count = sold.iter().flatten().count() as i128;
        let total: i128 = sold.iter().flatten().map(|scaled| i128::from(*scaled)).sum();
        let relative = |scaled: i64| {
            if total == 0 {
                0.0
            } else {
                (i128::from(scaled) * count) as f64 / total as f64
            }
        };
        Some(Self {
            values: sold.iter().map(|day| day.map(relative)).collect(),
            mean: total as f64 / count.max(1) as f64,
            gap,
            closed,
        })
    }

    /// Known days on weekdays that are not closed.
    pub(super) fn observations(&self) -> usize {
        self.values.iter().flatten().count()
    }

    /// Whether nothing is sold on the weekday of a date.
    pub(super) fn is_closed_on(&self, date: NaiveDate) -> bool {
        self.closed[weekday(date) % WEEK]
    }

    /// The greatest value.
    pub(super) fn greatest(&self) -> f64 {
        self.values.iter().flatten().copied().fold(0.0, f64::max)
    }

    /// A value in the product's unit, rounded to thousandths, half away from zero.
    pub(super) fn quantity(&self, value: f64) -> Quantity {
        // A cast saturates, and makes nothing of what is no number.
        Quantity::from_scaled((value * self.mean).round() as i64)
    }
}

/// Days since Monday.
fn weekday(date: NaiveDate) -> usize {
    date.weekday().num_days_from_monday() as usize
}

/// The first day that is learnt from: at most a year back, known, and not before the first sale, unless fewer than four
/// weeks would be left. Before its first sale a product was most likely not yet on offer.
fn first_day(past: &[Option<Quantity>]) -> usize {
    let earliest = past.len().saturating_sub(MAXIMUM_HISTORY_DAYS);
    let is_sale = |day: &Option<Quantity>| day.is_some_and(|quantity| quantity > Quantity::ZERO);
    let first_sale = past.iter().skip(earliest).position(is_sale).unwrap_or(past.len());
    let begin = (earliest + first_sale).min(past.len().saturating_sub(DAYS_KEPT_BEFORE_FIRST_SALE));
    let begin = begin.max(earliest);
    begin + past.iter().skip(begin).position(Option::is_some).unwrap_or(0)
}
