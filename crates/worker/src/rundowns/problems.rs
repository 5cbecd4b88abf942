//! What can be wrong with a rundown that is asked for, or with its store.

use downbeat_core::{Digest, EventName};
use downbeat_wire::problem::{Code, Problem};

use crate::reply::unavailable;

/// Returns the problem of a rundown that is not stored.
pub(crate) fn unknown(event: &EventName, digest: Digest) -> Problem {
    Problem::new(
        Code::UnknownRundown,
        format!("event \"{event}\" has no rundown {digest}; publish it first, with \"downbeat cues publish\""),
    )
}

/// Returns the problem of a rundown whose stored bytes are not those that were published, and logs it.
pub(super) fn damaged(event: &EventName, digest: Digest) -> Problem {
    worker::console_error!("the stored bytes of rundown {digest} of event {event} are damaged");
    let detail = format!("the stored bytes of rundown {digest} are damaged; publish it again");
    Problem::new(Code::Unavailable, detail)
}

/// Returns the problem of a rundown that cannot be deleted, since viewers have it.
pub(super) fn in_use(event: &EventName, digest: Digest) -> Problem {
    let detail = format!("event \"{event}\" has rundown {digest} right now; point it at another one first");
    Problem::new(Code::RundownInUse, detail)
}

/// Returns the problem of a rundown that is not the version that was listed.
pub(crate) fn changed(digest: Digest) -> Problem {
    Problem::new(Code::Changed, format!("rundown {digest} was published again meanwhile; ask for the list anew"))
}

/// Returns the problem of a store that does not answer, and logs the `error`.
pub(super) fn broken(error: &worker::Error) -> Problem {
    unavailable("the store of rundowns", error)
}
