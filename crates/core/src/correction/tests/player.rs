//! A media element as browsers have them, and a page that keeps it on the timeline; both by the millisecond.

use crate::correction::{Action, Correction, Means, Reading};
use crate::seed::Seed;
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{EventTimeline, Position, Rate};

pub(super) const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// A media element; each field is something that players differ in.
#[derive(Clone, Debug)]
pub(super) struct Player {
    pub(super) position_us: f64,
    pub(super) rate: f64,
    pub(super) paused: bool,
    pub(super) duration: Option<Span>,
    pub(super) seekable: bool,
    /// How long a seek takes.
    pub(super) seek_ms: i64,
    /// How long `play()` takes until the media moves.
    pub(super) play_ms: i64,
    /// How much faster than time it plays.
    pub(super) ppm: f64,
    /// How far a reading may be off, either way.
    pub(super) noise_ms: i64,
    /// Whether it does what its rate says.
    pub(super) obeys: bool,
    /// Until when it does not move, and whether it says so.
    pub(super) stalled: Option<(i64, bool)>,
    pub(super) seed: Seed,
}

/// A page with a player, at so many milliseconds after the start of the event.
pub(super) struct Page {
    pub(super) now: i64,
    pub(super) player: Player,
    pub(super) correction: Correction,
    pub(super) timeline: EventTimeline,
    /// What was done, and when.
    pub(super) done: Vec<(i64, Action)>,
    /// How late timers come.
    pub(super) timer_ms: i64,
    local_us: i64,
}

impl Player {
    pub(super) fn new() -> Self {
        Self {
            position_us: 0.0,
            rate: 1.0,
            paused: true,
            duration: None,
            seekable: true,
            seek_ms: 60,
            play_ms: 20,
            ppm: 0.0,
            noise_ms: 8,
            obeys: true,
            stalled: None,
            seed: Seed::new(3),
        }
    }

    fn tick(&mut self, now: i64) {
        self.stalled = self.stalled.filter(|(until, _)| now < *until);
        if !self.paused && self.stalled.is_none() {
            let rate = if self.obeys { self.rate } else { 1.0 };
            self.position_us += 1_000.0 * rate * (1.0 + self.ppm / 1e6);
        }
    }

    fn read(&mut self) -> Reading {
        let noise = self.seed.span_below(Span::from_millis(2 * self.noise_ms + 1)) - Span::from_millis(self.noise_ms);
        let noise = if self.paused { Span::ZERO } else { noise };
        Reading {
            position: Span::from_micros(self.position_us as i64) + noise,
            duration: self.duration,
            rate: self.rate,
            paused: self.paused,
            busy: self.stalled.is_some_and(|(_, says)| says),
            seekable: self.seekable,
        }
    }

    fn seek(&mut self, to: Span, now: i64) {
        self.position_us = to.as_micros() as f64;
        self.stalled = Some((now + self.seek_ms, true));
    }

    fn act(&mut self, action: Action, now: i64) {
        match action {
            Action::Nothing => {}
            Action::Pause { seek } => {
                self.paused = true;
                seek.into_iter().for_each(|to| self.seek(to, now));
            }
            Action::Play { seek, rate } => {
                (self.paused, self.rate) = (false, rate);
                self.stalled = Some((now + self.play_ms, false));
                seek.into_iter().for_each(|to| self.seek(to, now));
            }
            Action::Seek { to, rate } => {
                self.rate = rate;
                self.seek(to, now);
            }
            Action::Rate { rate } => self.rate = rate,
        }
    }
}

impl Page {
    /// A page that opens `now` ms after the start.
    pub(super) fn open(player: Player, means: Means, now: i64) -> Self {
        let timeline = EventTimeline::starting_at(START);
        let mut correction = Correction::new(Position::START, means);
        correction.handle_timeline(timeline.clone());
        let local_us = 7_000_000;
        Self { now, player, correction, timeline, done: Vec::new(), timer_ms: 3, local_us }
    }

    pub(super) fn server(&self) -> ServerTime {
        START + Span::from_millis(self.now)
    }

    pub(super) fn change(&mut self, in_ms: i64, position: Option<i64>, rate: Option<f64>) {
        let from = self.server() + Span::from_millis(in_ms);
        self.timeline.change(from, position.map(Position::from_millis), rate.and_then(Rate::from_factor));
        self.correction.handle_timeline(self.timeline.clone());
        // The news comes with a reading, as any event of the element would.
        self.read();
    }

    pub(super) fn local(&self) -> LocalTime {
        LocalTime::from_micros(self.local_us + self.now * 1_000)
    }

    pub(super) fn shift_local(&mut self, us: i64) {
        self.local_us += us;
    }

    pub(super) fn read(&mut self) -> Action {
        let reading = self.player.read();
        let action = self.correction.handle_reading(&reading, self.server(), self.local());
        self.player.act(action, self.now);
        if action != Action::Nothing {
            self.done.push((self.now, action));
        }
        action
    }

    /// Lets time pass; what was done before is forgotten.
    pub(super) fn run(&mut self, ms: i64) {
        self.done.clear();
        for _ in 0..ms {
            self.now += 1;
            self.player.tick(self.now);
            let late = Span::from_millis(self.timer_ms);
            if self.correction.next_deadline().is_none_or(|deadline| deadline + late <= self.local()) {
                self.read();
            }
        }
    }

    /// Takes the media elsewhere, as a user or a fault would.
    pub(super) fn kick(&mut self, ms: i64) {
        self.player.position_us += ms as f64 * 1_000.0;
    }

    /// How far ahead of the event the media really is, in milliseconds.
    pub(super) fn drift_ms(&self) -> f64 {
        let position = self.timeline.position(self.server()).as_micros() as f64;
        (self.player.position_us - position) / 1_000.0
    }

    /// Lets time pass until the media is within `ms` of the event and stays there; gives how long that took.
    pub(super) fn run_until_within(&mut self, ms: f64, at_most: i64) -> i64 {
        let start = self.now;
        let mut since = self.now;
        let mut done = Vec::new();
        while self.now < start + at_most {
            self.run(1);
            done.append(&mut self.done);
            if self.drift_ms().abs() > ms {
                since = self.now;
            }
        }
        self.done = done;
        since - start
    }

    pub(super) fn seeks(&self) -> usize {
        let is_seek = |action: &Action| matches!(action, Action::Seek { .. } | Action::Play { seek: Some(_), .. });
        self.done.iter().filter(|(_, action)| is_seek(action)).count()
    }
}
