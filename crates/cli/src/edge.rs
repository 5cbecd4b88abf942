//! Reading the public URL back until viewers can see a change.

use downbeat_core::{Epoch, EventName, Rev, Span};
use serde::Serialize;

use crate::clock;
use crate::server::Server;

/// The pause before the second look; it doubles up to [`LOOK_MAX`].
const LOOK_FIRST: Span = Span::from_millis(25);

/// The longest pause between two looks: half of what an isolate may keep a state for (1 s).
const LOOK_MAX: Span = Span::from_millis(400);

/// What the public URL showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Seen {
    /// How long after the server's answer to the change it was seen, or given up.
    pub(crate) ms: Span,
    /// The revision seen last; nothing if none was.
    pub(crate) rev: Option<Rev>,
    /// The change was seen.
    pub(crate) seen: bool,
}

/// Asks for the event's time until it shows `rev` or a later one of `epoch`, at most for `patience`.
pub(crate) async fn wait(server: &Server, event: &EventName, epoch: &Epoch, rev: Rev, patience: Span) -> Seen {
    let began = clock::monotonic();
    let mut pause = LOOK_FIRST;
    let mut last = None;
    loop {
        let spent = || clock::monotonic() - began;
        if let Ok(reading) = server.within(patience - spent()).time(event).await {
            last = Some(reading.body.rev);
            if reading.body.epoch.as_ref() == Some(epoch) && reading.body.rev >= rev {
                return Seen { ms: spent(), rev: last, seen: true };
            }
        }
        if spent() + pause >= patience {
            return Seen { ms: spent(), rev: last, seen: false };
        }
        clock::sleep(pause).await;
        pause = (pause + pause).min(LOOK_MAX);
    }
}
