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

/// What there is to say of an audience, in the order in which it stands on the screen.
struct Parts {
    sockets: Line<'static>,
    /// Who applied the last change.
    applied: Vec<Line<'static>>,
    /// Who lacks something.
    notes: Vec<Line<'static>>,
}

/// Returns how many lines the panel needs for everything but its hubs, with its border, at this width.
pub(super) fn height(model: &Model, width: u16) -> u16 {
    let inner = usize::from(width.saturating_sub(2));
    let lines = match &model.audience {
        Some(Ok(audience)) => Parts::new(audience, inner).len(),
        Some(Err(why)) => broken(why, inner).len(),
        None => 1,
    };
    u16::try_from(lines + 2).unwrap_or(u16::MAX)
}

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let block = Block::bordered().title(" audience ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let paragraph = match &model.audience {
        None => Paragraph::new(Line::styled("not known yet", LABEL)),
        Some(Err(why)) => Paragraph::new(Line::styled(text::tame(why), LABEL)).wrap(Wrap { trim: true }),
        Some(Ok(audience)) => Paragraph::new(audience_lines(audience, inner)),
    };
    frame.render_widget(paragraph, inner);
}

impl Parts {
    fn new(audience: &Audience, width: usize) -> Self {
        let style = if audience.answered < audience.hubs { POOR } else { BOLD };
        let sockets = Line::styled(audience::sockets(audience), style);
        let mut applied = Vec::new();
        if let Some(acks) = audience.acks.as_ref().filter(|acks| acks.asked > 0) {
            let rev = if acks.rev == audience.rev { String::new() } else { format!("rev {} ", acks.rev) };
            let line = format!("{rev}{}", applied::describe(acks));
            match line.split_once(" · ") {
                Some((share, median)) if line.chars().count() > width => {
                    applied.extend([Line::raw(share.to_owned()), Line::raw(median.to_owned())]);
                }
                _ => applied.push(Line::raw(line)),
            }
        }
        // In short: there is little room, and what becomes of them is the same each time.
        let notes = audience::lacks(audience).map(|note| format!("{}: {}", note.label, note.count));
        let notes = notes.flat_map(|note| broken(&note, width)).map(|line| Line::styled(line, POOR)).collect();
        Self { sockets, applied, notes }
    }

    fn len(&self) -> usize {
        1 + self.applied.len() + self.notes.len()
    }
}

/// Returns the lines that fit. Where there is little room hubs give way first, and then who applied the change: who lacks something
/// is what somebody may have to act on.
fn audience_lines(audience: &Audience, room: Rect) -> Vec<Line<'static>> {
    let rows = usize::from(room.height);
    let mut parts = Parts::new(audience, usize::from(room.width));
    let left = rows.saturating_sub(parts.len());
    // If there is no room for every hub, only those that are behind or late are shown.
    let is_slow = |hub: &HubAudience| hub.rev < audience.rev || hub.late.is_some_and(|late| late >= LATE);
    let every = hub_lines(audience, |_| true);
    let hubs = if every.len() <= left { every } else { cut(hub_lines(audience, is_slow), left) };
    let spare = (rows + parts.applied.len()).saturating_sub(parts.len());
    parts.applied.truncate(spare);
    let Parts { sockets, applied, notes } = parts;
    let lines: Vec<_> = std::iter::once(sockets).chain(applied).chain(notes).collect();
    cut(lines, rows).into_iter().chain(hubs).collect()
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
    if rows == 0 {
        return Vec::new();
    }
    if lines.len() > rows {
        let left_out = lines.len() - (rows - 1);
        lines.truncate(rows - 1);
        lines.push(Line::styled(format!("… and {left_out} more lines"), LABEL));
    }
    lines
}
