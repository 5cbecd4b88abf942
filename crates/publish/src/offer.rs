//! A rundown to release.

use downbeat_core::Digest;
use downbeat_sheet::rundown::NotARundown;
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::Notes;

/// A rundown to release.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The SHA-256 of its bytes, which is its name.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they contain.
    pub rundown: Rundown,
    /// What the crew should know about its cues; `None` if that is not known, and what is stored stays. Only the event's own
    /// server gets it, since what is in a store is public.
    pub notes: Option<Notes>,
}

impl Offer {
    /// Offers a compiled rundown.
    pub fn new(rundown: Rundown) -> Self {
        Self { digest: rundown.digest(), bytes: rundown.to_bytes(), rundown, notes: None }
    }

    /// Adds what the crew should know about the cues.
    #[must_use]
    pub fn with_notes(self, notes: Option<Notes>) -> Self {
        Self { notes, ..self }
    }

    /// Offers the bytes of a rundown.
    ///
    /// # Errors
    /// If they are not a rundown.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, NotARundown> {
        let rundown = Rundown::parse(&bytes)?;
        Ok(Self { digest: digest_of(&bytes), bytes, rundown, notes: None })
    }
}
