//! The ids that cues were given.

use super::draft::Draft;
use crate::diagnostic::{Code, Report};

/// Every given id with the index of its draft, sorted.
pub(super) struct Ids<'s>(Vec<(&'s str, usize)>);

impl<'s> Ids<'s> {
    /// Collects the ids, and reports those that were given before.
    pub(super) fn collect(drafts: &mut [Draft<'s>], report: &mut Report) -> Self {
        let given = drafts.iter().enumerate().filter_map(|(index, draft)| Some((draft.id()?, index)));
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
            let first = drafts[first].place;
            let first = super::label::Label { id: None, ..first.label(None) };
            let draft = &mut drafts[index];
            let label = draft.place.label(None);
            let message = format!("{label} has the id of {first}; give each cue an id of its own, or none");
            draft.place.say(Code::DuplicateId, "id", message, report);
            draft.named = false;
        }
        Self(ids)
    }

    /// Returns the index of the draft with this id.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        let at = self.0.binary_search_by_key(&id, |&(known, _)| known).ok()?;
        Some(self.0[at].1)
    }

    /// Returns all ids.
    pub(super) fn all(&self) -> impl Iterator<Item = &'s str> {
        self.0.iter().map(|&(id, _)| id)
    }
}
