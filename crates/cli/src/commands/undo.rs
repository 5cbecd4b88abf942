//! `undo`: undoes the last change.

use downbeat_core::Command;

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Undoes the last change.
pub(crate) async fn run(context: &Context, options: &CommandOptions) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "undo",
        question: "Take the last change back?",
        command: &|_| Ok(Command::Undo),
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
