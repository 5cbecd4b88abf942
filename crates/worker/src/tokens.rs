//! The worker's side of the keyring: this isolate's copy of it, and the calls that change it.
//!
//! Only calls with a token that is not in the secret come here: `/time`, viewers and hubs never do.

use downbeat_core::{Digest, ServerTime};
use downbeat_wire::keyring::{
    ASK_MAX, Answer, Check, Keyring, KeyringCopy, ListedToken, NewToken, Redemption, TokenList, TokenSource, in_secret,
    unknown_code,
};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::{Grant, Token, TokenEntry, TokenId};
use downbeat_wire::{Route, json, permission};
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;
use worker::{Env, Error};

use crate::clock;
use crate::failures;
use crate::object::{self, Object, ObjectRequest};
use crate::reply::{Reply, unavailable};
use crate::request::{Target, body, body_within};
use crate::runtime::{Context, promise};
use crate::secret::{Secret, is_same};

/// The header that carries the maker's grant from the worker to the object.
pub(crate) const MAKER_HEADER: &str = "x-downbeat-maker";

/// The path of the whole keyring at its object, for workers; no public path leads to it.
pub(crate) const KEYRING_PATH: &str = "/keyring";

/// The path at which the object learns that a token was used.
pub(crate) const USED_PATH: &str = "/used/";

/// The query parameter that says that revoking the own token is meant.
pub(crate) const OWN: &str = "own";

/// The greatest length of the body that redeems a code: 1,024 bytes. It has a code and a SHA-256, some 200 bytes, and is
/// read without a token.
const REDEMPTION_BYTES_MAX: usize = 1_024;

/// The only object of its class.
const TOKENS: Object<'_> = Object { binding: "TOKENS", name: "tokens", region: None };

thread_local! {
    static COPY: RefCell<KeyringCopy> = RefCell::default();
}

/// Returns what a token that is not in the secret is worth, for a call that arrived at `arrived`.
pub(crate) async fn check(env: &Env, ctx: &Context, token: &Token, arrived: ServerTime) -> Result<Check, Problem> {
    let (id, sha256) = (token.id(), token.sha256());
    let secret = Secret::of(env)?;
    let in_secret = |id: &TokenId| secret.has(id);
    let check =
        look(env, ctx, arrived, |keyring, now| keyring.check(id, |known| is_same(known, &sha256), in_secret, now));
    let check = check.await?;
    if matches!(check, Check::Granted(_)) && COPY.with_borrow_mut(|copy| copy.handle_use(id, clock::now())) {
        note_use(env, ctx, id);
    }
    Ok(check)
}

/// Looks at the copy of the keyring until the answer is final, and refreshes the copy when it has to be.
async fn look(
    env: &Env,
    ctx: &Context,
    arrived: ServerTime,
    check: impl Fn(&Keyring, ServerTime) -> Check,
) -> Result<Check, Problem> {
    loop {
        let now = clock::now();
        match COPY.with_borrow_mut(|copy| copy.look(|keyring| check(keyring, now), arrived, now)) {
            Answer::Final(check) => return Ok(check),
            Answer::Wait(span) => clock::wait(span).await,
            Answer::Ask => {
                // It goes on when the call that began it is gone: others wait for it.
                let _ = JsFuture::from(in_background(ctx, refresh(env.clone(), now))).await;
            }
            Answer::Unavailable => {
                let detail = "this token is not in the worker's secret, and the part of the worker that keeps the others does not answer; try again in a moment, or use a token of the secret DOWNBEAT_TOKENS";
                return Err(Problem::new(Code::Unavailable, detail));
            }
        }
    }
}

/// Refreshes the copy; `now` is when the request is sent.
async fn refresh(env: Env, now: ServerTime) {
    match clock::within(ASK_MAX, keyring(&env)).await {
        Some(Ok(keyring)) => COPY.with_borrow_mut(|copy| copy.handle_answer(keyring, now)),
        failure => {
            let why = match failure {
                Some(Err(error)) => error.to_string(),
                _ => "no answer in time".to_owned(),
            };
            worker::console_error!("the keyring: {why}");
            COPY.with_borrow_mut(|copy| copy.handle_failure(now, clock::now()));
        }
    }
}

async fn keyring(env: &Env) -> worker::Result<Keyring> {
    match object::send(env, TOKENS, ObjectRequest::get(KEYRING_PATH)).await? {
        (200, text) => Ok(json::read(text.as_bytes())?),
        (status, _) => Err(Error::RustError(format!("unexpected status {status}"))),
    }
}

/// Tells the object that a token was used today, after the answer has left.
fn note_use(env: &Env, ctx: &Context, id: &TokenId) {
    let (env, path) = (env.clone(), format!("{USED_PATH}{id}"));
    let _ = in_background(ctx, async move {
        let request = ObjectRequest { method: "POST", ..ObjectRequest::get(&path) };
        if let Err(error) = object::send(&env, TOKENS, request).await {
            worker::console_error!("the last use of a token is not noted: {error}");
        }
    });
}

/// Starts `work`, which goes on when the call that began it is answered or gone.
fn in_background(ctx: &Context, work: impl Future<Output = ()> + 'static) -> Promise {
    let promise = promise(work);
    ctx.wait_until(&promise);
    promise
}

