//! The answer of `GET /v1/events/{event}/audience`: who is connected, and how far the last change got.

pub mod history;

use crate::json;
use downbeat_core::fanout::{Bounds, Gathering, Occupancy, Polls, Region, Report, Tally};
use downbeat_core::order::sort_by_key;
use downbeat_core::{Rev, Span, Version};
use serde::{Deserialize, Serialize};

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
    /// The sockets of hubs that do not have the event's revision, or do not answer, by region, the most first; omitted if there
    /// are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Untold>>"))]
    pub untold: Vec<Untold>,
    /// About how many viewers poll the status instead of holding a socket: an estimate, from the polls of the last 10 s; omitted
    /// if nobody does. What caches answer is not in it.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u64>"))]
    pub polling: u64,
}

/// The most hubs that an audience names: 64.
const HUBS_NAMED_MAX: usize = 64;

impl Audience {
    /// Returns the audience of an event whose state has this `version`, as its hubs reported it; `occupancy` says how many
    /// sockets the others had when they last did.
    pub fn new(version: &Version, gathering: &Gathering, occupancy: &Occupancy) -> Self {
        let rev = version.rev;
        let has = |report: &&Report| !is_behind(report, version);
        let current = gathering.reports().filter(has).filter(|report| report.rev == rev);
        let tally = Tally::of(current.map(|report| &report.share));
        let acks = (tally.asked() > 0).then(|| Acks::new(rev, &tally));
        let told: Vec<u16> = gathering.reports().filter(has).map(|report| report.hub).collect();
        let untold = untold((0..gathering.hubs()).filter(|hub| told.binary_search(hub).is_err()), occupancy);
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
            by_region: by_region(version, gathering),
            by_hub,
            acks,
            untold,
            polling: Polls::viewers(gathering.polls()),
        }
    }
}

/// Sockets in one region that do not have the event's revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Untold {
    /// The region of their hubs.
    pub region: Region,
    /// How many hubs there do not have it, as far as the event knows: announcements to them are repeated.
    pub hubs: u32,
    /// How many sockets these had when they last reported.
    pub sockets: u64,
    /// How many of these hubs have not reported yet: their sockets are not counted. Omitted if all have.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u64>"))]
    pub unknown: u64,
}

/// Returns how many sockets the hubs `behind` had when they last reported, by region, the most first.
pub(crate) fn untold(behind: impl Iterator<Item = u16>, occupancy: &Occupancy) -> Vec<Untold> {
    let mut regions = Vec::new();
    for hub in behind {
        let region = Region::of_hub(hub);
        let none = Untold { region, hubs: 0, sockets: 0, unknown: 0 };
        let sum = sum_of(&mut regions, |sum| sum.region == region, none);
        sum.hubs += 1;
        match occupancy.sockets(hub) {
            Some(sockets) => sum.sockets += u64::from(sockets),
            None => sum.unknown += 1,
        }
    }
    sort_by_key(&mut regions, |sum| (0, u64::MAX - sum.sockets));
    regions
}

/// Returns the sum that `is_it`, added as `none` if it is missing. Nine regions need no map, whose code is 2 KB for each type.
fn sum_of<T>(sums: &mut Vec<T>, is_it: impl FnMut(&T) -> bool, none: T) -> &mut T {
    let place = sums.iter().position(is_it).unwrap_or_else(|| {
        sums.push(none);
        sums.len() - 1
    });
    &mut sums[place]
}

impl Audience {
    /// Returns the reports by region, added up here if the worker is from before it did that itself.
    pub fn regions(&self) -> Vec<RegionAudience> {
        if !self.by_region.is_empty() {
            return self.by_region.clone();
        }
        let mut regions = Vec::new();
        for hub in &self.by_hub {
            let none = RegionAudience { region: hub.region, hubs: 0, answered: 0, behind: 0, sockets: 0 };
            let sum = sum_of(&mut regions, |sum: &RegionAudience| sum.region == hub.region, none);
            sum.hubs += 1;
            sum.answered += 1;
            sum.behind += u32::from(hub.rev < self.rev);
            sum.sockets += hub.sockets;
        }
        largest_first(regions)
    }
}

fn largest_first(mut regions: Vec<RegionAudience>) -> Vec<RegionAudience> {
    sort_by_key(&mut regions, |sum| (0, u64::MAX - sum.sockets));
    regions
}

/// Returns whether a hub has an older revision than `version`, or another epoch.
fn is_behind(report: &Report, version: &Version) -> bool {
    report.rev < version.rev || report.epoch.as_ref().is_some_and(|epoch| *epoch != version.epoch)
}

