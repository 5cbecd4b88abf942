//! The scene, drawn.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use downbeat_core::session::Connection;
use downbeat_core::{LocalTime, ServerTime, Severity};
use downbeat_wire::audience::HubAudience;
use downbeat_wire::{Audience, StatusWord};
use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};

use super::lines::{clock_time, told_entry};
use super::model::{Scene, told_audience, told_connection};
use crate::applied;
use crate::preview::{Standing, Told};
use crate::text;
use crate::zone::Zone;

const LABEL: Style = Style::new().add_modifier(Modifier::DIM);
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const GOOD: Style = Style::new().fg(Color::Green);
const POOR: Style = Style::new().fg(Color::Yellow);
const BAD: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);

/// How many lines the panels in the middle have at most besides their frame.
const MIDDLE_MAX: u16 = 14;

/// Draws `scene` as it is at `local`; the log from its `scrolled`th entry on.
pub(super) fn draw(frame: &mut Frame<'_>, scene: &Scene, local: LocalTime, scrolled: usize) {
    let now = scene.now(local);
    let coming = now.map(|now| scene.upcoming(now)).unwrap_or_default();
    let head_lines = HEAD + u16::try_from(coming.len().min(COMING_MAX)).unwrap_or_default();
    let room = frame.area().height.saturating_sub(head_lines + 1);
    let middle = (room / 2).min(MIDDLE_MAX + 2);
    let [head, panels, log, keys] = Layout::vertical([
        Constraint::Length(head_lines),
        Constraint::Length(middle),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let [cues, audience] = Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(50)]).areas(panels);
    draw_head(frame, head, scene, now, &coming);
    draw_cues(frame, cues, scene, now);
    draw_audience(frame, audience, scene);
    draw_log(frame, log, scene, scrolled);
    let keys_line = Line::from(vec![
        Span::styled(" q", BOLD),
        Span::raw(" leave   "),
        Span::styled("↑ ↓", BOLD),
        Span::raw(" older and newer changes"),
    ]);
    frame.render_widget(Paragraph::new(keys_line), keys);
}

/// The lines of the head while nothing is to come, with its frame.
const HEAD: u16 = 5;

/// How much of what is to come is in the head.
const COMING_MAX: usize = 2;

fn draw_head(
    frame: &mut Frame<'_>,
    area: Rect,
    scene: &Scene,
    now: Option<ServerTime>,
    coming: &[(ServerTime, String)],
) {
    let title = match scene.state.as_ref().map(|state| state.title.as_str()).unwrap_or_default() {
        "" => format!(" {} ", scene.event),
        title => format!(" {} \"{}\" ", scene.event, text::tame(title)),
    };
    let time = now.map(|now| format!(" {} ", clock_time(now))).unwrap_or_default();
    let block = Block::bordered()
        .title(Span::styled(title, BOLD))
        .title(Line::from(time).alignment(Alignment::Right))
        .title_bottom(Line::from(format!(" {} ", scene.environment)).alignment(Alignment::Right));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let standing = now.and_then(|now| scene.standing(now));
    let mut lines = vec![Line::from(standing_spans(scene, standing))];
    lines.push(Line::from(connection_spans(scene)));
    if let (Some(now), Some(state)) = (now, &scene.state) {
        let told = Told::of(state, now);
        let style = match &told {
            Told::Words { severity: Severity::Major | Severity::Critical, .. } => BAD,
            Told::Words { severity: Severity::Minor, .. } => POOR,
            Told::Words { .. } => BOLD,
            Told::Nothing => Style::new(),
        };
        lines.push(labelled("viewers see", Span::styled(told.to_string(), style)));
        for (at, what) in coming.iter().take(COMING_MAX) {
            lines.push(labelled("next", Span::raw(format!("{what}, {}", text::when(*at, Zone::Local, now)))));
        }
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

fn standing_spans(scene: &Scene, standing: Option<Standing>) -> Vec<Span<'static>> {
    let Some(standing) = standing else { return vec![Span::styled("unknown yet", LABEL)] };
    let style = match standing.status {
        StatusWord::Running => GOOD.add_modifier(Modifier::BOLD),
        StatusWord::Paused => BAD,
        StatusWord::Scheduled | StatusWord::Ended | StatusWord::Unknown => BOLD,
    };
    // Tenths move at a pace that can be read.
    let position = standing.position.to_string();
    let position = position.get(..position.len() - 2).unwrap_or_default().to_owned();
    let mut spans = vec![
        Span::styled(standing.status.as_str().to_uppercase(), style),
        Span::raw("  "),
        Span::styled(position, BOLD),
    ];
    if !standing.rate.is_held() && standing.rate != downbeat_core::Rate::NORMAL {
        spans.push(Span::raw(format!("  at rate {}", standing.rate)));
    }
    if let Some(rev) = scene.rev() {
        spans.push(Span::styled("   rev ", LABEL));
        spans.push(Span::styled(rev.to_string(), BOLD));
    }
    spans
}

fn connection_spans(scene: &Scene) -> Vec<Span<'static>> {
    let style = match scene.connection {
        Connection::Live => GOOD,
        Connection::Acquiring(_) | Connection::Polling(_) => POOR,
        Connection::Holdover(_) => BAD,
    };
    let mut spans = vec![Span::styled(told_connection(scene.connection), style)];
    if let Some(hub) = scene.hub {
        spans.push(Span::raw(format!(" · hub {hub}")));
    }
    if let Some(bound) = scene.bound() {
        spans.push(Span::raw(format!(" · time to ±{}", text::fine(bound))));
    }
    spans
}

