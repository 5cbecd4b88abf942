//! How many hubs an event needs: as many as its audience fills.

use alloc::vec::Vec;

use super::region::Region;
use crate::event::HUBS_MAX;

/// The part of a region's room that is left to new viewers when hubs are added: hubs are added once 60 % is taken.
///
/// Reason: at doors, a hub goes from 60 % to crowded in about a second, and a new hub is called within half of one.
const TAKEN_PERCENT_MAX: u64 = 60;

/// The part of a region's room that is taken after hubs were added: 40 %, so that a steady rush adds them seldom.
const TAKEN_PERCENT_AFTER: u64 = 40;

/// How many viewers are expected on one hub: 1,200, which is [`TAKEN_PERCENT_MAX`] of what makes it crowded.
const EXPECTED_PER_HUB: u32 = 1_200;

/// How many sockets each hub has, as far as the event knows.
///
/// ```
/// use downbeat_core::fanout::Occupancy;
/// let mut occupancy = Occupancy::default();
/// occupancy.handle_report(0, 1_100);
/// assert_eq!(occupancy.hubs_needed(4, 2_000), 4);
/// // Hub 0 is the only one in western Europe, and more than 60 % full: hub 6 is the next one there.
/// occupancy.handle_report(0, 1_300);
/// assert_eq!(occupancy.hubs_needed(4, 2_000), 7);
/// // Nobody is moved; the next viewers fill hub 6.
/// assert_eq!(occupancy.hubs_needed(7, 2_000), 7);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Occupancy {
    /// By the hubs' numbers. A hub that is missing, or `None`, has not reported.
    sockets: Vec<Option<u32>>,
}

impl Occupancy {
    /// Notes how many sockets a hub has. Numbers that no hub can have are ignored.
    pub fn handle_report(&mut self, hub: u16, sockets: u32) {
        if hub >= HUBS_MAX {
            return;
        }
        let place = usize::from(hub);
        if self.sockets.len() <= place {
            self.sockets.resize(place + 1, None);
        }
        self.sockets[place] = Some(sockets);
    }

    /// Returns how many sockets a hub had when it last reported; `None` if it has not.
    pub fn sockets(&self, hub: u16) -> Option<u32> {
        self.sockets.get(usize::from(hub)).copied().flatten()
    }

    /// Returns how many hubs the event needs, which has `hubs` of them that are crowded at `crowded` sockets: at least
    /// `hubs`, at most [`HUBS_MAX`]. More are needed where the hubs of one region, taken together, fill up; hubs are added
    /// by number, so that other regions get some too.
    pub fn hubs_needed(&self, hubs: u16, crowded: u32) -> u16 {
        let needed = (0..hubs.min(Region::ORDER_LEN)).map(|first| self.needed_near(first, hubs, crowded)).max();
        needed.unwrap_or(hubs).clamp(hubs, HUBS_MAX.max(hubs))
    }

    /// Returns how many hubs are needed for the viewers in the region of hub `near`.
    fn needed_near(&self, near: u16, hubs: u16, crowded: u32) -> u16 {
        let region = Region::of_hub(near);
        let is_near = |hub: &u16| Region::of_hub(*hub) == region;
        let sockets = |hub| u64::from(self.sockets(hub).unwrap_or_default());
        let (count, taken) =
            (0..hubs).filter(is_near).fold((0, 0), |(count, taken), hub| (count + 1, taken + sockets(hub)));
        let room = u64::from(crowded.max(1));
        if taken * 100 < count * room * TAKEN_PERCENT_MAX {
            return hubs;
        }
        let wanted = (taken * 100).div_ceil(room * TAKEN_PERCENT_AFTER).max(count + 1);
        let added = (wanted - count) as usize;
        (hubs..HUBS_MAX).filter(is_near).nth(added - 1).map_or(HUBS_MAX, |last| last + 1)
    }
}

/// Returns how many hubs an audience of `expected` viewers needs, wherever they are: 1 to [`HUBS_MAX`].
///
/// ```
/// use downbeat_core::fanout::hubs_for;
/// assert_eq!([0, 1_200, 1_201, 80_000, 5_000_000].map(hubs_for), [1, 1, 2, 67, 1_024]);
/// ```
pub fn hubs_for(expected: u32) -> u16 {
    expected.div_ceil(EXPECTED_PER_HUB).clamp(1, u32::from(HUBS_MAX)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `viewers` to the hubs that are near, of which 20 sockets make one crowded, while hubs are added as the event
    /// does. Returns how many hubs are near in the end.
    fn fill(is_near: impl Fn(u16) -> bool, viewers: usize) -> usize {
        let mut occupancy = Occupancy::default();
        let mut near: Vec<(u16, u32)> = (0..4).filter(|hub| is_near(*hub)).map(|hub| (hub, 0)).collect();
        let mut hubs = 4;
        for viewer in 0..viewers {
            // A crowded hub refuses, and the viewer goes on to the next.
            let count = near.len();
            let mut from_here = (0..count).map(|step| (viewer + step) % count);
            let place = from_here.find(|place| near[*place].1 < 20).expect("some near hub has room");
            near[place].1 += 1;
            let (hub, sockets) = near[place];
            if sockets >= 10 && sockets % 2 == 0 {
                occupancy.handle_report(hub, sockets);
                let needed = occupancy.hubs_needed(hubs, 20);
                near.extend((hubs..needed).filter(|hub| is_near(*hub)).map(|hub| (hub, 0)));
                hubs = needed;
            }
        }
        near.len()
    }

    #[test]
    fn an_audience_in_one_region_finds_room_there() {
        let near = fill(|hub| Region::of_hub(hub) == Region::WestEurope, 800);
        assert!((60..=120).contains(&near), "{near} hubs for 800 viewers, of which 40 are full");
    }

    #[test]
    fn an_audience_that_is_everywhere_finds_room_everywhere() {
        let near = fill(|_| true, 2_000);
        assert!((160..=400).contains(&near), "{near} hubs for 2,000 viewers, of which 100 are full");
    }

    #[test]
    fn a_burst_that_passed_the_limit_adds_all_hubs_at_once() {
        let mut occupancy = Occupancy::default();
        occupancy.handle_report(0, 8_000);
        let hubs = occupancy.hubs_needed(4, 2_000);
        assert_eq!((0..hubs).filter(|hub| Region::of_hub(*hub) == Region::WestEurope).count(), 10);
        assert_eq!(occupancy.hubs_needed(hubs, 2_000), hubs);
    }

    #[test]
    fn the_number_only_grows_and_ends_at_the_maximum() {
        let mut occupancy = Occupancy::default();
        assert_eq!((occupancy.hubs_needed(4, 2_000), occupancy.hubs_needed(0, 2_000)), (4, 0));
        occupancy.handle_report(u16::MAX, 9);
        assert_eq!(occupancy, Occupancy::default());
        occupancy.handle_report(0, u32::MAX);
        assert_eq!(occupancy.hubs_needed(4, 2_000), HUBS_MAX);
        assert_eq!(occupancy.hubs_needed(HUBS_MAX, 2_000), HUBS_MAX);
    }

    #[test]
    fn a_hub_that_viewers_left_has_room_again() {
        let mut occupancy = Occupancy::default();
        occupancy.handle_report(0, 1_300);
        occupancy.handle_report(0, 12);
        assert_eq!(occupancy.hubs_needed(4, 2_000), 4);
    }
}