fn by_region(version: &Version, gathering: &Gathering) -> Vec<RegionAudience> {
    let mut regions: Vec<RegionAudience> = Vec::new();
    for hub in 0..gathering.hubs() {
        let region = Region::of_hub(hub);
        let none = RegionAudience { region, hubs: 0, answered: 0, behind: 0, sockets: 0 };
        sum_of(&mut regions, |sum| sum.region == region, none).hubs += 1;
    }
    for report in gathering.reports() {
        let region = Region::of_hub(report.hub);
        if let Some(sum) = regions.iter_mut().find(|sum| sum.region == region) {
            sum.answered += 1;
            sum.behind += u32::from(is_behind(report, version));
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// How many go on with another epoch or revision for now, since nothing has settled yet which is right; omitted if none.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u64>"))]
    pub elsewhere: u64,
    /// How many of those who applied it could not load the event's rundown so far; omitted if all could.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u64>"))]
    pub lack_rundown: u64,
    /// How many of those in `bounds` say that they cannot check a state that is signed with the event's emergency key; omitted if none does.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u64>"))]
    pub lack_emergency: u64,
    /// How exact the clocks are of those who applied it and said so; omitted if nobody did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<BoundCount>>"))]
    pub bounds: Vec<BoundCount>,
}

/// How many viewers' clocks are right within a bound, and not within the bound before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BoundCount {
    /// The bound, in ms either way: 5, 20, 50, 100, 250 or 1,000; `null` for those that are less exact.
    pub within: Option<Span>,
    /// How many viewers of the sample.
    pub viewers: u64,
}

impl Acks {
    fn new(rev: Rev, tally: &Tally) -> Self {
        Self {
            rev,
            asked: tally.asked(),
            applied: tally.applied(),
            median: tally.percentile(50),
            p95: tally.percentile(95),
            elsewhere: tally.elsewhere(),
            lack_rundown: tally.lack_rundown(),
            lack_emergency: tally.lack_emergency(),
            bounds: bound_counts(tally.bounds()),
        }
    }
}

fn bound_counts(bounds: &Bounds) -> Vec<BoundCount> {
    let counts = bounds.counts().map(|(within, viewers)| BoundCount { within, viewers: viewers.into() });
    if bounds.total() == 0 { Vec::new() } else { counts.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::fanout::{Share, Tree};

    fn version() -> Version {
        "e1.5".parse().unwrap()
    }

    /// An event at revision 5 whose hubs have 10 sockets each; `rev` and `late` say what each of them reports.
    fn audience(hubs: u16, rev: impl Fn(u16) -> u64, late: impl Fn(u16) -> u16) -> Audience {
        let mut gathering = Gathering::new(Tree::of(hubs), Rev::default());
        gathering.handle_reports((0..hubs).filter(|hub| rev(*hub) > 0).map(|hub| Report {
            hub,
            epoch: None,
            rev: Rev::new(rev(hub)),
            sockets: 10,
            share: Share { asked: 1, late: vec![late(hub)], ..Share::default() },
            polls: u32::from(hub) * 2,
        }));
        let mut occupancy = Occupancy::default();
        (0..hubs.min(600)).for_each(|hub| occupancy.handle_report(hub, 10 + u32::from(hub == 1)));
        Audience::new(&version(), &gathering, &occupancy)
    }

    #[test]
    fn a_few_hubs_are_all_named() {
        let audience = audience(4, |hub| if hub == 1 { 4 } else { 5 }, |hub| hub);
        assert_eq!(audience.by_hub.iter().map(|hub| hub.hub).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!((audience.sockets, audience.acks.unwrap().asked), (40, 3), "hub 1 speaks of another change");
        let untold = Untold { region: Region::EastNorthAmerica, hubs: 1, sockets: 11, unknown: 0 };
        assert_eq!((audience.untold, audience.polling), (vec![untold], 6));
    }

    #[test]
    fn the_sockets_of_a_hub_that_never_reported_are_not_made_up() {
        let audience = audience(700, |hub| if hub < 602 { 5 } else { 0 }, |_| 0);
        let unknown: u64 = audience.untold.iter().map(|untold| untold.unknown).sum();
        assert_eq!((unknown, audience.untold.iter().map(|untold| untold.sockets).sum::<u64>()), (98, 0));
    }

    #[test]
    fn a_hub_of_another_epoch_does_not_have_the_change() {
        let mut gathering = Gathering::new(Tree::of(1), Rev::default());
        let share = Share { asked: 3, late: vec![1], ..Share::default() };
        let (epoch, rev) = ("another".parse().ok(), Rev::new(5));
        gathering.handle_reports([Report { hub: 0, epoch, rev, sockets: 10, share, polls: 0 }]);
        let audience = Audience::new(&version(), &gathering, &Occupancy::default());
        assert_eq!((audience.answered, audience.acks, audience.untold[0].hubs), (1, None, 1));
    }

    #[test]
    fn what_a_sample_lacks_is_omitted_where_it_lacks_nothing() {
        let mut share = Share { asked: 4, elsewhere: 1, ..Share::default() };
        let ack = downbeat_core::fanout::Ack::new(Rev::new(5), downbeat_core::ServerTime::from_millis(0));
        share.applied(&ack, Span::ZERO);
        let plain = Acks::new(Rev::new(5), &Tally::of(&[Share { elsewhere: 0, ..share.clone() }]));
        assert_eq!(json::text(&plain), r#"{"rev":5,"asked":4,"applied":1,"median":0,"p95":0}"#);
        let bound = Some(Span::from_millis(18));
        share.applied(
            &downbeat_core::fanout::Ack { bound, lacks_rundown: true, lacks_emergency: true, ..ack },
            Span::ZERO,
        );
        let text = json::text(&Acks::new(Rev::new(5), &Tally::of(&[share])));
        assert!(text.contains(r#""elsewhere":1,"lackRundown":1,"lackEmergency":1,"bounds":[{"within":5,"viewers":0},{"within":20,"viewers":1}"#), "{text}");
        assert!(text.ends_with(r#"{"within":null,"viewers":0}]}"#), "{text}");
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
