//! Parsers of single values for [`super::fields`]: each takes a JSON value and either gives a valid domain value or
//! reports why not.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{self, DecimalError, Money, Percentage, Quantity, UnitPrice};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::fields::At;
use super::json::Json;
use crate::problem::ProblemCode;

/// Trimmed, NFC-normalised text of 1 to `max` characters without control characters or bidi overrides (D2).
pub fn text(max: usize) -> impl Fn(&Json, &At<'_>) -> Option<String> {
    move |value, at| {
        let Json::String(raw) = value else {
            return at.wrong_type("a string", value);
        };
        if raw.chars().any(is_forbidden) {
            return at.fault(
                ProblemCode::InvalidText,
                "Control characters and direction overrides are not allowed.",
            );
        }
        let clean: String = raw.trim().nfc().collect();
        match clean.chars().count() {
            0 => at.fault(ProblemCode::InvalidText, "The text is empty."),
            length if length > max => at.fault(
                ProblemCode::TooLong,
                format!("At most {max} characters, found {length}."),
            ),
            _ => Some(clean),
        }
    }
}

fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// An e-mail address: one `@`, a dotted domain, no spaces. Whether it receives mail only mail can tell.
pub fn email(value: &Json, at: &At<'_>) -> Option<String> {
    let address = text(254)(value, at)?;
    let valid = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !domain.contains('@')
            && !address.contains(char::is_whitespace)
    });
    if valid {
        Some(address)
    } else {
        at.fault(ProblemCode::InvalidValue, "Expected an e-mail address.")
    }
}

/// One word out of a fixed set.
pub fn word<T>(of: impl Fn(&str) -> Option<T>) -> impl Fn(&Json, &At<'_>) -> Option<T> {
    move |value, at| {
        let Json::String(raw) = value else {
            return at.wrong_type("a string", value);
        };
        match of(raw) {
            Some(parsed) => Some(parsed),
            None => at.fault(ProblemCode::InvalidValue, "This is not one of the allowed words."),
        }
    }
}

/// `true` or `false`.
pub fn boolean(value: &Json, at: &At<'_>) -> Option<bool> {
    match value {
        Json::Bool(value) => Some(*value),
        other => at.wrong_type("a boolean", other),
    }
}

/// A whole number in a range.
pub fn integer(range: RangeInclusive<u32>) -> impl Fn(&Json, &At<'_>) -> Option<u32> {
    move |value, at| {
        let Json::Number(raw) = value else {
            return at.wrong_type("a whole number", value);
        };
        match raw.parse() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => at.fault(
                ProblemCode::InvalidValue,
                format!(
                    "Expected a whole number from {} to {}.",
                    range.start(),
                    range.end()
                ),
            ),
        }
    }
}

/// A UUID.
pub fn uuid(value: &Json, at: &At<'_>) -> Option<Uuid> {
    let Json::String(raw) = value else {
        return at.wrong_type("a UUID", value);
    };
    match Uuid::try_parse(raw) {
        Ok(id) => Some(id),
        Err(_) => at.fault(ProblemCode::InvalidValue, "This is not a UUID."),
    }
}

/// Whether a string may be a product, ingredient or supplier id: `[A-Za-z0-9._:-]{1,64}` (D1).
pub fn is_catalog_id(raw: &str) -> bool {
    (1..=64).contains(&raw.len())
        && raw
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'))
}

/// A product, ingredient or supplier id (D1).
pub fn catalog_id(value: &Json, at: &At<'_>) -> Option<String> {
    match value {
        Json::String(raw) if is_catalog_id(raw) => Some(raw.clone()),
        Json::String(_) => at.fault(
            ProblemCode::InvalidValue,
            "This is not an id: 1 to 64 of A-Z a-z 0-9 . _ : -",
        ),
        other => at.wrong_type("an id", other),
    }
}

/// A decimal, sent as a string or as a number of at most 15 significant digits (D3).
pub fn decimal<T>(of: impl Fn(&str) -> Result<T, DecimalError>) -> impl Fn(&Json, &At<'_>) -> Option<T> {
    move |value, at| {
        let parsed = match value {
            Json::String(raw) => of(raw),
            Json::Number(raw) => decimal::number_text(raw).and_then(|plain| of(&plain)),
            other => return at.wrong_type("a decimal string", other),
        };
        match parsed {
            Ok(number) => Some(number),
            Err(error) => at.fault(ProblemCode::InvalidDecimal, error.to_string()),
        }
    }
}

/// An amount of money, 0 or more.
pub fn money(value: &Json, at: &At<'_>) -> Option<Money> {
    decimal(Money::parse)(value, at)
}

/// A quantity above 0.
pub fn quantity(value: &Json, at: &At<'_>) -> Option<Quantity> {
    decimal(Quantity::parse)(value, at)
}

/// A quantity, 0 or more.
pub fn quantity_or_zero(value: &Json, at: &At<'_>) -> Option<Quantity> {
    decimal(Quantity::parse_or_zero)(value, at)
}

