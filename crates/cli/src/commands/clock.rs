//! `clock …`, a file per command.

mod measure;
mod replay;
mod trace;

use crate::cli::{ClockTask, Global};
use crate::error::Error;
use crate::output::{Output, Report};

/// Runs one of them. Replaying asks for no context, and measuring a server that is named for none either.
pub(super) async fn run(task: ClockTask, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    Ok(match task {
        ClockTask::Measure(args) => Box::new(measure::run(&args, global, output).await?),
        ClockTask::Replay(args) => Box::new(replay::run(&args)?),
    })
}
