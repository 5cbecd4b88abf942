//! What lies on one track: states that end each other, overlaps, and cues whose order nobody chose.

use std::collections::{BTreeMap, BTreeSet};

use super::Reviewed;
use crate::diagnostic::{Code, Report};
use crate::rundown::{Kind, clock};
use crate::source::arrange::Placed;
use crate::source::quoted;

/// What states share: a track; without one, an action is by itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Track(String),
    Action(String),
}

/// What is known of a lane up to the current cue.
#[derive(Default)]
struct Sofar {
    exclusive: bool,
    /// The states without an end that no later one has ended yet.
    open: Vec<usize>,
    /// Of the cues that last, the one that lasts longest.
    longest: Option<usize>,
    /// The cues at the time of the latest.
    latest: Vec<usize>,
}

pub(super) fn review(placed: &mut [Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    let tracks = reviewed.header.declared.tracks.as_ref();
    let mut lanes: Vec<(Lane, Sofar)> = Vec::new();
    let mut numbers: BTreeMap<Lane, usize> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for index in 0..placed.len() {
        let number = match lanes.iter().take(FEW).position(|(lane, _)| lane.is_of(&placed[index])) {
            Some(number) => number,
            None => {
                let lane = Lane::of(&placed[index]);
                *numbers.entry(lane.clone()).or_insert_with(|| {
                    let track = placed[index].cue.track.as_ref().and_then(|track| tracks?.get(track));
                    let exclusive = track.is_some_and(|track| track.exclusive);
                    lanes.push((lane, Sofar { exclusive, ..Sofar::default() }));
                    lanes.len() - 1
                })
            }
        };
        let sofar = &mut lanes[number].1;
        end_open_states(index, sofar, placed);
        if sofar.exclusive {
            review_overlap(index, sofar, placed, reviewed, &mut told, report);
        } else {
            review_order(index, sofar, placed, reviewed, &mut told, report);
        }
        if placed[index].cue.kind == Kind::State && placed[index].cue.end.is_none() {
            sofar.open.push(index);
        }
    }
    let mut open: Vec<usize> = lanes.into_iter().flat_map(|(_, sofar)| sofar.open).collect();
    open.sort_unstable();
    let mut told = BTreeSet::new();
    for index in open {
        if told.insert(placed[index].draft) {
            let message = format!(
                "{} is a state that never ends; give it \"duration\" or \"until\", or a later state on its track",
                reviewed.label(&placed[index])
            );
            reviewed.say(Code::NeverEnds, &placed[index], "action", message, report);
        }
    }
}

/// Gives how many lanes are looked through one by one: most sheets have fewer tracks than it takes to be slower than a
/// search tree.
const FEW: usize = 16;

impl Lane {
    fn of(placed: &Placed) -> Self {
        match &placed.cue.track {
            Some(track) => Self::Track(track.clone()),
            None => Self::Action(placed.cue.action.clone()),
        }
    }

    fn is_of(&self, placed: &Placed) -> bool {
        match (self, &placed.cue.track) {
            (Self::Track(name), Some(track)) => name == track,
            (Self::Action(name), None) => *name == placed.cue.action,
            _ => false,
        }
    }
}

/// Ends the states of a lane that say no end and began before this one.
fn end_open_states(index: usize, sofar: &mut Sofar, placed: &mut [Placed]) {
    let time = placed[index].cue.time;
    if placed[index].cue.kind != Kind::State || sofar.open.is_empty() {
        return;
    }
    sofar.open.retain(|&open| {
        let cue = &mut placed[open].cue;
        if cue.time < time {
            cue.end = Some(time);
        }
        cue.time >= time
    });
}

/// Reports a cue that begins while another lasts on an exclusive track. An open state ends by itself.
fn review_overlap(
    index: usize,
    sofar: &mut Sofar,
    placed: &[Placed],
    reviewed: &Reviewed<'_, '_>,
    told: &mut BTreeSet<(Code, usize)>,
    report: &mut Report,
) {
    let this = &placed[index];
    if this.cue.kind != Kind::State && this.cue.end.is_none() {
        return;
    }
    if let Some(other) = sofar.longest.map(|longest| &placed[longest]) {
        let until = other.cue.end.unwrap_or(other.cue.time);
        let together = this.cue.time < until || this.cue.time == other.cue.time;
        if together && told.insert((Code::Overlap, this.draft)) {
            let message = format!(
                "{} begins before {} is over ({}) on the exclusive track {}; move it, or end the other earlier",
                reviewed.label(this),
                reviewed.label(other),
                clock(until),
                quoted(this.cue.track.as_deref().unwrap_or_default()),
            );
            reviewed.say(Code::Overlap, this, "time", message, report);
        }
        if other.cue.end >= this.cue.end && this.cue.end.is_some() {
            return;
        }
    }
    sofar.longest = Some(index);
}

/// Reports a cue whose order among others at its instant matters.
fn review_order(
    index: usize,
    sofar: &mut Sofar,
    placed: &[Placed],
    reviewed: &Reviewed<'_, '_>,
    told: &mut BTreeSet<(Code, usize)>,
    report: &mut Report,
) {
    let this = &placed[index];
    if sofar.latest.first().is_some_and(|&latest| placed[latest].cue.time < this.cue.time) {
        sofar.latest.clear();
    }
    let matters = |other: &Placed| {
        let states = this.cue.kind == Kind::State && other.cue.kind == Kind::State;
        let same = this.cue.action == other.cue.action && this.cue.params != other.cue.params;
        this.cue.track.is_some() && (states || same)
    };
    let others = sofar.latest.iter().map(|&latest| &placed[latest]);
    if let Some(other) = others.rev().find(|other| matters(other))
        && told.insert((Code::OrderMatters, this.draft))
    {
        let message = format!(
            "{} and {} do different things at the same instant on the track {}; move one of them, or put them on tracks of their own",
            reviewed.label(other),
            reviewed.label(this),
            quoted(this.cue.track.as_deref().unwrap_or_default()),
        );
        reviewed.say(Code::OrderMatters, this, "time", message, report);
    }
    // A sheet with everything at one instant would otherwise take the square of its length.
    if sofar.latest.len() < FEW {
        sofar.latest.push(index);
    }
}
