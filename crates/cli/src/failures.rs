//! How failures of the server, the stores and the viewers end a command: the sentence, the hint, the exit code.
//!
//! `?` finds the conversions; only `doctor` imports this file, for what to do about a failure that it found itself.

mod publish;

use downbeat_api::{ApiError, RandomError};
use downbeat_viewer::ViewerError;
use downbeat_wire::{Code, LastChange, Problem, StateBody};
use serde_json::json;

use crate::error::Error;
use crate::exit::Exit;
use crate::standing::Standing;
use crate::text;

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        let (message, hint) = (error.to_string(), hint(&error));
        let converted = match error {
            ApiError::Unreachable { .. } => Self::new(Exit::Network, "unreachable", message),
            ApiError::WouldExposeToken { .. } => Self::new(Exit::Usage, "insecure", message),
            ApiError::NoAnswer { .. } => Self::new(Exit::Network, "no-answer", message),
            ApiError::Cached { .. } => Self::new(Exit::Network, "cached-answer", message),
            ApiError::Unexpected { .. } => Self::new(Exit::Network, "strange-answer", message),
            ApiError::Problem { problem, .. } => {
                Self::new(problem_exit(&problem), problem.code.clone(), message + &moved_on(&problem))
                    .with("problem", json!(*problem))
            }
        };
        match hint {
            Some(hint) => converted.with_hint(hint),
            None => converted,
        }
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        Self::internal(format!("the operating system gives no randomness: {error}"))
    }
}

impl From<ViewerError> for Error {
    fn from(error: ViewerError) -> Self {
        match error {
            ViewerError::UnknownHost { url, why } => ApiError::Unreachable { url, why }.into(),
            ViewerError::TooFewDescriptors { needed, viewers_max, .. } => Self::usage(
                error.to_string(),
                format!(
                    "give --viewers {viewers_max} or fewer, or raise the limit (ulimit -Hn {needed}, LimitNOFILE of the \
                     service)"
                ),
            ),
        }
    }
}

/// Returns what to do about a failed call; `None` where the server's own words say it.
fn hint(error: &ApiError) -> Option<String> {
    let remedy = remedy(error)?;
    Some(match doctor(error) {
        Some(doctor) => format!("{remedy}; {doctor}"),
        None => remedy.to_owned(),
    })
}

/// Returns what `doctor` can say about a failed call, for everybody but `doctor` itself.
fn doctor(error: &ApiError) -> Option<&'static str> {
    match error {
        ApiError::Unreachable { .. } | ApiError::NoAnswer { .. } => Some("\"downbeat doctor\" looks closer"),
        ApiError::Problem { problem, .. } if problem.is(Code::Unauthorized) => Some("\"downbeat doctor\" looks closer"),
        ApiError::Problem { problem, .. } if problem.is(Code::TooManyFailures) => {
            Some("\"downbeat doctor\" checks the token")
        }
        ApiError::Problem { problem, .. } if problem.is(Code::Forbidden) && problem.more.contains_key("event") => {
            Some("\"downbeat doctor\" shows which events yours is for")
        }
        _ => None,
    }
}

/// Returns what to do about a failed call, without asking `doctor`; `None` where the server's own words say it.
pub(crate) fn remedy(error: &ApiError) -> Option<&'static str> {
    Some(match error {
        ApiError::Unreachable { .. } => "check the address (--server, DOWNBEAT_SERVER or the profile) and the network",
        ApiError::WouldExposeToken { .. } => {
            "use the server's https address; only if you trust the network in between, give --insecure"
        }
        ApiError::NoAnswer { .. } => "try again, with a longer --timeout if the network is slow",
        ApiError::Cached { .. } => {
            "exclude /time and /v1/* from whatever caches on the way: the proxy or CDN in front of the server, or the one that \
             HTTP_PROXY or HTTPS_PROXY names"
        }
        ApiError::Unexpected { .. } => "check that --server, DOWNBEAT_SERVER or the profile names a Downbeat server",
        ApiError::Problem { problem, .. } => match Code::ALL.iter().find(|code| problem.is(**code))? {
            Code::Unauthorized => "check the token: --token-file, DOWNBEAT_TOKEN, DOWNBEAT_TOKEN_FILE or the profile",
            Code::Forbidden if problem.more.get("scope").is_some_and(|scope| scope == "emergency") => {
                "whoever has the scope admin makes such a token: \"downbeat token add NAME --scopes emergency --show\"; or \
                 add the scope to your entry in the worker's secret DOWNBEAT_TOKENS. \"operate\" no longer includes it"
            }
            Code::Forbidden if problem.more.contains_key("event") => "check --event, or use a token for that event",
            // The server's own words say what to do.
            Code::Forbidden if problem.more.contains_key("pointer") => return None,
            Code::Forbidden => {
                "use a token with that scope; whoever has the scope admin makes one: \"downbeat token add\""
            }
            Code::TooManyFailures => "wait a few seconds, and check the token",
            Code::UnknownEvent => {
                "check --event; \"downbeat event list\" shows those there are, \"downbeat event set --starts-at …\" makes \
                 one"
            }
            Code::Stale => "look at it with \"downbeat status\", then decide again",
            Code::Unavailable => "try again in a moment",
            Code::Internal => "look at the worker's log (wrangler tail)",
            Code::Conflict => "look at the event with \"downbeat status\"",
            // The server's own words say what to do.
            _ => return None,
        },
    })
}

