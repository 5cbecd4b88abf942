//! A lane: its name, bars, marks, columns and labels.

use core::fmt::Write as _;

use super::paper::{BOLD, LEFT, MARGIN, WIDTH};
use super::pen::Pen;
use super::shapes::line;
use crate::preview::escape::Escaped;
use crate::preview::layout::{LABEL_SIZE, Label, PlacedLane};
use crate::preview::text;

impl Pen<'_, '_> {
    /// Draws a lane with everything on it.
    pub(super) fn lane(&self, out: &mut String, placed: &PlacedLane) {
        let (top, lane) = (placed.top, &placed.lane);
        let room = LEFT - MARGIN - 24.0;
        let _ = writeln!(out, "<g><title>{}: {}</title>", Escaped(&lane.name), Escaped(&lane.note));
        let _ = writeln!(out, "<path class=\"rule\" d=\"M{MARGIN} {top:.1}H{:.1}\"/>", WIDTH - MARGIN);
        let (middle, half) = (top + placed.height / 2.0, (placed.height / 2.0 - 3.0).min(16.0));
        let _ = writeln!(
            out,
            "<rect class=\"k{}\" x=\"{MARGIN}\" y=\"{:.1}\" width=\"4\" height=\"{:.1}\" rx=\"2\"/>",
            lane.colour,
            middle - half,
            2.0 * half
        );
        if self.layout.room.dense {
            let name = text::fit(&lane.name, 13.0, room).unwrap_or_default();
            line(out, "lane", MARGIN + 14.0, middle + 4.5, &name);
        } else {
            let name = text::fit(&lane.name, 14.0 * BOLD, room).unwrap_or_default();
            line(out, "name", MARGIN + 14.0, middle - 3.0, &name);
            let note = text::fit(&lane.note, 12.0, room).unwrap_or_default();
            line(out, "small", MARGIN + 14.0, middle + 14.0, &note);
        }
        out.push_str("</g>\n");
        for bar in &placed.bars {
            self.bar(out, lane.colour, bar);
        }
        for column in &placed.columns {
            self.column(out, lane.colour, column);
        }
        for mark in &placed.marks {
            self.mark(out, lane.colour, mark);
        }
        for label in &placed.labels {
            self.label(out, label);
        }
    }

    pub(super) fn label(&self, out: &mut String, label: &Label) {
        if let Some(from) = label.hangs_from {
            let _ =
                writeln!(out, "<path class=\"thread\" d=\"M{:.1} {from:.1}V{:.1}\"/>", label.x - 4.0, label.y + 5.0);
        }
        line(out, "label", label.x, label.y + LABEL_SIZE * 0.36, &label.text);
    }
}
