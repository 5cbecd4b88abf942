//! The picture of a rundown: tracks as lanes, cues as marks, states as bars, and what was said about the sheet.
//!
//! [`svg`] gives one static picture for the screen and for paper, [`html`] one page that holds the same picture, a
//! table of the cues and what it takes to look closer. Neither asks anybody for anything: no server, no font, no
//! script from elsewhere. The same sheet gives the same bytes on every machine, and whatever it says stays text.
//!
//! ```
//! use downbeat_sheet::{Options, Unread, preview};
//! let sheet = r#"[{ "time": 560, "action": "startSong", "duration": "4m" }]"#;
//! let sketch = preview::sketch(sheet, &Options::default(), &|_| Err(Unread::Because("no files here".to_owned())));
//! let remarks = sketch.remarks(|_| None);
//! let picture = preview::Picture { name: "song.json", rundown: sketch.rundown().unwrap(), remarks: &remarks };
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

pub use sketch::{Sketch, sketch};

/// How many marks, bars and columns of a picture there are at most: 4,000.
///
/// Reason: a browser draws them without a pause, and more would lie on one another anyway. Where there are more cues,
/// those that would overlap become a column that says how many they are.
pub const PIECES_MAX: usize = 4_000;

/// How many lanes are drawn: 48. Further tracks share the last one.
///
/// Reason: on a sheet of A3 their names can still be read.
pub const LANES_MAX: usize = 48;

/// How many diagnostics a page shows, the worst first: 200. It says how many more there are.
pub const REMARKS_MAX: usize = 200;

/// How many cues a page lists for readers without JavaScript: 1,000, the earliest. With it all can be seen.
pub const ROWS_MAX: usize = 1_000;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// What the sheet is called, such as its file name.
    pub name: &'a str,
    /// What happens when.
    pub rundown: &'a Rundown,
    /// What was said about the sheet, in its order.
    pub remarks: &'a [Remark],
}

/// Something said about a sheet, and the cues it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How bad it is.
    pub level: Level,
    /// The diagnostic's code.
    pub code: &'static str,
    /// Where in the sheet, as people are to read it, such as `gala.json:12:5`.
    pub place: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
    /// The cues it is about, as indices in [`Rundown::cues`], rising; none where they could not be understood.
    pub cues: Vec<usize>,
}

/// Returns one static picture, 1,414 units wide, at least as broad as high where there are few tracks.
///
/// It is light or dark as the reader's screen is, and light on paper. Labels never overlap; where there is no room for
/// one, the mark's title still says what it is.
pub fn svg(picture: &Picture<'_>) -> String {
    svg::draw(picture, svg::Place::Alone)
}

/// Returns one page: the picture to zoom and pan in, what somebody who joins sees, the diagnostics, and all cues.
///
/// Without JavaScript it shows the static picture, the diagnostics and the first [`ROWS_MAX`] cues.
pub fn html(picture: &Picture<'_>) -> String {
    html::page(picture)
}

impl<'a> Picture<'a> {
    /// Returns for each cue the worst that was said about it.
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

    /// Returns the remarks, errors first, otherwise in their order.
    fn worst_first(&self) -> Vec<&'a Remark> {
        let mut remarks: Vec<&'a Remark> = self.remarks.iter().collect();
        remarks.sort_by_key(|remark| remark.level);
        remarks
    }

    /// Returns how many of the remarks are errors and how many warnings.
    fn counts(&self) -> (usize, usize) {
        let errors = self.remarks.iter().filter(|remark| remark.level == Level::Error).count();
        (errors, self.remarks.len() - errors)
    }
}

#[cfg(test)]
mod tests;
