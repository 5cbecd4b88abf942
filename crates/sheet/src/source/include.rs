//! Loads the files of a sheet: itself and what it includes.

use super::cursor::Cursor;
use super::file::File;
use super::header::{Header, Part};
use super::shelf::Shelf;
use super::tree::{Shape, Tree, Value};
use super::vars::Vars;
use super::words::{describe, quoted, shortened};
use super::{sheet, syntax};
use crate::diagnostic::{At, Code, FileId, Message, Report};
use crate::options::{Included, ReadIncluded, Unread};

/// The length of a sheet with all it includes: at most 10 MiB, about 200,000 cues.
pub(super) const SHEET_BYTES_MAX: usize = 10 * 1024 * 1024;

/// How deep files may include others: 8, the sheet itself not counted.
const DEPTH_MAX: usize = 8;

/// The number of files a sheet may include altogether: 256.
const INCLUDES_MAX: usize = 256;

/// The characters of an error of the operating system that a message shows: 200.
const REASON_CHARS_MAX: usize = 200;

/// The texts of the included files.
pub(super) struct Texts(Shelf<String>);

/// The trees of the sheet and the included files.
pub(super) struct Trees<'t>(Shelf<Tree<'t>>);

/// Reads files and what they include.
pub(super) struct Loader<'t, 's, 'r> {
    texts: &'t Texts,
    trees: &'s Trees<'t>,
    read: &'r ReadIncluded<'r>,
    /// The bytes of all files so far.
    bytes: usize,
    /// The files so far; the sheet itself is the first.
    pub(super) files: Vec<File<'s>>,
    /// The paths of the included files so far.
    paths: Vec<String>,
    /// The paths of the files that lead to the one that is being loaded.
    chain: Vec<String>,
    pub(super) header: Header,
}

/// A reason not to include a file.
type Refusal = (Code, Message);

impl Texts {
    pub(super) fn new() -> Self {
        Self(Shelf::with_capacity(INCLUDES_MAX))
    }

    /// Returns the included files, which have these paths.
    pub(super) fn into_included(self, paths: Vec<String>) -> Vec<Included> {
        paths.into_iter().zip(self.0.into_contents()).map(|(path, text)| Included { path, text }).collect()
    }
}

impl Trees<'_> {
    pub(super) fn new() -> Self {
        // The sheet itself has a tree as well.
        Self(Shelf::with_capacity(INCLUDES_MAX + 1))
    }
}

impl<'t, 's, 'r> Loader<'t, 's, 'r> {
    pub(super) fn new(texts: &'t Texts, trees: &'s Trees<'t>, read: &'r ReadIncluded<'r>) -> Self {
        let (files, paths, chain) = (Vec::new(), Vec::new(), Vec::new());
        Self { texts, trees, read, bytes: 0, files, paths, chain, header: Header::default() }
    }

    /// Loads the sheet itself, whose text has `bytes` bytes and was parsed before.
    pub(super) fn load_sheet(&mut self, tree: Tree<'t>, bytes: usize, file: FileId, report: &mut Report) {
        self.bytes = bytes;
        let Some(tree) = self.trees.0.put(tree) else { return };
        self.load(tree, None, file, &Vars::default(), report);
    }

    /// Returns the paths of the included files, in the order in which they were read.
    pub(super) fn into_paths(self) -> Vec<String> {
        self.paths
    }

    /// Loads a file and what it includes.
    fn load(&mut self, tree: &'s Tree<'s>, path: Option<&str>, id: FileId, outer: &Vars, report: &mut Report) {
        let Some(root) = tree.root() else { return };
        let at = At::ROOT;
        let mut cursor = Cursor { subject: &sheet::SUBJECT, file: id, at, vars: outer, frame_rate: None, report };
        let part = match root.shape() {
            Shape::Array(array) => Part::bare_array(array, outer),
            Shape::Object(object) if path.is_some() => sheet::read_included(object, &mut self.header, &mut cursor),
            Shape::Object(object) => sheet::read(object, &mut self.header, &mut cursor),
            _ => {
                let problem =
                    format!("a sheet is an array of cues, or an object with \"cues\", not {}", describe(root));
                return cursor.report(Code::WrongType, root.span(), Message::new(problem, "begin with [ or {"));
            }
        };
        let (include, vars) = (part.include.clone(), part.vars.clone());
        self.files.push(File { path: path.map(str::to_owned), id, tree, part });
        for (index, named) in include.into_iter().enumerate() {
            if let Err((code, message)) = self.include(named, path.unwrap_or_default(), &vars, cursor.report) {
                cursor.key("include").index(index).report(code, named.span(), message);
            }
        }
    }

