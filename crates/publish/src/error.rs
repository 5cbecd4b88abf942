//! Why publishing stopped, and what the caller can do about it.

use std::fmt;
use std::path::PathBuf;

use downbeat_api::{ApiError, RandomError};
use downbeat_core::{CommandId, Digest, EventName, Rev, ServerTime};
use downbeat_wire::Publication;

use crate::freeze::Freeze;
use crate::store::StoreError;

/// Why publishing stopped. One variant per thing the caller can do.
#[derive(Clone, Debug)]
pub enum PublishError {
    /// The store failed.
    Store(StoreError),
    /// The event's server failed.
    Server(ApiError),
    /// The operating system returned no random bytes.
    Randomness(RandomError),
    /// An object is not what Downbeat writes there.
    Foreign {
        /// Its key.
        key: String,
        /// The store.
        store: String,
        /// What is wrong with it.
        fault: Foreign,
    },
    /// The pointer and the history disagree about one revision.
    HistoryDiffers {
        /// The event.
        event: EventName,
        /// The revision.
        rev: Rev,
        /// The key of the history's entry.
        key: String,
    },
    /// The history already has another entry for this revision.
    HistoryTaken {
        /// The key of the entry.
        key: String,
        /// The store.
        store: String,
    },
    /// A rundown was put, and something else was read back. The pointer was not moved.
    Altered {
        /// The rundown's key.
        key: String,
        /// The store.
        store: String,
        /// What differs.
        fault: String,
    },
    /// The store has no conditional writes, so two publishers at once would both seem to succeed. Nothing was published.
    NoConditionalWrites {
        /// The store.
        store: String,
        /// What it lacks.
        lack: Lack,
    },
    /// Pages could not load the rundown. The pointer was not moved.
    NotLoadable {
        /// Where pages load it from.
        url: String,
        /// Why they could not.
        why: NotLoadable,
    },
    /// A stored rundown cannot be published again.
    NotRepublishable {
        /// How people name it: its key and store, or its digest.
        rundown: String,
        /// Why.
        why: String,
        /// The rundown is in a store, which `verify` can inspect.
        in_store: bool,
    },
    /// The listing of a store is incomplete, so nothing was deleted.
    Incomplete {
        /// The store.
        store: String,
        /// The event whose pointer exists although the listing lacks it; `None` if the listing has no event at all.
        event: Option<EventName>,
    },
    /// A `gc` is deleting the rundown, or was interrupted while it did. The pointer was not moved.
    Tombstone {
        /// The rundown.
        rundown: Digest,
    },
    /// Somebody else moved the pointer. It was not moved again.
    Moved {
        /// The event.
        event: EventName,
        /// The revision that the caller knew.
        decided_at: Option<Rev>,
        /// What the pointer names now.
        theirs: Box<Publication>,
    },
    /// The caller expects a revision, but there is no pointer.
    NoPointer {
        /// The event.
        event: EventName,
        /// The revision that the caller expects.
        if_rev: Rev,
    },
    /// Somebody else put another signed state beside the pointer.
    SignedStateMoved {
        /// The pointer's key.
        key: String,
        /// The store.
        store: String,
    },
    /// It is unknown whether a write arrived. The same call again finishes it or finds it done.
    Uncertain {
        /// What was written.
        what: String,
        /// Why it is unknown.
        why: String,
        /// The id of the publication, if it has one.
        id: Option<CommandId>,
    },
    /// The rundown must not be changed this close to the start.
    Frozen {
        /// The event.
        event: EventName,
        /// Since when, and until when.
        freeze: Freeze,
        /// When the freeze was judged.
        now: ServerTime,
    },
    /// The id belongs to an earlier publication of another rundown.
    IdTaken {
        /// The id.
        id: CommandId,
        /// The revision that was published with it.
        rev: Rev,
    },
    /// The file cannot be read.
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The file does not contain a private emergency key.
    NoKey {
        /// The file.
        path: PathBuf,
    },
}

/// Why an object is not what Downbeat writes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// It is not a publication.
    Unreadable(String),
    /// Its rundown, URL and integrity contradict each other.
    Inconsistent,
    /// It is not a pointer, so it was not overwritten.
    NoPointer,
}

/// What a store does instead of a conditional write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It replaces an object although it is asked to write only where there is none.
    IgnoresAbsent,
    /// It refuses to write where there is none.
    NeverAbsent,
    /// It does not know how to write only where there is none, and says so.
    RefusesAbsent(String),
    /// It replaces an object that has changed although it is asked not to.
    IgnoresUnchanged,
    /// It refuses to replace an object that has not changed.
    NeverUnchanged,
    /// It does not know how to replace only what has not changed, and says so.
    RefusesUnchanged(String),
}

