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
    UnreachableInclude = "DB110", Error, "A file that the sheet includes could not be read, so nobody knows what is in it.";
    IncludeOutside = "DB111", Error, "An included file must lie in the sheet's own folder or below it, and is named by a relative path with forward slashes: a sheet then means the same on every machine, and takes nothing from outside its project.";
    IncludedTwice = "DB112", Error, "A file includes itself, by way of others or directly, or is included a second time: its cues would be there twice.";
    // 2xx: times.
    BadTime = "DB201", Error, "The value is no time. Times are seconds as a number, HH:MM:SS with up to three decimals, an ISO 8601 duration such as PT9M20S, 9m20s, SMPTE timecode with its rate such as 00:12:00:12@25 (with ; before the frames it is drop-frame, at 29.97 and 59.94), or a reference to another cue such as #song1.start+5s; the finest is a millisecond, the longest 366 days. Frames are rounded to the nearest millisecond.";
    BeforeZero = "DB202", Error, "Times count from the event's beginning; before it there is only the countdown.";
    AfterEnd = "DB203", Error, "The cue begins or ends after the event does, so nobody would see all of it.";
    TwoPartTime = "DB204", Warning, "Some read 9:20 as minutes and seconds, others as hours and minutes. It is taken as minutes and seconds.";
    EmptyCue = "DB205", Error, "The cue ends when it begins or earlier. To fire something at one instant, leave \"until\" and \"duration\" out.";
    TwoEnds = "DB206", Error, "\"until\" and \"duration\" both say when the cue ends.";
    BadFrameRate = "DB207", Error, "The frame rate is none of those in use: 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94, 60, 100, 119.88 and 120.";
    ReferenceCycle = "DB208", Error, "These times depend on each other in a circle, so none of them can be told. One of them has to be given in another way.";
    NoEnd = "DB209", Error, "The time hangs on the end of a cue that does not say when it ends. Give that cue \"until\" or \"duration\", or refer to its start.";
    BadRepeat = "DB210", Error, "A cue is repeated at least once, at most 200,000 times, and each time later than the time before.";
    BadBound = "DB211", Error, "What a cue needs of the clock is that it is wrong by no more than 1 ms to 10 s either way. No clock is exact to less, and every clock meets more.";
    // 3xx: names.
    DuplicateId = "DB301", Error, "Two cues have the same id. An id names a cue in logs, in references and across versions of the sheet.";
    BadName = "DB302", Error, "Names are 1 to 64 characters without control characters and without spaces at their ends. Ids are made of letters, digits and _ - . : / only, so that generated ids (action@ms) and references (#id.start) stay apart from them.";
    UnknownAction = "DB303", Error, "The sheet declares its \"actions\", and this one is not among them.";
    UnknownTrack = "DB304", Error, "The sheet declares its \"tracks\", and this one is not among them.";
    UnknownLocale = "DB305", Error, "This is no language tag, or the sheet declares its \"locales\" and this one is not among them.";
    UnknownKind = "DB306", Error, "An action is a state, which lasts, or a moment, which is over at once.";
    UnknownReference = "DB307", Error, "A time refers to a cue that is not there. Only ids that are written in the sheet or in what it includes can be referred to, not generated ones.";
    UnknownVar = "DB308", Error, "A text uses ${name}, and the sheet's \"vars\" have no such name. To mean the characters themselves, write $${name}.";
    DeclaredTwice = "DB309", Error, "The sheet and what it includes declare the same action or track more than once, and nobody knows which of them holds.";
    UnknownWord = "DB310", Error, "The value is not among the words that belong here, such as \"skip\" for \"late\" or \"tight\" for \"tolerance\".";
    // 4xx: what viewers read and get.
    BadText = "DB401", Error, "A message or a title is empty or longer than fits where it is shown.";
    MissingLocale = "DB402", Warning, "A message is not there in one of the sheet's \"locales\", or in one that was asked for: those viewers get it in another language.";
    BadParams = "DB403", Error, "The cue's \"params\" are not what its action's JSON Schema asks for.";
    BadSchema = "DB404", Error, "What the action has for \"params\" is no JSON Schema (2020-12), or refers to one elsewhere. Schemas are never fetched; put definitions under \"$defs\" and refer to them with #/$defs/name.";
    BadAsset = "DB405", Error, "What a cue preloads is named by addresses as a browser takes them: one line, no spaces, at most 2048 characters.";
    // 5xx: what the audience would see.
    Overlap = "DB501", Error, "Two cues last at the same time on a track that the sheet declares exclusive.";
    NeverEnds = "DB502", Warning, "A state lasts until it ends or until the next state of its track. This one does neither: whoever joins after it will see it for ever.";
    VisibleDrift = "DB503", Warning, "The action is declared tight: people notice when it comes at different times. Viewers' clocks may be apart by the sheet's \"expectedDrift\", so those who sit together, or hear each other, will see it. Let it begin slowly (a fade), spread it on purpose (\"jitter\" of at least the drift), leave it to those whose clock is certain (\"needs\" a bound of at most 50 ms, otherwise skip), or declare the action loose.";
    Flashes = "DB504", Warning, "More than three flashes within one second can cause seizures in people with photosensitive epilepsy (WCAG 2.3.1).";
    PreloadHerd = "DB505", Warning, "All viewers together would fetch more per second than the budget allows, so many would not have it in time. Spread the fetching wider, begin earlier, or make the files smaller.";
    OrderMatters = "DB506", Warning, "Two cues at the same instant on the same track do different things to the same thing; which of them wins follows from their ids only.";
    TooOften = "DB507", Warning, "The action happens more often within one second than the sheet's \"maxPerSecond\" for it allows.";
    BoundOutOfReach = "DB508", Warning, "How wrong a viewer's clock may be is known: by half of the best round trip to the server, and by what it may have drifted since, up to 30 ms from one question to the next five minutes later. Few are ever certain enough for a narrower bound than 40 ms: half of the time a viewer at home is within 33 ms, one on a phone within 64 ms.";
    NeedsInVain = "DB509", Warning, "Viewers spread the cue among themselves (\"jitter\") over more than the clock may be wrong by, so an exact clock makes no difference to what they see together.";
    LongWithheld = "DB510", Warning, "A state that is skipped while the clock is uncertain begins once it is certain enough, which for some is after minutes or never: they see nothing where everybody else sees the state. Let it begin all the same (\"otherwise\": \"fire\"), and make a moment of what has to be exact.";
}

/// Returns what a diagnostic's code means, at more length than its message; nothing for a code that does not exist.
///
/// ```
/// assert!(downbeat_sheet::explain("DB204").unwrap().contains("minutes and seconds"));
/// ```
pub fn explain(code: &str) -> Option<&'static str> {
    Code::ALL.iter().find(|known| known.as_str() == code).map(|known| known.explanation())
}
