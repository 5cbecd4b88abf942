//! The end of a command that shows what it is about to do, asks, and does it: what is printed of that.

use std::fmt;

use anstyle::AnsiColor;
use downbeat_api::Client;
use downbeat_wire::StateBody;
use serde_json::{Map, Value, json};

use crate::change;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text::{self, Table};

/// What became of it.
pub(crate) struct Outcome {
    json: Map<String, Value>,
    /// The first line, or with `--dry-run` the screen.
    headline: String,
    /// What is written besides, unless `--quiet`.
    more: Vec<String>,
}

impl Outcome {
    /// `--dry-run`: the `screen` was shown, and nothing was done. `json` is what programs get besides.
    pub(crate) fn planned(context: &Context, screen: &Table, json: Value) -> Self {
        let outcome = Self::new(context, format!("{screen}dry run: nothing was sent"), json!({ "dryRun": true }));
        outcome.with(json)
    }

    /// It was so already, as `headline` says.
    pub(crate) fn unchanged(context: &Context, headline: String, json: Value) -> Self {
        Self::new(context, headline, json!({ "changed": false })).with(json)
    }

    /// It was done: the event's object, or the store, has it. `word` names it, `headline` says what there is now.
    pub(crate) fn done(context: &Context, word: &str, headline: &str, json: Value) -> Self {
        let green = AnsiColor::Green.on_default().bold();
        Self::new(context, format!("{green}{word}{green:#}: {headline}"), json)
    }

    fn new(context: &Context, headline: String, json: Value) -> Self {
        Self { json: context.place(), headline, more: Vec::new() }.with(json)
    }

    /// Adds what programs get besides.
    #[must_use]
    fn with(mut self, json: Value) -> Self {
        self.json.extend(members(json));
        self
    }

    /// Adds a line.
    #[must_use]
    pub(crate) fn and(mut self, line: String) -> Self {
        self.more.push(line);
        self
    }

    /// Adds that the event has `state` now, and how to undo that; waits until viewers can see it.
    ///
    /// # Errors
    /// If they cannot in time, which has an exit code of its own.
    pub(crate) async fn once_visible(
        self,
        context: &Context,
        server: &Client,
        state: &StateBody,
        undo: Option<String>,
    ) -> Result<Self, Error> {
        let rev = state.rev;
        let seen =
            server.wait_until_visible(&context.settings.event, &state.epoch, rev, context.settings.timeout).await;
        let done = self.with(json!({ "rev": rev, "state": state, "seen": seen, "undo": undo }));
        if !seen.seen {
            return Err(change::unseen(context, server, rev, &seen, undo.as_deref(), done.json));
        }
        let done = done.and(format!("seen at the edge after {}", text::fine(seen.ms)));
        Ok(match undo {
            Some(undo) => done.and(format!("undo with: {undo}")),
            None => done,
        })
    }
}

impl Report for Outcome {
    fn json(&self) -> Map<String, Value> {
        self.json.clone()
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quiet(f)?;
        self.more.iter().try_for_each(|line| writeln!(f, "{line}"))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline)
    }
}
