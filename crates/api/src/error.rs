//! Why a call of the API failed.

use std::fmt;

use downbeat_core::{Span, words};
use downbeat_wire::freshness::CacheSign;
use downbeat_wire::{Code, Problem};

/// Why a call of the API failed.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// The server could not be reached; nothing was sent.
    Unreachable {
        /// The URL of the call.
        url: String,
        /// The reason.
        why: String,
    },
    /// The token could be read on the way to the server; nothing was sent.
    WouldExposeToken {
        /// The URL of the call.
        url: String,
    },
    /// The server did not answer in time; it may have received the request.
    NoAnswer {
        /// The URL of the call.
        url: String,
        /// How many times the request was sent.
        attempts: u32,
        /// How long that took.
        within: Span,
        /// What went wrong with the last attempt.
        why: String,
    },
    /// A cache on the way answered instead of the server, so the answer says nothing about the time or the event now.
    Cached {
        /// The URL of the call.
        url: String,
        /// What shows it.
        sign: CacheSign,
    },
    /// The response is not one of the API's.
    Unexpected {
        /// The URL of the call.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What is unexpected about it.
        why: String,
    },
    /// The server refused the request, or failed, and says why.
    Problem {
        /// The URL of the call.
        url: String,
        /// The reason.
        problem: Box<Problem>,
    },
}

impl ApiError {
    /// Returns whether the request may have been carried out nevertheless.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::WouldExposeToken { .. } | Self::Cached { .. } => false,
            Self::NoAnswer { .. } => true,
            Self::Unexpected { status, .. } => !(300..500).contains(status),
            Self::Problem { problem, .. } => problem.status >= 500,
        }
    }

    /// Returns whether the server understood the request and refused it, so that repeating it is pointless.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Problem { problem, .. } if problem.status < 500)
    }

    /// Returns whether it is the server's problem with this code.
    pub fn is(&self, code: Code) -> bool {
        matches!(self, Self::Problem { problem, .. } if problem.is(code))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tame = words::tame;
        match self {
            Self::Unreachable { url, why } => write!(f, "{} cannot be reached: {}", tame(url), tame(why)),
            Self::WouldExposeToken { url } => {
                write!(
                    f,
                    "{} is on another machine and not encrypted: everyone in between could read the token",
                    tame(url)
                )
            }
            Self::NoAnswer { url, attempts, within, why } => write!(
                f,
                "{} did not answer in {} ({}): {}",
                tame(url),
                words::span(*within),
                words::count(*attempts as usize, "attempt"),
                tame(why)
            ),
            Self::Cached { url, sign } => {
                write!(f, "a cache answered for {}, so the time and the state in the answer are old: {sign}", tame(url))
            }
            Self::Unexpected { url, status, why } => {
                write!(f, "{} answered {status}, but not as Downbeat does: {}", tame(url), tame(why))
            }
            Self::Problem { url, problem } => {
                write!(f, "{}\n  {} from {}", tame(&problem.detail), tame(&problem.code), tame(url))
            }
        }
    }
}
impl std::error::Error for ApiError {}
