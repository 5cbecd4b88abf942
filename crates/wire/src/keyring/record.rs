//! One token that the server keeps.

use downbeat_core::{Digest, ServerTime, Span};
use serde::{Deserialize, Serialize};

use super::bodies::{Credential, ListedToken, NewToken, Rotation, TokenSource};
use super::{CODE_LIFE, Check};
use crate::pattern::EventPattern;
use crate::scope::{self, Scope};
use crate::token::{Grant, TokenId};

/// The most live secrets of a token: the new one, and the old one for a while.
const SECRETS_MAX: usize = 2;

/// The most former credentials that a token remembers: 16, the newest ones.
///
/// Reason: a delayed copy of a request is minutes old, and every isolate has a copy of this. 64 digits each.
const FORMER_MAX: usize = 16;

/// A day, to which the last use is noted.
const DAY_MS: i64 = 24 * 3_600_000;

/// A token as the server saves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    pub(super) id: TokenId,
    #[serde(deserialize_with = "scope::known")]
    pub(super) scopes: Vec<Scope>,
    pub(super) events: Option<Vec<EventPattern>>,
    pub(super) expires: Option<ServerTime>,
    pub(super) made_by: TokenId,
    pub(super) made_at: ServerTime,
    /// Whether it is the key of a device of `made_by`, and ends with it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) device: bool,
    /// When its secret was last replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_at: Option<ServerTime>,
    /// The newest first; none until a sign-in code was redeemed.
    secrets: Vec<Secret>,
    pub(super) code: Option<PendingCode>,
    /// The secrets and codes that it and earlier tokens of its id had: a delayed copy of the request that made one must not bring
    /// it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<Digest>,
    /// The beginning of the day of its last use.
    last_used: Option<ServerTime>,
    pub(super) revoked_at: Option<ServerTime>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Secret {
    /// The SHA-256 of the token's whole text.
    sha256: Digest,
    /// When it ends, since there is a newer one.
    until: Option<ServerTime>,
}

/// A sign-in code that was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingCode {
    pub(super) sha256: Digest,
    pub(super) expires: ServerTime,
    /// How long the secret that it replaces works on.
    grace: Span,
    /// The secret of whoever redeemed it.
    pub(super) used_for: Option<Digest>,
}

impl TokenRecord {
    /// Makes a token, in the place of an earlier one of its id that is over.
    pub(super) fn new(wanted: NewToken, earlier: Option<&Self>, made_by: TokenId, now: ServerTime) -> Self {
        let NewToken { id, scopes, events, expires, credential, device } = wanted;
        let mut token = Self {
            id,
            scopes,
            events,
            expires,
            made_by,
            made_at: now,
            device,
            replaced_at: None,
            secrets: Vec::new(),
            code: None,
            former: earlier.map(Self::all_credentials).unwrap_or_default(),
            last_used: None,
            revoked_at: None,
        };
        token.set_credential(&Rotation { credential, grace: Span::ZERO }, now);
        token
    }

    /// Returns the token's id.
    pub const fn id(&self) -> &TokenId {
        &self.id
    }

    /// Returns what the token allows.
    pub fn grant(&self) -> Grant {
        let Self { id, scopes, events, expires, .. } = self.clone();
        Grant { id, scopes, events, expires }
    }

    /// Returns whether the token is neither revoked nor expired.
    pub(super) fn is_live(&self, now: ServerTime) -> bool {
        self.revoked_at.is_none() && self.expires.is_none_or(|expires| now < expires)
    }

    /// Returns whether the keys of devices that were made with it at `made_at` count: not once it is over or has another secret,
    /// nor those of an earlier token of its id.
    pub(super) fn has_device_of(&self, made_at: ServerTime, now: ServerTime) -> bool {
        self.is_live(now)
            && self.made_at <= made_at
            && self.replaced_at.is_none_or(|replaced_at| replaced_at <= made_at)
    }

    /// Returns whether this is one of its secrets, or its code.
    pub(super) fn has(&self, credential: &Credential) -> bool {
        match credential {
            Credential::Secret(sha256) => self.secrets.iter().any(|secret| secret.sha256 == *sha256),
            Credential::Code(sha256) => self.code.as_ref().is_some_and(|code| code.sha256 == *sha256),
        }
    }

