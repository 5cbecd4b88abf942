//! A rundown to release.

use downbeat_core::Digest;
use downbeat_sheet::rundown::NotARundown;
use downbeat_sheet::{Rundown, digest_of};

/// A rundown to release.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The SHA-256 of its bytes, which is its name.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they contain.
    pub rundown: Rundown,
}

impl Offer {
    /// Offers a compiled rundown.
    pub fn new(rundown: Rundown) -> Self {
        Self { digest: rundown.digest(), bytes: rundown.to_bytes(), rundown }
    }

    /// Offers the bytes of a rundown.
    ///
    /// # Errors
    /// If they are not a rundown.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, NotARundown> {
        let rundown = Rundown::parse(&bytes)?;
        Ok(Self { digest: digest_of(&bytes), bytes, rundown })
    }
}
