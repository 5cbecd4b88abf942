//! Writing files so that nobody's work is lost: whole or not at all, and never over what is there unasked.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Returns the file that `-o` names; `-` is standard output, as if there were none.
pub(crate) fn named(out: Option<&Path>) -> Option<PathBuf> {
    out.filter(|out| *out != Path::new("-")).map(Path::to_owned)
}

/// Writes what was made of the files `made_of`, in place of what is there, unless that is one of them.
///
/// # Errors
/// [`Error::usage`] if it is one of them, otherwise [`Error::file`].
pub(crate) fn write(path: &Path, bytes: &[u8], made_of: &[PathBuf]) -> Result<(), Error> {
    // What is not there yet has no true path, and is none of them.
    if let Ok(there) = path.canonicalize()
        && made_of.iter().any(|source| source.canonicalize().is_ok_and(|source| source == there))
    {
        let message = format!("{} is what this is made of, and would be lost", path.display());
        return Err(Error::usage(message, "give -o another name"));
    }
    std::fs::write(path, bytes).map_err(|error| Error::file(path, error))
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// [`Error::file`], also if it is there.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::file(path, error);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)
}

/// Replaces a file: whoever reads it meanwhile gets the old bytes or the new ones, and it keeps its permissions. Behind
/// a symbolic link the file itself is replaced.
///
/// # Errors
/// [`Error::file`]; then the file is as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::file(path, error);
    let file = path.canonicalize().map_err(failed)?;
    let beside = beside(&file);
    let written = write_like(&file, &beside, bytes).and_then(|()| std::fs::rename(&beside, &file));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}

/// Returns a name in the same folder that no other run has.
fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

fn write_like(file: &Path, beside: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let permissions = std::fs::metadata(file)?.permissions();
    // A folder may let files be made in it though this one is not to be written.
    if permissions.readonly() {
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let mut new = File::create(beside)?;
    new.set_permissions(permissions)?;
    new.write_all(bytes)?;
    new.sync_all()
}
