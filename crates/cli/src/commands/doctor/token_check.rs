//! What the token allows, and until when.

use downbeat_api::{Client, ServerUrl, clock};
use downbeat_wire::{Code, Grant, Scope, Token, pattern, scope};

use super::Finding;
use crate::context::Context;
use crate::exit::Exit;
use crate::profile::{ProfileError, TokenSource};
use crate::text;
use crate::time_zone::TimeZone;

/// Looks at the token: where it comes from, who else can read it, whether it is valid, and for what.
pub(super) async fn look(context: &Context, url: &ServerUrl) -> Vec<Finding> {
    let token = match context.settings.read_token() {
        Ok(Some(token)) => token,
        Ok(None) => {
            let error = ProfileError::NoToken;
            return vec![Finding::warn("token", "none; only status and event show work", error.hint())];
        }
        Err(error) => return vec![Finding::fail(Exit::Auth, "token", error.to_string(), error.hint())],
    };
    let mut findings: Vec<Finding> = readable_by_others(&context.settings.token).into_iter().collect();
    let source = format!("{} from {}", token.id(), context.settings.token);
    findings.push(validity(context, url, token, &source).await);
    findings
}

async fn validity(context: &Context, url: &ServerUrl, token: Token, source: &str) -> Finding {
    let server = Client::new(url.clone()).with_token(token).with_timeout(context.settings.timeout);
    let server = if context.settings.insecure { server.exposing_token() } else { server };
    let Grant { scopes, events, expires, .. } = match server.grant().await {
        Ok(grant) => grant,
        Err(error) if error.is(Code::Unauthorized) => {
            let detail = error.to_string().lines().next().unwrap_or_default().to_owned();
            let remedy = "ask whoever has the scope admin for another (\"downbeat token add\"); the first one goes into the worker's \
                 secret DOWNBEAT_TOKENS (\"downbeat token new\")";
            return Finding::fail(Exit::Auth, "token", format!("{source}: {detail}"), remedy);
        }
        Err(error) => return Finding::failed("token", error),
    };
    if scopes.is_empty() {
        return Finding::warn("token", format!("{source} is valid, but for nothing"), "make one with scopes");
    }
    // Most tokens need no other scope, so only these are missed.
    let everyday = [Scope::Operate, Scope::Publish, Scope::Read];
    let missing: Vec<Scope> = everyday.into_iter().filter(|scope| !scopes.contains(scope)).collect();
    let not_for = if missing.is_empty() { String::new() } else { format!(", not for {}", scope::listed(&missing)) };
    let only = events.as_deref().map(|events| format!(", for the events {}", pattern::listed(events)));
    let until =
        expires.map(|at| format!(", until {}", text::when(at, TimeZone::Local, clock::wall()))).unwrap_or_default();
    let valid = format!("{source} is valid for {}{not_for}{}{until}", scope::listed(&scopes), only.unwrap_or_default());
    let event = &context.settings.event;
    if pattern::includes(events.as_deref(), event) {
        return Finding::ok("token", valid);
    }
    Finding::warn("token", valid, format!("it is not for the event \"{event}\"; check --event, or use another token"))
}

#[cfg(unix)]
fn readable_by_others(source: &TokenSource) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let TokenSource::File(file) = source else { return None };
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| {
        let file = file.display();
        Finding::warn(
            "token file",
            format!("others on this machine can use {file} (mode {mode:o})"),
            format!("chmod 600 {file}"),
        )
    })
}

#[cfg(not(unix))]
fn readable_by_others(_: &TokenSource) -> Option<Finding> {
    None
}
