//! Following the event from tick to tick: which cues are played, begun late, or left.

use super::bits::Bits;
use super::piece::{Piece, differ, next_tick, pieces};
use super::places::Places;
use super::stretches::Stretch;
use super::{Active, CueKey, CueList, CueRef, Cueing, Effect, Followed, Kind, ON_TIME, Otherwise, Timing};
use crate::order::{earliest, sort_by_key};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate};
use alloc::vec;
use alloc::vec::Vec;

/// Where the event is at a tick, and the bound of that.
#[derive(Clone, Copy)]
struct Here {
    now: ServerTime,
    position: Position,
    rate: Rate,
    bound: Span,
}

/// Where in its content a cue begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// At its beginning, however late it is.
    Beginning,
    /// Where the event's position is, as if it had begun in time.
    Position,
}

impl Cueing {
    /// Makes the next tick consider all cues around the position.
    pub(super) fn must_land(&mut self) {
        (self.landing, self.changed) = (true, true);
    }

    /// Does what is due by `now`.
    pub(super) fn follow(&mut self, now: ServerTime, bound: Span) {
        let Some(timeline) = self.timeline.take() else { return };
        let here = |now| Here { now, position: timeline.position(now), rate: timeline.rate(now), bound };
        let told = here(now);
        // A small step back is waited out; after a large one the event is followed anew.
        let followed = self.followed.filter(|followed| now + ON_TIME >= followed.at);
        let now = followed.map_or(now, |followed| followed.at.max(now));
        let here = here(now);

        let elsewhere = followed.is_some_and(|followed| differ(timeline.position(followed.at), followed.position));
        // A changed timeline may have had cues before the deadline.
        let overslept = if self.changed { followed.map(|followed| followed.at) } else { self.deadline };
        let overslept = overslept.is_some_and(|since| since + ON_TIME < now);
        let mut landing = self.landing || followed.is_none() || elsewhere || overslept;
        landing |= self.awaited.is_some_and(|awaited| bound <= awaited);
        let mut disturbed = self.disturbed || followed.is_none() || elsewhere;

        self.leave(here.position);
        let settled = self.active.len();

        if let Some(followed) = followed {
            for piece in pieces(&timeline, followed.at, now) {
                let next = Some(piece.ends).filter(|_| !piece.arrives);
                let change = next.and_then(|_| timeline.next_segment(piece.from));
                disturbed |= change.is_some();
                landing |= change.is_some_and(|change| differ(timeline.position(change), piece.ends));
            }
            // Cues that were due longer ago than `ON_TIME` are handled by landing.
            let since = if elsewhere { now - ON_TIME } else { followed.at.max(now - ON_TIME) };
            for (nth, mut piece) in pieces(&timeline, since, now).enumerate() {
                if nth == 0 && since == followed.at && !elsewhere {
                    (piece.begins, piece.begins_after) = (followed.position, followed.moved);
                }
                self.play(piece, here, |position| timeline.reaches(position, piece.from).unwrap_or(now));
            }
        }
        if landing {
            self.land(here);
        }
        self.fetch_postponed(here.position);
        self.adjust(settled, told, disturbed);

        self.followed = Some(Followed { at: now, position: here.position, moved: !here.rate.is_held() });
        (self.landing, self.disturbed, self.changed) = (false, false, false);
        self.deadline = next_tick(&timeline, self.next_mark(here.position), now);
        self.timeline = Some(timeline);
    }

    /// Plays the cues in a piece of the event.
    fn play(&mut self, piece: Piece, here: Here, instant_of: impl Fn(Position) -> ServerTime) {
        if piece.rate.is_held() || piece.ends < piece.begins {
            return;
        }
        let begins = &self.list.rows;
        let first = if piece.begins_after { begins.begun(piece.begins) } else { begins.before(piece.begins) };
        let last = if piece.arrives { begins.begun(piece.ends) } else { begins.before(piece.ends) };
        for row in first..last {
            let lateness = here.now - instant_of(self.list.rows[row].at);
            let from = match self.list.rows[row].kind {
                Kind::Moment => Entry::Beginning,
                Kind::State => Entry::Position,
            };
            self.begin(row, lateness, from, here);
        }
        let standbys = &self.list.fetches;
        let first = if piece.begins_after { standbys.begun(piece.begins) } else { standbys.before(piece.begins) };
        let last = if piece.arrives { standbys.begun(piece.ends) } else { standbys.before(piece.ends) };
        for fetch in first..last {
            self.stand_by(fetch);
        }
    }

    /// Begins the cues around the position that may still begin, as for a viewer who was not present.
    fn land(&mut self, here: Here) {
        self.awaited = None;
        for row in self.list.rows.around(here.position) {
            let lateness = here.position - self.list.rows[row].at;
            let cue = &self.list.rows[row];
            // A moment exactly at the held position fires when the event resumes.
            if cue.kind == Kind::Moment && lateness == Span::ZERO && here.rate.is_held() {
                continue;
            }
            let is_on_time = lateness == Span::ZERO && cue.kind == Kind::State;
            let from = if cue.resumes || is_on_time { Entry::Position } else { Entry::Beginning };
            self.begin(row, lateness, from, here);
        }
        let mut fetches = self.list.fetches.around(here.position);
        fetches.retain(|fetch| !self.stood_by.contains(*fetch));
        // A fetch that was postponed before is not postponed further.
        let before = |fetch| self.postponed.iter().find(|(at, other)| *other == fetch && *at >= here.position);
        let begins = |fetch| {
            let at = self.list.late_fetch(fetch, here.position);
            (before(fetch).map_or(at, |(before, _)| at.min(*before)), fetch)
        };
        let mut postponed: Vec<(Position, usize)> = fetches.into_iter().map(begins).collect();
        // The last is the next.
        sort_by_key(&mut postponed, |(at, fetch)| (-at.as_micros(), u64::MAX - *fetch as u64));
        self.postponed = postponed;
    }

