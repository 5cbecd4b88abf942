//! Who may join a hub.

use super::super::choice::joins_instead;

/// How many sockets a hub takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From here on it is crowded: it takes only viewers who found no room elsewhere.
    pub crowded: u32,
    /// From here on it is full.
    pub full: u32,
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
}

/// The sockets of a hub, counted as seldom as possible.
#[derive(Clone, Debug)]
pub(super) struct Capacity {
    limits: Limits,
    /// How many there are, including those that closed after the last count.
    sockets_at_most: u32,
}

impl Limits {
    /// Crowded at 2,000, which a broadcast reaches within 60 ms; full at 10,000. (The runtime's own limit is 32,768, and
    /// passing it throws.)
    pub const DEFAULT: Self = Self { crowded: 2_000, full: 10_000 };
}

impl Capacity {
    pub(super) const fn new(limits: Limits, sockets: u32) -> Self {
        Self { limits, sockets_at_most: sockets }
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

    pub(super) const fn add(&mut self) {
        self.sockets_at_most += 1;
    }

    pub(super) const fn recount(&mut self, sockets: u32) {
        self.sockets_at_most = sockets;
    }

    pub(super) const fn sockets_at_most(&self) -> u32 {
        self.sockets_at_most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_counted_only_when_a_limit_seems_reached() {
        let mut capacity = Capacity::new(Limits { crowded: 2, full: 3 }, 1);
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
    fn a_hub_the_event_no_longer_has_takes_nobody() {
        let mut capacity = Capacity::new(Limits::DEFAULT, 0);
        let instead = joins_instead(4, 5);
        assert!(instead.is_some_and(|hub| hub < 4));
        assert_eq!(capacity.check(Limit::Full, 5, 4, || 0), Err(HubError::Full { instead }));
    }
}
