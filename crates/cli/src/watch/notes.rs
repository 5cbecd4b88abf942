//! What the crew should know about the cues.

use std::collections::HashMap;

use downbeat_core::Digest;
use downbeat_sheet::rundown::Cue;
use downbeat_sheet::{Crew, CrewNote, Rundown};
use downbeat_wire::CueNotes;

use crate::text;

/// What a sheet, or the server, has about the cues for the crew, by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    by_id: HashMap<String, CrewNote>,
    /// The rundown that they are about, to say when the event runs another one.
    rundown: Option<Digest>,
}

impl Notes {
    /// Returns the notes of a sheet.
    pub(crate) fn of(rundown: &Rundown, crew: Crew) -> Self {
        let ids = rundown.cues().iter().map(|cue| cue.id().to_owned());
        Self { by_id: ids.zip(crew.notes).collect(), rundown: Some(rundown.digest()) }
    }

    /// Returns the notes that the server has about a rundown.
    pub(super) fn stored(rundown: Digest, notes: downbeat_wire::Notes) -> Self {
        let about = |CueNotes { cue, note, owner, group, flags }| (cue, CrewNote { note, owner, group, flags });
        Self { by_id: notes.cues.into_iter().map(about).collect(), rundown: Some(rundown) }
    }

    /// Returns a cue's owner and note in words, `Max: wait for the nod`; `None` if there are neither.
    pub(super) fn words(&self, cue: &Cue) -> Option<String> {
        let CrewNote { note, owner, .. } = self.about(cue)?;
        match (owner, note) {
            (Some(owner), Some(note)) => Some(text::tame(&format!("{owner}: {note}"))),
            (one, other) => one.as_deref().or(other.as_deref()).map(text::tame),
        }
    }

    /// Returns what is known about a cue.
    pub(super) fn about(&self, cue: &Cue) -> Option<&CrewNote> {
        self.by_id.get(cue.id())
    }

    /// Returns whether the event runs another rundown than the sheet.
    pub(super) fn differ(&self, event: Option<&Rundown>) -> bool {
        self.rundown.zip(event).is_some_and(|(sheet, event)| sheet != event.digest())
    }
}
