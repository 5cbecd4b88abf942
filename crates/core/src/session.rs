//! One viewer of one event: the façade over clock, cueing and connection.
//!
//! It reads no clock and opens no socket. The shell reports what happened (`handle_*`), does what
//! [`Session::poll_effect`] returns until that returns `None`, and ticks again at [`Session::next_deadline`]:
//!
//! ```
//! use downbeat_core::clock::{Exchange, WallTime};
//! use downbeat_core::session::{Connection, Details, Effect, News, NoPush, Request, Session};
//! use downbeat_core::{EventTimeline, LocalTime, Rev, Seed, ServerTime};
//!
//! let local = |ms: i64| LocalTime::from_micros(ms * 1_000 + 250);
//! let mut session = Session::new(Seed::from_parts(&[b"gala", b"viewer 17"]), None, LocalTime::from_micros(7));
//! // Within half a second it asks for the whole state …
//! session.handle_tick(local(500), WallTime::from_millis(7_500));
//! assert_eq!(session.poll_effect(), Some(Effect::Request(Request::State)));
//! // … which comes 40 ms later: the event has been on for ten minutes.
//! let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! let answered = ServerTime::from_millis(1_704_067_800_000);
//! let exchange = Exchange::new(local(500), answered, answered, local(540))?;
//! let news = News {
//!     epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::FIRST, timeline: EventTimeline::starting_at(starts_at),
//!     rundown: None, details: Some(Details { messages: vec![], pushes: false, replaces: None, confirmed: None }),
//! };
//! session.handle_answer(&exchange, Some(news), None, local(540));
//! assert_eq!(session.connection(), Connection::Polling(NoPush::NoSocket));
//! // How the 40 ms divide between the two ways is unknown, so the position is known to within 20 ms.
//! assert_eq!(session.position(local(540)).unwrap().as_millis(), 600_020);
//! assert!(session.reading(local(540)).unwrap().bound.as_millis() <= 22);
//! # Ok::<(), downbeat_core::clock::DishonestExchange>(())
//! ```
//!
//! # Guarantees
//!
//! - **The event goes on without the network.** Once time and state are known, cues fire and the position moves; the
//!   bound says how exactly.
//! - **A higher revision of the epoch wins**, whichever way it came. An older one, or another epoch, is accepted once no
//!   channel has reported the known state for 10 s and the event's object has confirmed the other since; until that is
//!   settled the connection is not live. An epoch that names the known one as the one it replaces is accepted at once.
//! - **One request at a time.** The session asks for the whole state if the short answer is not enough, for the time
//!   otherwise, and retries after a jittered wait.
//!
//! # Push
//!
//! Once the details of a state say that the server pushes, the session asks for a socket. A shell that cannot open one
//! answers [`Effect::OpenSocket`] with [`Session::handle_closed`]; any other does this:
//!
//! | effect | what the shell does |
//! | --- | --- |
//! | [`Effect::OpenSocket`] | opens it. For each state received: [`Session::handle_push`]; for its end or failure: [`Session::handle_close`] or [`Session::handle_closed`] |
//! | [`Effect::Ping`] | sends the ping. For the answer: [`Session::handle_pong`] |
//! | [`Effect::Ack`] | sends the acknowledgement |
//! | [`Effect::CloseSocket`] | closes the socket, and reports nothing more from it |
//! | [`Effect::Request`] with [`Request::Status`] | fetches `…/status`: [`Session::handle_news`] or [`Session::handle_failure`] |
//!
//! A socket counts as open from the first state received through it, which the server sends to each viewer who joins.
//! From then on the connection is [`Connection::Live`]. The socket is pinged every 15 s, and must answer within 3 s.
//! A pong that names a newer state than is known here triggers a request to the worker. A lost socket is replaced
//! after a wait of 0–10 s, 0–20 s, … 0–60 s, and until then the status is polled every 5 s ± 20 %. Once a server that
//! was unreachable answers again, the wait is at most 10 s.
//!
//! While neither the socket nor the server provides the state, [`Effect::CheckEmergency`] comes every 5 s ± 20 %: there
//! may be a state that was signed in an emergency. A shell that can check signatures fetches it, and passes what is
//! correctly signed to [`Session::handle_signed`]; [`Effect::SubmitEmergency`] follows when the server is back and does not
//! have it.
//!
//! All of this is independent of the requests for the time, which have their own schedule and carry the state too. Only
//! while a socket is being opened, they come at most once a second.
//!
//! ```
//! # use downbeat_core::clock::{Exchange, WallTime};
//! # use downbeat_core::session::{Connection, Details, Effect, News, Push, Session};
//! # use downbeat_core::{EventTimeline, LocalTime, Rev, Seed, Segment, ServerTime, Span, Position, Rate, Timeline};
//! # let local = |ms: i64| LocalTime::from_micros(ms * 1_000);
//! # let mut session = Session::new(Seed::from_parts(&[b"gala", b"viewer 17"]), None, LocalTime::from_micros(7));
//! # session.handle_tick(local(500), WallTime::from_millis(7_500));
//! # let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! # let exchange = Exchange::new(local(500), starts_at, starts_at, local(540))?;
//! # let mut news = News {
//! #     epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::FIRST, timeline: EventTimeline::starting_at(starts_at),
//! #     rundown: None, details: Some(Details { messages: vec![], pushes: true, replaces: None, confirmed: None }),
//! # };
//! # session.handle_answer(&exchange, Some(news.clone()), None, local(540));
//! # let effects = |session: &mut Session| std::iter::from_fn(|| session.poll_effect()).collect::<Vec<_>>();
//! // The first answer, at 540 ms, said that the server pushes.
//! assert!(effects(&mut session).contains(&Effect::OpenSocket { not: None }));
//! session.handle_push(Push { news: news.clone(), hub: 2, ack: false }, local(600));
//! assert_eq!(session.connection(), Connection::Live);
//! // Revision 2 holds the event at 10 s. It took effect 300 ms before it was received.
//! let now = session.reading(local(10_620)).unwrap().time;
//! let from = ServerTime::from_millis(now.as_millis() - 300);
//! let held = Segment { from, position: Position::from_millis(10_000), rate: Rate::HELD };
//! news.timeline.timeline = Timeline::from_segments(vec![news.timeline.segments()[0], held]).unwrap();
//! news.rev = news.rev.next();
//! # effects(&mut session);
//! session.handle_push(Push { news, hub: 2, ack: true }, local(10_620));
//! let told = effects(&mut session);
//! assert!(told.iter().any(|effect| matches!(effect, Effect::State { lateness } if lateness.as_millis() == 300)));
//! assert!(told.iter().any(|effect| matches!(effect, Effect::Ack { applied_at, .. } if *applied_at == now)));
//! # Ok::<(), downbeat_core::clock::DishonestExchange>(())
//! ```
//!
//! # Overload
//!
//! A server that has more to do than it can says so ([`Session::handle_wait`], [`Session::handle_refused`]), or it shows:
//! answers take over a second, or do not come. For 20 s ± 25 % after the last sign a session does less, and leaves out
//! first what matters least: requests that only make the clock more exact; then sockets, of which it gives none up that is
//! being opened, since a server that is asked again has the same work twice; and last it polls every 6 s ± 20 %, with one
//! request that provides time and state. So everyone knows of a pause within 10 s while answers take at most 3 s. The waits
//! before sockets double with each failure and halve with each success: while most attempts of a crowd fail, they become
//! few.

