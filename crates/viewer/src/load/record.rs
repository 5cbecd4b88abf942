//! What one viewer of a load test saw.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use downbeat_api::clock;
use downbeat_core::Version;
use downbeat_core::cueing::{self, CueKey};
use downbeat_core::session::{Effect, News};
use downbeat_core::{LocalTime, Seed, Session, Span};
use tokio::sync::watch;

use super::phase::Phase;
use crate::{CloseReason, Instruction, Observation, Observer};

/// How late a cue may fire to count as fired together with others: 1 s. Viewers that join fire later ones at once.
const TOGETHER: Span = Span::from_millis(1_000);

/// The most firings that one viewer records: 2,000, so that long runs fit into memory.
const FIRED_MAX: usize = 2_000;

/// What one viewer saw, in order.
#[derive(Debug)]
pub(super) struct Record {
    phase: watch::Receiver<Phase>,
    seed: Seed,
    /// The average time between two drops of the socket; `None` if it is not dropped.
    drop_interval: Option<Span>,
    drop_at: Option<LocalTime>,
    /// The number of viewers with a socket, shared by all records.
    connected: Arc<AtomicUsize>,
    /// Each attempt to open a socket.
    pub(super) attempts: Vec<Attempt>,
    /// Which cues fired, and when.
    pub(super) fired: Vec<(CueKey, LocalTime)>,
    /// The moments that fired, however late.
    moments: BTreeSet<CueKey>,
    pub(super) counts: Counts,
    /// The session's latest state.
    pub(super) last_version: Option<Version>,
    /// When the viewer arrived.
    pub(super) arrived_at: LocalTime,
    /// When the session learned of each state, whichever way it came.
    pub(super) learned: Vec<(Version, LocalTime)>,
}

/// An attempt to open a socket, and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) started: LocalTime,
    /// The first state through the socket; `None` if none came.
    pub(super) joined: Option<Joined>,
    /// The states after that.
    pub(super) pushes: Vec<(Version, LocalTime)>,
    pub(super) closed: Option<(LocalTime, CloseReason)>,
}

/// The first state through a socket.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) at: LocalTime,
    pub(super) hub: u16,
    pub(super) version: Version,
}

/// What is only counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests over HTTP.
    pub requests: u64,
    /// Requests without a usable answer.
    pub failures: u64,
    /// Pings sent.
    pub pings: u64,
    /// Pings answered.
    pub pongs: u64,
    /// Changes acknowledged.
    pub acks: u64,
    /// How often the state went back to a lower revision of the same epoch, which must never happen.
    pub went_back: u64,
    /// How often a moment fired that this viewer had fired before, which must never happen.
    pub fired_twice: u64,
}

