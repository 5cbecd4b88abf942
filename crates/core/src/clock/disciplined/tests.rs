use super::*;
use crate::clock::{Envelope, Estimate, Skew};

/// An estimator that says what it was told last.
#[derive(Default)]
struct Told(Option<Estimate>, Option<ClockChange>);

impl Estimator for Told {
    fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange {
        let skew = Skew::ZERO;
        self.0 = Some(Estimate { offset: exchange.middle(), bound: Span::from_millis(10), skew });
        self.1.take().unwrap_or(ClockChange::None)
    }
    fn estimate(&self, _: LocalTime) -> Option<Estimate> {
        self.0
    }
}

fn at(ms: i64) -> LocalTime {
    LocalTime::from_micros(ms * 1_000)
}
fn server(ms: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ms)
}
/// An exchange at local `ms` without any delay, after which the offset is `offset_ms` above [`server`]`(0)`'s.
fn told(ms: i64, offset_ms: i64) -> Exchange {
    let exact = crate::clock::Resolution { server: Span::ZERO, local: Span::ZERO };
    let stamp = server(ms + offset_ms);
    Exchange::new(at(ms), stamp, stamp, at(ms)).unwrap().with_resolution(exact)
}
/// A clock that has acquired by local 5 s, with the offset zero.
fn acquired() -> DisciplinedClock<Told> {
    let mut clock = DisciplinedClock::new(Told::default());
    for ms in (500..=5_000).step_by(500) {
        assert!(clock.is_acquiring(at(ms)));
        clock.handle_exchange(&told(ms, 0));
    }
    assert!(!clock.is_acquiring(at(5_000)));
    clock
}
fn shown(clock: &DisciplinedClock<Told>, ms: i64) -> (i64, i64, i64) {
    let reading = clock.reading(at(ms)).unwrap();
    ((reading.time - server(ms)).as_micros(), reading.bound.as_millis(), reading.ahead.as_micros())
}

#[test]
fn while_it_acquires_it_steps() {
    let mut clock = DisciplinedClock::new(Told::default());
    clock.handle_exchange(&told(0, 100));
    assert_eq!(clock.handle_exchange(&told(100, 40)), ClockChange::None);
    assert_eq!(shown(&clock, 100), (40_000, 10, 0));
}

#[test]
fn an_acquisition_ends_after_10_s_if_answers_fail_to_come() {
    let mut clock = DisciplinedClock::new(Told::default());
    clock.handle_exchange(&told(0, 0));
    assert!(clock.is_acquiring(at(10_000)));
    assert!(!clock.is_acquiring(at(10_001)));
    clock.handle_exchange(&told(20_000, 40));
    assert_eq!(shown(&clock, 20_000), (0, 50, -40_000));
}

#[test]
fn once_acquired_it_slews_by_5_ms_a_second_and_its_bound_says_so() {
    let mut clock = acquired();
    assert_eq!(clock.handle_exchange(&told(6_000, 40)), ClockChange::None);
    assert_eq!(shown(&clock, 6_000), (0, 50, -40_000));
    assert_eq!(shown(&clock, 7_000), (5_000, 45, -35_000));
    assert_eq!(shown(&clock, 14_000), (40_000, 10, 0));
    // Back: it goes slower, and never runs back.
    clock.handle_exchange(&told(20_000, 0));
    assert_eq!(shown(&clock, 20_000), (40_000, 50, 40_000));
    assert_eq!(shown(&clock, 22_000), (30_000, 40, 30_000));
}

#[test]
fn it_steps_over_250_ms_and_not_at_250() {
    let mut clock = acquired();
    assert_eq!(clock.handle_exchange(&told(6_000, 250)), ClockChange::None);
    assert_eq!(shown(&clock, 6_000).0, 0);
    let mut clock = acquired();
    assert_eq!(clock.handle_exchange(&told(6_000, 251)), ClockChange::Step);
    assert_eq!(shown(&clock, 6_000), (251_000, 10, 0));
}

#[test]
fn after_a_jump_it_steps_by_whatever_it_is_and_acquires_again() {
    let mut clock = acquired();
    clock.estimator.1 = Some(ClockChange::Flush);
    assert_eq!(clock.handle_exchange(&told(6_000, 60)), ClockChange::Flush);
    assert_eq!(shown(&clock, 6_000), (60_000, 10, 0));
    assert!(clock.is_acquiring(at(6_000)));
    clock.handle_exchange(&told(6_100, 45));
    assert_eq!(shown(&clock, 6_100).0, 45_000);
}

#[test]
fn in_holdover_the_bound_grows_by_100_ppm() {
    let mut clock = DisciplinedClock::new(Envelope::new());
    clock.handle_exchange(&told(0, 0));
    let bound = |ms| clock.reading(at(ms)).unwrap().bound;
    assert_eq!(bound(60_000) - bound(0), Span::from_millis(6));
    assert_eq!(bound(3_600_000) - bound(0), Span::from_millis(360));
}

#[test]
fn the_local_time_of_an_instant_is_the_first_at_which_it_shows() {
    let mut clock = acquired();
    clock.handle_exchange(&told(6_000, 40));
    for ms in [5_000, 6_000, 6_001, 9_000, 14_000, 86_400_000] {
        let local = clock.local_time(server(ms)).unwrap();
        let time = |local| clock.reading(local).unwrap().time;
        assert!(time(local) >= server(ms), "{ms}");
        assert!(time(local - Span::from_micros(1)) < server(ms), "{ms}");
    }
}
