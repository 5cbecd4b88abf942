//! The sheet as its author writes it.
//!
//! Everything is read to the end, whatever is wrong with it: each function reports what it finds and gives what could
//! still be understood. First the files and what they declare ([`include`], [`sheet`], [`declare`]), then each cue by
//! itself ([`cue`]), then what they are to each other ([`resolve`], [`arrange`], [`review`]).

mod arrange;
mod cue;
mod declare;
mod dispatch;
mod draft;
mod fields;
mod ids;
mod include;
mod json;
mod label;
mod nearest;
mod reference;
mod resolve;
mod review;
mod schema;
mod shared;
pub(crate) mod sheet;
pub(crate) mod syntax;
mod time;
mod timecode;
mod tree;
mod vars;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compile::{Included, Options, ReadIncluded};
use crate::diagnostic::{At, Code, Diagnostic, Report};
use crate::rundown::{CUES_MAX, Cue, FORMAT, Rundown, Track};
use arrange::Placed;
pub(crate) use declare::is_id_char;
use ids::Ids;
use include::{File, Loader, SHEET_BYTES_MAX, Shelf};
pub(crate) use nearest::nearest;
use schema::ParamsSchema;
use shared::Shared;
use sheet::Header;
pub(crate) use time::Problem;
pub use timecode::FrameRate;
pub(crate) use timecode::frame;
use tree::{Shape, Tree};

/// Where a compiled cue stands in what its author wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    /// The included file, as its path from the sheet's folder; nothing for the sheet itself.
    pub(crate) file: Option<Arc<str>>,
    /// Its number among that file's cues, from 0.
    pub(crate) index: usize,
}

/// Reads a sheet and what it includes. The rundown is only to be published if nothing was reported that is an error.
///
/// Where `origins` is given, it gets the origin of each of the rundown's cues, in their order; none where the text is
/// a rundown already.
pub(crate) fn read(
    source: &str,
    options: &Options,
    read: &ReadIncluded<'_>,
    report: &mut Report,
    origins: Option<&mut Vec<Origin>>,
) -> (Option<Rundown>, Vec<Included>) {
    // Some editors begin a file with a byte order mark; it is no part of the sheet.
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let number = report.begin(None, source.len() - text.len());
    if text.len() > SHEET_BYTES_MAX {
        let message = format!(
            "the sheet has {} bytes, at most {SHEET_BYTES_MAX} (10 MiB) are read; split it into several events",
            text.len()
        );
        report.say(Code::TooLarge, &At::ROOT, 0..0, message);
        return (None, Vec::new());
    }
    let tree = match syntax::parse(text, report) {
        None => return (None, Vec::new()),
        Some(tree) if is_rundown(&tree) => return (read_rundown(text, report), Vec::new()),
        Some(tree) => tree,
    };
    let texts = Shelf::with_room_for(0);
    let (rundown, paths) = {
        let trees = Shelf::with_room_for(1);
        let mut loader = Loader::new(&texts, &trees, read);
        loader.bytes = text.len();
        loader.load_sheet(tree, number, report);
        let paths = loader.paths();
        let compiled = compose(loader.header, &loader.files, options, report, origins);
        (compiled, paths)
    };
    let included = paths.into_iter().zip(texts.into_things());
    (Some(rundown), included.map(|(path, text)| Included { path, text }).collect())
}

/// The names that a sheet declares; none where any will do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Its actions, each with its params where it declares them.
    pub(crate) actions: Vec<(String, Option<Declared>)>,
    pub(crate) tracks: Vec<String>,
    pub(crate) locales: Vec<String>,
}

/// The params that an action declares.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) schema: serde_json::Value,
    /// A cue must have some.
    pub(crate) required: bool,
}

