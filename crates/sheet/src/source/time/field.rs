//! Times as fields of objects.

use downbeat_core::Position;

use super::error::TimeError;
use super::text::Reading;
use super::when::{When, read_when};
use crate::diagnostic::{Code, Message};
use crate::rundown::clock;
use crate::source::cursor::Cursor;
use crate::source::tree::{Field, Shape};
use crate::source::words::quoted;

impl Cursor<'_> {
    /// Returns the time of a field, which may refer to another cue.
    pub(in crate::source) fn when<'s>(&mut self, field: Option<Field<'s>>) -> Option<When<'s>> {
        let field = field?;
        self.check_when(field, read_when(field.value(), self.frame_rate))
    }

    /// Returns the time that was read from a field, and reports what is wrong or ambiguous about it.
    pub(in crate::source) fn check_when<'s>(
        &mut self,
        field: Field<'_>,
        read: Result<When<'s>, Option<TimeError>>,
    ) -> Option<When<'s>> {
        let (subject, name) = (self.subject, field.name());
        match read {
            Ok(when) => {
                if let When::At(Reading { ms, two_parts: true }) = when {
                    let problem = format!(
                        "{subject} has {} for {name:?}, which is read as minutes and seconds, but might mean hours and minutes",
                        written(field)
                    );
                    let remedy = format!("write {:?}", clock(Position::from_millis(ms)));
                    self.report_value(Code::TwoPartTime, field, Message::new(problem, remedy));
                }
                Some(when)
            }
            Err(Some(error)) => {
                let code = if error == TimeError::Negative { Code::BeforeZero } else { Code::BadTime };
                let problem = format!("{subject}: {name:?} {} {}", written(field), error.problem());
                self.report_value(code, field, Message::new(problem, error.remedy()));
                None
            }
            Err(None) => {
                self.wrong_type(field, "a time: seconds (560), \"00:09:20\", \"PT9M20S\" or \"9m20s\"");
                None
            }
        }
    }

    /// Returns the milliseconds of a field that is a length of time.
    pub(in crate::source) fn length_ms(&mut self, field: Option<Field<'_>>) -> Option<i64> {
        let field = field?;
        let read = read_when(field.value(), self.frame_rate).and_then(|when| match when {
            When::At(reading) if reading.ms < 0 => Err(Some(TimeError::Negative)),
            when => Ok(when),
        });
        match self.check_when(field, read)? {
            When::At(reading) => Some(reading.ms),
            When::From(_) => {
                let error = TimeError::ReferenceHere;
                let problem = format!("{}: {:?} {}", self.subject, field.name(), error.problem());
                self.report_value(Code::BadTime, field, Message::new(problem, error.remedy()));
                None
            }
        }
    }
}

/// Returns a value as it is written, shortened for a message.
fn written(field: Field<'_>) -> String {
    match field.value().shape() {
        Shape::Text(text) => quoted(text),
        Shape::Number(number) => number.chars().take(60).collect(),
        _ => String::new(),
    }
}
