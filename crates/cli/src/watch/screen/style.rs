//! The styles of the screen, and lines with a label.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

pub(super) const LABEL: Style = Style::new().add_modifier(Modifier::DIM);
pub(super) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
pub(super) const GOOD: Style = Style::new().fg(Color::Green);
pub(super) const POOR: Style = Style::new().fg(Color::Yellow);
pub(super) const BAD: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);

/// The width of a label with the space after it, in characters.
pub(super) const LABEL_WIDTH: usize = 13;

/// Returns a line with a label, the values of several such lines beneath each other.
pub(super) fn labelled(label: &'static str, value: Span<'static>) -> Line<'static> {
    Line::from(vec![Span::styled(format!("{label:<LABEL_WIDTH$}"), LABEL), value])
}
