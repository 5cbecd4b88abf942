//! A viewer's clock through eventful evenings, on every network: the code that ships, in simulated worlds.

use downbeat_core::clock::{ClockChange, DisciplinedClock, Due, Envelope, JUMP_MIN, JumpWatch, Schedule, WallTime};
use downbeat_core::{Seed, ServerTime, Span};
use downbeat_sim::network::Kind;
use downbeat_sim::world::BEGIN;
use downbeat_sim::{Coarseness, Device, World};

/// What a page does: it asks when it should, and reads its clocks four times a second.
struct Viewer {
    world: World,
    clock: DisciplinedClock<Envelope>,
    schedule: Schedule,
    watch: JumpWatch,
    /// Whether the device's readings are used to find out how coarse its clock is.
    is_coarse: bool,
    asked: u32,
    doubts: Vec<ServerTime>,
    changes: Vec<(ServerTime, ClockChange)>,
}

const TICK: Span = Span::from_millis(250);

/// How exact a difference of two readings of the wall clock is.
const WALL_RESOLUTION: Span = Span::from_millis(1);

impl Viewer {
    fn new(kind: Kind, number: u64, device: impl FnOnce(Device) -> Device) -> Self {
        let world =
            World::new(kind, Seed::from_parts(&[kind.name().as_bytes(), &number.to_be_bytes()])).with_device(device);
        let schedule = Schedule::new(world.local(), Seed::new(number));
        let (clock, watch) = (DisciplinedClock::new(Envelope::new()), JumpWatch::new());
        Self { world, clock, schedule, watch, is_coarse: false, asked: 0, doubts: Vec::new(), changes: Vec::new() }
    }

    /// Lets time pass until `end`, and calls `observe` at each tick with the shown time and its error.
    fn watch_until(&mut self, end: ServerTime, mut observe: impl FnMut(&Self, ServerTime, Span)) {
        while self.world.now() < end {
            let local = self.world.local();
            if self.is_coarse {
                self.clock.handle_reading(local);
            }
            let wall = WallTime::from_millis(self.world.device().wall(self.world.now()).as_millis());
            let least = JUMP_MIN + Span::from_micros(4 * self.clock.step().as_micros());
            if let Some(by) = self.watch.handle_readings(local, wall).filter(|by| size(*by) >= least) {
                self.clock.handle_doubt(by);
                self.schedule.handle_doubt(local);
                self.doubts.push(self.world.now());
            }
            if matches!(self.schedule.poll(local), Some(Due::RequestTime { .. })) {
                self.asked += 1;
                let change = self.clock.handle_exchange(&self.world.exchange());
                if change != ClockChange::None {
                    self.changes.push((self.world.now(), change));
                }
                self.schedule.handle_answer(change, self.world.local());
            }
            if let Some(reading) = self.clock.reading(self.world.local()) {
                observe(self, reading.time, reading.time - self.world.now());
            }
            self.world.pass_until(self.schedule.deadline().min(self.world.local() + TICK));
        }
    }

    fn bound(&self) -> Span {
        self.clock.reading(self.world.local()).unwrap().bound
    }
}

fn after(seconds: i64) -> ServerTime {
    BEGIN + Span::from_millis(seconds * 1_000)
}

fn size(span: Span) -> Span {
    span.max(-span)
}

#[test]
fn what_is_shown_stays_within_its_bound_and_never_runs_back_once_acquired() {
    for kind in Kind::ALL {
        for number in 0..10 {
            let mut viewer = Viewer::new(kind, number, |device| device);
            let mut before = None;
            viewer.watch_until(after(3_600), |viewer, time, error| {
                let name = kind.name();
                assert!(size(error) <= viewer.bound(), "{name} {number}: off by {error:?}, bound {:?}", viewer.bound());
                if viewer.clock.is_acquiring(viewer.world.local()) {
                    before = None;
                } else {
                    assert!(before.is_none_or(|before| before <= time), "{name} {number}: {time} after {before:?}");
                    before = Some(time);
                }
            });
            assert_eq!(viewer.changes.iter().filter(|(_, change)| *change == ClockChange::Flush).count(), 0);
            assert!(viewer.doubts.is_empty());
        }
    }
}

