use super::*;
use crate::seed::Seed;
use crate::timeline::{Rate, Segment, Timeline};

const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

fn after_start(ms: i64) -> ServerTime {
    START + Span::from_millis(ms)
}
fn ms(ms: i64) -> Span {
    Span::from_millis(ms)
}
fn at(ms: i64) -> Position {
    Position::from_millis(ms)
}

fn moment(id: u64, time: i64) -> ListedCue {
    let key = CueKey::from_bits(id);
    let (end, late, lane, jitter) = (None, Late::Skip, 0, Span::ZERO);
    ListedCue { key, time: at(time), end, kind: Kind::Moment, late, lane, jitter, preload: None, needs: None }
}

fn state(id: u64, time: i64, end: i64) -> ListedCue {
    ListedCue { end: Some(at(end)), kind: Kind::State, late: Late::Resume, ..moment(id, time) }
}

fn list(cues: &[ListedCue], viewer: u64) -> CueList {
    CueList::new(cues.iter().copied(), &Seed::new(viewer))
}

/// A viewer of an event that starts at `START`, who joined so long after it.
struct Viewer {
    cueing: Cueing,
    timeline: EventTimeline,
}

impl Viewer {
    fn joining(cues: &[ListedCue], at_ms: i64) -> (Self, Vec<Effect>) {
        let mut cueing = Cueing::new(None);
        let timeline = EventTimeline::starting_at(START);
        cueing.handle_rundown(list(cues, 1), |_, _| true);
        cueing.handle_timeline(timeline.clone());
        let mut viewer = Self { cueing, timeline };
        let effects = viewer.tick(at_ms);
        (viewer, effects)
    }

    fn tick(&mut self, at_ms: i64) -> Vec<Effect> {
        self.tick_within(at_ms, 20)
    }

    fn tick_within(&mut self, at_ms: i64, bound_ms: i64) -> Vec<Effect> {
        self.cueing.handle_tick(after_start(at_ms), ms(bound_ms));
        std::iter::from_fn(|| self.cueing.poll_effect()).collect()
    }

    fn change(&mut self, from: i64, position: Option<i64>, rate: Option<Rate>) {
        self.timeline.change(after_start(from), position.map(at), rate);
        self.cueing.handle_timeline(self.timeline.clone());
    }

    fn deadline(&self) -> Option<i64> {
        self.cueing.next_deadline().map(|deadline| (deadline - START).as_millis())
    }
}

fn fired(effects: &[Effect]) -> Vec<(u64, i64)> {
    let fire = |effect: &Effect| match effect {
        Effect::Fire { cue, timing, .. } => Some((cue.key.bits(), timing.lateness.as_millis())),
        _ => None,
    };
    effects.iter().filter_map(fire).collect()
}

#[test]
fn cues_before_the_event_fire_while_it_counts_down() {
    let cues = [moment(1, -600_000), state(2, -540_000, 60_000), moment(3, 0)];
    let (mut viewer, effects) = Viewer::joining(&cues, -3_600_000);
    assert_eq!((effects, viewer.deadline()), (vec![], Some(-600_000)));
    assert_eq!(fired(&viewer.tick(-599_995)), [(1, 5)], "ten minutes before the start");
    assert_eq!(viewer.deadline(), Some(-540_000));
    assert!(matches!(viewer.tick(-540_000)[..], [Effect::Enter { into: Span::ZERO, .. }]));
    assert_eq!(fired(&viewer.tick(0)), [(3, 0)]);
    assert!(matches!(viewer.tick(60_000)[..], [Effect::Leave { .. }]));
    // Who joins in between gets the state where it is, and not the moment.
    let (mut late, effects) = Viewer::joining(&cues, -530_000);
    assert!(matches!(effects[..], [Effect::Enter { into, .. }] if into == ms(10_000)), "{effects:?}");
    // A hold of the countdown holds its cues.
    late.change(-500_000, None, Some(Rate::HELD));
    late.change(-400_000, None, Some(Rate::NORMAL));
    assert_eq!(fired(&late.tick(0)), []);
    assert_eq!(fired(&late.tick(100_000)), [(3, 0)]);
}

