//! The scene as lines: one for each thing that happens, and one now and then.

use std::ops::ControlFlow;

use chrono::DateTime;
use downbeat_core::session::{Connection, NoPush};
use downbeat_core::{LocalTime, Rev, ServerTime, Span};
use downbeat_viewer::clock::monotonic;
use downbeat_wire::LogEntry;
use serde_json::{Value, json};

use super::follow::Followed;
use super::model::{Heard, Scene, told_audience, told_connection};
use crate::applied;
use crate::clock;
use crate::commands::log::details;
use crate::output::{self, Output};
use crate::preview::Told;
use crate::text;
use crate::zone::Zone;

/// How long after a change its acknowledgements are waited for: 3 s after its effect, which is at most 2 s ahead.
const ACKS_MAX: Span = Span::from_millis(5_000);

/// Writes lines.
pub(crate) struct Lines {
    output: Output,
    /// How long it is quiet before a line says that all is well.
    every: Span,
    last_at: LocalTime,
    /// The revision last told, and when.
    told: Option<(Rev, LocalTime)>,
    /// The newest entry of the log that was told; nothing before the first look at it.
    logged: Option<Rev>,
    /// The change whose acknowledgements were told.
    acked: Option<Rev>,
    /// Why the last of an operator's calls had no answer.
    complaint: Option<String>,
    /// Somebody still reads.
    is_read: bool,
}

impl Lines {
    pub(crate) fn new(output: Output, every: Span) -> Self {
        let last_at = monotonic();
        Self { output, every, last_at, told: None, logged: None, acked: None, complaint: None, is_read: true }
    }

    fn write(&mut self, human: &str, program: &Value) {
        self.last_at = monotonic();
        let text = if self.output.json { program.to_string() } else { human.to_owned() };
        self.is_read = output::line(&text);
    }

    /// Says once why an operator's calls have no answer.
    fn complain(&mut self, why: &str) {
        if self.complaint.as_deref() != Some(why) {
            self.output.remark(&format!("{why}\n"));
            self.complaint = Some(why.to_owned());
        }
    }

    fn state(&mut self, lateness: Span, scene: &Scene, now: ServerTime) {
        let Some(state) = &scene.state else { return };
        let (rev, local) = (state.rev, monotonic());
        if self.told.replace((rev, local)).is_none() {
            // Who applied what was there before is not news.
            self.acked = Some(rev);
        }
        let late = match lateness {
            Span::ZERO => String::new(),
            late => format!("; heard {} after its effect", text::fine(late)),
        };
        let line = format!("{}  rev {rev}  {}{late}", clock_time(now), outlook(scene, now));
        self.write(&line, &json!({ "type": "change", "at": now, "lateness": lateness, "state": state }));
    }

    fn log(&mut self, entries: &[LogEntry], now: ServerTime) {
        let newest = entries.first().map(|entry| entry.rev);
        // What was there before is not news.
        if let Some(logged) = self.logged {
            for entry in entries.iter().rev().filter(|entry| entry.rev > logged) {
                let line = format!("{}  rev {}  {}", clock_time(now), entry.rev, told_entry(entry));
                self.write(&line, &json!({ "type": "log", "at": now, "entry": entry }));
            }
        }
        self.logged = newest.max(self.logged).or(Some(Rev::new(0)));
    }

    fn acks(&mut self, scene: &Scene, now: ServerTime) {
        let Some(Ok(audience)) = &scene.audience else { return };
        let (Some(acks), Some((rev, since))) = (audience.acks, self.told) else { return };
        let is_due = acks.applied >= acks.asked || monotonic() - since >= ACKS_MAX;
        if acks.rev == rev && self.acked != Some(rev) && is_due && acks.asked > 0 {
            self.acked = Some(rev);
            let line = format!("{}  rev {rev}  {}", clock_time(now), applied::told(acks));
            self.write(&line, &json!({ "type": "acks", "at": now, "acks": acks }));
        }
    }

    fn heartbeat(&mut self, scene: &Scene, now: ServerTime) {
        let standing = scene.standing(now);
        let told = standing.map_or_else(|| "unknown".to_owned(), |standing| standing.to_string());
        let bound = scene.bound().map(|bound| format!(", ±{}", text::fine(bound))).unwrap_or_default();
        let audience = scene.audience.as_ref().and_then(|audience| audience.as_ref().ok());
        let sockets = audience.map(|audience| format!(" · {}", told_audience(audience))).unwrap_or_default();
        let rev = scene.rev().map_or(0, |rev| rev.number());
        let line =
            format!("{}  rev {rev}  {told} · {}{bound}{sockets}", clock_time(now), told_connection(scene.connection));
        self.write(
            &line,
            &json!({
                "type": "heartbeat", "at": now, "rev": rev, "now": standing.as_ref().map(crate::context::standing_json),
                "connection": told_connection(scene.connection), "bound": scene.bound(), "audience": audience,
            }),
        );
    }
}

