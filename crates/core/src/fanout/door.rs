//! Whom a worker lets join and when, and what it remembers of refusals, so that it can refuse the next viewer without
//! calling a hub.

use alloc::collections::BTreeMap;

use super::address::Address;
use super::bucket::{Bucket, Rate};
use super::hub::JOINS_PER_SECOND;
use crate::time::{ServerTime, Span};

/// The most joins that a worker begins in a second: 600.
///
/// Reason: in the local runtime hubs and worker share a thread, and a join takes 1.2 ms of it. The rest is for answers, for
/// those who arrive, and for changes.
const JOINS_MAX: u32 = 600;

/// How many of those begin at once: 8, which hold others up for 10 ms.
const JOINS_AT_ONCE: u32 = 8;

/// The longest time that a viewer waits for their turn: 8 s.
///
/// Reason: a join that waits costs both sides less than one that is refused and comes back. Sessions that know of no
/// overload give a socket up after 10 s.
const LINE_MAX: Span = Span::from_millis(8_000);

/// The furthest place that is given to a viewer who is not in the line: 90 s, so that nobody is asked to wait longer than 60 s.
const PLACE_MAX: Span = Span::from_millis(90_000);

/// The shortest wait of a viewer who is asked to come back: 1 s, the time a change needs.
const RETURN_WAIT: Span = Span::from_millis(1_000);

/// How many refused sockets are accepted and closed: 200 a second. A browser reads how long to wait from the close frame
/// only; that costs half as much again as an answer of HTTP (0.65 ms of a processor against 0.43), so beyond this the
/// rest get the answer.
const CLOSES: Rate = Rate::per_second(200, 200);

/// The most addresses that are kept: 1,000, about 40 KB.
const ADDRESSES_MAX: usize = 1_000;

/// How a viewer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComeBack {
    /// How long to wait, up to half as long again, before the next try.
    pub wait: Span,
    /// The way to say so.
    pub by: RefuseBy,
}

/// The way to say how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefuseBy {
    /// Accept the socket and close it with the wait as the reason: what browsers can read.
    Closing,
    /// Answer the request: what costs least.
    Answer,
}

/// What a viewer does who asks to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is their turn.
    Join,
    /// They wait for so long; then it is their turn.
    Wait(Span),
    /// They leave and come back: the line is too long.
    Refused(ComeBack),
}

/// The door to all hubs, as one worker sees it. Those who wait have places in a line, and those for whom it is too long have
/// places behind it, so that they come back as fast as they can join.
///
/// ```
/// use downbeat_core::fanout::{Door, RefuseBy, Turn};
/// use downbeat_core::{ServerTime, Span};
/// let now = ServerTime::from_millis(1_704_067_200_000);
/// let (mut door, joins) = (Door::default(), Door::joins(4));
/// let turns: Vec<_> = (0..6_000).map(|_| door.turn(joins, now)).collect();
/// assert_eq!(turns[..8], [Turn::Join; 8]);
/// assert!(matches!(turns[608], Turn::Wait(wait) if wait.as_millis() == 1_001));
/// // The line is 8 s long. Those behind it come up to half as long again after they were asked to, which is early enough.
/// let Turn::Refused(come_back) = turns[5_999] else { panic!("it is too long for them") };
/// assert_eq!((come_back.wait.as_millis(), come_back.by), (6_656, RefuseBy::Answer));
/// ```
#[derive(Clone, Debug)]
pub struct Door {
    line: Bucket,
    /// Until when places are given to those who are not in the line.
    given_until: ServerTime,
    closes: Bucket,
    /// Until when a hub takes no socket of an address.
    dropping: BTreeMap<Address, ServerTime>,
}

impl Default for Door {
    fn default() -> Self {
        let (line, closes, dropping) = Default::default();
        Self { line, given_until: ServerTime::from_millis(0), closes, dropping }
    }
}

impl Door {
    /// Returns the rate at which viewers may join an event that has this number of `hubs`.
    pub fn joins(hubs: u16) -> Rate {
        Rate::per_second((u32::from(hubs) * JOINS_PER_SECOND).clamp(1, JOINS_MAX), JOINS_AT_ONCE).with_debt(u32::MAX)
    }

    /// Returns when it is the turn of a viewer who asks to join, while they join at the rate `joins`.
    pub fn turn(&mut self, joins: Rate, now: ServerTime) -> Turn {
        match self.line.wait(joins, now) {
            wait if wait > LINE_MAX => Turn::Refused(self.refuse(joins, now)),
            wait => {
                self.line.spend(joins, now);
                if wait > Span::ZERO { Turn::Wait(wait) } else { Turn::Join }
            }
        }
    }

    /// Returns how long the line is.
    pub fn line(&self, joins: Rate, now: ServerTime) -> Span {
        self.line.wait(joins, now)
    }

    /// Returns how to refuse a viewer for whom no hub has room now, or the line is too long.
    pub fn refuse(&mut self, joins: Rate, now: ServerTime) -> ComeBack {
        let wait = self.place(joins, now).max(RETURN_WAIT);
        self.come_back(wait, now)
    }

    /// Returns how long a viewer should wait who has asked for the state, and will ask to join next; `None` if not at all.
    pub fn announce(&mut self, joins: Rate, now: ServerTime) -> Option<Span> {
        (self.line(joins, now) >= RETURN_WAIT).then(|| self.place(joins, now))
    }

