//! A refused command or configuration as a problem.

use downbeat_core::{EventName, EventState, Refusal, ServerTime};
use serde_json::json;

use crate::answer::LastChange;
use crate::problem::{Code, Problem};
use crate::state::StateBody;

/// Gives the problem for `refusal`. Where the event's state is the reason, the problem carries that state, and who
/// changed it last.
pub fn problem(refusal: &Refusal, event: &EventName, state: Option<&EventState>, now: ServerTime) -> Problem {
    let detail = refusal.to_string();
    let code = match refusal {
        Refusal::Stale { .. } => Code::Stale,
        Refusal::IdReused { .. }
        | Refusal::Ended { .. }
        | Refusal::NotEnded
        | Refusal::HasBegun { .. }
        | Refusal::NothingToUndo => Code::Conflict,
        _ => Code::InvalidField,
    };
    let problem = match pointer(refusal) {
        Some(pointer) => Problem::new(code, detail).with("pointer", pointer),
        None => Problem::new(code, detail),
    };
    match state {
        Some(state) if code != Code::InvalidField => problem
            .with("state", json!(StateBody::new(event, state, now)))
            .with("lastChange", json!(LastChange::from(state.last_change()))),
        _ => problem,
    }
}

/// Gives the field that is to blame, as a JSON pointer into the body.
fn pointer(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::Stale { .. } => Some("/ifRev"),
        Refusal::IdReused { .. } => Some("/id"),
        Refusal::StartsInThePast { .. } | Refusal::NoStart => Some("/startsAt"),
        Refusal::NotSchedulable { .. } | Refusal::TooFarAhead { .. } => Some("/at"),
        Refusal::Message(_) => Some("/message"),
        Refusal::Position { .. } => Some("/position"),
        Refusal::Rate { .. } => Some("/rate"),
        Refusal::Title { .. } => Some("/title"),
        Refusal::Duration { .. } => Some("/duration"),
        Refusal::Hubs { .. } => Some("/hubs"),
        Refusal::Resync { .. } => Some("/resync"),
        _ => None,
    }
}
