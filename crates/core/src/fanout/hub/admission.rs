//! Who may join a hub.

use super::super::bucket::{Bucket, Rate};
use super::super::choice::joins_instead;
use crate::time::{ServerTime, Span};

/// How many viewers join a hub in a second: 150 after the first 100.
///
/// Reason: a join that is dropped again takes 1.1 ms of a processor (500 a second took 56 % of one), and in one process
/// four hubs share a thread. So joins use two thirds of it at most, and a change that arrives behind a burst of all four
/// waits half a second.
pub const JOINS_PER_SECOND: u32 = 150;

const JOINS: Rate = Rate::per_second(JOINS_PER_SECOND, 100);

/// How many sockets a hub takes, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From here on it is crowded: it takes only viewers who found no room elsewhere.
    pub crowded: u32,
    /// From here on it is full.
    pub full: u32,
    /// A socket that has not pinged for so long is closed.
    pub silent_after: Span,
}

/// The limit that applies to a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::crowded`], while other hubs may have room.
    Crowded,
    /// [`Limits::full`], for a viewer whose other tries failed.
    Full,
}

/// Why a hub cannot serve a viewer or a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubError {
    /// The event does not exist.
    UnknownEvent,
    /// The event does not answer.
    NoAnswer,
    /// The hub has no room.
    Full {
        /// The hub to try instead; `None` if the event has no other.
        instead: Option<u16>,
    },
    /// The hub sends a change, or as many have joined as it takes in a second.
    Busy {
        /// The hub to try instead; `None` if the event has no other.
        instead: Option<u16>,
    },
    /// Too many sockets from the viewer's address were dropped right after they had joined.
    Dropping {
        /// When the hub takes the next one from that address.
        wait: Span,
    },
}

/// How fast viewers join.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Joins(Bucket);

/// The sockets of a hub, counted as seldom as possible.
#[derive(Clone, Debug)]
pub(super) struct Capacity {
    limits: Limits,
    /// How many there are, including those that closed after the last count.
    sockets_at_most: u32,
    /// From how many on the event is told again.
    told_from: u32,
}

/// Whether the event should know how full a hub is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filling {
    /// It is at least half full, and fuller than when the event last heard of it.
    More,
    /// There is nothing new.
    Same,
}

impl Limits {
    /// Crowded at 2,000, which a broadcast reaches within 60 ms; full at 10,000. (The runtime's own limit is 32,768, and
    /// passing it throws.) Silent after 90 s: viewers ping every 15 s and give a socket up after 3 s without an answer, so
    /// this is four of their intervals, and half a minute for networks that stall.
    pub const DEFAULT: Self = Self { crowded: 2_000, full: 10_000, silent_after: Span::from_millis(90_000) };
}

impl Joins {
    /// Returns whether one more may join now.
    pub(super) fn have_room(&self, now: ServerTime) -> bool {
        self.0.wait(JOINS, now) == Span::ZERO
    }

    /// Counts a viewer who joins.
    pub(super) fn take(&mut self, now: ServerTime) {
        self.0.spend(JOINS, now);
    }
}

impl Capacity {
    pub(super) const fn new(limits: Limits, sockets: u32) -> Self {
        Self { limits, sockets_at_most: sockets, told_from: limits.crowded / 2 }
    }

    /// Checks that hub `number` of `hubs` has room.
    pub(super) fn check(
        &mut self,
        limit: Limit,
        number: u16,
        hubs: u16,
        count: impl FnOnce() -> u32,
    ) -> Result<(), HubError> {
        let limit = match limit {
            Limit::Crowded => self.limits.crowded,
            Limit::Full => self.limits.full,
        };
        if self.sockets_at_most >= limit {
            self.sockets_at_most = count();
        }
        if number >= hubs || self.sockets_at_most >= limit {
            return Err(HubError::Full { instead: joins_instead(hubs, number) });
        }
        Ok(())
    }

    pub(super) const fn silent_after(&self) -> Span {
        self.limits.silent_after
    }

    /// Counts one more. The event is told from half of [`Limits::crowded`] on, at each tenth of it.
    pub(super) const fn add(&mut self) -> Filling {
        self.sockets_at_most += 1;
        if self.sockets_at_most < self.told_from {
            return Filling::Same;
        }
        self.told_from = self.sockets_at_most + self.step();
        Filling::More
    }

    pub(super) fn recount(&mut self, sockets: u32) {
        self.sockets_at_most = sockets;
        self.told_from = self.told_from.min(sockets + self.step()).max(self.limits.crowded / 2);
    }

    const fn step(&self) -> u32 {
        if self.limits.crowded < 20 { 1 } else { self.limits.crowded / 10 }
    }

    pub(super) const fn crowded(&self) -> u32 {
        self.limits.crowded
    }

    pub(super) const fn sockets_at_most(&self) -> u32 {
        self.sockets_at_most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    #[test]
    fn sockets_are_counted_only_when_a_limit_seems_reached() {
        let mut capacity = Capacity::new(Limits { crowded: 2, full: 3, ..Limits::DEFAULT }, 1);
        assert_eq!(capacity.check(Limit::Crowded, 0, 1, || panic!("there is room")), Ok(()));
        capacity.add();
        // One has left since.
        assert_eq!(capacity.check(Limit::Crowded, 0, 1, || 1), Ok(()));
        capacity.add();
        let full = |instead| Err(HubError::Full { instead });
        assert_eq!(capacity.check(Limit::Crowded, 0, 2, || 2), full(Some(1)));
        assert_eq!(capacity.check(Limit::Full, 0, 2, || panic!("there is room")), Ok(()));
        capacity.add();
        assert_eq!(capacity.check(Limit::Full, 0, 1, || 3), full(None));
    }

    #[test]
    fn the_event_is_told_of_a_hub_that_fills_at_each_tenth() {
        let mut capacity = Capacity::new(Limits { crowded: 200, full: 400, ..Limits::DEFAULT }, 0);
        let mut told = |count| (0..count).filter(|_| capacity.add() == Filling::More).count();
        assert_eq!([told(99), told(1), told(19), told(1), told(280)], [0, 1, 0, 1, 14]);
        // Most have left, and it fills again.
        capacity.recount(30);
        let mut told = |count| (0..count).filter(|_| capacity.add() == Filling::More).count();
        assert_eq!([told(69), told(1)], [0, 1]);
    }

    #[test]
    fn a_hub_the_event_no_longer_has_takes_nobody() {
        let mut capacity = Capacity::new(Limits::DEFAULT, 0);
        let instead = joins_instead(4, 5);
        assert!(instead.is_some_and(|hub| hub < 4));
        assert_eq!(capacity.check(Limit::Full, 5, 4, || 0), Err(HubError::Full { instead }));
    }

    #[test]
    fn a_crowd_is_taken_at_a_steady_rate() {
        let mut joins = Joins::default();
        let mut taken =
            |ms| (0..2_000).filter(|_| joins.have_room(at(ms)).then(|| joins.take(at(ms))).is_some()).count();
        assert_eq!([taken(0), taken(6), taken(7), taken(1_007), taken(60_000)], [100, 0, 1, 100, 100]);
    }
}
