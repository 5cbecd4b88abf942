//! What cues need of clocks: whether clocks can provide it, and whether it is of use.

use downbeat_core::Span;

use super::context::Review;
use crate::diagnostic::{Code, Message};
use crate::rundown::{Kind, Needs, Otherwise};
use crate::source::arrange::ArrangedCue;

/// The narrowest bound that clocks reach often enough to rely on: 40 ms.
///
/// Reason: between two requests 5 minutes apart, a clock may drift by 30 ms (100 ppm), in addition to half of its best
/// round trip. On the networks of `sim`, a viewer at home is within 33 ms half of the time and within 50 ms for 86 %, one
/// on a phone within 64 ms half of the time and within 50 ms for 22 %.
const WITHIN_REACH: Span = Span::from_millis(40);

/// How long a state may be withheld without a warning: a minute.
///
/// Reason: viewers who see nothing for longer think that the page is broken.
const WITHHELD_MAX: Span = Span::from_millis(60_000);

/// Reports needs that are hard to meet, or of no use.
pub(super) fn review(cues: &[ArrangedCue], review: &mut Review<'_, '_>) {
    for cue in cues.iter().filter(|cue| cue.first) {
        let Some(needs) = cue.cue.needs else { continue };
        let label = review.label(cue);
        let checks = [
            (Code::BoundOutOfReach, bound_out_of_reach(needs)),
            (Code::NeedsInVain, in_vain(cue, needs)),
            (Code::LongWithheld, long_withheld(cue, needs)),
        ];
        for (code, found) in checks {
            if let Some((problem, remedy)) = found {
                review.report(code, cue, "needs", Message::new(format!("{label} {problem}"), remedy));
            }
        }
    }
}

/// A problem, as the rest of a sentence that begins with the cue, and its remedy.
type Problem = (String, String);

fn bound_out_of_reach(needs: Needs) -> Option<Problem> {
    let effect = match needs.otherwise {
        Otherwise::Skip => "most viewers would not get it",
        Otherwise::Fire => "most viewers would get it as uncertain",
    };
    let ms = needs.bound.as_millis();
    let problem = format!("needs a clock that is right within {ms} ms, which networks seldom allow, so {effect}");
    (needs.bound < WITHIN_REACH).then(|| (problem, format!("use {} ms or more", WITHIN_REACH.as_millis())))
}

fn in_vain(ArrangedCue { cue, .. }: &ArrangedCue, needs: Needs) -> Option<Problem> {
    let (ms, jitter_ms) = (needs.bound.as_millis(), cue.jitter().as_millis());
    let problem = format!("is spread over {jitter_ms} ms, so nobody sees whether a clock is right within {ms} ms");
    let remedy = "leave \"needs\" out, or spread it less".to_owned();
    (cue.jitter() >= needs.bound + needs.bound).then_some((problem, remedy))
}

fn long_withheld(ArrangedCue { cue, .. }: &ArrangedCue, needs: Needs) -> Option<Problem> {
    let is_long = cue.kind == Kind::State && cue.end.is_none_or(|end| end - cue.time > WITHHELD_MAX);
    if !is_long || needs.otherwise != Otherwise::Skip {
        return None;
    }
    let problem = format!(
        "lasts for more than a minute, and viewers whose clock is not right within {} ms see nothing of it until it is",
        needs.bound.as_millis()
    );
    let remedy = "use \"otherwise\": \"fire\", and a moment of its own for what has to be exact".to_owned();
    Some((problem, remedy))
}
