//! Cue sheets as files: reading and compiling them, and showing their diagnostics.

mod excerpt;
mod finding;
mod foreign;
mod github;
mod lines;
mod repository;
mod sarif;
mod sheet;
mod sheet_text;
mod source;
mod summary;

pub(crate) use foreign::{not_imported, remark, remarks};
pub(crate) use github::commands as github;
pub(crate) use sarif::log as sarif;
pub(crate) use sheet::{Sheet, compiled, read, rundown, sketch};
pub(crate) use source::{Foreign, Source, file_name, foreign, included, source};
pub(crate) use summary::{counted, summary};
