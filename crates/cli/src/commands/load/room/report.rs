//! What a load test of a room found, for people and programs.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use downbeat_core::Span;
use downbeat_core::room::WAIT_BUDGET;
use downbeat_viewer::room::RoomSummary;
use serde_json::{Map, Value, json};

use super::super::latencies::{LatencyTable, json as distribution};
use crate::exit::Exit;
use crate::output::{Failure, Report, members};
use crate::text::{self, Table};

/// What a load test of a room found.
pub(crate) struct RoomReport {
    pub(super) place: Map<String, Value>,
    pub(super) screen: Table,
    pub(super) limits: Limits,
    pub(super) arrived_within: Span,
    /// How many members have the controls.
    pub(super) controllers: u32,
    pub(super) summary: RoomSummary,
}

/// What the figures are compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many members were to come.
    pub(super) members: u32,
    /// How long the room waits at most at a time; `None` if it never waits.
    pub(super) wait: Option<Span>,
}

impl RoomReport {
    fn changes(&self) -> String {
        let RoomSummary { changes, gestures, waits, missed, .. } = &self.summary;
        format!(
            "{}: {} by gestures, the others for {}; {}",
            text::count(changes.len(), "change"),
            gestures,
            text::count(waits.count, "wait"),
            if *missed == 0 { "nobody missed one".to_owned() } else { format!("{missed} were missed") }
        )
    }

    fn waits(&self) -> String {
        let RoomSummary { waits, stalls, .. } = &self.summary;
        let limit =
            self.limits.wait.map_or_else(|| "it never waits".to_owned(), |max| format!("of {}", text::span(max)));
        format!(
            "{} for {}, {} in all; in a row at most {} ({limit}), in ten minutes {} (of {})",
            text::count(waits.count, "wait"),
            text::count(usize::try_from(*stalls).unwrap_or(usize::MAX), "stall"),
            text::fine(waits.total),
            text::fine(waits.longest),
            text::fine(waits.most_in_ten_minutes),
            text::span(WAIT_BUDGET),
        )
    }
}

fn counted<K: Display>(counts: &BTreeMap<K, u64>) -> String {
    let parts: Vec<String> = counts.iter().map(|(what, count)| format!("{count} × {what}")).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

impl Report for RoomReport {
    fn json(&self) -> Map<String, Value> {
        let summary = &self.summary;
        let counts = |counts: &mut dyn Iterator<Item = (String, u64)>| -> Map<String, Value> {
            counts.map(|(what, count)| (what, json!(count))).collect()
        };
        let changes = summary.changes.iter().map(|change| {
            json!({
                "rev": change.rev, "expected": change.expected, "received": change.received, "missed": change.missed,
                "afterFirst": distribution(&change.after_first),
                "firstAfterSent": change.first_after_sent.map(|span| span.as_micros() as f64 / 1e3),
            })
        });
        let mut json = self.place.clone();
        json.extend(members(json!({
            "came": summary.came,
            "present": summary.present,
            "controllers": self.controllers,
            "settled": self.arrived_within,
            "left": summary.left,
            "lost": counts(&mut summary.closed.iter().map(|(reason, count)| (reason.to_string(), *count))),
            "changes": changes.collect::<Vec<_>>(),
            "changed": { "byGestures": summary.gestures, "missed": summary.missed, "wentBack": summary.went_back },
            "afterFirst": summary.after_first.as_ref().map(distribution),
            "spread": summary.spread.as_ref().map(distribution),
            "firstAfterSent": summary.first_after_sent.as_ref().map(distribution),
            "stalls": summary.stalls,
            "waits": {
                "count": summary.waits.count, "total": summary.waits.total, "longest": summary.waits.longest,
                "max": self.limits.wait, "inTenMinutes": summary.waits.most_in_ten_minutes,
            },
            "presence": {
                "messages": summary.presence.messages, "least": summary.presence.least,
                "median": summary.presence.median, "most": summary.presence.most,
                "limit": summary.presence.limit, "linear": summary.presence.is_linear(),
            },
            "refused": counts(&mut summary.refusals.iter().map(|(code, count)| (code.clone(), *count))),
            "unanswered": summary.unanswered,
            "behind": summary.behind,
        })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.summary;
        let mut screen = self.screen.clone();
        screen.line(
            "members",
            format!(
                "{} of {} came within {}, {} with the controls; {} left and came back; {} at the end",
                summary.came,
                self.limits.members,
                text::span(self.arrived_within),
                self.controllers,
                summary.left,
                summary.present
            ),
        );
        screen.line("changes", self.changes());
        screen.line("waits", self.waits());
        let presence = &summary.presence;
        screen.line(
            "presence",
            format!(
                "{} messages, {} to {} for a member; a room of any size sends at most {} in this time",
                text::thousands(presence.messages),
                presence.least,
                presence.most,
                text::thousands(presence.limit)
            ),
        );
        screen.line("refused", counted(&summary.refusals));
        screen.line("lost", counted(&summary.closed));
        let behind = if summary.behind == 0 { "nobody".to_owned() } else { summary.behind.to_string() };
        screen.line("behind", format!("{behind} at the end"));
        let mut table = LatencyTable::new();
        for (label, latencies) in [
            ("first member, after the gesture", &summary.first_after_sent),
            ("each member, after the first", &summary.after_first),
            ("last member, after the first", &summary.spread),
        ] {
            if let Some(latencies) = latencies {
                table.line(label, latencies);
            }
        }
        writeln!(f, "{screen}\n{table}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.changes())
    }

    fn failure(&self) -> Option<Failure> {
        let summary = &self.summary;
        let waits = &summary.waits;
        let absent = (self.limits.members as usize).saturating_sub(summary.came);
        let longer = self.limits.wait.is_some_and(|max| waits.longest > max) || waits.most_in_ten_minutes > WAIT_BUDGET;
        let faults = [
            (absent > 0, format!("{} never got into the room", text::count(absent, "member"))),
            (summary.missed > 0, format!("changes were missed {} times", summary.missed)),
            (summary.went_back > 0, format!("states went back {} times", summary.went_back)),
            (summary.behind > 0, format!("{} behind at the end", text::count(summary.behind, "member"))),
            (longer, "the room waited longer than it may".to_owned()),
            (!summary.presence.is_linear(), "there were more messages about members than the room may send".to_owned()),
        ];
        let faults: Vec<String> = faults.into_iter().filter(|(is_so, _)| *is_so).map(|(_, fault)| fault).collect();
        (!faults.is_empty()).then(|| Failure { exit: Exit::Network, code: "load", message: faults.join("; ") })
    }
}
