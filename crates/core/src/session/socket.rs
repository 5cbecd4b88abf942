//! The socket through which changes are pushed: when to open it, whether it still answers, and when to try again.

use crate::clock::Backoff;
use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// How long it is from ping to ping: 15 s.
///
/// Reason: no line tells when a socket is dead, or a push got lost in a hub; a ping costs the server nothing, since the
/// runtime answers it without waking the hub. The first one comes anywhere within it, so those who came together do not
/// ping together.
const PING_WAIT: Span = Span::from_millis(15_000);

/// How long a pong may take: 3 s.
///
/// Reason: the slowest of honest lines need 2 s, and whoever is cut off should not be for long.
const PONG_MAX: Span = Span::from_millis(3_000);

/// How long it may take from opening a socket to the first state through it: 10 s.
///
/// Reason: a crowd that returns at once is let in over as long.
const OPEN_MAX: Span = Span::from_millis(10_000);

/// A socket that is wanted, and how it is.
#[derive(Clone, Debug)]
pub(super) struct Socket {
    seed: Seed,
    backoff: Backoff,
    /// The hub that holds it, or held it last.
    hub: Option<u16>,
    state: State,
    /// When the state is over.
    until: LocalTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The server is not known to push.
    Off,
    Waiting,
    Opening,
    Open,
    Pinged {
        again: bool,
    },
}

/// What to do to the socket now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Open {
        not: Option<u16>,
    },
    Ping,
    /// It does not answer; its successor is opened later.
    Close,
}

impl Socket {
    pub(super) fn new(seed: Seed, now: LocalTime) -> Self {
        Self { seed, backoff: Backoff::new(), hub: None, state: State::Off, until: now }
    }

    /// Takes in whether the server pushes. Says whether a socket is there that has no purpose any more.
    pub(super) fn offer(&mut self, pushes: bool, now: LocalTime) -> bool {
        if pushes == self.is_offered() {
            return false;
        }
        let is_there = !matches!(self.state, State::Off | State::Waiting);
        self.turn(if pushes { State::Waiting } else { State::Off }, now);
        is_there
    }

    /// Returns what to do at `now`. What it says is taken as done.
    pub(super) fn poll(&mut self, now: LocalTime) -> Option<Due> {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        match self.state {
            State::Off => None,
            State::Waiting => {
                self.turn(State::Opening, now + OPEN_MAX);
                Some(Due::Open { not: self.hub })
            }
            State::Open => {
                self.turn(State::Pinged { again: false }, now + PONG_MAX);
                Some(Due::Ping)
            }
            // Who comes this late was asleep, and the pong may lie beside the bed.
            State::Pinged { again: false } if now - self.until >= PONG_MAX => {
                self.turn(State::Pinged { again: true }, now + PONG_MAX);
                Some(Due::Ping)
            }
            State::Opening | State::Pinged { .. } => {
                self.lose(now);
                Some(Due::Close)
            }
        }
    }

    /// Takes in that a state came through it, from `hub`.
    pub(super) fn handle_push(&mut self, hub: u16, now: LocalTime) {
        if self.state == State::Opening {
            self.backoff = Backoff::new();
            let wait = self.seed.span_below(PING_WAIT);
            self.turn(State::Open, now + wait);
        }
        if self.is_open() {
            self.hub = Some(hub);
        }
    }

    /// Takes in that the ping was answered.
    pub(super) fn handle_pong(&mut self, now: LocalTime) {
        if self.is_open() {
            self.turn(State::Open, now + PING_WAIT);
        }
    }

    /// Takes in that it was closed, or could not be opened.
    pub(super) fn handle_closed(&mut self, now: LocalTime) {
        if matches!(self.state, State::Opening | State::Open | State::Pinged { .. }) {
            self.lose(now);
        }
    }

    /// Takes in that the device slept, or the network is back: pings, or opens, now.
    pub(super) fn handle_doubt(&mut self, now: LocalTime) {
        if matches!(self.state, State::Waiting | State::Open) {
            self.until = self.until.min(now);
        }
    }

    /// Takes in that the server is back from not answering: the long waits were for as long as it was gone.
    pub(super) fn handle_return(&mut self, now: LocalTime) {
        if self.state == State::Waiting {
            self.backoff = Backoff::new();
            self.until = self.until.min(now + self.backoff.next_wait(&mut self.seed));
        }
    }

    /// Returns whether the server pushes.
    pub(super) fn is_offered(&self) -> bool {
        self.state != State::Off
    }

