//! A sheet's text: compiled, formatted, drawn.

use downbeat_core::Position;
use downbeat_sheet::interchange::{FORMATS, FormatOptions};
use downbeat_sheet::preview::{self, Picture};
use downbeat_sheet::{Level, Options, Rundown, Unread, compile_with};

/// The longest text: 64 KiB. Longer ones show nothing new and take long.
const BYTES_MAX: usize = 64 * 1024;

/// Compiles the text, and includes it in itself.
///
/// # Panics
/// If a diagnostic has no place, or the rundown is not what its bytes say.
pub fn run(bytes: &[u8]) {
    if bytes.len() > BYTES_MAX {
        return;
    }
    let text = String::from_utf8_lossy(bytes);
    let read = |path: &str| match path.len() % 4 {
        0 => Err(Unread::Outside),
        1 => Err(Unread::Because("no such file".to_owned())),
        _ => Ok(text.clone().into_owned()),
    };
    let options = Options { viewers: Some(20_000), ..Options::default() };
    let compiled = compile_with(&text, &options, &read);
    let is_refused = compiled.diagnostics.iter().any(|one| one.level() == Level::Error);
    assert_eq!(compiled.rundown.is_none(), is_refused, "a sheet has errors or a rundown");
    for one in &compiled.diagnostics {
        assert!(one.line_column(&text).is_some() || one.file().is_some(), "{one} has a place");
        assert!(!one.advice().is_empty() && one.message().chars().count() < 1_000, "{one} says what to do, briefly");
    }
    if let Ok(formatted) = downbeat_sheet::format(&text) {
        assert_eq!(downbeat_sheet::format(&formatted).as_ref(), Ok(&formatted), "formatting twice changes nothing");
    }
    let Some(rundown) = compiled.rundown else { return };
    check(&rundown);
    let sketch = preview::sketch(&text, &options, &read);
    let remarks = sketch.remarks(|_| None);
    let picture = Picture { name: "any", rundown: &rundown, remarks: &remarks, crew: &sketch.crew().notes };
    assert!(preview::svg(&picture).ends_with("</svg>\n"));
}

/// Checks what must hold for every rundown.
///
/// # Panics
/// If it does not.
pub(crate) fn check(rundown: &Rundown) {
    let bytes = rundown.to_bytes();
    assert_eq!(Rundown::parse(&bytes).as_ref(), Ok(rundown), "a rundown is read back as itself");
    let text = String::from_utf8(bytes).expect("a rundown is JSON");
    let again = downbeat_sheet::compile(&text);
    assert_eq!(again.rundown.as_ref(), Some(rundown), "a rundown compiles to itself: {:?}", again.diagnostics);
    assert!(rundown.diff(rundown).is_empty());
    for ms in [-1, 0, 1, 60_000, 3_600_000] {
        let at = Position::from_millis(ms);
        assert_eq!(rundown.join(at).len() + rundown.next(at).len(), rundown.cues().len(), "at {ms} ms");
    }
    for format in FORMATS {
        let _ = format.export(rundown, &FormatOptions::default());
    }
}