    /// Begins the cue in this row, unless it has begun already or may not begin.
    fn begin(&mut self, row: usize, lateness: Span, from: Entry, here: Here) {
        let cue = self.list.rows[row];
        let is_over = match cue.kind {
            Kind::Moment => self.fired.contains(row),
            Kind::State => {
                let is_on = cue.at <= here.position && here.position < cue.end;
                !is_on || self.active.iter().any(|active| active.row == row)
            }
        };
        if is_over {
            return;
        }
        let needs = self.list.needs(row);
        let certain = needs.is_none_or(|needs| here.bound <= needs.bound);
        if let Some(needs) = needs.filter(|needs| !certain && needs.otherwise == Otherwise::Skip) {
            self.awaited = self.awaited.max(Some(needs.bound));
            self.effects.push(Effect::Withhold { cue: self.cue(row), bound: here.bound });
            return;
        }
        let timing = Timing { lateness, bound: here.bound, certain };
        let into = match from {
            Entry::Beginning => Span::ZERO,
            Entry::Position => (here.position - cue.time).max(Span::ZERO),
        };
        let name = self.cue(row);
        match cue.kind {
            Kind::Moment => {
                self.fired.insert(row);
                self.effects.push(Effect::Fire { cue: name, into, timing });
            }
            Kind::State => {
                self.active.push(Active { row, time: cue.time });
                self.effects.push(Effect::Enter { cue: name, into, rate: here.rate, timing });
            }
        }
    }

    /// Begins the fetches that were postponed to `position` or before.
    fn fetch_postponed(&mut self, position: Position) {
        while let Some((_, fetch)) = self.postponed.pop_if(|(at, _)| *at <= position) {
            self.stand_by(fetch);
        }
    }

    fn stand_by(&mut self, fetch: usize) {
        if self.stood_by.insert(fetch) {
            let cue = self.cue(self.list.fetches[fetch].row as usize);
            self.effects.push(Effect::Standby { cue });
        }
    }

    /// Ends the states that are not active at `position`.
    fn leave(&mut self, position: Position) {
        let (list, effects) = (&self.list, &mut self.effects);
        self.active.retain(|active| {
            let cue = &list.rows[active.row];
            let is_on = cue.at <= position && position < cue.end;
            if !is_on {
                effects.push(Effect::Leave { cue: cue_in(list, active.row) });
            }
            is_on
        });
    }

    /// Sends their new position to those of the first `settled` active states that need it.
    fn adjust(&mut self, settled: usize, here: Here, disturbed: bool) {
        for active in &mut self.active[..settled] {
            let time = self.list.rows[active.row].time;
            if !disturbed && time == active.time {
                continue;
            }
            active.time = time;
            let into = (here.position - time).max(Span::ZERO);
            self.effects.push(Effect::Adjust { cue: cue_in(&self.list, active.row), into, rate: here.rate });
        }
    }

    /// Returns the next position after `position` at which something begins, ends or is to be fetched.
    fn next_mark(&self, position: Position) -> Option<Position> {
        let CueList { rows, fetches, .. } = &self.list;
        let begin = rows.get(rows.begun(position)).map(Stretch::from);
        let fetch = fetches.get(fetches.begun(position)).map(Stretch::from);
        let postponed = self.postponed.last().map(|(at, _)| *at);
        let end = self.active.iter().map(|active| rows[active.row].end).min();
        earliest(&[begin, end, fetch, postponed])
    }

    pub(super) fn cue(&self, row: usize) -> CueRef {
        cue_in(&self.list, row)
    }

    /// Replaces the list, and carries over which cues have fired, are fetched and are active.
    pub(super) fn carry_over(&mut self, list: CueList, is_same: impl FnMut(usize, usize) -> bool) {
        let old = core::mem::replace(&mut self.list, list);
        self.carry_active(&old, is_same);
        let begun: Vec<CueKey> =
            self.stood_by.iter().map(|fetch| old.rows[old.fetches[fetch].row as usize].key).collect();
        self.stood_by = Bits::none(self.list.fetches.len());
        self.postponed.clear();
        let begun = Places::of(&begun);
        for (fetch, row) in self.list.fetches.iter().map(|fetch| fetch.row as usize).enumerate() {
            if begun.find(self.list.rows[row].key).next().is_some() {
                self.stood_by.insert(fetch);
            }
        }
        self.carry_fired(&old);
    }

    /// Ends the states that the new list lacks or changes; the others go on.
    fn carry_active(&mut self, old: &CueList, mut is_same: impl FnMut(usize, usize) -> bool) {
        if self.active.is_empty() {
            return;
        }
        let keys: Vec<CueKey> = self.active.iter().map(|active| old.rows[active.row].key).collect();
        let wanted = Places::of(&keys);
        let mut found = vec![None; keys.len()];
        for (row, cue) in self.list.rows.iter().enumerate().filter(|(_, cue)| cue.kind == Kind::State) {
            for nth in wanted.find(cue.key) {
                found[nth] = Some(row);
            }
        }
        let mut found = found.into_iter();
        let (list, effects) = (&self.list, &mut self.effects);
        self.active.retain_mut(|active| {
            let before = &old.rows[active.row];
            let same =
                found.next().flatten().filter(|&row| is_same(before.index as usize, list.rows[row].index as usize));
            match same {
                Some(row) => active.row = row,
                None => effects.push(Effect::Leave { cue: cue_in(old, active.row) }),
            }
            same.is_some()
        });
    }
}

fn cue_in(list: &CueList, row: usize) -> CueRef {
    let row = &list.rows[row];
    CueRef { key: row.key, index: row.index as usize }
}
