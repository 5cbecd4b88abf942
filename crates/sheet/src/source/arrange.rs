//! From drafts to cues with times and ids: repeats are expanded, disabled ones dropped, the rest sorted.

use downbeat_core::{Position, Span};

use super::draft::{Draft, Repeat, Time};
use crate::diagnostic::{At, Code, Report};
use crate::rundown::{CUES_MAX, Cue, Kind, TIME_MAX, clock};

/// A compiled cue, and the draft it came from.
pub(super) struct Placed {
    pub(super) cue: Cue,
    draft: u32,
    /// It is the first of its draft, of which there may be several.
    pub(super) first: bool,
    /// It is left out.
    dropped: bool,
}

impl Placed {
    /// Returns a cue of the draft with this index, which has neither id nor times yet.
    pub(super) fn of(cue: Cue, draft: usize) -> Self {
        // There are at most 200,000.
        Self { cue, draft: u32::try_from(draft).unwrap_or(u32::MAX), first: true, dropped: false }
    }

    /// Returns the index of its draft.
    pub(super) fn draft(&self) -> usize {
        self.draft as usize
    }
}

impl Repeat {
    /// Returns how long after the first time the last one comes, in milliseconds.
    pub(super) fn last_ms(self) -> i64 {
        self.every_ms.saturating_mul(i64::from(self.count.get()) - 1)
    }
}

/// Returns the enabled cues, sorted. `all` are the cues of the drafts, in their order; `duration` is that of the event.
pub(super) fn arrange(
    drafts: &[Draft<'_>],
    mut all: Vec<Placed>,
    duration: Option<Span>,
    report: &mut Report,
) -> Vec<Placed> {
    let mut repeated = Vec::new();
    let mut count = 0;
    for (draft, placed) in drafts.iter().zip(&mut all) {
        // Once there are too many, nothing is said of the others.
        let times = if count <= CUES_MAX { check(draft, duration, report) } else { None };
        let Some((begin, end)) = times.filter(|_| draft.whole) else {
            placed.dropped = true;
            continue;
        };
        count += draft.repeat.map_or(1, |repeat| repeat.count.get() as usize);
        if count > CUES_MAX {
            let message = format!(
                "with {} the sheet has more than {CUES_MAX} cues, counting each repeat; repeat it less often, or split the sheet into several events",
                draft.place.label(Some(begin))
            );
            draft.place.say(Code::TooLarge, "repeat", message, report);
            placed.dropped = true;
            continue;
        }
        let cue = &mut placed.cue;
        (cue.time, cue.end) = (begin, end);
        if !draft.kind_is_declared {
            cue.kind = if end.is_some() { Kind::State } else { Kind::Moment };
        }
        if let Some(id) = draft.id() {
            cue.id = id.into();
        }
        repeat(draft, placed, &mut repeated);
    }
    all.append(&mut repeated);
    all.retain(|placed| !placed.dropped);
    generate_ids(drafts, &mut all);
    all.retain(|placed| !drafts[placed.draft()].disabled);
    // No two are alike: ids differ.
    all.sort_unstable_by(|a, b| a.cue.order().cmp(&b.cue.order()));
    all
}

/// Adds the cues that follow the first of a draft.
fn repeat(draft: &Draft<'_>, first: &Placed, repeated: &mut Vec<Placed>) {
    let Some(Repeat { every_ms, count }) = draft.repeat else { return };
    for nth in 1..count.get() {
        let mut cue = first.cue.clone();
        let shift = Span::from_millis(every_ms * i64::from(nth));
        cue.time = cue.time + shift;
        cue.end = cue.end.map(|end| end + shift);
        if let Some(id) = draft.id() {
            cue.id = format!("{id}#{}", nth + 1).into();
        }
        repeated.push(Placed { cue, draft: first.draft, first: false, dropped: false });
    }
}

/// Returns cues without an id one: `action@ms`, and `action@ms#2` for the second such cue in the order of the sheet.
///
/// Disabled ones count too: the ids of the others stay what they are.
fn generate_ids(drafts: &[Draft<'_>], all: &mut [Placed]) {
    let unnamed = all.iter().zip(0_u32..).filter(|(placed, _)| !drafts[placed.draft()].named);
    let mut unnamed: Vec<u32> = unnamed.map(|(_, index)| index).collect();
    let key = |index: u32| {
        let placed = &all[index as usize];
        (placed.cue.time, &*placed.cue.action, placed.draft)
    };
    unnamed.sort_unstable_by(|&a, &b| key(a).cmp(&key(b)));
    let (mut before, mut count) = (None, 0);
    for index in unnamed {
        let cue = &all[index as usize].cue;
        let alike = before.is_some_and(|before: u32| {
            let before = &all[before as usize].cue;
            (before.time, &before.action) == (cue.time, &cue.action)
        });
        count = if alike { count + 1 } else { 1 };
        before = Some(index);
        let id = match count {
            1 => format!("{}@{}", cue.action, cue.time.as_millis()),
            count => format!("{}@{}#{count}", cue.action, cue.time.as_millis()),
        };
        all[index as usize].cue.id = id.into();
    }
}

/// Returns when a draft begins and ends, if both make sense.
fn check(draft: &Draft<'_>, duration: Option<Span>, report: &mut Report) -> Option<(Position, Option<Position>)> {
    let begin_ms = draft.begin.ms()?;
    let begin = Position::from_millis(begin_ms);
    let place = draft.place;
    if begin_ms < 0 {
        let message = format!(
            "{} would begin {} before the event; times count from its beginning, give it a later one",
            place.label(None),
            clock(Position::from_millis(begin_ms.saturating_neg()))
        );
        place.say(Code::BeforeZero, "time", message, report);
        return None;
    }
    let ending = if place.prop("until").is_some() { "until" } else { "duration" };
    let end = draft.end.ms().map(Position::from_millis);
    if let Some(end) = end.filter(|&end| end <= begin) {
        let message = format!(
            "{} ends at {}, no later than it begins; give a later \"until\" or a longer \"duration\", or neither for a moment",
            place.label(Some(begin)),
            clock(end)
        );
        place.say(Code::EmptyCue, ending, message, report);
        return None;
    }
    let event_end = Position::START + duration.unwrap_or(TIME_MAX);
    let shift = Span::from_millis(draft.repeat.map_or(0, Repeat::last_ms));
    let limit = clock(event_end);
    let label = place.label(Some(begin));
    let remedy = "move it earlier or lengthen the sheet's \"duration\"";
    let (field, message) = if begin > event_end {
        ("time", format!("{label} comes after the event's end ({limit}); {remedy}"))
    } else if let Some(end) = end.filter(|&end| end > event_end) {
        (ending, format!("{label} ends at {}, after the event's end ({limit}); {remedy}", clock(end)))
    } else if end.unwrap_or(begin) + shift > event_end {
        let last = clock(end.unwrap_or(begin) + shift);
        let message =
            format!("{label} is repeated until {last}, after the event's end ({limit}); use a lower \"count\"");
        ("repeat", message)
    } else {
        // A cue whose end could not be told has been reported; that it is left out here spares what would follow.
        let told = end.is_some() || matches!(draft.end, Time::Open);
        return told.then_some((begin, end));
    };
    place.say(Code::AfterEnd, field, message, report);
    None
}

/// Reports a sheet that has too many cues to be read at all.
pub(super) fn too_many(count: usize, at: &At<'_>, span: core::ops::Range<usize>, report: &mut Report) {
    let message = format!("the sheet has {count} cues, at most {CUES_MAX} are read; split it into several events");
    report.say(Code::TooLarge, at, span, message);
}
