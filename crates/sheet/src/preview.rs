//! The picture of a rundown: tracks as lanes, cues as marks, states as bars, and the diagnostics of the sheet.
//!
//! [`svg`] returns a static picture for the screen and for paper, [`html`] a page with the same picture, a table of the
//! cues, and controls to zoom and pan. Neither loads anything: no font and no script from elsewhere. The same sheet
//! results in the same bytes on every machine, and its texts are never markup.
//!
//! ```
//! use downbeat_sheet::{Options, Unread, preview};
//! let sheet = r#"[{ "time": 560, "action": "startSong", "duration": "4m" }]"#;
//! let sketch = preview::sketch(sheet, &Options::default(), &|_| Err(Unread::Because("no files here".to_owned())));
//! let remarks = sketch.remarks(|_| None);
//! let picture = preview::Picture { name: "song.json", rundown: sketch.rundown().unwrap(), remarks: &remarks, crew: &[] };
//! assert!(preview::svg(&picture).contains("startSong"));
//! ```

mod axis;
mod colour;
mod crowd;
mod escape;
mod html;
mod lane;
mod layout;
mod sketch;
mod svg;
mod text;
mod words;

use crate::diagnostic::Level;
use crate::rundown::Rundown;
use crate::source::CrewNote;

pub(crate) use escape::Escaped;

pub use sketch::{Sketch, sketch};

/// The marks, bars and columns of a picture: at most 4,000.
///
/// Reason: a browser draws them without a pause, and more would overlap anyway. If there are more cues, those that would
/// overlap become a column with their number.
pub const PIECES_MAX: usize = 4_000;

/// The lanes of a picture: at most 48. Further tracks share the last one.
///
/// Reason: their names are still legible on A3 paper.
pub const LANES_MAX: usize = 48;

/// The diagnostics that a page shows, the worst first: 200, and the number of the others.
pub const REMARKS_MAX: usize = 200;

/// The cues that a page lists without JavaScript: the first 1,000. With JavaScript it shows all.
pub const ROWS_MAX: usize = 1_000;

/// A rundown to draw.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The name of the sheet, such as its file name.
    pub name: &'a str,
    /// The rundown.
    pub rundown: &'a Rundown,
    /// The diagnostics of the sheet, in its order.
    pub remarks: &'a [Annotation],
    /// What the sheet says for the crew about each of the rundown's cues; may be empty.
    pub crew: &'a [CrewNote],
}

/// A diagnostic of a sheet, and the cues it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Whether it is an error or a warning.
    pub level: Level,
    /// The diagnostic's code.
    pub code: &'static str,
    /// Its place for people to read, such as `gala.json:12:5`.
    pub place: Option<String>,
    /// Problem and remedy.
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
    /// The cues it is about, as ascending indices in [`Rundown::cues`]; empty if they could not be understood.
    pub cues: Vec<usize>,
}

/// Returns a static picture as SVG, 1,414 units wide, in landscape format if there are few tracks.
///
/// It is light or dark like the reader's screen, and light on paper. Labels never overlap; if there is no room for one,
/// the title of its mark still has it.
pub fn svg(picture: &Picture<'_>) -> String {
    svg::draw(picture, svg::Embedding::Alone)
}

/// Returns an HTML page: the picture to zoom and pan in, what a viewer who joins sees, the diagnostics, and all cues.
///
/// Without JavaScript it shows the static picture, the diagnostics and the first [`ROWS_MAX`] cues.
pub fn html(picture: &Picture<'_>) -> String {
    html::page(picture)
}

impl<'a> Picture<'a> {
    /// Returns the worst level of the remarks about each cue.
    fn levels(&self) -> Vec<Option<Level>> {
        let mut levels = vec![None; self.rundown.cues().len()];
        for remark in self.remarks {
            for &cue in &remark.cues {
                if let Some(level) = levels.get_mut(cue) {
                    *level = Some(level.map_or(remark.level, |worst: Level| worst.min(remark.level)));
                }
            }
        }
        levels
    }

    /// Returns the remarks, errors first.
    fn worst_first(&self) -> Vec<&'a Annotation> {
        let mut remarks: Vec<&'a Annotation> = self.remarks.iter().collect();
        remarks.sort_by_key(|remark| remark.level);
        remarks
    }

    /// Returns the numbers of errors and warnings.
    fn counts(&self) -> (usize, usize) {
        let errors = self.remarks.iter().filter(|remark| remark.level == Level::Error).count();
        (errors, self.remarks.len() - errors)
    }
}

#[cfg(test)]
mod tests;
