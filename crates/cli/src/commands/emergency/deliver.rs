//! `emergency deliver`: sends the signed state in the pointer to the server.

use std::fmt;

use downbeat_api::Visibility;
use downbeat_publish::history::Pointer;
use downbeat_wire::publication::pointer_key;
use downbeat_wire::{EmergencyDocument, StateBody};
use serde_json::{Map, Value, json};

use super::place;
use crate::cli::EmergencyArgs;
use crate::commands::emergency::{command_line, told};
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::message::VisibleMessage;
use crate::output::{Report, members};
use crate::standing::Standing;
use crate::text::{self, Table};

/// The result.
pub(crate) enum Delivered {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value>, document: EmergencyDocument },
    /// The server accepted it.
    Accepted { state: Box<StateBody>, standing: Standing, seen: Visibility, clear: String, place: Map<String, Value> },
}

/// Sends the signed state to the server.
pub(super) async fn run(context: &Context, args: &EmergencyArgs) -> Result<Delivered, Error> {
    let event = &context.settings.event;
    let store = place::store(context, args.target.as_ref())?;
    let found = Pointer::read(&store, event).await?.and_then(|pointer| pointer.emergency);
    let document = found.ok_or_else(|| {
        Error::invalid(
            format!("{} in {} has no signed state", pointer_key(event), store.name()),
            "nothing has to be delivered; \"downbeat status\" shows the event's state",
        )
    })?;
    let server = context.reader()?;
    let before = server.state(event).await?.body;
    let mut screen = context.screen(Some(&before));
    screen
        .line(
            "now",
            Standing::of(&before, before.server_time).map_err(|error| context::broken(&server, &error))?.to_string(),
        )
        .line("deliver", told(&document, before.emergency.as_ref()))
        .line("then", "the event's state is exactly the signed one, for everyone");
    if context.dry_run {
        return Ok(Delivered::Planned { screen, place: place::place(context, &store), document });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, true, event);
    confirm::pass(&gate, &screen, "Deliver it?", context.output)?;
    let reading = server.emergency(event, &document).await?;
    let state = reading.body;
    let seen = server.wait_until_visible(event, &state.epoch, state.rev, context.settings.timeout).await;
    Ok(Delivered::Accepted {
        standing: Standing::of(&state, state.server_time).map_err(|error| context::broken(&server, &error))?,
        state: Box::new(state),
        seen,
        clear: command_line(context, &["emergency", "clear"], args),
        place: place::place(context, &store),
    })
}

impl Report for Delivered {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Planned { place, document, .. } => (place, json!({ "dryRun": true, "document": document })),
            Self::Accepted { place, state, seen, clear, .. } => {
                (place, json!({ "rev": state.rev, "state": state, "seen": seen, "clear": clear }))
            }
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quiet(f)?;
        let Self::Accepted { seen, clear, .. } = self else { return Ok(()) };
        if seen.seen {
            writeln!(f, "seen at the edge after {}", text::fine(seen.ms))?;
        }
        writeln!(f, "clean up with: {clear}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was sent"),
            Self::Accepted { state, standing, .. } => {
                let told = VisibleMessage::at(state, state.server_time);
                writeln!(f, "{green}accepted{green:#}: {standing}, viewers see {told} (rev {})", state.rev)
            }
        }
    }
}
