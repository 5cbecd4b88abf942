//! `event delete`: deletes an event with all that the server stores for it.

use std::fmt::{self, Display as _};
use std::path::PathBuf;

use downbeat_api::{Client, DeletionGuard, Response};
use downbeat_wire::{Code, Deletion, StateBody};
use serde_json::{Map, Value, json};

use crate::cli::EventDeleteArgs;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::files;
use crate::output::{Report, members};
use crate::standing::Standing;
use crate::text::{self, Table};

/// What became of the event.
pub(crate) enum Delete {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value> },
    /// There was none.
    Missing { place: Map<String, Value> },
    /// It is deleted.
    Deleted { place: Map<String, Value>, deletion: Deletion, log: Option<PathBuf> },
}

/// Deletes the event, after its log is saved if that is wanted.
pub(crate) async fn run(context: &Context, args: &EventDeleteArgs) -> Result<Delete, Error> {
    let server = context.operator()?;
    let event = &context.settings.event;
    let state = match server.state(event).await {
        Ok(state) => Some(state),
        Err(error) if error.is(Code::UnknownEvent) => return Ok(Delete::Missing { place: context.place() }),
        // It may be deleted even so: that its state cannot be read may be the reason.
        Err(_) if args.force => None,
        Err(error) => return Err(error.into()),
    };
    let screen = screen(context, &server, state.as_ref(), args).await?;
    if context.dry_run {
        return Ok(Delete::Planned { screen, place: context.place() });
    }
    let gate = if context.yes { Gate::Open } else { Gate::Name(event.clone()) };
    confirm::pass(&gate, &screen, "Delete the event? This cannot be undone.", context.output)?;
    if let Some(file) = &args.keep_log {
        let (entries, _) = server.log_entries(event, None, None).await?;
        // Each exactly as the server sealed it, so that the file can be checked later.
        let mut lines = Vec::new();
        for entry in entries.iter().rev() {
            serde_json::to_writer(&mut lines, entry).map_err(Error::internal)?;
            lines.push(b'\n');
        }
        files::create(file, &lines)?;
    }
    let guard = if args.force { DeletionGuard::Forced } else { DeletionGuard::Checked };
    let deletion = server.delete_event(event, guard).await.map_err(|error| {
        let (is_guarded, is_forbidden) = (error.is(Code::Conflict), error.is(Code::Forbidden));
        let error = Error::from(error);
        if is_guarded {
            error.with_hint("end it with \"downbeat end\", or delete it all the same with --force")
        } else if is_forbidden {
            let archive = context.command_line(&["event", "archive", event.as_str()]);
            error
                .with_hint(format!("use a token of scope admin for it; one of scope operate can archive it: {archive}"))
        } else {
            error
        }
    })?;
    Ok(match deletion {
        Some(deletion) => Delete::Deleted { place: context.place(), deletion, log: args.keep_log.clone() },
        // An earlier attempt of this call deleted it, and its answer was lost.
        None => Delete::Deleted {
            place: context.place(),
            deletion: Deletion { event: event.clone(), hubs: 0, sockets: 0, rundowns: 0 },
            log: args.keep_log.clone(),
        },
    })
}

async fn screen(
    context: &Context,
    server: &Client,
    state: Option<&Response<StateBody>>,
    args: &EventDeleteArgs,
) -> Result<Table, Error> {
    let mut screen = context.screen(state.map(|state| &state.body));
    match state {
        Some(Response { body, clock }) => {
            let standing = Standing::of(body, clock.now()).map_err(|error| context::broken(server, &error))?;
            screen.line("now", standing.to_string());
        }
        None => {
            screen.line("now", "its state cannot be read");
        }
    }
    // A token that may not read sees less, and may delete all the same.
    if let Ok(audience) = server.audience(&context.settings.event).await {
        screen.line("viewers", format!("{}, to be disconnected", text::count(audience.sockets as usize, "viewer")));
    }
    screen.line("deletes", "its state, its log and the rundowns that the server stores for it");
    screen.line("stays", "what was published to a store of your own");
    screen.line(
        "log",
        match &args.keep_log {
            Some(file) => format!("is saved in {} first", file.display()),
            None => "is lost; --keep-log FILE saves it first".to_owned(),
        },
    );
    Ok(screen)
}

impl Report for Delete {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Planned { place, .. } => (place, json!({ "dryRun": true })),
            Self::Missing { place } => (place, json!({ "deleted": false })),
            Self::Deleted { place, deletion, log } => (
                place,
                json!({
                    "deleted": true, "hubs": deletion.hubs, "sockets": deletion.sockets, "rundowns": deletion.rundowns,
                    "log": log,
                }),
            ),
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned { screen, .. } => {
                screen.fmt(f)?;
                writeln!(f, "nothing was sent")
            }
            Self::Missing { place } => {
                writeln!(f, "there is no event {}; nothing was deleted", place["event"].as_str().unwrap_or_default())
            }
            Self::Deleted { deletion, log, .. } => {
                let rundowns = text::count(deletion.rundowns as usize, "rundown");
                let viewers = text::count(deletion.sockets as usize, "viewer");
                writeln!(f, "deleted {}, with {rundowns}; {viewers} disconnected", deletion.event)?;
                log.iter().try_for_each(|file| writeln!(f, "its log is in {}, the oldest entry first", file.display()))
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }
}
