//! `reopen`: takes the end back; the event is then held where it had ended.

use downbeat_core::Command;

use crate::change::{self, Change, Wish};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Takes the end back.
pub(crate) async fn run(context: &Context, options: &CommandOptions) -> Result<Change, Error> {
    let wish = Wish {
        name: "reopen",
        question: "Reopen the event?",
        command: &|_| Ok(Command::Reopen),
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &wish).await
}
