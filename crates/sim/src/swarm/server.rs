//! The server of a run: the event's states over time, and when what of it fails.

use downbeat_core::event::Configuration;
use downbeat_core::session::News;
use downbeat_core::{Command, Digest, EventState, Position, Request, ServerTime, Span};

use super::faults::{Case, Fault, Windows};
use crate::deployments::news;
use crate::world::BEGIN;

/// Whose dice the server's faults draw from.
const SERVER: u32 = u32::MAX;

/// The digest of the rundown.
pub(super) const RUNDOWN: Digest = Digest::from_bytes([7; 32]);

/// How long a change takes to the hubs: 30 ms.
const TO_HUBS: Span = Span::from_millis(30);

#[derive(Debug)]
pub(super) struct Server {
    states: Vec<(ServerTime, EventState)>,
    down: Windows,
    lost: Windows,
    stale: Windows,
    restarts: Windows,
}

impl Server {
    pub(super) fn new(case: &Case) -> Self {
        let (second, minute) = (Span::from_millis(1_000), Span::from_millis(60_000));
        let minutes = |count: i64| Span::from_micros(minute.as_micros() * count);
        Self {
            states: states(case),
            down: case.windows(Fault::WorkerDown, SERVER, second, minutes(5)),
            lost: case.windows(Fault::RegionLost, SERVER, minute, minutes(2)),
            stale: case.windows(Fault::StaleCache, SERVER, second, minutes(3)),
            restarts: case.windows(Fault::HubRestart, SERVER, second, minute),
        }
    }

    fn state(&self, at: ServerTime) -> &EventState {
        let after = self.states.partition_point(|(from, _)| *from <= at);
        &self.states[after.saturating_sub(1)].1
    }

    /// Returns the event as it is at `at`.
    pub(super) fn truth(&self, at: ServerTime) -> News {
        shown(self.state(at), at)
    }

    /// Returns what hubs have at `at`.
    pub(super) fn of_hubs(&self, at: ServerTime) -> News {
        shown(self.state(at - TO_HUBS), at - TO_HUBS)
    }

    /// Returns what a request for the state gets; `None` if it fails.
    pub(super) fn answer(&self, at: ServerTime) -> Option<News> {
        let known_at = self.stale.began(at).unwrap_or(at - TO_HUBS);
        self.down.ends(at).is_none().then(|| shown(self.state(known_at), known_at))
    }

    /// Returns whether a socket can be opened.
    pub(super) fn opens(&self, at: ServerTime) -> bool {
        self.down.ends(at).is_none() && self.lost.ends(at).is_none()
    }

    /// Returns when sockets that are open at `at` are closed.
    pub(super) fn closes(&self, at: ServerTime) -> Option<ServerTime> {
        self.restarts.next(at).into_iter().chain(self.lost.next(at)).min()
    }

    /// Returns when hubs send changes.
    pub(super) fn changes(&self) -> impl Iterator<Item = ServerTime> + '_ {
        self.states.iter().skip(1).map(|(from, _)| *from + TO_HUBS)
    }
}

/// Returns what a viewer learns of a state that the event had at `confirmed`.
fn shown(state: &EventState, confirmed: ServerTime) -> News {
    News { rundown: Some(RUNDOWN), ..news(state, Some(confirmed)) }
}

/// Lets the operator pause, resume and seek, now and then, also right before the calm.
fn states(case: &Case) -> Vec<(ServerTime, EventState)> {
    let configuration = Configuration { starts_at: Some(BEGIN), ..Configuration::default() };
    let epoch = "swarm".parse().expect("it is an epoch");
    let mut state = EventState::create(configuration, epoch, "maria", BEGIN).expect("it is a configuration");
    let mut states = vec![(BEGIN, state.clone())];
    let Some(mut dice) = case.dice(Fault::Operator, SERVER) else { return states };
    let (mut at, mut number) = (BEGIN, 0);
    loop {
        at = at + Span::from_millis(500) + dice.exponential(Span::from_millis(120_000));
        at = ServerTime::from_millis(at.as_millis());
        if at >= case.calm_at() {
            return states;
        }
        number += 1;
        let position = Position::from_millis(dice.between(Span::ZERO, Span::from_millis(1_800_000)).as_millis());
        let command = match dice.between(Span::ZERO, Span::from_micros(3)).as_micros() {
            0 => Command::Pause { message: None },
            1 => Command::Resume,
            _ => Command::Seek { position },
        };
        let id = format!("c{number}").parse().expect("it is an id");
        let request = Request { id, command, actor: "maria".to_owned(), reason: None, if_rev: None, at: None };
        // Refused where there is nothing to resume.
        if state.handle_command(&request, None, at).is_ok() {
            states.push((at, state.clone()));
        }
    }
}
