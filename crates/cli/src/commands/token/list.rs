//! `token list`: who has access, and when they last used it.

use std::fmt;

use downbeat_api::clock;
use downbeat_core::ServerTime;
use downbeat_wire::keyring::{ListedToken, TokenSource};
use downbeat_wire::{pattern, scope};
use serde_json::{Map, Value, json};

use crate::cli::TokenListArgs;
use crate::columns::Columns;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;
use crate::time_zone::TimeZone;

/// The tokens.
pub(crate) struct List {
    server: String,
    tokens: Vec<ListedToken>,
    /// How many revoked or expired ones are not shown.
    hidden: usize,
}

/// Requests the list.
pub(super) async fn run(context: &Context, args: &TokenListArgs) -> Result<List, Error> {
    let server = context.operator()?;
    let all = server.tokens().await?.tokens;
    let is_shown = |token: &ListedToken| args.all || !is_over(token, clock::wall());
    let count = all.len();
    let tokens: Vec<ListedToken> = all.into_iter().filter(is_shown).collect();
    Ok(List { server: server.url().to_string(), hidden: count - tokens.len(), tokens })
}

fn is_over(token: &ListedToken, now: ServerTime) -> bool {
    token.revoked_at.is_some() || token.expires.is_some_and(|expires| expires <= now)
}

/// Says where a token stands: when it was used, or why it cannot be.
fn standing(token: &ListedToken, now: ServerTime) -> String {
    let date = |at: ServerTime| text::instant(at, TimeZone::Named(chrono_tz::UTC))[..10].to_owned();
    if let Some(at) = token.revoked_at {
        return format!("revoked {}", text::when(at, TimeZone::Local, now));
    }
    if token.expires.is_some_and(|expires| expires <= now) {
        return "expired".to_owned();
    }
    let used = match (token.source, token.last_used, token.signed_in) {
        (TokenSource::Secret, ..) => "in the secret DOWNBEAT_TOKENS".to_owned(),
        (_, Some(day), _) => format!("last used {}", date(day)),
        (_, None, true) => "never used".to_owned(),
        (_, None, false) => "nobody has signed in".to_owned(),
    };
    let link = token.code_until.map(|at| format!(", link until {}", text::when(at, TimeZone::Local, now)));
    let old = token.old_secret_until.map(|at| format!(", old secret until {}", text::when(at, TimeZone::Local, now)));
    format!("{used}{}{}", link.unwrap_or_default(), old.unwrap_or_default())
}

impl Report for List {
    fn json(&self) -> Map<String, Value> {
        members(json!({ "server": self.server, "tokens": self.tokens, "hidden": self.hidden }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = clock::wall();
        let mut columns = Columns::default();
        for token in &self.tokens {
            let expires = token.expires.map(|at| format!("until {}", text::instant(at, TimeZone::Local)));
            columns.line([
                token.id.to_string(),
                scope::listed(&token.scopes),
                token.events.as_deref().map_or_else(|| "all events".to_owned(), pattern::listed),
                expires.unwrap_or_default(),
                token.made_by.as_ref().map(|maker| format!("by {maker}")).unwrap_or_default(),
                standing(token, now),
            ]);
        }
        write!(f, "{columns}")?;
        match self.hidden {
            0 => Ok(()),
            hidden => writeln!(f, "{hidden} revoked or expired; --all shows them"),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens.iter().try_for_each(|token| writeln!(f, "{}", token.id))
    }
}
