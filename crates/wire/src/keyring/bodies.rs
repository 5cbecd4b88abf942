//! The bodies of the calls about tokens, and the sign-in code.
//!
//! ```json
//! {"id":"maria-phone","scopes":["hold","read"],"events":["gala-*"],"expires":null,"codeSha256":"9f2c…"}
//! ```

use core::fmt;
use core::str::FromStr;
use downbeat_core::{Digest, ServerTime, Span};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::Digest as _;

use super::GRACE_MAX;
use crate::fields::Fields;
use crate::json::value;
use crate::pattern::EventPattern;
use crate::problem::Problem;
use crate::scope::{self, Scope};
use crate::token::{Grant, TokenError, TokenId};

/// The prefix of sign-in codes.
const PREFIX: &str = "dbl_";

/// The random bytes of a sign-in code: 20, which is 160 bits.
pub const CODE_BYTES: usize = 20;

/// The most patterns of events in a token.
const EVENTS_MAX: usize = 50;

/// A sign-in code: `dbl_<id>_<40 hexadecimal digits>`. It is a secret for ten minutes; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInCode {
    text: String,
    id: TokenId,
}

impl SignInCode {
    /// Creates the code for a token from random bytes, which the caller draws.
    pub fn new(id: TokenId, random: [u8; CODE_BYTES]) -> Self {
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { text: format!("{PREFIX}{id}_{digits}"), id }
    }

    /// Returns the id of the token that it is for.
    pub const fn id(&self) -> &TokenId {
        &self.id
    }

    /// Returns the whole text, for the link's fragment.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Returns the SHA-256 of the whole text.
    pub fn sha256(&self) -> Digest {
        Digest::from_bytes(sha2::Sha256::digest(self.text.as_bytes()).into())
    }
}

impl FromStr for SignInCode {
    type Err = TokenError;
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let (id, digits) = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(TokenError::Code)?;
        let valid = digits.len() == 2 * CODE_BYTES
            && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !valid {
            return Err(TokenError::Code);
        }
        Ok(Self { text: text.to_owned(), id: id.parse()? })
    }
}

impl fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}_…", self.id)
    }
}

/// How a token's holder proves that it is theirs. The server gets hashes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The SHA-256 of the token's whole text, which the client has made.
    Secret(Digest),
    /// The SHA-256 of a sign-in code, whose reader makes the token.
    Code(Digest),
}

/// The body of `POST /v1/tokens`: a token to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// What it allows; at least one.
    pub scopes: Vec<Scope>,
    /// The events it is for; `None` for all.
    pub events: Option<Vec<EventPattern>>,
    /// When it expires; `None` for never.
    pub expires: Option<ServerTime>,
    /// How its holder proves that it is theirs.
    pub credential: Credential,
    /// Whether it is for another device of whoever asks: any token may add such a key, which ends with that token.
    pub device: bool,
}

/// The body of `POST /v1/tokens/{id}`: another secret for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// How the holder proves that the token is theirs from now on.
    pub credential: Credential,
    /// How long the old secret works on: 0 to [`GRACE_MAX`].
    pub grace: Span,
}

/// The body of `POST /v1/token`: redeems a sign-in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// The code.
    pub code: SignInCode,
    /// The SHA-256 of the token that the code's reader has made: `dbt_<id>_<secret>`, with the id of the code.
    pub sha256: Digest,
}

impl NewToken {
    /// Returns what the token will allow.
    pub fn grant(&self) -> Grant {
        let Self { id, scopes, events, expires, .. } = self.clone();
        Grant { id, scopes, events, expires }
    }

    /// Parses the body.
    ///
    /// # Errors
    /// [`Problem`]: malformed JSON with its position, a wrong field with its pointer.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let mut fields = Fields::parse(body)?;
        let wrong = |pointer: &str, detail: String| Problem::invalid_field(pointer, detail);
        let named: Vec<Scope> = fields.required("scopes", &format!("name some of: {}", scope::listed(&Scope::ALL)))?;
        let scopes: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| named.contains(scope)).collect();
        if scopes.is_empty() {
            return Err(wrong("/scopes", format!("\"scopes\" is empty; name some of: {}", scope::listed(&Scope::ALL))));
        }
        let events: Option<Vec<EventPattern>> = fields.optional("events")?;
        match events.as_deref() {
            Some([]) => return Err(wrong("/events", "\"events\" is empty; leave it out for all events".to_owned())),
            Some(events) if events.len() > EVENTS_MAX => {
                let detail = format!("\"events\" has {} elements, at most {EVENTS_MAX} fit", events.len());
                return Err(wrong("/events", detail));
            }
            _ => {}
        }
        Ok(Self {
            id: fields.required("id", "give the token's name, which the log shows")?,
            scopes,
            events,
            expires: fields.optional("expires")?,
            credential: credential(&mut fields)?,
            device: fields.optional("device")?.unwrap_or_default(),
        })
    }

    /// Returns the body that [`NewToken::parse`] reads back.
    pub fn body(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("id".to_owned(), value(&self.id));
        fields.insert("scopes".to_owned(), value(&self.scopes));
        if let Some(events) = &self.events {
            fields.insert("events".to_owned(), value(events));
        }
        fields.insert("expires".to_owned(), value(&self.expires));
        if self.device {
            fields.insert("device".to_owned(), Value::Bool(true));
        }
        put_credential(&mut fields, self.credential);
        Value::Object(fields)
    }
}

