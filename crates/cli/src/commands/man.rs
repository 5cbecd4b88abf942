//! `man`: the manual pages.

use std::fmt;
use std::path::PathBuf;

use clap::CommandFactory;
use serde_json::{Map, Value, json};

use crate::cli::Cli;
use crate::error::Error;
use crate::output::{Content, Report, members};
use crate::text;

/// The manual.
pub(crate) enum Man {
    /// The program's own page.
    Page(String),
    /// A page for each command, in a directory.
    Written { directory: PathBuf, pages: Vec<String> },
}

/// Generates the manual.
pub(crate) fn run(out: Option<PathBuf>) -> Result<Man, Error> {
    let Some(directory) = out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command())
            .render(&mut page)
            .map_err(|error| Error::internal(format!("the manual page cannot be made: {error}")))?;
        return Ok(Man::Page(String::from_utf8_lossy(&page).into_owned()));
    };
    let failed = |error: std::io::Error| Error::file(&directory, error);
    std::fs::create_dir_all(&directory).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &directory).map_err(failed)?;
    let mut pages: Vec<String> = std::fs::read_dir(&directory)
        .map_err(failed)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("downbeat") && name.ends_with(".1"))
        .collect();
    pages.sort();
    Ok(Man::Written { directory, pages })
}

impl Report for Man {
    fn json(&self) -> Map<String, Value> {
        match self {
            Self::Page(page) => members(json!({ "page": page })),
            Self::Written { directory, pages } => members(json!({ "out": directory, "pages": pages })),
        }
    }

    fn content(&self) -> Content {
        match self {
            Self::Page(_) => Content::File,
            Self::Written { .. } => Content::Words,
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(page) => f.write_str(page),
            Self::Written { directory, pages } => {
                writeln!(f, "wrote {} into {}", text::count(pages.len(), "page"), directory.display())
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(_) => self.human(f),
            Self::Written { .. } => Ok(()),
        }
    }
}
