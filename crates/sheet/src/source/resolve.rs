//! Follows the references between cues, so that each has its times.

use downbeat_core::Position;

use super::draft::{Draft, Repeat, Time};
use super::ids::Ids;
use super::nearest::nearest;
use super::time::{Anchor, Reference, reference};
use super::words::quoted;
use crate::diagnostic::{Code, Message, Report};

/// The number of cues of a circle that a message shows.
const CYCLE_SHOWN_MAX: usize = 8;

/// The number of ids that are searched for a similar one: in sheets full of errors, more would take too long.
const SIMILAR_MAX: usize = 2_000;

/// The beginning or the end of a draft.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Node {
    draft: usize,
    anchor: Anchor,
}

/// What a time depends on.
enum Step {
    /// Nothing: it is determined, or cannot be.
    Determined(Option<i64>),
    /// Another time, which is this many milliseconds earlier.
    DependsOn(Node, i64),
}

/// Follows every reference. Afterwards each time is a number of milliseconds, unknown, or open; limits are checked later.
///
/// Each time depends on at most one other, so this is a walk, without recursion.
pub(super) fn resolve(drafts: &mut [Draft<'_>], ids: &Ids<'_>, report: &mut Report) {
    let mut path: Vec<(Node, i64)> = Vec::new();
    for draft in 0..drafts.len() {
        for anchor in [Anchor::Start, Anchor::End] {
            let mut node = Node { draft, anchor };
            let mut value = loop {
                match step(node, &path, drafts, ids, report) {
                    Step::Determined(value) => break value,
                    Step::DependsOn(next, offset_ms) => {
                        *node.time(drafts) = Time::Followed;
                        path.push((node, offset_ms));
                        node = next;
                    }
                }
            };
            // The last time of the walk keeps its value, unless it is a reference that leads nowhere.
            if matches!(*node.time(drafts), Time::Reference | Time::Next) {
                *node.time(drafts) = Time::Unknown;
            }
            while let Some((node, offset_ms)) = path.pop() {
                value = value.map(|ms| ms.saturating_add(offset_ms));
                *node.time(drafts) = value.map_or(Time::Unknown, Time::At);
            }
        }
    }
}

impl Node {
    fn time<'d>(self, drafts: &'d mut [Draft<'_>]) -> &'d mut Time {
        let draft = &mut drafts[self.draft];
        match self.anchor {
            Anchor::Start => &mut draft.begin,
            Anchor::End => &mut draft.end,
        }
    }
}

fn step(node: Node, path: &[(Node, i64)], drafts: &[Draft<'_>], ids: &Ids<'_>, report: &mut Report) -> Step {
    let draft = &drafts[node.draft];
    let (time, field) = match node.anchor {
        Anchor::Start => (draft.begin, "time"),
        Anchor::End => (draft.end, "until"),
    };
    match time {
        Time::At(ms) => Step::Determined(Some(ms)),
        Time::Open | Time::Unknown => Step::Determined(None),
        Time::Next => follow_before(node.draft, drafts, report),
        Time::After(ms) => Step::DependsOn(Node { anchor: Anchor::Start, ..node }, ms),
        Time::Reference => follow(field, draft, drafts, ids, report),
        Time::Followed => {
            report_cycle(node, path, drafts, report);
            Step::Determined(None)
        }
    }
}

/// Finds what the reference in a field refers to.
fn follow(field: &str, draft: &Draft<'_>, drafts: &[Draft<'_>], ids: &Ids<'_>, report: &mut Report) -> Step {
    let written = draft.place.field(field).and_then(|field| field.value().text());
    let read = written.and_then(|written| reference(written, draft.place.file.part.frame_rate).ok());
    let Some(Reference { id, anchor, offset_ms }) = read else {
        // Not reached: the time is a reference because reading it succeeded before.
        return Step::Determined(None);
    };
    let shown = quoted(&format!("#{id}.{}", anchor.as_str()));
    let has = || format!("{} has {shown} for {field:?}", draft.place.label(None));
    let Some(index) = ids.find(id) else {
        let meant = nearest(id, ids.all().filter(|&other| Some(other) != draft.id()).take(SIMILAR_MAX));
        let hint = meant.map(|meant| format!("did you mean \"#{meant}.{}\"?", anchor.as_str()));
        let message = Message::new(format!("{}, but no cue has that id", has()), "use the id of one, or a time");
        draft.place.report(Code::UnknownReference, field, message.with_hint(hint), report);
        return Step::Determined(None);
    };
    let target = &drafts[index];
    if anchor == Anchor::End && matches!(target.end, Time::Open) {
        let problem = format!("{}, but that cue does not say when it ends", has());
        let message = Message::new(problem, "give it \"duration\" or \"until\", or use its start");
        draft.place.report(Code::NoEnd, field, message, report);
        return Step::Determined(None);
    }
    let repeated_ms = match (anchor, target.repeat) {
        (Anchor::End, Some(repeat)) => repeat.last_ms(),
        _ => 0,
    };
    Step::DependsOn(Node { draft: index, anchor }, offset_ms.saturating_add(repeated_ms))
}

/// Finds the end of the cue before a draft in its file, when that begins.
fn follow_before(index: usize, drafts: &[Draft<'_>], report: &mut Report) -> Step {
    let draft = &drafts[index];
    let place = draft.place;
    let Some(number) = place.index.checked_sub(1) else {
        let has = if place.field("time").is_some() { "\"next\" for \"time\"" } else { "no \"time\"" };
        let problem = format!("{} has {has}, and no cue comes before it in its file", place.label(None));
        let remedy = "say when it fires, such as 560 (seconds) or \"00:09:20\"";
        place.report(Code::MissingField, "time", Message::new(problem, remedy), report);
        return Step::Determined(None);
    };
    let before = index.checked_sub(1).filter(|&before| {
        let other = drafts[before].place;
        core::ptr::eq(other.file, place.file) && other.index == number
    });
    // What was there is not a cue, which has been reported.
    let Some(before) = before else { return Step::Determined(None) };
    let other = &drafts[before];
    if matches!(other.end, Time::Open) {
        let (label, before) = (place.label(None), other.place.label(other.begin.ms().map(Position::from_millis)));
        let problem = format!("{label} begins when {before} ends, which does not say when that is");
        let remedy = format!("give {before} \"duration\" or \"until\", or {label} a \"time\"");
        place.report(Code::NoEnd, "time", Message::new(problem, remedy), report);
        return Step::Determined(None);
    }
    let repeated_ms = other.repeat.map_or(0, Repeat::last_ms);
    Step::DependsOn(Node { draft: before, anchor: Anchor::End }, repeated_ms)
}

fn report_cycle(from: Node, path: &[(Node, i64)], drafts: &[Draft<'_>], report: &mut Report) {
    let start = path.iter().position(|&(node, _)| node == from).unwrap_or(0);
    let circle: Vec<Node> = path[start..].iter().map(|&(node, _)| node).collect();
    // Whichever time the walk came from, the message begins with the cue that is first in the sheet.
    let first = (0..circle.len()).min_by_key(|&at| circle[at].draft).unwrap_or(0);
    let Some(&Node { draft, anchor }) = circle.get(first) else { return };
    let place = drafts[draft].place;
    let field = match anchor {
        Anchor::Start => "time",
        Anchor::End if place.field("until").is_some() => "until",
        Anchor::End => "duration",
    };
    let names = circle_names(circle[first..].iter().chain(&circle[..=first]), drafts);
    let problem = format!("{}: its {field:?} depends on itself ({})", place.label(None), names.join(" → "));
    place.report(Code::ReferenceCycle, field, Message::new(problem, "give one of these a time of its own"), report);
}

/// Returns the times of a circle as references, those in the middle left out if there are many.
fn circle_names<'n>(circle: impl Iterator<Item = &'n Node>, drafts: &[Draft<'_>]) -> Vec<String> {
    let name = |node: &Node| match drafts[node.draft].place.label(None) {
        label if label.id.is_some() => format!("#{}.{}", label.id.unwrap_or_default(), node.anchor.as_str()),
        label => format!("{label}.{}", node.anchor.as_str()),
    };
    let mut names: Vec<String> = circle.map(name).collect();
    if names.len() > CYCLE_SHOWN_MAX + 1 {
        let left_out = names.len() - 1 - CYCLE_SHOWN_MAX;
        names.splice(CYCLE_SHOWN_MAX / 2..names.len() - 1 - CYCLE_SHOWN_MAX / 2, [format!("({left_out} more)")]);
    }
    names
}

#[cfg(test)]
mod tests;
