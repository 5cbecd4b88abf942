//! What is wrong with the settings, and what to do about it.

use std::fmt;
use std::path::PathBuf;

use super::FILE;
use crate::error::Error;
use crate::exit::Exit;

/// What is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProfileError {
    /// `downbeat.toml` cannot be read.
    Unreadable {
        /// Which one.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// `downbeat.toml` is invalid.
    Malformed {
        /// Which one.
        file: PathBuf,
        /// Where and what.
        why: String,
    },
    /// The profile does not exist.
    Unknown {
        /// The requested profile.
        name: String,
        /// The existing profiles.
        known: Vec<String>,
        /// Where they are.
        file: Option<PathBuf>,
    },
    /// An environment variable is invalid.
    Variable {
        /// Which one.
        name: &'static str,
        /// What is wrong.
        why: String,
    },
    /// No server is named.
    NoServer {
        /// The existing profiles.
        known: Vec<String>,
    },
    /// There is no token.
    NoToken,
    /// The token's file cannot be read.
    TokenFile {
        /// Which one.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// A token was expected, but the text is not one.
    NotAToken {
        /// Where.
        place: String,
        /// Why not.
        why: String,
    },
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, why } => write!(f, "{} cannot be read: {why}", file.display()),
            Self::Malformed { file, why } => write!(f, "{}: {why}", file.display()),
            Self::Unknown { name, known, file: Some(file) } => {
                write!(f, "there is no profile {name:?} in {}; it has {}", file.display(), list(known))
            }
            Self::Unknown { name, file: None, .. } => {
                write!(f, "there is no profile {name:?}: no {FILE} in this directory or above it")
            }
            Self::Variable { name, why } => write!(f, "{name}: {why}"),
            Self::NoServer { .. } => f.write_str("nothing says which server to talk to"),
            Self::NoToken => f.write_str("this needs an operator's token, and nothing gives one"),
            Self::TokenFile { file, why } => write!(f, "the token file {} cannot be read: {why}", file.display()),
            Self::NotAToken { place, why } => write!(f, "{place}: {why}"),
        }
    }
}
impl std::error::Error for ProfileError {}

impl From<ProfileError> for Error {
    fn from(error: ProfileError) -> Self {
        let (exit, code) = if error.is_about_token() { (Exit::Auth, "no-token") } else { (Exit::Usage, "settings") };
        Self::new(exit, code, error.to_string()).with_hint(error.hint())
    }
}

impl ProfileError {
    /// Returns what to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => {
                "make it readable, run from another directory, or name another file in DOWNBEAT_CONFIG".to_owned()
            }
            Self::Malformed { .. } => format!(
                "a {FILE} has [profile.NAME] tables with server, event, tokenFile, confirm, target, publicUrl, freeze, purgeZone, emergencyKeyFile and utc, and above them default = \"NAME\""
            ),
            Self::Unknown { file: Some(_), .. } => "choose one with --profile or DOWNBEAT_PROFILE".to_owned(),
            Self::Unknown { file: None, .. } => {
                format!("go to the directory that has {FILE}, or say --server and --token-file")
            }
            Self::Variable { name, .. } => format!("correct {name} or unset it"),
            Self::NoServer { known } if known.is_empty() => format!(
                "give --server URL, set DOWNBEAT_SERVER, or write {FILE} with [profile.local] and server = \"http://127.0.0.1:8787\""
            ),
            Self::NoServer { known } => {
                format!("choose a profile with --profile ({}), give --server URL, or set DOWNBEAT_SERVER", list(known))
            }
            Self::NoToken => format!(
                "give --token-file FILE, set DOWNBEAT_TOKEN_FILE or DOWNBEAT_TOKEN, or write tokenFile into the profile in {FILE}; \"downbeat token new\" makes one"
            ),
            Self::TokenFile { .. } => "check the path; in a profile it is relative to downbeat.toml".to_owned(),
            Self::NotAToken { .. } => "make one with \"downbeat token new --out FILE\"".to_owned(),
        }
    }

    /// Returns whether it is about somebody's token.
    pub(crate) const fn is_about_token(&self) -> bool {
        matches!(self, Self::NoToken | Self::TokenFile { .. } | Self::NotAToken { .. })
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
