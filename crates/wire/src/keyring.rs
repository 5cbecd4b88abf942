//! The tokens that the server keeps itself, beside those of its secret: what may be done with them.
//!
//! Nothing here is a secret: of tokens and sign-in codes only the SHA-256 is known. A token has up to two live secrets,
//! so that a new one can be handed out before the old one ends. Each call may arrive twice; the repetition of one that
//! was carried out changes nothing.

mod bodies;
mod copy;
mod record;

#[cfg(test)]
mod tests;

pub use bodies::{
    CODE_BYTES, Credential, ListedToken, NewToken, Redemption, Rotation, SignInCode, TokenList, TokenSource,
};
pub use copy::{ASK_MAX, Answer, FRESH, KeyringCopy};
pub use record::TokenRecord;

use downbeat_core::{Digest, ServerTime, Span};
use serde::{Deserialize, Serialize};

use crate::pattern::{self, EventPattern};
use crate::problem::{Code, Problem};
use crate::scope::{self, Scope};
use crate::token::{Grant, TokenEntry, TokenId};

/// The most tokens that are neither revoked nor expired: 200.
///
/// Reason: every isolate that serves operators has a copy of all of them, about 400 B each.
pub const TOKENS_MAX: usize = 200;

/// The most live keys of devices that one token has: 10. Whoever may not add tokens must not fill the keyring.
pub const DEVICES_MAX: usize = 10;

/// How long a sign-in code is valid: 10 min. Source: the design.
pub const CODE_LIFE: Span = Span::from_millis(600_000);

/// The longest that the old secret works beside the new one: 30 days.
pub const GRACE_MAX: Span = Span::from_millis(30 * 24 * 3_600_000);

/// How long revoked tokens stay listed, and requests that made them are recognised: 90 days.
const REMEMBERED: Span = Span::from_millis(90 * 24 * 3_600_000);

/// All tokens that the server keeps itself.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Keyring {
    tokens: Vec<TokenRecord>,
}

/// What a change left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The token is now like this; it has to be saved.
    Changed(Box<TokenRecord>),
    /// The same call was carried out before; nothing changed.
    Repeated(Box<TokenRecord>),
}

/// What a token that somebody shows is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is valid.
    Granted(Grant),
    /// It was valid once; the reason.
    Refused(&'static str),
    /// The server does not know it.
    Unknown,
}

/// Whether a maker may revoke the very token that the call is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnToken {
    /// It is refused: nobody locks themselves out by mistake.
    Kept,
    /// The caller has said that this is meant.
    Revoked,
}

impl Outcome {
    /// Returns the token as it is now.
    pub fn token(&self) -> &TokenRecord {
        match self {
            Self::Changed(token) | Self::Repeated(token) => token,
        }
    }
}

impl FromIterator<TokenRecord> for Keyring {
    fn from_iter<T: IntoIterator<Item = TokenRecord>>(tokens: T) -> Self {
        Self { tokens: tokens.into_iter().collect() }
    }
}

impl Keyring {
    /// Returns all tokens, revoked ones too.
    pub fn tokens(&self) -> &[TokenRecord] {
        &self.tokens
    }

    /// Adds a token. `maker` is the token of whoever asks; it must have everything that the new one has.
    ///
    /// # Errors
    /// [`Problem`]: more than the maker has, an id in use, the past, too many tokens.
    pub fn add(&mut self, wanted: NewToken, maker: &Grant, now: ServerTime) -> Result<Outcome, Problem> {
        may_grant(maker, &wanted.scopes, wanted.events.as_deref(), wanted.expires)?;
        if wanted.device && self.token(&maker.id).is_some_and(|token| token.device) {
            let detail =
                "this is the key of a device, which cannot add another; sign in with the token that it came from";
            return Err(Problem::new(Code::Forbidden, detail));
        }
        if wanted.expires.is_some_and(|expires| expires <= now) {
            return Err(Problem::invalid_field(
                "/expires",
                "\"expires\" is past by the server's clock; give a later time",
            ));
        }
        if let Some(known) = self.token(&wanted.id) {
            let has = known.has(&wanted.credential);
            if has && known.is_live(now) {
                return Ok(Outcome::Repeated(Box::new(known.clone())));
            }
            if has || known.had(&wanted.credential) {
                return Err(over(&wanted.id));
            }
            if known.is_live(now) {
                let detail = format!(
                    "there is a token \"{}\" already; choose another id, or use \"downbeat token rotate\" or \"revoke\"",
                    wanted.id
                );
                return Err(conflict(detail));
            }
        }
        let is_device = |token: &&TokenRecord| token.device && token.made_by == maker.id && token.is_live(now);
        if wanted.device && self.tokens.iter().filter(is_device).count() >= DEVICES_MAX {
            let detail = format!(
                "token \"{}\" has {DEVICES_MAX} devices, the most; sign one out, or have one revoked: downbeat token list",
                maker.id
            );
            return Err(conflict(detail));
        }
        if self.tokens.iter().filter(|token| token.is_live(now)).count() >= TOKENS_MAX {
            return Err(conflict(format!("there are {TOKENS_MAX} tokens, the most; revoke those that nobody needs")));
        }
        let is_earlier = |token: &mut TokenRecord| token.id == wanted.id;
        let earlier = self.tokens.extract_if(.., is_earlier).next();
        self.tokens.retain(|token| token.revoked_at.is_none_or(|revoked_at| now - revoked_at < REMEMBERED));
        let token = TokenRecord::new(wanted, earlier.as_ref(), maker.id.clone(), now);
        self.tokens.push(token.clone());
        Ok(Outcome::Changed(Box::new(token)))
    }

