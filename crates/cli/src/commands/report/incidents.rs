//! The pauses of a show, found in its log.

use downbeat_core::ServerTime;
use downbeat_wire::LogEntry;
use serde_json::Value;

use crate::log_words;
use crate::text::tame;

/// A time in which the event was paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Incident {
    pub(super) from: ServerTime,
    /// `None` if it did not end.
    pub(super) until: Option<ServerTime>,
    /// Who paused it.
    pub(super) actor: String,
    /// What they did, in words.
    pub(super) what: String,
}

/// What a change makes of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Becomes {
    Paused,
    Moving,
}

/// Returns the pauses, from entries of which the oldest is first.
pub(super) fn of(entries: &[LogEntry]) -> Vec<Incident> {
    // A change replaces what was planned at or after it.
    let mut changes: Vec<(ServerTime, Becomes, &LogEntry)> = Vec::new();
    for entry in entries {
        let Some(becomes) = becomes(entry) else { continue };
        changes.retain(|(at, ..)| *at < entry.effective_at);
        changes.push((entry.effective_at, becomes, entry));
    }
    let mut incidents: Vec<Incident> = Vec::new();
    for (at, becomes, entry) in changes {
        let open = incidents.last_mut().filter(|last| last.until.is_none());
        match (becomes, open) {
            (Becomes::Paused, None) => {
                let (actor, what) = (tame(&entry.actor), log_words::what(entry));
                incidents.push(Incident { from: at, until: None, actor, what });
            }
            (Becomes::Moving, Some(open)) => open.until = Some(at),
            _ => {}
        }
    }
    incidents
}

/// Returns what a change makes of the event; `None` if it leaves that as it is.
fn becomes(entry: &LogEntry) -> Option<Becomes> {
    if entry.body.get("unchanged") == Some(&Value::Bool(true)) {
        return None;
    }
    let reverted = || entry.body.get("reverted").and_then(|reverted| reverted.get("name")).and_then(Value::as_str);
    match (entry.name.as_str(), reverted()) {
        ("pause" | "emergency", _) | ("redo", Some("pause")) | ("undo", Some("resume")) => Some(Becomes::Paused),
        ("resume" | "end" | "reset" | "reschedule", _) | ("redo", Some("resume" | "end")) | ("undo", Some("pause")) => {
            Some(Becomes::Moving)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(rev: u64, name: &str, at: i64, body: &Value) -> LogEntry {
        serde_json::from_value(json!({
            "rev": rev, "at": at, "effectiveAt": at + 500, "actor": "maria", "token": "maria", "name": name, "body": body,
            "prev": "0".repeat(64),
        }))
        .unwrap()
    }

    fn times(entries: &[LogEntry]) -> Vec<(i64, Option<i64>)> {
        of(entries).iter().map(|one| (one.from.as_millis(), one.until.map(ServerTime::as_millis))).collect()
    }

    #[test]
    fn a_pause_lasts_until_the_event_goes_on() {
        let entries = [
            entry(1, "create", 0, &json!({})),
            entry(2, "pause", 1_000, &json!({"message": "Back soon"})),
            entry(3, "pause", 2_000, &json!({"unchanged": true})),
            entry(4, "announce", 3_000, &json!({"message": "Still here"})),
            entry(5, "resume", 61_000, &json!({})),
            entry(6, "pause", 90_000, &json!({})),
        ];
        assert_eq!(times(&entries), [(1_500, Some(61_500)), (90_500, None)]);
        assert_eq!(of(&entries)[0].what, "paused the event, saying \"Back soon\"");
    }

    #[test]
    fn an_undone_pause_is_over_and_an_undone_resume_is_a_pause() {
        let reverted = |name: &str| json!({"reverted": {"rev": 2, "name": name, "actor": "otto", "at": 0}});
        let entries = [
            entry(2, "pause", 1_000, &json!({})),
            entry(3, "undo", 5_000, &reverted("pause")),
            entry(4, "pause", 9_000, &json!({})),
            entry(5, "resume", 12_000, &json!({})),
            entry(6, "undo", 13_000, &reverted("resume")),
            entry(7, "end", 20_000, &json!({})),
        ];
        assert_eq!(times(&entries), [(1_500, Some(5_500)), (9_500, Some(12_500)), (13_500, Some(20_500))]);
    }

    #[test]
    fn what_was_planned_and_replaced_never_happened() {
        let planned =
            LogEntry { effective_at: ServerTime::from_millis(100_000), ..entry(2, "pause", 1_000, &json!({})) };
        assert_eq!(times(&[planned, entry(3, "resume", 50_000, &json!({}))]), []);
    }
}
