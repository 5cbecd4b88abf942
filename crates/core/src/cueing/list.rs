//! The cues of a rundown as one viewer has them.

use super::cue::{CueKey, Kind, Late, Lead, ListedCue, Needs};
use super::stretches::{Stretch, Stretches};
use crate::order::sort_by_key;
use crate::seed::Seed;
use crate::time::Span;
use crate::timeline::Position;
use alloc::vec;
use alloc::vec::Vec;

/// The smallest span: what separates "up to and with" from "up to".
const INSTANT: Span = Span::from_micros(1);

/// A position that no event reaches, for cues without an end.
const NEVER: Position = Position::from_millis(i64::MAX);

/// The cues of one rundown, spread as they are for one viewer.
///
/// Two viewers have the same cues at times that differ by less than each cue's jitter; one viewer has the same times
/// after a reload, and in every rundown that has the cue.
#[derive(Clone, Debug, Default)]
pub struct CueList {
    /// The cues, sorted by when they begin for this viewer.
    pub(super) rows: Stretches<Row>,
    /// The fetches, sorted by when they begin.
    pub(super) fetches: Stretches<Fetch>,
    /// What some cues need, by the number of the row.
    needs: Vec<(u32, Needs)>,
    fingerprint: u64,
    viewer: u64,
}

/// What is known of a cue besides its place in the list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) key: CueKey,
    /// When it begins for this viewer.
    pub(super) at: Position,
    /// Just after the last position at which it may still begin.
    until: Position,
    /// When it begins in the rundown, before any spread.
    pub(super) time: Position,
    /// When it ends, or [`NEVER`].
    pub(super) end: Position,
    /// Its index in the rundown.
    pub(super) index: u32,
    pub(super) kind: Kind,
    /// Whether it continues from where it is by now if it begins late.
    pub(super) resumes: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Fetch {
    /// When it begins.
    at: Position,
    /// When its cue begins.
    until: Position,
    /// What it is for.
    pub(super) row: u32,
    spread: Span,
}

impl Stretch for Row {
    fn from(&self) -> Position {
        self.at
    }
    fn until(&self) -> Position {
        self.until
    }
}

impl Stretch for Fetch {
    fn from(&self) -> Position {
        self.at
    }
    fn until(&self) -> Position {
        self.until
    }
}

impl CueList {
    /// Returns the list of `cues`, which are in the order of the rundown: by time; of several at one time the last is
    /// the latest of its lane. Takes time in proportion to their number.
    pub fn new(cues: impl ExactSizeIterator<Item = ListedCue>, viewer: &Seed) -> Self {
        let viewer = viewer.clone().next_u64();
        let mut rows: Vec<Row> = Vec::with_capacity(cues.len());
        let mut needs = Vec::new();
        let mut fetches = Vec::new();
        // Of each lane, the cue that is its latest so far.
        let mut latest: Vec<Option<usize>> = Vec::new();
        for (index, cue) in (0..).zip(cues) {
            let lane = cue.lane as usize;
            if lane >= latest.len() {
                latest.resize(lane + 1, None);
            }
            let this = Some(rows.len()).filter(|_| cue.late == Late::Latest);
            if let Some(before) = core::mem::replace(&mut latest[lane], this) {
                let before = &mut rows[before];
                before.until = before.until.min(cue.time).max(before.at + INSTANT);
            }
            let at = cue.time + offset(viewer, &cue);
            let until = late_until(&cue, at).max(at + INSTANT);
            let (key, time, kind) = (cue.key, cue.time, cue.kind);
            let resumes = cue.late == Late::Resume;
            let end = cue.end.unwrap_or(NEVER);
            rows.push(Row { key, at, until, time, end, index, kind, resumes });
            needs.extend(cue.needs.map(|needs| (index, needs)));
            fetches.extend(cue.preload.map(|preload| (index, preload)));
        }
        let mut list = Self { rows: Stretches::new(rows), viewer, ..Self::default() };
        list.fingerprint = list.make_fingerprint();
        list.place(needs, fetches);
        list
    }

    /// Returns how many cues there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A fingerprint of the moments and their times.
    pub(super) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Returns what the cue in this row needs of the clock.
    pub(super) fn needs(&self, row: usize) -> Option<Needs> {
        let found = self.needs.binary_search_by_key(&row, |(row, _)| *row as usize);
        found.ok().map(|found| self.needs[found].1)
    }

    /// Returns where to begin a fetch that was due before `here`: within half of what is left until the cue, and spread
    /// like all others, since everybody lands here at once.
    pub(super) fn late_fetch(&self, fetch: usize, here: Position) -> Position {
        let Fetch { until, row, spread, .. } = self.fetches[fetch];
        let left = until - here;
        let width = spread.min(Span::from_micros(left.as_micros() / 2));
        here + self.second_draw(row as usize, width)
    }

    fn second_draw(&self, row: usize, width: Span) -> Span {
        spread(self.viewer, self.rows[row].key, 1, width)
    }

    /// Records what cues need and fetch, by row.
    fn place(&mut self, needs: Vec<(u32, Needs)>, leads: Vec<(u32, Lead)>) {
        if needs.is_empty() && leads.is_empty() {
            return;
        }
        let mut row_of = vec![0; self.rows.len()];
        for (row, cue) in (0..).zip(self.rows.iter()) {
            row_of[cue.index as usize] = row;
        }
        self.needs = needs.into_iter().map(|(index, needs)| (row_of[index as usize], needs)).collect();
        sort_by_key(&mut self.needs, |(row, _)| (i64::from(*row), 0));
        let fetches = leads.into_iter().map(|(index, Lead { lead, spread })| {
            let row = row_of[index as usize];
            let Row { time, at: until, .. } = self.rows[row as usize];
            // It always begins before its cue, whatever the spread.
            let at = (time - lead + self.second_draw(row as usize, spread)).min(until - INSTANT);
            Fetch { at, until, row, spread }
        });
        self.fetches = Stretches::new(fetches.collect());
    }

    fn make_fingerprint(&self) -> u64 {
        let moments = self.rows.iter().filter(|row| row.kind == Kind::Moment);
        moments.fold(self.rows.len() as u64, |so_far, cue| {
            let at = cue.at.as_micros().cast_unsigned();
            Seed::new(so_far ^ cue.key.bits().rotate_left(1) ^ at.rotate_left(32)).next_u64()
        })
    }
}

/// Returns how long after the rundown's time this viewer has a cue: in whole milliseconds, like held positions,
/// and never past its end.
fn offset(viewer: u64, cue: &ListedCue) -> Span {
    if cue.jitter <= Span::ZERO {
        return Span::ZERO;
    }
    let width = cue.end.map_or(cue.jitter, |end| cue.jitter.min(end - cue.time));
    Span::from_millis(spread(viewer, cue.key, 0, width).as_millis())
}

/// Returns this viewer's `nth` random number below `width` for this cue.
fn spread(viewer: u64, key: CueKey, nth: u32, width: Span) -> Span {
    let mut seed = Seed::new(viewer ^ key.bits());
    for _ in 0..nth {
        seed.next_u64();
    }
    seed.span_below(width)
}

/// Returns the position from which a cue no longer begins late, as long as no other follows it on its lane.
fn late_until(cue: &ListedCue, at: Position) -> Position {
    let end = cue.end.unwrap_or(NEVER);
    match cue.late {
        Late::Skip => at,
        Late::Resume if cue.kind == Kind::Moment && cue.end.is_none() => at,
        Late::Resume | Late::Latest => end,
        Late::Within(window) => end.min(at + window + INSTANT),
    }
}
