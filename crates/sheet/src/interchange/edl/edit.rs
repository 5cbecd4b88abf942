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
    pub(super) number: String,
    pub(super) begin: i64,
    pub(super) end: i64,
    pub(super) channel: Option<String>,
    pub(super) name: String,
}

impl Edit {
    /// Adds its cue. A single frame is how lists write markers, so it becomes a moment.
    pub(super) fn import(&self, start: i64, rate: FrameRate, options: &FormatOptions, import: &mut Import) {
        if self.begin < start {
            let problem = "it comes before the timecode at which the event begins";
            return import.refuse(self.line, problem, "give an earlier one (--start)");
        }
        let label = CueLabel::parse(&self.name);
        let Some(action) = import.action(self.line, &label.action, options) else { return };
        let ms = |frame: i64| rate.ms(frame - start);
        let mut row = Row::at_line(self.line);
        row.set("time", clock(Position::from_millis(ms(self.begin))));
        if self.end > self.begin + 1 {
            row.set("duration", length(Span::from_millis(ms(self.end) - ms(self.begin))));
        }
        row.name = Some(action.clone());
        row.set("action", action);
        row.set_some("track", label.track.or_else(|| self.channel.clone()));
        row.set_some("id", label.id);
        import.add(row);
    }
}
