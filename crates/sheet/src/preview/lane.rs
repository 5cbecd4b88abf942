//! The lanes of a picture, and the cues on each.

use std::collections::BTreeMap;

use super::{LANES_MAX, colour};
use crate::rundown::{Rundown, TIME_MAX};

/// One lane.
pub(super) struct Lane {
    /// The track's name, or a substitute.
    pub(super) name: String,
    /// The note below the name, such as `12 cues, exclusive`.
    pub(super) note: String,
    /// The number of its colour.
    pub(super) colour: usize,
    /// Its cues, as indices, sorted by time.
    pub(super) cues: Vec<usize>,
}

/// Returns the lanes: tracks of higher priority first, then by their first cue, then by name; cues without a track last.
pub(super) fn lanes(rundown: &Rundown) -> Vec<Lane> {
    let mut cues: BTreeMap<Option<&str>, Vec<usize>> =
        rundown.tracks().keys().map(|name| (Some(name.as_str()), Vec::new())).collect();
    for (index, cue) in rundown.cues().iter().enumerate() {
        cues.entry(cue.track()).or_default().push(index);
    }
    let mut tracks: Vec<(Option<&str>, Vec<usize>)> = cues.into_iter().collect();
    tracks.sort_by_cached_key(|(name, cues)| {
        let priority = name.and_then(|name| rundown.tracks().get(name)).map_or(0, |track| track.priority());
        let first = cues.first().map_or(TIME_MAX.as_millis(), |&first| rundown.cues()[first].time().as_millis());
        (name.is_none(), -i64::from(priority), first, name.map(str::to_owned))
    });
    let shared = if tracks.len() > LANES_MAX { tracks.split_off(LANES_MAX - 1) } else { Vec::new() };
    let mut lanes: Vec<Lane> = tracks.into_iter().map(|(name, cues)| lane(rundown, name, cues)).collect();
    if !shared.is_empty() {
        let name = format!("{} more tracks", shared.len());
        let mut cues: Vec<usize> = shared.into_iter().flat_map(|(_, cues)| cues).collect();
        cues.sort_unstable();
        let note = super::words::count(cues.len(), "cue");
        lanes.push(Lane { name, note, colour: 0, cues });
    }
    let colours = colour::assign(lanes.iter().map(|lane| lane.name.as_str()));
    for (lane, colour) in lanes.iter_mut().zip(colours) {
        lane.colour = colour;
    }
    lanes
}

fn lane(rundown: &Rundown, name: Option<&str>, cues: Vec<usize>) -> Lane {
    let mut note = super::words::count(cues.len(), "cue");
    let track = name.and_then(|name| rundown.tracks().get(name)).copied().unwrap_or_default();
    if track.exclusive() {
        note.push_str(", exclusive");
    }
    if track.priority() != 0 {
        note.push_str(&format!(", priority {}", track.priority()));
    }
    Lane { name: name.unwrap_or("no track").to_owned(), note, colour: 0, cues }
}
