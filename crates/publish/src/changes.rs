//! The changes of an event's rundown, and what a rollback goes back to.
//!
//! What was live is a stack. A publication puts a rundown on top; a rollback takes the top one off, so rolling back twice
//! goes back further, and a publication after a rollback goes back to what that rollback made live. An `undo` in an event's
//! log takes back whatever the change before it did.

use downbeat_core::{Digest, Rev, ServerTime};
use downbeat_wire::{LogEntry, Publication};
use serde::Serialize;
use serde_json::Value;

/// A change of which rundown an event has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RundownChange {
    /// The revision it made.
    pub rev: Rev,
    /// When.
    pub at: ServerTime,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// How.
    pub kind: ChangeKind,
    /// The rundown that the event has since then; `None` for none.
    pub rundown: Option<Digest>,
}

/// How an event came to have a rundown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It was published.
    Published,
    /// A rollback went back to it.
    RolledBack,
    /// An `undo` went back to it.
    Undone,
}

/// What was live, the oldest first; the last one is live now. `None` stands for no rundown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveStack(Vec<Option<Digest>>);

/// Where a rollback goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Previous {
    /// To this rundown.
    Rundown(Digest),
    /// The event had none before; before that, it had this one.
    None {
        /// The last rundown before, if there was one.
        earlier: Option<Digest>,
    },
    /// The present one is the first.
    First,
}

impl LiveStack {
    /// Returns what was live according to a store's revisions, the oldest first.
    pub fn of_revisions(revisions: &[Publication]) -> Self {
        let mut stack = Self::default();
        for publication in revisions {
            let kind = if publication.is_rollback { ChangeKind::RolledBack } else { ChangeKind::Published };
            stack.apply(kind, Some(publication.rundown));
        }
        stack
    }

    /// Returns what a rollback goes back to.
    pub fn previous(&self) -> Previous {
        let before = self.0.len().saturating_sub(1);
        match self.0.get(before.wrapping_sub(1)) {
            Some(Some(rundown)) => Previous::Rundown(*rundown),
            Some(None) => Previous::None { earlier: self.0[..before].iter().rev().find_map(|live| *live) },
            None => Previous::First,
        }
    }

    /// Applies a publication of `rundown`, or a rollback to it.
    fn apply(&mut self, kind: ChangeKind, rundown: Option<Digest>) {
        let before = self.0.len().saturating_sub(1);
        let found = self.0[..before].iter().rposition(|live| *live == rundown);
        match (kind, found) {
            (ChangeKind::RolledBack, Some(index)) => self.0.truncate(index + 1),
            _ if self.0.last() == Some(&rundown) => {}
            _ => self.0.push(rundown),
        }
    }

    /// Makes `present` the top: what the log does not say (a restored event) counts as a publication or a rollback.
    fn settle(&mut self, present: Option<Digest>) {
        if self.0.last().copied().flatten() != present {
            self.apply(ChangeKind::RolledBack, present);
        }
    }
}

/// Returns the changes in a store's revisions, the oldest first.
pub fn changes_in_store(revisions: &[Publication]) -> Vec<RundownChange> {
    let change = |publication: &Publication| RundownChange {
        rev: publication.rev,
        at: publication.at,
        actor: publication.actor.clone(),
        reason: publication.reason.clone(),
        kind: if publication.is_rollback { ChangeKind::RolledBack } else { ChangeKind::Published },
        rundown: Some(publication.rundown),
    };
    revisions.iter().map(change).collect()
}

