//! Paths as the repository's host knows them.

use std::path::{Component, Path};

/// Returns a file's path from the root of the repository that it is in, with forward slashes; outside of one, the path as
/// it was given.
pub(super) fn from_root(path: &str) -> String {
    let within = || {
        let file = Path::new(path).canonicalize().ok()?;
        // In a worktree and in a submodule it is a file.
        let root = file.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
        let parts = file.strip_prefix(root).ok()?.components();
        let names: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        Some(names.join("/"))
    };
    within().unwrap_or_else(|| as_given(path))
}

fn as_given(path: &str) -> String {
    let parts = Path::new(path).components().filter(|part| *part != Component::CurDir);
    let plain = parts.clone().all(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    if !plain {
        return path.to_owned();
    }
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}
