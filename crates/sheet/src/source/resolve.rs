//! When each cue begins and ends, once the references between them are followed.

use super::draft::{Draft, Ending};
use super::ids::Ids;
use super::nearest::nearest;
use super::quoted;
use super::reference::{Anchor, Reference};
use super::time::When;
use crate::diagnostic::{Code, Report};

/// When a cue begins and ends, the first time if it is repeated, in milliseconds; nothing where that cannot be told
/// (which has been reported) or where it has no end. Neither is checked against any limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) begin_ms: Option<i64>,
    pub(super) end_ms: Option<i64>,
}

/// Gives how many cues of a circle a message shows.
const CYCLE_SHOWN_MAX: usize = 8;

/// Gives the number of ids among which a similar one is looked for: more would take its time in sheets full of errors.
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

#[derive(Clone, Copy)]
enum State {
    New,
    /// On the way that is being followed: to meet it again is a circle.
    Open,
    Done(Option<i64>),
}

/// Follows every reference. Each time needs at most one other, so this is a walk, without recursion.
pub(super) fn resolve(drafts: &[Draft<'_>], ids: &Ids<'_>, report: &mut Report) -> Vec<Times> {
    let mut states = vec![[State::New; 2]; drafts.len()];
    let mut way: Vec<(Node, i64)> = Vec::new();
    for draft in 0..drafts.len() {
        for anchor in [Anchor::Start, Anchor::End] {
            let mut node = Node { draft, anchor };
            let mut value = loop {
                let state = &mut states[node.draft][node.anchor as usize];
                match *state {
                    State::Done(value) => break value,
                    State::Open => {
                        report_cycle(node, &way, drafts, report);
                        break None;
                    }
                    State::New => {}
                }
                *state = State::Open;
                match step(node, drafts, ids, report) {
                    Step::Known(value) => {
                        states[node.draft][node.anchor as usize] = State::Done(value);
                        break value;
                    }
                    Step::Needs(next, offset_ms) => {
                        way.push((node, offset_ms));
                        node = next;
                    }
                }
            };
            while let Some((node, offset_ms)) = way.pop() {
                value = value.map(|ms| ms.saturating_add(offset_ms));
                states[node.draft][node.anchor as usize] = State::Done(value);
            }
        }
    }
    let ms = |state| if let State::Done(value) = state { value } else { None };
    states.into_iter().map(|[begin, end]| Times { begin_ms: ms(begin), end_ms: ms(end) }).collect()
}

fn step(node: Node, drafts: &[Draft<'_>], ids: &Ids<'_>, report: &mut Report) -> Step {
    let draft = &drafts[node.draft];
    let when = match (node.anchor, draft.end) {
        (Anchor::Start, _) => draft.begin.map(|when| (when, "time")),
        (Anchor::End, Ending::Until(when)) => Some((when, "until")),
        (Anchor::End, Ending::After(ms)) => return Step::Needs(Node { anchor: Anchor::Start, ..node }, ms),
        (Anchor::End, Ending::Open | Ending::Unknown) => None,
    };
    match when {
        None => Step::Known(None),
        Some((When::At(reading), _)) => Step::Known(Some(reading.ms)),
        Some((When::From(reference), field)) => follow(reference, field, draft, drafts, ids, report),
    }
}

/// Finds what a reference is to.
fn follow(
    reference: Reference<'_>,
    field: &str,
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    ids: &Ids<'_>,
    report: &mut Report,
) -> Step {
    let Reference { id, anchor, offset_ms } = reference;
    let label = draft.place.label(None);
    let shown = quoted(&format!("#{id}.{}", anchor.as_str()));
    let Some(index) = ids.find(id) else {
        let meant = nearest(id, ids.all().filter(|&other| Some(other) != draft.id).take(SIMILAR_MAX));
        let hint = meant.map(|meant| format!("did you mean \"#{meant}.{}\"?", anchor.as_str()));
        let message = format!("{label} has {shown} for {field:?}, no cue has that id; use the id of one, or a time");
        draft.place.suggest(Code::UnknownReference, field, message, hint, report);
        return Step::Known(None);
    };
    let target = &drafts[index];
    if (anchor, matches!(target.end, Ending::Open)) == (Anchor::End, true) {
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
