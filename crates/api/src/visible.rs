//! Reading the public URL back until viewers can see a change.

use downbeat_core::{Epoch, EventName, Rev, Span};
use serde::Serialize;

use crate::client::Client;
use crate::clock;

/// The pause before the second request; it doubles up to [`PAUSE_MAX`].
const PAUSE_FIRST: Span = Span::from_millis(25);

/// The longest pause between two requests: 400 ms, less than half of what an isolate may keep a state for (1 s).
const PAUSE_MAX: Span = Span::from_millis(400);

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
        let began = clock::monotonic();
        let mut pause = PAUSE_FIRST;
        let mut last = None;
        loop {
            let spent = || clock::monotonic() - began;
            if let Ok(response) = self.with_timeout(timeout - spent()).time(event).await {
                last = Some(response.body.rev);
                if response.body.epoch.as_ref() == Some(epoch) && response.body.rev >= rev {
                    return Visibility { ms: spent(), rev: last, seen: true };
                }
            }
            if spent() + pause >= timeout {
                return Visibility { ms: spent(), rev: last, seen: false };
            }
            clock::sleep(pause).await;
            pause = (pause + pause).min(PAUSE_MAX);
        }
    }
}
