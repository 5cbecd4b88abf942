//! `watch`: one event, followed until somebody leaves.

use std::fmt;
use std::io::{IsTerminal as _, stdin, stdout};

use serde_json::Map;
use serde_json::Value;

use crate::cli::WatchArgs;
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::profile;
use crate::watch::{LineView, Model, TerminalView, follow};

/// The end of a `watch`, which has nothing more to say.
pub(crate) struct Watched {
    place: Map<String, Value>,
}

/// Follows the event until somebody leaves.
pub(crate) async fn run(context: &Context, args: &WatchArgs) -> Result<Watched, Error> {
    let event = &context.settings.event;
    let server = context.reader()?;
    // An event that does not exist is an error, not something to wait for.
    server.state(event).await?;
    let operator = context.operator().ok();
    let mut model = Model::new(context.environment(), event.to_string());
    let is_dumb = profile::variable("TERM").is_some_and(|term| term == "dumb");
    let on_screen = !args.plain && !context.output.json && !is_dumb && stdout().is_terminal() && stdin().is_terminal();
    if on_screen {
        let mut view = TerminalView::open()?;
        follow(&server, operator, event, &mut model, &mut view, args.at_most).await?;
    } else {
        let mut view = LineView::new(context.output, args.every);
        follow(&server, operator, event, &mut model, &mut view, args.at_most).await?;
    }
    Ok(Watched { place: context.place() })
}

impl Report for Watched {
    fn json(&self) -> Map<String, Value> {
        self.place.clone()
    }

    fn human(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Everything was written while it happened.
        Ok(())
    }
}
