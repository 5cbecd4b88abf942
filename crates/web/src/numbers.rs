//! JavaScript's numbers as core's types. Doubles hold microseconds exactly for 285 years.

use downbeat_core::{LocalTime, Position, Rate, ServerTime, Span};

pub(crate) fn span(ms: f64) -> Span {
    Span::from_micros(micros(ms))
}

pub(crate) fn local_time(ms: f64) -> LocalTime {
    LocalTime::from_micros(micros(ms))
}

/// Rounds to the nearest: browsers' clocks move in tenths or two-hundredths of a millisecond, which no double hits.
/// The conversion saturates, and makes NaN zero.
fn micros(ms: f64) -> i64 {
    let micros = ms * 1_000.0;
    (micros + if micros < 0.0 { -0.5 } else { 0.5 }) as i64
}

/// An instant that a server sends, in whole milliseconds.
pub(crate) fn server_time(ms: f64) -> ServerTime {
    ServerTime::from_millis(ms as i64)
}

/// An instant of the server's clock as the page reads it, which is finer than a millisecond.
pub(crate) fn exact_server_time(ms: f64) -> ServerTime {
    ServerTime::from_millis(0) + span(ms)
}

pub(crate) fn position(ms: f64) -> Position {
    Position::from_millis(ms as i64)
}

pub(crate) fn rate(factor: f64) -> Rate {
    Rate::from_factor(factor).unwrap_or(Rate::NORMAL)
}

pub(crate) fn given(ms: f64) -> Option<f64> {
    (!ms.is_nan()).then_some(ms)
}

pub(crate) fn ms(micros: i64) -> f64 {
    micros as f64 / 1_000.0
}

pub(crate) fn span_ms(span: Span) -> f64 {
    ms(span.as_micros())
}

pub(crate) fn or_nan(number: Option<f64>) -> f64 {
    number.unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_a_page_is_a_time() {
        assert_eq!(local_time(1_234.567_8).as_micros(), 1_234_568);
        assert_eq!(span(f64::NAN), Span::ZERO);
        assert_eq!(span(f64::INFINITY).as_micros(), i64::MAX);
        assert_eq!(server_time(-5.0).as_millis(), 0);
        assert_eq!(given(f64::NAN), None);
        assert_eq!(span_ms(span(17.25)), 17.25);
    }
}
