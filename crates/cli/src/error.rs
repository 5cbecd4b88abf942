//! Why a command failed: what, where, and what to do next, each with its exit code.

use std::fmt;
use std::path::PathBuf;

use downbeat_core::CommandId;
use downbeat_sheet::interchange::Remark;
use downbeat_wire::problem::Code;
use downbeat_wire::{LastChange, Problem, Publication, StateBody};
use serde_json::{Map, Value, json};

use crate::clock::ServerClock;
use crate::exit::Exit;
use crate::instant::{InstantError, Zone};
use crate::output::members;
use crate::preview::Standing;
use crate::profile::ProfileError;
use crate::publish::store::StoreError;
use crate::server::ServerError;
use crate::sheets;
use crate::text;

/// One variant per thing the one who asked can do.
#[derive(Debug)]
pub(crate) enum Error {
    /// The command line asks for what cannot be.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The settings are incomplete or wrong.
    Profile(ProfileError),
    /// A time is none.
    Instant(InstantError),
    /// A value has the right form but cannot be used.
    Invalid {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A file cannot be read or written.
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Cue sheets have errors.
    Sheet {
        /// How many errors there are.
        errors: usize,
        /// Where.
        files: Vec<String>,
        /// All that is said about them, for programs.
        diagnostics: Value,
    },
    /// A file of another program cannot be read as cues.
    Foreign {
        /// Its name.
        file: String,
        /// Why, line by line.
        refusals: Vec<Remark>,
    },
    /// It needed a yes.
    Unconfirmed {
        /// Why there was none.
        why: &'static str,
        /// What to do.
        hint: String,
    },
    /// The server did not do it.
    Server(ServerError),
    /// A store did not do it.
    Store(StoreError),
    /// What is stored is not what it should be.
    Differs {
        /// What differs.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The time or somebody else's change does not allow it.
    Refused {
        /// A word that programs can decide by.
        code: &'static str,
        /// What does not allow it.
        message: String,
        /// What to do.
        hint: String,
        /// More, for programs.
        more: Map<String, Value>,
    },
    /// Nobody knows whether a change arrived.
    Uncertain {
        /// What was asked for.
        what: String,
        /// The last thing that went wrong.
        why: String,
        /// How to find out, and how to send it again safely.
        hint: String,
        /// The command's id, for programs; nothing if it is no command.
        id: Option<CommandId>,
    },
    /// A change is written, but the public URL does not show it.
    Unseen {
        /// What is known.
        message: String,
        /// What to do.
        hint: String,
        /// The change, for programs.
        change: Map<String, Value>,
    },
    /// Ctrl-C.
    Interrupted {
        /// A change may have reached the server.
        sent: bool,
    },
    /// A fault of this program.
    Internal(String),
}

impl From<ProfileError> for Error {
    fn from(error: ProfileError) -> Self {
        Self::Profile(error)
    }
}
impl From<InstantError> for Error {
    fn from(error: InstantError) -> Self {
        Self::Instant(error)
    }
}
impl From<ServerError> for Error {
    fn from(error: ServerError) -> Self {
        Self::Server(error)
    }
}

impl From<crate::viewing::ViewerError> for Error {
    fn from(error: crate::viewing::ViewerError) -> Self {
        use crate::viewing::ViewerError;
        match error {
            ViewerError::UnknownHost { url, why } => Self::Server(ServerError::Unreachable { url, why }),
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

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Error {
    /// Says that the command line asks for what cannot be.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }

    /// Says that a value cannot be used.
    pub(crate) fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), hint: hint.into() }
    }

    /// Returns how the command ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Profile(error) if error.is_about_token() => Exit::Auth,
            Self::Usage { .. }
            | Self::Profile(_)
            | Self::File { .. }
            | Self::Instant(InstantError::Unreadable { .. }) => Exit::Usage,
            Self::Instant(_) | Self::Invalid { .. } | Self::Sheet { .. } | Self::Foreign { .. } => Exit::InvalidInput,
            Self::Unconfirmed { .. } => Exit::Unconfirmed,
            Self::Server(ServerError::Problem { problem, .. }) => problem_exit(problem),
            Self::Server(_) | Self::Uncertain { .. } => Exit::Network,
            Self::Store(error) => store_exit(error),
            Self::Differs { .. } => Exit::Different,
            Self::Refused { .. } => Exit::Conflict,
            Self::Unseen { .. } => Exit::Unseen,
            Self::Interrupted { .. } => Exit::Interrupted,
            Self::Internal(_) => Exit::Internal,
        }
    }

