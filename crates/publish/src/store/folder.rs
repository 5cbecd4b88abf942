//! A folder as a store. What a bucket does with `If-Match`, a lock does here.

use std::fs::File;
use std::path::Path;

use object_store::local::LocalFileSystem;

use super::StoreError;

/// The file that is locked; it stays, empty, and nobody publishes it: its name begins with a dot.
const LOCK: &str = ".downbeat.lock";

/// Opens a folder; nothing if there is none and it is not to be made.
pub(super) fn open(root: &Path, make: bool) -> object_store::Result<Option<LocalFileSystem>> {
    if make {
        let failed = |error| object_store::Error::Generic { store: "folder", source: Box::new(error) };
        std::fs::create_dir_all(root).map_err(failed)?;
    } else if !root.is_dir() {
        return Ok(None);
    }
    Ok(Some(LocalFileSystem::new_with_prefix(root)?.with_fsync(true)))
}

/// A lock on a folder, among the processes of this machine. The system frees it when its holder dies, however that is.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Waits for the lock on a folder, which is made if it is not there.
///
/// # Errors
/// [`StoreError::Folder`] if the folder cannot be written, or its file system knows no locks.
pub(super) fn lock(root: &Path) -> Result<Lock, StoreError> {
    let failed = |error: std::io::Error| StoreError::Folder { path: root.to_owned(), why: error.to_string() };
    std::fs::create_dir_all(root).map_err(failed)?;
    let file = File::options().create(true).truncate(false).write(true).open(root.join(LOCK)).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(Lock { _file: file })
}
