//! Which days a question about demand is about (D50).

use chrono::{Days, NaiveDate};

use crate::problem::{Problem, ProblemCode};

/// The longest range of one answer, in days (D50).
const MAX_DAYS: u32 = 31;

/// Which days are asked for, as the query names them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DemandRange {
    /// One day.
    pub target_date: Option<NaiveDate>,
    /// The first day.
    pub start_date: Option<NaiveDate>,
    /// The last day.
    pub end_date: Option<NaiveDate>,
}

impl DemandRange {
    /// The first and the last day. Without any it is the next `default_days` from today; an end without a start
    /// begins today, a start without an end lasts `default_days`.
    ///
    /// # Errors
    /// 400 `invalid-query` when the days contradict each other or are more than 31.
    pub fn resolve(self, today: NaiveDate, default_days: u32) -> Result<(NaiveDate, NaiveDate), Problem> {
        let invalid = |detail: &'static str| Problem::new(ProblemCode::InvalidQuery, detail);
        let (start, end) = match self {
            Self {
                target_date: Some(day),
                start_date: None,
                end_date: None,
            } => (day, day),
            Self {
                target_date: Some(_), ..
            } => {
                return Err(invalid(
                    "target_date stands alone, without start_date and end_date.",
                ));
            }
            Self {
                start_date, end_date, ..
            } => {
                let start = start_date.unwrap_or(today);
                let length = Days::new(u64::from(default_days.clamp(1, MAX_DAYS) - 1));
                let end = end_date.or_else(|| start.checked_add_days(length));
                (start, end.ok_or_else(|| invalid("start_date is too late."))?)
            }
        };
        if end < start {
            return Err(invalid("end_date is before start_date."));
        }
        if (end - start).num_days() >= i64::from(MAX_DAYS) {
            return Err(invalid("A range has at most 31 days."));
        }
        Ok((start, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
    }

    #[test]
    fn ranges_are_one_day_or_up_to_31_and_default_to_the_next_days() {
        // D50
        let range = |target: Option<u32>, start: Option<u32>, end: Option<u32>| {
            let range = DemandRange {
                target_date: target.map(date),
                start_date: start.map(date),
                end_date: end.map(date),
            };
            range
                .resolve(date(10), 14)
                .map_err(|problem| problem.code.as_str())
        };
        assert_eq!(range(Some(3), None, None), Ok((date(3), date(3))));
        assert_eq!(range(None, None, None), Ok((date(10), date(23))));
        assert_eq!(range(None, Some(1), Some(31)), Ok((date(1), date(31))));
        assert_eq!(range(None, None, Some(12)), Ok((date(10), date(12))));
        assert_eq!(range(Some(3), Some(3), None), Err("invalid-query"));
        assert_eq!(range(None, Some(5), Some(4)), Err("invalid-query"));
        let long = DemandRange {
            start_date: Some(date(1)),
            end_date: date(31).succ_opt(),
            ..DemandRange::default()
        };
        assert_eq!(
            long.resolve(date(1), 14).unwrap_err().code,
            ProblemCode::InvalidQuery
        );
        assert_eq!(
            DemandRange::default().resolve(date(1), 90).unwrap(),
            (date(1), date(31))
        );
    }
}