/// Reads what a sheet and what it includes declare, and none of its cues.
pub(crate) fn names(source: &str, read: &ReadIncluded<'_>) -> Result<Names, Vec<Diagnostic>> {
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut report = Report::default();
    let number = report.begin(None, source.len() - text.len());
    let texts = Shelf::with_room_for(0);
    let trees = Shelf::with_room_for(1);
    let mut loader = Loader::new(&texts, &trees, read);
    if let Some(tree) = syntax::parse(text, &mut report) {
        loader.load_sheet(tree, number, &mut report);
    }
    if report.has_errors() {
        return Err(report.into_diagnostics());
    }
    let Header { declared, locales, .. } = loader.header;
    let actions = declared.actions.unwrap_or_default().into_iter();
    Ok(Names {
        actions: actions.map(|(name, action)| (name, action.params.map(ParamsSchema::into_declared))).collect(),
        tracks: declared.tracks.unwrap_or_default().into_keys().collect(),
        locales: locales.iter().flatten().map(|locale| locale.as_str().to_owned()).collect(),
    })
}

/// Makes the rundown of what was read.
fn compose(
    header: Header,
    files: &[File<'_>],
    options: &Options,
    report: &mut Report,
    origins: Option<&mut Vec<Origin>>,
) -> Rundown {
    let (mut drafts, mut placed) = (Vec::new(), Vec::new());
    let mut shared = Shared::default();
    for file in files {
        report.go_on(file.number);
        let Some(array) = file.part.cues else { continue };
        let (count, room) = (array.len(), CUES_MAX - drafts.len());
        if let Some(first) = array.elements().nth(room) {
            let root = At::ROOT;
            let cues = root.key("cues");
            let at = if file.part.bare { &root } else { &cues };
            arrange::too_many(count + drafts.len(), at, first.span(), report);
        }
        drafts.reserve_exact(count.min(room));
        placed.reserve_exact(count.min(room));
        for (index, element) in array.elements().take(room).enumerate() {
            let Some((draft, cue)) = cue::read(element, index, file, &header, &mut shared, report) else { continue };
            placed.push(Placed::of(cue, drafts.len()));
            drafts.push(draft);
        }
    }
    let ids = Ids::collect(&mut drafts, report);
    resolve::resolve(&mut drafts, &ids, report);
    let mut placed = arrange::arrange(&drafts, placed, header.duration, report);
    review::review(&mut placed, &drafts, &header, options, report);
    if let Some(origins) = origins {
        origins.extend(placed.iter().map(|placed| drafts[placed.draft()].place.origin()));
    }
    let cues: Vec<Cue> = placed.into_iter().map(|placed| placed.cue).collect();
    let tracks = header.declared.tracks.unwrap_or_else(|| tracks_of(&cues));
    Rundown::new(header.id, header.title, header.duration, tracks, cues)
}

/// Returns the tracks that cues use.
fn tracks_of(cues: &[Cue]) -> BTreeMap<String, Track> {
    let mut tracks = BTreeMap::new();
    for name in cues.iter().filter_map(Cue::track) {
        if !tracks.contains_key(name) {
            tracks.insert(name.to_owned(), Track::default());
        }
    }
    tracks
}

/// Returns whether a text means to be a rundown rather than a sheet.
pub(crate) fn is_rundown(tree: &Tree<'_>) -> bool {
    let family = FORMAT.trim_end_matches(|char: char| char.is_ascii_digit());
    let Some(Shape::Object(object)) = tree.root().map(|root| root.shape()) else { return false };
    let format = object.field("format").and_then(|field| field.value().text());
    format.is_some_and(|format| format.starts_with(family))
}

/// Reads what is compiled already; it compiles to itself.
fn read_rundown(text: &str, report: &mut Report) -> Option<Rundown> {
    // An editor may have ended the file with a newline.
    match Rundown::parse(text.trim_ascii().as_bytes()) {
        Ok(rundown) => Some(rundown),
        Err(problem) => {
            report.say(Code::NotARundown, &At::ROOT, 0..text.len().min(1), problem.to_string());
            None
        }
    }
}

/// Returns a text in quotes for a message, cut where it is long: it may be a megabyte of somebody's mistake.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => format!("{text:?}"),
        Some((cut, _)) => format!("{:?}", format!("{}…", &text[..cut])),
    }
}

#[cfg(test)]
mod tests;