#[test]
fn a_cue_in_a_held_event_is_not_lost_and_does_not_fire_twice() {
    let (mut viewer, _) = Viewer::joining(&[moment(1, 560_000)], 300_000);
    viewer.change(400_000, None, Some(Rate::HELD));
    assert_eq!(viewer.deadline(), Some(-1_704_067_200_000), "there is news: now");
    assert_eq!(viewer.tick(399_000), []);
    assert_eq!(viewer.deadline(), Some(400_000));
    assert_eq!(viewer.tick(400_000), []);
    assert_eq!(viewer.deadline(), None);
    // Ten minutes later it goes on, and so the cue comes ten minutes later.
    viewer.change(1_000_000, None, Some(Rate::NORMAL));
    viewer.tick(1_000_000);
    assert_eq!(viewer.deadline(), Some(1_160_000));
    assert_eq!(fired(&viewer.tick(1_160_004)), [(1, 4)]);
    viewer.change(1_200_000, Some(550_000), None);
    viewer.tick(1_200_000);
    assert_eq!(viewer.tick(1_210_005), []);
}

#[test]
fn at_another_rate_the_deadline_is_where_the_position_gets_there() {
    let (mut viewer, _) = Viewer::joining(&[moment(1, 20_000)], 0);
    viewer.change(10_000, None, Rate::from_factor(0.5));
    viewer.tick(10_000);
    assert_eq!(viewer.deadline(), Some(30_000));
    viewer.change(20_000, None, Rate::from_factor(4.0));
    viewer.tick(10_001);
    assert_eq!(viewer.deadline(), Some(20_000), "the change is known, and comes first");
    viewer.tick(20_000);
    assert_eq!(viewer.deadline(), Some(21_250));
}

#[test]
fn a_moment_at_the_very_position_of_a_hold_fires_when_the_event_goes_on() {
    let (mut viewer, _) = Viewer::joining(&[moment(1, 10_000)], 0);
    viewer.change(10_000, None, Some(Rate::HELD));
    assert_eq!(viewer.tick(10_000), []);
    assert_eq!(viewer.tick(20_000), []);
    viewer.change(30_000, None, Some(Rate::NORMAL));
    viewer.tick(20_001);
    assert_eq!(fired(&viewer.tick(30_007)), [(1, 7)]);
}

#[test]
fn one_second_late_is_on_time_for_who_was_there_and_not_for_who_was_not() {
    let cues = [moment(1, 10_000)];
    let (mut viewer, _) = Viewer::joining(&cues, 9_000);
    assert_eq!(fired(&viewer.tick(11_000)), [(1, 1_000)]);
    let (mut viewer, _) = Viewer::joining(&cues, 9_000);
    assert_eq!(viewer.tick(11_001), []);
    let (mut viewer, effects) = Viewer::joining(&cues, 10_001);
    assert_eq!((effects, viewer.tick(10_100)), (vec![], vec![]));
}

#[test]
fn after_a_minute_asleep_the_states_are_right_and_stale_moments_stay_away() {
    let within = ListedCue { late: Late::Within(ms(5_000)), ..moment(4, 68_000) };
    let cues = [state(1, 0, 30_000), moment(2, 20_000), state(3, 30_000, 90_000), within, moment(5, 69_500)];
    let (mut viewer, effects) = Viewer::joining(&cues, 10_000);
    assert!(matches!(effects[..], [Effect::Enter { into, .. }] if into == ms(10_000)));
    let effects = viewer.tick(70_000);
    assert_eq!(fired(&effects), [(5, 500), (4, 2_000)]);
    let states: Vec<&Effect> = effects.iter().filter(|effect| !matches!(effect, Effect::Fire { .. })).collect();
    let [Effect::Leave { cue: left }, Effect::Enter { cue: entered, into, .. }] = states[..] else {
        panic!("{states:?}")
    };
    assert_eq!((left.index, entered.index, *into), (0, 2, ms(40_000)));
}

