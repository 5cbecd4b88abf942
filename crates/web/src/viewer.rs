//! A [`Session`] that a page drives.

use alloc::vec::Vec;
use downbeat_core::clock::{Change, Exchange, WallTime};
use downbeat_core::correction::{Action, Means, Reading};
use downbeat_core::cueing::{CueKey, CueList, Effect as Cueing, Memory, Timing};
use downbeat_core::fanout::Version;
use downbeat_core::session::{Details, Effect, MediaId, News, Push, Question};
use downbeat_core::{Digest, Epoch, EventTimeline, Rev, Seed, Segment, Session, Span, Timeline};

use crate::columns::Columns;
use crate::effect::{Act, Kind, Why, connection, failure, status};
use crate::numbers::{given, local_time, ms, or_nan, position, rate, server_time, span, span_ms};

/// One viewer of one event. `now` is `performance.now()`, `wall` is `Date.now()`.
pub struct Viewer {
    session: Session,
    seed: Seed,
    /// What the page has told of a state, until it says where it came from.
    told: Option<News>,
    /// The cues of the rundown that was handed over last, by their index.
    cues: Vec<CueKey>,
    values: [f64; 6],
}

impl Viewer {
    /// Returns a viewer with a number of their own, in two halves, and the memory of an earlier life of the page.
    pub fn new(high: u32, low: u32, memory: &[u64], now: f64) -> Self {
        let seed = Seed::new(u64::from(high) << 32 | u64::from(low));
        let session = Session::new(seed.clone(), Memory::from_words(memory), local_time(now));
        Self { session, seed, told: None, cues: Vec::new(), values: [f64::NAN; 6] }
    }

    /// Does what is due.
    pub fn tick(&mut self, now: f64, wall: f64) {
        self.session.handle_tick(local_time(now), WallTime::from_millis(wall as i64));
    }

    /// Does what is due, and asks the server: the page is shown again, or the network is back.
    pub fn wake(&mut self, now: f64, wall: f64) {
        self.session.handle_wake(local_time(now), WallTime::from_millis(wall as i64));
    }

    /// Tells a state; `timeline` has `from`, `position` and `rate` of each segment. What is no state is no news.
    pub fn tell(&mut self, epoch: &str, rev: f64, timeline: &[f64], ended_at: f64, rundown: &str) {
        let (rows, _) = timeline.as_chunks::<3>();
        let segment =
            |row: &[f64; 3]| Segment { from: server_time(row[0]), position: position(row[1]), rate: rate(row[2]) };
        let timeline = Timeline::from_segments(rows.iter().map(segment).collect());
        let (Ok(timeline), Some(epoch)) = (timeline, Epoch::from_text(epoch)) else { return };
        self.told = Some(News {
            epoch,
            rev: Rev::new(rev as u64),
            timeline: EventTimeline::of_segments(timeline, given(ended_at).map(server_time)),
            rundown: Digest::from_text(rundown),
            details: None,
        });
    }

    /// Tells more of the state that was told: what only the whole state says.
    pub fn tell_details(&mut self, starts_at: f64, messages: &[f64], pushes: bool) {
        if let Some(news) = &mut self.told {
            let messages = messages.iter().map(|from| server_time(*from)).collect();
            news.timeline.starts_at = server_time(starts_at);
            news.details = Some(Details { messages, pushes });
        }
    }

    /// Says that the state that was told, if any, was an answer, and when it was asked and answered. `t2` is NaN where
    /// the server says one time only, `resync` where it says none. Gives false if those are no times of an exchange.
    pub fn answer(&mut self, t1: f64, t2: f64, t3: f64, t4: f64, resync: f64, now: f64) -> bool {
        let news = self.told.take();
        let (t1, t4) = (local_time(t1), local_time(t4));
        let t3 = server_time(t3);
        let exchange = Exchange::new(t1, given(t2).map_or(t3, server_time), t3, t4);
        if let Ok(exchange) = exchange {
            self.session.handle_answer(&exchange, news, given(resync).map(span), local_time(now));
        }
        exchange.is_ok()
    }

    /// Says that the state that was told is the answer for the status.
    pub fn heard(&mut self, now: f64) {
        if let Some(news) = self.told.take() {
            self.session.handle_news(news, local_time(now));
        }
    }

    /// Says that the state that was told was rightly signed.
    pub fn signed(&mut self, now: f64) {
        if let Some(news) = self.told.take() {
            self.session.handle_signed(news, local_time(now));
        }
    }

    /// Says that the state that was told came through the socket, from this hub, and whether it is to be acknowledged.
    pub fn pushed(&mut self, hub: u32, ack: bool, now: f64) {
        if let Some(news) = self.told.take() {
            let hub = hub as u16;
            self.session.handle_push(Push { news, hub, ack }, local_time(now));
        }
    }

    /// Says what the ping came back with.
    pub fn pong(&mut self, epoch: &str, rev: f64, now: f64) {
        if let Some(epoch) = Epoch::from_text(epoch) {
            self.session.handle_pong(&Version { epoch, rev: Rev::new(rev as u64) }, local_time(now));
        }
    }

