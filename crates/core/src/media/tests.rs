//! Media by literal times: an event that started at [`START`], read as an element's events say.

use super::*;
use crate::timeline::{Rate, Segment, Timeline};

const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// An element, and what holds of the page.
struct Page {
    media: Media,
    now: i64,
    position: i64,
    traits: u32,
    duration: f64,
    seekable: f64,
}

const READY: u32 = Traits::READY.0 | Traits::LOADABLE.0;
const PAUSED: u32 = Traits::PAUSED.0;
const WAS_PAUSED: u32 = Traits::WAS_PAUSED.0;
const HIDDEN: u32 = Traits::HIDDEN.0;
const MUTED: u32 = Traits::MUTED.0;

impl Page {
    /// Opens a page at `now`, in ms after the start, whose element has its metadata.
    fn open(now: i64) -> Self {
        let mut media = Media::new(Position::START, Means::Rates, Loops::No, false);
        media.handle_timeline(EventTimeline::starting_at(START));
        Self { media, now, position: 0, traits: READY | PAUSED, duration: 3_600.0, seekable: 3_600.0 }
    }

    /// Opens a page whose element has been playing with the event for a while.
    fn playing() -> Self {
        let mut page = Self::open(600_000);
        assert!(matches!(page.read(), Action::Play { .. }));
        page.traits &= !PAUSED;
        page.position = page.now;
        for _ in 0..40 {
            page.passes(100);
            page.read();
        }
        assert_eq!(page.media.state(), MediaState::Playing);
        page
    }

    fn local(&self) -> LocalTime {
        LocalTime::from_micros(self.now * 1_000)
    }

    fn read(&mut self) -> Action {
        self.read_with(0)
    }

    fn read_with(&mut self, event: u32) -> Action {
        let seen = Observed {
            position: Span::from_millis(self.position),
            duration: self.duration,
            seekable: self.seekable,
            rate: 1.0,
            traits: Traits(self.traits | event),
        };
        self.media.handle_reading(&seen, START + Span::from_millis(self.now), self.local())
    }

    fn passes(&mut self, ms: i64) {
        self.now += ms;
        if self.traits & PAUSED == 0 {
            self.position += ms;
        }
    }

    /// The element fires `pause`.
    fn pauses(&mut self) -> Action {
        self.traits |= PAUSED;
        self.read_with(WAS_PAUSED)
    }

    fn hold(&mut self, rate: f64) {
        let mut timeline = EventTimeline::starting_at(START);
        timeline.change(START + Span::from_millis(self.now), None, crate::timeline::Rate::from_factor(0.0));
        if rate > 0.0 {
            timeline.change(START + Span::from_millis(self.now), None, crate::timeline::Rate::from_factor(rate));
        }
        self.media.handle_timeline(timeline);
    }
}

#[test]
fn a_persons_pause_lasts_until_they_play() {
    let mut page = Page::playing();
    assert_eq!((page.pauses(), page.media.state()), (Action::Nothing, MediaState::Paused));
    for _ in 0..600 {
        page.passes(1_000);
        assert_eq!((page.read(), page.media.state()), (Action::Nothing, MediaState::Paused));
    }
    page.traits &= !PAUSED;
    let Action::Seek { to, .. } = page.read() else { panic!("it catches up") };
    assert_eq!(to, Span::from_millis(page.now));
}

#[test]
fn a_persons_pause_lasts_through_the_events_own_and_ends_with_rejoin() {
    let mut page = Page::playing();
    page.pauses();
    page.hold(0.0);
    page.passes(5_000);
    assert_eq!(page.read(), Action::Nothing);
    page.hold(1.0);
    page.passes(5_000);
    assert_eq!((page.read(), page.media.state()), (Action::Nothing, MediaState::Paused));
    page.media.rejoin();
    assert!(matches!(page.read(), Action::Play { seek: Some(_), .. }));
}

#[test]
fn the_events_pause_is_no_persons() {
    let mut page = Page::playing();
    page.hold(0.0);
    page.passes(20);
    assert!(matches!(page.read(), Action::Pause { .. }));
    assert_eq!((page.pauses(), page.media.state()), (Action::Nothing, MediaState::Held));
    page.hold(1.0);
    page.passes(20);
    assert!(matches!(page.read(), Action::Play { .. }), "it goes on with the event");
}

#[test]
fn a_pause_that_was_over_in_an_instant_is_a_persons_too() {
    let mut page = Page::open(600_000);
    assert!(matches!(page.read(), Action::Play { .. }));
    // It played and was paused between two readings: only the event of the element tells.
    assert_eq!((page.pauses(), page.media.state()), (Action::Nothing, MediaState::Paused));
}

