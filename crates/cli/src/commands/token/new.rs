//! `token new`: makes an operator's token. It needs no server: the server gets only the token's SHA-256.

use std::fmt;
use std::path::PathBuf;

use downbeat_api::random;
use downbeat_wire::{Scope, Token, TokenEntry};
use serde_json::{Map, Value, json};

use super::{expiry, output_file};
use crate::cli::TokenNewArgs;
use crate::error::Error;
use crate::output::{Content, Report, members};

/// A new token.
pub(crate) struct New {
    token: Token,
    entry: TokenEntry,
    out: Option<PathBuf>,
}

/// Makes a token.
pub(super) fn run(args: TokenNewArgs) -> Result<New, Error> {
    let expires = expiry(&args.expiry)?;
    let mut scopes: Vec<Scope> = args.scopes;
    scopes.sort();
    scopes.dedup();
    let token = Token::new(args.id, random()?);
    let entry = TokenEntry { id: token.id().clone(), sha256: token.sha256(), scopes, events: args.events, expires };
    if let Some(out) = &args.out {
        output_file::write(out, &token)?;
    }
    Ok(New { token, entry, out: args.out })
}

impl New {
    fn entry_json(&self) -> String {
        serde_json::to_string(&self.entry).expect("a TokenEntry has only text for keys")
    }
}

impl Report for New {
    fn json(&self) -> Map<String, Value> {
        // Written into a file, the token stays out of logs and pipes.
        let token = self.out.is_none().then(|| self.token.expose());
        let mut json = members(json!({ "entry": self.entry }));
        match token {
            Some(token) => json.insert("token".to_owned(), json!(token)),
            None => json.insert("out".to_owned(), json!(self.out)),
        };
        json
    }

    fn content(&self) -> Content {
        Content::Secret
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.out {
            None => writeln!(f, "token  {}", self.token.expose())?,
            Some(out) => writeln!(f, "token  in {}, which only you can read", out.display())?,
        }
        writeln!(f, "entry  {}", self.entry_json())?;
        writeln!(f)?;
        match &self.out {
            None => {
                writeln!(f, "Keep the token now: it is shown this once, and the server only ever knows its SHA-256.")?
            }
            Some(_) => {
                writeln!(f, "Keep that file out of the repository: the server only ever knows the token's SHA-256.")?
            }
        }
        writeln!(f, "Put the entry into the JSON list of the worker's secret DOWNBEAT_TOKENS, beside those it has:")?;
        writeln!(f, "  npx wrangler secret put DOWNBEAT_TOKENS      and paste [{}]", self.entry_json())?;
        writeln!(f, "Use the token with --token-file FILE, tokenFile in downbeat.toml, or in CI DOWNBEAT_TOKEN.")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.out {
            None => writeln!(f, "{}", self.token.expose()),
            Some(_) => writeln!(f, "{}", self.entry_json()),
        }
    }
}
