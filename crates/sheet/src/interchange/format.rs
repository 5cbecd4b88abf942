//! A format of another program: its name, and how to read and write it.

use super::exchange::{Exported, FormatOptions, Imported, Remark};
use super::import::Import;
use super::rows::counted;
use crate::rundown::Rundown;
use crate::source::Crew;

/// The size of a file that is read: at most 32 MiB, three times that of a sheet.
pub const IMPORT_BYTES_MAX: usize = 32 << 20;

/// A file format of other programs.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// The fields of a cue that it cannot hold; empty if it can hold all.
    pub(super) loses: &'static str,
    pub(super) import: Option<Source>,
    pub(super) export: Option<WriteFile>,
}

/// Reads a file into an import.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// From its text.
    Text(fn(&str, &FormatOptions, &mut Import)),
    /// From its bytes.
    #[cfg(feature = "xlsx")]
    Bytes(fn(&[u8], &FormatOptions, &mut Import)),
}

/// Writes a rundown, or returns why that is not possible.
pub(super) type WriteFile = fn(&Rundown, &Crew, &FormatOptions) -> Result<Exported, Remark>;

impl Format {
    /// Returns its name, in lower case.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what it is, in a few words.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// Returns the fields of a cue that it cannot hold, in a few words; empty if it can hold all.
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

    /// Returns whether its files are bytes rather than text; [`Format::import_bytes`] reads them.
    pub fn is_binary(&self) -> bool {
        self.name == "xlsx"
    }

    /// Makes a sheet from a file's text. The sheet compiles without errors.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in the order of its lines.
    pub fn import(&self, text: &str, options: &FormatOptions) -> Result<Imported, Vec<Remark>> {
        self.import_bytes(text.as_bytes(), options)
    }

    /// Makes a sheet from a file's bytes, which are UTF-8 unless the format is binary.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in the order of its lines.
    pub fn import_bytes(&self, bytes: &[u8], options: &FormatOptions) -> Result<Imported, Vec<Remark>> {
        let refused = |problem: String, remedy: &str| Err(vec![Remark::file(problem, remedy)]);
        let Some(read) = self.import else {
            return refused(format!("{} is only written, not read", self.name), "choose another format");
        };
        if bytes.len() > IMPORT_BYTES_MAX {
            let problem = format!("the file has {} bytes, at most {IMPORT_BYTES_MAX} (32 MiB) are read", bytes.len());
            return refused(problem, "split it into several");
        }
        if !options.columns.is_empty() && !matches!(self.name, "csv" | "xlsx") {
            return refused("--map is given, and the format has no columns".to_owned(), "leave it out");
        }
        if options.worksheet.is_some() && !self.is_binary() {
            return refused("--worksheet is given, and the format has no worksheets".to_owned(), "leave it out");
        }
        let mut import = Import::default();
        match read {
            Source::Text(read) => {
                let Ok(text) = core::str::from_utf8(bytes) else {
                    return refused("the file is not UTF-8 text".to_owned(), "save it as UTF-8");
                };
                read(text.strip_prefix('\u{feff}').unwrap_or(text), options, &mut import);
            }
            #[cfg(feature = "xlsx")]
            Source::Bytes(read) => read(bytes, options, &mut import),
        }
        import.into_sheet(options)
    }

    /// Writes a rundown in this format.
    ///
    /// # Errors
    /// Why that is not possible.
    pub fn export(&self, rundown: &Rundown, options: &FormatOptions) -> Result<Exported, Remark> {
        self.export_with(rundown, &Crew::default(), options)
    }

    /// Writes a rundown in this format, with what its sheet says beside it.
    ///
    /// # Errors
    /// Why that is not possible.
    pub fn export_with(&self, rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
        if options.inject.is_some() && self.name != "dash" {
            return Err(Remark::file("--inject is given, and the format has files of its own", "leave it out"));
        }
        match self.export {
            Some(write) => {
                let mut exported = write(rundown, crew, options)?;
                if crew.disabled > 0 {
                    let problem = format!("{} disabled, and left out", counted(crew.disabled, "cue is", "cues are"));
                    exported.remarks.push(Remark::file(problem, "enable what the other program needs"));
                }
                Ok(exported)
            }
            None => Err(Remark::file(format!("{} is only read, not written", self.name), "choose another format")),
        }
    }
}
