//! From drafts to cues with times and ids: repeats are expanded, disabled cues left out, the rest sorted.

use downbeat_core::{Position, Span};

use super::draft::{Draft, Repeat, Time};
use super::nfc::nfc;
use crate::diagnostic::{Code, Message, Report};
use crate::rundown::{CUES_MAX, Cue, Kind, TIME_MAX, clock};

/// A compiled cue, and the draft it comes from.
pub(super) struct ArrangedCue {
    pub(super) cue: Cue,
    draft: u32,
    /// Whether it is the first of its draft, of which there may be several.
    pub(super) first: bool,
    /// Whether it is left out of the rundown.
    dropped: bool,
}

/// When a cue begins and ends.
type Times = (Position, Option<Position>);

impl ArrangedCue {
    /// Creates the cue of the draft with this index, which has neither id nor times yet.
    pub(super) fn new(cue: Cue, draft: usize) -> Self {
        // There are at most 200,000.
        Self { cue, draft: u32::try_from(draft).unwrap_or(u32::MAX), first: true, dropped: false }
    }

    /// Returns the index of its draft.
    pub(super) fn draft(&self) -> usize {
        self.draft as usize
    }
}

/// Returns the enabled cues, sorted. `all` are the cues of the drafts, in their order; `duration` is that of the event.
pub(super) fn arrange(
    drafts: &[Draft<'_>],
    mut all: Vec<ArrangedCue>,
    duration: Option<Span>,
    report: &mut Report,
) -> Vec<ArrangedCue> {
    let mut repeated = Vec::new();
    let mut count = 0;
    for (draft, arranged) in drafts.iter().zip(&mut all) {
        // Once there are too many, the others are not checked.
        let times = if count <= CUES_MAX { check_times(draft, duration, report) } else { None };
        let Some(times) = times.filter(|_| draft.whole) else {
            arranged.dropped = true;
            continue;
        };
        count += draft.repeat.map_or(1, |repeat| repeat.count.get() as usize);
        if count > CUES_MAX {
            report_too_many(draft, times.0, report);
            arranged.dropped = true;
            continue;
        }
        set_times(draft, &mut arranged.cue, times);
        repeat(draft, arranged, &mut repeated);
    }
    all.append(&mut repeated);
    all.retain(|arranged| !arranged.dropped);
    generate_ids(drafts, &mut all);
    all.retain(|arranged| !drafts[arranged.draft()].disabled);
    // No two are equal, since ids differ.
    all.sort_unstable_by(|a, b| a.cue.order().cmp(&b.cue.order()));
    all
}

fn report_too_many(draft: &Draft<'_>, begin: Position, report: &mut Report) {
    let problem = format!(
        "with {} the sheet has more than {CUES_MAX} cues, counting each repeat",
        draft.place.label(Some(begin))
    );
    let message = Message::new(problem, "repeat it less often, or split the sheet into several events");
    draft.place.report(Code::TooLarge, "repeat", message, report);
}

/// Assigns a cue its times, and the kind and the id that follow from its draft.
fn set_times(draft: &Draft<'_>, cue: &mut Cue, (begin, end): Times) {
    (cue.time, cue.end) = (begin, end);
    if !draft.kind_is_declared {
        cue.kind = if end.is_some() { Kind::State } else { Kind::Moment };
    }
    if let Some(id) = draft.id() {
        cue.id = (*nfc(id)).into();
    }
}

/// Adds the cues that follow the first of a draft.
fn repeat(draft: &Draft<'_>, first: &ArrangedCue, repeated: &mut Vec<ArrangedCue>) {
    let Some(Repeat { every_ms, count }) = draft.repeat else { return };
    for nth in 1..count.get() {
        let mut cue = first.cue.clone();
        let shift = Span::from_millis(every_ms * i64::from(nth));
        cue.time = cue.time + shift;
        cue.end = cue.end.map(|end| end + shift);
        if let Some(id) = draft.id() {
            cue.id = format!("{}#{}", nfc(id), nth + 1).into();
        }
        repeated.push(ArrangedCue { cue, draft: first.draft, first: false, dropped: false });
    }
}

/// Generates the ids of cues without one: `action@ms`, and `action@ms#2` for the second such cue in the order of the sheet.
///
/// Disabled cues count too, so that disabling one changes no other id.
fn generate_ids(drafts: &[Draft<'_>], all: &mut [ArrangedCue]) {
    let unnamed = all.iter().zip(0_u32..).filter(|(arranged, _)| !drafts[arranged.draft()].named);
    let mut unnamed: Vec<u32> = unnamed.map(|(_, index)| index).collect();
    let key = |index: u32| {
        let arranged = &all[index as usize];
        (arranged.cue.time, &*arranged.cue.action, arranged.draft)
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

/// Returns when a draft begins and ends, or reports why that is not possible.
fn check_times(draft: &Draft<'_>, duration: Option<Span>, report: &mut Report) -> Option<Times> {
    let begin_ms = draft.begin.ms()?;
    let begin = Position::from_millis(begin_ms);
    let place = draft.place;
    if begin_ms < -TIME_MAX.as_millis() {
        let before = clock(Position::from_millis(begin_ms.saturating_neg()));
        let problem = format!("{} would begin {before} before the event", place.label(None));
        let message = Message::new(problem, "give it a later time, at most 366 days before");
        place.report(Code::BeforeZero, "time", message, report);
        return None;
    }
    let end = draft.end.ms().map(Position::from_millis);
    if let Some(end) = end.filter(|&end| end <= begin) {
        let problem = format!("{} ends at {}, no later than it begins", place.label(Some(begin)), clock(end));
        let remedy = "give a later \"until\" or a longer \"duration\", or neither for a moment";
        place.report(Code::EmptyCue, end_field(draft), Message::new(problem, remedy), report);
        return None;
    }
    if let Some((field, message)) = beyond_event(draft, begin, end, Position::START + duration.unwrap_or(TIME_MAX)) {
        place.report(Code::AfterEnd, field, message, report);
        return None;
    }
    // A cue whose end cannot be determined has been reported; leaving it out avoids errors that follow from that.
    let determined = end.is_some() || matches!(draft.end, Time::Open);
    determined.then_some((begin, end))
}

/// Returns the field that says when a draft ends.
fn end_field(draft: &Draft<'_>) -> &'static str {
    if draft.place.field("until").is_some() { "until" } else { "duration" }
}

/// Returns which field of a draft leads beyond the event's end, and what to report about it.
fn beyond_event(
    draft: &Draft<'_>,
    begin: Position,
    end: Option<Position>,
    event_end: Position,
) -> Option<(&'static str, Message)> {
    let shift = Span::from_millis(draft.repeat.map_or(0, Repeat::last_ms));
    if end.unwrap_or(begin).max(begin) + shift <= event_end {
        return None;
    }
    let limit = clock(event_end);
    let label = draft.place.label(Some(begin));
    let remedy = "move it earlier or lengthen the sheet's \"duration\"";
    Some(if begin > event_end {
        ("time", Message::new(format!("{label} comes after the event's end ({limit})"), remedy))
    } else if let Some(end) = end.filter(|&end| end > event_end) {
        let problem = format!("{label} ends at {}, after the event's end ({limit})", clock(end));
        (end_field(draft), Message::new(problem, remedy))
    } else {
        let last = clock(end.unwrap_or(begin) + shift);
        let problem = format!("{label} is repeated until {last}, after the event's end ({limit})");
        ("repeat", Message::new(problem, "use a lower \"count\""))
    })
}
