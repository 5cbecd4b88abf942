//! The worker's secret DOWNBEAT_TOKENS: tokens that depend on nothing else. They are compared in constant time.

use downbeat_core::{Digest, ServerTime};
use downbeat_wire::json;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::{Grant, Token, TokenEntry, TokenId};
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use worker::Env;

/// The name of the secret that holds the tokens' hashes.
const SECRET: &str = "DOWNBEAT_TOKENS";

/// The tokens of the secret.
pub(crate) struct Secret(Vec<TokenEntry>);

/// Returns whether two digests are the same, in a time that does not tell where they differ.
pub(crate) fn is_same(one: &Digest, other: &Digest) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

impl Secret {
    /// Reads the secret.
    pub(crate) fn of(env: &Env) -> Result<Self, Problem> {
        Self::parse(env.var(SECRET).ok().map(|secret| secret.to_string()).as_deref())
    }

    fn parse(secret: Option<&str>) -> Result<Self, Problem> {
        let secret = secret.ok_or_else(|| {
            unauthorized("the server has no secret DOWNBEAT_TOKENS, so it refuses every operator; set it with what \"downbeat token new\" prints")
        })?;
        let entries: Vec<Value> = json::read(secret.as_bytes()).map_err(|_| {
            unauthorized("the server's secret DOWNBEAT_TOKENS is not a JSON list of tokens; set it anew with what \"downbeat token new\" prints")
        })?;
        // One entry that is wrong must not keep all others out.
        Ok(Self(entries.into_iter().filter_map(|entry| json::read(entry.to_string().as_bytes()).ok()).collect()))
    }

    /// Returns its entries.
    pub(crate) fn entries(&self) -> &[TokenEntry] {
        &self.0
    }

    /// Returns whether a token has this id.
    pub(crate) fn has(&self, id: &TokenId) -> bool {
        self.0.iter().any(|entry| entry.id == *id)
    }

    /// Returns what a token allows, or why nothing; `None` if no entry has its id.
    pub(crate) fn check(&self, token: &Token, now: ServerTime) -> Option<Result<Grant, Problem>> {
        let shown = token.sha256();
        // Every entry is compared, all 32 bytes of each, so that the time taken tells nothing about any of them.
        let mut known = None;
        for entry in &self.0 {
            let same = is_same(&entry.sha256, &shown);
            if same && entry.id == *token.id() {
                known = Some(entry);
            }
        }
        match known {
            None if self.has(token.id()) => Some(Err(unknown_token())),
            None => None,
            Some(entry) if entry.expires.is_some_and(|expires| expires <= now) => {
                Some(Err(unauthorized("this token has expired; make a new one with \"downbeat token new\"")))
            }
            Some(entry) => Some(Ok(entry.grant())),
        }
    }
}

/// Returns the token in the header `Authorization`.
pub(crate) fn shown(header: Option<&str>) -> Result<Token, Problem> {
    let header = header.ok_or_else(|| unauthorized("send the header \"Authorization: Bearer dbt_…\""))?;
    let (scheme, text) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorized("the header \"Authorization\" is not of the form \"Bearer dbt_…\""));
    }
    text.trim().parse().map_err(|error| unauthorized(&format!("{error}")))
}

/// Returns the problem of a token that is missing or not valid.
pub(crate) fn unauthorized(detail: &str) -> Problem {
    Problem::new(Code::Unauthorized, detail)
}

/// Returns the problem of a token that the server does not know.
pub(crate) fn unknown_token() -> Problem {
    unauthorized("the server does not know this token; it may have been replaced")
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_wire::Scope;

    const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn token(id: &str, byte: u8) -> Token {
        Token::new(id.parse().unwrap(), [byte; 32])
    }
    fn secret(entries: &[(&Token, &[Scope], Option<i64>)]) -> String {
        let entries: Vec<TokenEntry> = entries
            .iter()
            .map(|(token, scopes, expires)| TokenEntry {
                id: token.id().clone(),
                sha256: token.sha256(),
                scopes: scopes.to_vec(),
                events: None,
                expires: expires.map(ServerTime::from_millis),
            })
            .collect();
        serde_json::to_string(&entries).unwrap()
    }
    fn code(secret: Option<&str>, header: Option<&str>, now: ServerTime) -> String {
        let checked = Secret::parse(secret).and_then(|secret| {
            let token = shown(header)?;
            secret.check(&token, now).unwrap_or_else(|| Err(Problem::new(Code::UnknownToken, "not in the secret")))
        });
        checked.map_or_else(|problem| problem.code, |grant| format!("allowed {}", grant.id))
    }

    #[test]
    fn a_token_of_the_secret_allows_what_its_entry_says() {
        let maria = token("maria", 1);
        let expires = Some(ServerTime::from_millis(1_704_067_200_001));
        let secret = secret(&[
            (&token("ci", 2), &[Scope::Publish], None),
            (&maria, &[Scope::Operate, Scope::Read], Some(1_704_067_200_001)),
        ]);
        let grant = Secret::parse(Some(&secret)).unwrap().check(&maria, NOW).unwrap().unwrap();
        let expected =
            Grant { id: maria.id().clone(), scopes: vec![Scope::Operate, Scope::Read], events: None, expires };
        assert_eq!(grant, expected);
    }

    #[test]
    fn without_the_secret_or_with_a_broken_one_everybody_is_refused() {
        let header = format!("Bearer {}", token("maria", 1).expose());
        for secret in [None, Some(""), Some("{}"), Some("not json")] {
            assert_eq!(code(secret, Some(&header), NOW), "unauthorized", "{secret:?}");
        }
        assert_eq!(code(Some("[]"), Some(&header), NOW), "unknown-token", "the keyring may have it");
    }

    #[test]
    fn one_wrong_entry_keeps_nobody_else_out() {
        let maria = token("maria", 1);
        let good = secret(&[(&maria, &[Scope::Read], None)]);
        let secret = good.replacen('[', r#"[7,{"id":"tom","sha256":"00","scopes":["read"]},"#, 1);
        let header = |token: &Token| format!("Bearer {}", token.expose());
        assert_eq!(code(Some(&secret), Some(&header(&maria)), NOW), "allowed maria");
        assert_eq!(code(Some(&secret), Some(&header(&token("tom", 1))), NOW), "unknown-token");
    }

    #[test]
    fn a_wrong_expired_or_borrowed_token_is_refused() {
        let maria = token("maria", 1);
        let secret = secret(&[(&maria, &Scope::ALL, Some(1_704_067_200_000))]);
        let header = |token: &Token| format!("Bearer {}", token.expose());
        let before = ServerTime::from_millis(1_704_067_199_999);
        let code = |header: Option<&str>, now| code(Some(&secret), header, now);
        assert_eq!(code(Some(&header(&maria)), before), "allowed maria");
        assert_eq!(code(Some(&header(&maria)), NOW), "unauthorized");
        // An id of the secret is never looked up elsewhere.
        assert_eq!(code(Some(&header(&token("maria", 2))), before), "unauthorized");
        for header in
            [None, Some(""), Some("Bearer"), Some("Basic abc"), Some("Bearer dbt_maria"), Some(maria.expose())]
        {
            assert_eq!(code(header, before), "unauthorized", "{header:?}");
        }
    }
}
