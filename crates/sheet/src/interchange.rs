//! Cues from and to other programs: spreadsheets, editors of sound and film, web players.
//!
//! A format is one module with one [`Format`], and one entry in [`FORMATS`]. What it reads becomes a sheet that the
//! compiler checks; diagnostics about a cue are reported at the line that the cue came from, so a format only has to know
//! its own syntax.
//!
//! ```
//! use downbeat_sheet::interchange::{Format, FormatOptions};
//! let labels = Format::named("audacity").unwrap();
//! let options = FormatOptions::default();
//! let imported = labels.import("560.0\t800.0\tstartSong [music]\n", &options).unwrap();
//! assert!(imported.sheet.contains(r#""time": "00:09:20", "action": "startSong", "track": "music", "duration": "4m""#));
//! let exported = labels.export(&imported.rundown, &options).unwrap();
//! assert_eq!(exported.text, "560.000000\t800.000000\tstartSong [music] #startSong\n");
//! ```

mod audacity;
mod audition;
mod csv;
mod cue_label;
mod dash;
mod day_clock;
mod edl;
mod exchange;
mod format;
mod header;
mod ids;
mod import;
mod json;
mod row;
mod rows;
mod srt;
mod table;
mod timecode;
mod understood;
mod vtt;
#[cfg(feature = "xlsx")]
mod xlsx;

pub(crate) use self::csv::guarded;
pub use exchange::{ClockChange, Exported, FormatOptions, Imported, Remark};
pub use format::{Format, IMPORT_BYTES_MAX};
pub(crate) use row::length;
pub use understood::{SkipReason, SkippedRow, Understood, UnderstoodColumn};

/// The supported formats, sorted by name.
pub const FORMATS: &[Format] = &[
    audacity::FORMAT,
    audition::FORMAT,
    csv::FORMAT,
    dash::FORMAT,
    edl::FORMAT,
    json::FORMAT,
    srt::FORMAT,
    vtt::FORMAT,
    #[cfg(feature = "xlsx")]
    xlsx::FORMAT,
];

impl Format {
    /// Returns the format with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name() == name)
    }
}

#[cfg(test)]
mod tests;
