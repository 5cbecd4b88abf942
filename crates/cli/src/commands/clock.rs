//! `clock …`, a file per command.

mod measure;
mod replay;
mod trace;

use crate::cli::{ClockTask, Global};
use crate::error::Error;
use crate::output::{Output, Report};

/// Runs one of them. Neither replaying nor measuring a given server needs a context.
pub(super) async fn run(task: ClockTask, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    Ok(match task {
        ClockTask::Measure(args) => Box::new(measure::run(&args, global, output).await?),
        ClockTask::Replay(args) => Box::new(replay::run(&args)?),
    })
}
