//! How many viewers have applied a change, and how late, by a sample of them.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::bounds::Bounds;
use crate::event::HUBS_MAX;
use crate::name::Rev;
use crate::order::sort_by_key;
use crate::time::{ServerTime, Span};

/// How many viewers of an event are asked to acknowledge a change: about 512. From a sample of this size, the share of
/// viewers who have applied it is known within 4.4 points, 19 times out of 20.
const SAMPLE: u32 = 512;

/// The greatest lateness that is counted: 65,535 ms. More counts as this.
const LATEST: i64 = u16::MAX as i64;

/// A viewer's acknowledgement of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// The revision that was applied; 0 says that the viewer goes on with another epoch or revision than it was sent.
    pub rev: Rev,
    /// When it was applied, as the viewer estimates the server's time.
    pub applied_at: ServerTime,
    /// How wrong the viewer's clock may be. Clients from before that was said leave it out.
    pub bound: Option<Span>,
    /// Whether the event's rundown could not be loaded.
    pub lacks_rundown: bool,
    /// Whether the viewer cannot check a state that was signed in an emergency, though the event has a key for that.
    pub lacks_emergency: bool,
}

impl Ack {
    /// Returns the acknowledgement that `rev` was applied at `applied_at`, and that nothing is missing.
    pub const fn new(rev: Rev, applied_at: ServerTime) -> Self {
        Self { rev, applied_at, bound: None, lacks_rundown: false, lacks_emergency: false }
    }
}

/// What the viewers of one hub said of the current change.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Share {
    /// How many were asked.
    pub asked: u32,
    /// How late each of those who applied it was, in ms after the change's effect.
    pub late: Vec<u16>,
    /// How many go on with another epoch or revision for now. A hub from before leaves this and what follows out.
    #[serde(default)]
    pub elsewhere: u32,
    /// Of those who applied it, how many could not load the rundown.
    #[serde(default)]
    pub lack_rundown: u32,
    /// Of those who applied it and said how exact their clock is, how many cannot check a signed state.
    #[serde(default)]
    pub lack_emergency: u32,
    /// How exact the clocks are of those who applied it and said so.
    #[serde(default)]
    pub bounds: Bounds,
}

impl Share {
    /// Returns how many of its `sockets` viewers hub number `hub` of `hubs` asks. Where there are more hubs than viewers to
    /// ask, only some hubs ask one.
    pub fn sample(hub: u16, hubs: u16, sockets: u32) -> u32 {
        let hubs = u32::from(hubs.clamp(1, HUBS_MAX));
        let before = |hub: u32| hub * SAMPLE / hubs;
        let hub = u32::from(hub).min(hubs - 1);
        (before(hub + 1) - before(hub)).min(sockets)
    }

    /// Returns whether the viewer at `place` of `sockets` is one of `asked`: evenly spread over all of them.
    pub fn asks(place: u32, sockets: u32, asked: u32) -> bool {
        let at = |place: u32| u64::from(place) * u64::from(asked) / u64::from(sockets.max(1));
        at(place + 1) > at(place)
    }

    /// Counts that one who was asked applied the change this `late` after its effect, in time counts as 0, and what their
    /// `ack` says besides.
    pub fn applied(&mut self, ack: &Ack, late: Span) {
        if self.late.len() < self.asked as usize {
            self.late.push(late.as_millis().clamp(0, LATEST) as u16);
            self.lack_rundown += u32::from(ack.lacks_rundown);
            self.lack_emergency += u32::from(ack.lacks_emergency);
            ack.bound.into_iter().for_each(|bound| self.bounds.add(bound));
        }
    }
}

/// The shares of all hubs together.
///
/// ```
/// use downbeat_core::fanout::{Share, Tally};
/// let share = |asked, late: &[u16]| Share { asked, late: late.to_vec(), ..Share::default() };
/// let shares = [share(3, &[0, 40]), share(2, &[90])];
/// let tally = Tally::of(&shares);
/// assert_eq!((tally.asked(), tally.applied(), tally.percentile(50)), (5, 3, Some(40)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    asked: u64,
    late: Vec<u16>,
    elsewhere: u64,
    lack_rundown: u64,
    lack_emergency: u64,
    bounds: Bounds,
}

