//! The kinds of values that settings have. One kind says how a value is read from the environment's text, how an answer
//! shows it and how the OpenAPI document describes it.

use std::fmt;

use chrono_tz::Tz;
use orders_domain::decimal::{Money, Percentage, Quantity};
use serde::Serialize;

/// A setting's value as JSON has it; its text is the form in which the environment takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// A boolean.
    Flag(bool),
    /// A whole number.
    Whole(u32),
    /// A decimal of fixed scale (D3), a time zone or a currency.
    Text(String),
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Whole(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What JSON value a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A boolean.
    Flag,
    /// A whole number between two bounds, both included.
    Whole {
        /// The least.
        least: u32,
        /// The greatest.
        most: u32,
    },
    /// A decimal with so many decimals.
    Decimal {
        /// Decimals that are kept.
        scale: u32,
        /// What it measures, with its bounds.
        bounds: &'static str,
    },
    /// A text.
    Text {
        /// The regular expression it fits.
        pattern: &'static str,
        /// One that is right.
        example: &'static str,
    },
}

/// A kind of value.
pub trait Kind {
    /// What a rule works with.
    type Value;
    /// What JSON value it takes.
    const SHAPE: Shape;

    /// Reads the environment's text.
    ///
    /// # Errors
    /// What was expected, fit for the client.
    fn parse(raw: &str) -> Result<Self::Value, String>;

    /// The value as an answer shows it.
    fn shown(value: &Self::Value) -> SettingValue;
}

/// `true` or `false`.
pub struct Flag;

impl Kind for Flag {
    type Value = bool;
    const SHAPE: Shape = Shape::Flag;

    fn parse(raw: &str) -> Result<bool, String> {
        match raw {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("expected true or false".into()),
        }
    }

    fn shown(value: &bool) -> SettingValue {
        SettingValue::Flag(*value)
    }
}

/// A whole number between two bounds, both included.
pub struct Whole<const LEAST: u32, const MOST: u32>;

impl<const LEAST: u32, const MOST: u32> Kind for Whole<LEAST, MOST> {
    type Value = u32;
    const SHAPE: Shape = Shape::Whole {
        least: LEAST,
        most: MOST,
    };

    fn parse(raw: &str) -> Result<u32, String> {
        raw.parse()
            .ok()
            .filter(|number| (LEAST..=MOST).contains(number))
            .ok_or_else(|| format!("expected a whole number from {LEAST} to {MOST}"))
    }

    fn shown(value: &u32) -> SettingValue {
        SettingValue::Whole(*value)
    }
}

/// Declares a kind for a decimal type of the domain.
macro_rules! decimal_kinds {
    ($(#[doc = $doc:literal] $kind:ident: $type:ty, $bounds:literal;)+) => {$(
        #[doc = $doc]
        pub struct $kind;

        impl Kind for $kind {
            type Value = $type;
            const SHAPE: Shape = Shape::Decimal { scale: <$type>::SCALE, bounds: $bounds };

            fn parse(raw: &str) -> Result<$type, String> {
                <$type>::parse(raw).map_err(|error| error.to_string())
            }

            fn shown(value: &$type) -> SettingValue {
                SettingValue::Text(value.to_string())
            }
        }
    )+};
}

decimal_kinds! {
    /// An amount of money, 0 or more.
    Amount: Money, "An amount of money from 0 to 1000000000000.";
    /// A quantity above 0.
    Units: Quantity, "A quantity from 0.001 to 1000000.";
    /// A percentage from 0 to 100.
    Percent: Percentage, "A percentage from 0 to 100.";
}

/// An IANA time zone.
pub struct TimeZone;

impl Kind for TimeZone {
    type Value = Tz;
    const SHAPE: Shape = Shape::Text {
        pattern: "^[A-Za-z0-9_+/-]{1,64}$",
        example: "Europe/Berlin",
    };

    fn parse(raw: &str) -> Result<Tz, String> {
        raw.parse()
            .map_err(|_| "expected an IANA time zone such as Europe/Berlin".into())
    }

    fn shown(value: &Tz) -> SettingValue {
        SettingValue::Text(value.name().to_owned())
    }
}

/// An ISO 4217 currency.
pub struct Currency;

impl Kind for Currency {
    type Value = String;
    const SHAPE: Shape = Shape::Text {
        pattern: "^[A-Z]{3}$",
        example: "EUR",
    };

    fn parse(raw: &str) -> Result<String, String> {
        if raw.len() == 3 && raw.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(raw.to_owned())
        } else {
            Err("expected three capital letters such as EUR".into())
        }
    }

    fn shown(value: &String) -> SettingValue {
        SettingValue::Text(value.clone())
    }
}
