//! `cues …`, a file per command.

mod asked;
mod at;
mod check;
mod compile;
mod copy;
mod diff;
mod explain;
mod export;
mod fmt;
mod gc;
mod history;
mod import;
mod init;
mod join;
mod list;
mod live;
mod preview;
mod publish;
pub(crate) mod release;
mod rollback;
mod schema;
mod shift;
mod verify;

use crate::cli::{CuesTask, Global};
use crate::error::Error;
use crate::output::{Output, Report};

/// Runs one of them. Those that need no server ask for no context.
pub(super) async fn run(task: CuesTask, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    let context = || super::context(global, output);
    Ok(match task {
        CuesTask::Init(args) => Box::new(init::run(&args, global.dry_run)?),
        CuesTask::Fmt(args) => Box::new(fmt::run(&args, global.dry_run)?),
        CuesTask::Shift(args) => Box::new(shift::run(&args, global.dry_run, output)?),
        CuesTask::Schema(args) => Box::new(schema::run(&args, global.dry_run, output)?),
        CuesTask::At(args) => Box::new(at::run(&args, &context, output).await?),
        CuesTask::Join(args) => Box::new(join::run(&args, &context, output).await?),
        CuesTask::List(args) => list::run(&args, &context, global.dry_run, output).await?,
        CuesTask::Diff(args) => Box::new(diff::run(&args, &context, output).await?),
        CuesTask::Import(args) => Box::new(import::run(&args, global.yes, global.dry_run, output)?),
        CuesTask::Export(args) => Box::new(export::run(&args, global.dry_run, output)?),
        CuesTask::Check(args) => match &args.explain {
            Some(code) => Box::new(explain::run(code)?),
            None => Box::new(check::run(&args, output)?),
        },
        CuesTask::Compile { sheet, out } => Box::new(compile::run(&sheet, out.as_deref(), global.dry_run, output)?),
        CuesTask::Preview(args) => Box::new(preview::run(&args, global.dry_run, output)?),
        CuesTask::Plan(args) => publish::plan(&context()?, &args).await?,
        CuesTask::Publish(args) => publish::run(&context()?, &args).await?,
        CuesTask::Rollback(args) => rollback::run(&context()?, &args).await?,
        CuesTask::History(args) => Box::new(history::run(&context()?, &args).await?),
        CuesTask::Verify(args) => Box::new(verify::run(&context()?, &args).await?),
        CuesTask::Copy(args) => Box::new(copy::run(&context()?, &args).await?),
        CuesTask::Gc(args) => Box::new(gc::run(&context()?, &args).await?),
    })
}
