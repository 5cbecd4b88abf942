//! `watch`: the event as it goes.

use std::fmt;
use std::io::{IsTerminal as _, stdin, stdout};

use serde_json::Map;
use serde_json::Value;

use crate::cli::WatchArgs;
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::profile;
use crate::watch::{Lines, Scene, Terminal, follow};

/// Somebody watched.
pub(crate) struct Watched {
    place: Map<String, Value>,
}

/// Watches until somebody leaves.
pub(crate) async fn run(context: &Context, args: &WatchArgs, colour: bool) -> Result<Watched, Error> {
    let event = &context.settings.event;
    let server = context.reader()?;
    // An event that nobody made is better told of than waited for.
    server.state(event).await?;
    let operator = context.operator().ok();
    let mut scene = Scene::new(context.environment(), event.to_string());
    let is_dumb = profile::variable("TERM").is_some_and(|term| term == "dumb");
    let on_screen = !args.plain && !context.output.json && !is_dumb && stdout().is_terminal() && stdin().is_terminal();
    if on_screen {
        let mut terminal = Terminal::take(colour)?;
        follow(&server, operator, event, &mut scene, &mut terminal, args.at_most).await?;
    } else {
        let mut lines = Lines::new(context.output, args.every);
        follow(&server, operator, event, &mut scene, &mut lines, args.at_most).await?;
    }
    Ok(Watched { place: context.place() })
}

impl Report for Watched {
    fn json(&self) -> Map<String, Value> {
        self.place.clone()
    }

    fn human(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What was to be seen was the result.
        Ok(())
    }
}
