//! Messages to viewers: building one from the command line, and describing the one that they see.

use std::collections::BTreeMap;
use std::fmt;

use downbeat_core::message::Draft;
use downbeat_core::{Locale, ServerTime, Severity};
use downbeat_wire::{Announcement, StateBody};

use crate::error::Error;
use crate::given::{self, Said};
use crate::text;

/// Builds a message from the texts on the command line, and validates it as the server will, so that no invalid message is
/// sent. `None` if there are no texts.
pub(crate) fn validated(said: &[Said], severity: Severity, locale: &Locale) -> Result<Option<Draft>, Error> {
    let draft = given::draft(said, severity, locale).map_err(|error| Error::usage(error, "see --help"))?;
    if let Some(draft) = &draft {
        draft.resolve(locale).map_err(|error| {
            Error::invalid(error.to_string(), "change --message; plain text is in the event's default locale")
        })?;
    }
    Ok(draft)
}

/// The message that viewers see at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VisibleMessage {
    /// Viewers see no message.
    None,
    /// Viewers see these texts.
    Shown { texts: BTreeMap<Locale, String>, severity: Severity },
}

impl VisibleMessage {
    /// Returns the message that viewers see at `at`, provided that nobody changes it until then.
    pub(crate) fn at(state: &StateBody, at: ServerTime) -> Self {
        match state.messages.iter().rev().find(|announcement| announcement.from <= at) {
            Some(Announcement { text: Some(texts), severity, .. }) => {
                Self::Shown { texts: texts.clone(), severity: *severity }
            }
            _ => Self::None,
        }
    }
}

impl fmt::Display for VisibleMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no message"),
            Self::Shown { texts, severity } => {
                for (index, (locale, text)) in texts.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}\"{}\" ({locale})", text::tame(text))?;
                }
                write!(f, ", {}", severity.as_str())
            }
        }
    }
}
