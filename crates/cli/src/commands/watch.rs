//! `watch`, and `cues list --watch`: one event, followed until somebody leaves.

use std::fmt;
use std::io::{IsTerminal as _, stdin, stdout};

use downbeat_core::Span;
use downbeat_sheet::{Crew, Rundown};
use serde_json::Map;
use serde_json::Value;

use crate::cli::WatchArgs;
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::profile;
use crate::watch::{CueLines, LineView, Model, Notes, Shows, TerminalView, View, follow};

/// How long `cues list --watch` writes no line before it writes a heartbeat: 30 s, as `watch` by default.
const HEARTBEAT: Span = Span::from_millis(30_000);

/// The end of a `watch`, which has nothing more to say.
pub(crate) struct Watched {
    place: Map<String, Value>,
}

/// Follows the event until somebody leaves.
pub(crate) async fn run(context: &Context, args: &WatchArgs) -> Result<Watched, Error> {
    let operator = context.operator().ok();
    let lines = || Box::new(LineView::new(context.output, args.every)) as Box<dyn View>;
    watch(context, operator, Shows::Event, !args.plain, lines, args.at_most).await
}

impl Watched {
    /// Follows the cues of the event until somebody leaves. `sheet` says what the crew should know about them.
    pub(crate) async fn of_cues(
        context: &Context,
        at_most: Option<Span>,
        sheet: Option<(Rundown, Crew)>,
    ) -> Result<Self, Error> {
        let notes = sheet.map(|(rundown, crew)| Notes::of(&rundown, crew)).unwrap_or_default();
        let shows = Shows::Cues(notes.clone());
        let lines = || Box::new(CueLines::new(context.output, notes, HEARTBEAT)) as Box<dyn View>;
        watch(context, None, shows, true, lines, at_most).await
    }
}

async fn watch(
    context: &Context,
    operator: Option<downbeat_api::Client>,
    shows: Shows,
    may_draw: bool,
    lines: impl FnOnce() -> Box<dyn View>,
    at_most: Option<Span>,
) -> Result<Watched, Error> {
    let event = &context.settings.event;
    let server = context.reader()?;
    // An event that does not exist is an error, not something to wait for.
    server.state(event).await?;
    let mut model = Model::new(context.environment(), event.to_string());
    let is_dumb = profile::variable("TERM").is_some_and(|term| term == "dumb");
    let on_screen = may_draw && !context.output.json && !is_dumb && stdout().is_terminal() && stdin().is_terminal();
    let mut view = if on_screen { Box::new(TerminalView::open(shows)?) as Box<dyn View> } else { lines() };
    follow(&server, operator, event, &mut model, &mut *view, at_most).await?;
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
