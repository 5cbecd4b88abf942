//! The calls about rundowns that are in the event's own storage. What is put was checked by the worker.

use downbeat_core::object_clock::DecisionClock;
use downbeat_core::{Digest, EventName};
use downbeat_wire::problem::Problem;

use super::{EventDo, broken};
use crate::clock;
use crate::event::unknown_event;
use crate::reply::Reply;
use crate::request::{Target, body};
use crate::rundowns::notes::NONE;
use crate::rundowns::{IF_MATCH, changed, unknown};

impl EventDo {
    /// Returns, stores or deletes a rundown.
    pub(super) async fn rundown(
        &self,
        method: &str,
        event: &EventName,
        digest: Digest,
        request: web_sys::Request,
        decision: DecisionClock,
    ) -> Result<Reply, Problem> {
        let if_match = request.headers().get(IF_MATCH).ok().flatten();
        let content = body(request).await?;
        // After the last wait: an event that is being deleted stores nothing.
        self.state()?.ok_or_else(|| unknown_event(event))?;
        let version = self.rundowns.version(digest).map_err(broken)?;
        match (method, version) {
            ("PUT", version) => {
                self.rundowns.put(digest, content, decision.now(clock::now())).map_err(broken)?;
                Ok(Reply::empty(if version.is_some() { 200 } else { 201 }))
            }
            (_, None) => Err(unknown(event, digest)),
            ("DELETE", Some(version)) => {
                if if_match != Some(version) {
                    return Err(changed(digest));
                }
                self.rundowns.delete(digest).map_err(broken)?;
                Ok(Reply::empty(204))
            }
            (_, Some(_)) => Ok(Reply::bytes(self.rundowns.get(digest).map_err(broken)?.into())),
        }
    }

    /// Returns or stores the notes of a rundown: 201 if they differ from those before, otherwise 200.
    pub(super) async fn notes(
        &self,
        method: &str,
        event: &EventName,
        digest: Digest,
        request: web_sys::Request,
    ) -> Result<Reply, Problem> {
        let content = body(request).await?;
        // After the last wait, as above.
        self.state()?.ok_or_else(|| unknown_event(event))?;
        self.rundowns.version(digest).map_err(broken)?.ok_or_else(|| unknown(event, digest))?;
        let before = self.rundowns.notes(digest).map_err(broken)?.unwrap_or_else(|| NONE.to_owned());
        if method == "GET" {
            return Ok(Reply::json(200, before));
        }
        let content = String::from_utf8_lossy(&content).into_owned();
        let changed = content != before;
        if changed {
            self.rundowns.put_notes(digest, content).map_err(broken)?;
        }
        Ok(Reply::empty(if changed { 201 } else { 200 }))
    }

    /// Returns a page of the list.
    pub(super) fn list_rundowns(&self, event: &EventName, target: &Target<'_>) -> Result<Reply, Problem> {
        self.state()?.ok_or_else(|| unknown_event(event))?;
        let after = target.parameter("after").unwrap_or_default();
        Ok(Reply::json(200, self.rundowns.page(after).map_err(broken)?))
    }
}
