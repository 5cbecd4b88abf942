//! Why a store did not do what it was asked.

use std::error::Error as _;
use std::fmt;
use std::path::{Path, PathBuf};

use downbeat_core::words::tame;
use object_store::client::{HttpError, HttpErrorKind};

use crate::target::Kind;

/// Why a store did not do what it was asked. One variant per thing the caller can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The credentials are incomplete.
    Settings {
        /// The kind of store.
        kind: Kind,
        /// What is missing.
        why: String,
    },
    /// Nothing was sent: no connection could be made.
    Unreachable {
        /// The store.
        store: String,
        /// Why.
        why: String,
    },
    /// There was no response, or a failure that may pass. The request may have arrived.
    NoAnswer {
        /// The store.
        store: String,
        /// What it was asked to do, with the key.
        what: String,
        /// The last thing that went wrong.
        why: String,
    },
    /// No credentials were found.
    NoCredentials {
        /// The kind of store.
        kind: Kind,
        /// The store.
        store: String,
    },
    /// The credentials are wrong, or do not allow this.
    Denied {
        /// The store.
        store: String,
        /// What it was asked to do, with the key.
        what: String,
        /// What the store says.
        why: String,
    },
    /// The bucket does not exist.
    NoBucket {
        /// The store.
        store: String,
    },
    /// The response is not one that was expected.
    Strange {
        /// The store.
        store: String,
        /// What it was asked to do, with the key.
        what: String,
        /// What the store says.
        why: String,
    },
    /// The folder cannot be used.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings { why, .. } => write!(f, "the store cannot be used: {why}"),
            Self::Unreachable { store, why } => write!(f, "{store} cannot be reached: {why}"),
            Self::NoAnswer { store, what, why } => write!(f, "{store} did not answer when asked to {what}: {why}"),
            Self::NoCredentials { store, .. } => write!(f, "nothing in the environment gives credentials for {store}"),
            Self::Denied { store, what, why } => write!(f, "{store} refused to {what}: {why}"),
            Self::NoBucket { store } => write!(f, "{store}: there is no such bucket (or container)"),
            Self::Strange { store, what, why } => write!(f, "{store} failed to {what}: {why}"),
            Self::Folder { path, why } => write!(f, "the folder {} cannot be used: {why}", path.display()),
        }
    }
}
impl std::error::Error for StoreError {}

/// Turns "no such object" into `None`.
pub(super) fn optional<T>(result: object_store::Result<T>) -> object_store::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        // The bucket itself is missing, which is an error.
        Err(object_store::Error::NotFound { source, .. }) if no_bucket(&source.to_string()) => {
            Err(object_store::Error::Generic { store: "bucket", source })
        }
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn no_bucket(text: &str) -> bool {
    text.contains("NoSuchBucket") || text.contains("ContainerNotFound")
}

/// Returns why a call to a folder failed.
pub(super) fn of_folder(path: &Path, error: &object_store::Error) -> StoreError {
    StoreError::Folder { path: path.to_owned(), why: innermost(error) }
}

/// Returns why a call to the bucket `name` failed. `what` is the verb with the key.
pub(super) fn of_bucket(kind: Kind, name: &str, what: String, error: &object_store::Error) -> StoreError {
    let name = name.to_owned();
    let text = error.to_string();
    if no_bucket(&text) {
        return StoreError::NoBucket { store: name };
    }
    // The address at which machines in a cloud find their credentials; elsewhere nothing answers there.
    if text.contains("169.254.169.254") || text.contains("metadata.google.internal") {
        return StoreError::NoCredentials { kind, store: name };
    }
    match (error, silence(error)) {
        (_, Some((HttpErrorKind::Unknown | HttpErrorKind::Connect, why))) => {
            StoreError::Unreachable { store: name, why }
        }
        (_, Some((_, why))) => StoreError::NoAnswer { store: name, what, why },
        (object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }, None) => {
            StoreError::Denied { store: name, what, why: excerpt(&text) }
        }
        // 5xx after all attempts: the call may have been carried out.
        _ if ["status code: 5", "status code: 429", "status code: 408"].iter().any(|status| text.contains(status)) => {
            StoreError::NoAnswer { store: name, what, why: excerpt(&text) }
        }
        _ => StoreError::Strange { store: name, what, why: excerpt(&text) },
    }
}

/// Returns why there was no response, if that is the cause.
fn silence(error: &object_store::Error) -> Option<(HttpErrorKind, String)> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.source();
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<HttpError>() {
            return Some((error.kind(), innermost(error)));
        }
        cause = inner.source();
    }
    None
}

/// Returns the last cause of an error.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}

/// Returns what a store says about an error: its code and message if it has the usual form, otherwise the beginning of the
/// text.
///
/// URLs are left out, because some contain credentials.
pub(super) fn excerpt(text: &str) -> String {
    let element = |name: &str| {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let from = text.find(&open)? + open.len();
        let length = text[from..].find(&close)?;
        Some(text[from..from + length].trim().to_owned())
    };
    let said = match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code,
        _ => {
            let text = text
                .strip_prefix("Generic ")
                .and_then(|text| text.split_once(" error: "))
                .map_or(text, |(_, text)| text);
            let answer = text.split_once(" - ").map_or(text, |(_, answer)| answer);
            answer.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ")
        }
    };
    tame(&said).chars().take(300).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_says_becomes_a_line_without_addresses() {
        let xml = "Error performing PUT http://127.0.0.1:1/shows?sig=hunter2 in 2ms - Client returned non-2xx status code: \
                   403 Forbidden: <?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Access\nDenied.</Message></Error>";
        assert_eq!(excerpt(xml), "AccessDenied: Access⏎Denied.");
        let plain = "Error performing GET https://a/b?sig=hunter2 in 2ms - Client returned non-2xx status code: 418 I'm a teapot: ";
        assert_eq!(excerpt(plain), "Client returned non-2xx status code: 418 I'm a teapot:");
        assert_eq!(excerpt("Generic S3 error: Header missing"), "Header missing");
        assert_eq!(excerpt("oops https://a?sig=hunter2"), "oops");
    }
}
