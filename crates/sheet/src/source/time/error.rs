//! Why a text or a number is not a valid time.

/// A reason why a text or a number is not a valid time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeError {
    /// It is before zero.
    Negative,
    /// It has another dash where a minus belongs.
    Dash,
    /// It has a fraction of a millisecond.
    TooFine,
    /// It is longer than [`TIME_MAX`](crate::rundown::TIME_MAX).
    TooLong,
    /// It is a number in quotes.
    Quoted,
    /// Minutes or seconds are above 59.
    Sixty,
    /// Minutes or seconds do not have two digits.
    Digits,
    /// It has spaces at its ends.
    Spaces,
    /// It has a comma before its decimals.
    Comma,
    /// It is a time of day.
    TimeOfDay,
    /// It has a character that nobody sees.
    Invisible,
    /// It has years or months, which have no fixed length.
    Calendar,
    /// It counts frames at an unknown rate.
    NoRate,
    /// It names a frame rate that does not exist.
    BadRate,
    /// It has a frame number that its rate does not reach.
    BadFrame,
    /// It is drop-frame at a rate that drops no frames.
    NoDrop,
    /// It is a frame number that drop-frame leaves out.
    Dropped,
    /// It begins like a reference, but is not a valid one.
    BadReference,
    /// It is a reference where only a length of time makes sense.
    ReferenceHere,
    /// It does not look like a time.
    Unknown,
}

impl TimeError {
    /// Returns the rest of a sentence that begins with the text or number.
    pub(crate) fn problem(self) -> &'static str {
        match self {
            Self::Negative => "is before zero",
            Self::Dash => "begins with a dash that is not a minus",
            Self::TooFine => "is finer than a millisecond",
            Self::TooLong => "is more than 366 days",
            Self::Quoted => "is a number in quotes",
            Self::Sixty => "has minutes or seconds that are not 00 to 59",
            Self::Digits => "has minutes or seconds that are not two digits",
            Self::Spaces => "has spaces at its ends",
            Self::Comma => "has a comma before its decimals",
            Self::TimeOfDay => "is a time of day",
            Self::Invisible => "has a character that nobody sees",
            Self::Calendar => "has years or months, whose length varies",
            Self::NoRate => "counts frames, but does not say how many make a second",
            Self::BadRate => "has an unknown frame rate",
            Self::BadFrame => "has a frame that its rate does not reach",
            Self::NoDrop => "is in drop-frame (\";\"), which only 29.97 and 59.94 have",
            Self::Dropped => {
                "is a frame that drop-frame leaves out: each minute but every tenth begins at frame 02 (04 at 59.94)"
            }
            Self::BadReference => "is not a valid reference",
            Self::ReferenceHere => "is a reference, and only \"time\" and \"until\" take one",
            Self::Unknown => "is not a valid time",
        }
    }

    /// Returns what to write instead.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Negative => "use 0 or more; only \"time\" and \"until\" may be before the event begins",
            Self::Dash => "type - again",
            Self::TooFine => "use at most three decimals",
            Self::TooLong => "use 366 days at most",
            Self::Quoted => "leave the quotes out to mean seconds",
            Self::Sixty => "write HH:MM:SS, such as \"00:09:20\"",
            Self::Digits => "write HH:MM:SS, such as \"00:09:20\"",
            Self::Spaces => "take them away",
            Self::Comma => "write a point",
            Self::TimeOfDay => "write how long after the event's beginning it is, such as \"00:09:20\"",
            Self::Invisible => "type the time again",
            Self::Calendar => "use days, hours, minutes and seconds",
            Self::NoRate => "add the rate, such as \"00:12:00:12@25\", or the sheet's \"frameRate\"",
            Self::BadRate => "use one of 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94, 60, 100, 119.88 and 120",
            Self::BadFrame => "frames count from 00 to one less than the rate",
            Self::NoDrop => "use \":\" or one of these rates",
            Self::Dropped => "use the next one",
            Self::BadReference => {
                "write \"#id.start\" or \"#id.end\", perhaps with a distance, such as \"#song1.start+5s\""
            }
            Self::ReferenceHere => "write a length such as \"4s\"",
            Self::Unknown => "write seconds (560), \"00:09:20\", \"PT9M20S\" or \"9m20s\"",
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_time_that_is_none_is_refused_for_its_own_reason() {
        for (time, reason) in [
            ("0:0:00", "has minutes or seconds that are not two digits"),
            ("00:9:20", "has minutes or seconds that are not two digits"),
            ("00:75:00", "has minutes or seconds that are not 00 to 59"),
            ("\u{2212}5s", "begins with a dash that is not a minus"),
            ("\u{2013}00:00:05", "begins with a dash that is not a minus"),
            ("-5", "is a number in quotes"),
            (" 00:09:20", "has spaces at its ends"),
            ("00:09:20,500", "has a comma before its decimals"),
            ("7:30 PM", "is a time of day"),
            ("2026-12-24 19:30", "is a time of day"),
            ("00:09:20\u{200b}", "has a character that nobody sees"),
            ("00.09.20", "is not a valid time"),
            ("560", "is a number in quotes"),
            ("soon", "is not a valid time"),
        ] {
            let compiled = crate::compile(&format!("[{{ \"time\": \"{time}\", \"action\": \"a\" }}]"));
            let problem = compiled.diagnostics[0].problem();
            assert!(problem.ends_with(reason), "{time:?}: {problem}");
        }
        let curly = crate::compile("[{ \u{201c}time\u{201d}: 1 }]");
        assert!(curly.diagnostics[0].message().contains("straight double quotes"), "{}", curly.diagnostics[0]);
        let value = crate::compile("[{ \"time\": \u{201c}1\u{201d} }]");
        assert!(value.diagnostics[0].message().contains("straight double quotes"), "{}", value.diagnostics[0]);
    }
}