    /// Replaces a token's secret or sign-in code. The old secret works on for the grace that was asked for.
    ///
    /// # Errors
    /// [`Problem`]: no such token, or one that has more than the maker.
    pub fn rotate(
        &mut self,
        id: &TokenId,
        rotation: &Rotation,
        maker: &Grant,
        now: ServerTime,
    ) -> Result<Outcome, Problem> {
        let token = self.of(id, maker)?;
        if !token.is_live(now) {
            return Err(conflict(format!("token \"{id}\" is revoked or has expired; add it again")));
        }
        if token.has(&rotation.credential) {
            return Ok(Outcome::Repeated(Box::new(token.clone())));
        }
        if token.had(&rotation.credential) {
            return Err(over(id));
        }
        token.set_credential(rotation, now);
        Ok(Outcome::Changed(Box::new(token.clone())))
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// [`Problem`]: no such token, one that has more than the maker, or the maker's own.
    pub fn revoke(&mut self, id: &TokenId, maker: &Grant, own: OwnToken, now: ServerTime) -> Result<Outcome, Problem> {
        let token = self.of(id, maker)?;
        if token.revoked_at.is_some() {
            return Ok(Outcome::Repeated(Box::new(token.clone())));
        }
        if own == OwnToken::Kept && maker.id == *id {
            let detail = format!(
                "token \"{id}\" is the one that this call is made with: after it you would be locked out; if you mean it, say so (downbeat token revoke --own)"
            );
            return Err(conflict(detail));
        }
        token.revoked_at = Some(now);
        Ok(Outcome::Changed(Box::new(token.clone())))
    }

    /// Redeems a sign-in code: whoever shows it first names the secret that the token has from now on. `same` compares
    /// the code's SHA-256.
    ///
    /// # Errors
    /// [`Problem`]: an unknown code, one that was used by somebody else, or one that has expired.
    pub fn redeem(
        &mut self,
        redemption: &Redemption,
        same: impl Fn(&Digest) -> bool,
        now: ServerTime,
    ) -> Result<(Grant, Outcome), Problem> {
        let unknown = unknown_code;
        let id = redemption.code.id();
        let token = self.tokens.iter_mut().find(|token| token.id == *id).ok_or_else(unknown)?;
        let code = token.code.as_ref().filter(|code| same(&code.sha256)).ok_or_else(unknown)?;
        if !token.is_live(now) {
            return Err(Problem::new(
                Code::Unauthorized,
                format!("token \"{id}\" is revoked or has expired; ask for a new link"),
            ));
        }
        match code.used_for {
            Some(sha256) if sha256 == redemption.sha256 => {
                return Ok((token.grant(), Outcome::Repeated(Box::new(token.clone()))));
            }
            Some(_) => {
                let detail = format!(
                    "this link was used before, and it works once; if that was not you, have token \"{id}\" revoked: downbeat token revoke {id}"
                );
                return Err(Problem::new(Code::CodeUsed, detail));
            }
            None if code.expires <= now => {
                let detail = format!(
                    "this link has expired, as it is valid for 10 minutes; ask for a new one: downbeat token rotate {id}"
                );
                return Err(Problem::new(Code::CodeExpired, detail));
            }
            None => token.redeem(redemption.sha256, now),
        }
        Ok((token.grant(), Outcome::Changed(Box::new(token.clone()))))
    }

    /// Notes that a token was used, to the day. Returns the token if that is news.
    pub fn handle_use(&mut self, id: &TokenId, now: ServerTime) -> Option<&TokenRecord> {
        let token = self.tokens.iter_mut().find(|token| token.id == *id)?;
        token.handle_use(now).then_some(token)
    }

    /// Returns what a token is worth. `same` compares the SHA-256 of its text; `in_secret` says whether the worker's secret has
    /// a token, which may have keys of devices here.
    pub fn check(
        &self,
        id: &TokenId,
        same: impl Fn(&Digest) -> bool,
        in_secret: impl Fn(&TokenId) -> bool,
        now: ServerTime,
    ) -> Check {
        let Some(token) = self.token(id) else { return Check::Unknown };
        match token.check(same, now) {
            Check::Granted(_) if token.device && !self.has_maker(token, in_secret, now) => {
                Check::Refused("the token that this device's key came from was revoked or replaced; sign in again")
            }
            check => check,
        }
    }

    /// Returns whether the token that the key of a device came from is still the same and valid.
    fn has_maker(&self, device: &TokenRecord, in_secret: impl Fn(&TokenId) -> bool, now: ServerTime) -> bool {
        match self.token(&device.made_by) {
            Some(maker) => maker.has_device_of(device.made_at, now),
            None => in_secret(&device.made_by),
        }
    }

    /// Returns whether there is a sign-in code like this, used or not. `same` compares its SHA-256.
    pub fn has_code(&self, id: &TokenId, same: impl Fn(&Digest) -> bool) -> bool {
        self.token(id).and_then(|token| token.code.as_ref()).is_some_and(|code| same(&code.sha256))
    }

    /// Returns the tokens that `maker` may see: those that it could have made.
    pub fn listed(&self, maker: &Grant, now: ServerTime) -> Vec<ListedToken> {
        let visible = self.tokens.iter().filter(|token| maker.covers(&token.scopes, token.events.as_deref()));
        let listed = |token: &TokenRecord| {
            let maker = token.device.then(|| self.token(&token.made_by)).flatten();
            let over = maker.filter(|maker| !maker.has_device_of(token.made_at, now));
            let mut listed = token.listed(now);
            listed.revoked_at = listed.revoked_at.or(over.map(|maker| maker.revoked_at.unwrap_or(now)));
            listed
        };
        visible.map(listed).collect()
    }

    fn token(&self, id: &TokenId) -> Option<&TokenRecord> {
        self.tokens.iter().find(|token| token.id == *id)
    }

    /// Returns the token `id` for a change by `maker`.
    fn of(&mut self, id: &TokenId, maker: &Grant) -> Result<&mut TokenRecord, Problem> {
        let token = self.tokens.iter_mut().find(|token| token.id == *id);
        let token = token.ok_or_else(|| {
            Problem::new(Code::UnknownToken, format!("there is no token \"{id}\"; see \"downbeat token list\""))
        })?;
        may_manage(maker, id, &token.scopes, token.events.as_deref())?;
        Ok(token)
    }
}

/// Returns the problem of a code that the server does not know.
pub fn unknown_code() -> Problem {
    Problem::new(
        Code::Unauthorized,
        "the server does not know this link; a newer one may have replaced it, or the token was revoked: ask for a new link",
    )
}

/// Returns the problem of a change to a token that is in the server's secret; what it is, only a `maker` learns who could have made it.
pub fn in_secret(entry: &TokenEntry, maker: &Grant) -> Problem {
    let TokenEntry { id, scopes, events, .. } = entry;
    may_manage(maker, id, scopes, events.as_deref()).err().unwrap_or_else(|| {
        conflict(format!(
            "token \"{id}\" is in the worker's secret DOWNBEAT_TOKENS, which this call cannot change; edit the secret, or choose another id"
        ))
    })
}

/// Checks that the maker has all that it wants to grant: nobody can give more than they have.
fn may_grant(
    maker: &Grant,
    scopes: &[Scope],
    events: Option<&[EventPattern]>,
    expires: Option<ServerTime>,
) -> Result<(), Problem> {
    let refused = |pointer: &str, what: String| {
        let detail = format!("a token cannot grant more than it has: token \"{}\" {what}", maker.id);
        Problem::new(Code::Forbidden, detail).with("pointer", pointer)
    };
    if let Some(missing) = scopes.iter().find(|scope| !scope.is_in(&maker.scopes)) {
        let has = scope::listed(&maker.scopes);
        return Err(
            refused("/scopes", format!("lacks the scope \"{missing}\"; it has: {has}")).with("scope", missing.as_str())
        );
    }
    if !pattern::covers(maker.events.as_deref(), events) {
        let own = maker.events.as_deref().map(pattern::listed).unwrap_or_default();
        return Err(refused("/events", format!("is only for the events {own}; name some of these")));
    }
    match (maker.expires, expires) {
        (Some(own), given) if given.is_none_or(|given| given > own) => {
            Err(refused("/expires", "expires earlier than the new one would; give an earlier \"expires\"".to_owned())
                .with("latest", own.as_millis()))
        }
        _ => Ok(()),
    }
}

/// Checks that `maker` could have made the token `id`, apart from its expiry. Otherwise a change would be a way to get more.
fn may_manage(maker: &Grant, id: &TokenId, scopes: &[Scope], events: Option<&[EventPattern]>) -> Result<(), Problem> {
    if maker.covers(scopes, events) {
        return Ok(());
    }
    let own = &maker.id;
    let detail =
        format!("token \"{id}\" has scopes or events that token \"{own}\" lacks, which therefore cannot change it");
    Err(Problem::new(Code::Forbidden, detail))
}

impl Grant {
    /// Returns whether this token has all of these scopes for all of these events.
    pub fn covers(&self, scopes: &[Scope], events: Option<&[EventPattern]>) -> bool {
        scopes.iter().all(|scope| scope.is_in(&self.scopes)) && pattern::covers(self.events.as_deref(), events)
    }
}

/// Returns the problem of a secret or a code that the token `id` had before.
fn over(id: &TokenId) -> Problem {
    conflict(format!("token \"{id}\" had this very secret or link before, and it is over; make another"))
}

fn conflict(detail: String) -> Problem {
    Problem::new(Code::TokenConflict, detail)
}