#[test]
fn what_hides_the_page_pauses_and_what_shows_it_plays() {
    for hidden_first in [true, false] {
        let mut page = Page::playing();
        if hidden_first {
            page.traits |= HIDDEN;
            page.read();
            page.passes(400);
            page.pauses();
        } else {
            page.pauses();
            page.passes(200);
            page.traits |= HIDDEN;
            page.read();
        }
        assert_eq!(page.media.state(), MediaState::Hidden);
        page.passes(60_000);
        assert_eq!(page.read(), Action::Nothing);
        page.traits &= !HIDDEN;
        assert!(matches!(page.read(), Action::Play { seek: Some(_), .. }));
    }
}

#[test]
fn a_person_who_pauses_and_leaves_finds_it_paused() {
    let mut page = Page::playing();
    page.pauses();
    page.passes(600);
    page.traits |= HIDDEN;
    page.read();
    page.traits &= !HIDDEN;
    page.passes(60_000);
    assert_eq!((page.read(), page.media.state()), (Action::Nothing, MediaState::Paused));
}

#[test]
fn a_person_who_unmutes_and_pauses_has_paused() {
    let mut page = Page::playing();
    page.traits |= MUTED | Traits::TOUCHED.0;
    page.read();
    page.passes(500);
    page.traits &= !MUTED;
    page.read();
    page.passes(300);
    assert_eq!((page.pauses(), page.media.state()), (Action::Nothing, MediaState::Paused));
}

#[test]
fn headphones_pause_for_their_person_also_while_the_page_is_hidden() {
    let mut page = Page::playing();
    page.traits |= HIDDEN;
    page.read();
    page.passes(30_000);
    page.read();
    page.pauses();
    page.traits &= !HIDDEN;
    page.passes(5_000);
    assert_eq!((page.read(), page.media.state()), (Action::Nothing, MediaState::Paused));
}

#[test]
fn what_begins_to_sound_before_a_gesture_is_blocked_not_paused() {
    let mut page = Page::playing();
    page.traits |= MUTED;
    page.read();
    page.passes(100);
    page.traits &= !MUTED;
    assert!(matches!(page.pauses(), Action::Play { .. }), "it may be allowed");
    page.media.handle_refusal();
    assert_eq!(page.media.state(), MediaState::Blocked);
    page.passes(100);
    assert_eq!((page.read(), page.media.state()), (Action::Nothing, MediaState::Blocked));
    page.media.rejoin();
    assert!(matches!(page.read(), Action::Play { .. }), "at the gesture");
    page.traits &= !PAUSED;
    for _ in 0..20 {
        page.position = page.now;
        page.passes(100);
        page.read();
    }
    assert_eq!(page.media.state(), MediaState::Playing);
}

#[test]
fn a_refusal_that_comes_after_the_pause_makes_it_none_of_the_persons() {
    let mut page = Page::open(600_000);
    page.read();
    page.pauses();
    page.media.handle_refusal();
    page.passes(1_600);
    assert!(matches!(page.read(), Action::Play { .. }), "it is asked again");
}

#[test]
fn the_end_is_no_pause_and_its_last_frames_are_not_played_again() {
    let mut page = Page::playing();
    // The file ends 60 ms before the duration that it states.
    page.duration = 700.06;
    page.passes(700_000 - page.now);
    page.position = 700_000;
    page.traits |= PAUSED | Traits::ENDED.0;
    assert_eq!((page.read_with(WAS_PAUSED), page.media.state()), (Action::Nothing, MediaState::Ended));
    page.passes(30);
    assert_eq!(page.read(), Action::Nothing);
    page.passes(5_000);
    assert_eq!((page.read(), page.media.state()), (Action::Nothing, MediaState::Ended));
}

#[test]
fn another_source_begins_anew_and_is_no_pause() {
    let mut page = Page::playing();
    page.traits = Traits::LOADABLE.0 | PAUSED;
    page.position = 0;
    assert!(matches!(page.read(), Action::Play { seek: None, .. }), "it loads by playing");
    page.traits = READY | PAUSED;
    page.passes(300);
    assert!(matches!(page.read(), Action::Play { seek: Some(_), .. }));
}

#[test]
fn media_that_is_to_be_loaded_late_is_loaded_in_time() {
    let mut page = Page::open(-60_000);
    page.traits = Traits::LOADABLE.0 | PAUSED;
    assert_eq!(page.read(), Action::Nothing);
    page.passes(50_500);
    assert_eq!(page.read(), Action::Load);
    page.passes(1_000);
    assert_eq!(page.read(), Action::Nothing, "once");
    page.passes(8_600);
    assert!(matches!(page.read(), Action::Play { seek: None, .. }), "the event has begun");
}

#[test]
fn media_taken_off_the_page_is_silenced_and_released() {
    let mut page = Page::playing();
    page.traits |= Traits::DETACHED.0;
    assert_eq!((page.read(), page.media.state()), (Action::Pause { seek: None }, MediaState::Released));
    page.traits |= PAUSED;
    assert_eq!((page.read(), page.media.next_deadline()), (Action::Nothing, None));
}

