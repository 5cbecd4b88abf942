//! `cues init`: a sheet to start from, its schema, and editor settings.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::cli::InitArgs;
use crate::context;
use crate::error::Error;
use crate::files;
use crate::output::{Report, members};
use crate::text;

/// A small sheet that explains each feature in a comment.
const STARTER: &str = include_str!("init/starter.jsonc");

/// The settings of Visual Studio Code that tell it which files are sheets.
const SETTINGS: &str = include_str!("init/settings.json");

/// The default name of the sheet.
const SHEET: &str = "show.cues.jsonc";

/// The name of the schema, which the sheet refers to.
pub(super) const SCHEMA: &str = "downbeat.schema.json";

/// The files that were created.
pub(crate) struct Begun {
    sheet: PathBuf,
    schema: PathBuf,
    written: Vec<PathBuf>,
    kept: Vec<PathBuf>,
    dry_run: bool,
}

/// Writes the files that do not exist yet.
pub(crate) fn run(args: &InitArgs, dry_run: bool) -> Result<Begun, Error> {
    let (folder, sheet) = place(&args.path);
    let (sheet, schema, settings) =
        (folder.join(sheet), folder.join(SCHEMA), folder.join(".vscode").join("settings.json"));
    let mut wanted =
        vec![(sheet.clone(), STARTER.to_owned()), (schema.clone(), super::schema::printed(&downbeat_sheet::schema()))];
    if !args.no_editor {
        wanted.push((settings.clone(), SETTINGS.to_owned()));
    }
    let there = |(path, text): &(PathBuf, String)| match std::fs::read(path) {
        Ok(bytes) => Some(bytes == text.as_bytes()),
        // A folder of that name, or a file that may not be read, is there too.
        Err(error) => (error.kind() != std::io::ErrorKind::NotFound).then_some(false),
    };
    let found: Vec<Option<bool>> = wanted.iter().map(there).collect();
    let other: Vec<&PathBuf> =
        wanted.iter().zip(&found).filter(|(_, found)| **found == Some(false)).map(|((path, _), _)| path).collect();
    if !other.is_empty() {
        return Err(refused(&other, &settings));
    }
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for ((path, text), found) in wanted.into_iter().zip(found) {
        if found.is_some() {
            kept.push(path);
            continue;
        }
        if !dry_run {
            write(&path, &text)?;
        }
        written.push(path);
    }
    Ok(Begun { sheet, schema, written, kept, dry_run })
}

/// Returns the folder, and the name of the sheet in it.
fn place(given: &Path) -> (PathBuf, PathBuf) {
    let is_sheet = given.extension().is_some_and(|extension| extension == "json" || extension == "jsonc");
    match given.file_name().filter(|_| is_sheet && !given.is_dir()) {
        Some(name) => (given.parent().map(Path::to_owned).unwrap_or_default(), name.into()),
        // What is written shows as show.cues.jsonc, not ./show.cues.jsonc.
        None if given == Path::new(".") => (PathBuf::new(), SHEET.into()),
        None => (given.to_owned(), SHEET.into()),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
    }
    files::create(path, text.as_bytes())
}

fn refused(there: &[&PathBuf], settings: &PathBuf) -> Error {
    let names: Vec<String> = there.iter().map(|path| path.display().to_string()).collect();
    let verb = if names.len() == 1 { "exists" } else { "exist" };
    let message = format!("nothing was written: {} {verb} already, with different content", names.join(", "));
    let mut hints = Vec::new();
    if there.iter().any(|path| *path != settings) {
        let program = context::program();
        hints.push(format!(
            "choose another folder or another name, such as \"{program} cues init gala/gala.cues.jsonc\""
        ));
    }
    if there.contains(&settings) {
        hints.push("keep the editor's settings with --no-editor: the sheet refers to its schema itself".to_owned());
    }
    Error::usage(message, hints.join("\n"))
}

impl Begun {
    /// Returns the next steps: command lines, and what they are for.
    fn next(&self) -> [(String, &'static str); 5] {
        let (sheet, schema) =
            (text::shell(&self.sheet.display().to_string()), text::shell(&self.schema.display().to_string()));
        let picture = text::shell(&self.sheet.with_extension("html").display().to_string());
        let program = context::program();
        [
            (format!("{program} cues check {sheet}"), "everything that is wrong with it"),
            (format!("{program} cues join 2:00 {sheet}"), "what a late viewer sees"),
            (format!("{program} cues preview {sheet} -o {picture}"), "the whole show as a picture"),
            (format!("{program} cues schema --for {sheet} -o {schema}"), "completion of your own actions"),
            (format!("{program} cues publish {sheet}"), "to the event's viewers"),
        ]
    }
}

impl Report for Begun {
    fn json(&self) -> Map<String, Value> {
        members(json!({
            "sheet": self.sheet, "written": self.written, "kept": self.kept, "dryRun": self.dry_run,
            "next": self.next().map(|(command, _)| command),
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.dry_run { "would write" } else { "wrote" };
        for path in &self.written {
            writeln!(f, "{verb} {}", text::tame(&path.display().to_string()))?;
        }
        for path in &self.kept {
            writeln!(f, "kept {}: it has the same content", text::tame(&path.display().to_string()))?;
        }
        let next = self.next();
        let width = next.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
        writeln!(f, "\nnext:")?;
        next.iter().try_for_each(|(command, what)| writeln!(f, "  {command:width$}  # {what}"))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sheet.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_is_laid_out_and_without_fault() {
        let compiled = downbeat_sheet::compile(STARTER);
        assert_eq!(compiled.diagnostics, []);
        assert!(compiled.rundown.is_some());
        assert_eq!(downbeat_sheet::format(STARTER).unwrap(), STARTER);
        assert!(STARTER.contains(&format!("\"$schema\": \"./{SCHEMA}\"")));
        let settings: Value = serde_json::from_str(SETTINGS).unwrap();
        assert_eq!(settings["json.schemas"][0]["url"], format!("./{SCHEMA}"));
    }

    #[test]
    fn a_name_that_ends_as_sheets_do_is_the_sheets() {
        for (given, folder, sheet) in [
            (".", "", SHEET),
            ("shows/gala", "shows/gala", SHEET),
            ("gala.jsonc", "", "gala.jsonc"),
            ("shows/gala.cues.json", "shows", "gala.cues.json"),
            ("shows/gala.v2", "shows/gala.v2", SHEET),
        ] {
            assert_eq!(place(Path::new(given)), (folder.into(), sheet.into()), "{given}");
        }
    }
}
