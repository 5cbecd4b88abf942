//! An event's rundowns: the pointer to the current one, and the list of stored ones.

use downbeat_core::{Digest, Epoch, Rev, ServerTime};
use serde::{Deserialize, Serialize};

/// The answer of `GET /v1/events/{event}/rundown.json`: which rundown viewers should have, and its URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RundownPointer {
    /// The epoch: the life of the event's counter.
    pub epoch: Epoch,
    /// The revision; a higher one of the same epoch wins.
    pub rev: Rev,
    /// The SHA-256 of its bytes; `null` if the event has no rundown.
    pub rundown: Option<Digest>,
    /// Its URL, relative to the server.
    pub url: Option<String>,
    /// Its subresource integrity, `sha256-…`, for `fetch(url, {integrity})`.
    pub integrity: Option<String>,
    /// Its size in bytes.
    pub bytes: Option<u64>,
}

/// The answer of `GET /v1/events/{event}/rundowns`: what is stored, sorted by digest.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RundownPage {
    /// The rundowns.
    pub rundowns: Vec<StoredRundown>,
    /// Whether there are more: ask with `?after=` the last one's digest.
    pub more: bool,
}

/// One rundown of a [`RundownPage`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StoredRundown {
    /// The SHA-256 of its bytes.
    pub rundown: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last stored: publishing it again counts.
    pub stored_at: ServerTime,
    /// The version of this upload. `DELETE` takes it, in quotes, as `If-Match`, so that what was published again
    /// meanwhile stays.
    pub version: String,
}

/// Where a server stores rundowns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RundownStore {
    /// In the storage of their event.
    Event,
    /// In the bucket that is bound to the server.
    Bucket,
}

impl RundownStore {
    /// Returns its name on the wire, as the parameter `store` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Bucket => "bucket",
        }
    }
}

/// Returns a digest as subresource integrity: `sha256-` and its base64 (RFC 4648, section 4).
pub fn integrity(digest: Digest) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("sha256-");
    for chunk in digest.as_bytes().chunks(3) {
        let word = u32::from(chunk[0]) << 16
            | u32::from(*chunk.get(1).unwrap_or(&0)) << 8
            | u32::from(*chunk.get(2).unwrap_or(&0));
        for place in 0..4 {
            let sextet = (word >> (18 - 6 * place)) as usize & 63;
            text.push(if place <= chunk.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;

    #[test]
    fn integrity_is_what_browsers_expect() {
        let empty = Digest::from_bytes(sha2::Sha256::digest(b"").into());
        assert_eq!(integrity(empty), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(integrity(Digest::from_bytes([0xff; 32])), format!("sha256-{}8=", "/".repeat(42)));
    }
}
