//! The static picture.

use core::fmt::Write as _;
use downbeat_core::Position;

use super::escape::Escaped;
use super::layout::{Bar, Column, LABEL_SIZE, Label, Layout, MARK, Mark, Placed, ROW, layout};
use super::{Picture, Remark, colour, crowd, text, words};
use crate::diagnostic::Level;
use crate::rundown::{Cue, Kind, clock, length};

/// The width of the picture: with 1,000 for its height it has the form of a sheet of A4 or A3.
const WIDTH: f64 = 1_414.0;

/// The paper around it.
const MARGIN: f64 = 28.0;

/// Where the axis begins; the lanes' names are left of it.
const LEFT: f64 = 196.0;

/// Where the axis ends; half a tick's label is right of it.
const RIGHT: f64 = WIDTH - MARGIN - 30.0;

/// Where the lanes should end, so that all of it is on one page.
const BOTTOM: f64 = 900.0;

/// By how much bold text is wider.
const BOLD: f64 = 1.15;

/// How many remarks stand under it; the rest is counted.
const REMARKS: usize = 12;

/// Where the picture is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is a file of its own, with its own style.
    Alone,
    /// It stands in a page, which has its style and the remarks.
    InPage,
}

/// The look of the picture, for the picture alone and for the page.
pub(super) fn style() -> String {
    let mut style = include_str!("picture.css").to_owned();
    let mut dark = String::new();
    for (number, (on_light, on_dark)) in colour::PALETTE.iter().enumerate() {
        let _ = write!(style, ".k{number}{{fill:{on_light};stroke:{on_light}}}");
        let _ = write!(dark, ".k{number}{{fill:{on_dark};stroke:{on_dark}}}");
    }
    let _ = write!(style, "@media screen and (prefers-color-scheme:dark){{{dark}}}");
    style
}

/// Draws it.
pub(super) fn draw(picture: &Picture<'_>, place: Place) -> String {
    let levels = picture.levels();
    let remarks = remarks_by_cue(picture);
    let laid = layout(picture.rundown, &levels, LEFT, RIGHT - LEFT, 176.0, BOTTOM);
    let listed = if place == Place::Alone { picture.remarks.len().min(REMARKS + 1) } else { 0 };
    let height = laid.bottom + 84.0 + if listed > 0 { 20.0 + listed as f64 * 20.0 } else { 0.0 };
    let pen = Pen { picture, levels: &levels, remarks: &remarks, laid: &laid };

    let mut out = String::with_capacity(64 * 1_024);
    let heading = words::heading(picture);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
         aria-labelledby=\"picture-title\" preserveAspectRatio=\"xMidYMin meet\" class=\"picture\">"
    );
    let _ = writeln!(out, "<title id=\"picture-title\">{}</title>", Escaped(&heading));
    if place == Place::Alone {
        let _ = writeln!(out, "<style>{}</style>", style());
    }
    let _ = writeln!(out, "<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height:.0}\"/>");
    pen.head(&mut out, &heading);
    pen.crowd(&mut out);
    pen.grid(&mut out);
    for lane in &laid.lanes {
        pen.lane(&mut out, lane);
    }
    pen.end(&mut out);
    pen.legend(&mut out, laid.bottom + 52.0);
    if listed > 0 {
        pen.remarks(&mut out, laid.bottom + 84.0);
    }
    out.push_str("</svg>\n");
    out
}

/// Returns for each cue the remarks about it, the worst first.
fn remarks_by_cue<'a>(picture: &Picture<'a>) -> Vec<Vec<&'a Remark>> {
    let mut by_cue = vec![Vec::new(); picture.rundown.cues().len()];
    for remark in picture.worst_first() {
        for &cue in &remark.cues {
            if let Some(remarks) = by_cue.get_mut(cue) {
                remarks.push(remark);
            }
        }
    }
    by_cue
}

/// What it takes to draw.
struct Pen<'p, 'a> {
    picture: &'p Picture<'a>,
    levels: &'p [Option<Level>],
    remarks: &'p [Vec<&'a Remark>],
    laid: &'p Layout,
}

impl Pen<'_, '_> {
    fn cue(&self, index: usize) -> &Cue {
        &self.picture.rundown.cues()[index]
    }

