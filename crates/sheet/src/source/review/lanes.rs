//! The cues on one track: states that end each other, overlaps, and cues whose order nobody chose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::context::Review;
use crate::diagnostic::{Code, Message};
use crate::rundown::{Cue, Kind, clock};
use crate::source::arrange::ArrangedCue;
use crate::source::words::quoted;

/// What states share: a track, or the action of those without one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct LaneName {
    is_track: bool,
    name: Arc<str>,
}

/// A lane up to the current cue.
#[derive(Default)]
struct Lane {
    exclusive: bool,
    /// The states without an end that no later state has ended yet.
    open: Vec<usize>,
    /// The cue that lasts longest.
    longest: Option<usize>,
    /// The cues that begin at the same time as the latest one.
    latest: Vec<usize>,
}

/// A walk along the sorted cues.
struct Walk<'w, 'a, 's> {
    cues: &'w mut [ArrangedCue],
    review: &'w mut Review<'a, 's>,
    /// What was reported about each draft.
    reported: BTreeSet<(Code, usize)>,
}

/// The lanes that are searched one by one: most sheets have fewer tracks than it takes for a search tree to be faster.
const FEW: usize = 16;

/// Ends open states where the next state of their lane begins, and reports overlaps and unclear orders.
pub(super) fn review(cues: &mut [ArrangedCue], review: &mut Review<'_, '_>) {
    let tracks = review.header.declarations.tracks.as_ref();
    let mut lanes: Vec<(LaneName, Lane)> = Vec::new();
    let mut numbers: BTreeMap<LaneName, usize> = BTreeMap::new();
    let mut walk = Walk { cues, review, reported: BTreeSet::new() };
    for index in 0..walk.cues.len() {
        let cue = &walk.cues[index].cue;
        let number = match lanes.iter().take(FEW).position(|(name, _)| name.is_of(cue)) {
            Some(number) => number,
            None => {
                let name = LaneName::new(cue);
                *numbers.entry(name.clone()).or_insert_with(|| {
                    let track = cue.track().and_then(|track| tracks?.get(track));
                    let exclusive = track.is_some_and(|track| track.exclusive);
                    lanes.push((name, Lane { exclusive, ..Lane::default() }));
                    lanes.len() - 1
                })
            }
        };
        walk.step(index, &mut lanes[number].1);
    }
    let mut open: Vec<usize> = lanes.into_iter().flat_map(|(_, lane)| lane.open).collect();
    open.sort_unstable();
    for index in open {
        walk.report_never_ends(index);
    }
}

impl LaneName {
    fn new(cue: &Cue) -> Self {
        Self { is_track: cue.track.is_some(), name: Arc::clone(cue.track.as_ref().unwrap_or(&cue.action)) }
    }

    fn is_of(&self, cue: &Cue) -> bool {
        self.is_track == cue.track.is_some() && self.name == *cue.track.as_ref().unwrap_or(&cue.action)
    }
}

impl Walk<'_, '_, '_> {
    /// Adds the next cue to its lane.
    fn step(&mut self, index: usize, lane: &mut Lane) {
        self.end_open_states(index, lane);
        if lane.exclusive {
            self.review_overlap(index, lane);
        } else {
            self.review_order(index, lane);
        }
        let cue = &self.cues[index].cue;
        if cue.kind == Kind::State && cue.end.is_none() {
            lane.open.push(index);
        }
    }

    /// Ends the states of a lane that have no end and began before this one.
    fn end_open_states(&mut self, index: usize, lane: &mut Lane) {
        let Cue { time, kind, .. } = self.cues[index].cue;
        if kind != Kind::State {
            return;
        }
        lane.open.retain(|&open| {
            let cue = &mut self.cues[open].cue;
            if cue.time < time {
                cue.end = Some(time);
            }
            cue.time >= time
        });
    }

    /// Reports a cue that begins while another lasts on an exclusive track. An open state ends by itself.
    fn review_overlap(&mut self, index: usize, lane: &mut Lane) {
        let this = &self.cues[index];
        if this.cue.kind != Kind::State && this.cue.end.is_none() {
            return;
        }
        if let Some(other) = lane.longest.map(|longest| &self.cues[longest]) {
            let until = other.cue.end.unwrap_or(other.cue.time);
            let overlap = this.cue.time < until || this.cue.time == other.cue.time;
            if overlap && self.reported.insert((Code::Overlap, this.draft())) {
                let problem = format!(
                    "{} begins before {} is over ({}) on the exclusive track {}",
                    self.review.label(this),
                    self.review.label(other),
                    clock(until),
                    quoted(this.cue.track().unwrap_or_default()),
                );
                let message = Message::new(problem, "move it, or end the other earlier");
                self.review.report(Code::Overlap, this, "time", message);
            }
            if other.cue.end >= this.cue.end && this.cue.end.is_some() {
                return;
            }
        }
        lane.longest = Some(index);
    }

    /// Reports a cue whose order among others at its instant matters.
    fn review_order(&mut self, index: usize, lane: &mut Lane) {
        let this = &self.cues[index];
        if lane.latest.first().is_some_and(|&latest| self.cues[latest].cue.time < this.cue.time) {
            lane.latest.clear();
        }
        let others = lane.latest.iter().map(|&latest| &self.cues[latest]);
        if let Some(other) = others.rev().find(|other| order_matters(&this.cue, &other.cue))
            && self.reported.insert((Code::OrderMatters, this.draft()))
        {
            let problem = format!(
                "{} and {} do different things at the same instant on the track {}",
                self.review.label(other),
                self.review.label(this),
                quoted(this.cue.track().unwrap_or_default()),
            );
            let message = Message::new(problem, "move one of them, or put them on tracks of their own");
            self.review.report(Code::OrderMatters, this, "time", message);
        }
        // Otherwise the time would grow with the square of the cues at one instant.
        if lane.latest.len() < FEW {
            lane.latest.push(index);
        }
    }

    /// Reports a state that has no end and no later state to end it.
    fn report_never_ends(&mut self, index: usize) {
        let this = &self.cues[index];
        if self.reported.insert((Code::NeverEnds, this.draft())) {
            let problem = format!("{} is a state that never ends", self.review.label(this));
            let message = Message::new(problem, "give it \"duration\" or \"until\", or a later state on its track");
            self.review.report(Code::NeverEnds, this, "action", message);
        }
    }
}

/// Returns whether the order of two cues at the same instant on the same lane makes a difference.
fn order_matters(this: &Cue, other: &Cue) -> bool {
    let states = this.kind == Kind::State && other.kind == Kind::State;
    let same = this.action == other.action && this.params != other.params;
    this.track.is_some() && (states || same)
}
