//! The differences between two rundowns, as an author would describe them.

use downbeat_core::Position;
use std::collections::{BTreeMap, VecDeque};

use super::{Cue, Rundown, print};

/// The differences between two rundowns.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Diff {
    /// The fields of the event that differ: `id`, `title`, `duration`, `tracks`.
    pub event: Vec<&'static str>,
    /// The cues that differ, in the order in which viewers notice the differences.
    pub cues: Vec<CueChange>,
}

/// The difference of one cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CueChange {
    /// Its id; the new one, if a generated id changed with the cue's time.
    pub id: String,
    /// How it changed.
    pub kind: ChangeKind,
    /// The earliest position at which viewers notice the difference.
    pub earliest: Position,
}

/// How a cue changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was added, at this time.
    Added(Position),
    /// It was removed; it was at this time.
    Removed(Position),
    /// It begins at a different time.
    Moved {
        /// When it began before.
        from: Position,
        /// When it begins now.
        to: Position,
        /// The other fields that differ, except an end that moved along.
        fields: Vec<&'static str>,
    },
    /// It begins at the same time, and these fields differ.
    Changed(Vec<&'static str>),
}

impl Diff {
    /// Returns whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.event.is_empty() && self.cues.is_empty()
    }

    /// Returns the changes at or before `position`: viewers of a running event have passed them.
    pub fn behind(&self, position: Position) -> impl Iterator<Item = &CueChange> {
        self.cues.iter().filter(move |change| change.earliest <= position)
    }
}

impl Rundown {
    /// Returns the differences to `newer`.
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
        cues.extend(removed.into_iter().map(|cue| CueChange {
            id: cue.id().to_owned(),
            kind: ChangeKind::Removed(cue.time),
            earliest: cue.time,
        }));
        cues.extend(added.into_iter().map(|cue| CueChange {
            id: cue.id().to_owned(),
            kind: ChangeKind::Added(cue.time),
            earliest: cue.time,
        }));
        cues.sort_by(|a, b| (a.earliest, &a.id).cmp(&(b.earliest, &b.id)));
        Diff { event, cues }
    }
}

/// Returns the difference between a cue and its newer version.
fn change(before: &Cue, after: &Cue) -> Option<CueChange> {
    let moved = before.time != after.time;
    let lasts = |cue: &Cue| cue.end.map(|end| end - cue.time);
    let fields = [
        ("end", lasts(before) != lasts(after)),
        ("action", before.action != after.action),
        ("kind", before.kind != after.kind),
        ("track", before.track != after.track),
        ("params", before.params != after.params),
        // Writing out what the kind implies makes no difference.
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
        // Before the earlier of the two ends, nobody notices a difference.
        (false, ["end"]) => {
            let ends = before.end.into_iter().chain(after.end);
            (ChangeKind::Changed(fields), ends.min().unwrap_or(before.time))
        }
        (false, _) => (ChangeKind::Changed(fields), before.time),
    };
    Some(CueChange { id: after.id().to_owned(), kind, earliest })
}

/// Removes the cues whose generated id changed because they moved, and returns their changes.
fn renamed(removed: &mut Vec<&Cue>, added: &mut Vec<&Cue>) -> Vec<CueChange> {
    // Only generated ids have an @.
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

/// Returns everything of a cue except its id and its time.
fn likeness(cue: &Cue) -> String {
    let end = cue.end.map(|end| Position::START + (end - cue.time));
    let mut out = String::new();
    print::print_cue(
        &mut out,
        &Cue { id: Box::default(), time: Position::START, end, late: Some(cue.late()), ..cue.clone() },
    );
    out
}
