//! The days of a forecast as one text, `2026-12-01;12000:8000:16000,…`: consecutive days from the first one on, each the
//! quantity and the bounds of its interval in thousandths. A forecast has dozens of days and a tenant thousands of them,
//! so names and dates would be most of what is stored and paid.

use chrono::NaiveDate;
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::ForecastDay;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(days: &[ForecastDay], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&pack(days))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ForecastDay>, D::Error> {
    let packed = String::deserialize(from)?;
    unpack(&packed).ok_or_else(|| D::Error::custom("the days of a forecast are not readable"))
}

fn pack(days: &[ForecastDay]) -> String {
    let Some(first) = days.first() else {
        return String::new();
    };
    let parts: Vec<String> = days
        .iter()
        .map(|day| {
            let [quantity, lower, upper] = [day.quantity, day.lower, day.upper].map(Quantity::scaled);
            format!("{quantity}:{lower}:{upper}")
        })
        .collect();
    format!("{};{}", first.date, parts.join(","))
}

fn unpack(text: &str) -> Option<Vec<ForecastDay>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let (first, days) = text.split_once(';')?;
    let first: NaiveDate = first.parse().ok()?;
    first
        .iter_days()
        .zip(days.split(','))
        .map(|(date, day)| {
            let mut figures = day
                .split(':')
                .map(|figure| figure.parse().ok().map(Quantity::from_scaled));
            let mut next = || figures.next().flatten();
            Some(ForecastDay {
                date,
                quantity: next()?,
                lower: next()?,
                upper: next()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_back_as_they_were_written() {
        // D70
        let day = |date: &str, figures: [i64; 3]| {
            let [quantity, lower, upper] = figures.map(Quantity::from_scaled);
            ForecastDay {
                date: date.parse().unwrap(),
                quantity,
                lower,
                upper,
            }
        };
        let days = vec![
            day("2026-12-31", [12_000, 8_000, 16_500]),
            day("2027-01-01", [0, 0, 1]),
        ];
        assert_eq!(pack(&days), "2026-12-31;12000:8000:16500,0:0:1");
        assert_eq!(unpack(&pack(&days)), Some(days));
        assert_eq!(unpack(&pack(&[])), Some(Vec::new()));
        for broken in ["2026-12-31", "soon;1:2:3", "2026-12-31;1:2", "2026-12-31;1:2:x"] {
            assert_eq!(unpack(broken), None, "{broken}");
        }
    }
}
