//! Cues on their lanes: bars, marks, and columns of several.

use core::cmp::Reverse;
use core::fmt::Write as _;
use std::collections::BTreeMap;

use super::pen::Pen;
use super::shapes::sign;
use crate::preview::escape::Escaped;
use crate::preview::layout::{Bar, Column, MARK, Mark, ROW};
use crate::preview::{text, words};
use crate::rundown::{Kind, clock};

impl Pen<'_, '_> {
    /// Draws a cue that lasts.
    pub(super) fn bar(&self, out: &mut String, colour: usize, bar: &Bar) {
        let (x, y, half) = (bar.x, bar.y, ROW / 2.0);
        let (left, right, top, bottom) = (x, x + bar.width, y - half, y + half);
        let title = self.title(bar.cue);
        let _ = write!(out, "<g><title>{}</title>", Escaped(&title));
        let _ = if bar.open && bar.width > 16.0 {
            // It goes on: an arrow.
            let neck = right - 8.0;
            write!(
                out,
                "<path class=\"bar k{colour}\" d=\"M{left:.1} {top:.1}H{neck:.1}L{right:.1} {y:.1}L{neck:.1} {bottom:.1}H{left:.1}Z\"/>"
            )
        } else {
            let rx = (bar.width / 2.0).min(3.0);
            write!(
                out,
                "<rect class=\"bar k{colour}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{ROW}\" rx=\"{rx:.1}\"/>",
                bar.width
            )
        };
        let _ = write!(
            out,
            "<rect class=\"k{colour}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{ROW}\" rx=\"1\"/>",
            bar.width.min(3.0)
        );
        if let Some(level) = self.levels[bar.cue] {
            let inside = bar.width >= 2.0 * MARK + 6.0;
            sign(out, level, if inside { left + 6.0 + MARK } else { left + bar.width / 2.0 }, y);
        }
        out.push_str("</g>\n");
    }

    /// Draws a cue that is over at once, or too short for a bar.
    pub(super) fn mark(&self, out: &mut String, colour: usize, mark: &Mark) {
        let cue = self.cue(mark.cue);
        let title = self.title(mark.cue);
        let _ = write!(out, "<g><title>{}</title>", Escaped(&title));
        let (x, y) = (mark.x, mark.y);
        match self.levels[mark.cue] {
            Some(level) => sign(out, level, x, y),
            None if cue.kind() == Kind::State => {
                let _ = write!(
                    out,
                    "<rect class=\"k{colour}\" x=\"{:.1}\" y=\"{:.1}\" width=\"3\" height=\"{ROW}\" rx=\"1\"/>",
                    x - 1.5,
                    y - ROW / 2.0
                );
            }
            None => {
                let _ = write!(
                    out,
                    "<path class=\"k{colour}\" d=\"M{x:.1} {:.1}l{MARK} {MARK}l-{MARK} {MARK}l-{MARK} -{MARK}z\"/>",
                    y - MARK
                );
            }
        }
        out.push_str("</g>\n");
    }

    /// Draws several cues whose marks would overlap.
    pub(super) fn column(&self, out: &mut String, colour: usize, column: &Column) {
        let (x, width, top) = (column.x, column.width, column.foot - column.height);
        let _ = write!(
            out,
            "<g><title>{}</title><rect class=\"k{colour}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>",
            Escaped(&self.column_title(column)),
            column.height
        );
        match column.level {
            Some(level) if column.signed => sign(out, level, x + width / 2.0, column.foot - 8.0),
            Some(level) => {
                let _ = write!(
                    out,
                    "<rect class=\"{}-cap\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"5\"/>",
                    level,
                    x - 0.5,
                    column.foot - 4.5,
                    width + 1.0
                );
            }
            None => {}
        }
        out.push_str("</g>\n");
    }

    /// Returns the title of a cue's mark.
    fn title(&self, cue: usize) -> String {
        words::title(self.cue(cue), self.picture.crew.get(cue), &self.remarks[cue])
    }

    /// Returns the title of a column: how many cues it has, and which.
    fn column_title(&self, column: &Column) -> String {
        let cues = &column.cues;
        if let [cue] = cues[..] {
            return self.title(cue);
        }
        let mut actions: BTreeMap<&str, usize> = BTreeMap::new();
        for &cue in cues {
            *actions.entry(self.cue(cue).action()).or_default() += 1;
        }
        let mut actions: Vec<(&str, usize)> = actions.into_iter().collect();
        actions.sort_by_key(|&(action, count)| (Reverse(count), action));
        let (first, last) = (self.cue(cues[0]).time(), self.cue(cues[cues.len() - 1]).time());
        let mut title = format!("{}, {} – {}", words::count(cues.len(), "cue"), clock(first), clock(last));
        for (action, count) in actions.iter().take(4) {
            let _ = write!(title, "\n{} ×{}", text::cut(action, 40), words::count(*count, ""));
        }
        if actions.len() > 4 {
            let _ = write!(title, "\nand {}", words::count(actions.len() - 4, "more action"));
        }
        let said = cues.iter().filter(|&&cue| self.levels[cue].is_some()).count();
        if said > 0 {
            let _ = write!(title, "\n{} with a warning or an error", words::count(said, ""));
        }
        title
    }
}
