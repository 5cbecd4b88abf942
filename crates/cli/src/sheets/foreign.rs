//! Remarks about files of other programs, which are imported and exported.

use downbeat_sheet::interchange::Remark;
use serde_json::{Value, json};

use super::sheet::SHOWN_MAX;
use crate::error::Error;
use crate::exit::Exit;
use crate::text;

/// Returns a remark in one line: `labels.txt:3: …`.
pub(crate) fn remark(file: &str, remark: &Remark) -> String {
    let line = remark.line.map(|line| format!(":{line}")).unwrap_or_default();
    text::tame(&format!("{file}{line}: {remark}"))
}

/// Returns remarks as JSON.
pub(crate) fn remarks(file: &str, remarks: &[Remark]) -> Value {
    remarks.iter().map(|remark| json!({ "file": file, "line": remark.line, "message": remark.message() })).collect()
}

/// Creates the error for a file that cannot be imported.
pub(crate) fn not_imported(file: &str, refusals: &[Remark]) -> Error {
    let mut message = format!("{file} was not imported, {}:", text::count(refusals.len(), "error"));
    for refusal in refusals.iter().take(SHOWN_MAX) {
        message += &format!("\n  {}", remark(file, refusal));
    }
    match refusals.len().saturating_sub(SHOWN_MAX) {
        0 => {}
        more => message += &format!("\n  … and {more} more (--json has all)"),
    }
    Error::new(Exit::InvalidInput, "file-content", message)
        .with_hint("correct this and import it again; nothing was written")
        .with("diagnostics", remarks(file, refusals))
}
