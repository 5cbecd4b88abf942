//! The head: the event's state, the connection, what viewers see, and what comes next.

use downbeat_core::session::Connection;
use downbeat_core::{Rate, ServerTime, Severity};
use downbeat_wire::StatusWord;
use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};

use super::style::{BAD, BOLD, GOOD, LABEL, LABEL_WIDTH, POOR, labelled};
use crate::message::VisibleMessage;
use crate::standing::Standing;
use crate::text;
use crate::time_zone::TimeZone;
use crate::watch::model::Model;
use crate::watch::words;

/// The lines of the head with its border while nothing is to come.
const HEIGHT_MIN: u16 = 5;

/// The most upcoming changes that are shown.
const UPCOMING_MAX: usize = 2;

/// The most lines for what viewers see.
const MESSAGE_LINES_MAX: usize = 4;

/// Returns the number of lines that the head needs at this width.
pub(in crate::watch) fn height(
    upcoming: &[(ServerTime, String)],
    model: &Model,
    now: Option<ServerTime>,
    width: u16,
) -> u16 {
    let inner = usize::from(width.saturating_sub(2)).max(1);
    let message = now.zip(model.state.as_ref()).map(|(now, state)| VisibleMessage::at(state, now).to_string());
    let lines = message.map_or(1, |message| (LABEL_WIDTH + message.chars().count()).div_ceil(inner));
    let coming = upcoming.len().min(UPCOMING_MAX) + lines.clamp(1, MESSAGE_LINES_MAX) - 1;
    HEIGHT_MIN + u16::try_from(coming).unwrap_or_default()
}

pub(in crate::watch) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    model: &Model,
    now: Option<ServerTime>,
    upcoming: &[(ServerTime, String)],
) {
    let title = match model.state.as_ref().map(|state| state.title.as_str()).unwrap_or_default() {
        "" => format!(" {} ", model.event),
        title => format!(" {} \"{}\" ", model.event, text::tame(title)),
    };
    let time = now.map(|now| format!(" {} ", words::time_of_day(now))).unwrap_or_default();
    let block = Block::bordered()
        .title(Span::styled(title, BOLD))
        .title(Line::from(time).alignment(Alignment::Right))
        .title_bottom(Line::from(format!(" {} ", model.environment)).alignment(Alignment::Right));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let standing = now.and_then(|now| model.standing(now));
    let mut lines = vec![Line::from(standing_spans(model, standing)), Line::from(connection_spans(model))];
    if let (Some(now), Some(state)) = (now, &model.state) {
        let message = VisibleMessage::at(state, now);
        lines.push(labelled("viewers see", Span::styled(message.to_string(), message_style(&message))));
        for (at, what) in upcoming.iter().take(UPCOMING_MAX) {
            lines.push(labelled("next", Span::raw(format!("{what}, {}", text::when(*at, TimeZone::Local, now)))));
        }
    }
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inner);
}

fn message_style(message: &VisibleMessage) -> Style {
    match message {
        VisibleMessage::Shown { severity: Severity::Major | Severity::Critical, .. } => BAD,
        VisibleMessage::Shown { severity: Severity::Minor, .. } => POOR,
        VisibleMessage::Shown { .. } => BOLD,
        VisibleMessage::None => Style::new(),
    }
}

fn standing_spans(model: &Model, standing: Option<Standing>) -> Vec<Span<'static>> {
    let Some(standing) = standing else { return vec![Span::styled("unknown yet", LABEL)] };
    let style = match standing.status {
        StatusWord::Running => GOOD.add_modifier(Modifier::BOLD),
        StatusWord::Paused => BAD,
        StatusWord::Scheduled | StatusWord::Ended | StatusWord::Unknown => BOLD,
    };
    // Tenths of a second change slowly enough to be read; hundredths do not.
    let position = standing.position.to_string();
    let position = position.get(..position.len() - 2).unwrap_or_default().to_owned();
    let mut spans = vec![
        Span::styled(standing.status.as_str().to_uppercase(), style),
        Span::raw("  "),
        Span::styled(position, BOLD),
    ];
    if !standing.rate.is_held() && standing.rate != Rate::NORMAL {
        spans.push(Span::raw(format!("  at rate {}", standing.rate)));
    }
    if let Some(rev) = model.rev() {
        spans.push(Span::styled("   rev ", LABEL));
        spans.push(Span::styled(rev.to_string(), BOLD));
    }
    spans
}

fn connection_spans(model: &Model) -> Vec<Span<'static>> {
    let style = match model.connection {
        Connection::Live => GOOD,
        Connection::Acquiring(_) | Connection::Polling(_) | Connection::Lacking(..) => POOR,
        Connection::Holdover(_) | Connection::Unverified(_) => BAD,
    };
    let mut spans = vec![Span::styled(words::connection(model.connection), style)];
    if let Some(hub) = model.hub {
        spans.push(Span::raw(format!(" · hub {hub}")));
    }
    if let Some(bound) = model.bound() {
        spans.push(Span::raw(format!(" · time to ±{}", text::fine(bound))));
    }
    spans
}
