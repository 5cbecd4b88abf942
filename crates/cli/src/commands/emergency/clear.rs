//! `emergency clear`: removes the signed state from the pointer, once the server has it.

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

/// The result.
pub(crate) enum Cleared {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value> },
    /// There is no signed state.
    Nothing { place: Map<String, Value> },
    /// It was removed.
    Gone { place: Map<String, Value>, seen: Option<emergency::SeenState> },
}

/// Removes the signed state.
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
            format!("the server does not have the signed state yet ({why}), so it may be all that holds the viewers"),
            format!("{}\nor remove it anyway with --force", command_line(context, &["emergency", "deliver"], &args.to)),
        ));
    }
    let known = last_seen::recall(context.settings.server()?, event);
    let channel = state.or(known.as_ref().map(|known| &known.state)).and_then(|state| state.emergency.as_ref());
    let mut screen = context.screen(state);
    screen
        .line("remove", told(&document, channel))
        .line("from", format!("the pointer {} in {}; what was published stays", pointer_key(event), store.name()));
    if context.dry_run {
        return Ok(Cleared::Planned { screen, place });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, "Remove it?", context.output)?;
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

/// Returns whether the server has the signed state or a later one, so that nobody depends on the pointer's.
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
                writeln!(
                    f,
                    "the public URL still shows it; that is harmless, since the server has a state at least as new"
                )
            }
            _ => Ok(()),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was changed"),
            Self::Nothing { .. } => writeln!(f, "nothing to clear: there is no signed state"),
            Self::Gone { .. } => writeln!(f, "{green}cleared{green:#}: the pointer no longer has a signed state"),
        }
    }
}