    /// Returns a word that programs can decide by: the server's own code where it is the server that refused.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Usage { .. } => "usage",
            Self::Profile(error) if error.is_about_token() => "no-token",
            Self::Profile(_) => "settings",
            Self::Instant(InstantError::Unreadable { .. }) => "usage",
            Self::Instant(_) => "no-such-time",
            Self::Invalid { .. } => "invalid",
            Self::File { .. } => "file",
            Self::Sheet { .. } => "sheet",
            Self::Foreign { .. } => "file-content",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::Server(ServerError::Problem { problem, .. }) => &problem.code,
            Self::Server(ServerError::Unreachable { .. }) => "unreachable",
            Self::Server(ServerError::NoAnswer { .. }) => "no-answer",
            Self::Server(ServerError::Strange { .. }) => "strange-answer",
            Self::Store(error) => error.code(),
            Self::Differs { .. } => "differs",
            Self::Refused { code, .. } => code,
            Self::Uncertain { .. } => "uncertain",
            Self::Unseen { .. } => "unseen",
            Self::Interrupted { .. } => "interrupted",
            Self::Internal(_) => "internal",
        }
    }

    /// Returns what to do next.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Usage { hint, .. }
            | Self::Invalid { hint, .. }
            | Self::Unconfirmed { hint, .. }
            | Self::Differs { hint, .. }
            | Self::Refused { hint, .. }
            | Self::Uncertain { hint, .. }
            | Self::Unseen { hint, .. } => hint.clone(),
            Self::Profile(error) => error.hint(),
            Self::Instant(InstantError::Skipped { .. } | InstantError::Twice { .. }) => {
                "an offset makes a time unmistakable, whatever the clocks do".to_owned()
            }
            Self::Server(error) => return error.hint(),
            Self::Store(error) => error.hint(),
            Self::Sheet { .. } => "mend the sheet, then \"downbeat cues check\" it again".to_owned(),
            Self::Foreign { .. } => "mend this and import it again; nothing was written".to_owned(),
            Self::File { .. } => "check the path and its permissions".to_owned(),
            Self::Interrupted { sent: true } => {
                "\"downbeat status\" and \"downbeat log\" show whether it did; publishing is finished by running it again"
                    .to_owned()
            }
            Self::Instant(_) | Self::Interrupted { sent: false } => return None,
            Self::Internal(_) => "please report this, with the command and this line".to_owned(),
        })
    }

    /// Returns what a program may want besides code and message.
    pub(crate) fn more(&self) -> Map<String, Value> {
        match self {
            Self::Server(ServerError::Problem { problem, .. }) => {
                Map::from_iter([("problem".to_owned(), json!(**problem))])
            }
            Self::Sheet { diagnostics, .. } => Map::from_iter([("diagnostics".to_owned(), diagnostics.clone())]),
            Self::Foreign { file, refusals } => members(json!({ "diagnostics": sheets::remarks(file, refusals) })),
            Self::Instant(InstantError::Skipped { meant, .. } | InstantError::Twice { meant, .. }) => {
                members(json!({ "meant": meant.map(text::rfc3339) }))
            }
            Self::Unseen { change, .. } => change.clone(),
            Self::Refused { more, .. } => more.clone(),
            Self::Uncertain { id: Some(id), .. } => Map::from_iter([("id".to_owned(), json!(id))]),
            _ => Map::new(),
        }
    }
}

const fn store_exit(error: &StoreError) -> Exit {
    match error {
        StoreError::Settings { .. } | StoreError::NoCredentials { .. } | StoreError::Denied { .. } => Exit::Auth,
        StoreError::NoBucket { .. } => Exit::InvalidInput,
        StoreError::Folder { .. } => Exit::Usage,
        StoreError::Unreachable { .. } | StoreError::NoAnswer { .. } | StoreError::Strange { .. } => Exit::Network,
    }
}

