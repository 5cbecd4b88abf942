//! `event archive` and `event unarchive`: whether an event that has ended is kept as it is, out of the list.

use downbeat_core::Configuration;
use downbeat_wire::{StateBody, configuration};
use serde_json::json;

use super::event_set::uncertain;
use crate::change;
use crate::cli::Attribution;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::outcome::Outcome;
use crate::standing::Standing;

/// Where an event is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archive {
    /// In the archive: nothing changes it.
    Archived,
    /// Among those that can be changed.
    Current,
}

impl Archive {
    const fn of(state: &StateBody) -> Self {
        if state.archived { Self::Archived } else { Self::Current }
    }
}

/// Archives the event, or takes it out of the archive.
pub(super) async fn run(context: &Context, attribution: Attribution, archive: Archive) -> Result<Outcome, Error> {
    let server = context.operator()?;
    let event = &context.settings.event;
    let before = server.state(event).await?;
    let state = &before.body;
    if let Some(if_rev) = attribution.if_rev {
        change::require_rev(context, &server, state, if_rev).await?;
    }
    if Archive::of(state) == archive {
        let how = if state.archived { "it is archived already" } else { "it is not archived" };
        let headline = format!("nothing to change: {how} (rev {})", state.rev);
        return Ok(Outcome::unchanged(context, headline, json!({ "rev": state.rev, "archived": state.archived })));
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
        return Ok(Outcome::planned(context, &screen, json!({ "request": request })));
    }
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, question, context.output)?;

    let answer = server.configure(event, &wanted, &actor).await.map_err(|error| uncertain(context, error))?;
    let state = answer.body;
    if Archive::of(&state) != archive {
        return Err(Error::refused(
            "not-archived",
            format!("the server ignored this: event {event} is as it was (rev {})", state.rev),
            "update the worker: this version does not know archived events; \"downbeat doctor\" shows its version",
        ));
    }
    let word = if state.archived { "archived" } else { "unarchived" };
    let json = json!({ "changed": true, "archived": state.archived });
    let done = Outcome::done(context, word, &format!("{event} (rev {})", state.rev), json);
    let undo = context.command_line(&["event", back, event.as_str()]);
    done.once_visible(context, &server, &state, Some(undo)).await
}
