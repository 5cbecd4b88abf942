//! One viewer of one event: clock, cueing and connection behind one door.
//!
//! It reads no clock and opens no socket. The shell tells it what happened (`handle_*`), does what
//! [`Session::poll_effect`] says until that says no more, and comes back at [`Session::next_deadline`]:
//!
//! ```
//! use downbeat_core::clock::{Exchange, WallTime};
//! use downbeat_core::session::{Connection, Details, Effect, News, NoPush, Question, Session};
//! use downbeat_core::{LocalTime, Rev, Seed, ServerTime, Timeline};
//!
//! let local = |ms: i64| LocalTime::from_micros(ms * 1_000 + 250);
//! let mut session = Session::new(Seed::of(&[b"gala", b"viewer 17"]), None, local(0));
//! // Within half a second it asks for the whole state …
//! session.handle_tick(local(500), WallTime::from_millis(7_500));
//! assert_eq!(session.poll_effect(), Some(Effect::Ask(Question::State)));
//! // … which comes 40 ms later: the event has been on for ten minutes.
//! let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! let answered = ServerTime::from_millis(1_704_067_800_000);
//! let exchange = Exchange::new(local(500), answered, answered, local(540))?;
//! let news = News {
//!     epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::FIRST, timeline: Timeline::starting_at(starts_at), ended_at: None,
//!     rundown: None, details: Some(Details { starts_at, messages: vec![] }),
//! };
//! session.handle_answer(&exchange, Some(news), None, local(540));
//! assert_eq!(session.connection(), Connection::Polling(NoPush::NoSocket));
//! // Between the two ways of 40 ms nobody can tell; so the position is known to within 20 ms, and the clocks' steps.
//! assert_eq!(session.position(local(540)).unwrap().as_millis(), 600_020);
//! assert!(session.reading(local(540)).unwrap().bound.as_millis() <= 21);
//! # Ok::<(), downbeat_core::clock::DishonestExchange>(())
//! ```
//!
//! # What holds
//!
//! - **The event goes on.** Once time and state are known, cues fire and the position moves whatever becomes of the
//!   network; the bound says how well.
//! - **A higher revision of the epoch wins**, whichever way it came; an older one is ignored.
//! - **One question at a time.** It asks for the whole state where the short answer leaves something open, for the
//!   time otherwise, and tries again after a jittered wait.

mod connection;
mod effect;
mod loading;
mod media;
mod news;

#[cfg(test)]
mod tests;

use alloc::collections::VecDeque;

use crate::clock::{Change, DisciplinedClock, Due, Envelope, Exchange, JumpWatch, Reading, Schedule, WallTime};
use crate::correction::{self, Action, Correction, Means};
use crate::cueing::{CueList, Cueing, Memory};
use crate::event::Status;
use crate::name::Digest;
use crate::seed::Seed;
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{Position, Rate};
use connection::Line;
use loading::Loading;
use media::Media;
use news::{Known, Verdict};

pub use connection::{Connection, Failure, NoPush, Wait};
pub use effect::{Effect, Question};
pub use media::MediaId;
pub use news::{Details, News};

/// One viewer of one event.
#[derive(Clone, Debug)]
pub struct Session {
    clock: DisciplinedClock<Envelope>,
    jumps: JumpWatch,
    schedule: Schedule,
    loading: Loading,
    known: Known,
    cueing: Cueing,
    media: Media,
    line: Line,
    /// When the server was last heard.
    heard_at: Option<LocalTime>,
    told: Told,
    effects: VecDeque<Effect>,
}

/// What the shell has been told last, so that it hears of changes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    connection: Connection,
    status: Option<Status>,
    message: Option<usize>,
    /// When status and message were looked at, and until when they stay as they are.
    looked: Option<(ServerTime, Option<ServerTime>)>,
}

/// Gives how long after an answer nothing is asked for being woken: 2 s.
///
/// Reason: a viewer who leafs through tabs wakes the page with each look at it.
const FRESH: Span = Span::from_millis(2_000);

impl Session {
    /// Gives the session of a viewer who comes at `now`.
    ///
    /// `viewer` is any number that is this viewer's own: it spreads the questions, fetches and jittered cues of many.
    /// `memory` is what an earlier life of the page had fired.
    pub fn new(viewer: Seed, memory: Option<Memory>, now: LocalTime) -> Self {
        let mut seed = viewer;
        let loading = Loading::new(Seed::new(seed.next_u64()));
        let line = Line::default();
        Self {
            clock: DisciplinedClock::new(Envelope::new()),
            jumps: JumpWatch::new(),
            schedule: Schedule::new(now, seed),
            loading,
            known: Known::default(),
            cueing: Cueing::new(memory),
            media: Media::default(),
            line,
            heard_at: None,
            told: Told { connection: line.connection(false), status: None, message: None, looked: None },
            effects: VecDeque::new(),
        }
    }

