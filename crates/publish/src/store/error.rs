//! Why a store did not do what it was asked.

use std::error::Error as _;
use std::fmt;
use std::path::PathBuf;

use object_store::client::{HttpError, HttpErrorKind};

use super::{Place, Store};
use crate::publish::target::Kind;
use crate::text;

/// One variant per thing the one who asked can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreError {
    /// The environment has not what it takes.
    Settings {
        /// Which kind of store.
        kind: Kind,
        /// What is missing.
        why: String,
    },
    /// Nothing was sent: there is no way there.
    Unreachable {
        /// Which store.
        store: String,
        /// Why.
        why: String,
    },
    /// There was no answer, or a failure that may pass; what was sent may have arrived.
    NoAnswer {
        /// Which store.
        store: String,
        /// What was tried, with the key.
        what: String,
        /// The last thing that went wrong.
        why: String,
    },
    /// There are no credentials to be found.
    NoCredentials {
        /// Which kind of store.
        kind: Kind,
        /// Which store.
        store: String,
    },
    /// The credentials are wrong, or not for this.
    Denied {
        /// Which store.
        store: String,
        /// What was tried, with the key.
        what: String,
        /// What the store says.
        why: String,
    },
    /// There is no such bucket.
    NoBucket {
        /// Which store.
        store: String,
    },
    /// It answered what was not expected.
    Strange {
        /// Which store.
        store: String,
        /// What was tried, with the key.
        what: String,
        /// What the store says.
        why: String,
    },
    /// The folder cannot be used.
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl StoreError {
    /// Returns what to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Settings { kind, .. } | Self::NoCredentials { kind, .. } => credentials(*kind),
            Self::Unreachable { .. } => "check the endpoint and the network",
            Self::NoAnswer { .. } => "run it again: it finishes what was begun",
            Self::Denied { .. } => {
                "check the credentials in the environment, and what they allow in this bucket: reading, writing and listing \
                 (without the right to list, S3 calls forbidden what is only missing), and deleting for a gc"
            }
            Self::NoBucket { .. } => "check its name and region, or make it with the cloud's own tools",
            Self::Strange { .. } => "check that the endpoint is a store of this kind",
            Self::Folder { .. } => "check the path and its permissions",
        }
        .to_owned()
    }

    /// Returns a word that programs can decide by.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Settings { .. } | Self::NoCredentials { .. } => "no-credentials",
            Self::Unreachable { .. } => "unreachable",
            Self::NoAnswer { .. } => "no-answer",
            Self::Denied { .. } => "denied",
            Self::NoBucket { .. } => "no-bucket",
            Self::Strange { .. } => "strange-answer",
            Self::Folder { .. } => "file",
        }
    }
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

/// Says where a kind of store has its credentials from.
const fn credentials(kind: Kind) -> &'static str {
    match kind {
        Kind::S3 => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for those that expire); \"aws configure \
             export-credentials --format env\" prints those of a profile"
        }
        Kind::Google => "set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account, or log in with gcloud",
        Kind::Azure => "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or those of a service principal",
    }
}

/// Turns "there is no such object" into nothing.
pub(super) fn absent<T>(result: object_store::Result<T>) -> object_store::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        // The bucket itself is missing: that is another matter.
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

/// Says what went wrong when `store` was asked to do something (`verb`) with `key`.
pub(super) fn what(store: &Store, verb: &str, key: &str, error: object_store::Error) -> StoreError {
    let kind = match &store.place {
        Place::Folder(path) => return StoreError::Folder { path: path.clone(), why: innermost(&error) },
        Place::Bucket { bucket, .. } => bucket.kind,
    };
    let (name, what) = (store.name().to_owned(), format!("{verb} {key}"));
    let text = error.to_string();
    if no_bucket(&text) {
        return StoreError::NoBucket { store: name };
    }
    // Where the clouds' machines find their credentials; elsewhere nothing is there.
    if text.contains("169.254.169.254") || text.contains("metadata.google.internal") {
        return StoreError::NoCredentials { kind, store: name };
    }
    match (&error, silence(&error)) {
        (_, Some((HttpErrorKind::Unknown | HttpErrorKind::Connect, why))) => {
            StoreError::Unreachable { store: name, why }
        }
        (_, Some((_, why))) => StoreError::NoAnswer { store: name, what, why },
        (object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }, None) => {
            StoreError::Denied { store: name, what, why: said(&text) }
        }
        // 5xx, after all attempts: it may have been carried out.
        _ if ["status code: 5", "status code: 429", "status code: 408"].iter().any(|status| text.contains(status)) => {
            StoreError::NoAnswer { store: name, what, why: said(&text) }
        }
        _ => StoreError::Strange { store: name, what, why: said(&text) },
    }
}

/// Returns why there was no answer, if that is what went wrong.
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

/// Returns what lies at the bottom of an error.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}

/// Returns what a store said of an error: its code and message if it has the usual form, else the beginning of it all.
///
/// URLs are left out: some stores carry credentials in them.
pub(super) fn said(text: &str) -> String {
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
    text::tame(&said).chars().take(300).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_says_is_told_in_a_line_without_addresses() {
        let xml = "Error performing PUT http://127.0.0.1:1/shows?sig=hunter2 in 2ms - Server returned non-2xx status code: \
                   403 Forbidden: <?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Access\nDenied.</Message></Error>";
        assert_eq!(said(xml), "AccessDenied: Access Denied.");
        let plain = "Error performing GET https://a/b?sig=hunter2 in 2ms - Server returned non-2xx status code: 418 I'm a teapot: ";
        assert_eq!(said(plain), "Server returned non-2xx status code: 418 I'm a teapot:");
        assert_eq!(said("Generic S3 error: Header missing"), "Header missing");
        assert_eq!(said("oops https://a?sig=hunter2"), "oops");
    }
}
