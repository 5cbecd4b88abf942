//! What a load test found, for people and programs.

mod json;
mod screen;

use std::collections::BTreeSet;
use std::fmt;

use downbeat_core::cueing::CueKey;
use downbeat_core::{LocalTime, Span};
use serde_json::{Map, Value};

use super::latencies::cells;
use super::memory;
use super::plan::LoadPlan;
use crate::exit::Exit;
use crate::output::{Failure, Report};
use crate::text::{self, Table};
use downbeat_viewer::load::{
    Awareness, Counts, CueSpread, Delivery, Distribution, PauseTiming, Recording, SentPause, Summary,
};

/// What a load test found.
pub(super) struct LoadReport {
    place: Map<String, Value>,
    screen: Table,
    plan: LoadPlan,
    arrived_within: Span,
    all_joined_within: Option<Span>,
    following: usize,
    summary: Summary,
    spread: CueSpread,
    pause: Option<Pause>,
    /// The most memory that the process used, in bytes.
    memory: Option<u64>,
    /// The command that resumes the event.
    resume: String,
}

/// The pause that was sent.
struct Pause {
    sent: SentPause,
    timing: PauseTiming,
    awareness: Awareness,
}

/// Where the test ran, and how to undo its pause.
pub(super) struct Place {
    pub(super) json: Map<String, Value>,
    pub(super) screen: Table,
    pub(super) resume: String,
}

/// What the test measured.
pub(super) struct Measured {
    pub(super) recording: Recording,
    pub(super) arrived_within: Span,
    pub(super) following: usize,
    pub(super) pause: Option<SentPause>,
}

impl LoadReport {
    /// Evaluates what was measured. `jittered` are the cues that viewers spread on purpose.
    pub(super) fn new(place: Place, plan: LoadPlan, measured: Measured, jittered: &BTreeSet<CueKey>) -> Self {
        let Measured { recording, arrived_within, following, pause } = measured;
        Self {
            place: place.json,
            screen: place.screen,
            plan,
            arrived_within,
            all_joined_within: recording.all_joined_within(),
            following,
            summary: recording.summary(),
            spread: recording.cue_spread(jittered),
            pause: pause.map(|sent| Pause {
                timing: recording.pause_timing(&sent),
                awareness: recording.awareness(&sent),
                sent,
            }),
            memory: memory::peak_bytes(),
            resume: place.resume,
        }
    }

    /// Returns how the pause reached the viewers; `None` if no viewer received it through a socket.
    fn delivery_of(&self, pause: &Pause) -> Option<&Delivery> {
        self.summary.deliveries.iter().find(|delivery| pause.made(delivery))
    }

    /// Returns the pause, if it is what was delivered.
    fn pause_of(&self, delivery: &Delivery) -> Option<&Pause> {
        self.pause.as_ref().filter(|pause| pause.made(delivery))
    }
}

impl Pause {
    /// Returns whether the pause made the change that was delivered.
    fn made(&self, delivery: &Delivery) -> bool {
        let answer = &self.sent.answer;
        delivery.version.rev == answer.rev && delivery.version.epoch == answer.state.epoch
    }

    /// Returns the instants that latencies are counted from: names for programs, labels for people.
    fn origins(&self) -> impl Iterator<Item = (&'static str, &'static str, LocalTime)> {
        let Self { sent: SentPause { sent, answered, .. }, timing: PauseTiming { decided, effective, .. }, .. } = self;
        let sent = ("afterSent", "after it was sent", Some(*sent));
        let decided = ("afterDecided", "after the event decided", *decided);
        let answered = ("afterAnswered", "after it was answered", Some(*answered));
        let effective = ("afterEffect", "after it took effect", *effective);
        [sent, decided, answered, effective].into_iter().filter_map(|(name, label, at)| Some((name, label, at?)))
    }
}

/// Returns how long after `origin` the viewers received a change.
fn latencies(delivery: &Delivery, origin: LocalTime) -> Distribution {
    delivery.after_first.shifted(delivery.first_at - origin)
}

impl Report for LoadReport {
    fn json(&self) -> Map<String, Value> {
        self.to_json()
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_screen(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delivery = self.pause.as_ref().and_then(|pause| Some((pause, self.delivery_of(pause)?)));
        match delivery {
            Some((pause, delivery)) => {
                let [first, median, p99, last] = cells(&latencies(delivery, pause.sent.sent));
                let (received, expected) = (thousands(delivery.received), thousands(delivery.expected));
                writeln!(f, "{received} of {expected} received it after {first}, {median}, {p99}, {last}")
            }
            None => writeln!(f, "{}", self.sockets()),
        }
    }

    fn failure(&self) -> Option<Failure> {
        let Counts { went_back, fired_twice, .. } = self.summary.counts;
        let missed = self.summary.missed();
        let unaware = self.pause.as_ref().map_or(0, |pause| pause.awareness.unaware);
        let joined = self.summary.joining.map_or(0, |joining| joining.count);
        let unconnected = self.plan.viewers as usize - joined;
        let faults = [
            (missed, format!("changes were missed {} times", thousands(missed))),
            (went_back as usize, format!("states went back {} times", text::thousands(went_back))),
            (fired_twice as usize, format!("cues fired twice {} times", text::thousands(fired_twice))),
            (unaware, format!("{} never learned of the pause", text::count(unaware, "viewer"))),
            (unconnected, format!("{} never got a socket", text::count(unconnected, "viewer"))),
        ];
        let faults: Vec<String> = faults.into_iter().filter(|(count, _)| *count > 0).map(|(_, fault)| fault).collect();
        (!faults.is_empty()).then(|| Failure { exit: Exit::Network, code: "load", message: faults.join("; ") })
    }
}

fn thousands(count: usize) -> String {
    text::thousands(count as u64)
}
