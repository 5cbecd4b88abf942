//! `announce`: shows a message to viewers.

use downbeat_core::message::Draft;
use downbeat_core::{Command, Locale, Severity};

use crate::change::{self, Change, CommandSpec};
use crate::cli::{CommandOptions, RequiredMessageArgs};
use crate::context::Context;
use crate::error::Error;
use crate::given::{self, Said};

/// Shows a message to viewers.
pub(crate) async fn run(
    context: &Context,
    message: &RequiredMessageArgs,
    options: &CommandOptions,
) -> Result<Change, Error> {
    let said = [&message.texts[..], &message.said[..]].concat();
    let wish = CommandSpec {
        name: "announce",
        question: "Show this to viewers?",
        command: &|state| {
            let locale = state.map_or_else(Locale::default, |(state, _)| state.locale.clone());
            let message = checked(&said, message.severity, &locale)?;
            Ok(Command::Announce { message: message.expect("clap asks for at least one text") })
        },
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &wish).await
}

/// Builds a message, and checks it as the server will, so that no invalid message is sent.
pub(crate) fn checked(said: &[Said], severity: Severity, locale: &Locale) -> Result<Option<Draft>, Error> {
    let draft = given::draft(said, severity, locale).map_err(|error| Error::usage(error, "see --help"))?;
    if let Some(draft) = &draft {
        draft.resolve(locale).map_err(|error| {
            Error::invalid(error.to_string(), "change --message; plain text is in the event's default locale")
        })?;
    }
    Ok(draft)
}
