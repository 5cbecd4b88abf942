//! `clear`: takes the message to viewers away.

use downbeat_core::Command;

use crate::change::{self, Change, Wish};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Takes the message to viewers away.
pub(crate) async fn run(context: &Context, options: &CommandOptions) -> Result<Change, Error> {
    let wish = Wish {
        name: "clear",
        question: "Take the message away?",
        command: &|_| Ok(Command::Clear),
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &wish).await
}
