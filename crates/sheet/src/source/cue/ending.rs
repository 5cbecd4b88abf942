//! When a cue ends.

use crate::diagnostic::{Code, Message};
use crate::source::cursor::Cursor;
use crate::source::draft::Time;
use crate::source::tree::Field;

/// Returns when a cue ends, which it says by one of two fields or not at all.
pub(super) fn read(until: Option<Field<'_>>, duration: Option<Field<'_>>, cursor: &mut Cursor<'_>) -> Time {
    let until_when = cursor.when(until);
    let duration_ms = cursor.length_ms(duration);
    match (until, duration) {
        (Some(_), Some(second)) => {
            let problem = format!("{} has both \"until\" and \"duration\"", cursor.subject);
            let message = Message::new(problem, "keep one of them");
            cursor.key("duration").report(Code::TwoEnds, second.key_span(), message);
            Time::Unknown
        }
        (Some(_), None) => until_when.map_or(Time::Unknown, Time::new),
        (None, Some(_)) => duration_ms.map_or(Time::Unknown, Time::After),
        (None, None) => Time::Open,
    }
}
