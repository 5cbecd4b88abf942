//! What a worker remembers of refusals, so that it can refuse the next viewer without calling a hub.

use alloc::collections::BTreeMap;

use super::address::Address;
use super::bucket::{Bucket, Rate};
use crate::time::{ServerTime, Span};

/// The places of those who are asked to come back: 400 a second, which four hubs take, over 20 s at most.
const RETURNS: Rate = Rate::per_second(400, 8_000);

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

/// The door to all hubs, as one worker sees it.
///
/// ```
/// use downbeat_core::fanout::{Door, RefuseBy};
/// use downbeat_core::{ServerTime, Span};
/// let now = ServerTime::from_millis(1_704_067_200_000);
/// let mut door = Door::default();
/// // Of 1,000 who find no room, each gets a place of their own, 2.5 ms after the one before.
/// let waits: Vec<_> = (0..1_000).map(|_| door.refuse(now)).collect();
/// assert_eq!((waits[0].wait, waits[0].by), (Span::from_millis(1_000), RefuseBy::Closing));
/// assert_eq!((waits[999].wait, waits[999].by), (Span::from_millis(2_500), RefuseBy::Answer));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Door {
    returns: Bucket,
    closes: Bucket,
    /// Until when a hub takes no socket of an address.
    dropping: BTreeMap<Address, ServerTime>,
}

impl Door {
    /// Returns how to refuse a viewer for whom no hub has room now.
    pub fn refuse(&mut self, now: ServerTime) -> ComeBack {
        let wait = self.returns.spend(RETURNS, now).max(RETURN_WAIT);
        self.come_back(wait, now)
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

    #[test]
    fn nobody_is_asked_to_wait_longer_than_20_seconds() {
        let mut door = Door::default();
        let longest = (0..100_000).map(|_| door.refuse(at(0)).wait).max().unwrap();
        assert_eq!(longest, Span::from_millis(20_000));
        assert_eq!(door.refuse(at(20_000)).wait, RETURN_WAIT);
    }

    #[test]
    fn those_who_only_join_and_leave_make_nobody_wait() {
        let mut door = Door::default();
        let address = "203.0.113.7".parse().unwrap();
        (0..10_000).for_each(|_| assert_eq!(door.refuse_dropping(at(0)).wait, RETURN_WAIT));
        assert_eq!(door.refuse(at(0)).wait, RETURN_WAIT);
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
