//! The panel of the audience: how many sockets there are, on which hubs, and who applied the last change.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use downbeat_wire::Audience;
use downbeat_wire::audience::HubAudience;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};

use super::style::{BOLD, LABEL, POOR};
use crate::applied;
use crate::text;
use crate::watch::model::Model;
use crate::watch::words;

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
    let mut lines = vec![Line::styled(words::audience(audience), style)];
    if let Some(acks) = audience.acks.filter(|acks| acks.asked > 0) {
        let rev = if acks.rev == audience.rev { String::new() } else { format!("rev {} ", acks.rev) };
        let applied = format!("{rev}{}", applied::describe(acks));
        match applied.split_once(" · ") {
            Some((share, median)) if applied.chars().count() > room.width as usize => {
                lines.extend([Line::raw(share.to_owned()), Line::raw(median.to_owned())]);
            }
            _ => lines.push(Line::raw(applied)),
        }
    }
    // If there is no room for every hub, only those that are behind are shown.
    let every = hub_lines(audience, |_| true);
    let fits = lines.len() + every.len() <= room.height as usize;
    lines.extend(if fits { every } else { hub_lines(audience, |hub| hub.rev < audience.rev) });
    lines
}

/// Returns a line for each region, the largest first, and beneath it one for each hub that `is_shown`.
fn hub_lines(audience: &Audience, is_shown: impl Fn(&HubAudience) -> bool) -> Vec<Line<'static>> {
    let mut regions: BTreeMap<&str, Vec<&HubAudience>> = BTreeMap::new();
    for hub in &audience.by_hub {
        regions.entry(hub.region.as_str()).or_default().push(hub);
    }
    let sockets = |hubs: &[&HubAudience]| hubs.iter().map(|hub| hub.sockets).sum::<u64>();
    let mut regions: Vec<_> = regions.into_iter().collect();
    regions.sort_by_key(|(_, hubs)| Reverse(sockets(hubs)));
    let mut lines = Vec::new();
    for (region, hubs) in regions {
        lines.push(Line::from(vec![
            Span::styled(format!("{region:<5}"), BOLD),
            Span::raw(format!("{:>9}  {}", text::thousands(sockets(&hubs)), text::count(hubs.len(), "hub"))),
        ]));
        for hub in hubs.into_iter().filter(|hub| is_shown(hub)) {
            let mut spans = vec![
                Span::styled(format!("  hub {:<3}", hub.hub), LABEL),
                Span::raw(format!("{:>5}", text::thousands(hub.sockets))),
            ];
            if hub.rev < audience.rev {
                spans.push(Span::styled(format!("  still at rev {}", hub.rev), POOR));
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
