//! `announce`: shows a message to viewers.

use downbeat_core::{Command, Locale};

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::{CommandOptions, RequiredMessageArgs};
use crate::context::Context;
use crate::error::Error;
use crate::message;

/// Shows a message to viewers.
pub(crate) async fn run(
    context: &Context,
    args: &RequiredMessageArgs,
    options: &CommandOptions,
) -> Result<ChangeReport, Error> {
    let said = [&args.texts[..], &args.said[..]].concat();
    let spec = CommandSpec {
        name: "announce",
        question: "Show this to viewers?",
        command: &|state| {
            let locale = state.map_or_else(Locale::default, |(state, _)| state.locale.clone());
            let message = message::validated(&said, args.severity, &locale)?;
            Ok(Command::Announce { message: message.expect("clap asks for at least one text") })
        },
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
