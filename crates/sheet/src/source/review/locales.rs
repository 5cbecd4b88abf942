//! Messages that some viewers would get in another language.

use downbeat_core::Locale;

use super::context::Review;
use crate::diagnostic::{Code, Message};
use crate::source::arrange::ArrangedCue;
use crate::source::words::listed;

/// Reports messages that lack one of the locales that the sheet declares or that were asked for.
pub(super) fn review(cues: &[ArrangedCue], review: &mut Review<'_, '_>) {
    let declared = review.header.locales.iter().flatten();
    let mut needed: Vec<&Locale> = declared.chain(&review.options.required_locales).collect();
    needed.sort();
    needed.dedup();
    for cue in cues.iter().filter(|cue| cue.first) {
        let Some(texts) = &cue.cue.message else { continue };
        let missing = needed.iter().filter(|locale| !texts.contains_key(locale));
        let missing: Vec<&str> = missing.map(|locale| locale.as_str()).collect();
        if !missing.is_empty() {
            let problem = format!("{} has no message in {}", review.label(cue), listed(&missing));
            let message = Message::new(problem, "add it, or those viewers get another language");
            review.report(Code::MissingLocale, cue, "message", message);
        }
    }
}
