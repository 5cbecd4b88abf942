//! `resume`: continues the event from where it was paused.

use downbeat_core::Command;

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Continues the event from where it was paused.
pub(crate) async fn run(context: &Context, options: &CommandOptions) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "resume",
        question: "Resume the event?",
        command: &|_| Ok(Command::Resume),
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
