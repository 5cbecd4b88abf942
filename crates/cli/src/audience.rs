//! What an operator reads of an audience: who does not have the last change, who polls, what the sampled viewers lack, and how
//! exact their clocks are. Nothing where there is nothing to say.

use downbeat_wire::Audience;
use downbeat_wire::audience::{Acks, BoundCount, Untold};

use crate::text;

/// Until when those who poll have a change, whatever the server is doing.
pub(crate) const POLLED_WITHIN: &str = ", who have a change within 10 s";

/// Something to say of an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// What it is about: `not told`.
    pub(crate) label: &'static str,
    /// How many: `1,240 sockets (enam 1,240)`.
    pub(crate) count: String,
    /// What becomes of them; empty if nothing does.
    after: &'static str,
}

impl Note {
    /// Returns all of it but the label.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.count, self.after)
    }
}

/// Returns what there is to say, the most urgent first.
pub(crate) fn notes(audience: &Audience) -> Vec<Note> {
    let mut notes = Vec::new();
    let note = |label, count, after| Note { label, count, after };
    if let Some(sockets) = untold(&audience.untold, None) {
        notes.push(note("not told", sockets, ", told again until their hubs answer"));
    }
    if let Some(viewers) = polling(audience.polling) {
        notes.push(note("polling", viewers, POLLED_WITHIN));
    }
    let Some(acks) = &audience.acks else { return notes };
    let of = |count: u64, all: u64, how: &str| format!("{} of {} {how}", text::thousands(count), text::thousands(all));
    if acks.elsewhere > 0 {
        let asked = of(acks.elsewhere, acks.asked, "asked");
        notes.push(note("elsewhere", asked, " follow another epoch or revision until the event confirms this one"));
    }
    if acks.lack_rundown > 0 {
        notes.push(note("no rundown", of(acks.lack_rundown, acks.applied, "sampled"), ", who load it again"));
    }
    if acks.lack_emergency > 0 {
        let sampled = acks.bounds.iter().map(|count| count.viewers).sum();
        let cannot = of(acks.lack_emergency, sampled, "sampled");
        notes.push(note("no signatures", cannot, ", who would not believe a signed pause"));
    }
    if let Some(clocks) = clocks(acks) {
        notes.push(note(CLOCKS, clocks, ""));
    }
    notes
}

/// The label of the note that says how exact clocks are: no reason to do anything.
const CLOCKS: &str = "clocks";

/// Returns the notes of who lacks something.
pub(crate) fn lacks(audience: &Audience) -> impl Iterator<Item = Note> {
    notes(audience).into_iter().filter(|note| note.label != CLOCKS)
}

/// Writes a note as a line.
pub(crate) fn line(note: &Note) -> String {
    format!("{}: {}", note.label, note.text())
}

/// Describes who is connected: `8,000 sockets on 4/4 hubs`.
pub(crate) fn sockets(audience: &Audience) -> String {
    let noun = if audience.sockets == 1 { "socket" } else { "sockets" };
    format!("{} {noun} on {}/{} hubs", text::thousands(audience.sockets), audience.answered, audience.hubs)
}

/// Describes sockets that were not told: `1,240 of 20,431 sockets (enam 1,240)`, where so many were `told`. `None` if nobody is
/// known to be on those hubs.
pub(crate) fn untold(untold: &[Untold], told: Option<u64>) -> Option<String> {
    let sockets: u64 = untold.iter().map(|region| region.sockets).sum();
    let unknown: u64 = untold.iter().map(|region| region.unknown).sum();
    if sockets == 0 && unknown == 0 {
        return None;
    }
    let all = told.map(|told| format!(" of {}", text::thousands(told + sockets))).unwrap_or_default();
    let noun = if sockets == 1 && told.is_none() { "socket" } else { "sockets" };
    let regions = untold.iter().filter(|region| region.sockets > 0);
    let regions: Vec<_> =
        regions.map(|region| format!("{} {}", region.region.as_str(), text::thousands(region.sockets))).collect();
    let regions = if regions.is_empty() { String::new() } else { format!(" ({})", regions.join(", ")) };
    // Only hubs that answered since the event's object began are known.
    let more = match unknown {
        0 => String::new(),
        hubs => format!(", and those of {}", text::count(hubs as usize, "silent hub")),
    };
    Some(format!("{}{all} {noun}{regions}{more}", text::thousands(sockets)))
}

