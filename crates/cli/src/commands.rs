//! A file per command. Each reads what it needs, decides and returns a report; `output` prints it.

mod announce;
mod audience;
mod bill;
mod clear;
mod clock;
mod completions;
pub(crate) mod cues;
mod doctor;
mod emergency;
mod end;
mod event_archive;
mod event_delete;
mod event_list;
mod event_reset;
mod event_restore;
mod event_set;
mod event_show;
mod load;
pub(crate) mod log;
mod man;
mod pause;
mod plan;
mod profile;
mod rate;
mod reopen;
mod report;
mod resume;
mod room;
mod seek;
mod simulate;
mod status;
mod stop;
mod swarm;
mod token;
mod undo;
mod watch;

use downbeat_api::EventScope;
use downbeat_core::{EventName, Span};
use event_archive::Archive;
use undo::Direction;

use crate::cli::{Cli, EventTask, Global, Task};
use crate::context::Context;
use crate::error::Error;
use crate::near;
use crate::output::{Output, Report};
use crate::profile::{ProfileError, Settings};

/// How long to wait for the list of events in which a mistyped name is looked for: 2 s.
const LIST_TIMEOUT: Span = Span::from_millis(2_000);

/// Runs the command that the command line names.
pub(crate) async fn run(cli: Cli, output: Output) -> Result<Box<dyn Report>, Error> {
    let Cli { global, task } = cli;
    let named = task.event().cloned();
    // Rooms are in no list.
    let is_listed = !matches!(&task, Task::Room(_)) && !matches!(&task, Task::Load(args) if !args.room.is_empty());
    match carry_out(task, &global, output).await {
        Err(error) if is_listed && error.code() == "unknown-event" => {
            Err(with_near_events(error, &global, named, output).await)
        }
        done => done,
    }
}

/// Adds the events that were probably meant to the error that there is no such event, if the token may list them.
async fn with_near_events(error: Error, global: &Global, named: Option<EventName>, output: Output) -> Error {
    let Ok(context) = context(global, output) else { return error };
    let Ok(server) = context.operator() else { return error };
    let server = server.with_timeout(context.settings.timeout.min(LIST_TIMEOUT));
    let Ok(list) = server.events(EventScope::All).await else { return error };
    let wanted = named.unwrap_or(context.settings.event);
    let names = near::names(wanted.as_str(), list.events.iter().map(|event| event.name.as_str()));
    if names.is_empty() { error } else { error.and_hint(format!("did you mean {}?", near::either(&names))) }
}

/// Runs a command.
async fn carry_out(task: Task, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    // Each asks for the context itself: a broken downbeat.toml must not stand in the way of what needs none.
    let context = || context(global, output);
    Ok(match task {
        Task::Event(EventTask::Set(args)) => Box::new(event_set::run(&context()?, *args).await?),
        Task::Event(EventTask::Show) => Box::new(event_show::run(&context()?).await?),
        Task::Event(EventTask::Restore) => Box::new(event_restore::run(&context()?).await?),
        Task::Event(EventTask::Reset(args)) => {
            let mut context = context()?;
            if let Some(name) = &args.name {
                context = of(context, name);
            }
            Box::new(event_reset::run(&context, *args).await?)
        }
        Task::Event(EventTask::List(args)) => Box::new(event_list::run(&context()?, &args).await?),
        Task::Event(EventTask::Archive(args)) => {
            Box::new(event_archive::run(&of(context()?, &args.name), args.attribution, Archive::Archived).await?)
        }
        Task::Event(EventTask::Unarchive(args)) => {
            Box::new(event_archive::run(&of(context()?, &args.name), args.attribution, Archive::Current).await?)
        }
        Task::Event(EventTask::Delete(args)) => Box::new(event_delete::run(&of(context()?, &args.name), &args).await?),
        Task::Status(args) => Box::new(status::run(&context()?, &args).await?),
        Task::Watch(args) => Box::new(watch::run(&context()?, &args).await?),
        Task::Pause { message, options, glass } if glass.break_glass => {
            Box::new(emergency::break_glass::run(&context()?, &message, &glass, &options.attribution).await?)
        }
        Task::Pause { message, options, .. } => Box::new(pause::run(&context()?, &message, &options).await?),
        Task::Stop { message, options } => Box::new(stop::run(&context()?, &message, &options).await?),
        Task::Resume { options } => Box::new(resume::run(&context()?, &options).await?),
        Task::Seek { position, options } => Box::new(seek::run(&context()?, position, &options).await?),
        Task::Rate { rate, options } => Box::new(rate::run(&context()?, rate, &options).await?),
        Task::Announce { message, options } => Box::new(announce::run(&context()?, &message, &options).await?),
        Task::Clear { options } => Box::new(clear::run(&context()?, &options).await?),
        Task::End { message, options } => Box::new(end::run(&context()?, &message, &options).await?),
        Task::Reopen { options } => Box::new(reopen::run(&context()?, &options).await?),
        Task::Undo { rev, options } => Box::new(undo::run(&context()?, Direction::Undo, rev, &options).await?),
        Task::Redo { rev, options } => Box::new(undo::run(&context()?, Direction::Redo, rev, &options).await?),
        Task::Log(args) => Box::new(log::run(&context()?, &args).await?),
        Task::Report(args) => {
            let mut context = context()?;
            if let Some(name) = &args.name {
                context = of(context, name);
            }
            Box::new(report::run(&context, &args).await?)
        }
        Task::Cues(task) => cues::run(task, global, output).await?,
        Task::Clock(task) => clock::run(task, global, output).await?,
        Task::Emergency(task) => emergency::run(task, global, output).await?,
        Task::Load(args) if !args.room.is_empty() => Box::new(load::room::run(args, global, output).await?),
        Task::Load(args) => Box::new(load::run(args, global, output).await?),
        Task::Simulate(args) => match args.swarm {
            Some(runs) => Box::new(swarm::run(runs, &args)?),
            None => Box::new(simulate::run(&args, output)?),
        },
        Task::Plan(args) => Box::new(plan::run(&args)),
        Task::Room(task) => room::run(task, global, output).await?,
        Task::Token(task) => token::run(task, global, output).await?,
        Task::Profile(task) => Box::new(profile::run(&task, &global.flags())?),
        Task::Doctor => Box::new(match context() {
            Ok(context) => doctor::run(&context).await,
            Err(error) => doctor::without_settings(&error),
        }),
        Task::Completions { shell } => Box::new(completions::run(shell)),
        Task::Man { out } => Box::new(man::run(out)?),
    })
}

/// Returns the context of a command that names its event, whatever the settings say.
fn of(mut context: Context, event: &EventName) -> Context {
    context.settings.event.clone_from(event);
    context
}

/// Returns the context of a command that talks to a server.
fn context(global: &Global, output: Output) -> Result<Context, ProfileError> {
    let settings = Settings::load(&global.flags())?;
    Ok(Context { settings, output, yes: global.yes, dry_run: global.dry_run })
}