mod ack;
mod advance;
mod connection;
mod dispute;
mod effect;
mod emergency;
mod evidence;
mod line;
mod loading;
mod news;
mod overload;
mod polling;
mod proof;
mod readings;
mod snapshot;
mod socket;
mod stand_in;
mod unverified;

#[cfg(test)]
mod tests;

use crate::clock::{ClockChange, DisciplinedClock, Envelope, Exchange, JUMP_MIN, JumpWatch, Schedule, WallTime};
use crate::cueing::{CueList, Cueing, Memory};
use crate::event::Status;
use crate::name::{Digest, Rev};
use crate::queue::Queue;
use crate::seed::Seed;
use crate::time::{LocalTime, ServerTime, Span};
use crate::version::Version;
use ack::Ack;
use dispute::{Channel, Reports};
use evidence::Evidence;
use line::{Content, Knowledge, Line};
use loading::{Loading, Start};
use overload::{Load, Warmth};
use snapshot::{Snapshot, Verdict};
use stand_in::StandIn;

use connection::Cause;
pub use connection::{Connection, Failure, Lack, NoPush, Via, Wait};
pub use effect::{Effect, Request};
pub use news::{Details, News, Push};
pub use polling::POLL_WAIT;
pub use stand_in::{UNBOUNDED, VALIDITY_MAX, Validity};

