//! `event archive` and `event unarchive`: whether an event that has ended is kept as it is, out of the list.

use std::fmt;

use downbeat_api::Visibility;
use downbeat_core::{Configuration, Rev};
use downbeat_wire::{StateBody, configuration};
use serde_json::{Map, Value, json};

use super::event_set::uncertain;
use crate::change;
use crate::cli::Attribution;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::{Report, members};
use crate::standing::Standing;
use crate::text::{self, Table};

/// Where an event is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archive {
    /// In the archive: nothing changes it.
    Archived,
    /// Among those that can be changed.
    Current,
}

/// What became of the event.
pub(crate) enum Archiving {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value>, request: Value },
    /// It was there already.
    Unchanged { place: Map<String, Value>, rev: Rev, archive: Archive },
    /// The server has it.
    Made { place: Map<String, Value>, state: Box<StateBody>, seen: Visibility, undo: String },
}

impl Archive {
    const fn of(state: &StateBody) -> Self {
        if state.archived { Self::Archived } else { Self::Current }
    }
}

/// Archives the event, or takes it out of the archive.
pub(super) async fn run(context: &Context, attribution: Attribution, archive: Archive) -> Result<Archiving, Error> {
    let server = context.operator()?;
    let event = &context.settings.event;
    let before = server.state(event).await?;
    let state = &before.body;
    if let Some(if_rev) = attribution.if_rev {
        change::require_rev(context, &server, state, if_rev).await?;
    }
    if Archive::of(state) == archive {
        return Ok(Archiving::Unchanged { place: context.place(), rev: state.rev, archive });
    }
    let (question, then, back) = match archive {
        Archive::Archived => {
            ("Archive the event?", "nothing changes it, and \"event list\" leaves it out", "unarchive")
        }
        Archive::Current => {
            ("Take it out of the archive?", "it can be changed again, and \"event list\" has it", "archive")
        }
    };
    let mut screen = context.screen(Some(state));
    let standing = Standing::of(state, before.clock.now()).map_err(|error| context::broken(&server, &error))?;
    screen.line("now", standing.to_string()).line("then", then);
    let wanted = Configuration {
        archived: Some(archive == Archive::Archived),
        if_rev: attribution.if_rev.or(Some(state.rev)),
        reason: attribution.reason,
        ..Configuration::default()
    };
    let actor = context::actor(attribution.actor.as_deref());
    if context.dry_run {
        let request = configuration::body(&wanted, &actor);
        return Ok(Archiving::Planned { screen, place: context.place(), request });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, question, context.output)?;

    let answer = server.configure(event, &wanted, &actor).await.map_err(|error| uncertain(context, error))?;
    let state = Box::new(answer.body);
    if Archive::of(&state) != archive {
        return Err(Error::refused(
            "not-archived",
            format!("the server ignored this: event {event} is as it was (rev {})", state.rev),
            "update the worker: this version does not know archived events; \"downbeat doctor\" shows its version",
        ));
    }
    let seen = server.wait_until_visible(event, &state.epoch, state.rev, context.settings.timeout).await;
    let undo = context.command_line(&["event", back, event.as_str()]);
    let (rev, is_seen) = (state.rev, seen.seen);
    let made = Archiving::Made { place: context.place(), state, seen: seen.clone(), undo: undo.clone() };
    if is_seen { Ok(made) } else { Err(change::unseen(context, &server, rev, &seen, Some(&undo), made.json())) }
}

impl Report for Archiving {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Planned { place, request, .. } => (place, json!({ "dryRun": true, "request": request })),
            Self::Unchanged { place, rev, archive } => {
                (place, json!({ "changed": false, "rev": rev, "archived": *archive == Archive::Archived }))
            }
            Self::Made { place, state, seen, undo } => (
                place,
                json!({
                    "changed": true, "rev": state.rev, "archived": state.archived, "state": state, "seen": seen,
                    "undo": undo,
                }),
            ),
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quiet(f)?;
        match self {
            Self::Made { seen, undo, .. } => {
                writeln!(f, "seen at the edge after {}", text::fine(seen.ms))?;
                writeln!(f, "undo with: {undo}")
            }
            _ => Ok(()),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was sent"),
            Self::Unchanged { rev, archive: Archive::Archived, .. } => {
                writeln!(f, "nothing to change: it is archived already (rev {rev})")
            }
            Self::Unchanged { rev, .. } => writeln!(f, "nothing to change: it is not archived (rev {rev})"),
            Self::Made { state, .. } if state.archived => {
                writeln!(f, "{green}archived{green:#}: {} (rev {})", state.event, state.rev)
            }
            Self::Made { state, .. } => {
                writeln!(f, "{green}unarchived{green:#}: {} (rev {})", state.event, state.rev)
            }
        }
    }
}
