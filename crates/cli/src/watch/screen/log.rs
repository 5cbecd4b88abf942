//! The panel of the log.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};

use super::style::{BOLD, LABEL};
use crate::text;
use crate::watch::model::Model;
use crate::watch::words;

/// Draws the log from its entry `scroll` on, counted from the newest.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, scroll: usize) {
    let block = Block::bordered().title(" changes ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines: Vec<Line<'_>> = match &model.log {
        None => vec![Line::styled("not known yet", LABEL)],
        Some(Err(why)) => vec![Line::styled(text::tame(why), LABEL)],
        Some(Ok(entries)) => entries
            .iter()
            .skip(scroll.min(entries.len().saturating_sub(1)))
            .map(|entry| {
                Line::from(vec![
                    Span::styled(format!("{:>4}", entry.rev.number()), BOLD),
                    Span::styled(format!("  {}  ", words::time_of_day(entry.at)), LABEL),
                    Span::raw(words::log_entry(entry)),
                ])
            })
            .collect(),
    };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inner);
}