#[test]
fn an_active_state_is_told_where_it_is_whenever_that_changes() {
    let (mut viewer, _) = Viewer::joining(&[state(1, 10_000, 600_000)], 20_000);
    let adjusted = |effects: Vec<Effect>| match effects[..] {
        [Effect::Adjust { into, rate, .. }] => (into.as_millis(), rate),
        _ => panic!("{effects:?}"),
    };
    assert_eq!(viewer.tick(25_000), []);
    viewer.change(30_000, None, Some(Rate::HELD));
    assert_eq!(adjusted(viewer.tick(30_010)), (20_000, Rate::HELD));
    viewer.change(60_000, None, Some(Rate::NORMAL));
    assert_eq!(adjusted(viewer.tick(60_010)), (20_010, Rate::NORMAL));
    viewer.change(70_000, Some(300_000), None);
    assert_eq!(adjusted(viewer.tick(70_010)), (290_010, Rate::NORMAL));
    viewer.cueing.handle_step();
    assert_eq!(adjusted(viewer.tick(70_400)), (290_400, Rate::NORMAL));
    assert_eq!(viewer.tick(70_500), []);
}

#[test]
fn a_small_step_back_is_waited_out_and_a_large_one_followed() {
    let cues = [state(1, 10_000, 20_000), moment(2, 10_000)];
    let (mut viewer, _) = Viewer::joining(&cues, 9_900);
    assert_eq!(viewer.tick(10_010).len(), 2);
    assert_eq!(viewer.tick(9_300), [], "no leaving, no entering again");
    let effects = viewer.tick(8_000);
    assert!(matches!(effects[..], [Effect::Leave { .. }]), "{effects:?}");
    let effects = viewer.tick(10_020);
    assert!(matches!(effects[..], [Effect::Enter { .. }]), "{effects:?}");
}

#[test]
fn ten_thousand_viewers_spread_a_cue_and_each_stays_where_it_was() {
    let cue = ListedCue { jitter: ms(400), ..moment(77, 10_000) };
    let mut tenths = [0; 10];
    for viewer in 0..10_000 {
        let at = list(&[cue], viewer).rows[0].at;
        tenths[usize::try_from((at - cue.time).as_millis() / 40).unwrap()] += 1;
        assert_eq!(list(&[moment(5, 0), cue], viewer).rows[1].at, at);
    }
    assert!(tenths.iter().all(|count| (850..1_150).contains(count)), "{tenths:?}");
}

#[test]
fn fetching_begins_between_lead_and_lead_less_spread_and_once() {
    let cue = ListedCue { preload: Some(Lead { lead: ms(60_000), spread: ms(45_000) }), ..state(1, 100_000, 200_000) };
    let (mut viewer, effects) = Viewer::joining(&[cue], 0);
    assert_eq!(effects, []);
    let begins = viewer.deadline().unwrap();
    assert!((40_000..85_000).contains(&begins), "{begins}");
    assert!(matches!(viewer.tick(begins + 5)[..], [Effect::Standby { .. }]));
    viewer.change(90_000, Some(0), None);
    viewer.tick(90_000);
    assert_eq!(viewer.tick(90_000 + begins + 5), []);
}

#[test]
fn viewers_taken_into_the_lead_by_a_seek_do_not_all_fetch_at_once() {
    let cue = ListedCue { preload: Some(Lead { lead: ms(60_000), spread: ms(45_000) }), ..state(1, 100_000, 200_000) };
    let mut tenths = [0; 10];
    for viewer in 0..2_000 {
        // All are past the point at which each would have begun; 10 s are left, and half of them are used.
        let begins = list(&[cue], viewer).late_fetch(0, at(90_000)) - at(90_000);
        tenths[usize::try_from(begins.as_millis() / 500).unwrap()] += 1;
    }
    assert!(tenths.iter().all(|count| (150..250).contains(count)), "{tenths:?}");
    let (mut viewer, effects) = Viewer::joining(&[cue], 90_000);
    assert_eq!(effects, []);
    let begins = viewer.deadline().unwrap();
    // Another landing in between does not put it off again.
    viewer.cueing.handle_step();
    viewer.cueing.must_land();
    viewer.tick(90_100);
    assert!(viewer.deadline().unwrap() <= begins);
}

