//! The ids that authors give to cues.

use std::borrow::Cow;

use super::draft::Draft;
use super::label::CueLabel;
use super::nfc::nfc;
use crate::diagnostic::{Code, Message, Report};

/// All given ids in NFC with the indices of their drafts, sorted.
pub(super) struct Ids<'s>(Vec<(Cow<'s, str>, usize)>);

impl<'s> Ids<'s> {
    /// Collects the ids. A repeated one is reported, and its later drafts lose it.
    pub(super) fn collect(drafts: &mut [Draft<'s>], report: &mut Report) -> Self {
        let given = drafts.iter().enumerate().filter_map(|(index, draft)| Some((nfc(draft.id()?), index)));
        let mut ids: Vec<_> = given.collect();
        ids.sort();
        let mut repeated = Vec::new();
        ids.dedup_by(|(id, index), (first_id, first)| {
            let same = id == first_id;
            if same {
                repeated.push((*first, *index));
            }
            same
        });
        for (first, index) in repeated {
            let first = CueLabel { id: None, ..drafts[first].place.label(None) };
            let draft = &mut drafts[index];
            let problem = format!("{} has the id of {first}", draft.place.label(None));
            let message = Message::new(problem, "give each cue an id of its own, or none");
            draft.place.report(Code::DuplicateId, "id", message, report);
            draft.named = false;
        }
        Self(ids)
    }

    /// Returns the index of the draft with this id.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        let id = nfc(id);
        let at = self.0.binary_search_by(|(known, _)| known.cmp(&id)).ok()?;
        Some(self.0[at].1)
    }

    /// Returns all ids.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(id, _)| &**id)
    }
}
