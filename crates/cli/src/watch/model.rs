//! What is known of the event, and what follows from it at an instant.

use std::sync::Arc;

use downbeat_core::clock::Reading;
use downbeat_core::session::{Connection, Wait};
use downbeat_core::{LocalTime, Rev, ServerTime, Span};
use downbeat_sheet::Rundown;
use downbeat_sheet::rundown::Cue;
use downbeat_wire::{Audience, LogEntry, StateBody};

use super::notes::Notes;
use super::update::Update;
use crate::standing::{self, Standing};

/// What is known of the event.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// The profile, if there is one, and the server.
    pub(super) environment: String,
    pub(super) event: String,
    pub(super) state: Option<Box<StateBody>>,
    pub(super) connection: Connection,
    /// The hub that holds the socket.
    pub(super) hub: Option<u16>,
    clock: Option<(LocalTime, Reading)>,
    rundown: Option<Arc<Rundown>>,
    /// What the server has for the crew; empty before its answer, and without a token that may read it.
    pub(super) notes: Notes,
    /// `None` before the first answer.
    pub(super) audience: Option<Result<Box<Audience>, String>>,
    /// `None` before the first answer.
    pub(super) log: Option<Result<Vec<LogEntry>, String>>,
}

/// The cues to come.
pub(super) struct NextCues<'a> {
    /// The next cues, each with when it is due; `None` while the event is held before it, or ends before it.
    pub(super) cues: Vec<(&'a Cue, Option<ServerTime>)>,
    /// How many more follow.
    pub(super) more: usize,
}

impl Model {
    /// Creates a model of which only the event's name and its server are known.
    pub(crate) fn new(environment: String, event: String) -> Self {
        Self {
            environment,
            event,
            state: None,
            connection: Connection::Acquiring(Wait::FirstAnswer),
            hub: None,
            clock: None,
            rundown: None,
            notes: Notes::default(),
            audience: None,
            log: None,
        }
    }

    /// Applies an update.
    pub(super) fn apply(&mut self, update: Update) {
        match update {
            Update::State { state, .. } => self.state = Some(state),
            // The status follows from the state and the time.
            Update::Status(_) => {}
            Update::Connection(connection) => self.connection = connection,
            Update::Clock { at, reading } => self.clock = Some((at, reading)),
            Update::Hub(hub) => self.hub = hub,
            Update::Rundown(rundown) => self.rundown = Some(rundown),
            Update::Notes(notes) => self.notes = notes,
            Update::Audience(audience) => self.audience = Some(audience),
            Update::Log(log) => self.log = Some(log),
        }
    }

    /// Returns the server's time at `local`; `None` before the first answer.
    pub(super) fn server_time(&self, local: LocalTime) -> Option<ServerTime> {
        self.clock.map(|(at, reading)| reading.time + (local - at))
    }

    /// Returns how wrong the server's time may be.
    pub(super) fn bound(&self) -> Option<Span> {
        self.clock.map(|(_, reading)| reading.bound)
    }

    /// Returns status, position and rate at `now`.
    pub(super) fn standing(&self, now: ServerTime) -> Option<Standing> {
        Standing::of(self.state.as_ref()?, now).ok()
    }

    /// Returns what will change without another command, the earliest first.
    pub(super) fn upcoming(&self, now: ServerTime) -> Vec<(ServerTime, String)> {
        self.state.as_ref().and_then(|state| standing::upcoming(state, now).ok()).unwrap_or_default()
    }

    /// Returns the next cues, at most `count`.
    pub(super) fn next_cues(&self, now: ServerTime, count: usize) -> NextCues<'_> {
        let Some((rundown, state)) = self.rundown().zip(self.state.as_ref()) else { return NextCues::NONE };
        let Ok(timeline) = state.timeline() else { return NextCues::NONE };
        let upcoming = rundown.next(timeline.position(now));
        let cues = upcoming.iter().take(count).map(|cue| (cue, self.due(cue, now))).collect();
        NextCues { cues, more: upcoming.len().saturating_sub(count) }
    }

    /// Returns when a cue is due; `None` while the event is held before it, or ends before it.
    pub(super) fn due(&self, cue: &Cue, now: ServerTime) -> Option<ServerTime> {
        let timeline = self.state.as_ref()?.timeline().ok()?;
        timeline.reaches(cue.time(), now).filter(|at| !timeline.is_over(*at))
    }

    /// Returns the event's rundown, once it is loaded.
    pub(super) fn rundown(&self) -> Option<&Rundown> {
        let current = self.state.as_ref()?.rundown?;
        self.rundown.as_deref().filter(|rundown| rundown.digest() == current)
    }

    pub(super) fn rev(&self) -> Option<Rev> {
        self.state.as_ref().map(|state| state.rev)
    }
}

impl NextCues<'_> {
    pub(super) const NONE: Self = Self { cues: Vec::new(), more: 0 };
}
