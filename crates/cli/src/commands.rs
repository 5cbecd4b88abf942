//! A file per command. Each looks, decides and returns a report; `output` prints it.

mod announce;
mod clear;
mod completions;
mod cues_check;
mod cues_compile;
mod cues_explain;
mod cues_list;
mod cues_publish;
mod cues_rollback;
mod doctor;
mod end;
mod event_list;
mod event_set;
mod event_show;
mod log;
mod man;
mod pause;
mod rate;
mod reopen;
mod resume;
mod seek;
mod status;
mod token_new;
mod undo;

use crate::cli::{Cli, CuesTask, EventTask, Task, TokenTask};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Output, Report};
use crate::profile::Settings;

/// Runs the command that the command line names.
pub(crate) fn run(cli: Cli, output: Output) -> Result<Box<dyn Report>, Error> {
    let Cli { global, task } = cli;
    // What needs no server needs no settings either: a broken downbeat.toml must not stand in its way.
    let task = match task {
        Task::Completions { shell } => return Ok(Box::new(completions::run(shell))),
        Task::Man { out } => return Ok(Box::new(man::run(out)?)),
        Task::Token(TokenTask::New(args)) => return Ok(Box::new(token_new::run(args)?)),
        Task::Cues(CuesTask::Check(args)) => {
            return Ok(match &args.explain {
                Some(code) => Box::new(cues_explain::run(code)?),
                None => Box::new(cues_check::run(&args, output)?),
            });
        }
        Task::Cues(CuesTask::Compile { sheet, out }) => {
            return Ok(Box::new(cues_compile::run(&sheet, out.as_deref(), global.dry_run, output)?));
        }
        task => task,
    };
    let settings = match (Settings::load(&global.flags()), &task) {
        (Err(error), Task::Doctor) => return Ok(Box::new(doctor::without_settings(&error))),
        (settings, _) => settings?,
    };
    let context = Context { settings, output, yes: global.yes, dry_run: global.dry_run };
    let context = &context;
    Ok(match task {
        Task::Event(EventTask::Set(args)) => Box::new(event_set::run(context, args)?),
        Task::Event(EventTask::Show) => Box::new(event_show::run(context)?),
        Task::Event(EventTask::List) => Box::new(event_list::run(context)?),
        Task::Status => Box::new(status::run(context)?),
        Task::Pause { message, options } => Box::new(pause::run(context, &message, &options)?),
        Task::Resume { options } => Box::new(resume::run(context, &options)?),
        Task::Seek { position, options } => Box::new(seek::run(context, position, &options)?),
        Task::Rate { rate, options } => Box::new(rate::run(context, rate, &options)?),
        Task::Announce { message, options } => Box::new(announce::run(context, &message, &options)?),
        Task::Clear { options } => Box::new(clear::run(context, &options)?),
        Task::End { message, options } => Box::new(end::run(context, &message, &options)?),
        Task::Reopen { options } => Box::new(reopen::run(context, &options)?),
        Task::Undo { options } => Box::new(undo::run(context, &options)?),
        Task::Log(args) => Box::new(log::run(context, &args)?),
        Task::Cues(CuesTask::Publish { sheet, options }) => Box::new(cues_publish::run(context, &sheet, &options)?),
        Task::Cues(CuesTask::List) => Box::new(cues_list::run(context)?),
        Task::Cues(CuesTask::Rollback { to, options }) => {
            Box::new(cues_rollback::run(context, to.as_deref(), &options)?)
        }
        Task::Doctor => Box::new(doctor::run(context)),
        Task::Cues(CuesTask::Check(_) | CuesTask::Compile { .. })
        | Task::Token(_)
        | Task::Completions { .. }
        | Task::Man { .. } => unreachable!("answered above, without settings"),
    })
}