#[test]
fn an_uncertain_clock_withholds_what_needs_a_certain_one() {
    let needs = |otherwise| Some(Needs { bound: ms(50), otherwise });
    let flash = ListedCue { needs: needs(Otherwise::Skip), late: Late::Within(ms(2_000)), ..moment(1, 10_000) };
    let chime = ListedCue { needs: needs(Otherwise::Fire), ..moment(2, 10_000) };
    let song = ListedCue { needs: needs(Otherwise::Skip), ..state(3, 10_000, 60_000) };
    let (mut viewer, _) = Viewer::joining(&[flash, chime, song], 9_000);
    let effects = viewer.tick_within(10_005, 80);
    assert_eq!(fired(&effects), [(2, 5)]);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Fire { timing: Timing { certain: false, .. }, .. })));
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Withhold { .. })).count(), 2);
    assert_eq!(viewer.tick_within(11_000, 60), []);
    // The clock has become certain while the flash may still be late, and the song goes on anyway.
    let effects = viewer.tick_within(11_500, 40);
    assert_eq!(fired(&effects), [(1, 1_500)]);
    assert!(matches!(effects[..], [_, Effect::Enter { into, .. }] if into == ms(1_500)), "{effects:?}");
    assert_eq!(viewer.tick_within(11_600, 30), []);
}

#[test]
fn rolling_back_to_an_older_rundown_fires_nothing_again() {
    let (one, two) = ([moment(1, 10_000), moment(2, 50_000)], [moment(3, 10_000)]);
    let (mut viewer, _) = Viewer::joining(&one, 0);
    assert_eq!(fired(&viewer.tick(10_001)).len(), 1);
    viewer.cueing.handle_rundown(list(&two, 1), |_, _| true);
    viewer.tick(20_000);
    viewer.cueing.handle_rundown(list(&one, 1), |_, _| true);
    viewer.change(30_000, Some(5_000), None);
    viewer.tick(30_000);
    assert_eq!(viewer.tick(40_000), []);
    viewer.cueing.forget();
    viewer.change(50_000, Some(5_000), None);
    viewer.tick(50_000);
    assert_eq!(fired(&viewer.tick(55_001)), [(1, 1)], "in another life of the event it is new");
}

#[test]
fn what_fired_in_another_epoch_may_fire_again_also_after_a_reload() {
    let cues = [moment(1, 5_000)];
    let epoch = |text: &str| text.parse().unwrap();
    let (mut viewer, _) = Viewer::joining(&cues, 0);
    viewer.cueing.handle_epoch(&epoch("rehearsal"));
    viewer.tick(6_000);
    let memory = viewer.cueing.memory();
    let text = memory.to_string();
    assert_eq!((text.parse(), Memory::from_words(&memory.to_words())), (Ok(memory.clone()), Some(memory.clone())));
    for (said, has_fired) in [("rehearsal", true), ("evening", false)] {
        let mut reloaded = Cueing::new(Some(memory.clone()));
        reloaded.handle_epoch(&epoch(said));
        reloaded.handle_rundown(list(&cues, 1), |_, _| true);
        assert_eq!(reloaded.fired.contains(0), has_fired, "{said}");
    }
    viewer.cueing.handle_epoch(&epoch("rehearsal"));
    assert!(viewer.cueing.fired.contains(0), "the same epoch again is nothing new");
    viewer.cueing.handle_epoch(&epoch("evening"));
    assert!(!viewer.cueing.fired.contains(0));
    // A memory of an earlier version does not say in which epoch; it counts for the one that the page finds.
    let words = memory.to_words();
    let old: Vec<u64> = [1].into_iter().chain(words[2..].iter().copied()).collect();
    let mut reloaded = Cueing::new(Memory::from_words(&old));
    reloaded.handle_epoch(&epoch("evening"));
    reloaded.handle_rundown(list(&cues, 1), |_, _| true);
    assert!(reloaded.fired.contains(0));
}

#[test]
fn the_memory_is_a_line_of_text_and_short() {
    let cues: Vec<ListedCue> = (0..10_000).map(|n| moment(n, 1_000 * n.cast_signed())).collect();
    let (mut viewer, _) = Viewer::joining(&cues, -1);
    for n in 0..5_000 {
        viewer.tick(n * 1_000 + 3);
    }
    let text = viewer.cueing.memory().to_string();
    assert!(text.starts_with("downbeat.fired/1 ") && text.contains(" 0-4999@0-4999000 "), "{text}");
    let memory: Memory = text.parse().unwrap();
    assert_eq!(memory, viewer.cueing.memory());
    let mut again = Cueing::new(Some(memory));
    assert_eq!(again.memory().to_string(), text, "what is not applied yet is not lost");
    again.handle_rundown(list(&cues, 1), |_, _| true);
    assert_eq!(again.memory().to_string(), text);
}

