//! `pause`: the emergency command. It needs a server, an event and a token, but no sheet, build or repository.

use downbeat_core::{Command, Locale};

use crate::again;
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
    change::carry_out(context, options, &spec).await.map_err(|error| point_at_glass(context, error))
}

/// Adds how to pause without a server when it cannot be reached, if the event was set up for that: the same command with
/// `--break-glass`, with everything that was typed.
fn point_at_glass(context: &Context, error: Error) -> Error {
    let known = || last_seen::recall(context.settings.server().ok()?, &context.settings.event)?.state.emergency;
    if error.exit() != Exit::Network || known().is_none() {
        return error;
    }
    let line = with_break_glass();
    error
        .and_hint(format!("if the server is gone, pause without it: {line}"))
        .with("breakGlass", serde_json::json!(line))
}

/// Returns the command line that this program was called with, for a pause without a server. What that cannot take is left out.
fn with_break_glass() -> String {
    const NOT_TAKEN: [&str; 4] = ["--at", "--tz", "--id", "--if-rev"];
    let mut is_value = false;
    let mut line = again::line(|argument| {
        if core::mem::take(&mut is_value) {
            return Vec::new();
        }
        let name = argument.split('=').next().unwrap_or_default();
        if NOT_TAKEN.contains(&name) {
            is_value = name == argument;
            return Vec::new();
        }
        vec![argument]
    });
    line.push_str(" --break-glass");
    line
}