impl Record {
    /// Creates an empty record. `connected` counts the viewers with a socket, all records together.
    pub(super) fn new(
        phase: watch::Receiver<Phase>,
        drop_interval: Option<Span>,
        seed: Seed,
        connected: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            phase,
            seed,
            drop_interval,
            drop_at: None,
            connected,
            attempts: Vec::new(),
            fired: Vec::new(),
            moments: BTreeSet::new(),
            counts: Counts::default(),
            last_version: None,
            arrived_at: clock::monotonic(),
            learned: Vec::new(),
        }
    }

    /// Returns when the viewer had its first socket.
    pub(super) fn first_joined_at(&self) -> Option<LocalTime> {
        self.attempts.iter().find_map(|attempt| Some(attempt.joined.as_ref()?.at))
    }

    /// Returns the first state of the socket that is open at the end; `None` if none is.
    pub(super) fn open_socket(&self) -> Option<&Joined> {
        self.attempts.last().filter(|last| last.closed.is_none())?.joined.as_ref()
    }

    fn schedule_drop(&mut self) {
        let wait = self.drop_interval.map(|interval| self.seed.span_below(interval + interval));
        self.drop_at = wait.map(|wait| clock::monotonic() + wait);
    }

    fn handle_push(&mut self, news: &News, hub: u16, now: LocalTime) {
        let version = Version { epoch: news.epoch.clone(), rev: news.rev };
        let Some(last) = self.attempts.last_mut() else { return };
        if last.joined.is_none() {
            last.joined = Some(Joined { at: now, hub, version });
            self.connected.fetch_add(1, Ordering::Relaxed);
        } else {
            last.pushes.push((version, now));
        }
    }

    fn handle_closed(&mut self, reason: &CloseReason, now: LocalTime) {
        let Some(last) = self.attempts.last_mut().filter(|last| last.closed.is_none()) else { return };
        last.closed = Some((now, reason.clone()));
        if last.joined.is_some() {
            self.connected.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn handle_state(&mut self, session: &Session, now: LocalTime) {
        let Some(news) = session.state() else { return };
        let version = Version { epoch: news.epoch.clone(), rev: news.rev };
        let is_newer = |last: &Version| last.epoch == version.epoch && last.rev > version.rev;
        self.counts.went_back += u64::from(self.last_version.as_ref().is_some_and(is_newer));
        if self.last_version.as_ref() != Some(&version) {
            self.learned.push((version.clone(), now));
        }
        self.last_version = Some(version);
    }

    fn handle_cue(&mut self, cue: &cueing::Effect, now: LocalTime) {
        if let cueing::Effect::Fire { cue, .. } = cue {
            self.counts.fired_twice += u64::from(!self.moments.insert(cue.key));
        }
        let (cueing::Effect::Fire { cue, timing, .. } | cueing::Effect::Enter { cue, timing, .. }) = cue else {
            return;
        };
        if timing.lateness <= TOGETHER && self.fired.len() < FIRED_MAX {
            self.fired.push((cue.key, now));
        }
    }
}

impl Observer for Record {
    fn observe(&mut self, observation: Observation<'_>, session: &Session, now: LocalTime) {
        match observation {
            Observation::Requested => self.counts.requests += 1,
            Observation::Failed => self.counts.failures += 1,
            Observation::Opening => {
                self.attempts.push(Attempt { started: now, joined: None, pushes: Vec::new(), closed: None });
            }
            Observation::Pushed(state, hub) => self.handle_push(&state.news, hub, now),
            Observation::Closed(reason) => self.handle_closed(reason, now),
            Observation::Pinged => self.counts.pings += 1,
            Observation::Ponged => self.counts.pongs += 1,
            Observation::Acknowledged => self.counts.acks += 1,
            Observation::Effect(Effect::State { .. }) => self.handle_state(session, now),
            Observation::Effect(Effect::Cue(cue)) => self.handle_cue(cue, now),
            Observation::Effect(_) | Observation::Answered(_) | Observation::Rundown(_) => {}
        }
    }

    async fn next_instruction(&mut self) -> Instruction {
        loop {
            let drop_at = self.drop_at.map(clock::instant);
            let time_to_drop = async {
                match drop_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let changed = tokio::select! {
                changed = self.phase.changed() => changed,
                () = time_to_drop => {
                    self.schedule_drop();
                    return Instruction::DropSocket;
                }
            };
            match changed.map(|()| *self.phase.borrow_and_update()) {
                Ok(Phase::Arriving) => {}
                Ok(Phase::Watching) => self.schedule_drop(),
                Ok(Phase::Over) | Err(_) => return Instruction::Leave,
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use downbeat_core::Rev;

    impl Record {
        /// Returns the record of a viewer that saw only these.
        pub(in crate::load) fn of_attempts(attempts: Vec<Attempt>) -> Self {
            let (_, phase) = watch::channel(Phase::Arriving);
            Self { attempts, ..Self::new(phase, None, Seed::new(1), Arc::default()) }
        }
    }

    pub(in crate::load) fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    pub(in crate::load) fn version(rev: u64) -> Version {
        Version { epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::new(rev) }
    }

    pub(in crate::load) fn joined(ms: i64, hub: u16, rev: u64) -> Joined {
        Joined { at: at(ms), hub, version: version(rev) }
    }

    /// A socket of hub 0 that was begun at 0, joined at `joined_ms` with revision 1, and received `pushes`.
    pub(in crate::load) fn socket(joined_ms: i64, pushes: &[(u64, i64)]) -> Attempt {
        Attempt {
            started: at(0),
            joined: Some(joined(joined_ms, 0, 1)),
            pushes: pushes.iter().map(|(rev, ms)| (version(*rev), at(*ms))).collect(),
            closed: None,
        }
    }

    #[tokio::test]
    async fn a_viewer_leaves_when_the_test_is_over_and_when_it_is_dropped() {
        for send in [true, false] {
            let (phase, phases) = watch::channel(Phase::Arriving);
            let mut record = Record::new(phases, None, Seed::new(1), Arc::default());
            if send {
                phase.send(Phase::Over).unwrap();
            } else {
                drop(phase);
            }
            assert_eq!(record.next_instruction().await, Instruction::Leave);
        }
    }
}
