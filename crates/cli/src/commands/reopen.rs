//! `reopen`: undoes the end; the event is then paused where it ended.

use downbeat_core::Command;

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Undoes the end.
pub(crate) async fn run(context: &Context, options: &CommandOptions) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "reopen",
        question: "Reopen the event?",
        command: &|_| Ok(Command::Reopen),
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