    /// Returns whether it or an earlier token of its id had this, and it no longer counts.
    pub(super) fn had(&self, credential: &Credential) -> bool {
        let (Credential::Secret(sha256) | Credential::Code(sha256)) = credential;
        self.former.contains(sha256)
    }

    /// Returns every secret and code that it has or had, the oldest first.
    fn all_credentials(&self) -> Vec<Digest> {
        let now = self.secrets.iter().rev().map(|secret| secret.sha256);
        self.former.iter().copied().chain(now).chain(self.code.as_ref().map(|code| code.sha256)).collect()
    }

    fn retire(&mut self, credentials: impl Iterator<Item = Digest>) {
        self.former.extend(credentials);
        self.former.drain(..self.former.len().saturating_sub(FORMER_MAX));
    }

    pub(super) fn check(&self, same: impl Fn(&Digest) -> bool, now: ServerTime) -> Check {
        // All are compared, so that the time taken does not tell which one it was.
        let mut shown = None;
        for secret in &self.secrets {
            if same(&secret.sha256) {
                shown = Some(secret);
            }
        }
        match shown {
            None => Check::Unknown,
            Some(_) if self.revoked_at.is_some() => Check::Refused("this token was revoked; ask for a new one"),
            Some(_) if !self.is_live(now) => Check::Refused("this token has expired; ask for a new one"),
            Some(secret) if secret.until.is_some_and(|until| until <= now) => {
                Check::Refused("this token was replaced by a newer one, and its time is over; use the newer one")
            }
            Some(_) => Check::Granted(self.grant()),
        }
    }

    pub(super) fn set_credential(&mut self, rotation: &Rotation, now: ServerTime) {
        let code = self.code.take();
        self.retire(code.into_iter().map(|code| code.sha256));
        match rotation.credential {
            Credential::Secret(sha256) => {
                self.set_secret(sha256, rotation.grace, now);
            }
            Credential::Code(sha256) => {
                let expires = now + CODE_LIFE;
                self.code = Some(PendingCode { sha256, expires, grace: rotation.grace, used_for: None });
            }
        }
    }

    /// Makes `sha256` the secret on behalf of whoever redeemed the code.
    pub(super) fn redeem(&mut self, sha256: Digest, now: ServerTime) {
        if let Some(code) = &mut self.code {
            code.used_for = Some(sha256);
            let grace = code.grace;
            self.set_secret(sha256, grace, now);
        }
    }

    fn set_secret(&mut self, sha256: Digest, grace: Span, now: ServerTime) {
        let until = now + grace;
        self.replaced_at = (!self.secrets.is_empty()).then_some(now).or(self.replaced_at);
        for secret in &mut self.secrets {
            secret.until = Some(secret.until.map_or(until, |earlier| earlier.min(until)));
        }
        self.secrets.insert(0, Secret { sha256, until: None });
        let dropped = self.secrets.split_off(SECRETS_MAX.min(self.secrets.len()));
        self.retire(dropped.into_iter().map(|secret| secret.sha256));
    }

    /// Notes a use; returns whether it is the first of its day.
    pub(super) fn handle_use(&mut self, now: ServerTime) -> bool {
        let day = ServerTime::from_millis(now.as_millis() / DAY_MS * DAY_MS);
        let is_news = self.last_used.is_none_or(|last| last < day);
        if is_news {
            self.last_used = Some(day);
        }
        is_news
    }

    /// Describes the token for people.
    pub fn listed(&self, now: ServerTime) -> ListedToken {
        let code = self.code.as_ref().filter(|code| code.used_for.is_none() && now < code.expires);
        let ending = self.secrets.iter().filter_map(|secret| secret.until).find(|until| now < *until);
        ListedToken {
            made_by: Some(self.made_by.clone()),
            made_at: Some(self.made_at),
            device: self.device,
            last_used: self.last_used,
            signed_in: !self.secrets.is_empty(),
            old_secret_until: ending,
            code_until: code.map(|code| code.expires),
            revoked_at: self.revoked_at,
            ..ListedToken::new(self.grant(), TokenSource::Worker)
        }
    }
}
