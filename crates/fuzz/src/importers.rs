//! A file of another program: imported, compiled, exported.

use downbeat_sheet::interchange::{FORMATS, FormatOptions};

use crate::sheet;

/// The longest text: 64 KiB.
const BYTES_MAX: usize = 64 * 1024;

/// Imports the text with the format and the options that the first byte names.
///
/// # Panics
/// If an imported sheet does not compile, or a refusal has no reason.
pub fn run(bytes: &[u8]) {
    let Some((first, text)) = bytes.split_first().filter(|(_, text)| text.len() <= BYTES_MAX) else { return };
    let format = &FORMATS[usize::from(*first) % FORMATS.len()];
    let options = match first & 0x80 {
        0 => FormatOptions::default(),
        _ => FormatOptions {
            frame_rate: "29.97".parse().ok(),
            start: None,
            action: Some("mark".to_owned()),
            name: Some("any".to_owned()),
        },
    };
    match format.import(&String::from_utf8_lossy(text), &options) {
        Ok(imported) => {
            let compiled = downbeat_sheet::compile(&imported.sheet);
            assert_eq!(compiled.rundown.as_ref(), Some(&imported.rundown), "{}", imported.sheet);
            sheet::check(&imported.rundown);
        }
        Err(remarks) => assert!(!remarks.is_empty(), "a refusal has a reason"),
    }
}
