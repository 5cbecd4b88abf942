//! Addresses whose sockets are dropped right after they have joined.
//!
//! An audience behind one router has one address, and so has a load test: neither is limited. Only joining and leaving
//! at once is, since that is work for everyone else and of no use to anybody. Each socket that stays makes up for one that
//! was dropped: where many wait for a slow server, some give up, and the others must not suffer for that.

use alloc::collections::{BTreeMap, VecDeque};

use super::super::address::Address;
use super::super::bucket::{Bucket, Rate};
use crate::time::{ServerTime, Span};

/// A socket that closes within 5 s of joining counts as dropped.
const DROPPED_WITHIN: Span = Span::from_millis(5_000);

/// How many sockets of one address may be dropped: 20 a second after the first 40. A page that is reloaded by forty
/// people at once drops as many. On a busy thread a hub learns late that sockets were dropped, and takes more meanwhile:
/// it makes up for 100 of them, which is 5 s without another.
const DROPS: Rate = Rate::per_second(20, 40).with_debt(100);

/// The most addresses that are kept: 1,000, about 40 KB.
const ADDRESSES_MAX: usize = 1_000;

/// What a hub remembers of sockets that were dropped. An eviction forgets it.
#[derive(Clone, Debug)]
pub(super) struct Drops<S> {
    /// The sockets that joined within the last 5 s, the oldest first. The rate of joins bounds how many.
    recent: VecDeque<(ServerTime, Address, S)>,
    /// The addresses whose buckets are not full.
    buckets: BTreeMap<Address, Bucket>,
}

impl<S> Default for Drops<S> {
    fn default() -> Self {
        Self { recent: VecDeque::new(), buckets: BTreeMap::new() }
    }
}

impl<S: PartialEq> Drops<S> {
    /// Checks that a socket from `address` may join.
    ///
    /// # Errors
    /// How long it takes until one may.
    pub(super) fn check(&self, address: Address, now: ServerTime) -> Result<(), Span> {
        match self.buckets.get(&address).map_or(Span::ZERO, |bucket| bucket.wait(DROPS, now)) {
            Span::ZERO => Ok(()),
            wait => Err(wait),
        }
    }

    /// Notes a socket that joined.
    pub(super) fn handle_joined(&mut self, socket: S, address: Address, now: ServerTime) {
        self.forget_old(now);
        self.recent.push_back((now, address, socket));
    }

    /// Counts a socket that closed, if that was right after it had joined.
    pub(super) fn handle_closed(&mut self, socket: &S, now: ServerTime) {
        self.forget_old(now);
        let place = self.recent.iter().position(|(_, _, other)| other == socket);
        let Some((_, address, _)) = place.and_then(|place| self.recent.remove(place)) else { return };
        if self.buckets.len() >= ADDRESSES_MAX && !self.buckets.contains_key(&address) {
            self.make_room(now);
        }
        self.buckets.entry(address).or_default().spend(DROPS, now);
    }

    /// A clock that stepped back makes all of them old.
    fn forget_old(&mut self, now: ServerTime) {
        let is_old = |joined: ServerTime| !(Span::ZERO..DROPPED_WITHIN).contains(&(now - joined));
        while self.recent.front().is_some_and(|(joined, _, _)| is_old(*joined)) {
            let (_, address, _) = self.recent.pop_front().expect("it was just there");
            if let Some(bucket) = self.buckets.get_mut(&address) {
                bucket.give_back(DROPS);
            }
        }
    }

    /// Drops the addresses that may drop as many sockets as ever; without any, the one that is nearest to it.
    fn make_room(&mut self, now: ServerTime) {
        self.buckets.retain(|_, bucket| !bucket.is_full(now));
        if self.buckets.len() >= ADDRESSES_MAX
            && let Some(best) = self.buckets.iter().min_by_key(|(_, bucket)| bucket.wait(DROPS, now)).map(|(it, _)| *it)
        {
            self.buckets.remove(&best);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    fn address(number: u8) -> Address {
        alloc::format!("203.0.113.{number}").parse().unwrap()
    }

    #[test]
    fn an_audience_behind_one_address_is_not_limited() {
        let mut drops = Drops::default();
        for socket in 0..2_000 {
            assert_eq!(drops.check(address(1), at(socket)), Ok(()));
            drops.handle_joined(socket, address(1), at(socket));
        }
        // They leave after the show, all at once.
        (0..2_000).for_each(|socket| drops.handle_closed(&socket, at(7_000)));
        assert_eq!(drops.check(address(1), at(7_000)), Ok(()));
    }

    #[test]
    fn sockets_that_are_dropped_at_once_limit_their_address_and_no_other() {
        let mut drops = Drops::default();
        let mut joined = 0;
        for socket in 0..1_000 {
            if drops.check(address(1), at(socket)).is_ok() {
                joined += 1;
                drops.handle_joined(socket, address(1), at(socket));
                drops.handle_closed(&socket, at(socket));
            }
        }
        // The first 40, and 20 in the second.
        assert!((58..=61).contains(&joined), "{joined}");
        drops.handle_joined(1_000, address(1), at(1_000));
        drops.handle_closed(&1_000, at(1_000));
        assert!(drops.check(address(1), at(1_000)).is_err());
        assert_eq!(drops.check(address(2), at(1_000)), Ok(()));
        assert_eq!(drops.check(address(1), at(1_060)), Ok(()), "it may join again in a moment");
    }

    #[test]
    fn those_who_stay_make_up_for_those_who_give_up() {
        let mut drops = Drops::default();
        let mut refused = [0, 0];
        // A hundred a second join for 20 s. In one address every second one gives up, in another all of them do.
        for socket in 0..2_000 {
            for (index, refused) in refused.iter_mut().enumerate() {
                let (address, now) = (address(index as u8), at(socket * 10));
                if drops.check(address, now).is_err() {
                    *refused += 1;
                    continue;
                }
                drops.handle_joined((socket, index), address, now);
                if index == 1 || socket % 2 == 0 {
                    drops.handle_closed(&(socket, index), now);
                }
            }
        }
        // Before the first ones have stayed for 5 s, nothing tells them apart.
        assert!(refused[0] < 500, "{refused:?}");
        assert!(refused[1] > 1_500, "{refused:?}");
    }

    #[test]
    fn a_socket_counts_once_and_one_that_stayed_does_not() {
        let mut drops = Drops::default();
        drops.handle_joined(7, address(1), at(0));
        (0..100).for_each(|_| drops.handle_closed(&7, at(1)));
        drops.handle_joined(8, address(1), at(2));
        drops.handle_closed(&8, at(5_002));
        assert!(drops.buckets[&address(1)].is_full(at(51)));
    }

    #[test]
    fn what_is_kept_is_bounded_and_those_who_drop_most_stay() {
        let mut drops = Drops::default();
        let mut drop_one = |address: Address, socket| {
            drops.handle_joined(socket, address, at(0));
            drops.handle_closed(&socket, at(0));
        };
        (0..60).for_each(|socket| drop_one(address(1), socket));
        for number in 0..20_000_u32 {
            drop_one(core::net::Ipv4Addr::from_bits(number).to_string().parse().unwrap(), number);
        }
        assert_eq!((drops.buckets.len(), drops.recent.len()), (ADDRESSES_MAX, 0));
        assert!(drops.check(address(1), at(0)).is_err());
    }
}
