use super::*;

const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

fn after_start(ms: i64) -> ServerTime {
    START + Span::from_millis(ms)
}
fn at(ms: i64) -> Position {
    Position::from_millis(ms)
}
fn hold(timeline: &mut EventTimeline, ms: i64) -> bool {
    timeline.change(after_start(ms), None, Some(Rate::HELD))
}
fn go(timeline: &mut EventTimeline, ms: i64) -> bool {
    timeline.change(after_start(ms), None, Some(Rate::NORMAL))
}

#[test]
fn a_position_reads_as_hours_minutes_seconds_and_milliseconds() {
    assert_eq!(at(723_412).to_string(), "0:12:03.412");
    assert_eq!(at(-30_000).to_string(), "-0:00:30.000");
    assert_eq!(at(36_000_000).to_string(), "10:00:00.000");
}

#[test]
fn before_the_start_the_event_counts_down() {
    let timeline = EventTimeline::starting_at(START);
    assert_eq!(timeline.position(after_start(-30_000)), at(-30_000));
    assert_eq!(timeline.position(START), at(0));
    assert_eq!(timeline.position(after_start(1)), at(1));
}

#[test]
fn a_ten_minute_hold_shifts_a_later_cue_by_ten_minutes() {
    let mut timeline = EventTimeline::starting_at(START);
    let cue = at(560_000);
    assert_eq!(timeline.reaches(cue, START), Some(after_start(560_000)));
    hold(&mut timeline, 300_000);
    assert_eq!(timeline.reaches(cue, START), None, "held for good, as far as anyone knows");
    go(&mut timeline, 900_000);
    assert_eq!(timeline.reaches(cue, START), Some(after_start(1_160_000)));
}

#[test]
fn a_hold_during_the_countdown_holds_the_countdown() {
    let mut timeline = EventTimeline::starting_at(START);
    hold(&mut timeline, -10_000);
    assert_eq!(timeline.position(after_start(50_000)), at(-10_000));
    go(&mut timeline, 60_000);
    assert_eq!(timeline.reaches(Position::START, START), Some(after_start(70_000)));
}

#[test]
fn the_last_decision_replaces_what_was_scheduled() {
    let mut timeline = EventTimeline::starting_at(START);
    assert!(!go(&mut timeline, 0));
    timeline.change(after_start(600_000), Some(at(0)), None);
    assert!(hold(&mut timeline, 300_000), "the seek at ten minutes is dropped, and that is said");
    assert_eq!(timeline.position(after_start(700_000)), at(300_000));
}

#[test]
fn a_rate_in_between_is_exact_to_the_millisecond() {
    let mut timeline = EventTimeline::starting_at(START);
    timeline.change(after_start(0), None, Rate::from_factor(1.25));
    assert_eq!(timeline.position(after_start(1_000)), at(1_250));
    timeline.change(after_start(1_001), None, Some(Rate::HELD));
    // 1 001 ms × 1.25 is 1 251.25 ms: a segment holds whole milliseconds, the same on the wire and in the server.
    assert_eq!(timeline.position(after_start(5_000)), at(1_251));
}

#[test]
fn a_change_that_changes_nothing_adds_no_segment() {
    let mut timeline = EventTimeline::starting_at(START);
    go(&mut timeline, 5_000);
    assert_eq!(timeline.segments().len(), 1);
}

#[test]
fn taking_back_a_hold_of_the_countdown_leaves_the_plain_start() {
    let mut timeline = EventTimeline::starting_at(START);
    hold(&mut timeline, -10_000);
    go(&mut timeline, -20_000);
    assert_eq!(timeline, EventTimeline::starting_at(START));
}

#[test]
fn superseded_segments_are_forgotten_after_a_minute_and_the_position_stays() {
    let mut timeline = EventTimeline::starting_at(START);
    hold(&mut timeline, 10_000);
    go(&mut timeline, 20_000);
    timeline.timeline.prune(after_start(69_999));
    assert_eq!(timeline.segments().len(), 3);
    timeline.timeline.prune(after_start(70_000));
    assert_eq!(timeline.segments().len(), 2);
    timeline.timeline.prune(after_start(80_000));
    assert_eq!(timeline.segments().len(), 1);
    assert_eq!(timeline.position(after_start(80_000)), at(70_000));
}

#[test]
fn the_number_of_segments_is_bounded_however_busy_the_operator() {
    let mut timeline = EventTimeline::starting_at(START);
    for ms in 0..1_000 {
        if ms % 2 == 0 {
            hold(&mut timeline, ms)
        } else {
            go(&mut timeline, ms)
        };
    }
    assert_eq!(timeline.segments().len(), SEGMENTS_MAX);
}

#[test]
fn the_wire_form_is_a_list_in_order_and_nothing_else_is_believed() {
    let text = r#"[{"from":1704067200000,"position":0,"rate":1},{"from":1704067260000,"position":60000,"rate":0.5}]"#;
    let timeline: Timeline = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&timeline).unwrap(), text);
    for bad in [
        "[]",
        r#"[{"from":2000,"position":0,"rate":1},{"from":2000,"position":0,"rate":0}]"#,
        r#"[{"from":2000,"position":0,"rate":17}]"#,
        r#"[{"from":2000,"position":0,"rate":-1}]"#,
        r#"[{"from":-1,"position":0,"rate":1}]"#,
        r#"[{"from":2000,"position":9e99,"rate":1}]"#,
    ] {
        assert!(serde_json::from_str::<Timeline>(bad).is_err(), "{bad}");
    }
}

#[test]
fn every_rate_is_read_back_as_it_was_written() {
    for thousandths in 0..=16_000 {
        let rate = Rate::from_thousandths(thousandths).unwrap();
        let text = serde_json::to_string(&rate).unwrap();
        assert_eq!(serde_json::from_str::<Rate>(&text).unwrap(), rate, "{text}");
        assert!(text.len() <= "16.000".len(), "{text}");
    }
    assert_eq!(Rate::from_thousandths(16_001), None);
    assert_eq!(Rate::from_factor(f64::NAN), None);
}
