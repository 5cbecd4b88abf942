//! What the screen shows, at several sizes.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use std::sync::Arc;

use downbeat_core::Digest;
use downbeat_wire::CueNotes;
use downbeat_wire::audience::BoundCount;

use super::draw;
use crate::watch::example::{NOW, model};
use crate::watch::model::Model;
use crate::watch::notes::Notes;
use crate::watch::update::Update;

/// Returns the screen as text, without the time of day, which depends on where the test runs.
fn drawn(model: &Model, width: u16, height: u16, scroll: usize) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, model, NOW, scroll)).unwrap();
    let buffer = terminal.backend().buffer();
    (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned()).collect()
}

fn assert_line(lines: &[String], parts: &[&str]) {
    let found = lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(found, "no line contains all of {parts:?}:\n{}", lines.join("\n"));
}

#[test]
fn all_that_matters_is_on_the_smallest_screen() {
    let lines = drawn(&model(), 80, 24, 0);
    assert_line(&lines, &["main \"Spring gala\""]);
    assert_line(&lines, &["PAUSED", "0:01:03.1", "rev 13"]);
    assert_line(&lines, &["live · hub 2 · time to ±3 ms"]);
    assert_line(&lines, &["viewers see", "\"Back soon\" (en), major"]);
    assert_line(&lines, &["00:01:05.000", "held"]);
    assert_line(&lines, &["fireworks"]);
    assert_line(&lines, &["6,010 sockets on 3/4 hubs"]);
    assert_line(&lines, &["applied by 98.6 % (sample 512)"]);
    assert_line(&lines, &["median 41 ms after effect"]);
    assert_line(&lines, &["not told: 2,000 sockets (enam 2,000)"]);
    assert_line(&lines, &["polling: about 300 viewers (estimate)"]);
    assert_line(&lines, &["weur", "4,010", "2 hubs"]);
    assert_line(&lines, &["13", "maria paused the event, saying \"Back⏎soon\", because: smoke"]);
    assert_line(&lines, &["production, https://downbeat.example.com"]);
    assert_line(&lines, &["q leave"]);
}

#[test]
fn hubs_give_way_to_those_who_lack_something() {
    let mut model = model();
    let Some(Ok(audience)) = &mut model.audience else { panic!("the example has an audience") };
    let acks = audience.acks.as_mut().unwrap();
    (acks.elsewhere, acks.lack_rundown, acks.lack_emergency) = (3, 12, 40);
    acks.bounds = vec![BoundCount { within: None, viewers: 482 }];
    let message =
        "We stop for some minutes because of the smoke in the hall. Please stay where you are; we go on at 20:15";
    model.state.as_mut().unwrap().messages[0].text.as_mut().unwrap().insert("en".parse().unwrap(), message.to_owned());
    let notes = [
        "6,010 sockets on 3/4 hubs",
        "not told: 2,000 sockets (enam 2,000)",
        "polling: about 300 viewers (estimate)",
        "elsewhere: 3 of 512 asked",
        "no rundown: 12 of 505 sampled",
        "no signatures: 40 of 482 sampled",
    ];
    // Beside a message of four lines, a screen of 40 columns and 24 rows has room for the most urgent ones.
    for (width, height, fit) in [(80, 24, 6), (100, 30, 6), (40, 30, 6), (40, 24, 4)] {
        let screen = drawn(&model, width, height, 0);
        notes[..fit].iter().for_each(|note| assert_line(&screen, &[note]));
        assert_line(&screen, &["13", "maria paused"]);
    }
    assert_line(&drawn(&model, 80, 24, 0), &["00:01:05.000"]);
}

