//! What a state has in it, for a refusal that says what to shorten.

use core::fmt;

/// What a state has in it, in bytes of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateParts {
    /// The number of messages, shown and scheduled.
    pub count: usize,
    /// Their bytes.
    pub messages: usize,
    /// The bytes of the changes of the timeline.
    pub changes: usize,
    /// The bytes of everything else: title, origins and the like.
    pub settings: usize,
}

impl fmt::Display for StateParts {
    /// Says what the state has in it, and what to do about the greatest part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, messages, changes, settings } = *self;
        write!(f, "{messages} in {count} messages, {changes} in changes to the timeline and {settings} in settings, ")?;
        f.write_str("each twice, since undo keeps a copy; ")?;
        f.write_str(if messages >= changes && messages >= settings {
            "shorten the message, leave locales out, or \"clear\" what is scheduled"
        } else if changes >= settings {
            "undo scheduled changes, or wait a minute after some have taken effect"
        } else {
            "shorten the title, or name fewer origins"
        })
    }
}
