//! The files of a sheet: itself and what it includes.

use core::cell::OnceCell;

use super::sheet::{self, Header, Part};
use super::tree::{Shape, Tree, Value};
use super::vars::Vars;
use super::{fields, quoted, syntax};
use crate::compile::{ReadIncluded, Unread};
use crate::diagnostic::{At, Code, Report};

/// The length of a sheet with all it includes: at most 10 MiB, about 200,000 cues.
pub(super) const SHEET_BYTES_MAX: usize = 10 * 1024 * 1024;

/// How deep files may include others: 8, the sheet itself not counted.
const DEPTH_MAX: usize = 8;

/// The number of files a sheet may include altogether: 256.
const INCLUDES_MAX: usize = 256;

/// Where the texts and trees of a sheet's files stay while it is compiled: slots, each filled once.
pub(super) struct Shelf<T>(Vec<OnceCell<T>>);

/// One file, ready for its cues to be read.
pub(super) struct File<'s> {
    /// Its path from the sheet's folder; nothing for the sheet itself.
    pub(super) path: Option<String>,
    /// Its number in the report.
    pub(super) number: usize,
    pub(super) tree: &'s Tree<'s>,
    pub(super) part: Part<'s>,
}

/// Reads files and what they include.
pub(super) struct Loader<'t, 's, 'r> {
    pub(super) texts: &'t Shelf<String>,
    pub(super) trees: &'s Shelf<Tree<'t>>,
    pub(super) read: &'r ReadIncluded<'r>,
    /// The bytes of all files so far.
    pub(super) bytes: usize,
    /// The files so far; the sheet itself is the first.
    pub(super) files: Vec<File<'s>>,
    /// The paths of the included files so far.
    seen: Vec<String>,
    pub(super) header: Header,
}

impl<T> Shelf<T> {
    /// Returns a shelf with room for all that a sheet may include, and `more`.
    pub(super) fn with_room_for(more: usize) -> Self {
        Self((0..INCLUDES_MAX + more).map(|_| OnceCell::new()).collect())
    }

    /// Puts something in the first free slot; nothing if there is none.
    fn put(&self, thing: T) -> Option<&T> {
        let slot = self.0.iter().find(|slot| slot.get().is_none())?;
        Some(slot.get_or_init(|| thing))
    }

    /// Returns everything that was put there.
    pub(super) fn into_things(self) -> impl Iterator<Item = T> {
        self.0.into_iter().filter_map(OnceCell::into_inner)
    }
}

impl<'t, 's, 'r> Loader<'t, 's, 'r> {
    pub(super) fn new(texts: &'t Shelf<String>, trees: &'s Shelf<Tree<'t>>, read: &'r ReadIncluded<'r>) -> Self {
        Self { texts, trees, read, bytes: 0, files: Vec::new(), seen: Vec::new(), header: Header::default() }
    }

    /// Takes in the sheet itself, whose tree was read before.
    pub(super) fn load_sheet(&mut self, tree: Tree<'t>, number: usize, report: &mut Report) {
        let Some(tree) = self.trees.put(tree) else { return };
        self.take(tree, None, number, &Vars::default(), &mut Vec::new(), report);
    }

    /// Takes in a file and what it includes; `chain` are the paths of the files that lead here.
    fn take(
        &mut self,
        tree: &'s Tree<'s>,
        path: Option<&str>,
        number: usize,
        outer: &Vars,
        chain: &mut Vec<String>,
        report: &mut Report,
    ) {
        let Some(root) = tree.root() else { return };
        let part = match root.shape() {
            Shape::Array(array) => Part::bare(array, outer),
            Shape::Object(object) => sheet::read(object, path.is_some(), outer, &mut self.header, report),
            _ => {
                let message = format!(
                    "a sheet is an array of cues, or an object with \"cues\", not {}; begin with [ or {{",
                    fields::describe(root)
                );
                return report.say(Code::WrongType, &At::ROOT, root.span(), message);
            }
        };
        let (include, vars) = (part.include.clone(), part.vars.clone());
        self.files.push(File { path: path.map(str::to_owned), number, tree, part });
        for (index, named) in include.into_iter().enumerate() {
            report.go_on(number);
            self.include(named, index, path.unwrap_or_default(), &vars, chain, report);
        }
        report.go_on(number);
    }

    /// Takes in the file that `literal` names, seen from the file at `from`.
    fn include(
        &mut self,
        named: Value<'_>,
        index: usize,
        from: &str,
        vars: &Vars,
        chain: &mut Vec<String>,
        report: &mut Report,
    ) {
        let include = At::ROOT.key("include");
        let at = include.index(index);
        let written = named.text().unwrap_or_default();
        let shown = quoted(written);
        let mut refuse = |code, message| report.say(code, &at, named.span(), message);
        let Some(path) = joined(from, written) else {
            let message = format!(
                "the sheet includes {shown}, which does not lie in the sheet's folder; use a relative path such as \"./songs.jsonc\""
            );
            return refuse(Code::IncludeOutside, message);
        };
        if chain.contains(&path) {
            let way: Vec<&str> = chain.iter().skip_while(|other| **other != path).map(String::as_str).collect();
            let message = format!("{shown} includes itself ({} → {path}); take one of these out", way.join(" → "));
            return refuse(Code::IncludedTwice, message);
        }
        if self.seen.contains(&path) {
            let message =
                format!("{shown} is included already; include each file once, its cues count for the whole sheet");
            return refuse(Code::IncludedTwice, message);
        }
        if chain.len() >= DEPTH_MAX {
            let message = format!(
                "{shown} is included {} files deep, at most {DEPTH_MAX} are read; include it from further up",
                chain.len() + 1
            );
            return refuse(Code::TooLarge, message);
        }
        let text = match (self.read)(&path) {
            Ok(text) => text,
            Err(Unread::Outside) => {
                let message = format!(
                    "the sheet includes {shown}, a link that leads out of the sheet's folder; put the file itself there"
                );
                return refuse(Code::IncludeOutside, message);
            }
            Err(Unread::Because(reason)) => {
                let reason: String = reason.chars().take(200).collect();
                let message = format!(
                    "the sheet includes {shown}, which could not be read ({reason}); mend the path, or take it out"
                );
                return refuse(Code::UnreachableInclude, message);
            }
        };
        self.bytes += text.len();
        if self.bytes > SHEET_BYTES_MAX {
            let message = format!(
                "with {shown} the sheet has {} bytes, at most {SHEET_BYTES_MAX} (10 MiB) are read; split it into several events",
                self.bytes
            );
            return refuse(Code::TooLarge, message);
        }
        self.seen.push(path.clone());
        let Some(text) = self.texts.put(text) else {
            let message =
                format!("{shown} is one file too many, at most {INCLUDES_MAX} are included; put some together");
            return refuse(Code::TooLarge, message);
        };
        let stripped = text.strip_prefix('\u{feff}').unwrap_or(text);
        let number = report.begin(Some(&path), text.len() - stripped.len());
        let Some(tree) = syntax::parse(stripped, report).and_then(|tree| self.trees.put(tree)) else { return };
        chain.push(path.clone());
        self.take(tree, Some(&path), number, vars, chain, report);
        chain.pop();
    }

    /// Returns the included files in the order in which they were read.
    pub(super) fn paths(&self) -> Vec<String> {
        self.seen.clone()
    }
}

/// Returns the path that `named` means in the file at `from`, both from the sheet's folder; nothing if it leads out of
/// it, or means different things on different machines.
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
    fn paths_are_taken_from_the_including_file_and_stay_in_the_folder() {
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