    /// Does what is due at `now`. Ticks may come at any time, late ones too; `wall` is the wall clock, read beside.
    pub fn handle_tick(&mut self, now: LocalTime, wall: WallTime) {
        if let Some(by) = self.jumps.handle_readings(now, wall) {
            self.clock.handle_doubt(by);
            self.schedule.handle_doubt(now);
        }
        self.advance(now);
    }

    /// Does what is due, and asks the server at once unless it has just answered: the page is shown again, or the
    /// network is back.
    pub fn handle_wake(&mut self, now: LocalTime, wall: WallTime) {
        let is_fresh = self.line.failure.is_none() && self.heard_at.is_some_and(|heard| now - heard < FRESH);
        if !is_fresh {
            self.schedule.handle_doubt(now);
        }
        self.handle_tick(now, wall);
    }

    /// Takes an answer in: the exchange it makes, and the state it tells; `news` is nothing where the server does not
    /// know the state. `resync` is how long it wants to be left alone.
    pub fn handle_answer(&mut self, exchange: &Exchange, news: Option<News>, resync: Option<Span>, now: LocalTime) {
        let change = self.clock.handle_exchange(exchange);
        if change != Change::None {
            self.cueing.handle_step();
        }
        if let Some(resync) = resync {
            self.schedule.handle_resync(resync);
        }
        self.schedule.handle_answer(change, now);
        self.heard_at = Some(now);
        self.line.failure = None;
        self.line.state_unknown = news.is_none();
        if let Some(news) = news {
            self.take(news, now);
            if self.known.lacks_details() {
                self.schedule.handle_doubt(now);
            }
        }
        self.effects.push_back(Effect::Clock(change));
        self.advance(now);
    }

    /// Takes in that a question had no answer.
    pub fn handle_failure(&mut self, failure: Failure, now: LocalTime) {
        self.schedule.handle_failure(now);
        self.line.failure = Some(failure);
        self.advance(now);
    }

    /// Takes in a state that was pushed, or came some other way than as an answer.
    pub fn handle_news(&mut self, news: News, now: LocalTime) {
        self.heard_at = Some(now);
        self.take(news, now);
        self.advance(now);
    }

    /// Takes in that the socket through which changes are pushed was opened, or lost.
    pub fn handle_push(&mut self, open: bool, now: LocalTime) {
        self.line.push = Some(open);
        self.advance(now);
    }

    /// Takes a rundown in. One that is no longer wanted is ignored; says whether it was taken. `is_same` is asked of
    /// states that are active, as in [`Cueing::handle_rundown`].
    pub fn handle_rundown(
        &mut self,
        digest: Digest,
        list: CueList,
        is_same: impl FnMut(usize, usize) -> bool,
        now: LocalTime,
    ) -> bool {
        let is_wanted = self.loading.finish(digest);
        if is_wanted {
            self.cueing.handle_rundown(list, is_same);
            self.advance(now);
        }
        is_wanted
    }

    /// Takes in that a rundown could not be fetched; it is tried again.
    pub fn handle_rundown_failure(&mut self, digest: Digest, now: LocalTime) {
        self.loading.fail(digest, now);
    }

    /// Has a media element follow the event: its beginning belongs to the position `begins`.
    pub fn bind_media(&mut self, begins: Position, means: Means) -> MediaId {
        self.media.bind(begins, means)
    }

    /// Lets a media element go.
    pub fn release_media(&mut self, media: MediaId) {
        self.media.release(media);
    }

    /// Decides what to do to a media element that was read at `now`. Read it again at
    /// [`Correction::next_deadline`], and when something happens to it.
    pub fn handle_media(&mut self, media: MediaId, reading: &correction::Reading, now: LocalTime) -> Action {
        match self.clock.reading(now) {
            Some(Reading { time, .. }) => self.media.handle_reading(media, reading, time, now),
            None => Action::Nothing,
        }
    }

    /// Makes media play so much ahead of the event, for the time that screens and loudspeakers take.
    pub fn handle_nudge(&mut self, nudge: Span) {
        self.media.handle_nudge(nudge);
    }

    /// Gives how a media element is being corrected.
    pub fn correction(&self, media: MediaId) -> Option<&Correction> {
        self.media.correction(media)
    }