/// Returns the tokens that `maker` may see: of the secret, and of the keyring.
pub(crate) async fn list(env: &Env, maker: &Grant) -> Result<Reply, Problem> {
    let secret = Secret::of(env)?;
    let kept = send(env, maker, "GET", &Route::Tokens.path(), None).await?;
    let kept: TokenList = json::read(kept.1.as_bytes()).map_err(|error| unavailable(KEEPER, &error.into()))?;
    let visible = secret.entries().iter().filter(|entry| maker.covers(&entry.scopes, entry.events.as_deref()));
    let mut list = TokenList { tokens: visible.map(of_secret).collect() };
    list.tokens.extend(kept.tokens);
    Ok(Reply::json(200, json::text(&list)))
}

/// Checks that a token is not in the secret, which no call changes.
fn check_kept(env: &Env, maker: &Grant, id: &TokenId) -> Result<(), Problem> {
    match Secret::of(env)?.entries().iter().find(|entry| entry.id == *id) {
        Some(entry) => Err(in_secret(entry, maker)),
        None => Ok(()),
    }
}

/// Adds a token.
pub(crate) async fn add(env: &Env, request: Request, maker: &Grant) -> Result<Reply, Problem> {
    let body = body(request).await?;
    let wanted = match NewToken::parse(&body) {
        Ok(wanted) => wanted,
        Err(problem) => {
            // What is wrong with it is said to those who may add tokens.
            maker.check_access(permission::token(false))?;
            return Err(problem);
        }
    };
    maker.check_access(permission::token(wanted.device))?;
    check_kept(env, maker, &wanted.id)?;
    change(env, maker, "POST", &Route::Tokens.path(), Some(&body)).await
}

/// Replaces a token's secret or sign-in code.
pub(crate) async fn rotate(env: &Env, request: Request, maker: &Grant, id: &TokenId) -> Result<Reply, Problem> {
    let body = body(request).await?;
    check_kept(env, maker, id)?;
    change(env, maker, "POST", &Route::OneToken(id.clone()).path(), Some(&body)).await
}

/// Revokes a token.
pub(crate) async fn revoke(env: &Env, maker: &Grant, id: &TokenId, target: &Target<'_>) -> Result<Reply, Problem> {
    maker.check_access(permission::token(maker.id == *id))?;
    check_kept(env, maker, id)?;
    let own = if target.has(OWN) { "?own" } else { "" };
    change(env, maker, "DELETE", &format!("{}{own}", Route::OneToken(id.clone()).path()), None).await
}

/// Redeems a sign-in code, which is the authority. A code that the copy of the keyring does not have reaches no object.
pub(crate) async fn redeem(env: &Env, ctx: &Context, request: Request) -> Result<Reply, Problem> {
    let arrived = clock::now();
    let body = body_within(request, REDEMPTION_BYTES_MAX, redemption_too_large).await?;
    let Redemption { code, .. } = Redemption::parse(&body)?;
    let secret = Secret::of(env)?;
    let refused = || failures::refused(unknown_code(), code.id(), &Route::Token);
    if secret.has(code.id()) {
        return Err(refused());
    }
    let sha256 = code.sha256();
    let same = |known: &Digest| is_same(known, &sha256);
    let check = look(env, ctx, arrived, |keyring, _| match keyring.has_code(code.id(), same) {
        // Whether it still counts, the object decides.
        true => Check::Granted(Grant { id: code.id().clone(), scopes: Vec::new(), events: None, expires: None }),
        false => Check::Unknown,
    });
    if check.await? == Check::Unknown {
        return Err(refused());
    }
    let path = Route::Token.path();
    let answer =
        object::send(env, TOKENS, ObjectRequest { method: "POST", body: Some(&body), ..ObjectRequest::get(&path) });
    passed_on(answer.await)
}

fn redemption_too_large() -> Problem {
    Problem::new(
        Code::TooLarge,
        "the body that redeems a code has more than 1,024 bytes; send the code and a SHA-256 only",
    )
    .with("limit", REDEMPTION_BYTES_MAX)
}

/// What does not answer, for people.
const KEEPER: &str = "the part of the worker that keeps the tokens";

async fn change(env: &Env, maker: &Grant, method: &str, path: &str, body: Option<&[u8]>) -> Result<Reply, Problem> {
    passed_on(Ok(send(env, maker, method, path, body).await?))
}

fn passed_on(answer: worker::Result<(u16, String)>) -> Result<Reply, Problem> {
    COPY.with_borrow_mut(KeyringCopy::expire);
    let (status, text) = answer.map_err(|error| unavailable(KEEPER, &error))?;
    let reply = Reply::json(status, text);
    Ok(if status < 400 { reply } else { reply.into_problem() })
}

async fn send(
    env: &Env,
    maker: &Grant,
    method: &str,
    path: &str,
    body: Option<&[u8]>,
) -> Result<(u16, String), Problem> {
    let maker = json::text(maker);
    let request = ObjectRequest { method, path, headers: vec![(MAKER_HEADER, maker)], body };
    object::send(env, TOKENS, request).await.map_err(|error| unavailable(KEEPER, &error))
}

/// Describes a token of the secret.
fn of_secret(entry: &TokenEntry) -> ListedToken {
    ListedToken { signed_in: true, ..ListedToken::new(entry.grant(), TokenSource::Secret) }
}
