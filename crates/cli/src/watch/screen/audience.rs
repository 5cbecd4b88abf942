//! The panel of the audience: how many sockets there are, on which hubs, and who applied the last change.

use downbeat_wire::Audience;
use downbeat_wire::audience::{HubAudience, RegionAudience};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};

use super::style::{BOLD, LABEL, POOR};
use crate::applied;
use crate::audience;
use crate::text;
use crate::watch::model::Model;

/// From when a hub whose viewers applied a change late is shown as slow: 1,000 ms after the effect, twice a pause's lead.
const LATE: u16 = 1_000;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let block = Block::bordered().title(" audience ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let rows = inner.height as usize;
    let paragraph = match &model.audience {
        None => Paragraph::new(Line::styled("not known yet", LABEL)),
        Some(Err(why)) => Paragraph::new(Line::styled(text::tame(why), LABEL)).wrap(Wrap { trim: true }),
        Some(Ok(audience)) => Paragraph::new(cut(audience_lines(audience, inner), rows)),
    };
    frame.render_widget(paragraph, inner);
}

fn audience_lines(audience: &Audience, room: Rect) -> Vec<Line<'static>> {
    let style = if audience.answered < audience.hubs { POOR } else { BOLD };
    let mut lines = vec![Line::styled(audience::sockets(audience), style)];
    if let Some(acks) = audience.acks.as_ref().filter(|acks| acks.asked > 0) {
        let rev = if acks.rev == audience.rev { String::new() } else { format!("rev {} ", acks.rev) };
        let applied = format!("{rev}{}", applied::describe(acks));
        match applied.split_once(" · ") {
            Some((share, median)) if applied.chars().count() > room.width as usize => {
                lines.extend([Line::raw(share.to_owned()), Line::raw(median.to_owned())]);
            }
            _ => lines.push(Line::raw(applied)),
        }
    }
    // In short: there is little room, and what becomes of them is the same each time.
    let notes = audience::lacks(audience).map(|note| format!("{}: {}", note.label, note.count));
    let notes = notes.flat_map(|note| broken(&note, room.width as usize));
    lines.extend(notes.map(|line| Line::styled(line, POOR)));
    // If there is no room for every hub, only those that are behind or late are shown.
    let every = hub_lines(audience, |_| true);
    let fits = lines.len() + every.len() <= room.height as usize;
    let is_slow = |hub: &HubAudience| hub.rev < audience.rev || hub.late.is_some_and(|late| late >= LATE);
    lines.extend(if fits { every } else { hub_lines(audience, is_slow) });
    lines
}

/// Breaks a text into lines of at most `width` characters, between words where there are any.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= width) {
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Returns a line for each region, the largest first, and beneath it one for each hub that `is_shown`.
fn hub_lines(audience: &Audience, is_shown: impl Fn(&HubAudience) -> bool) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for RegionAudience { region, hubs, answered, behind, sockets } in audience.regions() {
        let (name, hubs_text) = (region.as_str(), text::count(hubs as usize, "hub"));
        let mut spans = vec![
            Span::styled(format!("{name:<5}"), BOLD),
            Span::raw(format!("{:>9}  {hubs_text}", text::thousands(sockets))),
        ];
        for (count, word) in [(hubs - answered.min(hubs), "silent"), (behind, "behind")] {
            if count > 0 {
                spans.push(Span::styled(format!(", {count} {word}"), POOR));
            }
        }
        lines.push(Line::from(spans));
        for hub in audience.by_hub.iter().filter(|hub| hub.region == region && is_shown(hub)) {
            let mut spans = vec![
                Span::styled(format!("  hub {:<3}", hub.hub), LABEL),
                Span::raw(format!("{:>5}", text::thousands(hub.sockets))),
            ];
            if hub.rev < audience.rev {
                spans.push(Span::styled(format!("  still at rev {}", hub.rev), POOR));
            } else if let Some(late) = hub.late.filter(|late| *late >= LATE) {
                spans.push(Span::styled(format!("  applied {} ms late", text::thousands(late.into())), POOR));
            }
            lines.push(Line::from(spans));
        }
    }
    lines
}

/// Returns the lines that fit into `rows`, the last one saying how many are left out.
fn cut(mut lines: Vec<Line<'static>>, rows: usize) -> Vec<Line<'static>> {
    if lines.len() > rows && rows > 0 {
        let left_out = lines.len() - (rows - 1);
        lines.truncate(rows - 1);
        lines.push(Line::styled(format!("… and {left_out} more lines"), LABEL));
    }
    lines
}
