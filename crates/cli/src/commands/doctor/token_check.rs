//! What the token allows, learned from requests that cannot change anything.

use downbeat_core::{Configuration, Digest, Rev};
use downbeat_wire::{Code, Route, Scope, Token, configuration};

use super::Finding;
use crate::context::Context;
use crate::exit::Exit;
use crate::profile::{ProfileError, TokenSource};
use crate::server::{Server, ServerError, ServerUrl};

/// Looks at the token: where it comes from, who else can read it, whether it is valid, and for what.
pub(super) fn look(context: &Context, url: &ServerUrl) -> Vec<Finding> {
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
    findings.push(validity(context, url, token, &source));
    findings
}

fn validity(context: &Context, url: &ServerUrl, token: Token, source: &str) -> Finding {
    let server = Server::new(url.clone(), Some(token), context.settings.timeout);
    let mut scopes = Vec::new();
    for scope in Scope::ALL {
        match allows(context, &server, scope) {
            Ok(true) => scopes.push(scope.as_str()),
            Ok(false) => {}
            Err(error) if error.is(Code::Unauthorized) => {
                let detail = error.to_string().lines().next().unwrap_or_default().to_owned();
                let remedy = "put its entry into the worker's secret DOWNBEAT_TOKENS, or make a new one with \"downbeat token new\"";
                return Finding::fail(Exit::Auth, "token", format!("{source}: {detail}"), remedy);
            }
            Err(error) => return Finding::failed("token", error),
        }
    }
    let missing: Vec<&str> =
        Scope::ALL.map(Scope::as_str).into_iter().filter(|scope| !scopes.contains(scope)).collect();
    match (scopes.is_empty(), missing.is_empty()) {
        (true, _) => Finding::warn("token", format!("{source} is valid, but for nothing"), "make one with scopes"),
        (false, true) => Finding::ok("token", format!("{source} is valid for {}", scopes.join(", "))),
        (false, false) => {
            Finding::ok("token", format!("{source} is valid for {}, not for {}", scopes.join(", "), missing.join(", ")))
        }
    }
}

/// Asks for something that needs `scope` and cannot be done: whoever is refused for another reason is allowed to ask.
fn allows(context: &Context, server: &Server, scope: Scope) -> Result<bool, ServerError> {
    let event = context.settings.event.clone();
    let result = match scope {
        Scope::Read => server.probe("GET", Route::Log(event), ""),
        // A configuration that sets nothing, for a revision no event ever has.
        Scope::Operate => {
            let nothing = Configuration { if_rev: Some(Rev::new(0)), ..Configuration::default() };
            server.probe("PUT", Route::Event(event), &configuration::body(&nothing, "doctor").to_string())
        }
        // No bytes have this digest.
        Scope::Publish => server.probe("PUT", Route::Rundown(event, Digest::from_bytes([0; 32])), "{}"),
    };
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.is(Code::Forbidden) => Ok(false),
        Err(ServerError::Problem { problem, .. }) if (400..500).contains(&problem.status) && problem.status != 401 => {
            Ok(true)
        }
        Err(error) => Err(error),
    }
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
