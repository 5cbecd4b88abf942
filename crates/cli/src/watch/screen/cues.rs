//! The panel of the next cues.

use downbeat_core::ServerTime;
use downbeat_sheet::rundown::Cue;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::style::{BOLD, LABEL};
use crate::text;
use crate::watch::model::{Model, NextCues};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, now: Option<ServerTime>) {
    let block = Block::bordered().title(" next cues ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let rows = inner.height as usize;
    let mut lines = match now {
        Some(now) => cue_lines(&model.next_cues(now, rows), now, rows),
        None => Vec::new(),
    };
    if lines.is_empty() {
        lines.push(Line::styled(why_empty(model), LABEL));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

fn cue_lines(next: &NextCues<'_>, now: ServerTime, rows: usize) -> Vec<Line<'static>> {
    // If there are more, the last line says how many.
    let shown = if next.more > 0 { rows.saturating_sub(1) } else { rows };
    let mut lines: Vec<_> = next.cues.iter().take(shown).map(|(cue, due)| cue_line(cue, *due, now)).collect();
    if next.more > 0 {
        lines.push(Line::styled(format!("… and {} more", next.cues.len() - shown + next.more), LABEL));
    }
    lines
}

fn cue_line(cue: &Cue, due: Option<ServerTime>, now: ServerTime) -> Line<'static> {
    let due = due.map_or_else(|| "held".to_owned(), |at| text::relative(at, now));
    // An id that was made from the action already names it.
    let action =
        if cue.id().starts_with(cue.action()) { String::new() } else { format!("  {}", text::tame(cue.action())) };
    Line::from(vec![
        Span::raw(text::position(cue.time())),
        Span::styled(format!("  {due:<12}"), LABEL),
        Span::styled(text::tame(cue.id()), BOLD),
        Span::raw(action),
    ])
}

fn why_empty(model: &Model) -> &'static str {
    let has_rundown = model.state.as_ref().is_some_and(|state| state.rundown.is_some());
    match (has_rundown, model.rundown()) {
        (false, _) => "the event has no rundown",
        (true, None) => "the rundown is loading",
        (true, Some(_)) => "no more cues",
    }
}
