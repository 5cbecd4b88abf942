//! A rundown's bytes, as a store or a stranger may send them.

use downbeat_core::Seed;
use downbeat_sheet::Rundown;

use crate::sheet;

/// Parses the bytes.
///
/// # Panics
/// If bytes that are not canonical are read, or the cues cannot be followed.
pub fn run(bytes: &[u8]) {
    let Ok(rundown) = Rundown::parse(bytes) else { return };
    assert_eq!(rundown.to_bytes(), bytes, "only canonical bytes are a rundown, so that its hash names it");
    sheet::check(&rundown);
    assert_eq!(rundown.cue_list(&Seed::new(7)).len(), rundown.cues().len());
}
