//! The cues of a rundown as one viewer has them.

use super::cue::{Content, CueKey, Kind, Late, Lead, ListedCue, Needs};
use super::stretches::Stretches;
use crate::seed::Seed;
use crate::time::Span;
use crate::timeline::Position;

/// The shortest time there is: what separates "up to and with" from "up to".
const INSTANT: Span = Span::from_micros(1);

/// A position no event reaches, for what has no end.
const NEVER: Position = Position::from_millis(i64::MAX);

/// The cues of one rundown, spread as they are for one viewer.
///
/// Two viewers have the same cues at times that differ by less than each cue's jitter; one viewer has the same times
/// after a reload, and in every rundown that has the cue.
#[derive(Clone, Debug, Default)]
pub struct CueList {
    /// The cues, sorted by when they begin for this viewer.
    pub(super) rows: Vec<Row>,
    /// From when each begins to the last position at which it may still be begun. Numbered like `rows`.
    pub(super) begins: Stretches,
    /// From when each fetch begins to when its cue does.
    pub(super) standbys: Stretches,
    /// What each fetch is for.
    pub(super) fetches: Vec<Fetch>,
    /// What some cues need, by the number of the row.
    needs: Vec<(u32, Needs)>,
    fingerprint: u64,
    viewer: u64,
}

/// What is left to know of a cue once its place in the list is fixed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) key: CueKey,
    pub(super) content: Content,
    /// When it begins in the rundown, before any spread.
    pub(super) time: Position,
    /// When it ends; where it does not, [`NEVER`].
    pub(super) end: Position,
    /// Its index in the rundown.
    pub(super) index: u32,
    pub(super) kind: Kind,
    /// Whether it goes on from where it is by now when it is late.
    pub(super) resumes: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Fetch {
    pub(super) row: u32,
    spread: Span,
}

/// A cue on its way into the list.
struct Draft {
    at: Position,
    until: Position,
    row: Row,
}

impl CueList {
    /// Gives the list of `cues`, which are in the order of the rundown: by time; of several at one time the last is
    /// the latest of its lane. Takes time in proportion to their number.
    pub fn new(cues: impl ExactSizeIterator<Item = ListedCue>, viewer: &Seed) -> Self {
        let viewer = viewer.clone().next_u64();
        let mut drafts = Vec::with_capacity(cues.len());
        let mut needs = Vec::new();
        let mut fetches = Vec::new();
        // Of each lane, the cue that is its latest so far.
        let mut latest: Vec<Option<usize>> = Vec::new();
        for (index, cue) in (0..).zip(cues) {
            let lane = cue.lane as usize;
            if lane >= latest.len() {
                latest.resize(lane + 1, None);
            }
            let this = Some(drafts.len()).filter(|_| cue.late == Late::Latest);
            if let Some(before) = core::mem::replace(&mut latest[lane], this) {
                let before: &mut Draft = &mut drafts[before];
                before.until = before.until.min(cue.time).max(before.at + INSTANT);
            }
            let at = cue.time + offset(viewer, &cue);
            let until = late_until(&cue, at).max(at + INSTANT);
            let (key, content, time, kind) = (cue.key, cue.content, cue.time, cue.kind);
            let resumes = cue.late == Late::Resume;
            let row = Row { key, content, time, end: cue.end.unwrap_or(NEVER), index, kind, resumes };
            needs.extend(cue.needs.map(|needs| (index, needs)));
            fetches.extend(cue.preload.map(|preload| (index, preload)));
            drafts.push(Draft { at, until, row });
        }
        drafts.sort_by_key(|draft| draft.at);
        let from = drafts.iter().map(|draft| draft.at).collect();
        let until = drafts.iter().map(|draft| draft.until).collect();
        let mut list = Self {
            rows: drafts.into_iter().map(|draft| draft.row).collect(),
            begins: Stretches::new(from, until),
            viewer,
            ..Self::default()
        };
        list.fingerprint = list.make_fingerprint();
        list.place(needs, fetches);
        list
    }

