//! Writing files so that nobody's work is lost: completely or not at all, and never over an existing file unasked.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Returns the file that `-o` names; `None` for `-`, which is standard output.
pub(crate) fn named(out: Option<&Path>) -> Option<PathBuf> {
    out.filter(|out| *out != Path::new("-")).map(Path::to_owned)
}

/// Writes a file that was made from the files `made_of`, over an existing one unless that is one of them.
///
/// # Errors
/// [`Error::usage`] if it is one of them, otherwise [`Error::file`].
pub(crate) fn write(path: &Path, bytes: &[u8], made_of: &[PathBuf]) -> Result<(), Error> {
    // A file that does not exist yet has no canonical path, and is not one of them.
    if let Ok(there) = path.canonicalize()
        && made_of.iter().any(|source| source.canonicalize().is_ok_and(|source| source == there))
    {
        let message = format!("{} is what this is made of, and would be lost", path.display());
        return Err(Error::usage(message, "give -o another name"));
    }
    std::fs::write(path, bytes).map_err(|error| Error::file(path, error))
}

/// Writes a file that must not exist yet.
///
/// # Errors
/// [`Error::file`], also if it exists.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::file(path, error);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)
}

/// Replaces a file: a concurrent reader gets either the old bytes or the new ones, and the permissions stay. If the path
/// is a symbolic link, the file that it names is replaced.
///
/// # Errors
/// [`Error::file`]; then the file is unchanged.
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

/// Returns a path in the same folder that no other run of this program uses.
fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

fn write_like(file: &Path, beside: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let permissions = std::fs::metadata(file)?.permissions();
    // A folder may be writable although this file is read-only.
    if permissions.readonly() {
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let mut new = File::create(beside)?;
    new.set_permissions(permissions)?;
    new.write_all(bytes)?;
    new.sync_all()
}