    /// Says that the socket was closed, or could not be opened.
    pub fn closed(&mut self, now: f64) {
        self.session.handle_closed(local_time(now));
    }

    /// Says that a question had no answer: the one for the status, or the other.
    pub fn failed(&mut self, status: bool, why: Why, now: f64) {
        let question = if status { Question::Status } else { Question::Time };
        self.session.handle_failure(question, failure(why), local_time(now));
    }

    /// Hands a rundown of so many cues over, as `columns.rs` says; says whether it is still wanted.
    pub fn rundown(&mut self, digest: &str, count: usize, numbers: &[f64], ids: &str, now: f64) -> bool {
        let Some(digest) = Digest::from_text(digest) else { return false };
        let columns = Columns::of(count, numbers, ids);
        let mut keys = Vec::with_capacity(count);
        let list = CueList::new(columns.cues().inspect(|cue| keys.push(cue.key)), &self.seed);
        let is_same = |_, index| columns.is_same(index);
        let is_wanted = self.session.handle_rundown(digest, list, is_same, local_time(now));
        if is_wanted {
            self.cues = keys;
        }
        is_wanted
    }

    /// Says that a rundown could not be fetched.
    pub fn rundown_failed(&mut self, digest: &str, now: f64) {
        if let Some(digest) = Digest::from_text(digest) {
            self.session.handle_rundown_failure(digest, local_time(now));
        }
    }

    /// Returns the next thing to do; its numbers are in [`Viewer::value`].
    pub fn poll(&mut self) -> Kind {
        self.values = [f64::NAN; 6];
        match self.session.poll_effect() {
            None => Kind::Nothing,
            Some(Effect::Ask(Question::Time)) => Kind::AskTime,
            Some(Effect::Ask(Question::State)) => Kind::AskState,
            Some(Effect::Ask(Question::Status)) => Kind::AskStatus,
            Some(Effect::GiveUp) => Kind::GiveUp,
            Some(Effect::OpenSocket { not }) => self.say(Kind::OpenSocket, &[or_nan(not.map(f64::from))]),
            Some(Effect::CloseSocket) => Kind::CloseSocket,
            Some(Effect::Ping) => Kind::Ping,
            Some(Effect::Ack { rev, applied_at }) => {
                self.say(Kind::Ack, &[rev.number() as f64, applied_at.as_millis() as f64])
            }
            Some(Effect::LookAside) => Kind::LookAside,
            Some(Effect::HandIn) => Kind::HandIn,
            Some(Effect::LoadRundown(_)) => Kind::LoadRundown,
            Some(Effect::State { lateness }) => self.say(Kind::State, &[span_ms(lateness)]),
            Some(Effect::Status { status: word, lateness }) => {
                self.say(Kind::Status, &[f64::from(status(word) as u8), span_ms(lateness)])
            }
            Some(Effect::Message(index)) => self.say(Kind::Message, &[or_nan(index.map(|index| index as f64))]),
            Some(Effect::Connection(now)) => {
                let (word, why) = connection(now);
                self.say(Kind::Connection, &[f64::from(word as u8), f64::from(why as u8)])
            }
            Some(Effect::Clock(change)) => {
                let change = match change {
                    Change::None => 0.0,
                    Change::Step => 1.0,
                    Change::Flush => 2.0,
                };
                self.say(Kind::Clock, &[change])
            }
            Some(Effect::Cue(cue)) => self.say_cue(cue),
        }
    }

    /// Returns a number of what was polled last.
    pub fn value(&self, index: usize) -> f64 {
        or_nan(self.values.get(index).copied())
    }

    /// Returns in how many milliseconds to tick next; 0 is now.
    pub fn wakes_in(&self, now: f64) -> f64 {
        span_ms((self.session.next_deadline() - local_time(now)).max(Span::ZERO))
    }

    /// Returns the server's time in ms, or NaN.
    pub fn time(&self, now: f64) -> f64 {
        or_nan(self.session.reading(local_time(now)).map(|reading| ms(reading.time.as_micros())))
    }

    /// Returns how wrong that may be, in ms either way, or NaN.
    pub fn bound(&self, now: f64) -> f64 {
        or_nan(self.session.reading(local_time(now)).map(|reading| span_ms(reading.bound)))
    }

    /// Returns the position in ms, or NaN.
    pub fn position(&self, now: f64) -> f64 {
        or_nan(self.session.position(local_time(now)).map(|position| ms(position.as_micros())))
    }

    /// Returns how fast the position moves, or NaN.
    pub fn rate(&self, now: f64) -> f64 {
        or_nan(self.session.rate(local_time(now)).map(|rate| rate.as_factor()))
    }

    /// Returns the time until the event begins in ms, or NaN.
    pub fn countdown(&self, now: f64) -> f64 {
        or_nan(self.session.countdown(local_time(now)).map(span_ms))
    }