/// One viewer of one event.
#[derive(Clone, Debug)]
pub struct Session {
    clock: DisciplinedClock<Envelope>,
    evidence: Evidence,
    jumps: JumpWatch,
    schedule: Schedule,
    loading: Loading,
    snapshot: Snapshot,
    cueing: Cueing,
    line: Line,
    /// Whether a pong named a state that is not known here.
    missed: bool,
    /// The revision to acknowledge, and how it relates to the known state.
    ack: Option<(Rev, Ack)>,
    /// How late the last change was received.
    lateness: Span,
    stand_in: StandIn,
    sent: LastSent,
    effects: Queue<Effect>,
}

/// What was reported to the shell last, so that only changes are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LastSent {
    connection: Connection,
    status: Option<Status>,
    message: Option<usize>,
    /// From when, and until when, status and message are what was reported.
    valid: Option<(ServerTime, Option<ServerTime>)>,
}

/// The time after an answer in which waking the page triggers no request: 2 s.
///
/// Reason: a viewer who switches between tabs wakes the page each time.
const FRESH: Span = Span::from_millis(2_000);

/// The wait before the next request for the time while a socket is being opened: 1 s.
///
/// Reason: the socket is worth more than a better clock, and a server whose doors have just opened does one after the
/// other. Once the socket is open, the usual pace goes on.
const CLOCK_WAIT_OPENING: Span = Span::from_millis(1_000);

/// The wait before the next request for the time while the server is overloaded: 30 s, the usual one once the first ten
/// answers are there.
const CLOCK_WAIT_HEAVY: Span = Span::from_millis(30_000);

/// The same where nothing but these requests provides the state: 6 s, as often as the state is polled then.
const STATE_WAIT_HEAVY: Span = Span::from_millis(6_000);

impl Session {
    /// Creates the session of a viewer who arrives at `now`.
    ///
    /// `viewer` is a number of this viewer's own: it spreads the requests, fetches and jittered cues of many viewers.
    /// `memory` is what had fired before the page was reloaded.
    pub fn new(viewer: Seed, memory: Option<Memory>, now: LocalTime) -> Self {
        let mut seed = viewer;
        let mut clock = DisciplinedClock::new(Envelope::new());
        clock.handle_reading(now);
        let loading = Loading::new(Seed::new(seed.next_u64()));
        let line = Line::new(&mut seed, now);
        let reports = Reports::new(Seed::new(seed.next_u64()), now);
        let sent =
            LastSent { connection: line.connection(Knowledge::Incomplete), status: None, message: None, valid: None };
        Self {
            clock,
            evidence: Evidence::default(),
            jumps: JumpWatch::new(),
            schedule: Schedule::new(now, seed),
            loading,
            snapshot: Snapshot::new(reports),
            cueing: Cueing::new(memory),
            line,
            missed: false,
            ack: None,
            lateness: Span::ZERO,
            stand_in: StandIn::default(),
            sent,
            effects: Queue::new(),
        }
    }

    /// Does what is due at `now`. Ticks may come at any time, also late; `wall` is the wall clock, read at the same
    /// moment.
    pub fn handle_tick(&mut self, now: LocalTime, wall: WallTime) {
        // Both clocks may move in steps, and either reading be early or late by one.
        let least = JUMP_MIN + Span::from_micros(self.clock.step().as_micros().saturating_mul(4));
        let jumped = self.jumps.handle_readings(now, wall).filter(|by| (*by).max(-*by) >= least);
        if self.stand_in.handle_wall(now, wall, jumped) {
            self.cueing.handle_step();
        }
        if let Some(by) = jumped {
            self.clock.handle_doubt(by);
            self.evidence.handle_doubt();
            self.schedule.handle_doubt(now);
            self.line.handle_doubt(now);
        }
        self.advance(now);
    }

    /// Does what is due, and asks the server at once, also through the socket, unless it has just answered: for when
    /// the page is shown again, or the network is back.
    pub fn handle_wake(&mut self, now: LocalTime, wall: WallTime) {
        let is_fresh = !self.line.has_failed() && self.line.received_at.is_some_and(|received| now - received < FRESH);
        if !is_fresh {
            self.schedule.handle_doubt(now);
            self.line.handle_doubt(now);
        }
        self.handle_tick(now, wall);
    }

