//! What lies on one track: states that end each other, overlaps, and cues whose order nobody chose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reviewed;
use crate::diagnostic::{Code, Report};
use crate::rundown::{Cue, Kind, clock};
use crate::source::arrange::Placed;
use crate::source::quoted;

/// What states share: a track; without one, an action is by itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    is_track: bool,
    name: Arc<str>,
}

/// What is known of a lane up to the current cue.
#[derive(Default)]
struct Lane {
    exclusive: bool,
    /// The states without an end that no later one has ended yet.
    open: Vec<usize>,
    /// Of the cues that last, the one that lasts longest.
    longest: Option<usize>,
    /// The cues at the time of the latest.
    latest: Vec<usize>,
}

/// A walk along the sorted cues.
struct Walk<'a, 's> {
    placed: &'a mut [Placed],
    reviewed: &'a Reviewed<'a, 's>,
    /// What has been said of a draft.
    told: BTreeSet<(Code, usize)>,
}

pub(super) fn review(placed: &mut [Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    let tracks = reviewed.header.declared.tracks.as_ref();
    let mut lanes: Vec<(Name, Lane)> = Vec::new();
    let mut numbers: BTreeMap<Name, usize> = BTreeMap::new();
    let mut walk = Walk { placed, reviewed, told: BTreeSet::new() };
    for index in 0..walk.placed.len() {
        let cue = &walk.placed[index].cue;
        let number = match lanes.iter().take(FEW).position(|(name, _)| name.is_of(cue)) {
            Some(number) => number,
            None => {
                let name = Name::of(cue);
                *numbers.entry(name.clone()).or_insert_with(|| {
                    let track = cue.track().and_then(|track| tracks?.get(track));
                    let exclusive = track.is_some_and(|track| track.exclusive);
                    lanes.push((name, Lane { exclusive, ..Lane::default() }));
                    lanes.len() - 1
                })
            }
        };
        walk.step(index, &mut lanes[number].1, report);
    }
    let mut open: Vec<usize> = lanes.into_iter().flat_map(|(_, lane)| lane.open).collect();
    open.sort_unstable();
    for index in open {
        walk.tell_never_ends(index, report);
    }
}

/// How many lanes are looked through one by one: most sheets have fewer tracks than it takes to be slower than a
/// search tree.
const FEW: usize = 16;

impl Name {
    fn of(cue: &Cue) -> Self {
        Self { is_track: cue.track.is_some(), name: Arc::clone(cue.track.as_ref().unwrap_or(&cue.action)) }
    }

    fn is_of(&self, cue: &Cue) -> bool {
        self.is_track == cue.track.is_some() && self.name == *cue.track.as_ref().unwrap_or(&cue.action)
    }
}

impl Walk<'_, '_> {
    /// Takes in the next cue of a lane.
    fn step(&mut self, index: usize, lane: &mut Lane, report: &mut Report) {
        self.end_open_states(index, lane);
        if lane.exclusive {
            self.review_overlap(index, lane, report);
        } else {
            self.review_order(index, lane, report);
        }
        let cue = &self.placed[index].cue;
        if cue.kind == Kind::State && cue.end.is_none() {
            lane.open.push(index);
        }
    }

    /// Ends the states of a lane that say no end and began before this one.
    fn end_open_states(&mut self, index: usize, lane: &mut Lane) {
        let Cue { time, kind, .. } = self.placed[index].cue;
        if kind != Kind::State {
            return;
        }
        lane.open.retain(|&open| {
            let cue = &mut self.placed[open].cue;
            if cue.time < time {
                cue.end = Some(time);
            }
            cue.time >= time
        });
    }

    /// Reports a cue that begins while another lasts on an exclusive track. An open state ends by itself.
    fn review_overlap(&mut self, index: usize, lane: &mut Lane, report: &mut Report) {
        let this = &self.placed[index];
        if this.cue.kind != Kind::State && this.cue.end.is_none() {
            return;
        }
        if let Some(other) = lane.longest.map(|longest| &self.placed[longest]) {
            let until = other.cue.end.unwrap_or(other.cue.time);
            let together = this.cue.time < until || this.cue.time == other.cue.time;
            if together && self.told.insert((Code::Overlap, this.draft())) {
                let message = format!(
                    "{} begins before {} is over ({}) on the exclusive track {}; move it, or end the other earlier",
                    self.reviewed.label(this),
                    self.reviewed.label(other),
                    clock(until),
                    quoted(this.cue.track().unwrap_or_default()),
                );
                self.reviewed.say(Code::Overlap, this, "time", message, report);
            }
            if other.cue.end >= this.cue.end && this.cue.end.is_some() {
                return;
            }
        }
        lane.longest = Some(index);
    }

    /// Reports a cue whose order among others at its instant matters.
    fn review_order(&mut self, index: usize, lane: &mut Lane, report: &mut Report) {
        let this = &self.placed[index];
        if lane.latest.first().is_some_and(|&latest| self.placed[latest].cue.time < this.cue.time) {
            lane.latest.clear();
        }
        let matters = |other: &Placed| {
            let states = this.cue.kind == Kind::State && other.cue.kind == Kind::State;
            let same = this.cue.action == other.cue.action && this.cue.params != other.cue.params;
            this.cue.track.is_some() && (states || same)
        };
        let others = lane.latest.iter().map(|&latest| &self.placed[latest]);
        if let Some(other) = others.rev().find(|other| matters(other))
            && self.told.insert((Code::OrderMatters, this.draft()))
        {
            let message = format!(
                "{} and {} do different things at the same instant on the track {}; move one of them, or put them on tracks of their own",
                self.reviewed.label(other),
                self.reviewed.label(this),
                quoted(this.cue.track().unwrap_or_default()),
            );
            self.reviewed.say(Code::OrderMatters, this, "time", message, report);
        }
        // A sheet with everything at one instant would otherwise take the square of its length.
        if lane.latest.len() < FEW {
            lane.latest.push(index);
        }
    }

    /// Reports a state that neither an end nor a later one ends.
    fn tell_never_ends(&mut self, index: usize, report: &mut Report) {
        let this = &self.placed[index];
        if self.told.insert((Code::NeverEnds, this.draft())) {
            let message = format!(
                "{} is a state that never ends; give it \"duration\" or \"until\", or a later state on its track",
                self.reviewed.label(this)
            );
            self.reviewed.say(Code::NeverEnds, this, "action", message, report);
        }
    }
}