    /// Gives the next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front().or_else(|| self.cueing.poll_effect().map(Effect::Cue))
    }

    /// Gives the instant at which to tick next; a past one means now.
    pub fn next_deadline(&self) -> LocalTime {
        let turn = self.told.looked.and_then(|(_, until)| until);
        let instants = [self.cueing.next_deadline(), turn].into_iter().flatten();
        let local = instants.min().and_then(|instant| self.clock.local_time(instant));
        [local, self.loading.deadline()].into_iter().flatten().fold(self.schedule.deadline(), LocalTime::min)
    }

    /// Gives the server's time at `now` and how wrong it may be; nothing before the first answer.
    pub fn reading(&self, now: LocalTime) -> Option<Reading> {
        self.clock.reading(now)
    }

    /// Gives the device's time at which it is `instant` at the server.
    pub fn local_time(&self, instant: ServerTime) -> Option<LocalTime> {
        self.clock.local_time(instant)
    }

    /// Gives the state as last heard.
    pub fn state(&self) -> Option<&News> {
        self.known.news.as_ref()
    }

    /// Gives where the event stands at `now`; nothing before time and state are known.
    pub fn position(&self, now: LocalTime) -> Option<Position> {
        Some(self.state()?.position(self.reading(now)?.time))
    }

    /// Gives how fast the position moves at `now`.
    pub fn rate(&self, now: LocalTime) -> Option<Rate> {
        Some(self.state()?.timeline.rate(self.reading(now)?.time))
    }

    /// Gives how long it is until the event begins: what the countdown shows. `ZERO` once it has begun.
    pub fn countdown(&self, now: LocalTime) -> Option<Span> {
        Some((Position::START - self.position(now)?).max(Span::ZERO))
    }

    /// Gives the status the shell was told last.
    pub fn status(&self) -> Option<Status> {
        self.told.status
    }

    /// Gives how the viewer is connected.
    pub fn connection(&self) -> Connection {
        self.told.connection
    }

    /// Gives when the server was last heard.
    pub fn heard_at(&self) -> Option<LocalTime> {
        self.heard_at
    }

    /// Gives what has fired, to be kept through a reload before what fires now is done.
    pub fn memory(&self) -> Memory {
        self.cueing.memory()
    }

    fn take(&mut self, news: News, now: LocalTime) {
        let is_first = self.known.news.is_none();
        let verdict = self.known.take(news);
        let Some(news) = self.known.news.as_ref().filter(|_| verdict != Verdict::Old) else { return };
        if verdict == Verdict::NewLife && !is_first {
            self.cueing.forget();
        }
        self.cueing.handle_timeline(news.timeline.clone(), news.starts_at());
        self.media.handle_timeline(&news.timeline, news.starts_at());
        if self.loading.want(news.rundown, is_first, now) && news.rundown.is_none() {
            self.cueing.handle_rundown(CueList::default(), |_, _| false);
        }
        self.told.looked = None;
        self.effects.push_back(Effect::State);
    }

    /// Does whatever is due: questions, fetches, cues, and telling the shell what is another now.
    fn advance(&mut self, now: LocalTime) {
        match self.schedule.poll(now) {
            Some(Due::Ask { .. }) => {
                let question = if self.known.lacks_details() { Question::State } else { Question::Time };
                self.effects.push_back(Effect::Ask(question));
            }
            Some(Due::GiveUp) => {
                self.line.failure = Some(Failure::Timeout);
                self.effects.push_back(Effect::GiveUp);
            }
            None => {}
        }
        if let Some(digest) = self.loading.poll(now) {
            self.effects.push_back(Effect::LoadRundown(digest));
        }
        let reading = self.clock.reading(now);
        if let Some(reading) = reading {
            self.look(reading.time);
            self.cueing.handle_tick(reading.time, reading.bound);
        }
        let connection = self.line.connection(reading.is_some() && self.known.news.is_some());
        if self.told.connection != connection {
            self.told.connection = connection;
            self.effects.push_back(Effect::Connection(connection));
        }
    }

    /// Tells the shell if status or message are others at `at`.
    fn look(&mut self, at: ServerTime) {
        let Some(news) = &self.known.news else { return };
        let stays =
            |(since, until): (ServerTime, Option<ServerTime>)| since <= at && until.is_none_or(|until| at < until);
        if self.told.looked.is_some_and(stays) {
            return;
        }
        let is_new = self.told.looked.is_none();
        self.told.looked = Some((at, news.next_change(at)));
        let (status, message) = (news.status(at), news.message(at));
        if self.told.status.replace(status) != Some(status) {
            self.effects.push_back(Effect::Status(status));
        }
        // Which message an index means depends on the state, so a new state says it anew; and a short one says nothing.
        if news.details.is_none() {
            return;
        }
        if core::mem::replace(&mut self.told.message, message) != message || is_new {
            self.effects.push_back(Effect::Message(message));
        }
    }
}
