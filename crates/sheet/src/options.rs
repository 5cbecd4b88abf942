//! What to compile a sheet with: requirements beyond the sheet's own, and access to the files it includes.

use downbeat_core::Locale;

/// The bytes per second that all viewers together may fetch: 1.25 GB/s, 10 Gbit/s.
///
/// Reason: what a content delivery network serves for one site without prior arrangement.
pub const PRELOAD_BYTES_PER_SECOND_MAX: u64 = 1_250_000_000;

/// Requirements on a sheet beyond those it declares itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether a warning prevents the rundown, as an error does.
    pub deny_warnings: bool,
    /// The expected number of viewers; if `None`, preloads are not added up.
    pub viewers: Option<u64>,
    /// The bytes per second that all viewers together may fetch.
    pub preload_bytes_per_second_max: u64,
    /// The locales that every message must have, besides those the sheet declares.
    pub required_locales: Vec<Locale>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deny_warnings: false,
            viewers: None,
            preload_bytes_per_second_max: PRELOAD_BYTES_PER_SECOND_MAX,
            required_locales: Vec::new(),
        }
    }
}

/// A file that a sheet includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// Its path relative to the sheet's folder.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// Why an included file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is a link that leads out of the sheet's folder.
    Outside,
    /// Reading failed, for this reason.
    Because(String),
}

/// Reads an included file by its path relative to the sheet's folder.
pub type ReadIncluded<'r> = dyn Fn(&str) -> Result<String, Unread> + 'r;
