//! The table of codes. A code never changes its meaning and is never reused for another.

use super::level::Level;

macro_rules! codes {
    ($($name:ident = $code:literal, $level:ident, $explanation:literal;)*) => {
        /// The kind of problem that a diagnostic is about.
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
    Syntax = "DB101", Error, "The text is not valid JSON. Beyond JSON, only comments and trailing commas are allowed. Reading stops at the first error, so there may be more after it.";
    DuplicateKey = "DB102", Error, "An object has the same key twice. JSON readers differ in which of the two they use, so the sheet is refused.";
    UnknownField = "DB103", Error, "A sheet has no field of this name here. If misspelled fields were ignored, the audience would be the first to notice.";
    WrongType = "DB104", Error, "The value has another type than the field takes, such as a text where a number belongs.";
    MissingField = "DB105", Error, "A required field is missing.";
    Version = "DB106", Error, "The sheet is written for a version of the format that this compiler does not read.";
    TooLarge = "DB107", Error, "The sheet or a part of it is larger than any event needs, and larger than browsers should have to load.";
    NumberTooLarge = "DB108", Error, "Above 2^53 - 1, browsers round integers to the nearest number they can represent, and readers of canonical JSON (RFC 8785) refuse them. Write such a number as a text.";
    NotARundown = "DB109", Error, "The text says that it is a rundown, the compiled form of a sheet, but it is not a valid one. Compile the sheet again instead of editing its rundown.";
    UnreachableInclude = "DB110", Error, "A file that the sheet includes could not be read, so its cues are missing.";
    IncludeOutside = "DB111", Error, "An included file must be in the sheet's own folder or below it, and is named by a relative path with forward slashes. A sheet then means the same on every machine, and reads nothing from outside its project.";
    IncludedTwice = "DB112", Error, "A file includes itself, directly or through others, or is included a second time: its cues would be there twice.";
    // 2xx: times.
    BadTime = "DB201", Error, "The value is not a valid time. Times are seconds as a number, HH:MM:SS with up to three decimals, an ISO 8601 duration such as PT9M20S, 9m20s, SMPTE timecode with its rate such as 00:12:00:12@25 (with ; before the frames it is drop-frame, at 29.97 and 59.94), or a reference to another cue such as #song1.start+5s. The finest time is a millisecond, the longest 366 days. Frames are rounded to the nearest millisecond.";
    BeforeZero = "DB202", Error, "A length of time cannot be negative. The time of a cue can: it then fires while the event counts down, at most 366 days before it begins.";
    AfterEnd = "DB203", Error, "The cue begins or ends after the event does, so nobody would see all of it.";
    TwoPartTime = "DB204", Warning, "Some read 9:20 as minutes and seconds, others as hours and minutes. It is read as minutes and seconds.";
    EmptyCue = "DB205", Error, "The cue ends when it begins or earlier. To fire something at one instant, leave out \"until\" and \"duration\".";
    TwoEnds = "DB206", Error, "\"until\" and \"duration\" both say when the cue ends. Keep one of them.";
    BadFrameRate = "DB207", Error, "The frame rate is not one of those in use: 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94, 60, 100, 119.88 and 120.";
    ReferenceCycle = "DB208", Error, "These times depend on each other in a circle, so none of them can be computed. Give one of them a time of its own.";
    NoEnd = "DB209", Error, "The time depends on the end of a cue that does not say when it ends. Give that cue \"until\" or \"duration\", or refer to its start.";
    BadRepeat = "DB210", Error, "A cue can be repeated 1 to 200,000 times, and each time must be later than the one before.";
    BadBound = "DB211", Error, "The bound in \"needs\" is how wrong a clock may be, either way: 1 ms to 10 s. No clock is exact to less than 1 ms, and every clock is within 10 s.";
    TimeOfDay = "DB212", Warning, "Times count from the event's beginning, and these look like times of day: nothing happens in the first three hours, or the sheet runs back over midnight. In such a show nothing fires when it should. A table with times of day is converted by \"cues import --start 19:30\". If the first cue of a long event really comes so late, write its time with units, such as 19h30m.";
    LongEvent = "DB213", Warning, "The event is at least twelve hours long, and its cues are over after the first eighth of it. Either the sheet's \"duration\" is wrong, or minutes were written where hours were meant.";
    // 3xx: names.
    DuplicateId = "DB301", Error, "Two cues have the same id. An id names a cue in logs, in references and across versions of the sheet.";
    BadName = "DB302", Error, "Names have 1 to 64 characters, without control characters and without spaces at their ends. Ids consist of letters, digits and _ - . : / only, so that they differ from generated ids (action@ms) and references (#id.start).";
    UnknownAction = "DB303", Error, "The sheet declares its \"actions\", and this one is not among them.";
    UnknownTrack = "DB304", Error, "The sheet declares its \"tracks\", and this one is not among them.";
    UnknownLocale = "DB305", Error, "The value is not a language tag, or the sheet declares its \"locales\" and this one is not among them.";
    UnknownKind = "DB306", Error, "An action is either a state, which lasts, or a moment, which is over at once.";
    UnknownReference = "DB307", Error, "A time refers to a cue that does not exist. References take the ids that are written in the sheet and the files it includes, not generated ones.";
    UnknownVar = "DB308", Error, "A text uses ${name}, and the sheet's \"vars\" do not have that name. To mean the characters themselves, write $${name}.";
    DeclaredTwice = "DB309", Error, "The sheet and the files it includes declare the same action or track more than once, so it is unclear which declaration applies.";
    UnknownWord = "DB310", Error, "The value is not one of the words that the field takes, such as \"skip\" for \"late\" or \"tight\" for \"tolerance\".";
    // 4xx: what viewers read and load.
    BadText = "DB401", Error, "A message or a title is empty, or too long for the place where it is shown.";
    MissingLocale = "DB402", Warning, "A message is missing in one of the sheet's \"locales\", or in one that was asked for: those viewers get it in another language.";
    BadParams = "DB403", Error, "The cue's \"params\" do not match the JSON Schema of its action.";
    BadSchema = "DB404", Error, "The action's \"params\" are not a valid JSON Schema (2020-12), or refer to a schema elsewhere. Schemas are never fetched; put definitions under \"$defs\" and refer to them with #/$defs/name.";
    BadAsset = "DB405", Error, "A file to preload is named by an address as browsers accept it: one line, no spaces, at most 2048 characters.";
    // 5xx: what the audience would see.
    Overlap = "DB501", Error, "Two cues overlap on a track that the sheet declares exclusive.";
    NeverEnds = "DB502", Warning, "A state lasts until it ends or until the next state of its track. This one does neither, so everyone who joins after it will see it for ever.";
    VisibleDrift = "DB503", Warning, "The action is declared tight: people notice when it fires at different times. Viewers' clocks may differ by the sheet's \"expectedDrift\", so people who sit together, or hear each other, will notice. Let the effect begin slowly (a fade), spread it on purpose (\"jitter\" of at least the drift), leave it to viewers whose clock is certain (\"needs\" a bound of at most 50 ms, otherwise skip), or declare the action loose.";
    Flashes = "DB504", Warning, "More than three flashes within one second can cause seizures in people with photosensitive epilepsy (WCAG 2.3.1).";
    PreloadHerd = "DB505", Warning, "All viewers together would fetch more per second than the budget allows, so many would not have the files in time. Spread the fetching wider, begin earlier, or make the files smaller.";
    OrderMatters = "DB506", Warning, "Two cues at the same instant on the same track do different things; only their ids decide which of them wins.";
    TooOften = "DB507", Warning, "The action comes more often within one second than its \"maxPerSecond\" allows.";
    BoundOutOfReach = "DB508", Warning, "The possible error of a viewer's clock is half of its best round trip to the server, plus what it may have drifted since: up to 30 ms between two requests five minutes apart. Few clocks are ever certain enough for a bound below 40 ms: half of the time a viewer at home is within 33 ms, one on a phone within 64 ms.";
    NeedsInVain = "DB509", Warning, "Viewers spread the cue among themselves (\"jitter\") over more time than their clocks may be wrong by, so an exact clock makes no difference to what they see together.";
    LongWithheld = "DB510", Warning, "A state that is skipped while the clock is uncertain begins once the clock is certain enough, which for some viewers takes minutes or never happens: they see nothing while everyone else sees the state. Let it begin anyway (\"otherwise\": \"fire\"), and put what has to be exact into a moment of its own.";
}

/// Returns what a diagnostic's code means, in more detail than its message; `None` if the code does not exist.
///
/// ```
/// assert!(downbeat_sheet::explain("DB204").unwrap().contains("minutes and seconds"));
/// ```
pub fn explain(code: &str) -> Option<&'static str> {
    Code::ALL.iter().find(|known| known.as_str() == code).map(|known| known.explanation())
}
