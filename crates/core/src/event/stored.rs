//! Stored states: what any version has written, brought up to date. This is the only place that knows older forms.
//!
//! A new member has a default, and does not change the version: an older worker ignores it. The version grows when an
//! older worker would misread the state; then a step from each older version is added to [`EventState::from_stored`],
//! and the fixtures of that version (`crates/wire/fixtures/v1`) stay.

use alloc::string::{String, ToString as _};
use core::fmt;
use serde_json::Value;

use super::EventState;
use crate::name::{Epoch, Rev};

/// The version of the form in which states are stored: 1. A state without the member `version` has it.
pub const STORED_VERSION: u64 = 1;

/// Why a stored state cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredError {
    /// A newer version wrote it in another form; holds its version.
    Newer(u64),
    /// It is not a state.
    Broken(String),
}

impl fmt::Display for StoredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(version) => write!(
                f,
                "the state was stored in version {version}, and this worker reads up to {STORED_VERSION}; deploy a newer one"
            ),
            Self::Broken(why) => write!(f, "the stored state cannot be read: {why}"),
        }
    }
}
impl core::error::Error for StoredError {}

impl EventState {
    /// Reads a state that this or an earlier version stored.
    ///
    /// # Errors
    /// [`StoredError`]
    pub fn from_stored(text: &str) -> Result<Self, StoredError> {
        let broken = |error: serde_json::Error| StoredError::Broken(error.to_string());
        let stored: Value = serde_json::from_slice(text.as_bytes()).map_err(broken)?;
        match stored.get("version").map_or(Some(STORED_VERSION), Value::as_u64) {
            Some(STORED_VERSION) => serde_json::from_value(stored).map_err(broken),
            Some(version) => Err(StoredError::Newer(version)),
            None => Err(StoredError::Broken("its version is not a number".into())),
        }
    }

    /// Returns the state under the revision `rev` in a new life of the counter.
    ///
    /// Earlier versions accepted signed states of any revision, up to one after which the event could not be changed any
    /// more ([`Rev::is_valid`] is then false). Viewers that have such a revision accept a lower one only of another epoch;
    /// it follows from the former one, so that it is the same however often the state is read before it is saved.
    #[must_use]
    pub fn renumbered(self, rev: Rev) -> Self {
        let former = self.epoch.as_str();
        let letter = if former.ends_with('r') { "s" } else { "r" };
        let renewed = [&former[..former.len().min(31)], letter].concat();
        let epoch = Epoch::from_text(&renewed).expect("letters and digits, at most 32");
        Self { epoch, rev, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Configuration;
    use crate::time::ServerTime;

    fn state(epoch: &str) -> EventState {
        let now = ServerTime::from_millis(1_704_067_200_000);
        let configuration = Configuration { starts_at: Some(now), ..Configuration::default() };
        EventState::create(configuration, epoch.parse().unwrap(), "maria", now).unwrap()
    }

    #[test]
    fn what_is_stored_is_read_back_with_and_without_a_version_and_with_members_from_the_future() {
        let text = serde_json::to_string(&state("e1")).unwrap();
        assert_eq!(EventState::from_stored(&text), Ok(state("e1")));
        let versioned = text.replacen('{', r#"{"version":1,"fromTheFuture":[],"#, 1);
        assert_eq!(EventState::from_stored(&versioned), Ok(state("e1")));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let text = serde_json::to_string(&state("e1")).unwrap().replacen('{', r#"{"version":2,"#, 1);
        let newer = EventState::from_stored(&text).unwrap_err();
        assert_eq!(newer, StoredError::Newer(2));
        assert!(newer.to_string().contains("deploy a newer one"));
        for broken in ["", "{}", "[]", "null", &text[..40], &text.replacen('2', "\"x\"", 1)] {
            assert!(matches!(EventState::from_stored(broken), Err(StoredError::Broken(_))), "{broken}");
        }
    }

    #[test]
    fn a_renumbered_state_has_another_epoch_whatever_the_former_one() {
        for former in ["e", "er", "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcder"] {
            let renumbered = state(former).renumbered(Rev::new(7));
            assert_eq!(renumbered.rev(), Rev::new(7));
            assert_ne!(renumbered.epoch().as_str(), former);
            assert_eq!(renumbered, state(former).renumbered(Rev::new(7)));
        }
    }
}
