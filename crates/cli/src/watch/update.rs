//! What an update says.

use std::sync::Arc;

use downbeat_core::clock::Reading;
use downbeat_core::session::Connection;
use downbeat_core::{LocalTime, Span, Status};
use downbeat_sheet::Rundown;
use downbeat_wire::{Audience, LogEntry, StateBody};

use super::notes::Notes;

/// Something new about the event.
#[derive(Clone, Debug)]
pub(crate) enum Update {
    /// The state changed. `lateness` is how long after its effect the change was received.
    State { state: Box<StateBody>, lateness: Span },
    /// The status changed.
    Status(Status),
    /// The connection changed.
    Connection(Connection),
    /// The clock was adjusted.
    Clock { at: LocalTime, reading: Reading },
    /// The hub that holds the socket; `None` if the socket closed.
    Hub(Option<u16>),
    /// The event's rundown was loaded.
    Rundown(Arc<Rundown>),
    /// What the server has for the crew about the rundown's cues.
    Notes(Notes),
    /// Who is connected, or why that is unknown.
    Audience(Result<Box<Audience>, String>),
    /// The log, the newest entry first, or why it is unknown.
    Log(Result<Vec<LogEntry>, String>),
}
