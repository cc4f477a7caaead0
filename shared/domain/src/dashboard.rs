//! The calendar of a dashboard (D90): which days are today's, this week's and this month's, in the tenant's time.

use chrono::{Datelike as _, Days, NaiveDate};

/// Days a series goes back, today included.
pub const SERIES_DAYS: u64 = 30;

/// The first days of what a dashboard sums up; each ends today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// Today.
    pub today: NaiveDate,
    /// The Monday of the ISO week.
    pub week: NaiveDate,
    /// The first of the month.
    pub month: NaiveDate,
    /// The first day of the series.
    pub series: NaiveDate,
}

impl Periods {
    /// The periods of a day.
    pub fn of(today: NaiveDate) -> Self {
        let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
        Self {
            today,
            week: back(u64::from(today.weekday().num_days_from_monday())),
            month: today.with_day(1).unwrap_or(today),
            series: back(SERIES_DAYS - 1),
        }
    }

    /// The first day of all.
    pub fn first(self) -> NaiveDate {
        self.week.min(self.month).min(self.series)
    }

    /// The days of the series, oldest first.
    pub fn series_days(self) -> impl Iterator<Item = NaiveDate> {
        self.series.iter_days().take_while(move |day| *day <= self.today)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    // D90: an ISO week begins on Monday, in whatever month or year that is.
    #[rstest]
    #[case("2026-12-01", "2026-11-30", "2026-12-01", "2026-11-02")]
    #[case("2026-11-30", "2026-11-30", "2026-11-01", "2026-11-01")]
    #[case("2027-01-03", "2026-12-28", "2027-01-01", "2026-12-05")]
    #[case("2027-01-04", "2027-01-04", "2027-01-01", "2026-12-06")]
    #[case("2028-02-29", "2028-02-28", "2028-02-01", "2028-01-31")]
    #[case("2026-12-31", "2026-12-28", "2026-12-01", "2026-12-02")]
    fn weeks_months_and_series_begin_where_the_calendar_says(
        #[case] today: &str,
        #[case] week: &str,
        #[case] month: &str,
        #[case] series: &str,
    ) {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let periods = Periods::of(date(today));
        assert_eq!(
            (periods.week, periods.month, periods.series),
            (date(week), date(month), date(series))
        );
        assert_eq!(periods.series_days().count(), 30);
        assert_eq!(periods.series_days().last(), Some(date(today)));
        assert!(periods.first() <= periods.week && periods.first() <= periods.month);
    }
}
