//! Weekdays and the days on which a supplier works (D65).

use std::fmt;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// How far a working day is looked for before the supplier counts as never working.
const SEARCH_LIMIT_DAYS: u64 = 366;

/// A day of the week, written `"mon"` … `"sun"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// The week from Monday on.
    pub const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    /// The weekday of a date.
    pub fn of(date: NaiveDate) -> Self {
        match date.weekday() {
            chrono::Weekday::Mon => Self::Mon,
            chrono::Weekday::Tue => Self::Tue,
            chrono::Weekday::Wed => Self::Wed,
            chrono::Weekday::Thu => Self::Thu,
            chrono::Weekday::Fri => Self::Fri,
            chrono::Weekday::Sat => Self::Sat,
            chrono::Weekday::Sun => Self::Sun,
        }
    }

    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    /// Reads the word used in JSON.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|weekday| weekday.as_str() == text)
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The days on which somebody takes orders: weekdays without the holidays.
#[derive(Debug, Clone, Copy)]
pub struct WorkingCalendar<'a> {
    weekdays: [bool; 7],
    holidays: &'a [NaiveDate],
}

impl<'a> WorkingCalendar<'a> {
    /// A calendar of the weekdays given, without the holidays. No weekday at all means all of them, since a list left
    /// out means just that (SPEC §9).
    pub fn new(weekdays: &[Weekday], holidays: &'a [NaiveDate]) -> Self {
        let worked = Weekday::ALL.map(|weekday| weekdays.is_empty() || weekdays.contains(&weekday));
        Self {
            weekdays: worked,
            holidays,
        }
    }

    /// A calendar on which every day is worked.
    pub const fn every_day() -> WorkingCalendar<'static> {
        WorkingCalendar {
            weekdays: [true; 7],
            holidays: &[],
        }
    }

    /// Whether the date is worked.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        let position = date.weekday().num_days_from_monday() as usize;
        self.weekdays.get(position).is_some_and(|worked| *worked) && !self.holidays.contains(&date)
    }

    /// The last working day that is not after the date; `None` when there is none within a year before it.
    pub fn on_or_before(&self, date: NaiveDate) -> Option<NaiveDate> {
        (0..SEARCH_LIMIT_DAYS)
            .map_while(|days| date.checked_sub_days(Days::new(days)))
            .find(|day| self.is_working_day(*day))
    }

    /// The first working day that is not before the date; `None` when there is none within a year after it.
    pub fn on_or_after(&self, date: NaiveDate) -> Option<NaiveDate> {
        (0..SEARCH_LIMIT_DAYS)
            .map_while(|days| date.checked_add_days(Days::new(days)))
            .find(|day| self.is_working_day(*day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekday_words_are_those_of_the_json() {
        for (weekday, word) in Weekday::ALL
            .into_iter()
            .zip(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
        {
            assert_eq!(serde_json::to_string(&weekday).unwrap(), format!("\"{word}\""));
            assert_eq!(
                serde_json::from_str::<Weekday>(&format!("\"{word}\"")).unwrap(),
                weekday
            );
            assert_eq!(Weekday::parse(word), Some(weekday));
        }
        assert_eq!(Weekday::parse("Monday"), None);
        // 2026-12-07 was chosen from a wall calendar: a Monday.
        for (offset, weekday) in Weekday::ALL.into_iter().enumerate() {
            let day = date("2026-12-07") + Days::new(offset as u64);
            assert_eq!(Weekday::of(day), weekday);
        }
    }

    // D65
    #[test]
    fn closed_days_are_stepped_over_in_both_directions() {
        use Weekday::{Fri, Mon, Thu, Tue, Wed};
        let holidays = [date("2026-12-25"), date("2026-12-28")];
        let calendar = WorkingCalendar::new(&[Mon, Tue, Wed, Thu, Fri], &holidays);
        // Friday the 25th is a holiday, then a weekend, then Monday the 28th a holiday again.
        assert_eq!(
            calendar.on_or_before(date("2026-12-28")),
            Some(date("2026-12-24"))
        );
        assert_eq!(calendar.on_or_after(date("2026-12-25")), Some(date("2026-12-29")));
        assert_eq!(
            calendar.on_or_before(date("2026-12-24")),
            Some(date("2026-12-24"))
        );
        assert_eq!(calendar.on_or_after(date("2026-12-24")), Some(date("2026-12-24")));
    }

    // D65
    #[test]
    fn no_weekday_given_means_all_and_a_year_of_holidays_means_never() {
        assert_eq!(
            WorkingCalendar::new(&[], &[]).on_or_before(date("2026-12-06")),
            Some(date("2026-12-06"))
        );
        let holidays: Vec<NaiveDate> = date("2025-01-01").iter_days().take(1500).collect();
        let closed = WorkingCalendar::new(&[], &holidays);
        assert_eq!(closed.on_or_before(date("2027-06-01")), None);
        assert_eq!(closed.on_or_after(date("2026-06-01")), None);
    }
}
