//! The answer of `GET /v1/events/{event}/audience`: who is connected, and how far the last change got.

use downbeat_core::Rev;
use downbeat_core::fanout::{Gathering, Region, Report, Tally};
use downbeat_core::order::sort_by_key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who is connected, as the hubs report. Hubs that do not answer are not counted; `answered` is how many did.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Audience {
    /// The event's revision.
    #[serde(default)]
    pub rev: Rev,
    /// The number of hubs.
    pub hubs: u32,
    /// How many of them answered.
    #[serde(default)]
    pub answered: u32,
    /// The number of sockets they hold together.
    pub sockets: u64,
    /// The reports by region, the largest audience first. A worker from before it was added leaves it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<RegionAudience>>"))]
    pub by_region: Vec<RegionAudience>,
    /// The reports of the hubs, by number. Of more than 64 only the 64 slowest: first those that are behind, then those whose
    /// viewers were the latest to apply the last change.
    #[serde(default)]
    pub by_hub: Vec<HubAudience>,
    /// How many viewers have applied the last change; `null` if no viewer was asked to acknowledge it.
    #[serde(default)]
    pub acks: Option<Acks>,
}

/// The most hubs that an audience names: 64.
const HUBS_NAMED_MAX: usize = 64;

impl Audience {
    /// Returns the audience of an event at revision `rev`, as its hubs reported it.
    pub fn new(rev: Rev, gathering: &Gathering) -> Self {
        let current = gathering.reports().filter(|report| report.rev == rev).map(|report| &report.share);
        let tally = Tally::of(current);
        let acks = (tally.asked() > 0).then(|| Acks {
            rev,
            asked: tally.asked(),
            applied: tally.applied(),
            median: tally.percentile(50),
            p95: tally.percentile(95),
        });
        let mut by_hub: Vec<_> = gathering.reports().map(HubAudience::from).collect();
        if by_hub.len() > HUBS_NAMED_MAX {
            sort_by_key(&mut by_hub, |hub| {
                let late = hub.late.map_or(0, |late| 1 + i64::from(late));
                (if hub.rev < rev { i64::MIN } else { -late }, hub.hub.into())
            });
            by_hub.truncate(HUBS_NAMED_MAX);
            sort_by_key(&mut by_hub, |hub| (0, hub.hub.into()));
        }
        Self {
            rev,
            hubs: gathering.hubs().into(),
            answered: gathering.reached().into(),
            sockets: gathering.sockets(),
            by_region: by_region(rev, gathering),
            by_hub,
            acks,
        }
    }
}

impl Audience {
    /// Returns the reports by region, added up here if the worker is from before it did that itself.
    pub fn regions(&self) -> Vec<RegionAudience> {
        if !self.by_region.is_empty() {
            return self.by_region.clone();
        }
        let mut regions = BTreeMap::new();
        for hub in &self.by_hub {
            let none = RegionAudience { region: hub.region, hubs: 0, answered: 0, behind: 0, sockets: 0 };
            let sum = regions.entry(hub.region).or_insert(none);
            sum.hubs += 1;
            sum.answered += 1;
            sum.behind += u32::from(hub.rev < self.rev);
            sum.sockets += hub.sockets;
        }
        largest_first(regions)
    }
}

fn largest_first(regions: BTreeMap<Region, RegionAudience>) -> Vec<RegionAudience> {
    let mut regions: Vec<_> = regions.into_values().collect();
    sort_by_key(&mut regions, |sum| (0, u64::MAX - sum.sockets));
    regions
}

fn by_region(rev: Rev, gathering: &Gathering) -> Vec<RegionAudience> {
    let mut regions = BTreeMap::new();
    for hub in 0..gathering.hubs() {
        let region = Region::of_hub(hub);
        let none = RegionAudience { region, hubs: 0, answered: 0, behind: 0, sockets: 0 };
        regions.entry(region).or_insert(none).hubs += 1;
    }
    for report in gathering.reports() {
        if let Some(sum) = regions.get_mut(&Region::of_hub(report.hub)) {
            sum.answered += 1;
            sum.behind += u32::from(report.rev < rev);
            sum.sockets += u64::from(report.sockets);
        }
    }
    largest_first(regions)
}