#[test]
fn a_memory_with_very_many_gaps_errs_on_the_side_of_not_firing() {
    let cues: Vec<ListedCue> = (0..2_000).map(|n| moment(n, 1_000 * n.cast_signed())).collect();
    let (mut viewer, _) = Viewer::joining(&cues, -1);
    // Every other one is jumped over.
    for n in (0..2_000).step_by(2) {
        viewer.change(n * 10, Some(n * 1_000), None);
        viewer.tick(n * 10 + 1);
    }
    let memory = viewer.cueing.memory();
    assert!(memory.to_string().len() < 12_000, "{}", memory.to_string().len());
    let mut again = Cueing::new(Some(memory));
    again.handle_rundown(list(&cues, 1), |_, _| true);
    assert!((0..2_000).step_by(2).all(|row| again.fired.contains(row)));
    assert!(!again.fired.contains(1_999) && !again.fired.contains(1_501) && again.fired.contains(3));
}

#[test]
fn the_memory_as_numbers_is_the_same_memory() {
    let memory: Memory = "downbeat.fired/1 7f 0-4@-5-3,9-12@100-200 1,ffffffffffffffff".parse().unwrap();
    assert_eq!(Memory::from_words(&memory.to_words()), Some(memory));
    assert_eq!(Memory::from_words(&Memory::default().to_words()), Some(Memory::default()));
    for wild in [&[][..], &[2, 0, 0], &[1, 0], &[1, 0, 1], &[1, 0, 1, 2, 3, 4], &[1, 0, u64::MAX, 1]] {
        assert_eq!(Memory::from_words(wild), None, "{wild:?}");
    }
    let long: Vec<u64> = [1, 0, 0].into_iter().chain(0..=ELSEWHERE_MAX as u64).collect();
    assert_eq!(Memory::from_words(&long), None);
    let wild = Memory::from_words(&[1, 0, 1, 7, u64::MAX, u64::MAX, 3]).unwrap();
    let mut cueing = Cueing::new(Some(wild));
    cueing.handle_rundown(list(&[moment(1, 0)], 1), |_, _| true);
}

#[test]
fn texts_that_are_no_memory_are_refused() {
    let refusal = |text: &str| text.parse::<Memory>().unwrap_err();
    assert_eq!(refusal(""), MemoryError::Version);
    assert_eq!(refusal("downbeat.fired/2 0  "), MemoryError::Version);
    let long = format!("downbeat.fired/1 0  {}", "1,".repeat(ELSEWHERE_MAX + 1));
    assert_eq!(refusal(&long), MemoryError::TooLong);
    for text in ["", " 0", " 0 ", " x  ", " 0 1-2 ", " 0 1-2@3 ", " 0 1-2@é-3 ", " 0  z", " 0   "] {
        assert!(matches!(refusal(&format!("downbeat.fired/1{text}")), MemoryError::Part(_)), "{text:?}");
    }
    let wild = "downbeat.fired/1 0 7-18446744073709551615@-5--3,9-2@9-1 ffffffffffffffff".parse::<Memory>().unwrap();
    let mut cueing = Cueing::new(Some(wild));
    cueing.handle_rundown(list(&[moment(1, 0)], 1), |_, _| true);
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    let last = ServerTime::from_millis(i64::MAX);
    let far = Segment { from: ServerTime::from_millis(0), position: Position::from_millis(i64::MIN), rate: Rate::MAX };
    let cues = [moment(1, i64::MIN), ListedCue { jitter: ms(i64::MAX), ..state(2, 0, i64::MAX) }, moment(3, i64::MAX)];
    let mut cueing = Cueing::new(None);
    cueing.handle_rundown(list(&cues, 1), |_, _| true);
    let timeline = Timeline::from_segments(vec![far]).unwrap();
    cueing.handle_timeline(EventTimeline { timeline, ..EventTimeline::starting_at(START) });
    for now in [START, last, ServerTime::from_millis(0), last, START] {
        cueing.handle_tick(now, ms(i64::MAX));
        let _ = cueing.next_deadline();
    }
}