#[test]
fn the_next_cue_has_its_owner_and_note() {
    let mut model = model();
    let next = model.rundown().unwrap().cues()[0].id().to_owned();
    let said = |note: &str| {
        let about = CueNotes {
            cue: next.clone(),
            note: Some(note.to_owned()),
            owner: Some("Max".to_owned()),
            ..CueNotes::default()
        };
        Update::Notes(Notes::stored(Digest::from_bytes([0; 32]), downbeat_wire::Notes { cues: vec![about] }))
    };
    model.apply(said("wait for the nod"));
    let lines = drawn(&model, 80, 24, 0);
    let place = lines.iter().position(|line| line.contains("  Max: wait for the nod")).expect("the note is shown");
    assert!(lines[place - 1].contains("fireworks"), "{}", lines.join("\n"));
    assert_line(&lines, &["00:01:30.000"]);
    model.apply(said("wait for the nod of the second trumpet, then at once"));
    assert_line(&drawn(&model, 80, 24, 0), &["  Max: wait for the nod of the second", "…"]);
}

#[test]
fn a_larger_screen_shows_every_hub_and_who_is_behind() {
    let lines = drawn(&model(), 120, 40, 0);
    assert_line(&lines, &["goodbye  text"]);
    assert_line(&lines, &["hub 1", "2,000", "still at rev 12"]);
    assert_line(&lines, &["applied by 98.6 % (sample 512) · median 41 ms after effect"]);
    assert_line(&lines, &["12", "maria told viewers \"Welcome\""]);
}

#[test]
fn the_log_scrolls_and_stops_at_its_end() {
    let lines = drawn(&model(), 80, 24, 1);
    assert!(!lines.iter().any(|line| line.contains("maria paused")), "{}", lines.join("\n"));
    assert_line(&drawn(&model(), 80, 24, 99), &["maria created the event"]);
}

#[test]
fn nothing_is_drawn_where_there_is_no_room_and_nothing_known() {
    let empty = Model::new("http://127.0.0.1:1".to_owned(), "main".to_owned());
    for (width, height) in [(80, 24), (20, 5), (1, 1), (0, 0)] {
        drawn(&empty, width, height, 0);
        drawn(&model(), width, height, 0);
    }
    assert_line(&drawn(&empty, 80, 24, 0), &["unknown yet"]);
}

#[test]
fn foreign_text_moves_no_cursor() {
    let mut model = model();
    model.state.as_mut().unwrap().title = "a\u{1b}[2Jb".to_owned();
    assert_line(&drawn(&model, 80, 24, 0), &["main \"a<U+001B>[2Jb\""]);
}

#[test]
fn names_are_whole_at_every_width() {
    let sheet = r#"[{ "time": "0:01:30.000", "action": "text", "id": "the-second-act-begins-with-a-very-long-name" }]"#;
    let rundown = downbeat_sheet::compile(sheet).rundown.unwrap();
    let mut model = model();
    model.state.as_mut().unwrap().rundown = Some(rundown.digest());
    model.apply(Update::Rundown(Arc::new(rundown)));
    for (width, height) in [(40, 30), (80, 24), (100, 30), (200, 50)] {
        let screen = drawn(&model, width, height, 0);
        let text = screen.join("\n");
        // Where it is broken into lines, only borders and spaces stand in between, and beside it the other panel.
        let of = |columns: std::ops::Range<usize>| -> String {
            let lines =
                screen.iter().map(|line| line.chars().skip(columns.start).take(columns.len()).collect::<String>());
            lines.collect::<String>().chars().filter(|char| !char.is_whitespace() && *char != '│').collect()
        };
        let (joined, left) = (of(0..usize::from(width)), of(0..usize::from(width) / if width > 72 { 2 } else { 1 }));
        assert!(left.contains("the-second-act-begins-with-a-very-long-name"), "{width} columns:\n{text}");
        for part in ["PAUSED", "\"Backsoon\"(en),major", "6,010socketson3/4hubs"] {
            assert!(joined.contains(part), "{part} is not whole at {width} columns:\n{text}");
        }
        assert!(joined.contains("mariapausedtheevent,saying\"Back⏎soon\",because:smoke"), "{width} columns:\n{text}");
    }
}
