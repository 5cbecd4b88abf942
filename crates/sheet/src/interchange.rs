//! Cues from and to other programs: spreadsheets, editors of sound and film, web players.
//!
//! A format is one file, which gives one [`Format`], and one line in [`FORMATS`]. What it reads becomes a sheet, and
//! the compiler judges that sheet: whatever it says about a cue is told about the line that the cue came from, so a
//! format only has to know its own syntax.
//!
//! ```
//! use downbeat_sheet::interchange::{Format, Terms};
//! let labels = Format::named("audacity").unwrap();
//! let imported = labels.import("560.0\t800.0\tstartSong [music]\n", &Terms::default()).unwrap();
//! assert!(imported.sheet.contains(r#""time": "00:09:20", "action": "startSong", "track": "music", "duration": "4m""#));
//! let exported = labels.export(&imported.rundown, &Terms::default()).unwrap();
//! assert_eq!(exported.text, "560.000000\t800.000000\tstartSong [music] #startSong\n");
//! ```

mod audacity;
mod csv;
mod edl;
mod intake;
mod json;
mod label;
mod row;
mod vtt;

use crate::rundown::Rundown;
use crate::source::FrameRate;
use intake::Intake;

/// The formats there are, sorted by name.
pub const FORMATS: &[Format] = &[audacity::FORMAT, csv::FORMAT, edl::FORMAT, json::FORMAT, vtt::FORMAT];

/// The most bytes that are read: 32 MiB, three times what a sheet may have.
pub const IMPORT_BYTES_MAX: usize = 32 << 20;

/// A way in which other programs write cues down.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    name: &'static str,
    about: &'static str,
    /// What of a cue does not come back from it; nothing where all does.
    loses: &'static str,
    import: Option<Import>,
    export: Option<Export>,
}

/// Reads a text, and says what it finds to the intake.
type Import = fn(&str, &Terms, &mut Intake);

/// Writes a rundown down, or says why it cannot.
type Export = fn(&Rundown, &Terms) -> Result<Exported, Remark>;

/// What a file leaves open, for whoever knows it to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How many frames make a second, where times are counted in frames.
    pub frame_rate: Option<FrameRate>,
    /// The timecode at which the event begins; otherwise zero.
    pub start: Option<String>,
    /// The action of what names none.
    pub action: Option<String>,
    /// The id of the sheet, and its title where the file has none.
    pub name: Option<String>,
}

/// A sheet made of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The sheet's text, laid out.
    pub sheet: String,
    /// What it compiles to.
    pub rundown: Rundown,
    /// What its author should look at, in the order of the lines.
    pub remarks: Vec<Remark>,
}

/// A file made of a rundown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file's text.
    pub text: String,
    /// What the file does not say, though the rundown does.
    pub remarks: Vec<Remark>,
}

/// Something said about a file: why it is refused, or what to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The line it is about, from 1; nothing for the file as a whole.
    pub line: Option<usize>,
    /// What is to be said, with the remedy.
    pub message: String,
}

impl Format {
    /// Returns the format with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// Returns its name, in small letters.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what it is, in a few words.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// Returns what of a cue does not come back from it, in a few words; empty where all does.
    pub fn loses(&self) -> &'static str {
        self.loses
    }

    /// Returns whether it can be read.
    pub fn imports(&self) -> bool {
        self.import.is_some()
    }

    /// Returns whether it can be written.
    pub fn exports(&self) -> bool {
        self.export.is_some()
    }

    /// Makes a sheet of a file's text. The sheet compiles without errors.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in the order of its lines.
    pub fn import(&self, text: &str, terms: &Terms) -> Result<Imported, Vec<Remark>> {
        let Some(import) = self.import else {
            return Err(vec![Remark::file(format!("{} is only written, not read; choose another format", self.name))]);
        };
        if text.len() > IMPORT_BYTES_MAX {
            let message = format!(
                "the file has {} bytes, at most {IMPORT_BYTES_MAX} (32 MiB) are read; split it into several",
                text.len()
            );
            return Err(vec![Remark::file(message)]);
        }
        let mut intake = Intake::default();
        import(text.strip_prefix('\u{feff}').unwrap_or(text), terms, &mut intake);
        intake.into_sheet(terms)
    }

    /// Writes a rundown down in this format.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn export(&self, rundown: &Rundown, terms: &Terms) -> Result<Exported, Remark> {
        match self.export {
            Some(export) => export(rundown, terms),
            None => Err(Remark::file(format!("{} is only read, not written; choose another format", self.name))),
        }
    }
}

impl Remark {
    fn file(message: String) -> Self {
        Self { line: None, message }
    }
}

/// Returns milliseconds of a decimal number of seconds such as `563.5`, rounded to the nearest; a comma will do.
fn seconds_ms(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // Nine digits are thirty years.
    if !matches!(whole.len(), 1..=9) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let up = fraction.as_bytes().get(3).is_some_and(|&digit| digit >= b'5');
    let ms = whole.parse::<i64>().ok()? * 1_000 + thousandths.parse::<i64>().ok()?;
    Some(ms + i64::from(up))
}

#[cfg(test)]
mod tests;
