//! The cues of a running event on the whole terminal: the head of `watch`, and the list, which follows the event.

use downbeat_core::words::is_hidden;
use downbeat_core::{LocalTime, ServerTime};
use downbeat_sheet::Rundown;
use downbeat_sheet::rundown::Cue;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::cues::{CuePhase, action_beside_id, due_words, why_empty};
use super::model::Model;
use super::notes::Notes;
use super::screen::head;
use super::screen::style::{BOLD, GOOD, LABEL};
use crate::text;

/// The width of what comes before a cue's name: mark, position, and when it is due.
const LEAD_WIDTH: usize = 2 + 13 + 16;

/// The width from which owner and note stand beside the name.
const NOTE_WIDTH_MIN: usize = 72;

/// Draws `model` as it is at `local`. The list begins `scroll` cues after where it follows the event.
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, notes: &Notes, local: LocalTime, scroll: isize) {
    let now = model.server_time(local);
    let upcoming = now.map(|now| model.upcoming(now)).unwrap_or_default();
    let head_height = head::height(&upcoming, model, now, frame.area().width);
    let areas = [Constraint::Length(head_height), Constraint::Min(0), Constraint::Length(1)];
    let [head, list, keys] = Layout::vertical(areas).areas(frame.area());
    head::draw(frame, head, model, now, &upcoming);
    draw_list(frame, list, model, notes, now, scroll);
    let keys_line = [
        Span::styled(" q", BOLD),
        Span::raw(" leave   "),
        Span::styled("↑ ↓", BOLD),
        Span::raw(" other cues   "),
        Span::styled("Home", BOLD),
        Span::raw(" follow"),
    ];
    frame.render_widget(Paragraph::new(Line::from_iter(keys_line)), keys);
    for cell in &mut frame.buffer_mut().content {
        if cell.symbol().chars().any(is_hidden) {
            cell.set_symbol("\u{fffd}");
        }
    }
}

fn draw_list(frame: &mut Frame<'_>, area: Rect, model: &Model, notes: &Notes, now: Option<ServerTime>, scroll: isize) {
    let differs = if notes.differ(model.rundown()) { "(not this sheet's rundown) " } else { "" };
    let block = Block::bordered().title(format!(" cues {differs}"));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = match (now, model.rundown()) {
        (Some(now), Some(rundown)) if !rundown.cues().is_empty() => {
            cue_lines(model, rundown, notes, now, scroll, inner)
        }
        _ => vec![Line::styled(why_empty(model, "the rundown has no cues"), LABEL)],
    };
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Returns the lines of the cues that fit. A third of them has passed.
fn cue_lines(
    model: &Model,
    rundown: &Rundown,
    notes: &Notes,
    now: ServerTime,
    scroll: isize,
    area: Rect,
) -> Vec<Line<'static>> {
    let (rows, width) = (usize::from(area.height), usize::from(area.width));
    let Some(standing) = model.standing(now) else { return Vec::new() };
    let cues = rundown.cues();
    let coming = rundown.next(standing.position);
    let next = coming.first().map(Cue::time);
    let begun = cues.len() - coming.len();
    let first = begun.saturating_sub(rows / 3).saturating_add_signed(scroll).min(cues.len() - 1);
    let line = |cue: &Cue| {
        let phase = CuePhase::of(cue, standing.position, next);
        cue_line(cue, phase, model.due(cue, now), notes, now, width)
    };
    cues[first..].iter().flat_map(line).take(rows).collect()
}

/// Returns a cue on a line, or with its name on a second one where it does not fit beside the time.
fn cue_line(
    cue: &Cue,
    phase: CuePhase,
    due: Option<ServerTime>,
    notes: &Notes,
    now: ServerTime,
    width: usize,
) -> Vec<Line<'static>> {
    let (mark, style, when) = match phase {
        CuePhase::Passed => ("✓ ", LABEL, String::new()),
        CuePhase::On => ("● ", GOOD, "on".to_owned()),
        CuePhase::Next => ("▶ ", BOLD, due_words(due, now)),
        CuePhase::Later => ("  ", Style::new(), due_words(due, now)),
    };
    let name = text::tame(cue.id());
    let action = action_beside_id(cue);
    let about = notes.about(cue);
    let owner = about.and_then(|about| about.owner.as_deref()).map(|owner| format!("  {}", text::tame(owner)));
    let note = about.and_then(|about| about.note.as_deref()).map(|note| format!("  {}", text::tame(note)));
    let lead = Span::styled(format!("{mark}{:<13}{when:<16}", text::position(cue.time())), style);
    let named = Span::styled(
        name.clone(),
        style.add_modifier(if phase == CuePhase::Passed { Modifier::empty() } else { Modifier::BOLD }),
    );
    let rest = [
        Span::styled(action, style),
        Span::styled(owner.unwrap_or_default(), LABEL),
        Span::styled(note.unwrap_or_default(), style),
    ];
    if LEAD_WIDTH + name.chars().count() > width {
        return vec![Line::from(lead), Line::from(vec![Span::raw("    "), named])];
    }
    let mut line = vec![lead, named];
    if width >= NOTE_WIDTH_MIN {
        line.extend(rest);
    }
    vec![Line::from(line)]
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::watch::example::{NOW, model};

    fn drawn(width: u16, height: u16, scroll: isize) -> String {
        let sheet = r#"[
            { "time": 1, "action": "curtain", "note": "slowly", "owner": "Ada" },
            { "time": "0:01:05.000", "action": "fireworks", "note": "wait for the all-clear", "owner": "Max" },
            { "time": "0:01:30.000", "action": "text", "id": "goodbye" }
        ]"#;
        let rundown = downbeat_sheet::compile(sheet).rundown.unwrap();
        let notes = Notes::of(&rundown, downbeat_sheet::crew(sheet, &|_| unreachable!("nothing is included")));
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, &model(), &notes, NOW, scroll)).unwrap();
        let buffer = terminal.backend().buffer();
        let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn before_the_first_answer_it_is_connecting() {
        let empty = Model::new("http://127.0.0.1:1".to_owned(), "main".to_owned());
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| draw(frame, &empty, &Notes::default(), NOW, 0)).unwrap();
        let screen: String = terminal.backend().buffer().content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(screen.contains("connecting") && !screen.contains("no rundown"), "{screen}");
    }

    #[test]
    fn the_next_cue_is_marked_with_its_note_and_held_while_the_event_is() {
        for (width, height) in [(100, 24), (200, 50)] {
            let screen = drawn(width, height, 0);
            assert!(screen.contains("PAUSED"), "{screen}");
            assert!(screen.contains("(not this sheet's rundown)"), "{screen}");
            assert!(
                screen.contains("▶ 00:01:05.000 held            fireworks@65000  Max  wait for the all-clear"),
                "{screen}"
            );
            assert!(screen.contains("  00:01:30.000 held            goodbye  text"), "{screen}");
        }
        let narrow = drawn(40, 24, 0);
        assert!(narrow.contains("▶ 00:01:05.000 held"), "{narrow}");
        assert!(narrow.contains("    fireworks@65000"), "{narrow}");
        assert!(!drawn(100, 24, 1).contains("fireworks"));
        for (width, height) in [(20, 5), (1, 1), (0, 0)] {
            drawn(width, height, 9);
            drawn(width, height, -9);
        }
    }
}
