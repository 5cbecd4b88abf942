//! What a review needs to know about the sheet, and where it reports.

use crate::diagnostic::{Code, Message, Report};
use crate::options::Options;
use crate::source::arrange::ArrangedCue;
use crate::source::draft::Draft;
use crate::source::header::Header;
use crate::source::label::CueLabel;

/// A review in progress.
pub(super) struct Review<'a, 's> {
    pub(super) drafts: &'a [Draft<'s>],
    pub(super) header: &'a Header,
    pub(super) options: &'a Options,
    pub(super) report: &'a mut Report,
}

impl<'s> Review<'_, 's> {
    /// Reports a problem of one of a cue's fields.
    pub(super) fn report(&mut self, code: Code, cue: &ArrangedCue, field: &str, message: Message) {
        self.drafts[cue.draft()].place.report(code, field, message, self.report);
    }

    /// Returns what messages call a cue.
    pub(super) fn label(&self, cue: &ArrangedCue) -> CueLabel<'s> {
        self.drafts[cue.draft()].place.label(Some(cue.cue.time))
    }
}
