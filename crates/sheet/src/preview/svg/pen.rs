//! What the parts of the picture are drawn from.

use crate::diagnostic::Level;
use crate::preview::layout::Layout;
use crate::preview::{Annotation, Picture};
use crate::rundown::Cue;

/// A picture with its layout, while it is drawn.
pub(super) struct Pen<'p, 'a> {
    pub(super) picture: &'p Picture<'a>,
    /// The worst level of each cue's remarks.
    pub(super) levels: &'p [Option<Level>],
    /// The remarks about each cue, the worst first.
    pub(super) remarks: &'p [Vec<&'a Annotation>],
    pub(super) layout: &'p Layout,
}

impl Pen<'_, '_> {
    /// Returns a cue by its index.
    pub(super) fn cue(&self, index: usize) -> &Cue {
        &self.picture.rundown.cues()[index]
    }
}

/// Returns for each cue the remarks about it, the worst first.
pub(super) fn remarks_by_cue<'a>(picture: &Picture<'a>) -> Vec<Vec<&'a Annotation>> {
    let mut by_cue = vec![Vec::new(); picture.rundown.cues().len()];
    for remark in picture.worst_first() {
        for &cue in &remark.cues {
            if let Some(remarks) = by_cue.get_mut(cue) {
                remarks.push(remark);
            }
        }
    }
    by_cue
}