fn problem_exit(problem: &Problem) -> Exit {
    let code = Code::ALL.iter().copied().find(|code| problem.is(*code));
    match code {
        Some(Code::Unauthorized | Code::Forbidden) => Exit::Auth,
        Some(Code::Stale | Code::Conflict) => Exit::Conflict,
        Some(Code::Unavailable | Code::Internal) => Exit::Network,
        Some(_) => Exit::InvalidInput,
        // A newer server has codes this program does not know; their statuses it does.
        None => match problem.status {
            401 | 403 => Exit::Auth,
            409 => Exit::Conflict,
            400..=499 => Exit::InvalidInput,
            _ => Exit::Network,
        },
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { message, .. }
            | Self::Invalid { message, .. }
            | Self::Differs { message, .. }
            | Self::Refused { message, .. }
            | Self::Unseen { message, .. } => f.write_str(message),
            Self::Store(error) => error.fmt(f),
            Self::Profile(error) => error.fmt(f),
            Self::Instant(error) => error.fmt(f),
            Self::File { path, why } => write!(f, "{}: {why}", path.display()),
            Self::Sheet { errors, files, .. } => {
                write!(f, "{} in {}", text::count(*errors, "error"), files.join(", "))
            }
            Self::Foreign { file, refusals } => {
                write!(f, "{file} was not imported, {}:", text::count(refusals.len(), "fault"))?;
                for refusal in refusals.iter().take(sheets::SHOWN_MAX) {
                    write!(f, "\n  {}", sheets::remark(file, refusal))?;
                }
                match refusals.len().saturating_sub(sheets::SHOWN_MAX) {
                    0 => Ok(()),
                    more => write!(f, "\n  … and {more} more (--json has all)"),
                }
            }
            Self::Unconfirmed { why, .. } => write!(f, "nothing was sent: {why}"),
            Self::Server(error) => {
                error.fmt(f)?;
                match error {
                    ServerError::Problem { problem, .. } => write_moved_on(f, problem),
                    _ => Ok(()),
                }
            }
            Self::Uncertain { what, why, .. } => {
                write!(f, "{what} may or may not have arrived: {why}")
            }
            Self::Interrupted { sent: true } => f.write_str("interrupted; the change may or may not have arrived"),
            Self::Interrupted { sent: false } => f.write_str("interrupted; nothing was sent"),
            Self::Internal(message) => write!(f, "internal: {message}"),
        }
    }
}
impl std::error::Error for Error {}

/// Writes who changed what and when, and where the event stands now, as far as the problem says.
fn write_moved_on(f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
    let member = |name: &str| problem.more.get(name).cloned();
    let last = member("lastChange").and_then(|last| serde_json::from_value::<LastChange>(last).ok());
    let state = member("state").and_then(|state| serde_json::from_value::<StateBody>(state).ok());
    if let Some(last) = last {
        write!(f, "\n  last change: {}", last_change(&last))?;
    }
    if let Some(state) = state
        && let Ok(standing) = Standing::of(&state, state.server_time)
    {
        write!(f, "\n  state now: {standing} (rev {})", state.rev)?;
    }
    Ok(())
}

/// Writes one change in a line: what, who, when, why.
pub(crate) fn last_change(last: &LastChange) -> String {
    let reason = last.reason.as_deref().map(|reason| format!(", because: {reason}")).unwrap_or_default();
    let at = text::instant(last.at, Zone::Local);
    text::tame(&format!("{} by {} at {at}{reason}", last.name, last.actor))
}

/// Writes one revision of an event's rundown in a line: what, who, when, why.
pub(crate) fn last_publication(last: &Publication) -> String {
    let reason = last.reason.as_deref().map(|reason| format!(", because: {reason}")).unwrap_or_default();
    let at = text::instant(last.at, Zone::Local);
    text::tame(&format!("rundown {} by {} at {at}{reason}", crate::sheets::short(last.rundown), last.actor))
}

/// Says that the event has moved on from the revision given with `--if-rev`, as the server would.
pub(crate) fn stale(if_rev: downbeat_core::Rev, state: &StateBody, last: Option<&LastChange>, url: String) -> Error {
    let refusal = downbeat_core::Refusal::Stale { if_rev, rev: state.rev };
    let mut problem = Problem::new(Code::Stale, refusal.to_string()).with("state", json!(state));
    if let Some(last) = last {
        problem = problem.with("lastChange", json!(last));
    }
    Error::Server(ServerError::Problem { url, problem: Box::new(problem) })
}

/// Writes when something takes effect, by the server's clock.
pub(crate) fn effect(at: downbeat_core::ServerTime, clock: &ServerClock) -> String {
    text::when(at, Zone::Local, clock.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(problem: Problem) -> Error {
        Error::Server(ServerError::Problem { url: "http://127.0.0.1/v1".to_owned(), problem: Box::new(problem) })
    }

    #[test]
    fn every_problem_of_the_server_has_its_exit_code() {
        for (code, exit) in [
            (Code::Unauthorized, Exit::Auth),
            (Code::Forbidden, Exit::Auth),
            (Code::Stale, Exit::Conflict),
            (Code::Conflict, Exit::Conflict),
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
    fn errors_of_this_side_have_theirs() {
        let profile = |error| Error::Profile(error).exit();
        assert_eq!(profile(ProfileError::NoServer { known: vec![] }), Exit::Usage);
        assert_eq!(profile(ProfileError::NoToken), Exit::Auth);
        assert_eq!(Error::Instant(InstantError::Unreadable { given: "x".into() }).exit(), Exit::Usage);
        assert_eq!(Error::Instant(InstantError::OutOfRange { given: "x".into() }).exit(), Exit::InvalidInput);
        assert_eq!(Error::Unconfirmed { why: "x", hint: String::new() }.exit(), Exit::Unconfirmed);
        assert_eq!(Error::Interrupted { sent: true }.exit(), Exit::Interrupted);
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
