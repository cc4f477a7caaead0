//! Decimals as text: plain notation in, fixed scale out, and JSON's number notation turned into plain.

use super::DecimalError;

/// Digits a decimal string may have; with every scale used here the scaled value stays within an `i128`.
const MAXIMUM_DIGITS: usize = 28;
/// Significant digits a JSON number may have: a double carries no more of them faithfully (D3).
const MAXIMUM_SIGNIFICANT_JSON_DIGITS: usize = 15;

/// Reads `[+-]?digits[.digits]` as an integer of `10^-scale` units.
pub(super) fn scaled_from_plain(text: &str, scale: u32) -> Result<i128, DecimalError> {
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (mut digits, mut decimals) = (0_usize, None::<u32>);
    let (mut value, mut lost) = (0_i128, false);
    for &byte in unsigned {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                if digits > MAXIMUM_DIGITS {
                    // A faulty character further on would be the better message, but reading must stay bounded.
                    return Err(DecimalError::TooManyDigits);
                }
                let digit = byte - b'0';
                match decimals.as_mut() {
                    Some(count) if *count >= scale => lost |= digit != 0,
                    Some(count) => {
                        *count += 1;
                        value = value * 10 + i128::from(digit);
                    }
                    None => value = value * 10 + i128::from(digit),
                }
            }
            b'.' if digits > 0 && decimals.is_none() => decimals = Some(0),
            _ => return Err(DecimalError::Malformed),
        }
    }
    if digits == 0 || unsigned.last() == Some(&b'.') {
        return Err(DecimalError::Malformed);
    }
    if lost {
        return Err(DecimalError::TooManyDecimals { scale });
    }
    value *= 10_i128.pow(scale - decimals.unwrap_or(0));
    Ok(if negative { -value } else { value })
}

/// The fixed-scale text of a scaled integer, built on the stack: an answer holds hundreds of them.
pub(super) struct FixedText {
    // 19 digits of an i64, a point, a sign.
    buffer: [u8; 24],
    start: usize,
}

impl FixedText {
    pub(super) fn new(scaled: i64, scale: u32) -> Self {
        let mut text = Self {
            buffer: [0; 24],
            start: 24,
        };
        let mut rest = scaled.unsigned_abs();
        for position in 0_u32.. {
            if position == scale && scale > 0 {
                text.push_front(b'.');
            }
            // `rest % 10` is a single digit.
            text.push_front(b'0' + (rest % 10) as u8);
            rest /= 10;
            if rest == 0 && position >= scale {
                break;
            }
        }
        if scaled < 0 {
            text.push_front(b'-');
        }
        text
    }

    pub(super) fn as_str(&self) -> &str {
        // Only ASCII was written, so the fallback is never taken.
        self.buffer
            .get(self.start..)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    fn push_front(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(slot) = self.buffer.get_mut(self.start) {
            *slot = byte;
        }
    }
}

/// Turns the literal text of a JSON number, which may have an exponent, into plain notation for `parse` (D3).
///
/// Works on the text itself, because going through a double would change the value before anyone could object.
///
/// # Errors
/// [`DecimalError::TooManyDigits`] above 15 significant digits (leading zeros do not count, trailing ones do) or when
/// the plain notation would need more than 28 digits; [`DecimalError::Malformed`] when it is no JSON number.
pub fn number_text(raw_json_number: &str) -> Result<String, DecimalError> {
    let (sign, unsigned) = match raw_json_number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", raw_json_number),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent_value(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(DecimalError::Malformed),
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || !all_digits(whole)
        || !all_digits(fraction)
        || (whole.len() > 1 && whole.starts_with('0'))
    {
        return Err(DecimalError::Malformed);
    }
    let written = [whole, fraction].concat();
    let digits = written.trim_start_matches('0');
    if digits.is_empty() {
        return Ok("0".to_owned());
    }
    if digits.len() > MAXIMUM_SIGNIFICANT_JSON_DIGITS {
        return Err(DecimalError::TooManyDigits);
    }
    // The value is `digits · 10^power`.
    let power =
        exponent.saturating_sub(i64::try_from(fraction.len()).map_err(|_| DecimalError::TooManyDigits)?);
    let too_many = |_| DecimalError::TooManyDigits;
    if let Ok(zeros) = usize::try_from(power) {
        if zeros.saturating_add(digits.len()) > MAXIMUM_DIGITS {
            return Err(DecimalError::TooManyDigits);
        }
        return Ok([sign, digits, &"0".repeat(zeros)].concat());
    }
    let decimals = usize::try_from(power.unsigned_abs()).map_err(too_many)?;
    if decimals >= MAXIMUM_DIGITS {
        return Err(DecimalError::TooManyDigits);
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    Ok([sign, whole, ".", fraction].concat())
}

/// The exponent of a JSON number; one too long for an `i64` saturates, since it is out of reach either way.
fn exponent_value(text: &str) -> Result<i64, DecimalError> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(DecimalError::Malformed);
    }
    let magnitude = digits.iter().fold(0_i64, |value, byte| {
        value.saturating_mul(10).saturating_add(i64::from(*byte - b'0'))
    });
    Ok(if negative { -magnitude } else { magnitude })
}
