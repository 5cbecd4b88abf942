//! Reads the texts of sheets and of the files they include.

use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use downbeat_sheet::Unread;

use crate::error::Error;

/// The text of a file, before it is parsed.
pub(crate) struct Source {
    /// Its path, or `stdin`.
    pub(crate) name: String,
    pub(crate) is_file: bool,
    pub(crate) text: String,
}

/// Reads a text; `-` is standard input.
pub(crate) fn source(path: &Path) -> Result<Source, Error> {
    let failed = |why: String| Error::file(path, why);
    let is_file = path != Path::new("-");
    let (name, bytes) = if is_file {
        (path.display().to_string(), std::fs::read(path).map_err(|error| failed(error.to_string()))?)
    } else {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
        ("stdin".to_owned(), bytes)
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::invalid(format!("{name} is not UTF-8 text: byte {at} is not part of a character"), "save it as UTF-8")
    })?;
    Ok(Source { name, is_file, text })
}

/// Returns a reader of included files, which are in the folder of the sheet named `name` or below it.
///
/// Links are followed only within that folder: a sheet from somebody else must not show files elsewhere.
pub(crate) fn included(name: &str, is_file: bool) -> impl Fn(&str) -> Result<String, Unread> + use<> {
    let folder = folder(name);
    move |path| {
        if !is_file {
            let why = "standard input is not in a folder, so check the sheet as a file";
            return Err(Unread::Because(why.to_owned()));
        }
        // The folder of a bare name is the working directory, whose relative path is empty, which is not a valid path.
        let within = Path::new(".").join(&folder).canonicalize().map_err(unread)?;
        let file = folder.join(path).canonicalize().map_err(unread)?;
        if !file.starts_with(within) {
            return Err(Unread::Outside);
        }
        if !file.is_file() {
            return Err(Unread::Because("it is not a file".to_owned()));
        }
        std::fs::read_to_string(file).map_err(unread)
    }
}

fn unread(error: std::io::Error) -> Unread {
    Unread::Because(match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "no permission".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    })
}

/// Returns the folder of a file.
pub(super) fn folder(name: &str) -> PathBuf {
    Path::new(name).parent().map(Path::to_owned).unwrap_or_default()
}

/// Returns the last part of a path.
pub(crate) fn file_name(name: &str) -> String {
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |last| last.to_string_lossy().into_owned())
}
