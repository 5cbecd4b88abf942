//! What differs between two rundowns, as an author would say it.

use downbeat_core::Position;
use std::collections::{BTreeMap, VecDeque};

use super::{Cue, Rundown, print};

/// What differs between two rundowns.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Diff {
    /// The fields of the event that differ: `id`, `title`, `duration`, `tracks`.
    pub event: Vec<&'static str>,
    /// The cues that differ, in the order in which the differences are met in the event.
    pub cues: Vec<Change>,
}

/// What differs about one cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its id; the new one, if a generated id went along with the cue's time.
    pub id: String,
    /// What was done to it.
    pub kind: ChangeKind,
    /// The earliest position at which a viewer sees a difference.
    pub earliest: Position,
}

/// What was done to a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new, at this time.
    Added(Position),
    /// It is gone; it was at this time.
    Removed(Position),
    /// It begins at another time.
    Moved {
        /// When it began.
        from: Position,
        /// When it begins.
        to: Position,
        /// What else differs about it, but for an end that moved along.
        fields: Vec<&'static str>,
    },
    /// It begins when it did, and these fields differ.
    Changed(Vec<&'static str>),
}

impl Diff {
    /// Returns whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.event.is_empty() && self.cues.is_empty()
    }

    /// Returns the changes that lie at or behind `position`: viewers of a running event have been past them.
    pub fn behind(&self, position: Position) -> impl Iterator<Item = &Change> {
        self.cues.iter().filter(move |change| change.earliest <= position)
    }
}

impl Rundown {
    /// Returns what is different in `newer`.
    ///
    /// ```
    /// # #[cfg(feature = "compiler")] {
    /// use downbeat_sheet::{compile, rundown::ChangeKind};
    /// let rundown = |time| {
    ///     let sheet = format!(r#"[{{ "id": "song1", "time": {time}, "action": "startSong", "duration": "4m" }}]"#);
    ///     compile(&sheet).rundown.unwrap()
    /// };
    /// let diff = rundown(560).diff(&rundown(565));
    /// assert!(matches!(&diff.cues[0].kind, ChangeKind::Moved { fields, .. } if fields.is_empty()));
    /// assert_eq!(diff.cues[0].earliest.as_millis(), 560_000);
    /// # }
    /// ```
    pub fn diff(&self, newer: &Self) -> Diff {
        let event = [
            ("id", self.id != newer.id),
            ("title", self.title != newer.title),
            ("duration", self.duration != newer.duration),
            ("tracks", self.tracks != newer.tracks),
        ];
        let event = event.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
        let mut old: BTreeMap<&str, &Cue> = self.cues.iter().map(|cue| (cue.id(), cue)).collect();
        let mut cues = Vec::new();
        let mut added = Vec::new();
        for cue in &newer.cues {
            match old.remove(cue.id()) {
                Some(before) => cues.extend(change(before, cue)),
                None => added.push(cue),
            }
        }
        let mut removed: Vec<&Cue> = old.into_values().collect();
        removed.sort_by_key(|cue| cue.order());
        cues.extend(renamed(&mut removed, &mut added));
        cues.extend(removed.into_iter().map(|cue| Change {
            id: cue.id().to_owned(),
            kind: ChangeKind::Removed(cue.time),
            earliest: cue.time,
        }));
        cues.extend(added.into_iter().map(|cue| Change {
            id: cue.id().to_owned(),
            kind: ChangeKind::Added(cue.time),
            earliest: cue.time,
        }));
        cues.sort_by(|a, b| (a.earliest, &a.id).cmp(&(b.earliest, &b.id)));
        Diff { event, cues }
    }
}

/// Returns what differs between a cue and what it became.
fn change(before: &Cue, after: &Cue) -> Option<Change> {
    let moved = before.time != after.time;
    let lasts = |cue: &Cue| cue.end.map(|end| end - cue.time);
    let fields = [
        ("end", lasts(before) != lasts(after)),
        ("action", before.action != after.action),
        ("kind", before.kind != after.kind),
        ("track", before.track != after.track),
        ("params", before.params != after.params),
        // What the kind says anyway may be said or not.
        ("late", before.late() != after.late()),
        ("jitter", before.jitter != after.jitter),
        ("preload", before.preload != after.preload),
        ("message", before.message != after.message),
        ("needs", before.needs != after.needs),
    ];
    let fields: Vec<&str> = fields.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
    let (kind, earliest) = match (moved, &*fields) {
        (true, _) => (ChangeKind::Moved { from: before.time, to: after.time, fields }, before.time.min(after.time)),
        (false, []) => return None,
        // Until the earlier of the two ends nobody sees a difference.
        (false, ["end"]) => {
            let ends = before.end.into_iter().chain(after.end);
            (ChangeKind::Changed(fields), ends.min().unwrap_or(before.time))
        }
        (false, _) => (ChangeKind::Changed(fields), before.time),
    };
    Some(Change { id: after.id().to_owned(), kind, earliest })
}

/// Takes out the cues that only have another generated id because they moved.
fn renamed(removed: &mut Vec<&Cue>, added: &mut Vec<&Cue>) -> Vec<Change> {
    // Generated ids have an @, given ones cannot.
    let is_generated = |cue: &&Cue| cue.id().contains('@');
    let mut gone: BTreeMap<String, VecDeque<&Cue>> = BTreeMap::new();
    for cue in removed.iter().copied().filter(is_generated) {
        gone.entry(likeness(cue)).or_default().push_back(cue);
    }
    let mut changes = Vec::new();
    let mut found = Vec::new();
    added.retain(|cue| {
        let before = if is_generated(cue) { gone.get_mut(&likeness(cue)).and_then(VecDeque::pop_front) } else { None };
        if let Some(before) = before {
            found.push(before.id());
            changes.extend(change(before, cue));
        }
        before.is_none()
    });
    found.sort_unstable();
    removed.retain(|cue| found.binary_search(&cue.id()).is_err());
    changes
}

/// Returns all of a cue but its id and its time.
fn likeness(cue: &Cue) -> String {
    let end = cue.end.map(|end| Position::START + (end - cue.time));
    let mut out = String::new();
    print::print_cue(
        &mut out,
        &Cue { id: Box::default(), time: Position::START, end, late: Some(cue.late()), ..cue.clone() },
    );
    out
}
