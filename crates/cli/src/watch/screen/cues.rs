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
        Some(now) => cue_lines(&model.next_cues(now, rows), now, rows, inner.width as usize),
        None => Vec::new(),
    };
    if lines.is_empty() {
        lines.push(Line::styled(why_empty(model), LABEL));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Returns the cues that fit into `rows` lines of `width` characters, each with its whole name. If there are more, the last line
/// says how many.
fn cue_lines(next: &NextCues<'_>, now: ServerTime, rows: usize, width: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut shown = 0;
    let count = next.cues.len() + next.more;
    for (cue, due) in &next.cues {
        let cue = cue_line(cue, *due, now, width);
        let last = usize::from(shown + 1 < count);
        if lines.len() + cue.len() + last > rows {
            break;
        }
        lines.extend(cue);
        shown += 1;
    }
    if shown < count && rows > 0 {
        lines.truncate(rows - 1);
        lines.push(Line::styled(format!("… and {} more", count - shown), LABEL));
    }
    lines
}

/// Returns a cue on one line if it fits, and otherwise with its name on lines of its own.
fn cue_line(cue: &Cue, due: Option<ServerTime>, now: ServerTime, width: usize) -> Vec<Line<'static>> {
    let due = due.map_or_else(|| "held".to_owned(), |at| text::relative(at, now));
    let name = text::tame(cue.id());
    // An id that was made from the action already names it.
    let action =
        if cue.id().starts_with(cue.action()) { String::new() } else { format!("  {}", text::tame(cue.action())) };
    let position = text::position(cue.time());
    let head = [Span::raw(position), Span::styled(format!("  {due:<12}"), LABEL)];
    let used: usize = head.iter().map(|span| span.content.chars().count()).sum();
    let named = [Span::styled(name.clone(), BOLD), Span::raw(action.clone())];
    if used + name.chars().count() + action.chars().count() <= width {
        return vec![Line::from_iter(head.into_iter().chain(named))];
    }
    if used + name.chars().count() <= width {
        let [name, _] = named;
        return vec![Line::from_iter(head.into_iter().chain([name]))];
    }
    let letters: Vec<char> = name.chars().collect();
    let parts = letters
        .chunks(width.saturating_sub(2).max(1))
        .map(|part| Line::from(vec![Span::raw("  "), Span::styled(part.iter().collect::<String>(), BOLD)]));
    core::iter::once(Line::from_iter(head)).chain(parts).collect()
}

fn why_empty(model: &Model) -> &'static str {
    let has_rundown = model.state.as_ref().is_some_and(|state| state.rundown.is_some());
    match (has_rundown, model.rundown()) {
        (false, _) => "the event has no rundown",
        (true, None) => "the rundown is loading",
        (true, Some(_)) => "no more cues",
    }
}
