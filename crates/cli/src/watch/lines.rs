//! A view that writes lines, for pipes and programs: one for each change, and a heartbeat now and then.

use std::ops::ControlFlow;

use downbeat_api::clock;
use downbeat_core::session::{Connection, NoPush};
use downbeat_core::{LocalTime, Rev, ServerTime, Span, Status};
use downbeat_wire::LogEntry;
use serde_json::json;

use super::line_writer::LineWriter;
use super::model::Model;
use super::update::Update;
use super::view::View;
use super::words;
use crate::applied;
use crate::audience;
use crate::context::standing_json;
use crate::output::Output;
use crate::text;

/// The longest wait for the acknowledgements of a change: 5 s. They come within 3 s of its effect, which is at most 2 s
/// ahead.
const ACKS_MAX: Span = Span::from_millis(5_000);

/// How soon after a state its status repeats what was written with the state: 50 ms.
const SAME_STATUS: Span = Span::from_millis(50);

/// Writes lines.
pub(crate) struct LineView {
    lines: LineWriter,
    /// The revision last written, and when.
    rev: Option<(Rev, LocalTime)>,
    /// The newest log entry seen; `None` before the first answer.
    logged: Option<Rev>,
    /// The change whose acknowledgements were written.
    acked: Option<Rev>,
    /// Why the last of an operator's requests failed.
    failure: Option<String>,
}

impl LineView {
    pub(crate) fn new(output: Output, heartbeat_after: Span) -> Self {
        let lines = LineWriter::new(output, heartbeat_after);
        Self { lines, rev: None, logged: None, acked: None, failure: None }
    }

    /// Writes once why an operator's requests fail.
    fn write_failure(&mut self, why: &str) {
        if self.failure.as_deref() != Some(why) {
            self.lines.remark(&format!("{why}\n"));
            self.failure = Some(why.to_owned());
        }
    }

    fn write_state(&mut self, lateness: Span, model: &Model, now: ServerTime) {
        let Some(state) = &model.state else { return };
        let rev = state.rev;
        if self.rev.replace((rev, clock::monotonic())).is_none() {
            // Only acknowledgements of later changes are news.
            self.acked = Some(rev);
        }
        let late = match lateness {
            Span::ZERO => String::new(),
            late => format!("; received {} after its effect", text::fine(late)),
        };
        let line = format!("rev {rev}  {}{late}", words::outlook(model, now));
        self.lines.write(now, &line, &json!({ "type": "change", "at": now, "lateness": lateness, "state": state }));
    }

    fn write_status(&mut self, status: Status, model: &Model, now: ServerTime) {
        // The first status comes with the state.
        let Some((rev, since)) = self.rev else { return };
        if clock::monotonic() - since > SAME_STATUS {
            let standing = model.standing(now);
            let words = standing.map_or_else(|| status.as_str().to_owned(), |standing| standing.to_string());
            let standing = standing.as_ref().map(standing_json);
            let json = json!({ "type": "status", "at": now, "rev": rev, "now": standing });
            self.lines.write(now, &format!("rev {rev}  {words}"), &json);
        }
    }

    fn write_connection(&mut self, connection: Connection, model: &Model, now: ServerTime) {
        // The first socket is about to open.
        if connection == Connection::Polling(NoPush::NoSocket) {
            return;
        }
        let words = words::connection(connection);
        let hub = model.hub.map(|hub| format!(" through hub {hub}")).unwrap_or_default();
        let json = json!({ "type": "connection", "at": now, "connection": words, "hub": model.hub });
        self.lines.write(now, &format!("{words}{hub}"), &json);
    }

    fn write_log(&mut self, entries: &[LogEntry], now: ServerTime) {
        // Only later entries than those of the first answer are news.
        if let Some(logged) = self.logged {
            for entry in entries.iter().rev().filter(|entry| entry.rev > logged) {
                let line = format!("rev {}  {}", entry.rev, words::log_entry(entry));
                self.lines.write(now, &line, &json!({ "type": "log", "at": now, "entry": entry }));
            }
        }
        let newest = entries.first().map(|entry| entry.rev);
        self.logged = newest.max(self.logged).or(Some(Rev::new(0)));
    }

    fn write_acks(&mut self, model: &Model, now: ServerTime) {
        let Some(Ok(audience)) = &model.audience else { return };
        let (Some(acks), Some((rev, since))) = (&audience.acks, self.rev) else { return };
        let is_due = acks.applied >= acks.asked || clock::monotonic() - since >= ACKS_MAX;
        if acks.rev == rev && self.acked != Some(rev) && is_due && acks.asked > 0 {
            self.acked = Some(rev);
            let lacks = audience::lacks(audience).map(|note| audience::line(&note));
            let parts: Vec<String> = [applied::describe(acks)].into_iter().chain(lacks).collect();
            let line = format!("rev {rev}  {}", parts.join("; "));
            let (untold, polling) = (&audience.untold, audience.polling);
            let json = json!({ "type": "acks", "at": now, "acks": acks, "untold": untold, "polling": polling });
            self.lines.write(now, &line, &json);
        }
    }

    fn write_heartbeat(&mut self, model: &Model, now: ServerTime) {
        let rev = model.rev().map_or(0, |rev| rev.number());
        let standing = model.standing(now);
        let words = standing.map_or_else(|| "unknown".to_owned(), |standing| standing.to_string());
        let connection = words::connection(model.connection);
        let bound = model.bound().map(|bound| format!(", ±{}", text::fine(bound))).unwrap_or_default();
        let audience = model.audience.as_ref().and_then(|audience| audience.as_ref().ok());
        let sockets = audience.map(|audience| format!(" · {}", audience::sockets(audience))).unwrap_or_default();
        let json = json!({
            "type": "heartbeat", "at": now, "rev": rev, "now": standing.as_ref().map(standing_json),
            "connection": connection, "bound": model.bound(), "audience": audience,
        });
        self.lines.write(now, &format!("rev {rev}  {words} · {connection}{bound}{sockets}"), &json);
    }
}

/// Returns the server's time; before the first answer this machine's wall clock.
fn now(model: &Model) -> ServerTime {
    model.server_time(clock::monotonic()).unwrap_or_else(clock::wall)
}

impl View for LineView {
    fn handle_update(&mut self, update: &Update, model: &Model) {
        let now = now(model);
        match update {
            Update::State { lateness, .. } => self.write_state(*lateness, model, now),
            Update::Status(status) => self.write_status(*status, model, now),
            Update::Connection(connection) => self.write_connection(*connection, model, now),
            Update::Log(Ok(entries)) => self.write_log(entries, now),
            Update::Audience(Ok(_)) => self.write_acks(model, now),
            Update::Log(Err(why)) | Update::Audience(Err(why)) => self.write_failure(why),
            Update::Clock { .. } | Update::Hub(_) | Update::Rundown(_) | Update::Notes(_) => {}
        }
    }

    fn handle_tick(&mut self, model: &Model) -> ControlFlow<()> {
        if self.lines.is_heartbeat_due() {
            self.write_heartbeat(model, now(model));
        }
        if self.lines.is_read() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
