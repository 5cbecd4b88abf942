//! `emergency clear`: removes the signed state from the pointer, once the server has it.

use downbeat_publish::emergency;
use downbeat_publish::history::Pointer;
use downbeat_wire::publication::pointer_key;
use downbeat_wire::{EmergencyDocument, StateBody};
use serde_json::json;

use super::place;
use crate::cli::EmergencyClearArgs;
use crate::commands::emergency::{command_line, told};
use crate::confirm::{self, Gate};
use crate::context::Context;
use crate::error::Error;
use crate::last_seen;
use crate::outcome::Outcome;
use crate::output::members;
use crate::text;

/// What is said while the public URL shows what was removed.
const STILL_THERE: &str =
    "the public URL still shows it; that is harmless, since the server has a state at least as new";

/// Removes the signed state.
pub(super) async fn run(context: &Context, args: &EmergencyClearArgs) -> Result<Outcome, Error> {
    let event = &context.settings.event;
    let store = place::store(context, args.to.target.as_ref())?;
    let place = place::place(context, &store);
    let Some(document) = Pointer::read(&store, event).await?.and_then(|pointer| pointer.emergency) else {
        let headline = "nothing to clear: there is no signed state".to_owned();
        return Ok(Outcome::unchanged(context, headline, json!(place)));
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
        return Ok(Outcome::planned(context, &screen, json!(place)));
    }
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, "Remove it?", context.output)?;
    emergency::put(&store, event, None).await?;
    let mut seen = None;
    if let Some(channel) = channel {
        place::purge(context, channel.url.as_str()).await;
        seen = Some(emergency::wait(channel.url.as_str(), None, context.settings.timeout).await);
    }
    let in_json = seen.as_ref().map(|seen| json!({ "ms": seen.ms, "seen": seen.seen }));
    let mut json = place;
    json.extend(members(json!({ "changed": true, "seen": in_json })));
    let done = Outcome::done(context, "cleared", "the pointer no longer has a signed state", json.into());
    Ok(match seen {
        Some(seen) if seen.seen => done.and(format!("seen at the public URL after {}", text::fine(seen.ms))),
        Some(_) => done.and(STILL_THERE.to_owned()),
        None => done,
    })
}

/// Returns whether the server has the signed state or a later one, so that nobody depends on the pointer's.
fn is_over(state: &StateBody, document: &EmergencyDocument) -> bool {
    emergency::unverified(document).is_none_or(|body| state.epoch != body.epoch || state.rev >= body.rev)
}