impl Rotation {
    /// Parses the body.
    ///
    /// # Errors
    /// [`Problem`]: malformed JSON with its position, a wrong field with its pointer.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let mut fields = Fields::parse(body)?;
        let grace: Span = fields.required("grace", "give how many ms the old secret works on; 0 ends it at once")?;
        if !(Span::ZERO..=GRACE_MAX).contains(&grace) {
            let detail = "\"grace\" is not within 0 and 2592000000 ms (30 days)";
            return Err(Problem::invalid_field("/grace", detail));
        }
        Ok(Self { credential: credential(&mut fields)?, grace })
    }

    /// Returns the body that [`Rotation::parse`] reads back.
    pub fn body(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("grace".to_owned(), value(&self.grace));
        put_credential(&mut fields, self.credential);
        Value::Object(fields)
    }
}

impl Redemption {
    /// Parses the body.
    ///
    /// # Errors
    /// [`Problem`]: malformed JSON with its position, a wrong field with its pointer. It never contains the code.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let mut fields = Fields::parse(body)?;
        let code: String = fields.required("code", "give the link's code, dbl_…")?;
        let code = code.parse().map_err(|error: TokenError| Problem::invalid_field("/code", error.to_string()))?;
        Ok(Self { code, sha256: fields.required("sha256", "give the SHA-256 of the token that you have made")? })
    }

    /// Returns the body that [`Redemption::parse`] reads back.
    pub fn body(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("code".to_owned(), value(self.code.expose()));
        fields.insert("sha256".to_owned(), value(&self.sha256));
        Value::Object(fields)
    }
}

fn credential(fields: &mut Fields) -> Result<Credential, Problem> {
    match (fields.optional("sha256")?, fields.optional("codeSha256")?) {
        (Some(sha256), None) => Ok(Credential::Secret(sha256)),
        (None, Some(sha256)) => Ok(Credential::Code(sha256)),
        _ => Err(Problem::invalid_field(
            "/sha256",
            "give either \"sha256\", of the token's text, or \"codeSha256\", of a sign-in code",
        )),
    }
}

fn put_credential(fields: &mut Map<String, Value>, credential: Credential) {
    let (name, sha256) = match credential {
        Credential::Secret(sha256) => ("sha256", sha256),
        Credential::Code(sha256) => ("codeSha256", sha256),
    };
    fields.insert(name.to_owned(), value(&sha256));
}

/// Where a token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenSource {
    /// In the worker's secret `DOWNBEAT_TOKENS`.
    Secret,
    /// By the worker itself.
    Worker,
}

/// A token in the answer of `GET /v1/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedToken {
    /// Its id.
    pub id: TokenId,
    /// What it allows.
    #[serde(deserialize_with = "scope::known")]
    pub scopes: Vec<Scope>,
    /// The events it is for; all if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventPattern>>,
    /// When it expires; `null` if never.
    #[serde(default)]
    pub expires: Option<ServerTime>,
    /// Where it is kept. What follows is known only of those that the worker keeps.
    pub source: TokenSource,
    /// The id of the token that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<TokenId>,
    /// Whether it is the key of a device, which ends with the token that made it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub device: bool,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<ServerTime>,
    /// The beginning of the day, in UTC, of its last use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<ServerTime>,
    /// Whether it has a secret: one that was added with a link has none until the link is opened.
    #[serde(default)]
    pub signed_in: bool,
    /// Until when an older secret works beside the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<ServerTime>,
    /// Until when a link that was not opened yet can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_until: Option<ServerTime>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<ServerTime>,
}

impl ListedToken {
    /// Lists a token of which nothing is known but what it allows.
    pub fn new(grant: Grant, source: TokenSource) -> Self {
        let Grant { id, scopes, events, expires } = grant;
        Self {
            id,
            scopes,
            events,
            expires,
            source,
            made_by: None,
            device: false,
            made_at: None,
            last_used: None,
            signed_in: false,
            old_secret_until: None,
            code_until: None,
            revoked_at: None,
        }
    }
}

/// The answer of `GET /v1/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenList {
    /// The tokens of the secret, then those that the worker keeps, in the order in which they were made.
    pub tokens: Vec<ListedToken>,
}
