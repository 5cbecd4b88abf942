//! What lets somebody into a room: its name is no secret, an invitation is one.

use core::fmt;
use core::str::FromStr;
use downbeat_core::{Digest, EventName, base64url};
use sha2::Digest as _;

use crate::problem::{Code, Problem};

/// The prefix of every invitation, so that leaked ones can be searched for.
pub const INVITATION_PREFIX: &str = "dbi_";

/// An invitation: `dbi_` and 128 random bits in base64url (RFC 4648), 26 characters. Its text is a secret: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation(String);

impl Invitation {
    /// Creates an invitation from 16 random bytes, which the caller draws.
    pub fn new(random: [u8; 16]) -> Self {
        Self(format!("{INVITATION_PREFIX}{}", base64url::encode(&random)))
    }

    /// Returns the whole text.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the SHA-256 of the whole text, which is all that a room stores of it.
    pub fn sha256(&self) -> Digest {
        digest(&self.0)
    }

    /// Returns the invitation in the header `Authorization`, `Bearer dbi_…`.
    ///
    /// # Errors
    /// [`Problem`] with the code `invalid-invitation` if there is none.
    pub fn of_header(header: Option<&str>) -> Result<Self, Problem> {
        let missing = "a room is for those it invites: send the header \"Authorization: Bearer dbi_…\"";
        let (scheme, text) = header.and_then(|header| header.split_once(' ')).unwrap_or_default();
        match text.trim().parse() {
            Ok(invitation) if scheme.eq_ignore_ascii_case("bearer") => Ok(invitation),
            _ => Err(Problem::new(Code::InvalidInvitation, missing)),
        }
    }
}

impl FromStr for Invitation {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text.strip_prefix(INVITATION_PREFIX) {
            Some(bits) if is_128_bits(bits) => Ok(Self(text.to_owned())),
            _ => Err(Problem::new(
                Code::InvalidInvitation,
                "this is not an invitation, which is \"dbi_\" and 22 characters; use the whole link",
            )),
        }
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dbi_…")
    }
}

/// Returns whether `text` is 128 bits in base64url.
pub(super) fn is_128_bits(text: &str) -> bool {
    text.len() == 22 && base64url::decode::<16>(text).is_some()
}

/// Returns the SHA-256 of a text.
pub(super) fn digest(text: &str) -> Digest {
    Digest::from_bytes(sha2::Sha256::digest(text.as_bytes()).into())
}

/// Returns the name of a new room: `r-` and 80 random bits, which the caller draws, in base32 (RFC 4648, in lower case).
///
/// # Panics
/// Never: letters and digits after `r-` are a name.
pub fn draw_name(random: [u8; 10]) -> EventName {
    let bits = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let digits = (0..16).rev().map(|place| b"abcdefghijklmnopqrstuvwxyz234567"[(bits >> (5 * place) & 31) as usize]);
    let name: String = "r-".chars().chain(digits.map(char::from)).collect();
    name.parse().expect("letters and digits after \"r-\" are a name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_read_back_and_shown_to_nobody() {
        let made = Invitation::new([0xfb; 16]);
        assert_eq!(made.expose(), "dbi_-_v7-_v7-_v7-_v7-_v7-w");
        assert_eq!(made.expose().parse::<Invitation>().unwrap().sha256(), made.sha256());
        assert_eq!(format!("{made:?}"), "dbi_…");
        for wrong in
            ["", "dbi_", "dbt_-_v7-_v7-_v7-_v7-_v7-w", "dbi_-_v7-_v7-_v7-_v7-_v7-w=", "dbi_+_v7-_v7-_v7-_v7-_v7-w"]
        {
            assert!(wrong.parse::<Invitation>().unwrap_err().is(Code::InvalidInvitation), "{wrong}");
        }
        assert!(Invitation::of_header(Some("bearer dbi_-_v7-_v7-_v7-_v7-_v7-w")).is_ok());
        for wrong in [None, Some("dbi_-_v7-_v7-_v7-_v7-_v7-w"), Some("Basic dbi_-_v7-_v7-_v7-_v7-_v7-w")] {
            assert!(Invitation::of_header(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_has_eighty_bits() {
        assert_eq!(draw_name([0; 10]).as_str(), "r-aaaaaaaaaaaaaaaa");
        // printf '\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf' | base32
        let name = draw_name([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]);
        assert_eq!(name.as_str(), "r-abcdefghijklmnop");
        assert!(name.is_room());
    }
}
