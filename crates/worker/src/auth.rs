//! Bearer tokens, compared in constant time. Without the secret every call is refused.

use downbeat_core::ServerTime;
use downbeat_wire::json;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::{Grant, Scope, Token, TokenEntry, TokenId};
use subtle::ConstantTimeEq as _;
use web_sys::Request;
use worker::Env;

use crate::clock;

/// The name of the secret that holds the tokens' hashes.
const SECRET: &str = "DOWNBEAT_TOKENS";

/// Checks that the request shows a token with `scope`, and returns the token's id.
pub(crate) fn authorize(env: &Env, request: &Request, scope: Scope) -> Result<TokenId, Problem> {
    authorize_header(env, header(request).as_deref(), scope)
}

/// Does the same for the value of the header `Authorization`.
pub(crate) fn authorize_header(env: &Env, header: Option<&str>, scope: Scope) -> Result<TokenId, Problem> {
    authorized(secret(env).as_deref(), header, scope, clock::now())
}

/// Returns what the request's token allows.
pub(crate) fn grant(env: &Env, request: &Request) -> Result<Grant, Problem> {
    granted(secret(env).as_deref(), header(request).as_deref(), clock::now())
}

/// Returns the value of the header `Authorization`.
pub(crate) fn header(request: &Request) -> Option<String> {
    request.headers().get("authorization").ok().flatten()
}

fn secret(env: &Env) -> Option<String> {
    env.var(SECRET).ok().map(|secret| secret.to_string())
}

fn authorized(secret: Option<&str>, header: Option<&str>, scope: Scope, now: ServerTime) -> Result<TokenId, Problem> {
    let Grant { id, scopes, .. } = granted(secret, header, now)?;
    if !scopes.contains(&scope) {
        let has: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let detail = format!("this needs a token with the scope \"{scope}\"; token \"{id}\" has: {}", has.join(", "));
        return Err(Problem::new(Code::Forbidden, detail).with("scope", scope.as_str()));
    }
    Ok(id)
}

fn granted(secret: Option<&str>, header: Option<&str>, now: ServerTime) -> Result<Grant, Problem> {
    let unauthorized = |detail: &str| Problem::new(Code::Unauthorized, detail);
    let entries: Vec<TokenEntry> = match secret {
        Some(secret) => json::read(secret.as_bytes()).map_err(|_| {
            unauthorized("the server's secret DOWNBEAT_TOKENS is not a JSON list of tokens; set it anew with what \"downbeat token new\" prints")
        })?,
        None => {
            return Err(unauthorized(
                "the server has no secret DOWNBEAT_TOKENS, so it refuses every operator; set it with what \"downbeat token new\" prints",
            ));
        }
    };
    let header = header.ok_or_else(|| unauthorized("send the header \"Authorization: Bearer dbt_…\""))?;
    let (scheme, text) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorized("the header \"Authorization\" is not of the form \"Bearer dbt_…\""));
    }
    let token: Token = text.trim().parse().map_err(|error| unauthorized(&format!("{error}")))?;
    let shown = token.sha256();
    // Every entry is compared, all 32 bytes of each, so that the time taken tells nothing about any of them.
    let mut known = None;
    for entry in entries {
        let same = entry.sha256.as_bytes().ct_eq(shown.as_bytes());
        if bool::from(same) && entry.id == *token.id() {
            known = Some(entry);
        }
    }
    let entry = known.ok_or_else(|| unauthorized("the server does not know this token; it may have been replaced"))?;
    if entry.expires.is_some_and(|expires| expires <= now) {
        return Err(unauthorized("this token has expired; make a new one with \"downbeat token new\""));
    }
    let TokenEntry { id, scopes, expires, .. } = entry;
    Ok(Grant { id, scopes, expires })
}

#[cfg(test)]
mod tests {
    use super::*;

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
                expires: expires.map(ServerTime::from_millis),
            })
            .collect();
        serde_json::to_string(&entries).unwrap()
    }
    fn code(result: Result<TokenId, Problem>) -> String {
        result.map_or_else(|problem| problem.code, |id| format!("allowed {id}"))
    }

    #[test]
    fn a_token_allows_what_its_scopes_say_and_no_more() {
        let maria = token("maria", 1);
        let secret =
            secret(&[(&token("ci", 2), &[Scope::Publish], None), (&maria, &[Scope::Operate, Scope::Read], None)]);
        let header = format!("Bearer {}", maria.expose());
        assert_eq!(code(authorized(Some(&secret), Some(&header), Scope::Operate, NOW)), "allowed maria");
        assert_eq!(code(authorized(Some(&secret), Some(&header), Scope::Publish, NOW)), "forbidden");
    }

    #[test]
    fn a_grant_says_what_a_token_allows_and_until_when() {
        let maria = token("maria", 1);
        let secret = secret(&[(&maria, &[Scope::Operate, Scope::Read], Some(1_704_067_200_001))]);
        let header = format!("Bearer {}", maria.expose());
        let expires = Some(ServerTime::from_millis(1_704_067_200_001));
        let expected = Grant { id: maria.id().clone(), scopes: vec![Scope::Operate, Scope::Read], expires };
        assert_eq!(granted(Some(&secret), Some(&header), NOW).unwrap(), expected);
    }

    #[test]
    fn without_the_secret_or_with_a_broken_one_everybody_is_refused() {
        let maria = token("maria", 1);
        let header = format!("Bearer {}", maria.expose());
        for secret in [None, Some(""), Some("[]"), Some("{}"), Some("not json")] {
            assert_eq!(code(authorized(secret, Some(&header), Scope::Read, NOW)), "unauthorized", "{secret:?}");
        }
    }

    #[test]
    fn a_wrong_expired_or_borrowed_token_is_refused() {
        let maria = token("maria", 1);
        let secret = secret(&[(&maria, &Scope::ALL, Some(1_704_067_200_000))]);
        let header = |token: &Token| format!("Bearer {}", token.expose());
        let before = ServerTime::from_millis(1_704_067_199_999);
        assert_eq!(code(authorized(Some(&secret), Some(&header(&maria)), Scope::Read, before)), "allowed maria");
        assert_eq!(code(authorized(Some(&secret), Some(&header(&maria)), Scope::Read, NOW)), "unauthorized");
        assert_eq!(
            code(authorized(Some(&secret), Some(&header(&token("maria", 2))), Scope::Read, before)),
            "unauthorized"
        );
        for header in
            [None, Some(""), Some("Bearer"), Some("Basic abc"), Some("Bearer dbt_maria"), Some(maria.expose())]
        {
            assert_eq!(code(authorized(Some(&secret), header, Scope::Read, before)), "unauthorized", "{header:?}");
        }
    }
}
