//! `undo` and `redo`: take the newest change back, and apply it again.

use downbeat_core::{Command, Rev};

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// A change is taken back.
    Undo,
    /// A change that was taken back is applied again.
    Redo,
}

/// Undoes or redoes the newest change, which must be that of `rev` if one is given.
pub(crate) async fn run(
    context: &Context,
    direction: Direction,
    rev: Option<Rev>,
    options: &CommandOptions,
) -> Result<ChangeReport, Error> {
    let (name, question, command) = match direction {
        Direction::Undo => ("undo", "Undo this change?", Command::Undo { rev }),
        Direction::Redo => ("redo", "Apply this change again?", Command::Redo { rev }),
    };
    let spec = CommandSpec { name, question, command: &|_| Ok(command.clone()), lines: Vec::new(), undo: None };
    change::carry_out(context, options, &spec).await
}
