//! The profiles of a file, for those who choose one.

use std::path::Path;

use super::{Confirm, EVENT_DEFAULT, File, Flags, PRODUCTION, ProfileError, read, variable};

/// The profiles of a file.
#[derive(Debug)]
pub(crate) struct ProfileFile(File);

impl ProfileFile {
    /// Parses the text of a file.
    ///
    /// # Errors
    /// [`ProfileError::Malformed`].
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ProfileError> {
        read(path, text).map(Self)
    }

    /// Returns the names, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.profile.keys().map(String::as_str)
    }

    /// Returns the profile that counts where none is named, if the file says so.
    pub(crate) fn default(&self) -> Option<&str> {
        self.0.default.as_deref()
    }

    /// Returns the profile that counts for this call; `None` if none does.
    pub(crate) fn current(&self, flags: &Flags) -> Option<String> {
        let named = flags.profile.clone().or_else(|| variable("DOWNBEAT_PROFILE"));
        let is_elsewhere = flags.server.is_some() || variable("DOWNBEAT_SERVER").is_some();
        let only = || self.names().next().filter(|_| self.0.profile.len() == 1).map(str::to_owned);
        named.or_else(|| if is_elsewhere { None } else { self.0.default.clone().or_else(only) })
    }

    /// Returns name, server, event, and how a change is confirmed, for each profile.
    pub(crate) fn lines(&self) -> impl Iterator<Item = [&str; 4]> {
        self.0.profile.iter().map(|(name, profile)| {
            let asks_name = profile.confirm.map_or(name == PRODUCTION, |confirm| confirm == Confirm::Name);
            let confirm = if asks_name { "asks for the event's name" } else { "asks for a yes" };
            let event = profile.event.as_ref().map_or(EVENT_DEFAULT, |event| event.as_str());
            [name.as_str(), profile.server.as_deref().unwrap_or("no server"), event, confirm]
        })
    }
}
