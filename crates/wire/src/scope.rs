//! What tokens allow.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize};

use crate::token_error::TokenError;

/// What a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Change an event: its configuration and all commands except `rundown`. It includes `hold`.
    Operate,
    /// Pause and resume an event, show a message and remove it: the commands `pause`, `resume`, `announce`, `clear`.
    Hold,
    /// Store rundowns, and point an event at one.
    Publish,
    /// Read the log, the audience and the list of events.
    Read,
    /// Make rooms.
    Rooms,
    /// Set and remove an event's emergency key. Anyone who holds that key can pause without a token.
    Emergency,
    /// Make, list and revoke tokens, each with at most the scopes and events of the maker's own; and delete events.
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 7] =
        [Self::Operate, Self::Hold, Self::Publish, Self::Read, Self::Rooms, Self::Emergency, Self::Admin];

    /// Returns its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operate => "operate",
            Self::Hold => "hold",
            Self::Publish => "publish",
            Self::Read => "read",
            Self::Rooms => "rooms",
            Self::Emergency => "emergency",
            Self::Admin => "admin",
        }
    }

    /// Returns whether a token with `scopes` has this one, by itself or as a part of another.
    pub fn is_in(self, scopes: &[Self]) -> bool {
        scopes.contains(&self) || self == Self::Hold && scopes.contains(&Self::Operate)
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

/// Returns scopes as a list for people: `operate, read`.
pub fn listed(scopes: &[Scope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// Parses a list of scopes. Unknown ones are ignored: they allow nothing, and one of a newer version must not take the
/// known ones away.
pub(crate) fn known<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Scope>, D::Error> {
    let words = Vec::<String>::deserialize(input)?;
    Ok(words.iter().filter_map(|word| word.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_by_their_words() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            assert_eq!(serde_json::to_string(&scope).unwrap(), format!("\"{scope}\""));
        }
        for wrong in ["", "root", "Admin", "operate "] {
            assert_eq!(wrong.parse::<Scope>(), Err(TokenError::Scope));
        }
    }

    #[test]
    fn only_operate_includes_another_scope() {
        for has in Scope::ALL {
            for wanted in Scope::ALL {
                let expected = has == wanted || (has, wanted) == (Scope::Operate, Scope::Hold);
                assert_eq!(wanted.is_in(&[has]), expected, "{has} for {wanted}");
            }
        }
        assert!(Scope::ALL.iter().all(|scope| !scope.is_in(&[])));
    }
}
