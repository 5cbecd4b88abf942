//! The top of the picture: title, facts and the series of all cues.

use core::fmt::Write as _;
use downbeat_core::{Position, Span};

use super::paper::{BOLD, MARGIN, WIDTH};
use super::pen::Pen;
use super::shapes::{line, sign};
use crate::diagnostic::Level;
use crate::preview::{crowd, text, words};
use crate::rundown::{clock, length};

impl Pen<'_, '_> {
    /// Draws the title, the facts, and whether there are errors.
    pub(super) fn head(&self, out: &mut String, heading: &str) {
        let verdict = words::verdict(self.picture);
        let (errors, warnings) = self.picture.counts();
        let busiest = crowd::busiest_minute(self.picture.rundown.cues());
        let facts = words::facts(self.picture, busiest).join("  ·  ");
        let right = WIDTH - MARGIN;
        let verdict_width = text::width(&verdict, 14.0 * BOLD) + 24.0;
        let heading = text::fit(heading, 26.0 * BOLD, right - MARGIN - verdict_width - 20.0).unwrap_or_default();
        line(out, "h1", MARGIN, 46.0, &heading);
        let facts = text::fit(&facts, 14.0, right - MARGIN).unwrap_or_default();
        line(out, "soft", MARGIN, 72.0, &facts);
        let identity = words::identity(self.picture);
        let identity = text::fit(&identity, 12.0, right - MARGIN).unwrap_or_default();
        line(out, "small", MARGIN, 93.0, &identity);
        let class = if errors + warnings == 0 { "soft end" } else { "strong end" };
        line(out, class, right, 46.0, &verdict);
        if errors + warnings > 0 {
            let level = if errors > 0 { Level::Error } else { Level::Warning };
            sign(out, level, right - verdict_width + 8.0, 41.0);
        }
    }

    /// Draws how many cues begin when.
    pub(super) fn crowd(&self, out: &mut String) {
        let axis = &self.layout.axis;
        let cues = self.picture.rundown.cues();
        let series = crowd::series(cues, axis);
        let most = series.counts.iter().copied().max().unwrap_or(0).max(1);
        let (foot, full) = (138.0, 30.0);
        line(out, "name", MARGIN, foot - 14.0, "All cues");
        let step = length(Span::from_millis(series.step_ms));
        let note = format!("per {step}, at most {}", words::count(most, ""));
        line(out, "small", MARGIN, foot + 1.0, &note);
        let busiest = crowd::busiest_minute(cues).filter(|&(_, count)| count > 1);
        let _ = writeln!(out, "<path class=\"rule\" d=\"M{:.1} {foot}H{:.1}\"/>", axis.left, axis.left + axis.width);
        for (nth, &count) in series.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let from_ms = series.from_ms + nth as i64 * series.step_ms;
            let (from, to) = (Position::from_millis(from_ms), Position::from_millis(from_ms + series.step_ms));
            let (x, right) = (axis.x(from), axis.x(to).max(axis.x(from) + 2.0));
            // However few, they can be seen.
            let height = (full * count as f64 / most as f64).max(1.5);
            let at_peak =
                busiest.is_some_and(|(peak, _)| peak < to && from.as_millis() < peak.as_millis() + 60_000 && count > 0);
            let class = if at_peak { "peak" } else { "crowd" };
            let _ = writeln!(
                out,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{}: {}</title></rect>",
                foot - height,
                right - x - 0.5,
                clock(from),
                words::count(count, "cue"),
            );
        }
    }
}
