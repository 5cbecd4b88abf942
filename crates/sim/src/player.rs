//! A media element as browsers have them, and a page that keeps it on the timeline; both by the millisecond.

use downbeat_core::correction::{Action, Correction, Means, Reading};
use downbeat_core::{EventTimeline, LocalTime, Position, Rate, Seed, ServerTime, Span};

/// When the event starts: 2024-01-01T00:00:00Z.
pub const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// A media element. Its fields are what players differ in.
#[derive(Clone, Debug)]
pub struct Player {
    /// Where the media really is, in µs from its beginning.
    pub position_us: f64,
    /// Its playback rate.
    pub rate: f64,
    /// Whether it is paused.
    pub paused: bool,
    /// How long the media is; `None` for a live stream.
    pub duration: Option<Span>,
    /// Whether it is a live stream.
    pub live: bool,
    /// The distance of its key frames in ms, if it lands on them only.
    pub key_frames: Option<i64>,
    /// Whether a seek takes it to its beginning instead, as without byte ranges.
    pub restarts: bool,
    /// Whether it goes back to its beginning by itself, at its end.
    pub loops: bool,
    /// How long a seek takes, in ms.
    pub seek_ms: i64,
    /// How long it takes from `play()` until the media moves, in ms.
    pub play_ms: i64,
    /// How much faster than time it plays, in parts per million.
    pub ppm: f64,
    /// How far a reading may be off, either way, in ms.
    pub noise_ms: i64,
    /// Whether it plays at its rate.
    pub obeys: bool,
    /// Until when it does not move, in ms of the page's time, and whether it says so.
    pub stalled: Option<(i64, bool)>,
    /// How much later than the reported position its frames are on the screen, in ms, if the browser tells of frames.
    pub screen_ms: Option<i64>,
    /// Where the errors of its readings come from.
    pub seed: Seed,
}

/// A page with a player.
pub struct Page {
    /// The time, in ms after the start of the event.
    pub now: i64,
    /// The player.
    pub player: Player,
    /// What keeps it on the timeline.
    pub correction: Correction,
    /// The event's timeline.
    pub timeline: EventTimeline,
    /// What was done to the player, and when.
    pub done: Vec<(i64, Action)>,
    /// How late timers fire, in ms.
    pub timer_ms: i64,
    local_us: i64,
}

impl Player {
    /// Returns a player without faults.
    #[expect(clippy::new_without_default, reason = "a player is chosen, never a default")]
    pub fn new() -> Self {
        Self {
            position_us: 0.0,
            rate: 1.0,
            paused: true,
            duration: None,
            live: false,
            key_frames: None,
            restarts: false,
            loops: false,
            seek_ms: 60,
            play_ms: 20,
            ppm: 0.0,
            noise_ms: 8,
            obeys: true,
            stalled: None,
            screen_ms: None,
            seed: Seed::new(3),
        }
    }

    fn tick(&mut self, now: i64) {
        self.stalled = self.stalled.filter(|(until, _)| now < *until);
        if !self.paused && self.stalled.is_none() {
            let rate = if self.obeys { self.rate } else { 1.0 };
            self.position_us += 1_000.0 * rate * (1.0 + self.ppm / 1e6);
            if let Some(end) = self.duration.filter(|end| self.position_us >= end.as_micros() as f64) {
                (self.position_us, self.paused) =
                    if self.loops { (0.0, false) } else { (end.as_micros() as f64, true) };
            }
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
            ended: self.duration.is_some_and(|end| self.position_us >= end.as_micros() as f64),
            live: self.live,
        }
    }

    fn seek(&mut self, to: Span, now: i64) {
        self.position_us = to.as_micros() as f64;
        if let Some(apart) = self.key_frames {
            self.position_us -= self.position_us.rem_euclid(apart as f64 * 1_000.0);
        }
        if self.restarts {
            self.position_us = 0.0;
        }
        self.stalled = Some((now + self.seek_ms, true));
    }

    fn act(&mut self, action: Action, now: i64) {
        match action {
            Action::Nothing | Action::Load => {}
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
    /// Opens a page `now` ms after the start.
    pub fn open(player: Player, means: Means, now: i64) -> Self {
        let timeline = EventTimeline::starting_at(START);
        let mut correction = Correction::new(Position::START, means);
        correction.handle_timeline(timeline.clone());
        let local_us = 7_000_000;
        Self { now, player, correction, timeline, done: Vec::new(), timer_ms: 3, local_us }
    }

    /// Returns the server's time.
    pub fn server(&self) -> ServerTime {
        START + Span::from_millis(self.now)
    }

    /// Changes the timeline, `in_ms` from now.
    pub fn change(&mut self, in_ms: i64, position: Option<i64>, rate: Option<f64>) {
        let from = self.server() + Span::from_millis(in_ms);
        self.timeline.change(from, position.map(Position::from_millis), rate.and_then(Rate::from_factor));
        self.correction.handle_timeline(self.timeline.clone());
        // The news comes with a reading, as any event of the element would.
        self.read();
    }

    /// Returns what the device's clock shows.
    pub fn local(&self) -> LocalTime {
        LocalTime::from_micros(self.local_us + self.now * 1_000)
    }

    /// Sets the device's clock forward.
    pub fn shift_local(&mut self, us: i64) {
        self.local_us += us;
    }

    /// Reads the player, and does what the correction says.
    pub fn read(&mut self) -> Action {
        let reading = self.player.read();
        let action = self.correction.handle_reading(&reading, self.server(), self.local());
        self.player.act(action, self.now);
        if action != Action::Nothing {
            self.done.push((self.now, action));
        }
        self.show_frame(&reading);
        action
    }

    /// Tells of the frame that is shown next, at the screen's next refresh, as a page does after each reading.
    fn show_frame(&mut self, reading: &Reading) {
        let Some(late) =
            self.player.screen_ms.filter(|_| !reading.paused && !reading.busy && self.player.stalled.is_none())
        else {
            return;
        };
        let refresh = self.player.seed.span_below(Span::from_millis(17));
        let shown = reading.position + Span::from_millis(20 - late) - refresh;
        self.correction.handle_frame(shown, reading.position, Span::from_millis(20), self.player.rate);
    }

    /// Lets `ms` pass, and clears what was done before.
    pub fn run(&mut self, ms: i64) {
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

    /// Moves the media by `ms`, as a user or a fault would.
    pub fn kick(&mut self, ms: i64) {
        self.player.position_us += ms as f64 * 1_000.0;
    }

    /// Returns how far ahead of the event the media really is, in ms.
    pub fn drift_ms(&self) -> f64 {
        let position = self.timeline.position(self.server()).as_micros() as f64;
        (self.player.position_us - position) / 1_000.0
    }

    /// Lets `at_most` ms pass, and returns how long it took until the media was within `ms` of the event for good.
    pub fn run_until_within(&mut self, ms: f64, at_most: i64) -> i64 {
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

    /// Returns how many seeks were done.
    pub fn seeks(&self) -> usize {
        let is_seek = |action: &Action| matches!(action, Action::Seek { .. } | Action::Play { seek: Some(_), .. });
        self.done.iter().filter(|(_, action)| is_seek(action)).count()
    }
}
