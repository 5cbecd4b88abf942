//! `pause`: the emergency command. It needs a server, an event and a token, but no sheet, build or repository.

use downbeat_core::{Command, Locale};

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::{CommandOptions, MessageArgs};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::last_seen;
use crate::message;

/// Pauses the event where it is.
pub(crate) async fn run(
    context: &Context,
    message: &MessageArgs,
    options: &CommandOptions,
) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "pause",
        question: "Pause the event?",
        command: &|state| {
            let locale = state.map_or_else(Locale::default, |(state, _)| state.locale.clone());
            Ok(Command::Pause { message: message::validated(&message.said, message.severity, &locale)? })
        },
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await.inspect_err(|error| point_at_glass(context, error))
}

/// Mentions `--break-glass` when the server cannot be reached, if the event was set up for it.
fn point_at_glass(context: &Context, error: &Error) {
    let known = || last_seen::recall(context.settings.server().ok()?, &context.settings.event)?.state.emergency;
    if error.exit() == Exit::Network && known().is_some() {
        let line = context.command_line(&["pause", "--break-glass"]);
        context.output.remark(&format!("if the server is gone: {line}\n"));
    }
}
