//! Operator tokens: `dbt_<id>_<secret>`. The server keeps only their SHA-256.

use core::fmt;
use core::str::FromStr;
use downbeat_core::{Digest, ServerTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

/// What every token begins with, so that leaked ones can be searched for.
pub const PREFIX: &str = "dbt_";

/// What a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Change an event: its configuration and all commands but `rundown`.
    Operate,
    /// Put rundowns, and point an event at one.
    Publish,
    /// Read the log, the audience and the list of events.
    Read,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Operate, Self::Publish, Self::Read];

    /// Gives the word that stands for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operate => "operate",
            Self::Publish => "publish",
            Self::Read => "read",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = TokenError;
    fn from_str(text: &str) -> Result<Self, TokenError> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(TokenError::Scope)
    }
}

/// The public part of a token: 1 to 32 of `[a-z0-9-]`. It stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenId(String);

/// A token. Its text is a secret: neither `Debug` nor `Display` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    id: TokenId,
}

/// What the server knows of a token: one element of the secret `DOWNBEAT_TOKENS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenEntry {
    /// The token's public part.
    pub id: TokenId,
    /// The SHA-256 of the token's whole text.
    pub sha256: Digest,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it stops being valid; nothing if never.
    #[serde(default)]
    pub expires: Option<ServerTime>,
}

/// Says why a text is no token. It never contains the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// The id is wrong.
    Id,
    /// The text as a whole is wrong.
    Text,
    /// The scope is none.
    Scope,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "a token's id has 1 to 32 of a-z, 0-9 and -",
            Self::Text => {
                "this is no Downbeat token; one looks like dbt_<id>_<secret>, on one line, with nothing around it"
            }
            Self::Scope => "the scopes are operate, publish and read",
        })
    }
}
impl core::error::Error for TokenError {}

impl TokenId {
    /// Gives the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenId {
    type Err = TokenError;
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let valid = matches!(text.len(), 1..=32)
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if valid { Ok(Self(text.to_owned())) } else { Err(TokenError::Id) }
    }
}
impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Serialize for TokenId {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for TokenId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

impl Token {
    /// Makes the token of `id` from 32 random bytes, which the caller draws.
    pub fn new(id: TokenId, secret: [u8; 32]) -> Self {
        let text = format!("{PREFIX}{id}_{}", Digest::from_bytes(secret));
        Self { text, id }
    }

    /// Gives the public part.
    pub const fn id(&self) -> &TokenId {
        &self.id
    }

    /// Gives the whole text, to be kept where only its owner can read.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Gives the SHA-256 of the whole text.
    pub fn sha256(&self) -> Digest {
        Digest::from_bytes(sha2::Sha256::digest(self.text.as_bytes()).into())
    }
}

impl FromStr for Token {
    type Err = TokenError;
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let (id, secret) = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(TokenError::Text)?;
        let plausible = matches!(secret.len(), 16..=256) && secret.bytes().all(|byte| byte.is_ascii_graphic());
        if !plausible {
            return Err(TokenError::Text);
        }
        Ok(Self { text: text.to_owned(), id: id.parse()? })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dbt_{}_…", self.id)
    }
}
