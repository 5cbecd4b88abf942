//! What the audience would see of the cues together: what lasts, what overlaps, what comes too often or too heavily.

mod lanes;
mod needs;
mod preload;
mod timing;

use downbeat_core::Locale;

use super::arrange::Placed;
use super::draft::Draft;
use super::fields::listed;
use super::sheet::Header;
use crate::compile::Options;
use crate::diagnostic::{Code, Report};

/// What a review goes by.
struct Reviewed<'a, 's> {
    drafts: &'a [Draft<'s>],
    header: &'a Header,
    options: &'a Options,
}

/// Looks at the sorted cues, and ends each state that says no end where the next of its track begins.
pub(super) fn review(
    placed: &mut [Placed],
    drafts: &[Draft<'_>],
    header: &Header,
    options: &Options,
    report: &mut Report,
) {
    let reviewed = Reviewed { drafts, header, options };
    lanes::review(placed, &reviewed, report);
    timing::review(placed, &reviewed, report);
    needs::review(placed, &reviewed, report);
    preload::review(placed, &reviewed, report);
    review_locales(placed, &reviewed, report);
}

impl Reviewed<'_, '_> {
    /// Says something about a cue.
    fn say(&self, code: Code, placed: &Placed, field: &str, message: String, report: &mut Report) {
        self.suggest(code, placed, field, message, None, report);
    }

    fn suggest(
        &self,
        code: Code,
        placed: &Placed,
        field: &str,
        message: String,
        hint: Option<&str>,
        report: &mut Report,
    ) {
        self.drafts[placed.draft()].place.suggest(code, field, message, hint.map(str::to_owned), report);
    }

    /// Returns what messages call a cue.
    fn label(&self, placed: &Placed) -> super::label::Label<'_> {
        self.drafts[placed.draft()].place.label(Some(placed.cue.time))
    }
}

/// Reports messages that some viewers would get in another language.
fn review_locales(placed: &[Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    let declared = reviewed.header.locales.iter().flatten();
    let mut needed: Vec<&Locale> = declared.chain(&reviewed.options.required_locales).collect();
    needed.sort();
    needed.dedup();
    for placed in placed.iter().filter(|placed| placed.first) {
        let Some(message) = &placed.cue.message else { continue };
        let missing = needed.iter().filter(|locale| !message.contains_key(locale));
        let missing: Vec<&str> = missing.map(|locale| locale.as_str()).collect();
        if !missing.is_empty() {
            let text = format!(
                "{} has no message in {}; add it, or those viewers get another language",
                reviewed.label(placed),
                listed(&missing)
            );
            reviewed.say(Code::MissingLocale, placed, "message", text, report);
        }
    }
}
