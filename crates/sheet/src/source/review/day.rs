//! Times of day where positions in the event belong: a show in which nothing happens when it should.

use downbeat_core::{Position, Span};

use super::context::Review;
use crate::diagnostic::{Code, Message};
use crate::interchange::length;
use crate::rundown::{Kind, clock};
use crate::source::arrange::ArrangedCue;
use crate::source::draft::Draft;
use crate::source::words::quoted;

/// The first cue of a show comes earlier than this: 3 h.
const FIRST_MS: i64 = 10_800_000;

/// Rows that run back by more than this, 12 h, run on after midnight.
const MIDNIGHT_MS: i64 = 43_200_000;

const DAY_MS: i64 = 86_400_000;

/// An event of at least this length, 12 h, has cues beyond its first eighth.
const LONG: Span = Span::from_millis(43_200_000);

/// Reports at most one thing: that times are those of a clock on the wall, or that the event is far longer than its cues.
pub(super) fn review(cues: &[ArrangedCue], review: &mut Review<'_, '_>) {
    let drafts = review.drafts;
    let times = || drafts.iter().filter_map(|draft| Some((draft, draft.begin.ms()?)));
    if let Some((draft, ms)) = after_midnight(times()).filter(|(draft, _)| is_clock(draft)) {
        let before = Position::from_millis(times().map(|(_, ms)| ms).max().unwrap_or(0));
        let label = draft.place.label(None);
        let problem = format!(
            "{label} is at {}, after cues up to {}, as if these were times of day over midnight",
            clock(Position::from_millis(ms)),
            clock(before),
        );
        return report(draft, ms, problem, review);
    }
    let first =
        times().min_by_key(|&(_, ms)| ms).filter(|&(draft, ms)| (FIRST_MS..DAY_MS).contains(&ms) && is_clock(draft));
    if let Some((draft, ms)) = first {
        let position = clock(Position::from_millis(ms));
        let problem = match review.header.duration {
            Some(duration) if duration.as_millis() <= ms => format!(
                "every cue comes after the event's end at {}; the first, {}, as if it were a time of day",
                clock(Position::START + duration),
                draft.place.label(Some(Position::from_millis(ms)))
            ),
            _ => format!(
                "nothing happens before {position}, when {} comes, as if it were a time of day",
                draft.place.label(None)
            ),
        };
        return report(draft, ms, problem, review);
    }
    long_event(cues, review);
}

fn report(draft: &Draft<'_>, ms: i64, problem: String, review: &mut Review<'_, '_>) {
    let meant = quoted(&length(Span::from_millis(ms)));
    let remedy = format!(
        "count from the event's beginning (\"cues import --start 19:30\" converts a table), or write {meant} if it is meant"
    );
    draft.place.report(Code::TimeOfDay, "time", Message::new(problem, remedy), review.report);
}

/// Returns the first cue after midnight: the only one before which the sheet runs back, by more than half a day, while the
/// cues from there on stay before those in front of it.
fn after_midnight<'d, 's>(times: impl Iterator<Item = (&'d Draft<'s>, i64)>) -> Option<(&'d Draft<'s>, i64)> {
    let (mut first, mut last, mut found) = (None, None, None);
    for (draft, ms) in times {
        let before = last.replace(ms);
        if first.is_none() {
            first = Some(ms);
        }
        if before.is_some_and(|before| ms < before) {
            if found.is_some() || before? - ms <= MIDNIGHT_MS || before? >= DAY_MS {
                return None;
            }
            found = Some((draft, ms));
        }
    }
    found.filter(|_| last < first)
}

/// Returns whether a cue's time is written like one of a day, `HH:MM:SS`.
fn is_clock(draft: &Draft<'_>) -> bool {
    let written = draft.place.field("time").and_then(|field| field.value().text());
    written.is_some_and(|time| {
        time.bytes().filter(|&byte| byte == b':').count() == 2
            && time.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte))
    })
}

/// Reports an event of which the cues fill only the first eighth, such as a show of 90 minutes in an event of 24 hours.
fn long_event(cues: &[ArrangedCue], review: &mut Review<'_, '_>) {
    let Some(duration) = review.header.duration.filter(|&duration| duration >= LONG) else { return };
    let ends = cues.iter().map(|cue| cue.cue.end.unwrap_or(cue.cue.time));
    let (Some(last), Some(end)) = (cues.last(), ends.max()) else { return };
    let lasts = cues.iter().any(|cue| cue.cue.end.is_none() && cue.cue.kind == Kind::State);
    if cues.len() < 2 || lasts || (end - Position::START).as_millis() * 8 > duration.as_millis() {
        return;
    }
    let problem = format!(
        "{} is the last, and the event goes on to {}, more than eight times as long",
        review.label(last),
        clock(Position::START + duration)
    );
    let remedy = "check the sheet's \"duration\", or that the times are hours where they should be";
    review.report(Code::LongEvent, last, "time", Message::new(problem, remedy));
}