fn problem_exit(problem: &Problem) -> Exit {
    let code = Code::ALL.iter().copied().find(|code| problem.is(*code));
    match code {
        Some(
            Code::Unauthorized
            | Code::Forbidden
            | Code::TooManyFailures
            | Code::InvalidInvitation
            | Code::NotAllowed
            | Code::RoomsOff,
        ) => Exit::Auth,
        Some(Code::Stale | Code::Conflict | Code::Archived | Code::StateTooLarge | Code::TokenConflict) => {
            Exit::Conflict
        }
        Some(Code::Unavailable | Code::Internal) => Exit::Network,
        Some(_) => Exit::InvalidInput,
        // A newer server has codes that this program does not know; it knows their statuses.
        None => match problem.status {
            401 | 403 => Exit::Auth,
            409 => Exit::Conflict,
            400..=499 => Exit::InvalidInput,
            _ => Exit::Network,
        },
    }
}

/// Returns who changed what and when, and the state of the event now, as far as the problem says; a line each.
fn moved_on(problem: &Problem) -> String {
    let member = |name: &str| problem.more.get(name).cloned();
    let last = member("lastChange").and_then(|last| serde_json::from_value::<LastChange>(last).ok());
    let state = member("state").and_then(|state| serde_json::from_value::<StateBody>(state).ok());
    let mut text = String::new();
    if let Some(last) = last {
        text += &format!("\n  last change: {}", text::last_change(&last));
    }
    if let Some(state) = state
        && let Ok(standing) = Standing::of(&state, state.server_time)
    {
        text += &format!("\n  state now: {standing} (rev {})", state.rev);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(problem: Problem) -> Error {
        ApiError::Problem { url: "http://127.0.0.1/v1".to_owned(), problem: Box::new(problem) }.into()
    }

    #[test]
    fn every_problem_of_the_server_has_its_exit_code() {
        for (code, exit) in [
            (Code::Unauthorized, Exit::Auth),
            (Code::Forbidden, Exit::Auth),
            (Code::TooManyFailures, Exit::Auth),
            (Code::InvalidInvitation, Exit::Auth),
            (Code::NotAllowed, Exit::Auth),
            (Code::RoomsOff, Exit::Auth),
            (Code::TokenConflict, Exit::Conflict),
            (Code::UnknownToken, Exit::InvalidInput),
            (Code::Stale, Exit::Conflict),
            (Code::Conflict, Exit::Conflict),
            (Code::Archived, Exit::Conflict),
            (Code::UnknownEvent, Exit::InvalidInput),
            (Code::InvalidField, Exit::InvalidInput),
            (Code::DigestMismatch, Exit::InvalidInput),
            (Code::TooLarge, Exit::InvalidInput),
            (Code::Unavailable, Exit::Network),
            (Code::Internal, Exit::Network),
        ] {
            assert_eq!(problem(Problem::new(code, "x")).exit(), exit, "{code}");
        }
        let mut newer = Problem::new(Code::Stale, "x");
        "from-the-future".clone_into(&mut newer.code);
        assert_eq!(problem(newer).exit(), Exit::Conflict);
    }

    #[test]
    fn a_stale_refusal_says_who_changed_what_and_why() {
        let last = json!({
            "id": "x1", "name": "seek", "actor": "maria@desk", "reason": "wrong scene",
            "at": 1_704_067_200_000_i64, "effectiveAt": 1_704_067_202_000_i64,
        });
        let error = problem(Problem::new(Code::Stale, "moved on").with("lastChange", last)).to_string();
        assert!(error.contains("last change: seek by maria@desk at 20"), "{error}");
        assert!(error.ends_with("because: wrong scene"), "{error}");
    }
}
