//! Why a store did not do what it was asked.

use std::error::Error as _;
use std::fmt;
use std::path::{Path, PathBuf};

use downbeat_core::Span;
use object_store::client::{HttpError, HttpErrorKind};

use super::excerpt::excerpt;
use super::refusal::{Refusal, Refused};
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
    /// The store refuses what this machine signs, because their clocks differ.
    ClockSkewed {
        /// The store.
        store: String,
        /// How far this machine's clock is ahead of the store's (behind it, if negative), if the store says its time.
        ahead: Option<Span>,
        /// What the store says.
        why: String,
    },
    /// The credentials were for a session that is over.
    SessionOver {
        /// The store.
        store: String,
        /// What the store says.
        why: String,
    },
    /// The bucket is in another region.
    OtherRegion {
        /// The store.
        store: String,
        /// The bucket's region, if the store says so.
        region: Option<String>,
        /// What the store says.
        why: String,
    },
    /// The store does not know what it was asked to do.
    NotImplemented {
        /// The store.
        store: String,
        /// What it was asked to do, with the key.
        what: String,
        /// What the store says.
        why: String,
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
            Self::ClockSkewed { store, ahead, why } => {
                let differs = match ahead {
                    Some(ahead) if *ahead < Span::ZERO => {
                        format!("is {} behind the store's", rough(Span::ZERO - *ahead))
                    }
                    Some(ahead) => format!("is {} ahead of the store's", rough(*ahead)),
                    None => "differs from the store's".to_owned(),
                };
                write!(f, "{store} refuses what this machine signs, because its clock {differs} ({why})")
            }
            Self::SessionOver { store, why } => {
                write!(f, "{store} refuses credentials that are no longer valid ({why})")
            }
            Self::OtherRegion { store, region: Some(region), why } => {
                write!(f, "{store} is in the region {region} ({why})")
            }
            Self::OtherRegion { store, region: None, why } => write!(f, "{store} is in another region ({why})"),
            Self::NotImplemented { store, what, why } => write!(f, "{store} does not know how to {what} ({why})"),
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
    if let Some(Refused { refusal, why }) = cause::<Refused>(error).cloned() {
        return match refusal {
            Refusal::NotImplemented => StoreError::NotImplemented { store: name, what, why },
            Refusal::ClockSkewed(ahead) => StoreError::ClockSkewed { store: name, ahead, why },
            Refusal::SessionOver => StoreError::SessionOver { store: name, why },
            Refusal::OtherRegion(region) => StoreError::OtherRegion { store: name, region, why },
        };
    }
    match (error, silence(error)) {
        (object_store::Error::NotImplemented { .. }, _) => {
            StoreError::NotImplemented { store: name, what, why: excerpt(&text) }
        }
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
    cause::<HttpError>(error).map(|error| (error.kind(), innermost(error)))
}

/// Returns the first cause of this type.
fn cause<E: std::error::Error + 'static>(error: &object_store::Error) -> Option<&E> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.source();
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref() {
            return Some(found);
        }
        cause = inner.source();
    }
    None
}

/// Returns a length of time in the largest unit of which it has two: what differs by hours differs by hours.
fn rough(span: Span) -> String {
    match span.as_millis() / 60_000 {
        minutes if minutes < 120 => format!("{minutes} min"),
        minutes if minutes < 2 * 24 * 60 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 60 / 24),
    }
}

/// Returns the last cause of an error.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}
