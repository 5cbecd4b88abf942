//! The cues of an event as it runs: which have passed, which are on, which comes next and when.

use downbeat_core::{Position, ServerTime};
use downbeat_sheet::rundown::Cue;

use super::model::Model;
use crate::text;

/// Where a cue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CuePhase {
    /// It began, and is over.
    Passed,
    /// It began, and lasts.
    On,
    /// It comes next, alone or with others at the same time.
    Next,
    /// It comes later.
    Later,
}

impl CuePhase {
    pub(super) fn of(cue: &Cue, position: Position, next: Option<Position>) -> Self {
        match () {
            () if cue.is_on_at(position) => Self::On,
            () if cue.time() <= position => Self::Passed,
            () if Some(cue.time()) == next => Self::Next,
            () => Self::Later,
        }
    }
}

/// Returns when a cue is due, in words: `in 30 s`; `held` if that is not known.
pub(super) fn due_words(due: Option<ServerTime>, now: ServerTime) -> String {
    due.map_or_else(|| "held".to_owned(), |due| text::relative(due, now))
}

/// Returns a cue's action as it stands beside its id; nothing if the id was made from it and so already names it.
pub(super) fn action_beside_id(cue: &Cue) -> String {
    if cue.id().starts_with(cue.action()) { String::new() } else { format!("  {}", text::tame(cue.action())) }
}

/// Returns why no cues are shown. `none_left` is what is said of a rundown that is loaded.
pub(super) fn why_empty(model: &Model, none_left: &'static str) -> &'static str {
    match (&model.state, model.rundown()) {
        (None, _) => "connecting",
        (Some(state), _) if state.rundown.is_none() => "the event has no rundown",
        (Some(_), None) => "the rundown is loading",
        (Some(_), Some(_)) => none_left,
    }
}