fn draw_cues(frame: &mut Frame<'_>, area: Rect, scene: &Scene, now: Option<ServerTime>) {
    let block = Block::bordered().title(" next cues ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let rows = inner.height as usize;
    let has_rundown = scene.state.as_ref().is_some_and(|state| state.rundown.is_some());
    let mut lines = Vec::new();
    let (next, more) = match now {
        Some(now) => scene.next_cues(now, rows),
        None => (Vec::new(), 0),
    };
    // The last line is for how many there are besides.
    let shown = if more > 0 { rows.saturating_sub(1) } else { rows };
    for (cue, at) in next.iter().take(shown) {
        let when = match (at, now) {
            (Some(at), Some(now)) => text::relative(*at, now),
            _ => "held".to_owned(),
        };
        lines.push(Line::from(vec![
            Span::raw(text::position(cue.time())),
            Span::styled(format!("  {when:<12}"), LABEL),
            Span::styled(text::tame(cue.id()), BOLD),
            Span::raw(if cue.id().starts_with(cue.action()) {
                String::new()
            } else {
                format!("  {}", text::tame(cue.action()))
            }),
        ]));
    }
    if more > 0 {
        lines.push(Line::styled(format!("… and {} more", next.len() - shown + more), LABEL));
    }
    if lines.is_empty() {
        lines.push(Line::styled(
            match (has_rundown, scene.rundown()) {
                (false, _) => "the event has no rundown",
                (true, None) => "the rundown is being fetched",
                (true, Some(_)) => "no more cues",
            },
            LABEL,
        ));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

fn draw_audience(frame: &mut Frame<'_>, area: Rect, scene: &Scene) {
    let block = Block::bordered().title(" audience ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = match &scene.audience {
        None => vec![Line::styled("not known yet", LABEL)],
        Some(Err(why)) => vec![Line::styled(text::tame(why), LABEL)],
        Some(Ok(audience)) => audience_lines(audience, inner),
    };
    let is_text = !matches!(&scene.audience, Some(Ok(_)));
    let paragraph = Paragraph::new(cut(lines, inner.height as usize));
    let paragraph = if is_text { paragraph.wrap(Wrap { trim: true }) } else { paragraph };
    frame.render_widget(paragraph, inner);
}

fn audience_lines(audience: &Audience, room: Rect) -> Vec<Line<'static>> {
    let style = if audience.answered < audience.hubs { POOR } else { BOLD };
    let mut lines = vec![Line::styled(told_audience(audience), style)];
    if let Some(acks) = audience.acks.filter(|acks| acks.asked > 0) {
        let whose = if acks.rev == audience.rev { String::new() } else { format!("rev {} ", acks.rev) };
        let told = format!("{whose}{}", applied::told(acks));
        match told.split_once(" · ") {
            Some((share, median)) if told.chars().count() > room.width as usize => {
                lines.extend([Line::raw(share.to_owned()), Line::raw(median.to_owned())]);
            }
            _ => lines.push(Line::raw(told)),
        }
    }
    // Where not every hub has room, those that are behind come first.
    let every = hub_lines(audience, |_| true);
    let fits = lines.len() + every.len() <= room.height as usize;
    lines.extend(if fits { every } else { hub_lines(audience, |hub| hub.rev < audience.rev) });
    lines
}

/// Returns a line for each region, the largest first, and beneath it one for each hub that is `shown`.
fn hub_lines(audience: &Audience, shown: impl Fn(&HubAudience) -> bool) -> Vec<Line<'static>> {
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
        for hub in hubs.into_iter().filter(|hub| shown(hub)) {
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

/// Returns as many of the lines as there is room for, the last one saying how many are left out.
fn cut(mut lines: Vec<Line<'static>>, rows: usize) -> Vec<Line<'static>> {
    if lines.len() > rows && rows > 0 {
        let left = lines.len() - (rows - 1);
        lines.truncate(rows - 1);
        lines.push(Line::styled(format!("… and {left} more lines"), LABEL));
    }
    lines
}

fn draw_log(frame: &mut Frame<'_>, area: Rect, scene: &Scene, scrolled: usize) {
    let block = Block::bordered().title(" changes ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines: Vec<Line<'_>> = match &scene.log {
        None => vec![Line::styled("not known yet", LABEL)],
        Some(Err(why)) => vec![Line::styled(text::tame(why), LABEL)],
        Some(Ok(entries)) => entries
            .iter()
            .skip(scrolled.min(entries.len().saturating_sub(1)))
            .map(|entry| {
                Line::from(vec![
                    Span::styled(format!("{:>4}", entry.rev.number()), BOLD),
                    Span::styled(format!("  {}  ", clock_time(entry.at)), LABEL),
                    Span::raw(told_entry(entry)),
                ])
            })
            .collect(),
    };
    frame.render_widget(Paragraph::new(lines), inner);
}

fn labelled(label: &'static str, value: Span<'static>) -> Line<'static> {
    Line::from(vec![Span::styled(format!("{label:<13}"), LABEL), value])
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use downbeat_core::clock::Reading;
    use downbeat_core::fanout::Region;
    use downbeat_core::{Rev, Span as Time};
    use downbeat_wire::audience::Acks;
    use downbeat_wire::{LogEntry, StateBody};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use serde_json::json;

    use super::*;
    use crate::preview::tests::START;
    use crate::watch::model::Heard;

    const NOW: LocalTime = LocalTime::from_micros(0);

    /// An event that was paused a minute after its beginning, seven seconds ago.
    pub(in crate::watch) fn scene() -> Scene {
        let sheet = r#"[
            { "time": "0:01:05.000", "action": "fireworks" },
            { "time": "0:01:30.000", "action": "text", "id": "goodbye" },
            { "time": "0:02:00.000", "action": "lights", "id": "house" }
        ]"#;
        let rundown = downbeat_sheet::compile(sheet).rundown.unwrap();
        let start = START.as_millis();
        let state: StateBody = serde_json::from_value(json!({
            "serverTime": start, "status": "paused", "message": "Back soon", "epoch": "k3v9x2m4", "rev": 13,
            "timeline": [
                { "from": start, "position": 0, "rate": 1 }, { "from": start + 63_120, "position": 63_120, "rate": 0 }
            ],
            "rundown": rundown.digest(), "resync": 300_000, "event": "main", "title": "Spring gala", "startsAt": start,
            "duration": 3_600_000, "locale": "en", "hubs": 4, "rundownUrl": null, "liveUrl": "/v1/events/main/live",
            "messages": [{ "from": start + 63_120, "text": { "en": "Back soon" }, "severity": "major" }],
        }))
        .unwrap();
        let entry = |rev: u64, name: &str, body: serde_json::Value| -> LogEntry {
            let at = START + Time::from_millis(i64::try_from(rev).unwrap() * 1_000);
            serde_json::from_value(json!({
                "rev": rev, "at": at, "effectiveAt": at, "actor": "maria", "token": "maria", "name": name, "body": body,
                "prev": "0".repeat(64),
            }))
            .unwrap()
        };
        let hub = |hub, region, sockets, rev| HubAudience { hub, region, sockets, rev: Rev::new(rev) };
        let audience = Audience {
            rev: Rev::new(13),
            hubs: 4,
            answered: 3,
            sockets: 6_010,
            by_hub: vec![
                hub(0, Region::WestEurope, 2_010, 13),
                hub(1, Region::EastNorthAmerica, 2_000, 12),
                hub(2, Region::WestEurope, 2_000, 13),
            ],
            acks: Some(Acks { rev: Rev::new(13), asked: 512, applied: 505, median: Some(41), p95: Some(120) }),
        };
        let mut scene = Scene::new("production, https://downbeat.example.com".to_owned(), "main".to_owned());
        for heard in [
            Heard::State { state: Box::new(state), lateness: Time::ZERO },
            Heard::Connection(Connection::Live),
            Heard::Hub(Some(2)),
            Heard::Clock {
                at: NOW,
                reading: Reading {
                    time: START + Time::from_millis(70_000),
                    bound: Time::from_millis(3),
                    ahead: Time::ZERO,
                },
            },
            Heard::Rundown(Arc::new(rundown)),
            Heard::Audience(Ok(Box::new(audience))),
            Heard::Log(Ok(vec![
                entry(13, "pause", json!({ "command": "pause", "message": "Back\nsoon", "reason": "smoke" })),
                entry(12, "announce", json!({ "command": "announce", "message": "Welcome" })),
                entry(1, "create", json!({})),
            ])),
        ] {
            scene.hear(heard);
        }
        scene
    }

    /// Returns the screen as text, without the time of day, which depends on where the test runs.
    fn drawn(scene: &Scene, width: u16, height: u16, scrolled: usize) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, scene, NOW, scrolled)).unwrap();
        let buffer = terminal.backend().buffer();
        (0..height)
            .map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned())
            .collect()
    }

    fn has(lines: &[String], parts: &[&str]) {
        let found = lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(found, "{parts:?} are on no line of\n{}", lines.join("\n"));
    }

    #[test]
    fn all_that_matters_is_on_the_smallest_screen() {
        let lines = drawn(&scene(), 80, 24, 0);
        has(&lines, &["main \"Spring gala\""]);
        has(&lines, &["PAUSED", "0:01:03.1", "rev 13"]);
        has(&lines, &["live · hub 2 · time to ±3 ms"]);
        has(&lines, &["viewers see", "\"Back soon\" (en), major"]);
        has(&lines, &["00:01:05.000", "held", "fireworks"]);
        has(&lines, &["6,010 sockets on 3/4 hubs"]);
        has(&lines, &["applied by 98.6 % (sample 512)"]);
        has(&lines, &["median 41 ms after effect"]);
        has(&lines, &["weur", "4,010", "2 hubs"]);
        has(&lines, &["hub 1", "2,000", "still at rev 12"]);
        has(&lines, &["13", "pause by maria, message \"Back\\nsoon\", reason \"smoke\""]);
        has(&lines, &["production, https://downbeat.example.com"]);
        has(&lines, &["q leave"]);
    }

    #[test]
    fn a_larger_screen_shows_every_hub_and_who_is_behind() {
        let lines = drawn(&scene(), 120, 40, 0);
        has(&lines, &["goodbye  text"]);
        has(&lines, &["hub 1", "2,000", "still at rev 12"]);
        has(&lines, &["applied by 98.6 % (sample 512) · median 41 ms after effect"]);
        has(&lines, &["12", "announce by maria"]);
    }

    #[test]
    fn the_log_scrolls_and_stops_at_its_end() {
        let lines = drawn(&scene(), 80, 24, 1);
        assert!(!lines.iter().any(|line| line.contains("pause by maria")), "{}", lines.join("\n"));
        has(&drawn(&scene(), 80, 24, 99), &["create by maria"]);
    }

    #[test]
    fn nothing_is_drawn_where_there_is_no_room_and_nothing_known() {
        let empty = Scene::new("http://127.0.0.1:1".to_owned(), "main".to_owned());
        for (width, height) in [(80, 24), (20, 5), (1, 1), (0, 0)] {
            drawn(&empty, width, height, 0);
            drawn(&scene(), width, height, 0);
        }
        has(&drawn(&empty, 80, 24, 0), &["unknown yet"]);
    }

    #[test]
    fn foreign_text_moves_no_cursor() {
        let mut scene = scene();
        scene.state.as_mut().unwrap().title = "a\u{1b}[2Jb".to_owned();
        has(&drawn(&scene, 80, 24, 0), &["main \"a [2Jb\""]);
    }
}
