use proptest::prelude::*;
use rstest::rstest;
use rust_decimal::Decimal;

use super::*;

fn text(value: &str) -> Decimal {
    value.parse().unwrap()
}

// D3
#[rstest]
#[case("12.5", 1250)]
#[case("12.50", 1250)]
#[case("+12.500000", 1250)]
#[case("0", 0)]
#[case("-0", 0)]
#[case("007", 700)]
#[case("1000000000000", 100_000_000_000_000)]
#[case("1000000000000.00000000000000", 100_000_000_000_000)]
fn money_reads_plain_notation(#[case] input: &str, #[case] cents: i64) {
    assert_eq!(Money::parse(input), Ok(Money::from_scaled(cents)));
}

// D3
#[rstest]
#[case("")]
#[case("+")]
#[case("-")]
#[case(".5")]
#[case("5.")]
#[case("1.2.3")]
#[case("1e3")]
#[case("1_000")]
#[case("1,5")]
#[case(" 1")]
#[case("1 ")]
#[case("--1")]
#[case("+-1")]
#[case("NaN")]
#[case("Infinity")]
#[case("0x10")]
#[case("١٢")]
fn anything_else_is_malformed(#[case] input: &str) {
    assert_eq!(Money::parse(input), Err(DecimalError::Malformed));
    assert!(serde_json::from_value::<Money>(input.into()).is_err());
}

// D3
#[test]
fn bounds_are_inclusive_and_a_quantity_is_more_than_nothing() {
    let out_of_range = |min, max| DecimalError::OutOfRange { min, max };
    assert_eq!(Money::parse("-0.01"), Err(out_of_range("0", "1000000000000")));
    assert_eq!(
        Money::parse("1000000000000.01"),
        Err(out_of_range("0", "1000000000000"))
    );
    assert_eq!(Quantity::parse("0"), Err(out_of_range("0.001", "1000000")));
    assert_eq!(Quantity::parse("0.001").unwrap().scaled(), 1);
    assert_eq!(Quantity::parse("1000000").unwrap().scaled(), 1_000_000_000);
    assert_eq!(
        Quantity::parse("1000000.001"),
        Err(out_of_range("0.001", "1000000"))
    );
    assert_eq!(Quantity::parse_or_zero("0.000"), Ok(Quantity::ZERO));
    assert_eq!(
        Quantity::parse_or_zero("-0.001"),
        Err(out_of_range("0", "1000000"))
    );
    assert_eq!(
        Quantity::parse_or_zero("1000000.001"),
        Err(out_of_range("0", "1000000"))
    );
    assert_eq!(UnitPrice::parse("0"), Ok(UnitPrice::ZERO));
    assert_eq!(UnitPrice::parse("1000000").unwrap().scaled(), 10_000_000_000);
    assert_eq!(
        UnitPrice::parse("1000000.0001"),
        Err(out_of_range("0", "1000000"))
    );
    assert_eq!(Percentage::parse("100"), Ok(Percentage::HUNDRED));
    assert_eq!(Percentage::parse("100.01"), Err(out_of_range("0", "100")));
    assert_eq!(Percentage::parse("-0.01"), Err(out_of_range("0", "100")));
    // 28 digits do not fit 64 bits: still an answer, no overflow.
    assert_eq!(
        Quantity::parse(&"9".repeat(28)),
        Err(out_of_range("0.001", "1000000"))
    );
}

// D3
#[test]
fn decimals_beyond_the_scale_must_be_zero_and_digits_are_limited() {
    assert_eq!(
        Money::parse("1.005"),
        Err(DecimalError::TooManyDecimals { scale: 2 })
    );
    assert_eq!(
        UnitPrice::parse("1.00005"),
        Err(DecimalError::TooManyDecimals { scale: 4 })
    );
    assert_eq!(
        Quantity::parse("1.0005"),
        Err(DecimalError::TooManyDecimals { scale: 3 })
    );
    assert_eq!(Quantity::parse("1.5000000000").unwrap().scaled(), 1500);
    assert_eq!(Money::parse(&"0".repeat(28)), Ok(Money::ZERO));
    assert_eq!(Money::parse(&"0".repeat(29)), Err(DecimalError::TooManyDigits));
    assert_eq!(DecimalError::TooManyDigits.code(), "invalid-decimal");
    assert_eq!(
        DecimalError::OutOfRange { min: "0", max: "100" }.to_string(),
        "must be between 0 and 100"
    );
}

