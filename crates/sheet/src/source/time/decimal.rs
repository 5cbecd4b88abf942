//! Decimal numbers times a unit, exactly.

use super::error::TimeError;
use crate::rundown::TIME_MAX;

/// Returns a decimal number (`12`, `0.5`, `5.6e2`), whose form was checked before, times `unit`, exactly.
pub(super) fn decimal(number: &str, unit: i64) -> Result<i64, TimeError> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    // The value is significant × 10^power × unit. An exponent that does not fit 32 bits is far too small or too large.
    let out_of_bounds = if exponent.starts_with('-') { TimeError::TooFine } else { TimeError::TooLong };
    let exponent: i64 = exponent.parse::<i32>().map_err(|_| out_of_bounds)?.into();
    let zeros = all.len() - all.trim_end_matches('0').len();
    let length = |count: usize| i64::try_from(count).map_err(|_| TimeError::TooLong);
    let power = exponent - length(fraction.len())? + length(zeros)?;
    if power + length(significant.len())? > 12 {
        return Err(TimeError::TooLong);
    }
    // The value is below 10^12, so more than 24 digits are finer than any millisecond.
    if significant.len() > 24 || power < -24 {
        return Err(TimeError::TooFine);
    }
    let digits: i128 = significant.parse().map_err(|_| TimeError::Unknown)?;
    let scaled = digits * i128::from(unit);
    // Both powers are small by the checks above: -24 ≤ power ≤ 11.
    let ten = |power: i64| 10_i128.pow(u32::try_from(power).unwrap_or(0));
    let ms = match power {
        0.. => scaled * ten(power),
        _ if scaled % ten(-power) != 0 => return Err(TimeError::TooFine),
        _ => scaled / ten(-power),
    };
    within_limit(i64::try_from(ms).map_err(|_| TimeError::TooLong)?)
}

/// Returns milliseconds, unless they are more than [`TIME_MAX`].
pub(super) fn within_limit(ms: i64) -> Result<i64, TimeError> {
    if ms > TIME_MAX.as_millis() { Err(TimeError::TooLong) } else { Ok(ms) }
}

/// Returns whether a text consists of decimal digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