/// Why pages could not load a rundown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotLoadable {
    /// There was no answer.
    NoAnswer(String),
    /// The answer has another status than 200.
    Status(String),
    /// The bytes have another SHA-256.
    Altered,
    /// The `Content-Type` is not JSON's.
    ContentType(String),
    /// Pages of other origins may not read it.
    Origin {
        /// The page's origin; `None` for any.
        origin: Option<String>,
        /// The value of `Access-Control-Allow-Origin`.
        allowed: String,
    },
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Server(error) => error.fmt(f),
            Self::Randomness(why) => write!(f, "the operating system gives no randomness: {why}"),
            Self::Foreign { key, store, fault } => {
                write!(f, "{key} in {store} is not what Downbeat writes there{fault}")
            }
            Self::HistoryDiffers { event, rev, key } => {
                write!(f, "the pointer to the rundown of {event} (rev {rev}) is not what {key} says")
            }
            Self::HistoryTaken { key, store } => write!(f, "{key} in {store} is there already and says something else"),
            Self::Altered { key, store, fault } => {
                write!(f, "{key} was put into {store}, but {fault}; the pointer was not moved")
            }
            Self::NoConditionalWrites { store, lack } => {
                write!(
                    f,
                    "{store} cannot be published to, since two publishers at once could both succeed there: {lack}; nothing was published"
                )
            }
            Self::NotLoadable { url, why } => {
                write!(f, "viewers could not load the rundown from {url}: {why}; the pointer was not moved")
            }
            Self::NotRepublishable { rundown, why, .. } => write!(f, "{rundown} cannot be published again: {why}"),
            Self::Incomplete { store, event } => {
                match event {
                    Some(event) => write!(f, "{store} does not list the event {event}, whose pointer is there")?,
                    None => write!(f, "{store} lists rundowns and no event")?,
                }
                f.write_str(", so nobody knows which rundowns are needed; nothing was deleted")
            }
            Self::Tombstone { rundown } => {
                write!(f, "a gc is deleting rundown {rundown} right now, or died doing it; the pointer was not moved")
            }
            Self::Moved { event, decided_at, theirs } => {
                let decided = decided_at.map_or("when there was none".to_owned(), |rev| format!("at rev {rev}"));
                write!(
                    f,
                    "the rundown of {event} has moved on: this was decided {decided}, it is at rev {} now; the pointer was not moved",
                    theirs.rev
                )
            }
            Self::NoPointer { event, if_rev } => {
                write!(f, "the rundown of {event} is not at rev {if_rev}: there is no pointer")
            }
            Self::SignedStateMoved { key, store } => {
                write!(f, "somebody else put another signed state beside {key} in {store} meanwhile")
            }
            Self::Uncertain { what, why, .. } => write!(f, "{what} may or may not have arrived: {why}"),
            Self::Frozen { event, .. } => write!(f, "the rundown of {event} is frozen"),
            Self::IdTaken { id, rev } => write!(f, "the id {id} is that of rev {rev}, which published another rundown"),
            Self::File { path, why } => write!(f, "{}: {why}", path.display()),
            Self::NoKey { path } => write!(f, "{} holds no private emergency key", path.display()),
        }
    }
}
impl std::error::Error for PublishError {}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, ": {why}"),
            Self::Inconsistent => f.write_str(": its rundown, url and integrity do not go together"),
            Self::NoPointer => f.write_str(", and is left alone"),
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IgnoresAbsent => f.write_str("it ignores If-None-Match, and replaces an object that is there"),
            Self::NeverAbsent => f.write_str("it answers If-None-Match as if an object were there, though there is none"),
            Self::RefusesAbsent(why) => write!(f, "it does not know If-None-Match ({why})"),
            Self::IgnoresUnchanged => f.write_str("it ignores If-Match, and replaces an object that has changed"),
            Self::NeverUnchanged => f.write_str(
                "it answers If-Match as if the object had changed, though it has not (perhaps something on the way alters ETags)",
            ),
            Self::RefusesUnchanged(why) => write!(f, "it does not know If-Match ({why})"),
        }
    }
}

impl fmt::Display for NotLoadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(why) => f.write_str(why),
            Self::Status(status) => write!(f, "it answers {status}"),
            Self::Altered => f.write_str("what comes has another SHA-256"),
            Self::ContentType(kind) => write!(f, "its Content-Type is {kind:?}"),
            Self::Origin { origin, allowed } => {
                let origin = origin.as_deref().unwrap_or("any origin");
                write!(f, "pages of {origin} may not (Access-Control-Allow-Origin is {allowed:?})")
            }
        }
    }
}

impl From<StoreError> for PublishError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ApiError> for PublishError {
    fn from(error: ApiError) -> Self {
        Self::Server(error)
    }
}

impl From<RandomError> for PublishError {
    fn from(error: RandomError) -> Self {
        Self::Randomness(error)
    }
}