    /// Returns whether changes come through it, for all that is known.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open | State::Pinged { .. })
    }

    /// Returns whether it is lost, or could not be opened.
    pub(super) fn is_waiting(&self) -> bool {
        self.state == State::Waiting
    }

    pub(super) fn deadline(&self) -> Option<LocalTime> {
        self.is_offered().then_some(self.until)
    }

    fn lose(&mut self, now: LocalTime) {
        let wait = self.backoff.next_wait(&mut self.seed);
        self.turn(State::Waiting, now + wait);
    }

    fn turn(&mut self, state: State, until: LocalTime) {
        (self.state, self.until) = (state, until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    /// A socket that was opened at 0 and heard of its hub, number 2, at 100 ms.
    fn open() -> Socket {
        let mut socket = Socket::new(Seed::new(1), at(0));
        assert!(!socket.offer(true, at(0)));
        assert_eq!(socket.poll(at(0)), Some(Due::Open { not: None }));
        socket.handle_push(2, at(100));
        assert!(socket.is_open());
        socket
    }

    #[test]
    fn it_is_pinged_every_15_seconds_from_anywhere_within_the_first() {
        let mut socket = open();
        let first = socket.deadline().unwrap();
        assert!(at(100) <= first && first < at(15_100), "{first:?}");
        assert_eq!(socket.poll(first - Span::from_micros(1)), None);
        assert_eq!(socket.poll(first), Some(Due::Ping));
        assert_eq!(socket.poll(first + Span::from_millis(2_999)), None);
        let answered = first + Span::from_millis(40);
        socket.handle_pong(answered);
        assert_eq!(socket.deadline(), Some(answered + Span::from_millis(15_000)));
    }

    #[test]
    fn one_that_does_not_answer_for_3_seconds_is_closed_and_another_hub_asked() {
        let mut socket = open();
        let pinged = socket.deadline().unwrap();
        socket.poll(pinged);
        assert_eq!(socket.poll(pinged + Span::from_millis(3_000)), Some(Due::Close));
        assert!(socket.is_waiting());
        let again = socket.deadline().unwrap();
        assert!(again - pinged < Span::from_millis(13_000));
        assert_eq!(socket.poll(again), Some(Due::Open { not: Some(2) }));
        socket.handle_push(3, again);
        socket.handle_closed(again);
        let next = socket.deadline().unwrap();
        assert_eq!(socket.poll(next), Some(Due::Open { not: Some(3) }));
    }

    #[test]
    fn one_through_which_nothing_comes_for_10_seconds_is_given_up() {
        let mut socket = Socket::new(Seed::new(1), at(0));
        socket.offer(true, at(0));
        for longest in [10_000, 20_000, 40_000, 60_000, 60_000] {
            let opened = socket.deadline().unwrap();
            assert_eq!(socket.poll(opened), Some(Due::Open { not: None }));
            assert_eq!(socket.poll(opened + Span::from_millis(9_999)), None);
            assert_eq!(socket.poll(opened + Span::from_millis(10_000)), Some(Due::Close));
            let wait = socket.deadline().unwrap() - opened;
            assert!(wait < Span::from_millis(10_000 + longest), "{wait:?}");
        }
    }

    #[test]
    fn who_slept_over_the_pong_asks_once_more() {
        let mut socket = open();
        let pinged = socket.deadline().unwrap();
        socket.poll(pinged);
        let woke = pinged + Span::from_millis(30_000);
        assert_eq!(socket.poll(woke), Some(Due::Ping));
        assert!(socket.is_open());
        // However late the next look is: it was asked twice.
        assert_eq!(socket.poll(woke + Span::from_millis(30_000)), Some(Due::Close));
    }

    #[test]
    fn doubt_pings_or_opens_at_once() {
        let mut socket = open();
        let now = at(200).min(socket.deadline().unwrap());
        socket.handle_doubt(now);
        assert_eq!(socket.poll(now), Some(Due::Ping));
        socket.handle_doubt(now);
        assert_eq!(socket.poll(now), None, "a ping is on its way already");
        socket.handle_closed(now);
        socket.handle_doubt(now);
        assert_eq!(socket.poll(now), Some(Due::Open { not: Some(2) }));
    }

    #[test]
    fn when_the_server_is_back_it_is_tried_within_10_seconds() {
        for viewer in 0..100 {
            let mut socket = Socket::new(Seed::new(viewer), at(0));
            socket.offer(true, at(0));
            let mut now = at(0);
            for _ in 0..6 {
                socket.poll(now);
                socket.handle_closed(now);
                now = socket.deadline().unwrap();
            }
            let before = socket.deadline().unwrap();
            let now = at(0);
            socket.handle_return(now);
            let after = socket.deadline().unwrap();
            assert!(after <= before && after - now < Span::from_millis(10_000), "{after:?}");
        }
        // One that is open stays as it is.
        let mut socket = open();
        let before = socket.deadline();
        socket.handle_return(at(200));
        assert_eq!(socket.deadline(), before);
    }

    #[test]
    fn a_crowd_that_lost_its_hub_returns_within_10_seconds_and_evenly() {
        let mut seconds = [0; 10];
        for viewer in 0..2_000 {
            let mut socket = Socket::new(Seed::new(viewer), at(0));
            socket.offer(true, at(0));
            socket.poll(at(0));
            socket.handle_push(0, at(0));
            socket.handle_closed(at(0));
            seconds[usize::try_from((socket.deadline().unwrap() - at(0)).as_millis() / 1_000).unwrap()] += 1;
        }
        assert!(seconds.iter().all(|count| (150..250).contains(count)), "{seconds:?}");
    }

    #[test]
    fn a_server_that_no_longer_pushes_is_left_in_peace() {
        let mut socket = open();
        assert!(socket.offer(false, at(500)));
        assert_eq!((socket.deadline(), socket.poll(at(500))), (None, None));
        assert!(!socket.offer(false, at(600)));
        // What it still says changes nothing.
        socket.handle_push(2, at(700));
        socket.handle_pong(at(700));
        socket.handle_closed(at(700));
        assert_eq!(socket.deadline(), None);
    }
}
