//! The panel of the next cues.

use downbeat_core::ServerTime;
use downbeat_sheet::rundown::Cue;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::style::{BOLD, LABEL};
use crate::text;
use crate::watch::cues::{action_beside_id, due_words, why_empty};
use crate::watch::model::{Model, NextCues};
use crate::watch::notes::Notes;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, now: Option<ServerTime>) {
    let block = Block::bordered().title(" next cues ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let rows = inner.height as usize;
    let mut lines = match now {
        Some(now) => cue_lines(&model.next_cues(now, rows), &model.notes, now, rows, inner.width as usize),
        None => Vec::new(),
    };
    if lines.is_empty() {
        lines.push(Line::styled(why_empty(model, "no more cues"), LABEL));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Returns the cues that fit into `rows` lines of `width` characters, each with its whole name, and the first with its owner and
/// note. If there are more, the last line says how many.
fn cue_lines(next: &NextCues<'_>, notes: &Notes, now: ServerTime, rows: usize, width: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut shown = 0;
    let count = next.cues.len() + next.more;
    for (cue, due) in &next.cues {
        let line = cue_line(cue, *due, now, width);
        let last = usize::from(shown + 1 < count);
        if lines.len() + line.len() + last > rows {
            break;
        }
        lines.extend(line);
        // One line of it, if that leaves room for a further cue or for how many there are.
        if let Some(words) = notes.words(cue).filter(|_| shown == 0 && lines.len() + 1 + last <= rows) {
            lines.push(Line::raw(format!("  {}", shortened(&words, width.saturating_sub(2)))));
        }
        shown += 1;
    }
    if shown < count && rows > 0 {
        lines.truncate(rows - 1);
        lines.push(Line::styled(format!("… and {} more", count - shown), LABEL));
    }
    lines
}

/// Returns a text in at most `width` characters; a longer one ends with `…`.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Returns a cue on one line if it fits, and otherwise with its name on lines of its own.
fn cue_line(cue: &Cue, due: Option<ServerTime>, now: ServerTime, width: usize) -> Vec<Line<'static>> {
    let due = due_words(due, now);
    let name = text::tame(cue.id());
    let action = action_beside_id(cue);
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
