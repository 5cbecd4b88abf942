//! Shapes that several parts of the picture have.

use core::fmt::Write as _;

use crate::diagnostic::Level;
use crate::preview::escape::Escaped;

/// Writes a line of text whose baseline is at `y`.
pub(super) fn line(out: &mut String, class: &str, x: f64, y: f64, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", Escaped(text));
    }
}

/// Draws the sign of a warning, a triangle, or of an error, a disc, which differ in form as well as colour.
pub(super) fn sign(out: &mut String, level: Level, x: f64, y: f64) {
    let _ = match level {
        Level::Warning => write!(
            out,
            "<path class=\"warning\" d=\"M{x:.1} {:.1}l8 14h-16z\"/><path class=\"inset\" d=\"M{x:.1} {:.1}v4.6m0 1.6v1.6\"/>",
            y - 8.0,
            y - 3.0
        ),
        Level::Error => write!(
            out,
            "<circle class=\"error\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7.5\"/><path class=\"inset\" d=\"M{:.1} {:.1}l6 6m0 -6l-6 6\"/>",
            x - 3.0,
            y - 3.0
        ),
    };
}
