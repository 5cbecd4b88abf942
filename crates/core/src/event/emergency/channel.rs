//! Where viewers look when neither socket nor server answers, and whose signature they accept there.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::base64url;
use crate::name::NameError;

/// The longest URL in a state: 500 bytes, since every viewer receives it.
pub const PAGE_URL_BYTES_MAX: usize = 500;

/// Where viewers look when neither socket nor server answers, and whose signature they accept there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EmergencyChannel {
    /// The key whose signature they accept.
    pub key: EmergencyKey,
    /// The URL of the pointer that they read.
    pub url: PageUrl,
}

/// The public half of an Ed25519 key (RFC 8032); as text, its 32 bytes in base64url without padding.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct EmergencyKey([u8; 32]);

/// A URL that pages load from: `https://…`, or `http://` on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct PageUrl(String);

impl EmergencyKey {
    /// Returns the key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PageUrl {
    /// Returns the URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmergencyKey {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let rule = "use 43 of A-Z, a-z, 0-9, \"-\" and \"_\": 32 bytes in base64url, as \"downbeat emergency init\" shows them";
        base64url::decode(text).map(Self).ok_or_else(|| NameError::new("public key", text, rule))
    }
}
impl fmt::Display for EmergencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}
impl fmt::Debug for EmergencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519:{self}")
    }
}
impl Serialize for EmergencyKey {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for EmergencyKey {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

impl FromStr for PageUrl {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_page_url(text) {
            return Ok(Self(text.to_owned()));
        }
        let rule =
            "use https://…, at most 500 characters, without user or \"#\" (http:// only on 127.0.0.1 or localhost)";
        Err(NameError::new("URL for pages", text, rule))
    }
}
impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Serialize for PageUrl {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for PageUrl {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

fn is_page_url(text: &str) -> bool {
    let plain = text.len() <= PAGE_URL_BYTES_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte));
    let (encrypted, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return false,
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            if !matches!(port.len(), 1..=5) || !port.bytes().all(|byte| byte.is_ascii_digit()) {
                return false;
            }
            host
        }
        _ => authority,
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => {
            !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
        }
        None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)),
    };
    // Not every host that begins with "127." is an address.
    let is_loopback = matches!(host, "localhost" | "[::1]")
        || (host.starts_with("127.") && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    plain && is_host && (encrypted || is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_in_base64url() {
        let text = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(text.parse::<EmergencyKey>().unwrap().to_string(), text);
        for bad in ["", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", &text[1..], &format!("{text}=")] {
            let said = bad.parse::<EmergencyKey>().unwrap_err().to_string();
            assert!(said.contains("32 bytes in base64url"), "{said}");
        }
    }

    #[test]
    fn a_pointer_is_read_encrypted_or_on_this_machine() {
        for good in [
            "https://cdn.example.com/2026/events/main/current.json",
            "https://cdn.example.com:8443/x?v=1",
            "http://127.0.0.1:8333/shows/events/main/current.json",
            "http://localhost/x",
            "http://[::1]:8080/x",
        ] {
            assert_eq!(good.parse::<PageUrl>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "/events/main/current.json",
            "ftp://cdn.example.com/x",
            "http://cdn.example.com/x",
            "http://127.0.0.1.example.com/x",
            "https://",
            "https:///x",
            "https://me:secret@cdn.example.com/x",
            "https://cdn.example.com:port/x",
            "https://cdn.example.com/a b",
            "https://cdn.example.com/#x",
            &format!("https://cdn.example.com/{}", "x".repeat(500)),
        ] {
            assert!(bad.parse::<PageUrl>().is_err(), "{bad}");
        }
    }
}