/// Describes those who poll: `about 300 viewers (estimate)`. `None` if nobody does.
pub(crate) fn polling(viewers: u64) -> Option<String> {
    let noun = if viewers == 1 { "viewer" } else { "viewers" };
    (viewers > 0).then(|| format!("about {} {noun} (estimate)", rounded(viewers)))
}

/// Writes an estimate with two digits that count.
fn rounded(estimate: u64) -> String {
    let unit = 10_u64.pow(estimate.max(1).ilog10().saturating_sub(1));
    text::thousands((estimate + unit / 2) / unit * unit)
}

/// Describes how exact clocks are: `301 within 5 ms, 180 within 20 ms, 1 less exact (sample 482)`.
fn clocks(acks: &Acks) -> Option<String> {
    let total: u64 = acks.bounds.iter().map(|count| count.viewers).sum();
    let counted = acks.bounds.iter().filter(|count| count.viewers > 0);
    let parts: Vec<String> = counted
        .map(|BoundCount { within, viewers }| match within {
            Some(within) => format!("{} within {}", text::thousands(*viewers), text::fine(*within)),
            None => format!("{} less exact", text::thousands(*viewers)),
        })
        .collect();
    (total > 0).then(|| format!("{} (sample {})", parts.join(", "), text::thousands(total)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use downbeat_core::fanout::Region;
    use downbeat_core::{Rev, Span};

    pub(crate) fn acks(asked: u64, applied: u64, median: Option<u64>) -> Acks {
        let rev = Rev::new(13);
        let (elsewhere, lack_rundown, lack_emergency) = (0, 0, 0);
        let bounds = Vec::new();
        Acks { rev, asked, applied, median, p95: None, elsewhere, lack_rundown, lack_emergency, bounds }
    }

    fn region(region: Region, sockets: u64, unknown: u64) -> Untold {
        Untold { region, hubs: 1, sockets, unknown }
    }

    #[test]
    fn where_all_is_well_there_is_nothing_to_say() {
        let audience = Audience { acks: Some(acks(512, 505, Some(41))), ..Audience::default() };
        assert_eq!((notes(&audience), notes(&Audience::default())), (vec![], vec![]));
    }

    #[test]
    fn who_was_not_told_is_counted_by_region_and_nobody_is_made_up() {
        let enam = region(Region::EastNorthAmerica, 1_240, 0);
        assert_eq!(untold(&[enam], Some(19_191)).unwrap(), "1,240 of 20,431 sockets (enam 1,240)");
        let both = [enam, region(Region::AsiaPacific, 0, 2)];
        assert_eq!(untold(&both, None).unwrap(), "1,240 sockets (enam 1,240), and those of 2 silent hubs");
        assert_eq!(untold(&both[1..], None).unwrap(), "0 sockets, and those of 2 silent hubs");
        assert_eq!(untold(&[region(Region::Africa, 0, 0)], Some(7)), None);
    }

    #[test]
    fn an_estimate_is_called_one_and_has_two_digits() {
        assert_eq!(polling(0), None);
        assert_eq!(polling(1).unwrap(), "about 1 viewer (estimate)");
        assert_eq!([7, 42, 304, 1_251, 96_500].map(rounded), ["7", "42", "300", "1,300", "97,000"]);
    }

    #[test]
    fn what_a_sample_lacks_and_how_exact_its_clocks_are() {
        let count = |within: Option<i64>, viewers| BoundCount { within: within.map(Span::from_millis), viewers };
        let bounds = vec![count(Some(5), 300), count(Some(20), 180), count(Some(50), 0), count(None, 2)];
        let acks = Acks { elsewhere: 3, lack_rundown: 12, lack_emergency: 40, bounds, ..acks(512, 505, None) };
        let untold = vec![region(Region::EastNorthAmerica, 1, 0)];
        let audience = Audience { acks: Some(acks), polling: 304, untold, ..Audience::default() };
        let lines = [
            "not told: 1 socket (enam 1), told again until their hubs answer",
            "polling: about 300 viewers (estimate), who have a change within 10 s",
            "elsewhere: 3 of 512 asked follow another epoch or revision until the event confirms this one",
            "no rundown: 12 of 505 sampled, who load it again",
            "no signatures: 40 of 482 sampled, who would not believe a signed pause",
        ];
        assert_eq!(lacks(&audience).map(|note| line(&note)).collect::<Vec<_>>(), lines);
        let last = notes(&audience).last().map(line);
        assert_eq!(last.unwrap(), "clocks: 300 within 5 ms, 180 within 20 ms, 2 less exact (sample 482)");
    }
}
