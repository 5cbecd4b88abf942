//! Why a command failed, and what to do about it.
//!
//! [`Error`] depends on no other part of this program. Each part converts its own errors, and `output` prints them.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::exit::Exit;

/// A failure of a command, as it is printed.
#[derive(Debug)]
pub(crate) struct Error {
    exit: Exit,
    code: Cow<'static, str>,
    message: String,
    hint: Option<String>,
    more: Map<String, Value>,
}

impl Error {
    /// Creates an error with neither hint nor further members.
    pub(crate) fn new(exit: Exit, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { exit, code: code.into(), message: message.into(), hint: None, more: Map::new() }
    }

    /// Adds what to do next, one step a line.
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Says first what did happen before it failed.
    pub(crate) fn after(self, done: &str) -> Self {
        Self { message: format!("{done}: {}", self.message), ..self }
    }

    /// Adds one more thing to do next, before the others.
    pub(crate) fn and_hint(self, first: String) -> Self {
        let hint = match self.hint {
            Some(hint) => format!("{first}\n{hint}"),
            None => first,
        };
        Self { hint: Some(hint), ..self }
    }

    /// Returns the word that programs decide by.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// Adds members for programs.
    pub(crate) fn with_more(self, more: Map<String, Value>) -> Self {
        Self { more, ..self }
    }

    /// Adds one member for programs.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// The command line asks for something impossible.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message).with_hint(hint)
    }

    /// A value has the right form but cannot be used.
    pub(crate) fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::InvalidInput, "invalid", message).with_hint(hint)
    }

    /// A file cannot be read or written.
    pub(crate) fn file(path: &Path, why: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, "file", format!("{}: {why}", path.display()))
            .with_hint("check the path and its permissions")
    }

    /// The command needed a yes and did not get one.
    pub(crate) fn unconfirmed(why: &str, hint: impl Into<String>) -> Self {
        Self::new(Exit::Unconfirmed, "unconfirmed", format!("nothing was sent: {why}")).with_hint(hint)
    }

    /// Something stored is not what it should be.
    pub(crate) fn differs(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Different, "differs", message).with_hint(hint)
    }

    /// The event's state or somebody else's change does not allow it. Programs decide by `code`.
    pub(crate) fn refused(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Conflict, code, message).with_hint(hint)
    }

    /// It is unknown whether `what` arrived. The hint says how to find out, and how to send it again safely.
    pub(crate) fn uncertain(what: &str, why: impl fmt::Display, hint: impl Into<String>) -> Self {
        Self::new(Exit::Network, "uncertain", format!("{what} may or may not have arrived: {why}")).with_hint(hint)
    }

    /// A change is written, but the public URL does not show it.
    pub(crate) fn unseen(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Unseen, "unseen", message).with_hint(hint)
    }

    /// A bug in this program.
    pub(crate) fn internal(message: impl fmt::Display) -> Self {
        Self::new(Exit::Internal, "internal", format!("internal: {message}"))
            .with_hint("please report this, with the command and this line")
    }

    /// Returns the exit code.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// Returns what to do next.
    pub(crate) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Returns the members of the JSON object, besides `ok` and the exit code.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("code".to_owned(), json!(self.code));
        body.insert("message".to_owned(), json!(self.message));
        if let Some(hint) = &self.hint {
            body.insert("hint".to_owned(), json!(hint));
        }
        let mut members = self.more.clone();
        members.insert("error".to_owned(), Value::Object(body));
        members
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Error {}
