//! What a session can be asked, at any time.

use super::{Connection, News, Session};
use crate::clock::Reading;
use crate::cueing::Memory;
use crate::event::Status;
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{Position, Rate};

impl Session {
    /// Returns the server's time at `now`, with its bound; `None` before the first answer, unless the event is followed by
    /// a clock that nothing proves: then the bound is [`UNBOUNDED`](super::UNBOUNDED).
    pub fn reading(&self, now: LocalTime) -> Option<Reading> {
        self.clock.reading(now).or_else(|| self.unverified_reading(now))
    }

    /// Returns the device's time that corresponds to `instant` at the server.
    pub fn local_time(&self, instant: ServerTime) -> Option<LocalTime> {
        self.clock.local_time(instant).or_else(|| self.unverified_local_time(instant))
    }

    /// Returns the newest state received.
    pub fn state(&self) -> Option<&News> {
        self.snapshot.news.as_ref()
    }

    /// Returns the event's position at `now`; `None` before time and state are known.
    pub fn position(&self, now: LocalTime) -> Option<Position> {
        Some(self.state()?.position(self.reading(now)?.time))
    }

    /// Returns how fast the position moves at `now`.
    pub fn rate(&self, now: LocalTime) -> Option<Rate> {
        Some(self.state()?.timeline.rate(self.reading(now)?.time))
    }

    /// Returns the time until the event begins, for a countdown; `ZERO` once it has begun.
    pub fn countdown(&self, now: LocalTime) -> Option<Span> {
        Some((Position::START - self.position(now)?).max(Span::ZERO))
    }

    /// Returns the status that was reported last.
    pub fn status(&self) -> Option<Status> {
        self.sent.status
    }

    /// Returns how the viewer is connected.
    pub fn connection(&self) -> Connection {
        self.sent.connection
    }

    /// Returns when something was last received from the server.
    pub fn received_at(&self) -> Option<LocalTime> {
        self.line.received_at
    }

    /// Returns what has fired. Store it, to survive a reload, before carrying out an effect that fires a cue.
    pub fn memory(&self) -> Memory {
        self.cueing.memory()
    }
}