impl Followed for Lines {
    fn heard(&mut self, heard: &Heard, scene: &Scene) {
        // Before the first answer there is no server's time; the machine's own is what people look at anyway.
        let now = scene.now(monotonic()).unwrap_or_else(clock::wall);
        match heard {
            Heard::State { lateness, .. } => self.state(*lateness, scene, now),
            Heard::Status(status) => {
                // The first one is told with the state.
                let Some((rev, since)) = self.told else { return };
                if monotonic() - since > Span::from_millis(50) {
                    let told = scene.standing(now).map_or_else(|| status.as_str().to_owned(), |now| now.to_string());
                    let line = format!("{}  rev {rev}  {told}", clock_time(now));
                    let standing = scene.standing(now).as_ref().map(crate::context::standing_json);
                    self.write(&line, &json!({ "type": "status", "at": now, "rev": rev, "now": standing }));
                }
            }
            // It is about to have its first socket.
            Heard::Connection(Connection::Polling(NoPush::NoSocket)) => {}
            Heard::Connection(connection) => {
                let told = told_connection(*connection);
                let hub = scene.hub.map(|hub| format!(" through hub {hub}")).unwrap_or_default();
                let line = format!("{}  {told}{hub}", clock_time(now));
                self.write(&line, &json!({ "type": "connection", "at": now, "connection": told, "hub": scene.hub }));
            }
            Heard::Log(Ok(entries)) => self.log(entries, now),
            Heard::Audience(Ok(_)) => self.acks(scene, now),
            Heard::Log(Err(why)) | Heard::Audience(Err(why)) => self.complain(why),
            Heard::Clock { .. } | Heard::Hub(_) | Heard::Rundown(_) => {}
        }
    }

    fn tick(&mut self, scene: &Scene) -> ControlFlow<()> {
        let is_due = !self.output.quiet && monotonic() - self.last_at >= self.every;
        if is_due {
            let now = scene.now(monotonic()).unwrap_or_else(clock::wall);
            self.heartbeat(scene, now);
        }
        if self.is_read { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// Writes where the event stands, and what is to come of itself.
fn outlook(scene: &Scene, now: ServerTime) -> String {
    let mut parts: Vec<String> = scene.standing(now).iter().map(ToString::to_string).collect();
    parts.extend(scene.upcoming(now).into_iter().map(|(at, what)| format!("{what} {}", text::relative(at, now))));
    let told = scene.state.as_ref().map(|state| Told::of(state, now)).filter(|told| *told != Told::Nothing);
    parts.extend(told.map(|told| format!("viewers see {told}")));
    parts.join("; ")
}

/// Writes who changed what: `pause by maria, reason "smoke"`.
pub(super) fn told_entry(entry: &LogEntry) -> String {
    let mut told = format!("{} by {}", text::tame(&entry.name), text::tame(&entry.actor));
    for (name, value) in details(&entry.body) {
        told.push_str(&format!(", {name} {}", text::tame(&value)));
    }
    told
}

/// Writes the time of day, to the second.
pub(super) fn clock_time(at: ServerTime) -> String {
    let local: DateTime<_> = Zone::Local.at(at);
    local.format("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::tests::START;
    use crate::watch::screen::tests::scene;

    #[test]
    fn a_change_says_what_is_and_what_will_be() {
        let scene = scene();
        assert_eq!(
            outlook(&scene, START + Span::from_millis(62_620)),
            "running 0:01:02.620; paused at 0:01:03.120 in 0.5 s; viewers see \"Back soon\" (en), major in 0.5 s"
        );
        assert_eq!(
            outlook(&scene, START + Span::from_millis(70_000)),
            "paused at 0:01:03.120; viewers see \"Back soon\" (en), major"
        );
    }

    #[test]
    fn who_changed_what_is_one_line() {
        let Some(Ok(log)) = &scene().log else { panic!() };
        assert_eq!(told_entry(&log[0]), "pause by maria, message \"Back\\nsoon\", reason \"smoke\"");
    }
}
