//! Operator tokens: `dbt_<id>_<secret>`. The server keeps only their SHA-256.

use core::fmt;
use core::str::FromStr;
use downbeat_core::{Digest, ServerTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

use crate::pattern::EventPattern;
use crate::scope::{self, Scope};

pub use crate::token_error::TokenError;

/// The prefix of every token, so that leaked ones can be searched for.
pub const PREFIX: &str = "dbt_";

/// The public part of a token: 1 to 32 of `[a-z0-9-]`. It appears in the log.
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
    /// What it allows. Scopes of a newer version are ignored.
    #[serde(deserialize_with = "scope::known")]
    pub scopes: Vec<Scope>,
    /// The events it is for; all if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventPattern>>,
    /// When it expires; `null` if never.
    #[serde(default)]
    pub expires: Option<ServerTime>,
}

/// The answer of `GET /v1/token`: what the request's token allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Grant {
    /// The token's public part.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub id: TokenId,
    /// What it allows. Scopes of a newer server are ignored.
    #[serde(deserialize_with = "scope::known")]
    pub scopes: Vec<Scope>,
    /// The events it is for: names, or the beginning of names and `*`. All if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "string[]"))]
    pub events: Option<Vec<EventPattern>>,
    /// When it expires; `null` if never.
    pub expires: Option<ServerTime>,
}

impl TokenId {
    /// Returns the id as text.
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
    /// Creates the token of `id` from 32 random bytes, which the caller draws.
    pub fn new(id: TokenId, secret: [u8; 32]) -> Self {
        let text = format!("{PREFIX}{id}_{}", Digest::from_bytes(secret));
        Self { text, id }
    }

    /// Returns the public part.
    pub const fn id(&self) -> &TokenId {
        &self.id
    }

    /// Returns the whole text, to be stored where only its owner can read it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Returns the SHA-256 of the whole text.
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

impl TokenEntry {
    /// Returns what the token allows.
    pub fn grant(&self) -> Grant {
        let Self { id, scopes, events, expires, .. } = self.clone();
        Grant { id, scopes, events, expires }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dbt_{}_…", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token::new("maria-1".parse().unwrap(), [0xa5; 32])
    }

    #[test]
    fn a_token_is_read_back_as_it_was_made() {
        let text = token().expose().to_owned();
        assert_eq!(text, format!("dbt_maria-1_{}", "a5".repeat(32)));
        let read: Token = text.parse().unwrap();
        assert_eq!((read.id().as_str(), read.sha256()), ("maria-1", token().sha256()));
        // echo -n dbt_maria-1_a5a5… | sha256sum
        assert_eq!(read.sha256().to_string(), "06649ccb790bec28a1c5e0983f03af008f7babb1a0230e3f32bb5f4e07ac4b21");
    }

    #[test]
    fn a_secret_may_have_underscores_and_any_plausible_length() {
        let read: Token = "dbt_m_0123456789_bcdef".parse().unwrap();
        assert_eq!(read.id().as_str(), "m");
        assert!(format!("dbt_m_{}", "x".repeat(256)).parse::<Token>().is_ok());
    }

    #[test]
    fn what_is_no_token_is_refused_without_a_word_of_it() {
        let secret = "s3cr3t-s3cr3t-s3cr3t";
        for (text, error) in [
            (String::new(), TokenError::Text),
            (secret.to_owned(), TokenError::Text),
            (format!("dbt_{secret}"), TokenError::Text),
            (format!("dbx_maria_{secret}"), TokenError::Text),
            (format!("dbt_maria_{secret}\n"), TokenError::Text),
            (format!(" dbt_maria_{secret}"), TokenError::Text),
            (format!("dbt_maria_{secret} "), TokenError::Text),
            ("dbt_maria_0123456789abcde".to_owned(), TokenError::Text),
            (format!("dbt_maria_{}", "x".repeat(257)), TokenError::Text),
            (format!("dbt__{secret}"), TokenError::Id),
            (format!("dbt_Maria_{secret}"), TokenError::Id),
            (format!("dbt_{}_{secret}", "x".repeat(33)), TokenError::Id),
        ] {
            let refused = text.parse::<Token>().unwrap_err();
            assert_eq!(refused, error, "{text:?}");
            assert!(!format!("{refused} {refused:?}").contains("s3cr3t"));
        }
    }

    #[test]
    fn debug_shows_whose_token_it_is_and_not_the_secret() {
        let shown = format!("{:?} {:#?}", token(), Some(token()));
        assert!(shown.contains("dbt_maria-1_…") && !shown.contains("a5a5"), "{shown}");
    }

    #[test]
    fn an_entry_without_expiry_and_events_is_for_all_of_them_and_for_good() {
        let entry = |more: &str| {
            let sha256 = token().sha256();
            serde_json::from_str::<TokenEntry>(&format!(r#"{{"id":"m","sha256":"{sha256}"{more}}}"#))
        };
        let read = entry(r#","scopes":["read"]"#).unwrap();
        assert_eq!((read.expires, read.events, read.scopes), (None, None, vec![Scope::Read]));
        assert_eq!(entry(r#","scopes":["read","of-tomorrow"]"#).unwrap().scopes, [Scope::Read]);
        // Wrong limits must not become none.
        assert!(entry(r#","scopes":["read"],"events":["Gala"]"#).is_err());
        assert!(entry(r#","scopes":["read"],"events":"gala"#).is_err());
        assert!(entry(r#","scopes":"read""#).is_err() && entry("").is_err());
    }

    #[test]
    fn a_grant_says_for_which_events_it_is_if_not_for_all() {
        let mut grant = Grant { id: "m".parse().unwrap(), scopes: vec![Scope::Hold], events: None, expires: None };
        assert_eq!(serde_json::to_string(&grant).unwrap(), r#"{"id":"m","scopes":["hold"],"expires":null}"#);
        grant.events = Some(vec!["main".parse().unwrap(), "gala-*".parse().unwrap()]);
        let text = r#"{"id":"m","scopes":["hold"],"events":["main","gala-*"],"expires":null}"#;
        assert_eq!(serde_json::to_string(&grant).unwrap(), text);
        assert_eq!(serde_json::from_str::<Grant>(text).unwrap(), grant);
    }
}
