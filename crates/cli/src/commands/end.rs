//! `end`: ends the event where it is.

use downbeat_core::{Command, Locale};

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::{CommandOptions, MessageArgs};
use crate::context::Context;
use crate::error::Error;
use crate::message;

/// Ends the event.
pub(crate) async fn run(
    context: &Context,
    message: &MessageArgs,
    options: &CommandOptions,
) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "end",
        question: "End the event?",
        command: &|state| {
            let locale = state.map_or_else(Locale::default, |(state, _)| state.locale.clone());
            Ok(Command::End { message: message::validated(&message.said, message.severity, &locale)? })
        },
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
