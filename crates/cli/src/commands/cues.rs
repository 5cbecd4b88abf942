//! `cues …`, a file per command.

mod check;
mod compile;
mod explain;
mod list;
mod preview;
mod publish;
mod rollback;

use crate::cli::{CuesTask, Global};
use crate::error::Error;
use crate::output::{Output, Report};

/// Runs one of them. Those that need no server ask for no context.
pub(super) fn run(task: CuesTask, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    let context = || super::context(global, output);
    Ok(match task {
        CuesTask::Check(args) => match &args.explain {
            Some(code) => Box::new(explain::run(code)?),
            None => Box::new(check::run(&args, output)?),
        },
        CuesTask::Compile { sheet, out } => Box::new(compile::run(&sheet, out.as_deref(), global.dry_run, output)?),
        CuesTask::Preview(args) => Box::new(preview::run(&args, global.dry_run, output)?),
        CuesTask::Publish { sheet, options } => Box::new(publish::run(&context()?, &sheet, &options)?),
        CuesTask::List => Box::new(list::run(&context()?)?),
        CuesTask::Rollback { to, options } => Box::new(rollback::run(&context()?, to.as_deref(), &options)?),
    })
}
