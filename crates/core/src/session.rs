//! One viewer of one event: clock, cueing and connection behind one door.
//!
//! It reads no clock and opens no socket. The shell tells it what happened (`handle_*`), does what
//! [`Session::poll_effect`] says until that says no more, and comes back at [`Session::next_deadline`]:
//!
//! ```
//! use downbeat_core::clock::{Exchange, WallTime};
//! use downbeat_core::session::{Connection, Details, Effect, News, NoPush, Question, Session};
//! use downbeat_core::{EventTimeline, LocalTime, Rev, Seed, ServerTime};
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
//!     epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::FIRST, timeline: EventTimeline::starting_at(starts_at),
//!     rundown: None, details: Some(Details { messages: vec![], pushes: false }),
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
//!
//! # Push
//!
//! Once the details of a state say that the server pushes, the session wants a socket. A shell that has none to give
//! answers [`Effect::OpenSocket`] with [`Session::handle_closed`]; the others do this:
//!
//! | effect | what the shell does |
//! | --- | --- |
//! | [`Effect::OpenSocket`] | opens it. Each state that comes: [`Session::handle_push`]; its end or failure: [`Session::handle_closed`] |
//! | [`Effect::Ping`] | sends the ping. What comes back: [`Session::handle_pong`] |
//! | [`Effect::Ack`] | sends the acknowledgement |
//! | [`Effect::CloseSocket`] | closes the socket, and hands over nothing that comes from it any more |
//! | [`Effect::Ask`] with [`Question::Status`] | fetches `…/status`: [`Session::handle_news`] or [`Session::handle_failure`] |
//!
//! That a socket was opened tells nothing: it counts as open with the first state that comes through it, which the
//! server sends to whoever joins. From then on the connection is [`Connection::Live`]. It is pinged every 15 s, and has
//! 3 s to answer. A pong that names a state not known here has the worker asked at once. A lost socket is followed by
//! another after a wait of 0–10 s, 0–20 s, … 0–60 s, and until then the state is asked for every 5 s ± 20 %. Once a
//! server that was gone answers again, the wait is 0–10 s at most.
//!
//! While neither the socket nor the server tells the state, [`Effect::LookAside`] comes every 5 s ± 20 %: there may be a
//! state that was signed in an emergency. A shell that can check signatures looks, and hands what it believes to
//! [`Session::handle_signed`]; [`Effect::HandIn`] follows when the server is back and does not know of it.
//!
//! All of it goes on beside the questions for the time, which keep their own pace and carry the state too.
//!
//! ```
//! # use downbeat_core::clock::{Exchange, WallTime};
//! # use downbeat_core::session::{Connection, Details, Effect, News, Push, Session};
//! # use downbeat_core::{EventTimeline, LocalTime, Rev, Seed, Segment, ServerTime, Span, Position, Rate, Timeline};
//! # let local = |ms: i64| LocalTime::from_micros(ms * 1_000);
//! # let mut session = Session::new(Seed::of(&[b"gala", b"viewer 17"]), None, local(0));
//! # session.handle_tick(local(500), WallTime::from_millis(7_500));
//! # let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! # let exchange = Exchange::new(local(500), starts_at, starts_at, local(540))?;
//! # let mut news = News {
//! #     epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::FIRST, timeline: EventTimeline::starting_at(starts_at),
//! #     rundown: None, details: Some(Details { messages: vec![], pushes: true }),
//! # };
//! # session.handle_answer(&exchange, Some(news.clone()), None, local(540));
//! # let effects = |session: &mut Session| std::iter::from_fn(|| session.poll_effect()).collect::<Vec<_>>();
//! // The first answer, at 540 ms, said that the server pushes.
//! assert!(effects(&mut session).contains(&Effect::OpenSocket { not: None }));
//! session.handle_push(Push { news: news.clone(), hub: 2, ack: false }, local(600));
//! assert_eq!(session.connection(), Connection::Live);
//! // Revision 2 holds the event at 10 s. It took effect 300 ms before it came through the socket.
//! let now = session.reading(local(10_620)).unwrap().time;
//! let from = ServerTime::from_millis(now.as_millis() - 300);
//! let held = Segment { from, position: Position::from_millis(10_000), rate: Rate::HELD };
//! news.timeline.timeline = Timeline::from_segments(vec![news.timeline.segments()[0], held]).unwrap();
//! news.rev = news.rev.next();
//! # effects(&mut session);
//! session.handle_push(Push { news, hub: 2, ack: true }, local(10_620));
//! let told = effects(&mut session);
//! assert!(told.iter().any(|effect| matches!(effect, Effect::State { lateness } if lateness.as_millis() == 300)));
//! assert!(told.contains(&Effect::Ack { rev: Rev::new(2), applied_at: now }));
//! # Ok::<(), downbeat_core::clock::DishonestExchange>(())
//! ```

