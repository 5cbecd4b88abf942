//! What surrounds the lanes: ticks, the event's end, the legend and the remarks below.

use core::fmt::Write as _;
use downbeat_core::Position;

use super::REMARKS_SHOWN;
use super::paper::{MARGIN, WIDTH};
use super::pen::Pen;
use super::shapes::{line, sign};
use crate::diagnostic::Level;
use crate::preview::escape::Escaped;
use crate::preview::layout::{MARK, ROW};
use crate::preview::{text, words};
use crate::rundown::clock;

impl Pen<'_, '_> {
    /// Draws the ticks with their times, above and below the lanes.
    pub(super) fn grid(&self, out: &mut String) {
        let (axis, bottom) = (&self.layout.axis, self.layout.bottom);
        for (x, label) in axis.ticks(92.0) {
            let _ = writeln!(out, "<path class=\"grid\" d=\"M{x:.1} 168V{bottom:.1}\"/>");
            line(out, "tick", x, 160.0, &label);
            line(out, "tick", x, bottom + 18.0, &label);
        }
    }

    /// Draws the event's end, and the line under the lanes.
    pub(super) fn end(&self, out: &mut String) {
        let (axis, bottom) = (&self.layout.axis, self.layout.bottom);
        let _ = writeln!(out, "<path class=\"rule\" d=\"M{MARGIN} {bottom:.1}H{:.1}\"/>", WIDTH - MARGIN);
        if let Some(duration) = self.picture.rundown.duration() {
            let at = Position::START + duration;
            let _ = writeln!(
                out,
                "<path class=\"finish\" d=\"M{:.1} 168V{bottom:.1}\"><title>The event ends at {}</title></path>",
                axis.x(at),
                clock(at)
            );
        }
    }

    /// Draws the legend.
    pub(super) fn legend(&self, out: &mut String, y: f64) {
        let mut x = MARGIN;
        let mut entry = |out: &mut String, room: f64, text: &str, drawn: &str| {
            let _ = writeln!(out, "<g transform=\"translate({x:.1} {y:.1})\">{drawn}</g>");
            line(out, "small", x + room, y + 4.0, text);
            x += room + text::width(text, 12.0) + 18.0;
        };
        let half = ROW / 2.0;
        let bar = format!(
            "<rect class=\"bar k0\" y=\"-{half}\" width=\"40\" height=\"{ROW}\" rx=\"3\"/><rect class=\"k0\" y=\"-{half}\" width=\"3\" height=\"{ROW}\" rx=\"1\"/>"
        );
        entry(out, 48.0, "lasts", &bar);
        let open = format!("<path class=\"bar k0\" d=\"M0 -{half}H32l8 {half}l-8 {half}H0Z\"/>");
        entry(out, 48.0, "never ends", &open);
        let moment =
            format!("<path class=\"k0\" d=\"M{MARK} -{MARK}l{MARK} {MARK}l-{MARK} {MARK}l-{MARK} -{MARK}z\"/>");
        entry(out, 20.0, "moment", &moment);
        let column = "<rect class=\"k0\" y=\"-4\" width=\"5\" height=\"15\"/><rect class=\"k0\" x=\"7\" y=\"-11\" width=\"5\" height=\"22\"/>";
        entry(out, 20.0, "several cues, taller for more", column);
        let mut drawn = String::new();
        sign(&mut drawn, Level::Warning, MARK, 0.0);
        entry(out, 20.0, "warning", &drawn);
        drawn.clear();
        sign(&mut drawn, Level::Error, MARK, 0.0);
        entry(out, 20.0, "error", &drawn);
        let peak = format!("<rect class=\"peak\" y=\"-{half}\" width=\"5\" height=\"{ROW}\"/>");
        entry(out, 13.0, "the busiest minute", &peak);
        if self.picture.rundown.duration().is_some() {
            let finish = format!("<path class=\"finish\" d=\"M2 -{half}V{half}\"/>");
            entry(out, 12.0, "end of the event", &finish);
        }
    }

    /// Draws the first remarks, a line each, and how many more there are.
    pub(super) fn remarks(&self, out: &mut String, top: f64) {
        let remarks = self.picture.worst_first();
        let mut y = top + 14.0;
        for remark in remarks.iter().take(REMARKS_SHOWN) {
            sign(out, remark.level, MARGIN + MARK, y - 4.0);
            let text = text::fit(&words::remark_text(remark), 12.0, WIDTH - 2.0 * MARGIN - 24.0).unwrap_or_default();
            let _ = write!(out, "<g><title>{}</title>", Escaped(&words::remark_text(remark)));
            line(out, "small ink", MARGIN + 22.0, y, &text);
            out.push_str("</g>\n");
            y += 20.0;
        }
        if remarks.len() > REMARKS_SHOWN {
            let rest = words::count(remarks.len() - REMARKS_SHOWN, "");
            line(out, "small", MARGIN + 22.0, y, &format!("and {rest} more"));
        }
    }
}