/// The hubs of one region together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RegionAudience {
    /// The region they were created for.
    pub region: Region,
    /// How many there are.
    pub hubs: u32,
    /// How many of them answered.
    pub answered: u32,
    /// How many of those do not have the event's revision.
    pub behind: u32,
    /// The number of sockets they hold together.
    pub sockets: u64,
}

/// The report of one hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HubAudience {
    /// Its number, from 0.
    pub hub: u16,
    /// The region it was created for.
    pub region: Region,
    /// The number of sockets it holds.
    pub sockets: u64,
    /// The revision it has.
    pub rev: Rev,
    /// How late the last of its viewers applied the last change, of those who were asked, in ms after its effect; omitted
    /// before the first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub late: Option<u16>,
}

impl From<&Report> for HubAudience {
    fn from(report: &Report) -> Self {
        let Report { hub, rev, sockets, ref share, .. } = *report;
        let late = share.late.iter().copied().max();
        Self { hub, region: Region::of_hub(hub), sockets: sockets.into(), rev, late }
    }
}

/// The acknowledgements of a sample of the viewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Acks {
    /// The revision they were asked about.
    pub rev: Rev,
    /// How many were asked.
    pub asked: u64,
    /// How many of them have acknowledged it.
    pub applied: u64,
    /// How late half of those applied it, in ms after its effect; `null` before the first answer.
    pub median: Option<u64>,
    /// How late 95 % of those applied it, in ms after its effect; `null` before the first answer.
    pub p95: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::fanout::{Share, Tree};

    /// An event at revision 5 whose hubs have 10 sockets each; `rev` and `late` say what each of them reports.
    fn audience(hubs: u16, rev: impl Fn(u16) -> u64, late: impl Fn(u16) -> u16) -> Audience {
        let mut gathering = Gathering::new(Tree::of(hubs), Rev::default());
        gathering.handle_reports((0..hubs).filter(|hub| rev(*hub) > 0).map(|hub| Report {
            hub,
            epoch: None,
            rev: Rev::new(rev(hub)),
            sockets: 10,
            share: Share { asked: 1, late: vec![late(hub)] },
        }));
        Audience::new(Rev::new(5), &gathering)
    }

    #[test]
    fn a_few_hubs_are_all_named() {
        let audience = audience(4, |hub| if hub == 1 { 4 } else { 5 }, |hub| hub);
        assert_eq!(audience.by_hub.iter().map(|hub| hub.hub).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!((audience.sockets, audience.acks.unwrap().asked), (40, 3), "hub 1 speaks of another change");
    }

    #[test]
    fn of_seven_hundred_hubs_the_slowest_are_named_and_the_regions_count_all() {
        // Hub 600 is behind, hub 500 silent, and the viewers of hubs 300 to 399 were late.
        let rev = |hub| if hub == 500 { 0 } else { 5 - u64::from(hub == 600) };
        let audience = audience(700, rev, |hub| if hub / 100 == 3 { hub } else { 1 });
        let named: Vec<u16> = audience.by_hub.iter().map(|hub| hub.hub).collect();
        assert_eq!(named, (337..400).chain([600]).collect::<Vec<u16>>());
        let sum = |count: fn(&RegionAudience) -> u64| audience.by_region.iter().map(count).sum::<u64>();
        assert_eq!((sum(|region| region.sockets), audience.sockets), (6_990, 6_990));
        assert_eq!((sum(|region| region.hubs.into()), sum(|region| region.answered.into())), (700, 699));
        assert_eq!((audience.by_region.len(), sum(|region| region.behind.into())), (9, 1));
        let text = serde_json::to_string(&audience).unwrap();
        assert!(text.len() < 8_192, "{} bytes", text.len());
    }
}