// D3
#[test]
fn the_text_has_the_fixed_scale() {
    assert_eq!(Money::from_scaled(1250).to_string(), "12.50");
    assert_eq!(Money::from_scaled(-50).to_string(), "-0.50");
    assert_eq!(Money::ZERO.to_string(), "0.00");
    assert_eq!(UnitPrice::from_scaled(14_500).to_string(), "1.4500");
    assert_eq!(Quantity::from_scaled(12_000).to_string(), "12.000");
    assert_eq!(Quantity::from_scaled(1).to_string(), "0.001");
    assert_eq!(Percentage::from_scaled(1000).to_string(), "10.00");
    assert_eq!(SignedPercentage::from_scaled(-12_345).to_string(), "-123.45");
    assert_eq!(Money::from_scaled(i64::MIN).to_string(), "-92233720368547758.08");
    assert_eq!(Money::from_scaled(i64::MAX).to_string(), "92233720368547758.07");
    assert_eq!(format!("{:>8}|", Money::from_scaled(5)), "    0.05|");
}

// D3
#[test]
fn json_carries_strings_and_never_numbers() {
    assert_eq!(
        serde_json::to_string(&Money::from_scaled(1250)).unwrap(),
        "\"12.50\""
    );
    assert_eq!(
        serde_json::from_str::<Money>("\"-0.50\"").unwrap(),
        Money::from_scaled(-50)
    );
    assert_eq!(
        serde_json::from_str::<SignedPercentage>("\"250\"")
            .unwrap()
            .scaled(),
        25_000
    );
    assert!(serde_json::from_str::<Money>("12.50").is_err());
    assert!(serde_json::from_str::<Money>("12").is_err());
    assert!(serde_json::from_str::<Money>("\"92233720368547758.08\"").is_err());
    assert!(serde_json::from_str::<Money>("null").is_err());
}

// D20
#[rstest]
#[case("0.005", Some(1))]
#[case("-0.005", Some(-1))]
#[case("0.015", Some(2))]
#[case("0.025", Some(3))]
#[case("2.5049999999999999", Some(250))]
#[case("7", Some(700))]
#[case("7.1", Some(710))]
#[case("92233720368547758.07", Some(i64::MAX))]
#[case("92233720368547758.075", None)]
#[case("79228162514264337593543950335", None)]
fn rounding_is_half_away_from_zero(#[case] value: &str, #[case] cents: Option<i64>) {
    assert_eq!(Money::round_from(text(value)), cents.map(Money::from_scaled));
}

// D3
#[rstest]
#[case("2.5", "2.5")]
#[case("-2.50", "-2.50")]
#[case("0", "0")]
#[case("-0.0e9", "0")]
#[case("0e99999999999999999999", "0")]
#[case("1e3", "1000")]
#[case("1.5E+1", "15")]
#[case("1.55e1", "15.5")]
#[case("1.50e1", "15.0")]
#[case("25e-1", "2.5")]
#[case("25e-2", "0.25")]
#[case("25e-4", "0.0025")]
#[case("0.00012", "0.00012")]
#[case("123456789012345", "123456789012345")]
#[case("0.000123456789012345", "0.000123456789012345")]
#[case("1e27", "1000000000000000000000000000")]
#[case("1e-27", "0.000000000000000000000000001")]
fn json_numbers_become_plain_notation(#[case] raw: &str, #[case] plain: &str) {
    assert_eq!(number_text(raw).as_deref(), Ok(plain));
}

