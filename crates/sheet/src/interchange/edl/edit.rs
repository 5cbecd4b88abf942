//! An event of a list, and the cue it becomes.

use downbeat_core::{Position, Span};

use crate::interchange::cue_label::CueLabel;
use crate::interchange::exchange::FormatOptions;
use crate::interchange::import::Import;
use crate::interchange::row::{Row, length};
use crate::rundown::clock;
use crate::source::FrameRate;

/// An edit, or a marker. Frames are those of the list's own timecode.
pub(super) struct Edit {
    pub(super) line: usize,
    /// Its number in the list; empty for a marker.
    pub(super) number: String,
    pub(super) begin: i64,
    pub(super) end: i64,
    /// The number of frames after which timecode begins again.
    pub(super) day: i64,
    pub(super) channel: Option<String>,
    pub(super) name: String,
    pub(super) note: Option<String>,
}

impl Edit {
    /// Creates an edit that has only times.
    pub(super) fn new(line: usize, begin: i64, end: i64, day: i64) -> Self {
        Self { line, number: String::new(), begin, end, day, channel: None, name: String::new(), note: None }
    }

    /// Adds its cue. A single frame is how lists write markers, so it becomes a moment.
    pub(super) fn import(&self, start: i64, rate: FrameRate, options: &FormatOptions, import: &mut Import) {
        let (mut begin, mut end) = (self.begin, self.end);
        if begin < start && start - begin > self.day / 2 {
            // It comes after the day's end, where timecode begins again.
            (begin, end) = (begin + self.day, end + self.day);
        }
        let label = CueLabel::parse(&self.name);
        let Some(action) = import.action(self.line, &label.action, options) else { return };
        let ms = |frame: i64| rate.ms(frame - start);
        let mut row = Row::at_line(self.line);
        row.set("time", clock(Position::from_millis(ms(begin))));
        if end > begin + 1 {
            row.set("duration", length(Span::from_millis(ms(end) - ms(begin))));
        }
        let has_track = label.track.is_some();
        label.set_in(&mut row, action);
        if !has_track {
            row.set_some("track", self.channel.clone());
        }
        row.set_some("note", self.note.clone());
        import.add(row);
    }
}
