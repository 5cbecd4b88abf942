//! Reading the public URL back until viewers can see a change.

use downbeat_core::{Epoch, EventName, Rev, Span};
use serde::Serialize;

use crate::client::Client;
use crate::polling::Polling;

/// What the public URL showed of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Visibility {
    /// How long after the call began the change was seen, or waiting for it ended.
    pub ms: Span,
    /// The revision seen last; `None` if none was seen.
    pub rev: Option<Rev>,
    /// Whether the change was seen.
    pub seen: bool,
}

impl Client {
    /// Requests the event's time until it shows `rev` or a later revision of `epoch`, for `timeout` at most.
    pub async fn wait_until_visible(&self, event: &EventName, epoch: &Epoch, rev: Rev, timeout: Span) -> Visibility {
        let mut polling = Polling::new(timeout);
        let mut last = None;
        loop {
            if let Ok(response) = self.with_timeout(polling.left()).time(event).await {
                last = Some(response.body.rev);
                if response.body.epoch.as_ref() == Some(epoch) && response.body.rev >= rev && rev.is_valid() {
                    return Visibility { ms: polling.elapsed(), rev: last, seen: true };
                }
            }
            if !polling.pause().await {
                return Visibility { ms: polling.elapsed(), rev: last, seen: false };
            }
        }
    }
}