    /// Handles an answer: the exchange, and the state in it; `news` is `None` if the server does not know the state.
    /// `resync` is the interval of requests that the server asks for.
    pub fn handle_answer(&mut self, exchange: &Exchange, news: Option<News>, resync: Option<Span>, now: LocalTime) {
        self.clock.handle_reading(now);
        let (exchange, step) = (&self.clock.coarsened(exchange), self.clock.step());
        match self.evidence.judge(exchange, self.proven(exchange.t4()), step) {
            evidence::Verdict::Believed => self.line.is_time_stale = false,
            verdict => {
                if verdict == evidence::Verdict::NothingProven {
                    self.forget_time();
                }
                return self.handle_failure(Request::Time, Failure::StaleTime, now);
            }
        }
        if let Some(request) = self.schedule.in_flight() {
            let warmth = if request.cold { Warmth::Cold } else { Warmth::Warm };
            self.line.overload.handle_answer(now - request.at, warmth, now);
        }
        let change = self.clock.handle_exchange(exchange);
        if change != ClockChange::None {
            self.cueing.handle_step();
        }
        if let Some(resync) = resync {
            self.schedule.handle_resync(resync);
        }
        self.schedule.handle_answer(change, now);
        self.spare(now);
        let content = if news.is_some() { Content::State } else { Content::NoState };
        self.line.handle_answer(content, now);
        self.missed = false;
        match news {
            Some(news) => {
                let is_whole = news.details.is_some();
                self.apply_state(news, Some(Channel::Time), now);
                if self.snapshot.lacks_details() {
                    // A whole state that does not help is older; the server will have the newer one soon.
                    if is_whole {
                        self.schedule.handle_gap(now);
                    } else if !self.polls_time(now) {
                        self.schedule.handle_doubt(now);
                    }
                }
            }
            // Where changes are pushed, the state comes through the socket, or from polling the status instead.
            None if !self.line.socket.is_offered() => self.schedule.handle_gap(now),
            None => {}
        }
        self.effects.push(Effect::Clock(change));
        self.advance(now);
    }

    /// Handles that `request` got no answer.
    pub fn handle_failure(&mut self, request: Request, failure: Failure, now: LocalTime) {
        let channel = match request {
            Request::Status => Channel::Status,
            Request::Time | Request::State => {
                self.schedule.handle_failure(now);
                Channel::Time
            }
        };
        self.line.fail(request, failure, now);
        match failure {
            Failure::UnknownEvent => self.snapshot.reports.contradict(channel, None, now),
            _ => self.snapshot.reports.close(channel),
        }
        self.advance(now);
    }

    /// Handles the answer to [`Request::Status`].
    pub fn handle_news(&mut self, news: News, now: LocalTime) {
        let is_back = self.line.handle_status_answer(now);
        self.settle(is_back, now);
        self.apply_state(news, Some(Channel::Status), now);
        self.advance(now);
    }

    /// Handles a state that was received through the socket.
    pub fn handle_push(&mut self, push: Push, now: LocalTime) {
        let Push { news, hub, ack } = push;
        let version = Version { epoch: news.epoch.clone(), rev: news.rev };
        let was_open = self.line.socket.is_open();
        let is_back = self.line.handle_push(hub, now);
        self.settle(is_back, now);
        if !was_open && self.line.overload.load(now) == Load::Normal {
            self.schedule.handle_relief(now);
        }
        self.apply_state(news, Some(Channel::Socket), now);
        if ack {
            let is_known = self.snapshot.is_at(&version) && !self.snapshot.reports.has_other(&version);
            self.ack = Some((version.rev, if is_known { Ack::Known } else { Ack::Disputed }));
        }
        self.advance(now);
    }

    /// Handles the answer to a ping: the version that the hub has. What is known in part only did not come through the
    /// socket either, and is asked for.
    pub fn handle_pong(&mut self, said: &Version, now: LocalTime) {
        self.line.handle_pong(now);
        if self.snapshot.handle_pong(said, now) || self.snapshot.lacks_details() {
            self.missed = true;
            self.schedule.handle_doubt(now);
        }
        self.advance(now);
    }

    /// Handles that the socket was closed, or could not be opened.
    pub fn handle_closed(&mut self, now: LocalTime) {
        self.line.socket.handle_closed(now);
        self.advance(now);
    }

    /// Handles that the server closed the socket with `code` and `reason` (RFC 6455, section 7.1).
    pub fn handle_close(&mut self, code: u16, reason: &str, now: LocalTime) {
        match Cause::of(code, reason) {
            Cause::Refused { wait } => self.line.handle_refused(wait, now),
            Cause::Fault => self.line.socket.handle_fault(now),
            Cause::Lost => self.line.socket.handle_closed(now),
        }
        self.advance(now);
    }