#[test]
fn a_recording_without_its_length_is_no_live_stream() {
    let mut page = Page::open(600_000);
    (page.duration, page.seekable) = (f64::INFINITY, f64::INFINITY);
    assert!(matches!(page.read(), Action::Play { seek: Some(_), .. }));
    let mut live = Page::open(600_000);
    (live.duration, live.seekable) = (f64::INFINITY, 30.0);
    assert_eq!((live.read(), live.media.state()), (Action::Nothing, MediaState::Live));
}

#[test]
fn media_that_waits_for_data_is_told_after_a_second() {
    let mut page = Page::playing();
    page.traits |= Traits::STARVED.0;
    for _ in 0..13 {
        page.now += 100;
        page.read();
    }
    assert_eq!(page.media.state(), MediaState::Stalled);
    page.traits &= !Traits::STARVED.0;
    page.read();
    assert_eq!(page.media.state(), MediaState::Playing);
}

#[test]
fn media_that_says_so_and_plays_on_waits_for_nothing() {
    let mut page = Page::playing();
    page.traits |= Traits::STARVED.0;
    page.position += 200;
    let mut paces = false;
    for _ in 0..30 {
        page.passes(100);
        paces |= matches!(page.read(), Action::Rate { rate } if rate < 1.0);
    }
    assert_eq!(page.media.state(), MediaState::Playing);
    assert!(paces, "and is corrected");
}

#[test]
fn a_duration_that_grows_with_the_position_is_none() {
    let mut page = Page::open(600_000);
    page.traits = READY;
    for (position, duration) in [(0, 0.000_4), (1_200, 1.210_1), (2_400, 2.440_2)] {
        (page.position, page.duration) = (position, duration);
        page.now += 1_200;
        assert!(!matches!(page.read(), Action::Pause { .. }));
    }
    // It was sent to the event, and came no farther than to what it takes for its end.
    page.traits |= PAUSED | Traits::ENDED.0;
    page.now += 2_000;
    page.read();
    assert_eq!((page.read(), page.media.state()), (Action::Nothing, MediaState::Unseekable));
}

/// Tells `count` frames that are shown in 20 ms and are `late` ms behind what the element will report then.
fn frames(page: &mut Page, count: usize, late: i64) {
    let ms = Span::from_millis;
    for _ in 0..count {
        page.passes(40);
        page.media.handle_frame(ms(page.position + 20 - late), ms(page.position), ms(20), 1.0);
    }
}

/// Reads the page often enough for a mean. Returns the drift, in ms.
fn drift(page: &mut Page) -> i64 {
    for _ in 0..12 {
        page.passes(500);
        page.read();
    }
    page.media.drift().expect("twelve readings have a mean").as_micros() / 1_000
}

#[test]
fn the_drift_is_that_of_the_frames_on_the_screen() {
    let mut page = Page::playing();
    frames(&mut page, 2, 16);
    assert_eq!(drift(&mut page), 0, "two frames may be chance");
    frames(&mut page, 8, 16);
    assert_eq!(drift(&mut page), -16);
    frames(&mut page, 3, 900);
    assert_eq!(drift(&mut page), -16, "shown around a seek");
    for late in 0..20 {
        frames(&mut page, 1, late);
    }
    assert_eq!(drift(&mut page), -15, "the mean of the last eight");
}

#[test]
fn half_a_frame_is_corrected_where_frames_are_told_and_nowhere_else() {
    for (late, told, faster) in [(16, true, false), (24, true, true), (24, false, false)] {
        let mut page = Page::playing();
        if told {
            frames(&mut page, 8, late);
        } else {
            page.position -= late;
        }
        let mut actions = (0..20).map(|_| {
            page.passes(100);
            page.read()
        });
        let changed = actions.find(|action| *action != Action::Nothing);
        let is_faster = matches!(changed, Some(Action::Rate { rate }) if rate > 1.03 && rate <= 1.05);
        assert!(if faster { is_faster } else { changed.is_none() }, "{late} ms late, frames told: {told}: {changed:?}");
    }
}

#[test]
fn frames_of_another_source_count_no_longer_and_paused_media_is_where_it_says() {
    let mut page = Page::playing();
    frames(&mut page, 8, 18);
    assert_eq!(drift(&mut page), -18);
    page.media.handle_timeline(EventTimeline::of_segments(
        Timeline::from_segments(vec![Segment {
            from: START + Span::from_millis(page.now),
            position: Position::from_millis(page.position),
            rate: Rate::HELD,
        }])
        .expect("one segment is a timeline"),
        None,
    ));
    assert_eq!(page.read(), Action::Pause { seek: None }, "it is right there");
    page.traits &= !READY;
    page.read();
    page.traits |= READY;
    page.media.handle_timeline(EventTimeline::starting_at(START));
    page.position = page.now;
    page.read();
    page.traits &= !PAUSED;
    assert_eq!(drift(&mut page), 0);
}
