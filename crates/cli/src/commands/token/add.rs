//! `token add`: makes a token that works at once, without a deployment.

use std::fmt;

use downbeat_wire::keyring::{ListedToken, NewToken, TokenSource};
use serde_json::{Map, Value, json};

use super::sign_in::{Handed, Handover};
use super::{expiry, gate, told};
use crate::cli::TokenAddArgs;
use crate::confirm;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Content, Report, members};
use crate::text::Table;

/// A token that was added, or would be.
pub(crate) struct Added {
    place: Map<String, Value>,
    screen: Table,
    /// `None` with `--dry-run`.
    handed: Option<Handed>,
}

/// Shows what the token will allow, asks, and adds it.
pub(super) async fn run(context: &Context, args: TokenAddArgs) -> Result<Added, Error> {
    let expires = expiry(&args.expiry)?;
    let handover = Handover::draw(&args.id, &args.handover)?;
    let TokenAddArgs { id, scopes, events, .. } = args;
    let wanted = NewToken { id, scopes, events, expires, credential: handover.credential() };
    let mut screen = Table::default();
    screen.line("server", context.environment());
    screen.line("adds", format!("token \"{}\"", wanted.id));
    screen.line("for", told(&as_listed(&wanted)));
    screen.line("handed", handover.plan());
    let place = members(json!({ "server": context.settings.server()?.to_string() }));
    if context.dry_run {
        return Ok(Added { place, screen, handed: None });
    }
    let server = context.operator()?;
    confirm::pass(&gate(context), &screen, "Add it?", context.output)?;
    handover.prepare()?;
    let token = server.add_token(&wanted).await.inspect_err(|error| handover.handle_failure(error))?;
    Ok(Added { place, screen, handed: Some(Handed::new(context, token, handover)?) })
}

/// Returns a token that is yet to be added as the list will show it.
fn as_listed(wanted: &NewToken) -> ListedToken {
    ListedToken {
        id: wanted.id.clone(),
        scopes: wanted.scopes.clone(),
        events: wanted.events.clone(),
        expires: wanted.expires,
        source: TokenSource::Worker,
        made_by: None,
        made_at: None,
        last_used: None,
        signed_in: false,
        old_secret_until: None,
        code_until: None,
        revoked_at: None,
    }
}

impl Report for Added {
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
                writeln!(f, "added token \"{}\": {}", handed.token.id, told(&handed.token))?;
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