// D3
#[rstest]
#[case("12345678901234567.89", DecimalError::TooManyDigits)]
#[case("1234567890123456", DecimalError::TooManyDigits)]
#[case("1.000000000000000", DecimalError::TooManyDigits)]
#[case("1e28", DecimalError::TooManyDigits)]
#[case("1e-28", DecimalError::TooManyDigits)]
#[case("1e400", DecimalError::TooManyDigits)]
#[case("1e99999999999999999999", DecimalError::TooManyDigits)]
#[case("1e-99999999999999999999", DecimalError::TooManyDigits)]
#[case("", DecimalError::Malformed)]
#[case("-", DecimalError::Malformed)]
#[case("+1", DecimalError::Malformed)]
#[case("01", DecimalError::Malformed)]
#[case("1.", DecimalError::Malformed)]
#[case(".5", DecimalError::Malformed)]
#[case("1e", DecimalError::Malformed)]
#[case("1e+", DecimalError::Malformed)]
#[case("1e1.5", DecimalError::Malformed)]
#[case("1ee1", DecimalError::Malformed)]
#[case("--1", DecimalError::Malformed)]
#[case("1.2.3", DecimalError::Malformed)]
#[case("null", DecimalError::Malformed)]
fn json_numbers_a_double_cannot_carry_are_refused(#[case] raw: &str, #[case] error: DecimalError) {
    assert_eq!(number_text(raw), Err(error));
}

#[test]
fn arithmetic_is_checked() {
    let most = Money::from_scaled(i64::MAX);
    assert_eq!(most.checked_add(Money::from_scaled(1)), None);
    assert_eq!(
        Money::from_scaled(i64::MIN).checked_sub(Money::from_scaled(1)),
        None
    );
    assert_eq!(
        Money::from_scaled(5).checked_sub(Money::from_scaled(7)),
        Some(Money::from_scaled(-2))
    );
    assert_eq!(
        Money::from_scaled(5).excess_over(Money::from_scaled(7)),
        Money::ZERO
    );
    assert_eq!(
        Money::from_scaled(7).excess_over(Money::from_scaled(5)),
        Money::from_scaled(2)
    );
    assert!(Money::from_scaled(-1).is_negative() && !Money::ZERO.is_negative() && Money::ZERO.is_zero());
}

proptest! {
    // D3: whatever is stored or sent comes back the same.
    #[test]
    fn text_and_json_round_trip(scaled in any::<i64>()) {
        let price = UnitPrice::from_scaled(scaled);
        prop_assert_eq!(price.to_string(), price.decimal().to_string());
        let json = serde_json::to_string(&price).unwrap();
        prop_assert_eq!(serde_json::from_str::<UnitPrice>(&json).unwrap(), price);
    }

    // D3: the input grammar agrees with the decimal library's value wherever the text is accepted.
    #[test]
    fn parse_agrees_with_the_decimal_library(input in "[+-]?[0-9]{1,8}(\\.[0-9]{1,4})?") {
        let expected = text(&input);
        match Quantity::parse_or_zero(&input) {
            Ok(quantity) => prop_assert_eq!(quantity.decimal(), expected),
            Err(DecimalError::TooManyDecimals { scale: 3 }) => prop_assert!(expected.normalize().scale() > 3),
            Err(DecimalError::OutOfRange { .. }) => {
                prop_assert!(expected < Decimal::ZERO || expected > Decimal::from(1_000_000));
            }
            Err(other) => prop_assert!(false, "unexpected {other:?}"),
        }
    }

    // D3: JSON numbers keep their value.
    #[test]
    fn json_number_text_keeps_the_value(mantissa in -999_999_i64..=999_999, decimals in 0_u32..6, exponent in -8_i32..8) {
        let written = Decimal::new(mantissa, decimals);
        let raw = format!("{written}e{exponent}");
        let expected = if exponent < 0 {
            written / Decimal::from(10_i64.pow(exponent.unsigned_abs()))
        } else {
            written * Decimal::from(10_i64.pow(exponent.unsigned_abs()))
        };
        prop_assert_eq!(text(&number_text(&raw).unwrap()), expected);
    }
}

// D13: what a pricing rule may change a price by.
#[rstest]
#[case("-50", Some(-5_000))]
#[case("50.00", Some(5_000))]
#[case("-0.01", Some(-1))]
#[case("50.01", None)]
#[case("-50.01", None)]
#[case("1.005", None)]
#[case("-+5", None)]
fn adjustments_are_from_minus_50_to_50(#[case] raw: &str, #[case] scaled: Option<i64>) {
    let parsed = SignedPercentage::parse_adjustment(raw).ok();
    assert_eq!(parsed.map(SignedPercentage::scaled), scaled);
}
