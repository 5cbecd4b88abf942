//! `token revoke`: ends a token, everywhere within five seconds.

use std::fmt;

use downbeat_wire::TokenId;
use downbeat_wire::keyring::{ListedToken, OwnToken};
use serde_json::{Map, Value, json};

use super::{gate, told};
use crate::cli::TokenRevokeArgs;
use crate::confirm;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text::Table;

/// A token that was revoked, or would be.
pub(crate) struct Revoked {
    place: Map<String, Value>,
    screen: Table,
    id: TokenId,
    /// The tokens that were made with it, which stay valid.
    made: Vec<String>,
    /// `None` with `--dry-run`.
    token: Option<ListedToken>,
}

/// Shows whose token it is, asks, and revokes it.
pub(super) async fn run(context: &Context, args: &TokenRevokeArgs) -> Result<Revoked, Error> {
    let server = context.operator()?;
    let mut screen = Table::default();
    screen.line("server", context.environment());
    screen.line("revokes", format!("token \"{}\"", args.id));
    // Without the list it can be revoked all the same: that must not wait for anything.
    let known = server.tokens().await.map(|list| list.tokens).unwrap_or_default();
    if let Some(token) = known.iter().find(|token| token.id == args.id) {
        screen.line("it has", told(token));
    }
    let is_made = |token: &&ListedToken| token.made_by.as_ref() == Some(&args.id) && token.revoked_at.is_none();
    let (devices, made): (Vec<_>, Vec<_>) = known.iter().filter(is_made).partition(|token| token.device);
    let [devices, made] = [devices, made].map(|some| some.iter().map(|token| token.id.to_string()).collect::<Vec<_>>());
    if !devices.is_empty() {
        screen.line("ends too", format!("the keys of its devices: {}", devices.join(", ")));
    }
    if !made.is_empty() {
        screen.line("stay valid", format!("the tokens that it made: {}", made.join(", ")));
    }
    let place = members(json!({ "server": context.settings.server()?.to_string() }));
    let id = args.id.clone();
    if context.dry_run {
        return Ok(Revoked { place, screen, id, made, token: None });
    }
    confirm::pass(&gate(context), &screen, "Revoke it?", context.output)?;
    let own = if args.own { OwnToken::Revoked } else { OwnToken::Kept };
    let token = Some(server.revoke_token(&id, own).await?);
    Ok(Revoked { place, screen, id, made, token })
}

impl Report for Revoked {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.insert("made".to_owned(), json!(self.made));
        match &self.token {
            Some(token) => json.insert("token".to_owned(), json!(token)),
            None => json.insert("dryRun".to_owned(), json!(true)),
        };
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.token.is_none() {
            return writeln!(f, "{}dry run: nothing was sent", self.screen);
        }
        writeln!(f, "revoked token \"{}\": it is refused everywhere within 5 seconds", self.id)?;
        if !self.made.is_empty() {
            writeln!(f, "the tokens that it made stay valid: {}", self.made.join(", "))?;
        }
        Ok(())
    }
}