    /// Loads the file that `named` refers to in the file at `from`.
    fn include(&mut self, named: Value<'_>, from: &str, vars: &Vars, report: &mut Report) -> Result<(), Refusal> {
        let written = named.text().unwrap_or_default();
        let shown = quoted(written);
        let path = joined(from, written).ok_or_else(|| {
            let problem = format!("the sheet includes {shown}, which is not in the sheet's folder");
            let remedy = "use a relative path such as \"./songs.jsonc\"";
            (Code::IncludeOutside, Message::new(problem, remedy))
        })?;
        self.check_repetition(&path, &shown)?;
        let text = (self.read)(&path).map_err(|unread| refused_unread(unread, &shown))?;
        self.bytes += text.len();
        if self.bytes > SHEET_BYTES_MAX {
            let problem =
                format!("with {shown} the sheet has {} bytes, at most {SHEET_BYTES_MAX} (10 MiB) are read", self.bytes);
            return Err((Code::TooLarge, Message::new(problem, "split it into several events")));
        }
        self.paths.push(path.clone());
        let text = self.texts.0.put(text).ok_or_else(|| {
            let problem = format!("{shown} is one file too many, at most {INCLUDES_MAX} are included");
            (Code::TooLarge, Message::new(problem, "merge some of them"))
        })?;
        let stripped = text.strip_prefix('\u{feff}').unwrap_or(text);
        let file = report.add_file(Some(&path), text.len() - stripped.len());
        if let Some(tree) = syntax::parse(stripped, file, report).and_then(|tree| self.trees.0.put(tree)) {
            self.chain.push(path.clone());
            self.load(tree, Some(&path), file, vars, report);
            self.chain.pop();
        }
        Ok(())
    }

    /// Refuses a file that is included already, or too deep.
    fn check_repetition(&self, path: &String, shown: &str) -> Result<(), Refusal> {
        let chain = &self.chain;
        if chain.contains(path) {
            let circle = chain.iter().skip_while(|other| *other != path).chain([path]);
            let circle: Vec<String> = circle.map(|path| shortened(path)).collect();
            let problem = format!("{shown} includes itself ({})", circle.join(" → "));
            return Err((Code::IncludedTwice, Message::new(problem, "remove one of these includes")));
        }
        if self.paths.contains(path) {
            let problem = format!("{shown} is included already");
            let remedy = "include each file once, its cues count for the whole sheet";
            return Err((Code::IncludedTwice, Message::new(problem, remedy)));
        }
        if chain.len() >= DEPTH_MAX {
            let depth = chain.len() + 1;
            let problem = format!("{shown} is included {depth} files deep, at most {DEPTH_MAX} are read");
            return Err((Code::TooLarge, Message::new(problem, "include it from further up")));
        }
        Ok(())
    }
}

fn refused_unread(unread: Unread, shown: &str) -> Refusal {
    match unread {
        Unread::Outside => {
            let problem = format!("the sheet includes {shown}, a link that leads out of the sheet's folder");
            (Code::IncludeOutside, Message::new(problem, "put the file itself there"))
        }
        Unread::Because(reason) => {
            let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
            let problem = format!("the sheet includes {shown}, which could not be read ({reason})");
            (Code::UnreachableInclude, Message::new(problem, "correct the path, or remove it"))
        }
    }
}

/// Returns the path that `named` means in the file at `from`, both relative to the sheet's folder; `None` if it leads out
/// of that folder, or means different files on different machines.
fn joined(from: &str, named: &str) -> Option<String> {
    if named.starts_with('/') || named.contains(['\\', ':']) || named.chars().any(char::is_control) {
        return None;
    }
    let mut steps: Vec<&str> = from.split('/').collect();
    // The last step is the including file itself.
    steps.pop();
    for step in named.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    (!steps.is_empty() && !named.ends_with('/')).then(|| steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn paths_are_relative_to_the_including_file_and_stay_in_the_folder() {
        for (from, named, path) in [
            ("", "./songs.jsonc", Some("songs.jsonc")),
            ("", "acts/one.jsonc", Some("acts/one.jsonc")),
            ("acts/one.jsonc", "two.jsonc", Some("acts/two.jsonc")),
            ("acts/one.jsonc", "../songs.jsonc", Some("songs.jsonc")),
            ("", "a/../b.jsonc", Some("b.jsonc")),
            ("", "../songs.jsonc", None),
            ("acts/one.jsonc", "../../songs.jsonc", None),
            ("", "/etc/passwd", None),
            ("", "C:songs.jsonc", None),
            ("", "https://example.org/songs.jsonc", None),
            ("", "..\\songs.jsonc", None),
            ("", "songs/", None),
            ("", "", None),
            ("", ".", None),
        ] {
            assert_eq!(joined(from, named).as_deref(), path, "{named} in {from}");
        }
    }
}
