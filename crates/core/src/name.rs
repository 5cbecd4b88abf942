//! Names: an event's name, a command's id, a revision, an epoch, a digest.
//!
//! Each is parsed once where it arrives, and trusted afterwards.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::borrow::Borrow;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a text is not a valid name; its message states the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    what: &'static str,
    given: String,
    rule: &'static str,
}

impl NameError {
    pub(crate) fn new(what: &'static str, given: &str, rule: &'static str) -> Self {
        // The input is echoed, so it is cut: it may be a megabyte long.
        Self { what, given: given[..given.floor_char_boundary(80)].to_owned(), rule }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a valid {}: {}", self.given, self.what, self.rule)
    }
}
impl core::error::Error for NameError {}

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(String);

        impl $name {
            /// Returns the name, or `None` if the text is not valid, for callers that need no error message.
            pub fn from_text(text: &str) -> Option<Self> {
                let valid: fn(&[u8]) -> bool = $valid;
                valid(text.as_bytes()).then(|| Self(text.to_owned()))
            }

            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::from_text(text).ok_or_else(|| NameError::new($what, text, $rule))
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

fn is_lower_or_digit(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

text_name!(
    /// An event's name, as in URLs: `[a-z0-9][a-z0-9-]{0,62}`.
    ///
    /// ```
    /// use downbeat_core::EventName;
    /// assert!("spring-gala-2026".parse::<EventName>().is_ok());
    /// assert!("Spring Gala".parse::<EventName>().is_err());
    /// ```
    EventName,
    "event name",
    "use 1 to 63 of a-z, 0-9 and -, not starting with -",
    |name| {
        matches!(name.len(), 1..=63)
            && is_lower_or_digit(name[0])
            && name.iter().all(|&byte| is_lower_or_digit(byte) || byte == b'-')
    }
);

impl EventName {
    /// What the names of rooms begin with, and those of no other events: `r-`.
    pub const ROOM_PREFIX: &str = "r-";

    /// Returns whether the name is a room's.
    pub fn is_room(&self) -> bool {
        self.as_str().starts_with(Self::ROOM_PREFIX)
    }
}

text_name!(
    /// The client-made id of a command, so that sending it twice changes nothing: 1 to 64 of `[A-Za-z0-9._-]`.
    CommandId,
    "command id",
    "use 1 to 64 of A-Z, a-z, 0-9, \".\", \"_\" and \"-\"",
    |id| {
        matches!(id.len(), 1..=64) && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
    }
);

text_name!(
    /// The life of an event's counter of revisions: 1 to 32 of `[a-z0-9]`.
    ///
    /// A new epoch means that the event was made anew and its revisions start again; two epochs have no order.
    Epoch,
    "epoch",
    "use 1 to 32 of a-z and 0-9",
    |epoch| { matches!(epoch.len(), 1..=32) && epoch.iter().all(|&byte| is_lower_or_digit(byte)) }
);

/// The revision of an event's state: 1 when it is made, one more with every change, never less within an [`Epoch`].
///
/// An event never makes or accepts one above 2^40. What others send may be any number, and is only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Rev(u64);

/// The most by which the revision of a state that was signed without the server may exceed the server's: 1,000.
///
/// Reason: the signer may have missed some changes, but never so many; and without a limit one signature could use up
/// all revisions.
pub const SIGNED_AHEAD_MAX: u64 = 1_000;

impl Rev {
    /// The revision of an event that has just been made.
    pub const FIRST: Self = Self(1);

    /// The greatest revision of an event: 2^40.
    ///
    /// Reason: JavaScript and the platform's storage count exactly up to 2^53, and at a change every millisecond it
    /// would be reached in 35 years.
    pub const MAX: Self = Self(1 << 40);

    /// Returns the revision numbered `number`.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Returns the number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Returns the revision after this one; nothing comes after the greatest number.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Returns whether an event can have this revision.
    pub const fn is_valid(self) -> bool {
        self.0 >= Self::FIRST.0 && self.0 <= Self::MAX.0
    }

    /// Returns whether a state of the revision `signed`, made without the server, may follow this one, the server's:
    /// it is higher, by [`SIGNED_AHEAD_MAX`] at most.
    pub const fn may_become(self, signed: Self) -> bool {
        signed.0 > self.0 && signed.0 - self.0 <= SIGNED_AHEAD_MAX && signed.is_valid()
    }
}

impl fmt::Display for Rev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A SHA-256 digest; as text, 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest with these digits, or `None` if they are not valid, for callers that need no error message.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 2 * bytes.len() {
            return None;
        }
        for (place, digit) in text.bytes().enumerate() {
            let nibble = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            bytes[place / 2] = bytes[place / 2] << 4 | nibble;
        }
        Some(Self(bytes))
    }

    /// Returns the digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::from_text(text).ok_or_else(|| NameError::new("SHA-256 digest", text, "use 64 digits of 0-9 and a-f"))
    }
}
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{self}")
    }
}
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_names_follow_the_rule_of_urls() {
        for good in ["main", "0", "spring-gala", "a-", &"x".repeat(63)] {
            assert!(good.parse::<EventName>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "Main", "a_b", "a/b", "é", &"x".repeat(64)] {
            assert!(bad.parse::<EventName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_refused_name_says_the_rule_and_echoes_no_more_than_a_line() {
        let error = "X".repeat(1_000_000).parse::<EventName>().unwrap_err().to_string();
        assert!(error.len() < 250 && error.contains("1 to 63 of a-z, 0-9 and -"), "{error}");
    }

    #[test]
    fn revisions_are_bounded_far_below_what_javascript_counts() {
        assert_eq!(Rev::MAX.number(), 1_099_511_627_776);
        assert!(Rev::FIRST.is_valid() && Rev::MAX.is_valid());
        assert!(!Rev::new(0).is_valid() && !Rev::MAX.next().is_valid() && !Rev::new(u64::MAX).is_valid());
        assert_eq!(Rev::new(u64::MAX).next(), Rev::new(u64::MAX), "it never begins anew");
        let known = Rev::new(5);
        assert!(known.may_become(Rev::new(6)) && known.may_become(Rev::new(1_005)));
        assert!(!known.may_become(Rev::new(5)) && !known.may_become(Rev::new(4)) && !known.may_become(Rev::new(1_006)));
        assert!(!Rev::MAX.may_become(Rev::MAX.next()) && !Rev::new(u64::MAX).may_become(Rev::new(0)));
    }

    #[test]
    fn a_digest_is_64_lower_case_hexadecimal_digits() {
        let text = "00ff10e9".repeat(8);
        assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
        assert!(text.to_uppercase().parse::<Digest>().is_err());
        assert!(text[1..].parse::<Digest>().is_err());
    }
}
