//! When each cue begins and ends, once the references between them are followed.

use super::draft::{Draft, Time};
use super::ids::Ids;
use super::nearest::nearest;
use super::quoted;
use super::reference::{Anchor, Reference, reference};
use crate::diagnostic::{Code, Report};

/// How many cues of a circle a message shows.
const CYCLE_SHOWN_MAX: usize = 8;

/// The number of ids among which a similar one is looked for: more would take its time in sheets full of errors.
const SIMILAR_MAX: usize = 2_000;

/// One of the two times of a draft.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Node {
    draft: usize,
    anchor: Anchor,
}

/// What a time needs.
enum Step {
    /// Nothing: it is known, or cannot be.
    Known(Option<i64>),
    /// Another time, and how long after it.
    Needs(Node, i64),
}

/// Follows every reference: afterwards each time is known, cannot be, or is not there. None is checked against any limit.
///
/// Each time needs at most one other, so this is a walk, without recursion.
pub(super) fn resolve(drafts: &mut [Draft<'_>], ids: &Ids<'_>, report: &mut Report) {
    let mut way: Vec<(Node, i64)> = Vec::new();
    for draft in 0..drafts.len() {
        for anchor in [Anchor::Start, Anchor::End] {
            let mut node = Node { draft, anchor };
            let mut value = loop {
                match step(node, &way, drafts, ids, report) {
                    Step::Known(value) => break value,
                    Step::Needs(next, offset_ms) => {
                        *node.time(drafts) = Time::Followed;
                        way.push((node, offset_ms));
                        node = next;
                    }
                }
            };
            // The time at which the walk began is known as it was, unless it is on the way.
            if matches!(*node.time(drafts), Time::Reference) {
                *node.time(drafts) = Time::Unknown;
            }
            while let Some((node, offset_ms)) = way.pop() {
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

fn step(node: Node, way: &[(Node, i64)], drafts: &[Draft<'_>], ids: &Ids<'_>, report: &mut Report) -> Step {
    let draft = &drafts[node.draft];
    let (time, field) = match node.anchor {
        Anchor::Start => (draft.begin, "time"),
        Anchor::End => (draft.end, "until"),
    };
    match time {
        Time::At(ms) => Step::Known(Some(ms)),
        Time::Open | Time::Unknown => Step::Known(None),
        Time::After(ms) => Step::Needs(Node { anchor: Anchor::Start, ..node }, ms),
        Time::Reference => follow(field, draft, drafts, ids, report),
        Time::Followed => {
            report_cycle(node, way, drafts, report);
            Step::Known(None)
        }
    }
}

/// Finds what the reference in a field is to.
fn follow(field: &str, draft: &Draft<'_>, drafts: &[Draft<'_>], ids: &Ids<'_>, report: &mut Report) -> Step {
    let written = draft.place.prop(field).and_then(|prop| prop.value().text());
    let read = written.and_then(|written| reference(written, draft.place.file.part.rate).ok());
    // It was read before, or it would not have come here.
    let Some(Reference { id, anchor, offset_ms }) = read else { return Step::Known(None) };
    let label = draft.place.label(None);
    let shown = quoted(&format!("#{id}.{}", anchor.as_str()));
    let Some(index) = ids.find(id) else {
        let meant = nearest(id, ids.all().filter(|&other| Some(other) != draft.id()).take(SIMILAR_MAX));
        let hint = meant.map(|meant| format!("did you mean \"#{meant}.{}\"?", anchor.as_str()));
        let message = format!("{label} has {shown} for {field:?}, no cue has that id; use the id of one, or a time");
        draft.place.suggest(Code::UnknownReference, field, message, hint, report);
        return Step::Known(None);
    };
    let target = &drafts[index];
    if (anchor, matches!(target.end, Time::Open)) == (Anchor::End, true) {
        let message = format!(
            "{label} has {shown} for {field:?}, that cue does not say when it ends; give it \"duration\" or \"until\", or use its start"
        );
        draft.place.say(Code::NoEnd, field, message, report);
        return Step::Known(None);
    }
    let repeated = match (anchor, target.repeat) {
        (Anchor::End, Some(repeat)) => repeat.last_ms(),
        _ => 0,
    };
    Step::Needs(Node { draft: index, anchor }, offset_ms.saturating_add(repeated))
}

fn report_cycle(from: Node, way: &[(Node, i64)], drafts: &[Draft<'_>], report: &mut Report) {
    let start = way.iter().position(|&(node, _)| node == from).unwrap_or(0);
    let circle: Vec<Node> = way[start..].iter().map(|&(node, _)| node).collect();
    // Whichever time the walk came from, the circle is told from the cue that stands first in the sheet.
    let first = (0..circle.len()).min_by_key(|&at| circle[at].draft).unwrap_or(0);
    let turned = circle[first..].iter().chain(&circle[..=first]);
    let named = |node: &Node| match drafts[node.draft].place.label(None) {
        label if label.id.is_some() => format!("#{}.{}", label.id.unwrap_or_default(), node.anchor.as_str()),
        label => format!("{label}.{}", node.anchor.as_str()),
    };
    let mut names: Vec<String> = turned.map(named).collect();
    if names.len() > CYCLE_SHOWN_MAX + 1 {
        let left_out = names.len() - 1 - CYCLE_SHOWN_MAX;
        names.splice(CYCLE_SHOWN_MAX / 2..names.len() - 1 - CYCLE_SHOWN_MAX / 2, [format!("({left_out} more)")]);
    }
    let Some(&Node { draft, anchor }) = circle.get(first) else { return };
    let place = drafts[draft].place;
    let field = match anchor {
        Anchor::Start => "time",
        Anchor::End if place.prop("until").is_some() => "until",
        Anchor::End => "duration",
    };
    let message = format!(
        "{}: its {field:?} depends on itself ({}); give one of these a time of its own",
        place.label(None),
        names.join(" → ")
    );
    place.say(Code::ReferenceCycle, field, message, report);
}
