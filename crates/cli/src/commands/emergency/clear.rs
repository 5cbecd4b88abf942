//! `emergency clear`: takes the signed state away from the pointer, once the server has it.

use std::fmt;

use downbeat_publish::emergency;
use downbeat_publish::history::Pointer;
use downbeat_wire::publication::pointer_key;
use downbeat_wire::{EmergencyDocument, StateBody};
use serde_json::{Map, Value, json};

use super::place;
use crate::cli::EmergencyClearArgs;
use crate::commands::emergency::{command_line, told};
use crate::confirm::{self, Gate};
use crate::context::Context;
use crate::error::Error;
use crate::last_seen;
use crate::output::{Report, members};
use crate::text::{self, Table};

/// What became of it.
pub(crate) enum Cleared {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value> },
    /// There is none.
    Nothing { place: Map<String, Value> },
    /// It is gone.
    Gone { place: Map<String, Value>, seen: Option<emergency::SeenState> },
}

/// Takes it away.
pub(super) async fn run(context: &Context, args: &EmergencyClearArgs) -> Result<Cleared, Error> {
    let event = &context.settings.event;
    let store = place::store(context, args.to.target.as_ref())?;
    let place = place::place(context, &store);
    let Some(document) = Pointer::read(&store, event).await?.and_then(|pointer| pointer.emergency) else {
        return Ok(Cleared::Nothing { place });
    };
    let answer = context.reader()?.state(event).await;
    let state = answer.as_ref().ok().map(|reading| &reading.body);
    if !args.force && !state.is_some_and(|state| is_over(state, &document)) {
        let why = match &answer {
            Ok(reading) => format!("the server is at rev {}", reading.body.rev),
            Err(error) => error.to_string(),
        };
        return Err(Error::refused(
            "not-delivered",
            format!("the server does not have what was signed ({why}); viewers may be held by it alone"),
            format!(
                "{}\nor take it away all the same with --force",
                command_line(context, &["emergency", "deliver"], &args.to)
            ),
        ));
    }
    let known = last_seen::recall(context.settings.server()?, event);
    let channel = state.or(known.as_ref().map(|known| &known.state)).and_then(|state| state.emergency.as_ref());
    let mut screen = context.screen(state);
    screen
        .line("is taken away", told(&document, channel))
        .line("from", format!("the pointer {} in {}; what was published stays", pointer_key(event), store.name()));
    if context.dry_run {
        return Ok(Cleared::Planned { screen, place });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, "Take it away?", context.output)?;
    emergency::put(&store, event, None).await?;
    let seen = match channel {
        Some(channel) => {
            place::purge(context, channel.url.as_str()).await;
            Some(emergency::wait(channel.url.as_str(), None, context.settings.timeout).await)
        }
        None => None,
    };
    Ok(Cleared::Gone { place, seen })
}

/// Returns whether the server is past what was signed, so that nobody depends on it any more.
fn is_over(state: &StateBody, document: &EmergencyDocument) -> bool {
    emergency::unverified(document).is_none_or(|body| state.epoch != body.epoch || state.rev >= body.rev)
}

impl Report for Cleared {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Planned { place, .. } => (place, json!({ "dryRun": true })),
            Self::Nothing { place } => (place, json!({ "changed": false })),
            Self::Gone { place, seen } => {
                let seen = seen.as_ref().map(|seen| json!({ "ms": seen.ms, "seen": seen.seen }));
                (place, json!({ "changed": true, "seen": seen }))
            }
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quiet(f)?;
        match self {
            Self::Gone { seen: Some(seen), .. } if seen.seen => {
                writeln!(f, "seen at the public URL after {}", text::fine(seen.ms))
            }
            Self::Gone { seen: Some(_), .. } => {
                writeln!(f, "the public URL still shows it; that harms nobody, since the event has moved on")
            }
            _ => Ok(()),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was changed"),
            Self::Nothing { .. } => writeln!(f, "nothing to clear: there is no signed state"),
            Self::Gone { .. } => writeln!(f, "{green}cleared{green:#}: the pointer has no signed state any more"),
        }
    }
}
