//! The codes, one table: a code never changes its meaning and is never used again for another.

use super::Level;

macro_rules! codes {
    ($($name:ident = $code:literal, $level:ident, $explanation:literal;)*) => {
        /// What kind of thing is said.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Code {
            $($name,)*
        }

        impl Code {
            /// All codes, in the order of their numbers.
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            pub(crate) const fn level(self) -> Level {
                match self {
                    $(Self::$name => Level::$level,)*
                }
            }

            const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$name => $explanation,)*
                }
            }
        }
    };
}

codes! {
    // 1xx: the document.
    Syntax = "DB101", Error, "The text is no JSON. Beyond JSON, comments and trailing commas are allowed, nothing else. Reading stops at the first such place, so there may be more after it.";
    DuplicateKey = "DB102", Error, "An object has the same key twice. Readers differ in which of the two they take, so the sheet is refused.";
    UnknownField = "DB103", Error, "A sheet has no such field here. A misspelled field that is silently ignored would be found out by the audience.";
    WrongType = "DB104", Error, "The value is of another type than the field takes, such as a text where a number belongs.";
    MissingField = "DB105", Error, "A field without which a cue or a sheet means nothing is not there.";
    Version = "DB106", Error, "The sheet is written for a version of the format that this compiler does not read.";
    TooLarge = "DB107", Error, "The sheet or a part of it is larger than anything an event needs, and larger than browsers should be given.";
    NumberTooLarge = "DB108", Error, "Beyond 2^53 - 1 browsers round integers to the next one they have, and readers of canonical JSON (RFC 8785) refuse them. Write such a number as a text.";
    NotARundown = "DB109", Error, "The text says it is a rundown, the compiled form, but it is not one. Compile the sheet again rather than edit its rundown.";
    // 2xx: times.
    BadTime = "DB201", Error, "The value is no time. Times are seconds as a number, HH:MM:SS with up to three decimals, an ISO 8601 duration such as PT9M20S, or 9m20s; the finest is a millisecond, the longest 366 days.";
    BeforeZero = "DB202", Error, "Times count from the event's beginning; before it there is only the countdown.";
    AfterEnd = "DB203", Error, "The cue begins or ends after the event does, so nobody would see all of it.";
    TwoPartTime = "DB204", Warning, "Some read 9:20 as minutes and seconds, others as hours and minutes. It is taken as minutes and seconds.";
    EmptyCue = "DB205", Error, "The cue ends when it begins or earlier. To fire something at one instant, leave \"until\" and \"duration\" out.";
    TwoEnds = "DB206", Error, "\"until\" and \"duration\" both say when the cue ends.";
    // 3xx: names.
    DuplicateId = "DB301", Error, "Two cues have the same id. An id names a cue in logs, in references and across versions of the sheet.";
    BadName = "DB302", Error, "Names are 1 to 64 characters without control characters and without spaces at their ends. Ids are made of letters, digits and _ - . : / only, so that generated ids (action@ms) and references (#id.start) stay apart from them.";
    UnknownAction = "DB303", Error, "The sheet declares its \"actions\", and this one is not among them.";
    UnknownTrack = "DB304", Error, "The sheet declares its \"tracks\", and this one is not among them.";
    UnknownLocale = "DB305", Error, "This is no language tag, or the sheet declares its \"locales\" and this one is not among them.";
    UnknownKind = "DB306", Error, "An action is a state, which lasts, or a moment, which is over at once.";
    // 4xx: what viewers read.
    BadText = "DB401", Error, "A message or a title is empty or longer than fits where it is shown.";
}

/// Gives what a diagnostic's code means, at more length than its message; nothing for a code that does not exist.
///
/// ```
/// assert!(downbeat_sheet::explain("DB204").unwrap().contains("minutes and seconds"));
/// ```
pub fn explain(code: &str) -> Option<&'static str> {
    Code::ALL.iter().find(|known| known.as_str() == code).map(|known| known.explanation())
}
