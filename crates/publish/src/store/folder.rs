//! A folder as a store. What a bucket does with `If-Match`, a lock does here.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this store is a folder of files")]

use std::fs::File;
use std::io;
use std::path::Path;

use object_store::local::LocalFileSystem;

use super::StoreError;

/// The file that is locked. It stays, empty; it is never published, because its name begins with a dot.
const LOCK: &str = ".downbeat.lock";

/// Whether a missing folder is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Create,
    Leave,
}

/// Opens a folder; `None` if it is missing and is left so.
pub(super) fn open(root: &Path, missing: Missing) -> object_store::Result<Option<LocalFileSystem>> {
    match missing {
        Missing::Create => {
            let failed = |error| object_store::Error::Generic { store: "folder", source: Box::new(error) };
            std::fs::create_dir_all(root).map_err(failed)?;
        }
        Missing::Leave if !root.is_dir() => return Ok(None),
        Missing::Leave => {}
    }
    Ok(Some(LocalFileSystem::new_with_prefix(root)?.with_fsync(true)))
}

/// A lock on a folder, among the processes of this machine. The system releases it when its process ends, however that
/// happens.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Waits for the lock on a folder, which is created if it is missing.
///
/// # Errors
/// [`StoreError::Folder`] if the folder cannot be written, or if its file system has no locks.
pub(super) async fn lock(root: &Path) -> Result<Lock, StoreError> {
    let path = root.to_owned();
    let locked = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&path)?;
        let file = File::options().create(true).truncate(false).write(true).open(path.join(LOCK))?;
        file.lock()?;
        Ok::<_, io::Error>(Lock { _file: file })
    });
    let locked = locked.await.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
    locked.map_err(|error| StoreError::Folder { path: root.to_owned(), why: error.to_string() })
}
