//! `event restore`: begins a new epoch of an event whose storage was restored.

use std::fmt::{self, Display as _};

use downbeat_wire::StateBody;
use serde_json::{Map, Value, json};

use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::{Report, members};
use crate::standing::Standing;
use crate::text::Table;

/// What became of the event.
pub(crate) enum Restore {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value> },
    /// It goes on in a new epoch.
    Restored { place: Map<String, Value>, state: Box<StateBody> },
}

/// Shows what the server has, asks, and begins the new epoch.
pub(crate) async fn run(context: &Context) -> Result<Restore, Error> {
    let server = context.operator()?;
    let event = &context.settings.event;
    let before = server.state(event).await?;
    let standing = Standing::of(&before.body, before.clock.now()).map_err(|error| context::broken(&server, &error))?;
    let mut screen = context.screen(Some(&before.body));
    screen.line("now", standing.to_string());
    screen.line(
        "restores",
        format!("this state, rev {}, for all viewers; what they have beyond it is lost", before.body.rev),
    );
    if context.dry_run {
        return Ok(Restore::Planned { screen, place: context.place() });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, "Go on from this state? This cannot be undone.", context.output)?;
    let state = Box::new(server.restore(event, &context::actor(None)).await?.body);
    Ok(Restore::Restored { place: context.place(), state })
}

impl Report for Restore {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Planned { place, .. } => (place, json!({ "dryRun": true })),
            Self::Restored { place, state } => {
                (place, json!({ "epoch": state.epoch, "rev": state.rev, "replaces": state.replaces }))
            }
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
            Self::Restored { state, .. } => {
                writeln!(f, "restored {}: rev {} in a new epoch, which viewers take at once", state.event, state.rev)
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }
}
