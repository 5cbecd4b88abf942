//! The lines that views write for pipes and programs.

use downbeat_api::clock;
use downbeat_core::{LocalTime, ServerTime, Span};
use serde_json::Value;

use super::words;
use crate::output::{self, Output};

/// Writes lines, and knows when a heartbeat is due and whether somebody still reads.
pub(super) struct LineWriter {
    output: Output,
    /// The time without a line after which a heartbeat is due.
    heartbeat_after: Span,
    last_line_at: LocalTime,
    is_read: bool,
}

impl LineWriter {
    pub(super) fn new(output: Output, heartbeat_after: Span) -> Self {
        Self { output, heartbeat_after, last_line_at: clock::monotonic(), is_read: true }
    }

    /// Writes a line: the time of day and `text`, or with `--json` the object for programs.
    pub(super) fn write(&mut self, now: ServerTime, text: &str, json: &Value) {
        self.last_line_at = clock::monotonic();
        self.is_read = if self.output.json {
            output::json_line(json)
        } else {
            output::line(&format!("{}  {text}", words::time_of_day(now)))
        };
    }

    /// Makes a remark beside the lines.
    pub(super) fn remark(&self, text: &str) {
        self.output.remark(&text);
    }

    /// Returns whether no line was written for so long that a heartbeat is due.
    pub(super) fn is_heartbeat_due(&self) -> bool {
        !self.output.quiet && clock::monotonic() - self.last_line_at >= self.heartbeat_after
    }

    /// Returns whether somebody still reads the lines.
    pub(super) const fn is_read(&self) -> bool {
        self.is_read
    }
}
