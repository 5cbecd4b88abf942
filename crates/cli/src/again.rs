//! The command line that this program was called with, to be shown as one that does something else.

use crate::context::program;
use crate::text;

/// Returns the command line with each argument replaced by what `again` returns, so that a shell reads it back as it is.
pub(crate) fn line(again: impl FnMut(String) -> Vec<String>) -> String {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let words: Vec<String> = arguments.flat_map(again).map(|word| text::shell(&word)).collect();
    format!("{} {}", program(), words.join(" "))
}