    /// The name of it all, what it holds, and how it is.
    fn head(&self, out: &mut String, heading: &str) {
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

    /// How many cues begin when.
    fn crowd(&self, out: &mut String) {
        let axis = &self.laid.axis;
        let cues = self.picture.rundown.cues();
        let series = crowd::series(cues, axis);
        let most = series.counts.iter().copied().max().unwrap_or(0).max(1);
        let (foot, full) = (138.0, 30.0);
        line(out, "name", MARGIN, foot - 14.0, "All cues");
        let step = length(downbeat_core::Span::from_millis(series.step_ms));
        let note = format!("per {step}, at most {}", words::count(most, ""));
        line(out, "small", MARGIN, foot + 1.0, &note);
        let busiest = crowd::busiest_minute(cues).filter(|&(_, count)| count > 1);
        let _ = writeln!(out, "<path class=\"rule\" d=\"M{:.1} {foot}H{:.1}\"/>", axis.left, axis.left + axis.width);
        for (nth, &count) in series.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let from_ms = nth as i64 * series.step_ms;
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

    /// The ticks with their times, above and below the lanes.
    fn grid(&self, out: &mut String) {
        let (axis, bottom) = (&self.laid.axis, self.laid.bottom);
        for (x, label) in axis.ticks(92.0) {
            let _ = writeln!(out, "<path class=\"grid\" d=\"M{x:.1} 168V{bottom:.1}\"/>");
            line(out, "tick", x, 160.0, &label);
            line(out, "tick", x, bottom + 18.0, &label);
        }
    }

    fn lane(&self, out: &mut String, placed: &Placed) {
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
        if self.laid.room.dense {
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

    fn bar(&self, out: &mut String, colour: usize, bar: &Bar) {
        let (x, y, half) = (bar.x, bar.y, ROW / 2.0);
        let (left, right, top, bottom) = (x, x + bar.width, y - half, y + half);
        let title = words::title(self.cue(bar.cue), &self.remarks[bar.cue]);
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

    fn mark(&self, out: &mut String, colour: usize, mark: &Mark) {
        let cue = self.cue(mark.cue);
        let title = words::title(cue, &self.remarks[mark.cue]);
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

    fn column(&self, out: &mut String, colour: usize, column: &Column) {
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
                    words::level(level),
                    x - 0.5,
                    column.foot - 4.5,
                    width + 1.0
                );
            }
            None => {}
        }
        out.push_str("</g>\n");
    }

    /// Says how many cues a column stands for, and what they are.
    fn column_title(&self, column: &Column) -> String {
        let cues = &column.cues;
        if let [cue] = cues[..] {
            return words::title(self.cue(cue), &self.remarks[cue]);
        }
        let mut actions: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for &cue in cues {
            *actions.entry(self.cue(cue).action()).or_default() += 1;
        }
        let mut actions: Vec<(&str, usize)> = actions.into_iter().collect();
        actions.sort_by_key(|&(action, count)| (core::cmp::Reverse(count), action));
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

    fn label(&self, out: &mut String, label: &Label) {
        if let Some(from) = label.hangs_from {
            let _ =
                writeln!(out, "<path class=\"thread\" d=\"M{:.1} {from:.1}V{:.1}\"/>", label.x - 4.0, label.y + 5.0);
        }
        line(out, "label", label.x, label.y + LABEL_SIZE * 0.36, &label.text);
    }

    /// The event's end, and the line under the lanes.
    fn end(&self, out: &mut String) {
        let (axis, bottom) = (&self.laid.axis, self.laid.bottom);
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

    /// What the signs mean.
    fn legend(&self, out: &mut String, y: f64) {
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

    /// The first remarks, a line each, and how many more there are.
    fn remarks(&self, out: &mut String, top: f64) {
        let remarks = self.picture.worst_first();
        let mut y = top + 14.0;
        for remark in remarks.iter().take(REMARKS) {
            sign(out, remark.level, MARGIN + MARK, y - 4.0);
            let text = text::fit(&words::remark_text(remark), 12.0, WIDTH - 2.0 * MARGIN - 24.0).unwrap_or_default();
            let _ = write!(out, "<g><title>{}</title>", Escaped(&words::remark_text(remark)));
            line(out, "small ink", MARGIN + 22.0, y, &text);
            out.push_str("</g>\n");
            y += 20.0;
        }
        if remarks.len() > REMARKS {
            let rest = words::count(remarks.len() - REMARKS, "");
            line(out, "small", MARGIN + 22.0, y, &format!("and {rest} more"));
        }
    }
}

/// Writes a line of text whose baseline is at `y`.
fn line(out: &mut String, class: &str, x: f64, y: f64, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", Escaped(text));
    }
}

/// Draws the sign of a warning, a triangle, or of an error, a disc; told apart by their form, not only their colour.
fn sign(out: &mut String, level: Level, x: f64, y: f64) {
    let _ = match level {
        Level::Warning => write!(
            out,
            "<path class=\"warning\" d=\"M{x:.1} {:.1}l8 14h-16z\"/><path class=\"inset\" d=\"M{x:.1} {:.1}v4.6m0 1.6v1.6\"/>",
            y - 8.0,
            y - 3.0
        ),
        Level::Error => write!(
            out,
            "<circle class=\"error\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7.5\"/><path class=\"inset\" d=\"M{:.1} {:.1}l6 6m0 -6l-6 6\"/>",
            x - 3.0,
            y - 3.0
        ),
    };
}