#[test]
fn a_wall_clock_set_back_by_an_hour_changes_nothing_but_a_question() {
    for kind in Kind::ALL {
        let hour = Span::from_millis(-3_600_000);
        let mut plain = Viewer::new(kind, 1, |device| device);
        let mut set = Viewer::new(kind, 1, |device| device.with_wall_set(after(700), hour));
        let (mut shown, mut shown_too) = (Vec::new(), Vec::new());
        plain.watch_until(after(701), |_, time, _| shown.push(time));
        set.watch_until(after(701), |_, time, _| shown_too.push(time));
        assert_eq!(set.doubts.len(), 1, "{}", kind.name());
        assert!(set.doubts[0] - after(700) <= TICK);
        assert_eq!(set.asked, plain.asked + 1);
        // Everything before the question is the same, up to the last tick.
        let same = shown.iter().zip(&shown_too).take_while(|(one, other)| one == other).count();
        assert!(shown[same - 1] >= after(700) - TICK - plain.bound(), "{}", kind.name());
        // From then on its exchanges are others; what it shows is as right as before, and it never stepped for it.
        assert!(set.changes.iter().all(|(at, _)| *at < after(700)), "{:?}", set.changes);
        set.watch_until(after(3_600), |viewer, _, error| assert!(size(error) <= viewer.bound()));
        assert_eq!(set.doubts.len(), 1);
    }
}

#[test]
fn after_a_nap_it_asks_at_once_and_is_right_again() {
    for kind in Kind::ALL {
        let nap = Span::from_millis(30_000);
        let mut viewer = Viewer::new(kind, 2, |device| device.with_nap(after(700), nap));
        viewer.watch_until(after(699), |_, _, _| {});
        viewer.watch_until(after(735), |viewer, _, error| {
            // It cannot know what it missed before the first answer after the nap, but says that it does not.
            let doubt = size(viewer.clock.doubt()) + WALL_RESOLUTION;
            assert!(size(error) <= viewer.bound() + doubt, "{}: off by {error:?}", kind.name());
        });
        assert_eq!(viewer.doubts.len(), 1, "{}", kind.name());
        let healed = viewer.changes.iter().find(|(_, change)| *change == ClockChange::Flush).unwrap().0;
        assert!(healed - after(730) < Span::from_millis(2_500), "{}: {healed}", kind.name());
        viewer.watch_until(after(1_800), |viewer, _, error| assert!(size(error) <= viewer.bound()));
    }
}

#[test]
fn an_hour_is_answered_with_few_questions() {
    let mut viewer = Viewer::new(Kind::Wifi, 3, |device| device);
    viewer.watch_until(after(3_600), |_, _, _| {});
    assert!((25..40).contains(&viewer.asked), "{} in the first hour", viewer.asked);
    let first = viewer.asked;
    viewer.watch_until(after(7_200), |_, _, _| {});
    assert!((10..16).contains(&(viewer.asked - first)), "{} in the second", viewer.asked - first);
}

#[test]
fn a_coarse_clock_is_in_the_bound() {
    // Safari and Firefox; a page of many; Tor and Firefox that resist fingerprinting.
    for step_us in [1_000.0, 5_000.0, 50_000.0 / 3.0, 100_000.0] {
        for (jitters, number) in [(false, 0), (true, 1), (false, 2), (true, 3)] {
            let phase = Span::from_micros(number * 1_234_567);
            let coarseness = Coarseness { step_us, phase, jitters };
            let mut viewer = Viewer::new(Kind::Wifi, number as u64, |device| device.with_coarseness(coarseness));
            viewer.is_coarse = true;
            let mut readings = 0;
            viewer.watch_until(after(600), |viewer, _, error| {
                let bound = viewer.bound();
                assert!(size(error) <= bound, "{step_us} {number}: off by {error:?}, bound {bound:?}");
                readings += 1;
            });
            assert!(readings > 1_000 && viewer.doubts.is_empty(), "{step_us} {number}: {:?}", viewer.doubts);
            // Once for what it shows, once for each stamp, and what a fine clock has: 100 ppm of six minutes, and a round trip.
            let bound = viewer.bound().as_micros() as f64;
            assert!(bound <= 3.0 * step_us + 60_000.0, "{step_us} {number}: {bound} µs");
        }
    }
}
