//! Which times move, and how they are written then.

use core::ops::Range;
use downbeat_core::{Position, Span};

use crate::interchange::length;
use crate::rundown::clock;
use crate::source::{Anchor, FrameRate, Room, TimedCue, Written, frame, time_ms};

/// Which times move; all by the same distance.
pub(super) struct Movements {
    /// Whether each cue is one of those to shift.
    pub(super) chosen: Vec<bool>,
    /// For each cue its beginning and its end.
    times: Vec<[bool; 2]>,
}

impl Movements {
    /// Returns whether the beginning of a cue moves.
    pub(super) fn moves(&self, cue: usize) -> bool {
        self.times[cue][0]
    }
}

/// A time of a cue: its number, and 0 for the beginning or 1 for the end.
type Node = (usize, usize);

/// Returns what moves if the chosen cues do: these, and what is timed by them.
pub(super) fn movements(cues: &[TimedCue], is_chosen: impl Fn(&TimedCue) -> bool) -> Movements {
    let chosen: Vec<bool> = cues.iter().map(is_chosen).collect();
    let mut times = vec![[false; 2]; cues.len()];
    let mut dependents: Vec<(Node, Node)> = Vec::new();
    for cue in 0..cues.len() {
        let nodes = [(cue, 0), (cue, 1)];
        dependents.extend(nodes.into_iter().filter_map(|node| Some((depends_on(cues, node)?, node))));
    }
    dependents.sort_unstable();
    let mut next: Vec<Node> = (0..cues.len()).filter(|&cue| chosen[cue]).flat_map(|cue| [(cue, 0), (cue, 1)]).collect();
    while let Some(node) = next.pop() {
        if core::mem::replace(&mut times[node.0][node.1], true) {
            continue;
        }
        let first = dependents.partition_point(|(on, _)| *on < node);
        next.extend(dependents[first..].iter().take_while(|(on, _)| *on == node).map(|(_, dependent)| *dependent));
    }
    Movements { chosen, times }
}

/// Returns the time that another one is written relative to.
fn depends_on(cues: &[TimedCue], (cue, end): Node) -> Option<Node> {
    let written = if end == 0 { &cues[cue].begin } else { &cues[cue].end };
    match written {
        // A cue that is not among them has no time.
        Written::From { cue: other, .. } if *other >= cues.len() => None,
        Written::From { cue: other, anchor, .. } => Some((*other, usize::from(*anchor == Anchor::End))),
        Written::Next(_) => Some((cue.checked_sub(1)?, 1)),
        // Its length does not change.
        Written::Nowhere => Some((cue, 0)),
        Written::At(_) => None,
    }
}

/// Returns a file's text with the times of the chosen cues in it moved by `by_ms`.
pub(super) fn edited(old: &str, path: Option<&str>, cues: &[TimedCue], movements: &Movements, by_ms: i64) -> String {
    let mark = old.len() - old.strip_prefix('\u{feff}').unwrap_or(old).len();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let here = |nth: &usize| movements.chosen[*nth] && cues[*nth].file.as_deref() == path;
    for nth in (0..cues.len()).filter(here) {
        let cue = &cues[nth];
        for (end, written, ms) in [(0, &cue.begin, Some(cue.begin_ms)), (1, &cue.end, cue.end_ms)] {
            let (Some(ms), false) = (ms, matches!(written, Written::Nowhere)) else { continue };
            let on = depends_on(cues, (nth, end));
            // What it depends on takes it along.
            if on.is_some_and(|(other, end)| movements.times[other][end]) {
                continue;
            }
            let raw = |span: &Range<usize>| old.get(span.start + mark..span.end + mark).unwrap_or_default();
            edits.push(match written {
                Written::At(span) => (span.clone(), restyled(raw(span), ms + by_ms, cue.frame_rate)),
                Written::From { span, offset_ms, .. } => (span.clone(), distanced(raw(span), offset_ms + by_ms)),
                Written::Next(span) => {
                    let time = match nth.checked_sub(1).and_then(|before| cues[before].id.as_deref()) {
                        Some(before) => distanced(&format!("\"#{before}.end\""), by_ms),
                        None => format!("\"{}\"", clock(Position::from_millis(ms + by_ms))),
                    };
                    match (span, cue.room) {
                        (Some(span), _) => (span.clone(), time),
                        (None, Room::After(at)) => (at..at, format!(", \"time\": {time}")),
                        (None, Room::Brace(at)) => (at..at, format!(" \"time\": {time},")),
                    }
                }
                Written::Nowhere => continue,
            });
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    let mut text = old.to_owned();
    for (span, new) in edits.into_iter().rev() {
        text.replace_range(span.start + mark..span.end + mark, &new);
    }
    text
}

/// Returns a reference, in its quotes, with another distance.
fn distanced(raw: &str, offset_ms: i64) -> String {
    let reference = raw.trim_matches('"');
    // An id may have a minus, the word of the time after it has none.
    let anchor = [".start", ".end"].iter().filter_map(|word| Some(reference.rfind(word)? + word.len())).max();
    let anchor = &reference[..anchor.unwrap_or(reference.len())];
    match offset_ms {
        0 => format!("\"{anchor}\""),
        1.. => format!("\"{anchor}+{}\"", length(Span::from_millis(offset_ms))),
        _ => format!("\"{anchor}-{}\"", length(Span::from_millis(-offset_ms))),
    }
}

/// Returns a time in the form in which another one is written, as JSON.
fn restyled(raw: &str, ms: i64, rate: Option<FrameRate>) -> String {
    let (sign, magnitude) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
    let seconds = |magnitude: u64| {
        let fraction = format!(".{:03}", magnitude % 1_000);
        format!("{}{}", magnitude / 1_000, fraction.trim_end_matches('0').trim_end_matches('.'))
    };
    let Some(text) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return format!("{sign}{}", seconds(magnitude));
    };
    let plain = text.trim_start_matches('-');
    let written = if let Ok((_, own)) = frame(plain, rate) {
        let suffix = plain.find('@').map_or("", |at| &plain[at..]);
        let timecode = own.timecode(own.frame_at(ms)) + suffix;
        let same = ms >= 0 && frame(&timecode, rate).is_ok_and(|(number, own)| own.ms(number) == ms);
        if same { timecode } else { clock(Position::from_millis(ms)) }
    } else if plain.starts_with('P') {
        let (hours, minutes) = (magnitude / 3_600_000, magnitude / 60_000 % 60);
        let part = |number: u64, unit: &str| if number > 0 { format!("{number}{unit}") } else { String::new() };
        let rest = magnitude % 60_000;
        let rest = if rest > 0 || magnitude == 0 { seconds(rest) + "S" } else { String::new() };
        format!("{sign}PT{}{}{rest}", part(hours, "H"), part(minutes, "M"))
    } else if plain.contains(':') || time_ms(plain).is_err() {
        clock(Position::from_millis(ms))
    } else {
        format!("{sign}{}", length(Span::from_millis(ms.abs())))
    };
    format!("\"{written}\"")
}