/// A price per unit, 0 or more.
pub fn unit_price(value: &Json, at: &At<'_>) -> Option<UnitPrice> {
    decimal(UnitPrice::parse)(value, at)
}

/// A percentage from 0 to 100.
pub fn percentage(value: &Json, at: &At<'_>) -> Option<Percentage> {
    decimal(Percentage::parse)(value, at)
}

/// An RFC 3339 instant with offset, kept to the millisecond (D4).
pub fn instant(value: &Json, at: &At<'_>) -> Option<DateTime<Utc>> {
    let Json::String(raw) = value else {
        return at.wrong_type("an RFC 3339 time", value);
    };
    let parsed = DateTime::parse_from_rfc3339(raw).ok();
    match parsed.and_then(|time| DateTime::from_timestamp_millis(time.timestamp_millis())) {
        Some(time) => Some(time),
        None => at.fault(
            ProblemCode::InvalidDate,
            "This is not an RFC 3339 time with offset, such as 2026-12-24T06:30:00Z.",
        ),
    }
}

/// A calendar date, `YYYY-MM-DD`.
pub fn date(value: &Json, at: &At<'_>) -> Option<NaiveDate> {
    let Json::String(raw) = value else {
        return at.wrong_type("a date", value);
    };
    match parse_date(raw) {
        Some(date) => Some(date),
        None => at.fault(ProblemCode::InvalidDate, "This is not a date (YYYY-MM-DD)."),
    }
}

/// Reads `YYYY-MM-DD` and nothing looser.
pub fn parse_date(raw: &str) -> Option<NaiveDate> {
    (raw.len() == 10)
        .then(|| NaiveDate::parse_from_str(raw, "%Y-%m-%d").ok())
        .flatten()
}

/// A list of `range` elements; every faulty element is reported.
pub fn list<'a, T>(
    range: RangeInclusive<usize>,
    parse: impl Fn(&Json, &At<'a>) -> Option<T>,
) -> impl FnOnce(&Json, &At<'a>) -> Option<Vec<T>> {
    move |value, at| {
        let Json::Array(items) = value else {
            return at.wrong_type("an array", value);
        };
        if items.len() < *range.start() {
            return at.fault(
                ProblemCode::Required,
                format!("At least {} needed.", range.start()),
            );
        }
        if items.len() > *range.end() {
            let detail = format!("At most {}, found {}.", range.end(), items.len());
            return at.fault(ProblemCode::TooLong, detail);
        }
        let parsed: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| parse(item, &at.below(&index.to_string())))
            .collect();
        parsed.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fields::{Fields, FromFields, read_body};
    use super::*;

    struct One<T>(T);
    macro_rules! one {
        ($type:ty, $parse:expr) => {
            impl FromFields for One<$type> {
                fn read(f: &mut Fields<'_>) -> Option<Self> {
                    f.required("v", $parse).map(One)
                }
            }
        };
    }
    one!(String, text(5));
    one!(Money, money);
    one!(DateTime<Utc>, instant);
    one!(NaiveDate, date);

    fn code<T>(literal: &str) -> &'static str
    where
        One<T>: FromFields,
    {
        let body = Json::parse(format!("{{\"v\":{literal}}}").as_bytes()).unwrap();
        read_body::<One<T>>(&body).map_or_else(|problem| problem.code.as_str(), |_| "ok")
    }

    #[rstest]
    #[case("\"  caf\u{65}\u{301} \"", "ok")]
    #[case("\"a\\u0000b\"", "invalid-text")]
    #[case("\"a\\u202eb\"", "invalid-text")]
    #[case("\"   \"", "invalid-text")]
    #[case("\"123456\"", "too-long")]
    #[case("5", "invalid-type")]
    fn texts_are_trimmed_normalised_and_bounded(#[case] literal: &str, #[case] expected: &str) {
        // D2
        assert_eq!(code::<String>(literal), expected);
    }

    #[rstest]
    #[case("2.5", "ok")]
    #[case("\"2.50\"", "ok")]
    #[case("12345678901234567.89", "invalid-decimal")]
    #[case("\"1e3\"", "invalid-decimal")]
    #[case("2.555", "invalid-decimal")]
    #[case("-1", "invalid-decimal")]
    #[case("true", "invalid-type")]
    fn decimals_are_strings_or_short_numbers(#[case] literal: &str, #[case] expected: &str) {
        // D3
        assert_eq!(code::<Money>(literal), expected);
    }

    #[rstest]
    #[case("\"2026-12-24T06:30:00+01:00\"", "ok")]
    #[case("\"2026-12-24T06:30:00\"", "invalid-date")]
    #[case("\"2026-02-30T06:30:00Z\"", "invalid-date")]
    fn instants_need_an_offset(#[case] literal: &str, #[case] expected: &str) {
        // D4
        assert_eq!(code::<DateTime<Utc>>(literal), expected);
    }

    #[test]
    fn dates_are_strict() {
        // D4
        assert_eq!(code::<NaiveDate>("\"2026-12-24\""), "ok");
        assert_eq!(code::<NaiveDate>("\"2026-1-4\""), "invalid-date");
    }
}
