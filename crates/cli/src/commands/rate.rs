//! `rate`: changes how fast the event runs.

use downbeat_core::{Command, Rate};

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;

/// Changes how fast the event runs; a paused event runs at that rate once it resumes.
pub(crate) async fn run(context: &Context, rate: Rate, options: &CommandOptions) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "rate",
        question: "Change the rate?",
        command: &|_| Ok(Command::Rate { rate }),
        lines: vec![("rate", format!("{rate} (also after a pause)"))],
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
