//! Sheets and rundowns in a few words.

use downbeat_sheet::Rundown;

use crate::text;

/// Returns how many errors and warnings there are: `2 errors, 1 warning`.
pub(crate) fn counted(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => "no errors".to_owned(),
        (0, _) => text::count(warnings, "warning"),
        (_, 0) => text::count(errors, "error"),
        _ => format!("{}, {}", text::count(errors, "error"), text::count(warnings, "warning")),
    }
}

/// Returns the title, the size and the duration of a rundown: `"Gala", 12 cues, 1 h 30 min`.
pub(crate) fn summary(rundown: &Rundown) -> String {
    let title = if rundown.title().is_empty() { String::new() } else { format!("\"{}\", ", rundown.title()) };
    let duration = rundown.duration().map(|duration| format!(", {}", text::span(duration))).unwrap_or_default();
    format!("{title}{}{duration}", text::count(rundown.cues().len(), "cue"))
}
