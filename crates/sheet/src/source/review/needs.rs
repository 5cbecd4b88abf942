//! What cues need of clocks: whether clocks can give it, and whether it does any good.

use downbeat_core::Span;

use super::Reviewed;
use crate::diagnostic::{Code, Report};
use crate::rundown::{Kind, Needs, Otherwise};
use crate::source::arrange::Placed;

/// The narrowest bound that networks give often enough to count on: 40 ms.
///
/// Reason: asked every 5 minutes, a clock may drift by 30 ms (100 ppm) beyond half of its best round trip. On the
/// networks of `sim`, a viewer at home is within 33 ms half of the time and within 50 ms for 86 %, one on a phone within
/// 64 ms half of the time and within 50 ms for 22 %.
const WITHIN_REACH: Span = Span::from_millis(40);

/// For how long a state may be withheld without a word: a minute.
///
/// Reason: whoever sees nothing for longer takes the page for broken.
const WITHHELD_MAX: Span = Span::from_millis(60_000);

pub(super) fn review(placed: &[Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    for placed in placed.iter().filter(|placed| placed.first) {
        let Some(needs) = placed.cue.needs else { continue };
        for (code, field, problem) in problems(placed, needs) {
            reviewed.say(code, placed, field, format!("{} {problem}", reviewed.label(placed)), report);
        }
    }
}

/// Returns what is doubtful about what a cue needs, and by which of its fields.
fn problems(Placed { cue, .. }: &Placed, needs: Needs) -> Vec<(Code, &'static str, String)> {
    let mut problems = Vec::new();
    let ms = needs.bound.as_millis();
    if needs.bound < WITHIN_REACH {
        let effect = match needs.otherwise {
            Otherwise::Skip => "most viewers would not get it",
            Otherwise::Fire => "most viewers would get it as uncertain",
        };
        let problem = format!(
            "needs a clock that is right within {ms} ms, which networks seldom give, so {effect}; use {} ms or more",
            WITHIN_REACH.as_millis()
        );
        problems.push((Code::BoundOutOfReach, "needs", problem));
    }
    if cue.jitter() >= needs.bound + needs.bound {
        let problem = format!(
            "is spread over {} ms, so nobody sees whether a clock is right within {ms} ms; leave \"needs\" out, or spread it less",
            cue.jitter().as_millis()
        );
        problems.push((Code::NeedsInVain, "needs", problem));
    }
    let is_long = cue.kind == Kind::State && cue.end.is_none_or(|end| end - cue.time > WITHHELD_MAX);
    if is_long && needs.otherwise == Otherwise::Skip {
        let problem = format!(
            "lasts for more than a minute, and viewers whose clock is not right within {ms} ms see nothing of it until it is; use \"otherwise\": \"fire\", and a moment of its own for what has to be exact"
        );
        problems.push((Code::LongWithheld, "needs", problem));
    }
    problems
}
