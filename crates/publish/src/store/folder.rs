//! A folder as a store. What a bucket does with `If-Match`, a lock does here.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this store is a folder of files")]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use downbeat_core::ServerTime;
use object_store::local::LocalFileSystem;

use super::error::StoreError;
use super::listed::Listed;

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

/// Lists the staging files of a folder: what a file is written to before it gets its name. A publisher that was killed leaves
/// one. `object_store` names them like `<name>#1`, and lists none.
///
/// # Errors
/// [`StoreError::Folder`] if the folder cannot be read.
pub(super) fn staging_files(root: &Path) -> Result<Vec<Listed>, StoreError> {
    let failed = |error: io::Error| StoreError::Folder { path: root.to_owned(), why: error.to_string() };
    let mut files = Vec::new();
    // What else is in the folder is somebody else's.
    let mut folders: Vec<String> = ["rundowns", "condemned"].map(str::to_owned).into();
    for event in names(&root.join("events")).map_err(failed)? {
        folders.extend([format!("events/{event}"), format!("events/{event}/history")]);
    }
    for folder in folders {
        for name in names(&root.join(&folder)).map_err(failed)?.into_iter().filter(|name| is_staging(name)) {
            let key = format!("{folder}/{name}");
            // A publisher that is running may have named it meanwhile.
            let Ok(found) = std::fs::symlink_metadata(path(root, &key)) else { continue };
            let modified = found.modified().map_err(failed)?;
            let ms = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
            let modified = i64::try_from(ms).ok().and_then(ServerTime::try_from_millis);
            let Some(modified) = modified.filter(|_| found.is_file()) else { continue };
            files.push(Listed { key, bytes: found.len(), modified });
        }
    }
    Ok(files)
}

/// Deletes a staging file. That it does not exist is not an error.
pub(super) fn delete_staging_file(root: &Path, key: &str) -> Result<(), StoreError> {
    match std::fs::remove_file(path(root, key)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::Folder { path: root.to_owned(), why: error.to_string() })
        }
        _ => Ok(()),
    }
}

/// Returns whether a staging file has this name: `<name>.json#<number>`.
fn is_staging(name: &str) -> bool {
    name.rsplit_once(".json#")
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn path(root: &Path, key: &str) -> PathBuf {
    root.join(key.split('/').collect::<PathBuf>())
}

/// Returns the names of what is in a folder; none if it does not exist.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            entries.filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose()).collect()
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staging_files_are_known_by_their_names() {
        for name in ["current.json#1", "0000000001.json#12", "a#b.json#3"] {
            assert!(is_staging(name), "{name}");
        }
        for name in ["current.json", "current.json#", "current.json#a", "notes#1", "#1"] {
            assert!(!is_staging(name), "{name}");
        }
    }
}