    /// Gives how many cues there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Says whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Tells lists with other moments, or the same at other times, apart.
    pub(super) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Gives what the cue in this row needs of the clock.
    pub(super) fn needs(&self, row: usize) -> Option<Needs> {
        let found = self.needs.binary_search_by_key(&row, |(row, _)| *row as usize);
        found.ok().map(|found| self.needs[found].1)
    }

    /// Gives where to begin a fetch that was due before `here`: within half of what is left until the cue, and spread
    /// like all others, since everybody lands here at once.
    pub(super) fn late_fetch(&self, fetch: usize, here: Position) -> Position {
        let Fetch { row, spread } = self.fetches[fetch];
        let left = self.standbys.until(fetch) - here;
        let width = spread.min(Span::from_micros(left.as_micros() / 2));
        here + self.second_draw(row as usize, width)
    }

    fn second_draw(&self, row: usize, width: Span) -> Span {
        spread(self.viewer, self.rows[row].key, 1, width)
    }

    /// Puts down what cues need and fetch, by the row in which they came to stand.
    fn place(&mut self, needs: Vec<(u32, Needs)>, leads: Vec<(u32, Lead)>) {
        if needs.is_empty() && leads.is_empty() {
            return;
        }
        let mut row_of = vec![0; self.rows.len()];
        for (row, cue) in (0..).zip(&self.rows) {
            row_of[cue.index as usize] = row;
        }
        self.needs = needs.into_iter().map(|(index, needs)| (row_of[index as usize], needs)).collect();
        self.needs.sort_unstable_by_key(|(row, _)| *row);
        let mut fetches: Vec<(Position, Fetch)> = leads
            .into_iter()
            .map(|(index, lead)| {
                let row = row_of[index as usize];
                let begins = self.rows[row as usize].time - lead.lead + self.second_draw(row as usize, lead.spread);
                // It begins before its cue does, however wide the spread.
                let begins = begins.min(self.begins.from(row as usize) - INSTANT);
                (begins, Fetch { row, spread: lead.spread })
            })
            .collect();
        fetches.sort_unstable_by_key(|(begins, fetch)| (*begins, fetch.row));
        let from = fetches.iter().map(|(begins, _)| *begins).collect();
        let until = fetches.iter().map(|(_, fetch)| self.begins.from(fetch.row as usize)).collect();
        self.standbys = Stretches::new(from, until);
        self.fetches = fetches.into_iter().map(|(_, fetch)| fetch).collect();
    }

    fn make_fingerprint(&self) -> u64 {
        let moments = self.rows.iter().enumerate().filter(|(_, row)| row.kind == Kind::Moment);
        moments.fold(self.rows.len() as u64, |so_far, (row, cue)| {
            let at = self.begins.from(row).as_micros().cast_unsigned();
            Seed::new(so_far ^ cue.key.bits().rotate_left(1) ^ at.rotate_left(32)).next_u64()
        })
    }
}

/// Gives how long after the rundown's time this viewer has a cue: whole milliseconds, as positions that are held are,
/// and never past its end.
fn offset(viewer: u64, cue: &ListedCue) -> Span {
    if cue.jitter <= Span::ZERO {
        return Span::ZERO;
    }
    let width = cue.end.map_or(cue.jitter, |end| cue.jitter.min(end - cue.time));
    Span::from_millis(spread(viewer, cue.key, 0, width).as_millis())
}

/// Gives the `nth` draw below `width` that belongs to this viewer and this cue.
fn spread(viewer: u64, key: CueKey, nth: u32, width: Span) -> Span {
    let mut seed = Seed::new(viewer ^ key.bits());
    for _ in 0..nth {
        seed.next_u64();
    }
    seed.span_below(width)
}

/// Gives the position from which on a cue is no longer begun late, as long as no other comes after it on its lane.
fn late_until(cue: &ListedCue, at: Position) -> Position {
    let end = cue.end.unwrap_or(NEVER);
    match cue.late {
        Late::Skip => at,
        Late::Resume if cue.kind == Kind::Moment && cue.end.is_none() => at,
        Late::Resume | Late::Latest => end,
        Late::Within(window) => end.min(at + window + INSTANT),
    }
}
