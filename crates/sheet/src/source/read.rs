//! Reads a sheet and what it includes, and composes the rundown.

use std::collections::BTreeMap;

use super::arrange::{self, ArrangedCue};
use super::crew::{Crew, CrewNote, Trace};
use super::file::File;
use super::header::Header;
use super::ids::Ids;
use super::include::{Loader, SHEET_BYTES_MAX, Texts, Trees};
use super::interner::Interner;
use super::tree::{Shape, Tree};
use super::{cue, resolve, review, syntax, timed};
use crate::diagnostic::{At, Code, FileId, Location, Message, Report};
use crate::options::{Included, Options, ReadIncluded};
use crate::rundown::{CUES_MAX, Cue, FORMAT, NotARundown, Rundown, Track};

/// Reads a sheet and what it includes. The rundown may only be published if no error was reported.
///
/// If `trace` is given, it gets what the sheet says beside the rundown; it stays empty if the text is a rundown already.
pub(crate) fn read(
    source: &str,
    options: &Options,
    read: &ReadIncluded<'_>,
    report: &mut Report,
    trace: Option<&mut Trace>,
) -> (Option<Rundown>, Vec<Included>) {
    // Some editors begin a file with a byte order mark, which is not part of the sheet.
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let file = report.add_file(None, source.len() - text.len());
    if text.len() > SHEET_BYTES_MAX {
        let problem = format!("the sheet has {} bytes, at most {SHEET_BYTES_MAX} (10 MiB) are read", text.len());
        let location = Location { file, pointer: At::ROOT.pointer(), span: 0..0 };
        report.add(Code::TooLarge, location, Message::new(problem, "split it into several events"));
        return (None, Vec::new());
    }
    let tree = match syntax::parse(text, file, report) {
        None => return (None, Vec::new()),
        Some(tree) if is_rundown(&tree) => return (read_rundown(text, file, report), Vec::new()),
        Some(tree) => tree,
    };
    let texts = Texts::new();
    let (rundown, paths) = {
        let trees = Trees::new();
        let mut loader = Loader::new(&texts, &trees, read);
        loader.load_sheet(tree, text.len(), file, report);
        let (header, files) = (core::mem::take(&mut loader.header), core::mem::take(&mut loader.files));
        (compose(header, &files, options, report, trace), loader.into_paths())
    };
    (Some(rundown), texts.into_included(paths))
}

/// Returns whether a text is meant as a rundown rather than a sheet.
pub(crate) fn is_rundown(tree: &Tree<'_>) -> bool {
    let family = FORMAT.trim_end_matches(|char: char| char.is_ascii_digit());
    let Some(Shape::Object(object)) = tree.root().map(|root| root.shape()) else { return false };
    let format = object.field("format").and_then(|field| field.value().text());
    format.is_some_and(|format| format.starts_with(family))
}

/// Reads a rundown, which compiles to itself.
fn read_rundown(text: &str, file: FileId, report: &mut Report) -> Option<Rundown> {
    // An editor may have ended the file with a newline.
    match Rundown::parse(text.trim_ascii().as_bytes()) {
        Ok(rundown) => Some(rundown),
        Err(error) => {
            let location = Location { file, pointer: At::ROOT.pointer(), span: 0..text.len().min(1) };
            report.add(Code::NotARundown, location, Message::new(error.problem().to_string(), NotARundown::REMEDY));
            None
        }
    }
}

/// Composes the rundown from the files.
fn compose(
    header: Header,
    files: &[File<'_>],
    options: &Options,
    report: &mut Report,
    trace: Option<&mut Trace>,
) -> Rundown {
    let (mut drafts, mut arranged) = (Vec::new(), Vec::new());
    let mut names = Interner::default();
    for file in files {
        let Some(array) = file.part.cues else { continue };
        let (count, room) = (array.len(), CUES_MAX - drafts.len());
        if let Some(first) = array.elements().nth(room) {
            let pointer = file.part.cues_at(&At::ROOT).pointer();
            let problem = format!("the sheet has {} cues, at most {CUES_MAX} are read", count + drafts.len());
            let location = Location { file: file.id, pointer, span: first.span() };
            report.add(Code::TooLarge, location, Message::new(problem, "split it into several events"));
        }
        drafts.reserve_exact(count.min(room));
        arranged.reserve_exact(count.min(room));
        for (index, element) in array.elements().take(room).enumerate() {
            let Some((draft, cue)) = cue::read(element, index, file, &header, &mut names, report) else { continue };
            arranged.push(ArrangedCue::new(cue, drafts.len()));
            drafts.push(draft);
        }
    }
    let ids = Ids::collect(&mut drafts, report);
    resolve::resolve(&mut drafts, &ids, report);
    let mut arranged = arrange::arrange(&drafts, arranged, header.duration, report);
    review::review(&mut arranged, &drafts, &header, options, report);
    if let Some(trace) = trace {
        if trace.wants_times {
            trace.timed = timed::timed(&drafts, &ids);
        }
        let places = || arranged.iter().map(|cue| drafts[cue.draft()].place);
        trace.origins = places().map(|place| place.origin()).collect();
        trace.crew = Crew {
            notes: places().map(|place| CrewNote::at(&place)).collect(),
            disabled: drafts.iter().filter(|draft| draft.disabled).count(),
            locale: header.locales.as_ref().and_then(|locales| locales.first().cloned()),
        };
    }
    let cues: Vec<Cue> = arranged.into_iter().map(|arranged| arranged.cue).collect();
    let tracks = header.declarations.tracks.unwrap_or_else(|| tracks_used(&cues));
    Rundown::new(header.id, header.title, header.duration, tracks, cues)
}

/// Returns the tracks that cues use.
fn tracks_used(cues: &[Cue]) -> BTreeMap<String, Track> {
    let mut tracks = BTreeMap::new();
    for name in cues.iter().filter_map(Cue::track) {
        if !tracks.contains_key(name) {
            tracks.insert(name.to_owned(), Track::default());
        }
    }
    tracks
}
