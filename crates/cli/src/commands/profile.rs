//! `profile list` and `profile use`: the profiles of downbeat.toml, and which one counts where none is named.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::cli::ProfileTask;
use crate::columns::Columns;
use crate::error::Error;
use crate::near;
use crate::output::{Report, members};
use crate::profile::{self, Flags, ProfileError, ProfileFile};

/// The profiles of a file.
pub(crate) struct Profiles {
    file: PathBuf,
    profiles: ProfileFile,
    /// The profile that counts for this call.
    current: Option<String>,
    changed: bool,
}

/// Lists the profiles, or makes one the default.
pub(super) fn run(task: &ProfileTask, flags: &Flags) -> Result<Profiles, Error> {
    let file = profile::file().ok_or_else(|| {
        Error::usage(
            format!("there is no {} in this directory or above it", profile::FILE),
            "write one with [profile.local] and server = \"http://127.0.0.1:8787\", or name one in DOWNBEAT_CONFIG",
        )
    })?;
    let text = std::fs::read_to_string(&file)
        .map_err(|error| ProfileError::Unreadable { file: file.clone(), why: error.to_string() })?;
    let profiles = ProfileFile::parse(&file, &text)?;
    let ProfileTask::Use { name } = task else {
        let current = profiles.current(flags);
        return Ok(Profiles { file, profiles, current, changed: false });
    };
    if !profiles.names().any(|known| known == name) {
        let near = near::names(name, profiles.names());
        let error = Error::from(ProfileError::Unknown {
            name: name.clone(),
            known: profiles.names().map(str::to_owned).collect(),
            file: Some(file),
        });
        return Err(if near.is_empty() {
            error
        } else {
            error.and_hint(format!("did you mean {}?", near::either(&near)))
        });
    }
    let changed = with_default(&text, name);
    let profiles = ProfileFile::parse(&file, &changed)?;
    replace(&file, &changed).map_err(|error| Error::file(&file, error))?;
    Ok(Profiles { file, profiles, current: Some(name.clone()), changed: true })
}

/// Returns the text of a file in which `name` is the default. Everything else stays as somebody wrote it.
fn with_default(text: &str, name: &str) -> String {
    let line = format!("default = {name:?}");
    let tables = text.lines().position(|line| line.trim_start().starts_with('[')).unwrap_or(usize::MAX);
    let is_default =
        |line: &str| line.trim_start().strip_prefix("default").is_some_and(|rest| rest.trim_start().starts_with('='));
    let mut lines: Vec<&str> = text.lines().collect();
    match lines.iter().take(tables).position(|line| is_default(line)) {
        Some(at) => lines[at] = &line,
        None => {
            lines.insert(0, &line);
            lines.insert(1, "");
        }
    }
    lines.join("\n") + "\n"
}

/// Replaces a file as a whole, so that no other program reads half of it.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    // Through a link to the file that it names.
    let file = file.canonicalize()?;
    let beside = file.with_extension(format!("toml.{}", std::process::id()));
    std::fs::write(&beside, text)?;
    std::fs::set_permissions(&beside, std::fs::metadata(&file)?.permissions())?;
    std::fs::rename(&beside, &file)
}

impl Report for Profiles {
    fn json(&self) -> Map<String, Value> {
        let profiles: Vec<Value> = self
            .profiles
            .lines()
            .map(|[name, server, event, confirm]| {
                json!({ "name": name, "server": server, "event": event, "confirm": confirm })
            })
            .collect();
        members(json!({
            "file": self.file, "default": self.profiles.default(), "current": self.current, "profiles": profiles,
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changed {
            let name = self.current.as_deref().unwrap_or_default();
            return writeln!(f, "{name} is the default profile of {}", self.file.display());
        }
        writeln!(f, "{}", self.file.display())?;
        let mut columns = Columns::default();
        for [name, server, event, confirm] in self.profiles.lines() {
            let mark = match (self.current.as_deref() == Some(name), self.profiles.default() == Some(name)) {
                (true, true) => "used, the default",
                (true, false) => "used",
                (false, true) => "the default",
                (false, false) => "",
            };
            columns.line([name.to_owned(), server.to_owned(), event.to_owned(), confirm.to_owned(), mark.to_owned()]);
        }
        write!(f, "{columns}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.profiles.names().try_for_each(|name| writeln!(f, "{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_written_where_it_belongs_and_nothing_else_changes() {
        let tables = "# ours\n[profile.a]\nserver = \"http://127.0.0.1:1\"\ndefault = 1\n";
        assert_eq!(with_default(tables, "a"), format!("default = \"a\"\n\n{tables}"));
        let with = format!("# ours\ndefault = \"b\"   \n\n{tables}");
        assert_eq!(with_default(&with, "a"), format!("# ours\ndefault = \"a\"\n\n{tables}"));
        assert_eq!(with_default(&with_default(&with, "a"), "b"), with.replace("   ", ""));
    }
}
