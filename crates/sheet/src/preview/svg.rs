//! The static picture.

mod cues;
mod frame;
mod head;
mod lane;
mod paper;
mod pen;
mod shapes;

use core::fmt::Write as _;

use super::escape::Escaped;
use super::layout::layout;
use super::{Picture, colour, words};
use paper::{BOTTOM, LEFT, RIGHT, WIDTH};
use pen::{Pen, remarks_by_cue};

/// The remarks that are below a picture: 12, and the number of the others.
const REMARKS_SHOWN: usize = 12;

/// Where the picture is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Embedding {
    /// In a file of its own, with its own style.
    Alone,
    /// In a page, which has its style and the remarks.
    InPage,
}

/// Returns the style of the picture, for the picture alone and for the page.
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

/// Draws the picture.
pub(super) fn draw(picture: &Picture<'_>, embedding: Embedding) -> String {
    let levels = picture.levels();
    let remarks = remarks_by_cue(picture);
    let layout = layout(picture.rundown, &levels, LEFT..RIGHT, 176.0..BOTTOM);
    let listed = match embedding {
        Embedding::Alone => picture.remarks.len().min(REMARKS_SHOWN + 1),
        Embedding::InPage => 0,
    };
    let bottom = layout.bottom;
    let height = bottom + 84.0 + if listed > 0 { 20.0 + listed as f64 * 20.0 } else { 0.0 };
    let pen = Pen { picture, levels: &levels, remarks: &remarks, layout: &layout };

    let mut out = String::with_capacity(64 * 1_024);
    let heading = words::heading(picture);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
         aria-labelledby=\"picture-title\" preserveAspectRatio=\"xMidYMin meet\" class=\"picture\">"
    );
    let _ = writeln!(out, "<title id=\"picture-title\">{}</title>", Escaped(&heading));
    if embedding == Embedding::Alone {
        let _ = writeln!(out, "<style>{}</style>", style());
    }
    let _ = writeln!(out, "<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height:.0}\"/>");
    pen.head(&mut out, &heading);
    pen.crowd(&mut out);
    pen.grid(&mut out);
    for lane in &layout.lanes {
        pen.lane(&mut out, lane);
    }
    pen.end(&mut out);
    pen.legend(&mut out, bottom + 52.0);
    if listed > 0 {
        pen.remarks(&mut out, bottom + 84.0);
    }
    out.push_str("</svg>\n");
    out
}
