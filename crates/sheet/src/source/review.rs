//! Reviews the cues together, as the audience would see them: what lasts, what overlaps, what comes too often or weighs
//! too much.

mod context;
mod day;
mod drift;
mod frequency;
mod lanes;
mod locales;
mod needs;
mod preload;

use super::arrange::ArrangedCue;
use super::draft::Draft;
use super::header::Header;
use crate::diagnostic::Report;
use crate::options::Options;
use context::Review;

/// Reviews the sorted cues, and ends each state without an end where the next state of its track begins.
pub(super) fn review(
    cues: &mut [ArrangedCue],
    drafts: &[Draft<'_>],
    header: &Header,
    options: &Options,
    report: &mut Report,
) {
    let mut review = Review { drafts, header, options, report };
    lanes::review(cues, &mut review);
    drift::review(cues, &mut review);
    frequency::review(cues, &mut review);
    needs::review(cues, &mut review);
    preload::review(cues, &mut review);
    locales::review(cues, &mut review);
    day::review(cues, &mut review);
}