    /// Handles that the server refused the socket, and asks for a `wait` before the next one.
    pub fn handle_refused(&mut self, wait: Span, now: LocalTime) {
        self.line.handle_refused(wait, now);
        self.advance(now);
    }

    /// Handles that an answer asks for a `wait` before the next request. Call it before the method that handles the
    /// answer itself.
    pub fn handle_wait(&mut self, wait: Span, now: LocalTime) {
        let until = self.line.handle_wait(wait, now);
        self.schedule.handle_load(until);
    }

    /// Handles a rundown that was fetched. Returns whether it is used; one that is no longer wanted is ignored.
    /// `is_same` is called for active states, as in [`Cueing::handle_rundown`].
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

    /// Handles that a rundown could not be fetched; it is retried.
    pub fn handle_rundown_failure(&mut self, digest: Digest, now: LocalTime) {
        self.loading.fail(digest, now);
        self.advance(now);
    }

    /// Lets requests for a better clock wait for what is more important: a socket that is being opened, or a server that
    /// is overloaded.
    fn spare(&mut self, now: LocalTime) {
        let overload = &mut self.line.overload;
        let is_offered = self.line.socket.is_offered();
        let wait = match overload.load(now) {
            // A viewer without a socket asks for the time instead of polling the status.
            Load::Heavy if is_offered => CLOCK_WAIT_HEAVY,
            Load::Heavy => STATE_WAIT_HEAVY,
            Load::Normal if self.line.socket.is_opening() => CLOCK_WAIT_OPENING,
            Load::Normal => return,
        };
        let later = now + overload.spread(wait);
        self.schedule.handle_load(overload.waits_until(now).max(later));
    }

    /// Returns whether the state is polled by asking for the time.
    fn polls_time(&self, now: LocalTime) -> bool {
        self.line.overload.load(now) == Load::Heavy && self.line.socket.is_offered() && !self.line.socket.is_open()
    }

    /// Has the time asked for within seconds once the server is back: the clock was in doubt while the server was gone.
    fn settle(&mut self, is_back: bool, now: LocalTime) {
        if is_back && self.line.overload.load(now) == Load::Normal {
            self.schedule.handle_gap(now);
        }
    }

    /// Applies a state if it is newer than the one known, or accepted instead of that, whichever way it came. `channel` is the
    /// one on which the server sent it, if it did.
    fn apply_state(&mut self, news: News, channel: Option<Channel>, now: LocalTime) {
        self.submit_emergency(&news, now);
        let is_first = self.snapshot.news.is_none();
        let confirmed = news.details.as_ref().and_then(|details| details.confirmed);
        let confirmed = confirmed.and_then(|asked_at| self.local_time(asked_at));
        // After a sleep, an old confirmation seems to be recent until the server has answered.
        let is_confirmed = self.clock.doubt() == Span::ZERO
            && confirmed.is_some_and(|asked_at| asked_at > self.snapshot.reports.learned_at());
        let verdict = self.snapshot.update(news, channel, is_confirmed, now);
        let reading = self.reading(now);
        if matches!(verdict, Verdict::Known | Verdict::Contradicts) {
            return;
        }
        let Some(news) = self.snapshot.news.as_ref() else { return };
        if is_first || verdict == Verdict::NewLife {
            self.cueing.handle_epoch(&news.epoch);
        }
        let known_rev = news.rev;
        self.cueing.handle_timeline(news.timeline.clone());
        // Viewers who have just joined are spread already.
        let start = if is_first { Start::AtOnce } else { Start::Spread };
        if self.loading.want(news.rundown, start, now) && news.rundown.is_none() {
            self.cueing.handle_rundown(CueList::default(), |_, _| false);
        }
        if let Some(details) = &news.details
            && self.line.socket.set_offered(details.pushes, self.line.overload.waits_until(now))
        {
            self.effects.push(Effect::CloseSocket);
        }
        if verdict != Verdict::Completes {
            let effective_at = self.snapshot.effective_at;
            let late = reading.zip(effective_at).map(|(reading, effective_at)| reading.time - effective_at);
            self.lateness = late.unwrap_or(Span::ZERO).max(Span::ZERO);
            // What was disputed may be what is followed now; what was waiting for its effect is overtaken.
            self.ack =
                self.ack.filter(|(rev, ack)| *ack != Ack::Known && *rev == known_rev).map(|(rev, _)| (rev, Ack::Known));
        }
        self.sent.valid = None;
        self.effects.push(Effect::State { lateness: self.lateness });
    }
}
