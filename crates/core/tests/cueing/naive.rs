//! A deliberately naive viewer: it walks from millisecond to millisecond and looks at every cue each time.
//!
//! It knows no index, no cursor and no deadline, and of the timeline only the segments.

use downbeat_core::Segment;
use std::collections::BTreeSet;

/// How late a moment may be for a viewer who was there.
const ON_TIME_MS: i64 = 1_000;

/// A cue, with times in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Cue {
    pub(crate) id: u64,
    pub(crate) content: u64,
    pub(crate) time: i64,
    pub(crate) end: Option<i64>,
    pub(crate) is_state: bool,
    pub(crate) late: Late,
    pub(crate) lane: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Late {
    Skip,
    Resume,
    Within(i64),
    Latest,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Viewer {
    pub(crate) cues: Vec<Cue>,
    /// From when, at which position, how many thousandths.
    segments: Vec<(i64, i64, i64)>,
    starts_at: i64,
    pub(crate) fired: BTreeSet<u64>,
    pub(crate) active: BTreeSet<u64>,
    /// Until when, up to which position in microseconds, and whether the event moved there.
    followed: Option<(i64, i64, bool)>,
    lands: bool,
}

/// A moment that fires, and how late it is in milliseconds.
pub(crate) type Firing = (u64, i64);

impl Viewer {
    pub(crate) fn rundown(&mut self, cues: Vec<Cue>) {
        // A state that says something else is another state.
        let content =
            |cues: &[Cue], id: u64| cues.iter().find(|cue| cue.id == id && cue.is_state).map(|cue| cue.content);
        self.active.retain(|id| content(&cues, *id).is_some() && content(&cues, *id) == content(&self.cues, *id));
        self.cues = cues;
        self.lands = true;
    }

    pub(crate) fn timeline(&mut self, segments: &[Segment], starts_at: i64, origin: i64) {
        let plain = |segment: &Segment| {
            let rate = (segment.rate.as_factor() * 1_000.0).round() as i64;
            (segment.from.as_millis() - origin, segment.position.as_millis(), rate)
        };
        self.segments = segments.iter().map(plain).collect();
        self.starts_at = starts_at;
    }

    /// Another life of the page, which knows what has fired.
    pub(crate) fn reload(&mut self) {
        self.active.clear();
        self.followed = None;
    }

    /// Which segment is in force, counted from 1; before the first, 0.
    fn segment(&self, ms: i64) -> usize {
        self.segments.iter().take_while(|(from, ..)| *from <= ms).count()
    }

    fn rate(&self, segment: usize) -> i64 {
        if segment == 0 { 1_000 } else { self.segments[segment - 1].2 }
    }

    fn position(&self, segment: usize, ms: i64) -> i64 {
        if segment == 0 {
            return (ms - self.starts_at) * 1_000;
        }
        let (from, position, rate) = self.segments[segment - 1];
        position * 1_000 + (ms - from) * rate
    }

    pub(crate) fn position_at(&self, ms: i64) -> i64 {
        self.position(self.segment(ms), ms)
    }

    /// Ticks in the millisecond `now`; gives what fires.
    pub(crate) fn tick(&mut self, now: i64) -> Vec<Firing> {
        let followed = self.followed.filter(|(at, ..)| at - now <= ON_TIME_MS);
        let now = followed.map_or(now, |(at, ..)| at.max(now));
        let here = self.position_at(now);
        let moves = self.rate(self.segment(now)) > 0;
        let elsewhere = followed.is_some_and(|(at, position, _)| (self.position_at(at) - position).abs() > 1_000);
        let mut lands = self.lands || elsewhere || followed.is_none_or(|(at, ..)| now - at > ON_TIME_MS);

        let mut due: Vec<(usize, i64)> = Vec::new();
        if let Some((at, position, moved)) = followed {
            // A jump anywhere on the way is a landing.
            lands |= (at + 1..=now).any(|ms| {
                let (before, after) = (self.segment(ms - 1), self.segment(ms));
                before != after && (self.position(before, ms) - self.position(after, ms)).abs() > 1_000
            });
            let from = now - ON_TIME_MS;
            let (start, mut passed, mut arrives) =
                if !elsewhere && at >= from { (at, position, !moved) } else { (from, self.position_at(from), true) };
            if arrives && self.rate(self.segment(start)) > 0 {
                due.extend(self.standing_at(passed).map(|cue| (cue, start)));
            }
            for ms in start + 1..=now {
                let (before, after) = (self.segment(ms - 1), self.segment(ms));
                let reached = self.position(before, ms);
                if self.rate(before) > 0 {
                    let within = |time: i64| passed < time && (time < reached || (time == reached && before == after));
                    due.extend(
                        (0..self.cues.len()).filter(|&cue| within(self.cues[cue].time * 1_000)).map(|cue| (cue, ms)),
                    );
                }
                arrives = before != after;
                passed = self.position(after, ms);
                if arrives && self.rate(after) > 0 {
                    due.extend(self.standing_at(passed).map(|cue| (cue, ms)));
                }
            }
        }
        let on = |cue: &Cue| cue.time * 1_000 <= here && cue.end.is_none_or(|end| here < end * 1_000);
        let on: BTreeSet<u64> = self.cues.iter().filter(|cue| cue.is_state && on(cue)).map(|cue| cue.id).collect();
        self.active.retain(|id| on.contains(id));

        let mut firings = Vec::new();
        for (cue, ms) in due {
            self.begin(cue, now - ms, &on, &mut firings);
        }
        for cue in 0..self.cues.len() {
            if lands && self.may_be_late(cue, here, moves) {
                self.begin(cue, (here - self.cues[cue].time * 1_000) / 1_000, &on, &mut firings);
            }
        }
        self.followed = Some((now, here, moves));
        self.lands = false;
        firings
    }

    fn standing_at(&self, position: i64) -> impl Iterator<Item = usize> + '_ {
        (0..self.cues.len()).filter(move |&cue| self.cues[cue].time * 1_000 == position)
    }

    fn begin(&mut self, cue: usize, late: i64, on: &BTreeSet<u64>, firings: &mut Vec<Firing>) {
        let cue = &self.cues[cue];
        if cue.is_state && on.contains(&cue.id) {
            self.active.insert(cue.id);
        } else if !cue.is_state && self.fired.insert(cue.id) {
            firings.push((cue.id, late));
        }
    }

    /// Whether somebody who comes here only now gets the cue, as the sheet has it.
    fn may_be_late(&self, cue: usize, here: i64, moves: bool) -> bool {
        let (this, late) = (&self.cues[cue], here - self.cues[cue].time * 1_000);
        if late <= 0 {
            return late == 0 && (moves || this.is_state);
        }
        if this.end.is_some_and(|end| end * 1_000 <= here) {
            return false;
        }
        match this.late {
            Late::Skip => false,
            Late::Resume => this.is_state || this.end.is_some(),
            Late::Within(window) => late <= window * 1_000,
            Late::Latest => {
                !self.cues[cue + 1..].iter().any(|other| other.lane == this.lane && other.time * 1_000 <= here)
            }
        }
    }
}
