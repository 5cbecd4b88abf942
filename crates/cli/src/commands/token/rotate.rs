//! `token rotate`: gives a token another secret, beside which the old one works for a while.

use std::fmt;

use downbeat_wire::keyring::{GRACE_MAX, Rotation};
use serde_json::{Map, Value, json};

use super::sign_in::{Handed, Handover};
use super::{gate, told};
use crate::cli::TokenRotateArgs;
use crate::confirm;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Content, Report, members};
use crate::text::{self, Table};

/// A token with another secret, or with a link for one.
pub(crate) struct Rotated {
    place: Map<String, Value>,
    screen: Table,
    /// What becomes of the old secret.
    old: String,
    /// `None` with `--dry-run`.
    handed: Option<Handed>,
}

/// Shows what happens to the old secret, asks, and rotates.
pub(super) async fn run(context: &Context, args: &TokenRotateArgs) -> Result<Rotated, Error> {
    if args.grace > GRACE_MAX {
        return Err(Error::invalid("--grace is longer than 30 days", "give 30d or less"));
    }
    let handover = Handover::draw(&args.id, &args.handover)?;
    let since = match handover {
        Handover::Link(_) => " from when the link is opened",
        Handover::File(..) | Handover::Shown(_) => "",
    };
    let old = match args.grace.as_millis() {
        0 => format!("ends at once{since}"),
        _ => format!("works for another {}{since}", text::span(args.grace)),
    };
    let mut screen = Table::default();
    screen.line("server", context.environment());
    screen.line("rotates", format!("token \"{}\"", args.id));
    screen.line("old secret", old.clone());
    screen.line("handed", handover.plan());
    let place = members(json!({ "server": context.settings.server()?.to_string() }));
    if context.dry_run {
        return Ok(Rotated { place, screen, old, handed: None });
    }
    let server = context.operator()?;
    confirm::pass(&gate(context), &screen, "Rotate it?", context.output)?;
    handover.prepare()?;
    let rotation = Rotation { credential: handover.credential(), grace: args.grace };
    let rotated = server.rotate_token(&args.id, &rotation).await;
    let token = rotated.inspect_err(|error| handover.handle_failure(error))?;
    Ok(Rotated { place, screen, old, handed: Some(Handed::new(context, token, handover)?) })
}

impl Report for Rotated {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        match &self.handed {
            Some(handed) => json.extend(handed.json()),
            None => drop(json.insert("dryRun".to_owned(), json!(true))),
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.handed {
            Some(handed) => {
                writeln!(f, "rotated token \"{}\": {}", handed.token.id, told(&handed.token))?;
                writeln!(f, "the old secret {}", self.old)?;
                handed.human(f)
            }
            None => writeln!(f, "{}dry run: nothing was sent", self.screen),
        }
    }

    fn content(&self) -> Content {
        Content::Secret
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handed.as_ref().map_or(Ok(()), |handed| handed.quiet(f))
    }
}
