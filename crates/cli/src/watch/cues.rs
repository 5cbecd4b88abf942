//! The cues of an event as it runs: which have passed, which are on, which comes next and when.

use std::collections::HashMap;

use downbeat_core::{Position, ServerTime};
use downbeat_sheet::rundown::Cue;
use downbeat_sheet::{Crew, CrewNote, Rundown};

use super::model::Model;

/// What a sheet says about the cues for the crew, by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    by_id: HashMap<String, CrewNote>,
    /// The sheet's rundown, to say when the event runs another one.
    rundown: Option<downbeat_core::Digest>,
}

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

impl Notes {
    /// Returns the notes of a sheet.
    pub(crate) fn of(rundown: &Rundown, crew: Crew) -> Self {
        let ids = rundown.cues().iter().map(|cue| cue.id().to_owned());
        Self { by_id: ids.zip(crew.notes).collect(), rundown: Some(rundown.digest()) }
    }

    /// Returns what is known about a cue.
    pub(super) fn about(&self, cue: &Cue) -> Option<&CrewNote> {
        self.by_id.get(cue.id())
    }

    /// Returns whether the event runs another rundown than the sheet.
    pub(super) fn differ(&self, model: &Model) -> bool {
        self.rundown.zip(model.rundown()).is_some_and(|(sheet, rundown)| sheet != rundown.digest())
    }
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

/// Returns when a cue is due; `None` while the event is held before it, or ends before it.
pub(super) fn due(model: &Model, cue: &Cue, now: ServerTime) -> Option<ServerTime> {
    let timeline = model.state.as_ref()?.timeline().ok()?;
    timeline.reaches(cue.time(), now).filter(|at| !timeline.is_over(*at))
}
