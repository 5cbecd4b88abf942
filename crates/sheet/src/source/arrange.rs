//! From drafts to cues with times and ids: repeats are expanded, disabled ones dropped, the rest sorted.

use downbeat_core::{Position, Span};

use super::draft::{Draft, Ending, Repeat};
use super::resolve::Times;
use crate::diagnostic::{At, Code, Report};
use crate::rundown::{CUES_MAX, Cue, Kind, TIME_MAX, clock};

/// A compiled cue, and the draft it came from.
pub(super) struct Placed {
    pub(super) cue: Cue,
    pub(super) draft: usize,
    /// It is the first of its draft, of which there may be several.
    pub(super) first: bool,
    disabled: bool,
}

impl Repeat {
    /// Gives how long after the first time the last one comes, in milliseconds.
    pub(super) fn last_ms(self) -> i64 {
        self.every_ms.saturating_mul(self.count - 1)
    }
}

/// Gives the enabled cues, sorted. `duration` is that of the event.
pub(super) fn arrange(
    drafts: &mut [Draft<'_>],
    times: &[Times],
    duration: Option<Span>,
    report: &mut Report,
) -> Vec<Placed> {
    let mut all = Vec::with_capacity(drafts.len());
    let mut unnamed = Vec::new();
    for (index, (draft, times)) in drafts.iter_mut().zip(times).enumerate() {
        let Some((begin, end)) = check(draft, times, duration, report) else { continue };
        let Some(mut cue) = draft.cue.take() else { continue };
        if !draft.kind_is_declared {
            cue.kind = if end.is_some() { Kind::State } else { Kind::Moment };
        }
        let repeat = draft.repeat.unwrap_or(Repeat { every_ms: 0, count: 1 });
        if all.len() as i64 + repeat.count > CUES_MAX as i64 {
            let message = format!(
                "with {} the sheet has more than {CUES_MAX} cues, counting each repeat; repeat it less often, or split the sheet into several events",
                draft.place.label(Some(begin))
            );
            draft.place.say(Code::TooLarge, "repeat", message, report);
            break;
        }
        cue.time = begin;
        cue.end = end;
        for nth in 0..repeat.count {
            let mut cue = if nth + 1 == repeat.count { std::mem::replace(&mut cue, Cue::empty()) } else { cue.clone() };
            let shift = Span::from_millis(repeat.every_ms * nth);
            cue.time = cue.time + shift;
            cue.end = cue.end.map(|end| end + shift);
            match draft.id {
                None => unnamed.push(all.len()),
                Some(id) if nth == 0 => id.clone_into(&mut cue.id),
                Some(id) => cue.id = format!("{id}#{}", nth + 1),
            }
            all.push(Placed { cue, draft: index, first: nth == 0, disabled: draft.disabled });
        }
    }
    generate_ids(&mut all, unnamed);
    all.retain(|placed| !placed.disabled);
    all.sort_by(|a, b| a.cue.order().cmp(&b.cue.order()));
    all
}

/// Gives cues without an id one: `action@ms`, and `action@ms#2` for the second such cue in the order of the sheet.
///
/// Disabled ones count too: the ids of the others stay what they are.
fn generate_ids(all: &mut [Placed], mut unnamed: Vec<usize>) {
    let key = |index: usize| (all[index].cue.time, all[index].cue.action.as_str());
    unnamed.sort_by(|&a, &b| key(a).cmp(&key(b)));
    let counts: Vec<usize> = unnamed
        .iter()
        .scan((None, 0), |(last, count), &index| {
            *count = if *last == Some(key(index)) { *count + 1 } else { 1 };
            *last = Some(key(index));
            Some(*count)
        })
        .collect();
    for (index, count) in unnamed.into_iter().zip(counts) {
        let cue = &mut all[index].cue;
        cue.id = match count {
            1 => format!("{}@{}", cue.action, cue.time.as_millis()),
            count => format!("{}@{}#{count}", cue.action, cue.time.as_millis()),
        };
    }
}

/// Gives when a draft begins and ends, if both make sense.
fn check(
    draft: &Draft<'_>,
    times: &Times,
    duration: Option<Span>,
    report: &mut Report,
) -> Option<(Position, Option<Position>)> {
    let begin_ms = times.begin_ms?;
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
    let end = times.end_ms.map(Position::from_millis);
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
        let told = end.is_some() || matches!(draft.end, Ending::Open);
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
