//! Which hub a viewer joins.

use super::region::Region;

/// Returns the hub of `hubs` that a viewer in `region` joins: one of the nearest, by `spread` (any number; evenly
/// spread numbers spread viewers evenly). It is not the hub `not`, which was just lost, unless there is no other. All
/// hubs are equally near to an unknown region.
///
/// Returns 0 if there are no hubs.
pub fn joins(hubs: u16, region: Option<Region>, spread: u64, not: Option<u16>) -> u16 {
    let distance = |hub: u16| region.map_or(0, |region| region.distance(Region::of_hub(hub)));
    let others = |hub: &u16| Some(*hub) != not;
    let Some(nearest) = (0..hubs).filter(others).map(distance).min() else { return 0 };
    let near = || (0..hubs).filter(others).filter(|hub| distance(*hub) == nearest);
    let place = (spread % near().count() as u64) as usize;
    near().nth(place).unwrap_or_default()
}

/// Returns the hub to try after `full`, which has no room: the nearest one to it that was not tried. Following it from
/// hub to hub reaches every hub.
///
/// `None` if `full` is the only one.
pub fn joins_instead(hubs: u16, full: u16) -> Option<u16> {
    // Hubs form a ring by region, then by number: the next one is near, and the ring misses none.
    let key = |hub: u16| (Region::of_hub(hub) as u8, hub);
    let next = (0..hubs).filter(|hub| key(*hub) > key(full)).min_by_key(|hub| key(*hub));
    next.or_else(|| (0..hubs).min_by_key(|hub| key(*hub))).filter(|hub| *hub != full)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::HUBS_MAX;

    #[test]
    fn viewers_of_an_unknown_region_spread_over_all_hubs() {
        for hub in 0..8 {
            assert_eq!((0..800).filter(|spread| joins(8, None, *spread, None) == hub).count(), 100);
        }
    }

    #[test]
    fn viewers_spread_over_the_hubs_of_their_region() {
        // Of sixteen hubs, 0, 6 and 10 are in western Europe.
        let mut counts = [0; 16];
        (0..300).for_each(|spread| counts[usize::from(joins(16, Some(Region::WestEurope), spread, None))] += 1);
        assert_eq!((counts[0], counts[6], counts[10]), (100, 100, 100));
    }

    #[test]
    fn a_viewer_who_lost_a_hub_joins_another() {
        for hubs in [2, 3, 4, 16, 17, 64, HUBS_MAX] {
            for lost in (0..hubs).step_by(1 + usize::from(hubs / 20)) {
                let hub = joins(hubs, Some(Region::of_hub(lost)), u64::from(lost), Some(lost));
                assert!(hub != lost && hub < hubs);
            }
        }
        assert_eq!(joins(1, None, 5, Some(0)), 0);
        assert_eq!(joins(0, None, 5, None), 0);
        // A number that no hub has excludes none.
        assert_eq!(joins(4, None, 5, Some(99)), 1);
    }

    #[test]
    fn going_from_full_hub_to_full_hub_reaches_all() {
        for hubs in (1..=64).chain([300]) {
            let mut seen = vec![0];
            while let Some(next) = joins_instead(hubs, *seen.last().unwrap()).filter(|next| !seen.contains(next)) {
                seen.push(next);
            }
            assert_eq!(seen.len(), usize::from(hubs));
        }
        assert_eq!(joins_instead(1, 0), None);
    }
}
