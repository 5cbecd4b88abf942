//! What `token add` and `token rotate` have in common: they show, ask, send what the server may know, and hand the token over.

use std::fmt;

use downbeat_api::{ApiError, Client};
use downbeat_wire::keyring::ListedToken;
use serde_json::{Map, Value, json};

use super::sign_in::{Handed, Handover};
use super::{gate, told};
use crate::confirm;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Content, Report, members};
use crate::text::Table;

/// A token that was handed over, or would be.
pub(crate) struct Handing {
    /// What is done to the token.
    verb: &'static str,
    place: Map<String, Value>,
    screen: Table,
    /// What becomes of the old secret, if there is one.
    old: Option<String>,
    /// `None` with `--dry-run`.
    handed: Option<Handed>,
}

impl Handing {
    /// Begins with what the screen shows of the token.
    pub(super) fn begin(
        context: &Context,
        verb: &'static str,
        lines: impl IntoIterator<Item = (&'static str, String)>,
        handover: &Handover,
    ) -> Result<Self, Error> {
        let mut screen = Table::default();
        screen.line("server", context.environment());
        for (label, line) in lines {
            screen.line(label, line);
        }
        screen.line("handed", handover.plan());
        let place = members(json!({ "server": context.settings.server()?.to_string() }));
        Ok(Self { verb, place, screen, old: None, handed: None })
    }

    /// Says what becomes of the old secret.
    pub(super) fn with_old(self, old: String) -> Self {
        Self { old: Some(old), ..self }
    }

    /// Asks, sends, and hands the token over; with `--dry-run` it does none of it.
    pub(super) async fn carry_out(
        mut self,
        context: &Context,
        question: &str,
        handover: Handover,
        send: impl AsyncFnOnce(Client) -> Result<ListedToken, ApiError>,
    ) -> Result<Self, Error> {
        if context.dry_run {
            return Ok(self);
        }
        let server = context.operator()?;
        confirm::pass(&gate(context), &self.screen, question, context.output)?;
        handover.prepare()?;
        let token = send(server).await.inspect_err(|error| handover.handle_failure(error))?;
        self.handed = Some(Handed::new(context, token, handover)?);
        Ok(self)
    }
}

impl Report for Handing {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        match &self.handed {
            Some(handed) => json.extend(handed.json()),
            None => drop(json.insert("dryRun".to_owned(), json!(true))),
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(handed) = &self.handed else { return writeln!(f, "{}dry run: nothing was sent", self.screen) };
        writeln!(f, "{} token \"{}\": {}", self.verb, handed.token.id, told(&handed.token))?;
        if let Some(old) = &self.old {
            writeln!(f, "the old secret {old}")?;
        }
        handed.human(f)
    }

    fn content(&self) -> Content {
        Content::Secret
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handed.as_ref().map_or(Ok(()), |handed| handed.quiet(f))
    }
}