/// Returns the changes in an event's log, the oldest first, and what was live. `entries` begin with the newest; `present` is
/// the event's rundown.
pub fn changes_in_log(entries: &[LogEntry], present: Option<Digest>) -> (Vec<RundownChange>, LiveStack) {
    let (mut stack, mut changes) = (LiveStack::default(), Vec::new());
    // What was live before the change that an undo would revert.
    let mut before = stack.clone();
    for entry in entries.iter().rev() {
        let was = stack.clone();
        let kind = match entry.name.as_str() {
            "undo" | "redo" => {
                stack = std::mem::replace(&mut before, was.clone());
                ChangeKind::Undone
            }
            "rundown" => {
                let is_rollback = entry.body.get("rollback") == Some(&Value::Bool(true));
                let kind = if is_rollback { ChangeKind::RolledBack } else { ChangeKind::Published };
                let rundown = entry.body.get("rundown").and_then(Value::as_str).and_then(|digest| digest.parse().ok());
                stack.apply(kind, rundown);
                kind
            }
            _ => ChangeKind::Published,
        };
        let rundown = stack.0.last().copied().flatten();
        if entry.name == "rundown" || was.0.last().copied().flatten() != rundown {
            changes.push(RundownChange {
                rev: entry.rev,
                at: entry.at,
                actor: entry.actor.clone(),
                reason: entry.body.get("reason").and_then(Value::as_str).map(str::to_owned),
                kind,
                rundown,
            });
        }
        before = was;
    }
    stack.settle(present);
    (changes, stack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_wire::log::CHAIN_START;
    use serde_json::json;

    fn digest(letter: char) -> Digest {
        Digest::from_bytes([u8::try_from(letter).unwrap(); 32])
    }

    /// A log: `A` publishes A, `-` points the event at none, `<A` rolls back to A, `u` undoes, `p` pauses.
    fn log(steps: &str) -> Vec<LogEntry> {
        let entry = |(index, step): (usize, &str)| {
            let letter = step.trim_start_matches('<').chars().next().unwrap();
            let (name, body) = match letter {
                'u' => ("undo", json!({ "command": "undo" })),
                'p' => ("pause", json!({ "command": "pause" })),
                '-' => ("rundown", json!({ "command": "rundown", "rundown": null })),
                _ if step.starts_with('<') => {
                    ("rundown", json!({ "command": "rundown", "rundown": digest(letter), "rollback": true }))
                }
                _ => ("rundown", json!({ "command": "rundown", "rundown": digest(letter) })),
            };
            LogEntry {
                rev: Rev::new(index as u64 + 2),
                at: ServerTime::from_millis(1_704_067_200_000),
                effective_at: ServerTime::from_millis(1_704_067_200_000),
                actor: "maria".to_owned(),
                token: "maria".to_owned(),
                name: name.to_owned(),
                body,
                prev: CHAIN_START,
                hash: None,
            }
        };
        let mut entries: Vec<_> = steps.split_whitespace().enumerate().map(entry).collect();
        entries.reverse();
        entries
    }

    #[track_caller]
    fn goes_back(steps: &str, present: char, to: char) {
        let (changes, stack) = changes_in_log(&log(steps), Some(digest(present)));
        assert_eq!(stack.previous(), Previous::Rundown(digest(to)), "{steps}");
        assert_eq!(changes.last().unwrap().rundown, Some(digest(present)), "{steps}");
    }

    #[test]
    fn a_rollback_goes_to_what_was_live_before_the_publication_that_made_the_present_one_live() {
        goes_back("A B", 'B', 'A');
        goes_back("A B <A C", 'C', 'A');
        goes_back("A B <A C D", 'D', 'C');
        goes_back("A B <A B", 'B', 'A');
        goes_back("A B A", 'A', 'B');
        goes_back("A B A B <A", 'A', 'B');
        goes_back("A B C <B <A D", 'D', 'A');
        goes_back("A B C D <B", 'B', 'A');
        goes_back("A A B B", 'B', 'A');
        goes_back("A p B p", 'B', 'A');
        goes_back("A <B", 'B', 'A');
    }

    #[test]
    fn an_undo_takes_back_the_change_before_it() {
        goes_back("A B C u", 'B', 'A');
        goes_back("A B C u u", 'C', 'B');
        goes_back("A B <A u", 'B', 'A');
        goes_back("A B p u", 'B', 'A');
        goes_back("A B <A u C", 'C', 'B');
    }

    #[test]
    fn without_a_rundown_before_there_is_nothing_to_go_back_to() {
        let previous =
            |steps: &str, present: Option<char>| changes_in_log(&log(steps), present.map(digest)).1.previous();
        assert_eq!(previous("A", Some('A')), Previous::First);
        assert_eq!(previous("A B <A", Some('A')), Previous::First);
        assert_eq!(previous("A - B", Some('B')), Previous::None { earlier: Some(digest('A')) });
        assert_eq!(previous("A -", None), Previous::Rundown(digest('A')));
        assert_eq!(previous("", None), Previous::First);
    }

    #[test]
    fn what_the_log_does_not_say_is_settled_by_what_is_live() {
        let (_, stack) = changes_in_log(&log("A B C"), Some(digest('A')));
        assert_eq!(stack.previous(), Previous::First);
        let (_, stack) = changes_in_log(&log("A B"), Some(digest('X')));
        assert_eq!(stack.previous(), Previous::Rundown(digest('B')));
    }

    #[test]
    fn changes_say_how_and_why() {
        let mut entries = log("A B <A u");
        entries[1].body["reason"] = json!("the wrong song");
        let (changes, _) = changes_in_log(&entries, Some(digest('B')));
        let kinds: Vec<_> = changes.iter().map(|change| (change.rev.number(), change.kind)).collect();
        use ChangeKind::*;
        assert_eq!(kinds, [(2, Published), (3, Published), (4, RolledBack), (5, Undone)]);
        assert_eq!(changes[2].reason.as_deref(), Some("the wrong song"));
    }
}
