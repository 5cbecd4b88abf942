//! The cues of a running event as lines, for pipes and programs: one when a cue begins, when another comes next, and when the
//! event changes; and a heartbeat.

use std::ops::ControlFlow;

use downbeat_api::clock;
use downbeat_core::{Digest, Position, ServerTime, Span};
use downbeat_sheet::Rundown;
use downbeat_sheet::rundown::Cue;
use serde_json::{Value, json};

use super::cues::due_words;
use super::line_writer::LineWriter;
use super::model::Model;
use super::notes::Notes;
use super::update::Update;
use super::view::View;
use super::words;
use crate::context::standing_json;
use crate::output::Output;
use crate::text;

/// How much further than its rate leads the position may be after a tick before that counts as a seek: 1 s.
const JUMP: Span = Span::from_millis(1_000);

/// Writes the cues as lines.
pub(crate) struct CueLines {
    lines: LineWriter,
    notes: Notes,
    /// The rundown, and the position up to which its cues were written, and when.
    followed: Option<(Digest, Position, ServerTime)>,
    /// What was last written of what comes next, if anything was.
    next: Option<Next>,
}

/// What comes next: a cue by its id and when it is due, or no more.
type Next = Option<(String, Option<ServerTime>)>;

impl CueLines {
    pub(crate) fn new(output: Output, notes: Notes, heartbeat_after: Span) -> Self {
        Self { lines: LineWriter::new(output, heartbeat_after), notes, followed: None, next: None }
    }

    fn cue_json(&self, cue: &Cue) -> Value {
        let about = self.notes.about(cue);
        json!({
            "id": cue.id(), "time": cue.time(), "end": cue.end(), "action": cue.action(), "kind": cue.kind().as_str(),
            "track": cue.track(), "note": about.and_then(|about| about.note.as_ref()),
            "owner": about.and_then(|about| about.owner.as_ref()),
        })
    }

    fn cue_words(&self, cue: &Cue) -> String {
        let about = self.notes.about(cue);
        let note = about.and_then(|about| about.note.as_deref()).map(|note| format!(": {note}")).unwrap_or_default();
        let owner =
            about.and_then(|about| about.owner.as_deref()).map(|owner| format!(" ({owner})")).unwrap_or_default();
        text::tame(&format!("{} {} {}{owner}{note}", text::position(cue.time()), cue.id(), cue.action()))
    }

    /// Writes the cues that began since the last tick. After a jump, none did: what lies between was skipped.
    fn write_begun(&mut self, rundown: &Rundown, model: &Model, now: ServerTime) {
        let Some(standing) = model.standing(now) else { return };
        let position = standing.position;
        let before = self.followed.replace((rundown.digest(), position, now));
        let Some((digest, from, at)) = before else { return };
        let is_continuous = position >= from && position - from <= (now - at) + (now - at) + JUMP;
        if digest != rundown.digest() || !is_continuous {
            return;
        }
        for cue in rundown.cues().iter().filter(|cue| cue.time() > from && cue.time() <= position) {
            let json = json!({ "type": "cue", "at": now, "position": position, "cue": self.cue_json(cue) });
            self.lines.write(now, &format!("begins  {}", self.cue_words(cue)), &json);
        }
    }

    /// Writes the next cue if it, or the time at which it is due, has changed.
    fn write_next(&mut self, rundown: &Rundown, model: &Model, now: ServerTime) {
        let Some(standing) = model.standing(now) else { return };
        let cue = rundown.next(standing.position).first();
        let next = cue.map(|cue| (cue.id().to_owned(), model.due(cue, now)));
        if self.next.as_ref() == Some(&next) {
            return;
        }
        self.next = Some(next.clone());
        let Some((cue, (_, due))) = cue.zip(next) else {
            return self.lines.write(now, "no more cues", &json!({ "type": "next", "at": now, "cue": null }));
        };
        let when = due_words(due, now);
        let json = json!({
            "type": "next", "at": now, "position": standing.position, "cue": self.cue_json(cue), "due": due,
            "in": due.map(|due| due - now),
        });
        self.lines.write(now, &format!("next    {}, {when}", self.cue_words(cue)), &json);
    }

    fn write_standing(&mut self, kind: &str, model: &Model, now: ServerTime) {
        let standing = model.standing(now);
        let json = json!({
            "type": kind, "at": now, "rev": model.rev(), "now": standing.as_ref().map(standing_json),
            "rundown": model.rundown().map(Rundown::digest), "sheetDiffers": self.notes.differ(model.rundown()),
            "connection": words::connection(model.connection),
        });
        self.lines.write(now, &words::outlook(model, now), &json);
    }
}

impl View for CueLines {
    fn handle_update(&mut self, update: &Update, model: &Model) {
        let Some(now) = model.server_time(clock::monotonic()) else { return };
        match update {
            Update::State { .. } => self.write_standing("change", model, now),
            Update::Status(_) if self.followed.is_some() => self.write_standing("status", model, now),
            Update::Rundown(_) if self.notes.differ(model.rundown()) => {
                self.lines.remark("the event runs another rundown than this sheet; notes are found by the cues' ids\n");
            }
            _ => {}
        }
    }

    fn handle_tick(&mut self, model: &Model) -> ControlFlow<()> {
        if let Some((now, rundown)) = model.server_time(clock::monotonic()).zip(model.rundown()) {
            if self.next.is_none() {
                self.write_standing("change", model, now);
            }
            self.write_begun(rundown, model, now);
            self.write_next(rundown, model, now);
            if self.lines.is_heartbeat_due() {
                self.write_standing("heartbeat", model, now);
            }
        }
        if self.lines.is_read() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
