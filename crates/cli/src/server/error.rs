//! Why the server did not do what was asked.

use std::fmt;

use downbeat_core::Span;
use downbeat_wire::{Code, Problem};

use crate::text;

/// Says why the server did not do what was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ServerError {
    /// It could not be reached; nothing was sent.
    Unreachable {
        /// Which URL.
        url: String,
        /// Why.
        why: String,
    },
    /// It did not answer; it may have got the request.
    NoAnswer {
        /// Which URL.
        url: String,
        /// How often it was tried.
        attempts: u32,
        /// In which time.
        within: Span,
        /// What went wrong the last time.
        why: String,
    },
    /// Something answered, but not as Downbeat does.
    Strange {
        /// Which URL.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What is strange.
        why: String,
    },
    /// It refused.
    Problem {
        /// Which URL.
        url: String,
        /// Why.
        problem: Box<Problem>,
    },
}

impl ServerError {
    /// Returns whether a request that ended so may have been carried out all the same.
    pub(crate) fn may_have_arrived(&self) -> bool {
        match self {
            Self::Unreachable { .. } => false,
            Self::NoAnswer { .. } => true,
            Self::Strange { status, .. } => !(300..500).contains(status),
            Self::Problem { problem, .. } => problem.status >= 500,
        }
    }

    /// Returns whether asking again would be in vain: it was understood, and refused.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Problem { problem, .. } if problem.status < 500)
    }

    /// Returns whether it is the problem of `code`.
    pub(crate) fn is(&self, code: Code) -> bool {
        matches!(self, Self::Problem { problem, .. } if problem.is(code))
    }

    /// Returns what to do next.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreachable { .. } => {
                "check the address (--server, DOWNBEAT_SERVER or the profile) and the network; \"downbeat doctor\" looks closer".to_owned()
            }
            Self::NoAnswer { .. } => "try again, with a longer --timeout if the network is slow; \"downbeat doctor\" looks closer".to_owned(),
            Self::Strange { .. } => "check that --server, DOWNBEAT_SERVER or the profile names a Downbeat server".to_owned(),
            Self::Problem { problem, .. } => match Code::ALL.iter().find(|code| problem.is(**code)) {
                Some(Code::Unauthorized) => "check the token: --token-file, DOWNBEAT_TOKEN, DOWNBEAT_TOKEN_FILE or the profile; \"downbeat doctor\" looks closer".to_owned(),
                Some(Code::Forbidden) => "use a token with that scope; \"downbeat token new --scopes operate,publish,read\" makes one".to_owned(),
                Some(Code::UnknownEvent) => "check --event; \"downbeat event list\" shows those there are, \"downbeat event set --starts-at …\" makes one".to_owned(),
                Some(Code::Stale) => "look at it with \"downbeat status\", then decide again".to_owned(),
                Some(Code::Unavailable) => "try again in a moment".to_owned(),
                Some(Code::Internal) => "look at the worker's log (wrangler tail)".to_owned(),
                Some(Code::Conflict) => "look at the event with \"downbeat status\"".to_owned(),
                // The server's own words say what to do.
                _ => return None,
            },
        })
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { url, why } => write!(f, "{url} cannot be reached: {why}"),
            Self::NoAnswer { url, attempts, within, why } => write!(
                f,
                "{url} did not answer in {} ({}): {why}",
                text::span(*within),
                text::count(*attempts as usize, "attempt")
            ),
            Self::Strange { url, status, why } => write!(f, "{url} answered {status}, but not as Downbeat does: {why}"),
            Self::Problem { url, problem } => {
                write!(f, "{}\n  {} from {url}", text::tame(&problem.detail), problem.code)
            }
        }
    }
}
impl std::error::Error for ServerError {}
