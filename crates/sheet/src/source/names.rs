//! The names that a sheet declares, without reading its cues.

use super::header::Header;
use super::include::{Loader, Texts, Trees};
use super::schema::{DeclaredParams, ParamsSchema};
use super::syntax;
use crate::diagnostic::{Diagnostic, Report};
use crate::options::ReadIncluded;

/// The names that a sheet declares; each list is empty if any name will do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Its actions, each with its params if it declares them.
    pub(crate) actions: Vec<(String, Option<DeclaredParams>)>,
    pub(crate) tracks: Vec<String>,
    pub(crate) locales: Vec<String>,
}

/// Reads what a sheet and the files it includes declare.
///
/// # Errors
/// The diagnostics, if the declarations cannot be read.
pub(crate) fn names(source: &str, read: &ReadIncluded<'_>) -> Result<Names, Vec<Diagnostic>> {
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut report = Report::default();
    let file = report.add_file(None, source.len() - text.len());
    let (texts, trees) = (Texts::new(), Trees::new());
    let mut loader = Loader::new(&texts, &trees, read);
    if let Some(tree) = syntax::parse(text, file, &mut report) {
        loader.load_sheet(tree, text.len(), file, &mut report);
    }
    if report.has_errors() {
        return Err(report.into_diagnostics());
    }
    let Header { declarations, locales, .. } = loader.header;
    let actions = declarations.actions.unwrap_or_default().into_iter();
    Ok(Names {
        actions: actions.map(|(name, action)| (name, action.params.map(ParamsSchema::into_declared))).collect(),
        tracks: declarations.tracks.unwrap_or_default().into_keys().collect(),
        locales: locales.iter().flatten().map(|locale| locale.as_str().to_owned()).collect(),
    })
}
