//! `clear`: removes the message to viewers.

use downbeat_core::Command;

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Removes the message to viewers.
pub(crate) async fn run(context: &Context, options: &CommandOptions) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "clear",
        question: "Take the message away?",
        command: &|_| Ok(Command::Clear),
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
