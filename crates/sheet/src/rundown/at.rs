//! The cues at a position: a pure function of the position, whatever came before.

use downbeat_core::Position;

use super::{Cue, Kind, Rundown};

impl Rundown {
    /// Returns the states that are active at `position`, sorted like [`Rundown::cues`]: those that began at or before it
    /// and end after it, if at all.
    ///
    /// Thanks to the checkpoints, this takes equally long anywhere in the event.
    ///
    /// ```
    /// # #[cfg(feature = "compiler")] {
    /// use downbeat_core::Position;
    /// let sheet = r#"[{ "id": "song1", "time": 560, "action": "startSong", "duration": "4m" }]"#;
    /// let rundown = downbeat_sheet::compile(sheet).rundown.unwrap();
    /// let active = |ms| rundown.active(Position::from_millis(ms)).len();
    /// assert_eq!([active(559_999), active(560_000), active(799_999), active(800_000)], [0, 1, 1, 0]);
    /// # }
    /// ```
    pub fn active(&self, position: Position) -> Vec<&Cue> {
        let known = self.checkpoints.partition_point(|checkpoint| checkpoint.time <= position);
        let (listed, from) = match known.checked_sub(1).map(|last| &self.checkpoints[last]) {
            Some(checkpoint) => (&*checkpoint.active, self.begun(checkpoint.time)),
            None => (&[][..], 0),
        };
        let since = from..self.begun(position);
        let candidates = listed.iter().copied().chain(since).map(|index| &self.cues[index]);
        candidates.filter(|cue| cue.kind == Kind::State && cue.is_on_at(position)).collect()
    }

    /// Returns the cues after `position`, the next one first.
    pub fn next(&self, position: Position) -> &[Cue] {
        &self.cues[self.begun(position)..]
    }

    /// Returns the number of cues that have begun by `position`, including those at it.
    pub(super) fn begun(&self, position: Position) -> usize {
        self.cues.partition_point(|cue| cue.time <= position)
    }
}

impl Cue {
    /// Returns whether it has begun and is not over. A moment without an end is over as soon as it begins.
    pub fn is_on_at(&self, position: Position) -> bool {
        let over = match self.end {
            Some(end) => end <= position,
            None => self.kind == Kind::Moment,
        };
        self.time <= position && !over
    }
}
