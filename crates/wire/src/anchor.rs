//! Anchors of the log: what the worker has signed about the newest entry when it was made.
//!
//! The chain of a log shows that no part of it was altered, but not that its end was kept, nor that it was not written
//! anew from the beginning. Whoever keeps an anchor elsewhere can tell: the log must still have this hash at this
//! revision. The signature shows others that the worker itself has said so.
//!
//! The signature is Ed25519 (RFC 8032) over [`Anchor::signed_bytes`]: the line `downbeat.anchor/1`, then event, epoch,
//! revision, hash and instant in ms, each on a line of its own. The public keys are at `/.well-known/downbeat-key`.

use core::fmt;
use core::str::FromStr;
use downbeat_core::{Digest, Epoch, EventName, Rev, ServerTime, base64url};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

use crate::emergency::Signature;

/// The first line of the signed bytes, so that a signature is valid for nothing else.
const SIGNED_PREFIX: &str = "downbeat.anchor/1";

/// The public half of the key that signs anchors (Ed25519); as text, its 32 bytes in base64url without padding.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnchorKey([u8; 32]);

/// What the worker has signed about an entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Anchor {
    /// The event.
    pub event: EventName,
    /// The epoch.
    pub epoch: Epoch,
    /// The revision of the entry.
    pub rev: Rev,
    /// The hash of the entry, and so of everything before it.
    pub hash: Digest,
    /// When the change was decided.
    pub at: ServerTime,
    /// The key that has signed.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub key: AnchorKey,
    /// The Ed25519 signature of the members before `key`, in base64url without padding.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub signature: Signature,
}

/// The answer of `GET /.well-known/downbeat-key`: a set of one JSON Web Key (RFC 7517, RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<PublicKey>,
}

/// A public key as a JSON Web Key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The key.
    pub x: AnchorKey,
    /// Its thumbprint (RFC 7638).
    pub kid: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
}

impl Anchor {
    /// Returns the bytes that are signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        signed_bytes(&self.event, &self.epoch, self.rev, self.hash, self.at)
    }
}

/// Returns the bytes that are signed about an entry. None of the members can contain a line break.
pub fn signed_bytes(event: &EventName, epoch: &Epoch, rev: Rev, hash: Digest, at: ServerTime) -> Vec<u8> {
    format!("{SIGNED_PREFIX}\n{event}\n{epoch}\n{rev}\n{hash}\n{}\n", at.as_millis()).into_bytes()
}

impl KeySet {
    /// Returns the set with this key.
    pub fn of(key: AnchorKey) -> Self {
        // RFC 7638: the required members in the order of their names, without white space.
        let thumbprint = sha2::Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{key}"}}"#).as_bytes());
        let [kty, crv, usage] = ["OKP", "Ed25519", "sig"].map(str::to_owned);
        Self { keys: vec![PublicKey { kty, crv, x: key, kid: base64url::encode(&thumbprint), usage }] }
    }
}

impl AnchorKey {
    /// Returns the key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for AnchorKey {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base64url::decode(text).map(Self).ok_or("not a public key: 32 bytes in base64url without padding")
    }
}
impl fmt::Display for AnchorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}
impl fmt::Debug for AnchorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519:{self}")
    }
}
impl Serialize for AnchorKey {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for AnchorKey {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_signed_and_none_can_pass_for_another() {
        let anchor = Anchor {
            event: "main".parse().unwrap(),
            epoch: "k3v9x2m4".parse().unwrap(),
            rev: Rev::new(12),
            hash: Digest::from_bytes([0xab; 32]),
            at: ServerTime::from_millis(1_704_067_200_000),
            key: AnchorKey::from_bytes([1; 32]),
            signature: Signature::from_bytes([2; 64]),
        };
        let text = format!("downbeat.anchor/1\nmain\nk3v9x2m4\n12\n{}\n1704067200000\n", "ab".repeat(32));
        assert_eq!(anchor.signed_bytes(), text.into_bytes());
    }

    #[test]
    fn the_key_set_is_that_of_rfc_8037() {
        // Appendix A.2 and A.3.
        let key: AnchorKey = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap();
        let set = KeySet::of(key);
        assert_eq!(set.keys[0].kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let text = serde_json::to_string(&set).unwrap();
        assert!(text.starts_with(r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qY"#), "{text}");
        assert_eq!(serde_json::from_str::<KeySet>(&text).unwrap(), set);
        assert!("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR".parse::<AnchorKey>().is_err());
    }
}