    /// Puts the position in seconds, how fast it moves, and `now` in seconds where [`Viewer::value`] finds them: a
    /// vector of the W3C Timing Object. Says whether they are known.
    pub fn vector(&mut self, now: f64) -> bool {
        let none = f64::NAN;
        self.values = [self.position(now) / 1_000.0, self.rate(now), now / 1_000.0, none, none, none];
        !self.values[0].is_nan()
    }

    /// Returns how long ago the server was heard, in ms, or NaN.
    pub fn heard_ago(&self, now: f64) -> f64 {
        or_nan(self.session.heard_at().map(|heard| span_ms(local_time(now) - heard)))
    }

    /// Returns what has fired, to be stored.
    pub fn memory(&self) -> Vec<u64> {
        self.session.memory().to_words()
    }

    /// Has a media element follow; gives its number.
    pub fn bind_media(&mut self, begins: f64, seeks_only: bool) -> u32 {
        let means = if seeks_only { Means::Seeks } else { Means::Rates };
        self.session.bind_media(position(begins), means).number()
    }

    /// Lets a media element go.
    pub fn release_media(&mut self, media: u32) {
        self.session.release_media(MediaId::from_number(media));
    }

    /// Makes media play so many ms ahead.
    pub fn nudge(&mut self, ms: f64) {
        self.session.handle_nudge(span(ms));
    }

    /// Decides what to do to a media element; positions are in seconds, as elements have them.
    #[expect(clippy::too_many_arguments, reason = "flat numbers cross cheaply; ts/media.ts is the only caller")]
    pub fn read_media(
        &mut self,
        media: u32,
        position: f64,
        duration: f64,
        rate: f64,
        paused: bool,
        busy: bool,
        seekable: bool,
        now: f64,
    ) -> Act {
        let duration = Some(duration).filter(|duration| duration.is_finite()).map(|seconds| span(seconds * 1_000.0));
        let reading = Reading { position: span(position * 1_000.0), duration, rate, paused, busy, seekable };
        let (act, seek, rate) = match self.session.handle_media(MediaId::from_number(media), &reading, local_time(now))
        {
            Action::Nothing => (Act::Nothing, None, f64::NAN),
            Action::Pause { seek } => (Act::Pause, seek, f64::NAN),
            Action::Play { seek, rate } => (Act::Play, seek, rate),
            Action::Seek { to, rate } => (Act::Change, Some(to), rate),
            Action::Rate { rate } => (Act::Change, None, rate),
        };
        self.values = [or_nan(seek.map(|to| span_ms(to) / 1_000.0)), rate, f64::NAN, f64::NAN, f64::NAN, f64::NAN];
        act
    }

    /// Returns in how many ms to read a media element again; NaN while there is nothing to follow.
    pub fn media_in(&self, media: u32, now: f64) -> f64 {
        let correction = self.session.correction(MediaId::from_number(media));
        let deadline = correction.and_then(|correction| correction.next_deadline());
        or_nan(deadline.map(|deadline| span_ms((deadline - local_time(now)).max(Span::ZERO))))
    }

    /// Returns the drift of a media element in ms: positive where it is ahead; NaN while it is not known.
    pub fn media_drift(&self, media: u32) -> f64 {
        let correction = self.session.correction(MediaId::from_number(media));
        or_nan(correction.and_then(|correction| correction.drift()).map(span_ms))
    }
}

impl Viewer {
    fn say(&mut self, kind: Kind, values: &[f64]) -> Kind {
        for (place, value) in self.values.iter_mut().zip(values) {
            *place = *value;
        }
        kind
    }

    fn say_cue(&mut self, effect: Cueing) -> Kind {
        let timed = |Timing { lateness, bound, certain }: Timing| {
            [span_ms(lateness), span_ms(bound), f64::from(u8::from(certain))]
        };
        match effect {
            Cueing::Standby { cue } => self.say(Kind::Standby, &[cue.index as f64]),
            Cueing::Fire { cue, into, timing } => {
                let [lateness, bound, certain] = timed(timing);
                self.say(Kind::Fire, &[cue.index as f64, span_ms(into), lateness, bound, certain])
            }
            Cueing::Withhold { cue, bound } => self.say(Kind::Withhold, &[cue.index as f64, span_ms(bound)]),
            Cueing::Enter { cue, into, rate, timing } => {
                let [lateness, bound, certain] = timed(timing);
                let rate = rate.as_factor();
                self.say(Kind::Enter, &[cue.index as f64, span_ms(into), lateness, bound, certain, rate])
            }
            Cueing::Adjust { cue, into, rate } => {
                self.say(Kind::Adjust, &[cue.index as f64, span_ms(into), rate.as_factor()])
            }
            Cueing::Leave { cue } => {
                let is_former = self.cues.get(cue.index).is_none_or(|key| *key != cue.key);
                self.say(Kind::Leave, &[cue.index as f64, f64::from(u8::from(is_former))])
            }
        }
    }
}
