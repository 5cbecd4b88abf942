//! What is known of an event, and what it comes to at an instant.

use std::sync::Arc;

use downbeat_core::clock::Reading;
use downbeat_core::session::{Connection, Failure, NoPush, Wait};
use downbeat_core::{LocalTime, Rev, ServerTime, Span, Status};
use downbeat_sheet::Rundown;
use downbeat_sheet::rundown::Cue;
use downbeat_wire::{Audience, LogEntry, StateBody};

use crate::preview::{self, Standing};
use crate::text;

/// News for the scene.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// The state is another.
    State { state: Box<StateBody>, lateness: Span },
    /// The status is another.
    Status(Status),
    /// The connection is another.
    Connection(Connection),
    /// The clock was set.
    Clock { at: LocalTime, reading: Reading },
    /// A hub holds the socket, or none does any more.
    Hub(Option<u16>),
    /// The event's rundown.
    Rundown(Arc<Rundown>),
    /// Who is connected, or why nobody says.
    Audience(Result<Box<Audience>, String>),
    /// The log, the newest entry first, or why nobody says.
    Log(Result<Vec<LogEntry>, String>),
}

/// What is known of an event.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// Where it is: the profile, if there is one, and the server.
    pub(super) environment: String,
    pub(super) event: String,
    pub(super) state: Option<Box<StateBody>>,
    pub(super) connection: Connection,
    pub(super) hub: Option<u16>,
    clock: Option<(LocalTime, Reading)>,
    rundown: Option<Arc<Rundown>>,
    /// Nothing before the first answer.
    pub(super) audience: Option<Result<Box<Audience>, String>>,
    pub(super) log: Option<Result<Vec<LogEntry>, String>>,
}

impl Scene {
    /// Returns a scene of which nothing is known.
    pub(crate) fn new(environment: String, event: String) -> Self {
        Self {
            environment,
            event,
            state: None,
            connection: Connection::Acquiring(Wait::FirstAnswer),
            hub: None,
            clock: None,
            rundown: None,
            audience: None,
            log: None,
        }
    }

    /// Takes news in.
    pub(super) fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::State { state, .. } => self.state = Some(state),
            Heard::Status(_) => {}
            Heard::Connection(connection) => self.connection = connection,
            Heard::Clock { at, reading } => self.clock = Some((at, reading)),
            Heard::Hub(hub) => self.hub = hub,
            Heard::Rundown(rundown) => self.rundown = Some(rundown),
            Heard::Audience(audience) => self.audience = Some(audience),
            Heard::Log(log) => self.log = Some(log),
        }
    }

    /// Returns the server's time at `local`; nothing before the first answer.
    pub(super) fn now(&self, local: LocalTime) -> Option<ServerTime> {
        self.clock.map(|(at, reading)| reading.time + (local - at))
    }

    /// Returns how wrong that may be.
    pub(super) fn bound(&self) -> Option<Span> {
        self.clock.map(|(_, reading)| reading.bound)
    }

    /// Returns where the event stands.
    pub(super) fn standing(&self, now: ServerTime) -> Option<Standing> {
        Standing::of(self.state.as_ref()?, now).ok()
    }

    /// Returns what will change by itself, the earliest first.
    pub(super) fn upcoming(&self, now: ServerTime) -> Vec<(ServerTime, String)> {
        self.state.as_ref().and_then(|state| preview::upcoming(state, now).ok()).unwrap_or_default()
    }

    /// Returns the cues to come, and when each will; nothing if it does not, as things stand. How many there are besides
    /// the first `most` comes last.
    pub(super) fn next_cues(&self, now: ServerTime, most: usize) -> (Vec<(&Cue, Option<ServerTime>)>, usize) {
        let Some((rundown, state)) = self.rundown().zip(self.state.as_ref()) else { return (Vec::new(), 0) };
        let Ok(timeline) = state.timeline() else { return (Vec::new(), 0) };
        let position = timeline.position(now);
        let coming = rundown.next(position);
        let when = |cue: &Cue| timeline.reaches(cue.time(), now).filter(|at| !timeline.is_over(*at));
        let next = coming.iter().take(most).map(|cue| (cue, when(cue))).collect();
        (next, coming.len().saturating_sub(most))
    }

    /// Returns the rundown that the event has, once it is there.
    pub(super) fn rundown(&self) -> Option<&Rundown> {
        let wanted = self.state.as_ref()?.rundown?;
        self.rundown.as_deref().filter(|rundown| rundown.digest() == wanted)
    }

    pub(super) fn rev(&self) -> Option<Rev> {
        self.state.as_ref().map(|state| state.rev)
    }
}

/// Writes how somebody is connected.
pub(super) fn told_connection(connection: Connection) -> String {
    let failure = |failure| match failure {
        Failure::Timeout => "no answer in time",
        Failure::Unreachable => "the server cannot be reached",
        Failure::UnknownEvent => "there is no such event",
        Failure::NoAnswer => "the server answers with an error",
    };
    match connection {
        Connection::Live => "live".to_owned(),
        Connection::Acquiring(Wait::FirstAnswer) => "connecting".to_owned(),
        Connection::Acquiring(Wait::State) => "connecting: the server does not know the state".to_owned(),
        Connection::Acquiring(Wait::Failed(why)) => format!("connecting: {}", failure(why)),
        Connection::Polling(NoPush::NoSocket) => "asking every few seconds: no socket yet".to_owned(),
        Connection::Polling(NoPush::Lost) => "asking every few seconds: the socket was lost".to_owned(),
        Connection::Polling(NoPush::StateUnknown) => "the server does not know the state at the moment".to_owned(),
        Connection::Holdover(why) => format!("on its own: {}", failure(why)),
    }
}

/// Writes who is connected: `8,000 sockets on 4/4 hubs`.
pub(super) fn told_audience(audience: &Audience) -> String {
    let noun = if audience.sockets == 1 { "socket" } else { "sockets" };
    format!("{} {noun} on {}/{} hubs", text::thousands(audience.sockets), audience.answered, audience.hubs)
}
