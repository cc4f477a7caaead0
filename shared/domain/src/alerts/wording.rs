//! Figures as people read them in an alert's text.

use chrono::{DateTime, TimeDelta, Utc};

/// A decimal without the zeros of its scale: "40.00" is 40, "2.500" is 2.5.
pub(super) fn trimmed(decimal: &str) -> String {
    match decimal.split_once('.') {
        Some((whole, decimals)) => {
            let decimals = decimals.trim_end_matches('0');
            if decimals.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}.{decimals}")
            }
        }
        None => decimal.to_owned(),
    }
}

/// A time span in hours and minutes, whole minutes begun not counted.
pub(super) fn duration(span: TimeDelta) -> String {
    match (span.num_hours(), span.num_minutes() % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// An instant to the minute; the zone is said, since texts reach people without their settings.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number of things.
pub(super) fn counted(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        many => format!("{many} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("40.00", "40")]
    #[case("2.500", "2.5")]
    #[case("100", "100")]
    #[case("0.000", "0")]
    #[case("1000.010", "1000.01")]
    fn decimals_lose_the_zeros_of_their_scale(#[case] fixed: &str, #[case] read: &str) {
        assert_eq!(trimmed(fixed), read);
    }

    #[rstest]
    #[case(0, "less than a minute")]
    #[case(59, "less than a minute")]
    #[case(60, "1 min")]
    #[case(3_599, "59 min")]
    #[case(3_600, "1 h")]
    #[case(86_399, "23 h 59 min")]
    fn spans_are_read_in_hours_and_minutes(#[case] seconds: i64, #[case] read: &str) {
        assert_eq!(duration(TimeDelta::seconds(seconds)), read);
    }
}
