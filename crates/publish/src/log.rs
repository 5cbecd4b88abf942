//! The rundowns that an event's log names.

use downbeat_core::Digest;
use downbeat_wire::LogEntry;
use serde_json::Value;

/// Returns the entries of a log that point the event at a rundown, each with that rundown.
pub(crate) fn publications_in_log(entries: &[LogEntry]) -> impl DoubleEndedIterator<Item = (&LogEntry, Digest)> {
    let digest = |entry: &LogEntry| entry.body.get("rundown").and_then(Value::as_str)?.parse().ok();
    entries.iter().filter(|entry| entry.name == "rundown").filter_map(move |entry| Some((entry, digest(entry)?)))
}
