//! Who calls, and whether they may. Without the secret every operator is refused.
//!
//! A token of the secret is known at once. One that the worker keeps itself is looked up in the keyring
//! (`tokens.rs`), unless its id is in the secret.

use downbeat_core::EventName;
use downbeat_wire::keyring::Check;
use downbeat_wire::permission::{self, Access};
use downbeat_wire::problem::Problem;
use downbeat_wire::token::Grant;
use downbeat_wire::{Route, Scope};
use web_sys::Request;
use worker::Env;

use crate::clock;
use crate::failures::refused;
use crate::runtime::Context;
use crate::secret::{Secret, shown, unauthorized, unknown_token};
use crate::tokens;

/// Checks that whoever makes a call may: the token, its scopes, and that it is for the event that the path names.
/// Returns what the token allows; `None` for calls that anyone may make.
pub(crate) async fn admit(
    request: &Request,
    env: &Env,
    ctx: &Context,
    method: &str,
    route: &Route,
) -> Result<Option<Grant>, Problem> {
    let access = permission::access(method, route);
    if access == Access::Public {
        return Ok(None);
    }
    let grant = authenticate(request, env, ctx, route).await?;
    grant.check_access(access)?;
    if let Some(event) = route.event() {
        grant.check_event(event)?;
    }
    Ok(Some(grant))
}

/// Returns whether the request shows a token that may read `event`, for calls that anyone may make.
pub(crate) async fn may_read(request: &Request, env: &Env, ctx: &Context, event: &EventName) -> bool {
    if header(request).is_none() {
        return false;
    }
    let shown = authenticate(request, env, ctx, &Route::Event(event.clone())).await;
    shown.is_ok_and(|grant| Scope::Read.is_in(&grant.scopes) && grant.check_event(event).is_ok())
}

fn header(request: &Request) -> Option<String> {
    request.headers().get("authorization").ok().flatten()
}

/// Returns what the request's token allows.
pub(crate) async fn authenticate(request: &Request, env: &Env, ctx: &Context, route: &Route) -> Result<Grant, Problem> {
    let arrived = clock::now();
    let header = header(request);
    let secret = Secret::of(env)?;
    let token = shown(header.as_deref())?;
    let grant = match secret.check(&token, arrived) {
        Some(checked) => checked,
        None => match tokens::check(env, ctx, &token, arrived).await? {
            Check::Granted(grant) => Ok(grant),
            Check::Refused(why) => Err(unauthorized(why)),
            Check::Unknown => Err(unknown_token()),
        },
    };
    grant.map_err(|problem| refused(problem, token.id(), route))
}
