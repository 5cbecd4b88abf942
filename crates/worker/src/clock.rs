//! The worker's clock and its timers.

use core::pin::pin;
use core::time::Duration;
use downbeat_core::object_clock::{CallTime, OffsetBounds};
use downbeat_core::{ServerTime, Span};
use futures_util::future::{Either, select};
use worker::Delay;

/// Returns the time now.
///
/// In a deployed worker the clock stands still between two waits for I/O, so read it after the last `await`; on a
/// path without I/O the request's arrival and the answer's departure are the same instant.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn now() -> ServerTime {
    // Whole milliseconds, far below 2^53: the conversion is exact.
    ServerTime::from_millis(js_sys::Date::now() as i64)
}

/// The header by which a worker tells an object its time: when the call left, and the bounds of the object's offset if
/// it has measured them, all in ms.
pub(crate) const TIME_HEADER: &str = "x-downbeat-time";

/// The status of an object's answer that has changed nothing and is only the object's time: the caller is to measure the
/// offset and call again.
pub(crate) const CALL_AGAIN: u16 = 425;

/// Returns the value of [`TIME_HEADER`].
pub(crate) fn call_time_text(call: CallTime) -> String {
    let sent = call.sent.as_millis();
    match call.offset {
        None => sent.to_string(),
        Some(OffsetBounds { least, most }) => format!("{sent} {} {}", least.as_millis(), most.as_millis()),
    }
}

/// Parses the value of [`TIME_HEADER`]; `None` if it is not one.
pub(crate) fn parse_call_time(text: &str) -> Option<CallTime> {
    let mut numbers = text.split(' ').map(|text| text.parse::<i64>().ok());
    let sent = ServerTime::try_from_millis(numbers.next()??)?;
    let offset = match (numbers.next(), numbers.next()) {
        (None, _) => None,
        (Some(least), most) => Some(OffsetBounds { least: Span::from_millis(least?), most: Span::from_millis(most??) }),
    };
    Some(CallTime { sent, offset })
}

/// Waits for `span`.
pub(crate) async fn wait(span: Span) {
    Delay::from(duration(span)).await;
}

/// Waits for `work`, for `span` at most.
pub(crate) async fn within<T>(span: Span, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), Delay::from(duration(span))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// Returns `span` as the runtime's calls take it; zero if it is negative.
pub(crate) fn duration(span: Span) -> Duration {
    Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_call_is_read_back() {
        let sent = ServerTime::from_millis(1_704_067_200_000);
        let first = CallTime::new(sent);
        let again = first.repeated(sent - Span::from_millis(3_600_000), sent + Span::from_millis(20));
        for call in [first, again] {
            assert_eq!(parse_call_time(&call_time_text(call)), Some(call));
        }
        assert_eq!(call_time_text(again), "1704067200020 -3600020 -3600000");
        for text in ["", "x", "-1", "1704067200000 5", "1704067200000 5 x", "9007199254740993"] {
            assert_eq!(parse_call_time(text), None, "{text:?}");
        }
    }
}