mod advance;
mod connection;
mod effect;
mod emergency;
mod line;
mod loading;
mod media;
mod news;
mod polling;
mod socket;

#[cfg(test)]
mod tests;

use crate::clock::{Change, DisciplinedClock, Envelope, Exchange, JumpWatch, Reading, Schedule, WallTime};
use crate::correction::{self, Action, Correction, Means};
use crate::cueing::{CueList, Cueing, Memory};
use crate::event::Status;
use crate::name::{Digest, Rev};
use crate::order::earliest;
use crate::queue::Queue;
use crate::seed::Seed;
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{Position, Rate};
use crate::version::Version;
use line::Line;
use loading::Loading;
use media::Media;
use news::Known;

pub use connection::{Connection, Failure, NoPush, Wait};
pub use effect::{Effect, Question};
pub use media::MediaId;
pub use news::{Details, News, Push};

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
    /// A pong named a state that is not known here.
    missed: bool,
    /// A revision to be acknowledged once it has taken effect.
    ack: Option<Rev>,
    /// How late the change was heard that made the state what it is.
    lateness: Span,
    last_sent: LastSent,
    effects: Queue<Effect>,
}

/// What the shell received last, so that it receives changes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LastSent {
    connection: Connection,
    status: Option<Status>,
    message: Option<usize>,
    /// When status and message were checked, and until when they cannot change.
    checked: Option<(ServerTime, Option<ServerTime>)>,
}

/// How long after an answer nothing is asked for being woken: 2 s.
///
/// Reason: a viewer who leafs through tabs wakes the page with each look at it.
const FRESH: Span = Span::from_millis(2_000);

impl Session {
    /// Returns the session of a viewer who comes at `now`.
    ///
    /// `viewer` is any number that is this viewer's own: it spreads the questions, fetches and jittered cues of many.
    /// `memory` is what an earlier life of the page had fired.
    pub fn new(viewer: Seed, memory: Option<Memory>, now: LocalTime) -> Self {
        let mut seed = viewer;
        let loading = Loading::new(Seed::new(seed.next_u64()));
        let line = Line::new(&mut seed, now);
        let last_sent = LastSent { connection: line.connection(false), status: None, message: None, checked: None };
        Self {
            clock: DisciplinedClock::new(Envelope::new()),
            jumps: JumpWatch::new(),
            schedule: Schedule::new(now, seed),
            loading,
            known: Known::default(),
            cueing: Cueing::new(memory),
            media: Media::default(),
            line,
            missed: false,
            ack: None,
            lateness: Span::ZERO,
            last_sent,
            effects: Queue::new(),
        }
    }

    /// Does what is due at `now`. Ticks may come at any time, late ones too; `wall` is the wall clock, read beside.
    pub fn handle_tick(&mut self, now: LocalTime, wall: WallTime) {
        if let Some(by) = self.jumps.handle_readings(now, wall) {
            self.clock.handle_doubt(by);
            self.schedule.handle_doubt(now);
            self.line.handle_doubt(now);
        }
        self.advance(now);
    }

