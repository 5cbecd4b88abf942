//! Which member somebody is.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::name::{Digest, NameError};

/// A member's id: 80 bits of the digest of its secret, as 20 hexadecimal digits. Others see it; the secret cannot be told from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct MemberId([u8; 10]);

impl MemberId {
    /// Returns the id of the member whose secret has this digest.
    pub fn of_secret(secret: &Digest) -> Self {
        let mut id = [0; 10];
        id.copy_from_slice(&secret.as_bytes()[..10]);
        Self(id)
    }
}

impl FromStr for MemberId {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut id = [0; 10];
        let digits = text.len() == 20 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let parsed = digits.then(|| {
            id.iter_mut().enumerate().try_for_each(|(place, byte)| {
                *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
                Some(())
            })
        });
        parsed
            .flatten()
            .map(|()| Self(id))
            .ok_or_else(|| NameError::new("member id", text, "use 20 digits of 0-9 and a-f"))
    }
}
impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl fmt::Debug for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "member:{self}")
    }
}
impl Serialize for MemberId {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for MemberId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_beginning_of_the_digest_of_the_secret() {
        let digest: Digest = "00ff10e9".repeat(8).parse().unwrap();
        let id = MemberId::of_secret(&digest);
        assert_eq!(id.to_string(), "00ff10e900ff10e900ff");
        assert_eq!("00ff10e900ff10e900ff".parse(), Ok(id));
        for bad in ["", "00ff10e900ff10e900f", "00FF10E900FF10E900FF", "+0ff10e900ff10e900ff", "00ff10e900ff10e900é"] {
            assert!(bad.parse::<MemberId>().is_err(), "{bad}");
        }
    }
}