impl Tally {
    /// Adds shares up.
    pub fn of<'a>(shares: impl IntoIterator<Item = &'a Share>) -> Self {
        let mut tally = Self::default();
        for share in shares {
            tally.asked += u64::from(share.asked);
            tally.late.extend(&share.late);
            tally.elsewhere += u64::from(share.elsewhere);
            tally.lack_rundown += u64::from(share.lack_rundown);
            tally.lack_emergency += u64::from(share.lack_emergency);
            tally.bounds.merge(&share.bounds);
        }
        sort_by_key(&mut tally.late, |late| (i64::from(*late), 0));
        tally
    }

    /// Returns how many were asked.
    pub const fn asked(&self) -> u64 {
        self.asked
    }

    /// Returns how many have applied it.
    pub const fn applied(&self) -> u64 {
        self.late.len() as u64
    }

    /// Returns how many go on with another epoch or revision for now.
    pub const fn elsewhere(&self) -> u64 {
        self.elsewhere
    }

    /// Returns how many of those who applied it could not load the rundown.
    pub const fn lack_rundown(&self) -> u64 {
        self.lack_rundown
    }

    /// Returns how many of those who said how exact their clock is cannot check a signed state.
    pub const fn lack_emergency(&self) -> u64 {
        self.lack_emergency
    }

    /// Returns how exact the clocks are of those who said so.
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Returns how late `percent` of those who applied it were at most, in ms after its effect; `None` if nobody has.
    pub fn percentile(&self, percent: u8) -> Option<u64> {
        // The nearest rank: the smallest value that at least this share does not exceed.
        let rank = (self.late.len() * usize::from(percent.min(100))).div_ceil(100);
        self.late.get(rank.max(1) - 1).map(|late| u64::from(*late))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ack(bound: i64, lacks: bool) -> Ack {
        let bound = Some(Span::from_millis(bound));
        Ack { bound, lacks_rundown: lacks, lacks_emergency: lacks, ..Ack::new(Rev::FIRST, ServerTime::from_millis(0)) }
    }

    #[test]
    fn the_sample_is_spread_evenly_and_as_large_as_it_says() {
        for (sockets, asked) in [(0, 0), (1, 1), (7, 3), (100, 100), (2_000, 128), (32_768, 512)] {
            let places: Vec<u32> = (0..sockets).filter(|place| Share::asks(*place, sockets, asked)).collect();
            assert_eq!(places.len() as u32, asked, "{asked} of {sockets}");
            let widest = places.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(1);
            assert!(widest <= sockets / asked.max(1) + 1, "{asked} of {sockets}");
        }
    }

    #[test]
    fn all_hubs_together_ask_512() {
        for hubs in [1, 4, 13, 64, 512, 700, HUBS_MAX] {
            let asked = |hub| Share::sample(hub, hubs, 1_500);
            assert_eq!((0..hubs).map(asked).sum::<u32>(), 512, "{hubs} hubs");
            let (least, most) = ((0..hubs).map(asked).min(), (0..hubs).map(asked).max());
            assert!(most.unwrap() - least.unwrap() <= 1, "{hubs} hubs");
        }
        assert_eq!((Share::sample(0, 4, 3), Share::sample(0, 0, 9), Share::sample(9, 4, 200)), (3, 9, 128));
    }

    #[test]
    fn no_more_are_counted_than_were_asked() {
        let mut share = Share { asked: 2, ..Share::default() };
        for ms in [-5, 70_000, 3] {
            share.applied(&ack(7, true), Span::from_millis(ms));
        }
        assert_eq!(share.late, [0, u16::MAX]);
        assert_eq!((share.lack_rundown, share.lack_emergency, share.bounds.total()), (2, 2, 2));
    }

    #[test]
    fn shares_are_added_up_and_those_of_a_hub_from_before_count_too() {
        let mut share = Share { asked: 3, elsewhere: 1, ..Share::default() };
        share.applied(&ack(4, false), Span::ZERO);
        share.applied(&ack(300, true), Span::from_millis(9));
        let before: Share = serde_json::from_str(r#"{"asked":2,"late":[5],"later":"unknown"}"#).unwrap();
        assert_eq!(before, Share { asked: 2, late: vec![5], ..Share::default() });
        let tally = Tally::of(&[share.clone(), before, share]);
        assert_eq!((tally.asked(), tally.applied(), tally.elsewhere()), (8, 5, 2));
        assert_eq!((tally.lack_rundown(), tally.lack_emergency(), tally.bounds().total()), (2, 2, 4));
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let tally = Tally::of(&[Share { asked: 100, late: (1..=100).rev().collect(), ..Share::default() }]);
        assert_eq!([0, 50, 95, 100].map(|percent| tally.percentile(percent)), [1, 50, 95, 100].map(Some));
        assert_eq!(Tally::of(&[Share { asked: 1, late: vec![7], ..Share::default() }]).percentile(95), Some(7));
        assert_eq!(Tally::default().percentile(50), None);
    }
}
