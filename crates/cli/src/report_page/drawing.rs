//! Plots as SVG, drawn by `plotters`.
//!
//! `plotters` writes each colour into the elements. Those written here are numbers of an [`Ink`], which style.css replaces, so
//! that one drawing serves light and dark.

use core::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::Axis;
use super::plot::{Ink, Layer, Plot};

/// How many units of a drawing are a pixel of the page: `plotters` places everything at whole units.
const UNITS: u32 = 4;

/// The size of texts, in pixels.
const TEXT: u32 = 13;

/// `plotters` divides the size of a font by this when it writes SVG.
const FONT_SCALE: f64 = 1.24;

/// The height of a line of text, in pixels.
const LINE: u32 = 18;

/// How wide a character is at most on average, in units of a drawing: 0.6 of its height.
const CHAR: i32 = (TEXT * UNITS * 6 / 10) as i32;

/// How far a point's words are above the axis, as a share of the plot's height: below its curve, each point at another height.
const WORDS: [f64; 3] = [0.40, 0.24, 0.08];

/// For which pages something is drawn, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) class: &'static str,
    width: u32,
    height: u32,
}

/// For screens and paper, and for phones of 360 pixels, on which the text is still [`TEXT`] high.
pub(super) const SIZES: [Size; 2] =
    [Size { class: "wide", width: 640, height: 280 }, Size { class: "narrow", width: 328, height: 270 }];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;
type Failed<'a> = DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>;

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (f64::from(to - from) * self.share(*value)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.marks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.written(*value)
    }
}

/// Draws a plot.
pub(super) fn svg(plot: &Plot, size: Size) -> String {
    let mut svg = String::new();
    draw(plot, size, &mut svg).expect("text in memory takes every drawing");
    svg
}

fn draw<'a>(plot: &Plot, size: Size, svg: &'a mut String) -> Result<(), Failed<'a>> {
    let (width, height) = (size.width * UNITS, size.height * UNITS);
    let root = SVGBackend::with_string(svg, (width, height)).into_drawing_area();
    root.draw(&Text::new(plot.y.title.clone(), (0, 0), words(HPos::Left, VPos::Top)))?;
    let mut chart = ChartBuilder::on(&root)
        .margin_top((LINE + 8) * UNITS)
        .margin_right(14 * UNITS)
        .x_label_area_size((2 * LINE + 6) * UNITS)
        .y_label_area_size(50 * UNITS)
        .build_cartesian_2d(plot.x.clone(), plot.y.clone())?;
    chart
        .configure_mesh()
        .bold_line_style(stroke(Ink::Grid, 1))
        .light_line_style(TRANSPARENT)
        .axis_style(stroke(Ink::Axis, 1))
        .label_style(words(HPos::Left, VPos::Center))
        .x_desc(plot.x.title.clone())
        .x_labels(plot.x.marks.len().max(1))
        .y_labels(plot.y.marks.len().max(1))
        .set_all_tick_mark_size(4 * UNITS)
        .draw()?;
    plot.layers.iter().try_for_each(|layer| draw_layer(&mut chart, plot, layer))?;
    label(&root, &chart, plot, size)?;
    root.present()
}

fn draw_layer<'b>(chart: &mut Chart<'_, 'b>, plot: &Plot, layer: &Layer) -> Result<(), Failed<'b>> {
    let Plot { x: xs, y: ys, .. } = plot;
    match layer {
        Layer::Area { ink, curves } => {
            let upper = curves.iter().map(|(x, _, high)| (*x, *high));
            let lower = curves.iter().rev().map(|(x, low, _)| (*x, *low));
            let outline: Vec<_> = upper.chain(lower).collect();
            chart.draw_series([Polygon::new(outline, colour(*ink).filled())])?;
        }
        Layer::Line { ink, points } => {
            chart.draw_series([PathElement::new(points.clone(), stroke(*ink, 2))])?;
        }
        Layer::Columns { ink, columns } => {
            let columns = columns.iter().filter(|(_, _, height)| *height > 0.0);
            let column = |(from, to, height): &(f64, f64, f64)| {
                Rectangle::new([(*from, ys.from), (*to, *height)], colour(*ink).filled())
            };
            chart.draw_series(columns.map(column))?;
        }
        Layer::Point { x, y, .. } => {
            chart.draw_series([PathElement::new([(*x, ys.from), (*x, *y)], stroke(Ink::Mark, 1))])?;
            chart.draw_series([Circle::new((*x, *y), 4 * UNITS, colour(Ink::Mark).filled())])?;
        }
        Layer::Moment { x, .. } => {
            chart.draw_series([PathElement::new([(*x, ys.from), (*x, ys.to)], stroke(Ink::Mark, 1))])?;
        }
        Layer::Level { y, .. } => {
            chart.draw_series([PathElement::new([(xs.from, *y), (xs.to, *y)], stroke(Ink::Mark, 1))])?;
        }
    }
    Ok(())
}

/// Writes the words of points, moments and levels so that they neither leave the plot nor cover each other.
fn label<'b>(root: &Area<'b>, chart: &Chart<'_, 'b>, plot: &Plot, size: Size) -> Result<(), Failed<'b>> {
    let Plot { x: xs, y: ys, .. } = plot;
    let (bottom, top) = (chart.backend_coord(&(xs.from, ys.from)).1, chart.backend_coord(&(xs.from, ys.to)).1);
    let gap = (5 * UNITS) as i32;
    let (mut points, mut moments) = (0, 0);
    for layer in &plot.layers {
        let (x, y, text) = match layer {
            Layer::Point { x, words, .. } => {
                points += 1;
                let height = f64::from(bottom - top) * WORDS[(points - 1) % WORDS.len()];
                (*x, bottom - height as i32, words)
            }
            Layer::Moment { x, words } => {
                moments += 1;
                (*x, top + (LINE * UNITS) as i32 * moments - (LINE * UNITS / 2) as i32, words)
            }
            Layer::Level { y, words: text } => {
                let (right, y) = chart.backend_coord(&(xs.to, *y));
                root.draw(&Text::new(text.clone(), (right, y), words(HPos::Right, VPos::Bottom)))?;
                continue;
            }
            Layer::Area { .. } | Layer::Line { .. } | Layer::Columns { .. } => continue,
        };
        let at = chart.backend_coord(&(x, ys.from)).0;
        let fits = at + gap + text.chars().count() as i32 * CHAR <= (size.width * UNITS) as i32;
        let (at, side) = if fits { (at + gap, HPos::Left) } else { (at - gap, HPos::Right) };
        root.draw(&Text::new(text.clone(), (at, y), words(side, VPos::Center)))?;
    }
    Ok(())
}

const fn colour(ink: Ink) -> RGBColor {
    RGBColor(0, 0, ink.number())
}

/// Returns a line that is so many pixels wide.
fn stroke(ink: Ink, width: u32) -> ShapeStyle {
    colour(ink).stroke_width(width * UNITS)
}

fn words(horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    let size = f64::from(TEXT * UNITS) * FONT_SCALE;
    let style = TextStyle::from(("sans-serif", size).into_font());
    TextStyle { color: colour(Ink::Text).to_backend_color(), pos: Pos::new(horizontal, vertical), ..style }
}
