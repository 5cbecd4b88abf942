//! Draws the model: a head, the next cues beside the audience, the log, and the keys.

mod audience;
mod cues;
pub(super) mod head;
mod log;
pub(super) mod style;

#[cfg(test)]
mod tests;

use downbeat_core::LocalTime;
use downbeat_core::words::is_hidden;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::model::Model;
use style::BOLD;

/// The most lines of the panels in the middle, with their borders.
const PANEL_HEIGHT_MAX: u16 = 16;

/// The width up to which panels stand beneath each other instead of side by side: less than two that can be read.
const STACKED_MAX: u16 = 72;

/// The lines that the log and the next cues keep, with their borders, where the audience needs many: of each the newest or next.
const PANEL_HEIGHT_MIN: u16 = 4;

/// Draws `model` as it is at `local`, with the log from its entry `scroll` on.
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, local: LocalTime, scroll: usize) {
    let now = model.server_time(local);
    let upcoming = now.map(|now| model.upcoming(now)).unwrap_or_default();
    let head_height = head::height(&upcoming, model, now, frame.area().width);
    let is_stacked = frame.area().width <= STACKED_MAX;
    let room = frame.area().height.saturating_sub(head_height + 1);
    let width = frame.area().width / if is_stacked { 1 } else { 2 };
    let needed = audience::height(model, width);
    let usual = if is_stacked { room * 2 / 3 } else { (room / 2).min(PANEL_HEIGHT_MAX) };
    let wanted = if is_stacked { needed + PANEL_HEIGHT_MIN } else { needed };
    let panels_height = usual.max(wanted.min(room.saturating_sub(PANEL_HEIGHT_MIN)));
    let [head, panels, log, keys] = Layout::vertical([
        Constraint::Length(head_height),
        Constraint::Length(panels_height),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let [cues, audience] = if is_stacked {
        let audience = (panels.height / 2).max(needed.min(panels.height.saturating_sub(PANEL_HEIGHT_MIN)));
        Layout::vertical([Constraint::Min(0), Constraint::Length(audience)]).areas(panels)
    } else {
        Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(50)]).areas(panels)
    };
    head::draw(frame, head, model, now, &upcoming);
    cues::draw(frame, cues, model, now);
    audience::draw(frame, audience, model);
    log::draw(frame, log, model, scroll);
    let keys_line = Line::from(vec![
        Span::styled(" q", BOLD),
        Span::raw(" leave   "),
        Span::styled("↑ ↓", BOLD),
        Span::raw(" newer and older changes"),
    ]);
    frame.render_widget(Paragraph::new(keys_line), keys);
    // The net below the parts: a cell is one character wide, so what hides in one is only marked.
    for cell in &mut frame.buffer_mut().content {
        if cell.symbol().chars().any(is_hidden) {
            cell.set_symbol("\u{fffd}");
        }
    }
}