    /// Gives a place to a viewer who is not in the line, and returns the wait to ask for: two thirds of the time until their
    /// turn, since clients add up to half of a wait to it. They spend the rest in the line.
    fn place(&mut self, joins: Rate, now: ServerTime) -> Span {
        let last = self.given_until.max(now + self.line(joins, now));
        self.given_until = (last + joins.every()).min(now + PLACE_MAX);
        Span::from_micros((self.given_until - now).as_micros() / 3 * 2)
    }

    /// Returns how to refuse a viewer whose address only joins and leaves. They get no place in the queue of all others.
    pub fn refuse_dropping(&mut self, now: ServerTime) -> ComeBack {
        self.come_back(RETURN_WAIT, now)
    }

    fn come_back(&mut self, wait: Span, now: ServerTime) -> ComeBack {
        let by = if self.closes.take(CLOSES, now).is_ok() { RefuseBy::Closing } else { RefuseBy::Answer };
        ComeBack { wait, by }
    }

    /// Notes that a hub takes no socket from `address` for so long.
    pub fn handle_dropping(&mut self, address: Address, wait: Span, now: ServerTime) {
        if self.dropping.len() >= ADDRESSES_MAX {
            self.dropping.retain(|_, until| now < *until);
        }
        if self.dropping.len() < ADDRESSES_MAX {
            self.dropping.insert(address, now + wait.min(RETURN_WAIT));
        }
    }

    /// Returns whether a hub would refuse a socket from `address`.
    pub fn is_dropping(&self, address: Address, now: ServerTime) -> bool {
        // A clock that stepped back must not lock anybody out.
        self.dropping.get(&address).is_some_and(|until| (Span::ZERO..=RETURN_WAIT).contains(&(*until - now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    fn ms(ms: i64) -> Span {
        Span::from_millis(ms)
    }

    #[test]
    fn nobody_is_asked_to_wait_longer_than_a_minute() {
        let mut door = Door::default();
        let waits = (0..100_000).filter_map(|_| match door.turn(Door::joins(4), at(0)) {
            Turn::Refused(come_back) => Some(come_back.wait),
            _ => None,
        });
        assert_eq!(waits.max(), Some(Span::from_millis(60_000)));
    }

    #[test]
    fn nobody_waits_longer_than_8_seconds() {
        let mut door = Door::default();
        let joins = Door::joins(1);
        let turns: Vec<_> = (0..10_000).map(|_| door.turn(joins, at(0))).collect();
        let longest = turns.iter().filter_map(|turn| if let Turn::Wait(wait) = turn { Some(wait) } else { None }).max();
        assert_eq!(longest.map(|wait| wait.as_millis()), Some(7_999));
        // 150 a second join, so half of the line is over after four seconds.
        assert!((ms(3_990)..=ms(4_010)).contains(&door.line(joins, at(4_000))));
        assert_eq!(door.line(joins, at(9_000)), Span::ZERO);
    }

    #[test]
    fn who_will_join_next_has_a_place_behind_the_line() {
        let mut door = Door::default();
        let joins = Door::joins(4);
        assert_eq!(door.announce(joins, at(0)), None, "nobody waits");
        (0..1_800).for_each(|_| _ = door.turn(joins, at(0)));
        let waits: Vec<_> = (0..3).map(|_| door.announce(joins, at(0)).unwrap().as_micros()).collect();
        assert!((1_990_000..2_000_000).contains(&waits[0]), "two thirds of three seconds: {waits:?}");
        // Two thirds of the time between two.
        assert!(waits.windows(2).all(|pair| (1_110..=1_112).contains(&(pair[1] - pair[0]))), "{waits:?}");
        // Once nobody waits in line, nobody is sent away.
        assert_eq!(door.announce(joins, at(2_500)), None);
        // A clock that stepped back.
        assert!(door.announce(joins, at(-3_600_000)).is_none_or(|wait| wait <= ms(60_000)));
    }

    #[test]
    fn a_slower_line_is_longer_for_those_who_come_then() {
        let mut door = Door::default();
        let joins = Door::joins(4);
        (0..608).for_each(|_| _ = door.turn(joins, at(0)));
        let Turn::Wait(wait) = door.turn(joins.slower(4), at(0)) else { panic!("there is room") };
        assert!((ms(900)..ms(1_100)).contains(&wait), "{wait:?}");
        let Turn::Wait(next) = door.turn(joins.slower(4), at(0)) else { panic!("there is room") };
        assert_eq!((next - wait).as_micros(), 4 * 1_666);
    }

    #[test]
    fn those_who_only_join_and_leave_make_nobody_wait() {
        let mut door = Door::default();
        let address = "203.0.113.7".parse().unwrap();
        (0..10_000).for_each(|_| assert_eq!(door.refuse_dropping(at(0)).wait, RETURN_WAIT));
        assert_eq!(door.refuse(Door::joins(4), at(0)).wait, RETURN_WAIT);
        door.handle_dropping(address, Span::from_millis(50), at(0));
        assert_eq!([-1, 0, 49, 51].map(|ms| door.is_dropping(address, at(ms))), [true, true, true, false]);
        assert!(!door.is_dropping(address, at(-3_600_000)));
        assert!(!door.is_dropping("203.0.113.8".parse().unwrap(), at(0)));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut door = Door::default();
        for number in 0..20_000_u32 {
            let address = core::net::IpAddr::from(core::net::Ipv4Addr::from_bits(number)).into();
            door.handle_dropping(address, Span::from_millis(50), at(i64::from(number) / 100));
            assert!(door.dropping.len() <= ADDRESSES_MAX);
        }
    }
}
