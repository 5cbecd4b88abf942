//! What a room plays.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::event::{PAGE_URL_BYTES_MAX, PageUrl};
use crate::name::NameError;

/// The media of a room: an `https:` URL (`http:` on this machine), or a path on the page's own origin, such as `/clips/a.mp4`.
///
/// At most [`PAGE_URL_BYTES_MAX`] bytes. A path begins with one `/`: with two it would name another host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Content(String);

impl Content {
    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Content {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.parse::<PageUrl>().is_ok() || is_path(text) {
            return Ok(Self(text.to_owned()));
        }
        let rule = "use https://…, or a path on the page's own origin such as /clips/a.mp4; at most 500 characters, without user or \"#\"";
        Err(NameError::new("content", text, rule))
    }
}
impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Serialize for Content {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

/// Returns whether `text` is a path that browsers resolve on the page's own origin. They read `\` as `/`.
fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= PAGE_URL_BYTES_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_encrypted_or_from_the_pages_own_origin() {
        for good in ["https://cdn.example.com/a.mp4?v=1", "/clips/a.mp4", "/", "http://127.0.0.1:8080/a.mp4"] {
            assert_eq!(good.parse::<Content>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "clips/a.mp4",
            "//evil.example/a.mp4",
            "/\\evil.example/a.mp4",
            "http://cdn.example.com/a.mp4",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://me:secret@cdn.example.com/a.mp4",
            "/a b",
            &"/x".repeat(251),
        ] {
            let said = bad.parse::<Content>().unwrap_err().to_string();
            assert!(said.contains("own origin") && said.len() < 300, "{said}");
        }
    }
}
