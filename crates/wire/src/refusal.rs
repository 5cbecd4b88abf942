//! A refused command or configuration as a problem.

use downbeat_core::event::{PAUSE_BYTES, STATE_BYTES_MAX};
use downbeat_core::{EventName, EventState, Refusal, ServerTime};

use crate::json::value;
use crate::last_change::LastChange;
use crate::problem::{Code, Problem};
use crate::state::StateBody;

/// Returns the problem for `refusal`. If the event's state is the reason, the problem carries that state, and who
/// changed it last.
pub fn problem(refusal: &Refusal, event: &EventName, state: Option<&EventState>, now: ServerTime) -> Problem {
    let detail = refusal.to_string();
    let code = match refusal {
        Refusal::Stale { .. } | Refusal::NotNewer { .. } => Code::Stale,
        Refusal::IdReused { .. }
        | Refusal::Ended { .. }
        | Refusal::NotEnded
        | Refusal::NotOver { .. }
        | Refusal::HasBegun { .. }
        | Refusal::NothingToUndo
        | Refusal::NothingToRedo
        | Refusal::UndoneAlready { .. }
        | Refusal::NotNewest { .. }
        | Refusal::OtherEpoch { .. }
        | Refusal::TooMuchScheduled
        | Refusal::NoMoreRevs => Code::Conflict,
        Refusal::Archived => Code::Archived,
        Refusal::StateTooLarge { .. } => Code::StateTooLarge,
        _ => Code::InvalidField,
    };
    let problem = match pointer(refusal) {
        Some(pointer) => Problem::new(code, detail).with("pointer", pointer),
        None => Problem::new(code, detail),
    };
    let problem = match refusal {
        Refusal::StateTooLarge { bytes, .. } => {
            problem.with("bytes", *bytes).with("limit", STATE_BYTES_MAX - PAUSE_BYTES)
        }
        _ => problem,
    };
    match state {
        // The state may be what is too large.
        Some(state) if !matches!(code, Code::InvalidField | Code::StateTooLarge) => problem
            .with("state", value(&StateBody::new(event, state, now)))
            .with("lastChange", value(&LastChange::from(state.last_change()))),
        _ => problem,
    }
}

/// Returns the wrong field, as a JSON pointer into the body.
fn pointer(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::Stale { .. } => Some("/ifRev"),
        Refusal::NotNewer { .. } | Refusal::RevTooHigh { .. } => Some("/state/rev"),
        Refusal::OtherEpoch { .. } => Some("/state/epoch"),
        Refusal::IdReused { .. } => Some("/id"),
        Refusal::StartsInThePast { .. } | Refusal::NoStart => Some("/startsAt"),
        Refusal::NotSchedulable { .. } | Refusal::TooFarAhead { .. } | Refusal::Past { .. } => Some("/at"),
        Refusal::NotNewest { .. } => Some("/rev"),
        Refusal::Message(_) => Some("/message"),
        Refusal::Position { .. } => Some("/position"),
        Refusal::Rate { .. } => Some("/rate"),
        Refusal::Title { .. } => Some("/title"),
        Refusal::Duration { .. } => Some("/duration"),
        Refusal::Hubs { .. } => Some("/hubs"),
        Refusal::Resync { .. } => Some("/resync"),
        Refusal::Origins { .. } | Refusal::Origin { .. } => Some("/origins"),
        Refusal::NotOver { .. } => Some("/archived"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Configuration, Rate, Rev, Span};

    const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn of(refusal: &Refusal) -> Problem {
        let configuration = Configuration { starts_at: Some(NOW), ..Configuration::default() };
        let state = EventState::create(configuration, "e1".parse().unwrap(), "maria", NOW).unwrap();
        problem(refusal, &"main".parse().unwrap(), Some(&state), NOW)
    }

    #[test]
    fn what_the_state_does_not_allow_carries_the_state_and_who_made_it_so() {
        let stale = Refusal::Stale { if_rev: Rev::new(9), rev: Rev::FIRST };
        let conflicts = [
            (stale, Code::Stale),
            (Refusal::IdReused { id: "x".parse().unwrap(), was: "pause" }, Code::Conflict),
            (Refusal::Ended { ended_at: NOW }, Code::Conflict),
            (Refusal::NotEnded, Code::Conflict),
            (Refusal::NotOver { ended_at: None }, Code::Conflict),
            (Refusal::Archived, Code::Archived),
            (Refusal::NothingToUndo, Code::Conflict),
            (Refusal::TooMuchScheduled, Code::Conflict),
        ];
        for (refusal, code) in conflicts {
            let problem = of(&refusal);
            assert!(problem.is(code) && problem.status == 409, "{problem:?}");
            assert_eq!(problem.more["state"]["rev"], 1);
            assert_eq!(problem.more["lastChange"]["actor"], "maria");
            assert_eq!(problem.detail, refusal.to_string());
        }
    }

    #[test]
    fn what_is_wrong_in_itself_points_at_its_field() {
        let rate = Refusal::Rate { rate: Rate::HELD };
        for (refusal, pointer) in [
            (rate, "/rate"),
            (Refusal::NoStart, "/startsAt"),
            (Refusal::TooFarAhead { ahead: Span::ZERO }, "/at"),
            (Refusal::Hubs { hubs: 0 }, "/hubs"),
        ] {
            let problem = of(&refusal);
            assert!(problem.is(Code::InvalidField) && problem.status == 422, "{problem:?}");
            assert_eq!(problem.more["pointer"], pointer);
            assert!(!problem.more.contains_key("state"));
        }
    }
}
