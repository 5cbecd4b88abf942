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
            // What a format has no use for is refused at once.
            frame_rate: if matches!(format.name(), "edl" | "csv") { "29.97".parse().ok() } else { None },
            start: match first & 0x40 {
                0 => None,
                _ if format.name() == "csv" => Some("19:30".to_owned()),
                _ => Some("00:00:00:00".to_owned()),
            },
            clock_change: None,
            action: Some("mark".to_owned()),
            name: Some("any".to_owned()),
            ..FormatOptions::default()
        },
    };
    let lossy = String::from_utf8_lossy(text);
    match format.import_bytes(if format.is_binary() { text } else { lossy.as_bytes() }, &options) {
        Ok(imported) => {
            let compiled = downbeat_sheet::compile(&imported.sheet);
            assert_eq!(compiled.rundown.as_ref(), Some(&imported.rundown), "{}", imported.sheet);
            sheet::check(&imported.rundown);
        }
        Err(remarks) => assert!(!remarks.is_empty(), "a refusal has a reason"),
    }
}
