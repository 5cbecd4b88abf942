//! What this machine keeps between two commands: small JSON files in the user's folder for a program's state.

use std::path::{Path, PathBuf};

use downbeat_api::ServerUrl;
use downbeat_sheet::digest_of;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::profile;

/// Returns the folder (XDG Base Directory Specification); `None` without a home folder.
pub(crate) fn folder() -> Option<PathBuf> {
    let absolute = |name| profile::variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    folder.map(|folder| folder.join("downbeat"))
}

/// Returns the file `name` about a server. Servers do not share files.
pub(crate) fn file(folder: &Path, kind: &str, server: &ServerUrl, name: &str) -> PathBuf {
    let server = &digest_of(server.to_string().as_bytes()).to_string()[..16];
    folder.join(kind).join(server).join(format!("{name}.json"))
}

/// Reads a file; `None` if there is none that can be read.
pub(crate) fn read<T: DeserializeOwned>(file: &Path) -> Option<T> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// Writes a file: whole, or not at all.
pub(crate) fn write<T: Serialize>(file: &Path, content: &T) -> std::io::Result<()> {
    let bytes = serde_json::to_vec(content)?;
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    std::fs::create_dir_all(file.parent().unwrap_or(file))?;
    std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, file)).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}
