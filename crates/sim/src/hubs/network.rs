//! Messages on their way.

use downbeat_core::{Seed, ServerTime, Span};
use std::collections::BTreeMap;

use super::counts::Counts;
use super::message::Message;

/// A network: what is on its way, by when it arrives.
#[derive(Debug)]
pub(super) struct Network {
    seed: Seed,
    messages: BTreeMap<(ServerTime, u32), Message>,
    sent: u32,
    /// How many strangers came so far.
    pub(super) strangers: u32,
    is_well: bool,
    pub(super) counts: Counts,
}

impl Network {
    pub(super) fn new(seed: Seed) -> Self {
        Self { seed, messages: BTreeMap::new(), sent: 0, strangers: 0, is_well: false, counts: Counts::default() }
    }

    pub(super) fn heal(&mut self) {
        self.is_well = true;
        self.messages.retain(|_, message| !matches!(message, Message::Change));
    }

    /// Returns a seed for a part of the world.
    pub(super) const fn seed(&mut self) -> Seed {
        Seed::new(self.seed.next_u64())
    }

    /// Returns a number from 0 to below `limit`.
    pub(super) const fn below(&mut self, limit: i64) -> i64 {
        self.seed.span_below(Span::from_micros(limit)).as_micros()
    }

    /// Returns whether something happens that does `percent` of the time.
    pub(super) const fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// Returns whether a fault happens that does `percent` of the time; none does once the network is well.
    pub(super) const fn happens(&mut self, percent: i64) -> bool {
        !self.is_well && self.chance(percent)
    }

    /// Returns whether a message is lost: about one in eight.
    pub(super) const fn loses(&mut self) -> bool {
        let loses = self.happens(12);
        self.counts.lost += loses as u32;
        loses
    }

    /// Returns how long a message takes: 60 ms at most, and now and then up to 4 s.
    pub(super) const fn delay(&mut self) -> Span {
        let most = if self.happens(20) { 4_000 } else { 60 };
        self.seed.span_below(Span::from_millis(most))
    }

    /// Sends a message that arrives at `at` for certain.
    pub(super) fn send(&mut self, at: ServerTime, message: Message) {
        self.sent += 1;
        self.messages.insert((at, self.sent), message);
    }

    /// Sends a message that may be lost or delayed.
    pub(super) fn transmit(&mut self, now: ServerTime, message: Message) {
        if !self.loses() {
            let delay = self.delay();
            self.send(now + delay, message);
        }
    }

    pub(super) fn next_arrival(&self) -> Option<ServerTime> {
        self.messages.keys().next().map(|(at, _)| *at)
    }

    pub(super) fn receive(&mut self) -> Option<Message> {
        self.messages.pop_first().map(|(_, message)| message)
    }
}
