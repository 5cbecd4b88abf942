//! The styles of the screen, and lines with a label.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

pub(in crate::watch) const LABEL: Style = Style::new().add_modifier(Modifier::DIM);
pub(in crate::watch) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
pub(in crate::watch) const GOOD: Style = Style::new().fg(Color::Green);
pub(in crate::watch) const POOR: Style = Style::new().fg(Color::Yellow);
pub(in crate::watch) const BAD: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);

/// The width of a label with the space after it, in characters.
pub(in crate::watch) const LABEL_WIDTH: usize = 13;

/// Returns a line with a label, the values of several such lines beneath each other.
pub(in crate::watch) fn labelled(label: &'static str, value: Span<'static>) -> Line<'static> {
    Line::from(vec![Span::styled(format!("{label:<LABEL_WIDTH$}"), LABEL), value])
}