    /// Does what is due, and asks the server at once, by the socket too, unless it has just answered: the page is shown
    /// again, or the network is back.
    pub fn handle_wake(&mut self, now: LocalTime, wall: WallTime) {
        let is_fresh = !self.line.has_failed() && self.line.heard_at.is_some_and(|heard| now - heard < FRESH);
        if !is_fresh {
            self.schedule.handle_doubt(now);
            self.line.handle_doubt(now);
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
        self.line.hear(news.is_some(), now);
        self.missed = false;
        match news {
            Some(news) => {
                let is_whole = news.details.is_some();
                self.apply_news(news, now);
                if self.known.lacks_details() {
                    // A whole state that does not help is an older one; the server learns of the newer soon.
                    if is_whole { self.schedule.handle_gap(now) } else { self.schedule.handle_doubt(now) }
                }
            }
            // Where changes are pushed, the socket tells, or the questions for the status that replace it.
            None if !self.line.socket.is_offered() => self.schedule.handle_gap(now),
            None => {}
        }
        self.effects.push(Effect::Clock(change));
        self.advance(now);
    }

    /// Takes in that `question` had no answer.
    pub fn handle_failure(&mut self, question: Question, failure: Failure, now: LocalTime) {
        if question != Question::Status {
            self.schedule.handle_failure(now);
        }
        self.line.fail(question, failure);
        self.advance(now);
    }

    /// Takes in the answer to [`Question::Status`].
    pub fn handle_news(&mut self, news: News, now: LocalTime) {
        let is_back = self.line.hear_status(now);
        self.settle(is_back, now);
        self.apply_news(news, now);
        self.advance(now);
    }

    /// Takes in a state that came through the socket.
    pub fn handle_push(&mut self, push: Push, now: LocalTime) {
        let Push { news, hub, ack } = push;
        let version = Version { epoch: news.epoch.clone(), rev: news.rev };
        self.line.socket.handle_push(hub, now);
        let is_back = self.line.hear(true, now);
        self.settle(is_back, now);
        self.apply_news(news, now);
        if ack && self.known.is_at(&version) {
            self.ack = Some(version.rev);
        }
        self.advance(now);
    }

    /// Takes in what came back for a ping: the state that the hub has.
    pub fn handle_pong(&mut self, said: &Version, now: LocalTime) {
        self.line.socket.handle_pong(now);
        self.line.heard_at = Some(now);
        if self.known.is_behind(said) {
            self.missed = true;
            self.schedule.handle_doubt(now);
        }
        self.advance(now);
    }

    /// Takes in that the socket was closed, or could not be opened.
    pub fn handle_closed(&mut self, now: LocalTime) {
        self.line.socket.handle_closed(now);
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

    /// Returns how a media element is being corrected.
    pub fn correction(&self, media: MediaId) -> Option<&Correction> {
        self.media.correction(media)
    }

    /// Returns the next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop().or_else(|| self.cueing.poll_effect().map(Effect::Cue))
    }

    /// Returns the instant at which to tick next; a past one means now.
    pub fn next_deadline(&self) -> LocalTime {
        let turn = self.last_sent.checked.and_then(|(_, until)| until);
        let ack = self.ack.and(self.known.effective_at);
        let server = earliest(&[self.cueing.next_deadline(), turn, ack]);
        let local = server.and_then(|instant| self.clock.local_time(instant));
        let question = self.schedule.deadline();
        earliest(&[local, self.loading.deadline(), self.line.deadline(), Some(question)]).unwrap_or(question)
    }

    /// Returns the server's time at `now` and how wrong it may be; nothing before the first answer.
    pub fn reading(&self, now: LocalTime) -> Option<Reading> {
        self.clock.reading(now)
    }

    /// Returns the device's time at which it is `instant` at the server.
    pub fn local_time(&self, instant: ServerTime) -> Option<LocalTime> {
        self.clock.local_time(instant)
    }

    /// Returns the state as last heard.
    pub fn state(&self) -> Option<&News> {
        self.known.news.as_ref()
    }

    /// Returns where the event stands at `now`; nothing before time and state are known.
    pub fn position(&self, now: LocalTime) -> Option<Position> {
        Some(self.state()?.position(self.reading(now)?.time))
    }

    /// Returns how fast the position moves at `now`.
    pub fn rate(&self, now: LocalTime) -> Option<Rate> {
        Some(self.state()?.timeline.rate(self.reading(now)?.time))
    }

    /// Returns how long it is until the event begins: what the countdown shows. `ZERO` once it has begun.
    pub fn countdown(&self, now: LocalTime) -> Option<Span> {
        Some((Position::START - self.position(now)?).max(Span::ZERO))
    }

    /// Returns the status the shell received last.
    pub fn status(&self) -> Option<Status> {
        self.last_sent.status
    }

    /// Returns how the viewer is connected.
    pub fn connection(&self) -> Connection {
        self.last_sent.connection
    }

    /// Returns when the server was last heard.
    pub fn heard_at(&self) -> Option<LocalTime> {
        self.line.heard_at
    }

    /// Returns what has fired, to be kept through a reload before what fires now is done.
    pub fn memory(&self) -> Memory {
        self.cueing.memory()
    }

    /// Has the time asked for within seconds once the server is back: it was in doubt for as long as that was gone.
    fn settle(&mut self, is_back: bool, now: LocalTime) {
        if is_back {
            self.schedule.handle_gap(now);
        }
    }
}
