//! The texts of a picture: captions, titles, counts.

use core::fmt::Write as _;
use downbeat_core::Position;

use super::text::cut;
use super::{Annotation, Picture};
use crate::rundown::{Cue, Kind, Late, Needs, clock, length};
use crate::source::{CrewNote, ID_UNNAMED};

/// Returns the caption of a cue: its id, or its action if the id was generated from it.
pub(super) fn caption(cue: &Cue) -> &str {
    let generated = cue.id().strip_prefix(cue.action()).is_some_and(|rest| rest.starts_with('@'));
    if generated { cue.action() } else { cue.id() }
}

/// Returns when a cue is: its beginning, and its end if it has one.
pub(super) fn when(cue: &Cue) -> String {
    match (cue.end(), cue.kind()) {
        (Some(end), _) => format!("{} – {}", clock(cue.time()), clock(end)),
        (None, Kind::State) => format!("{} until the end", clock(cue.time())),
        (None, Kind::Moment) => clock(cue.time()),
    }
}

/// Returns what happens when a cue is late, as a sheet writes it.
pub(super) fn late(late: Late) -> String {
    match late {
        Late::Skip => "skip".to_owned(),
        Late::Resume => "resume".to_owned(),
        Late::Latest => "latest".to_owned(),
        Late::Within(window) => format!("within {}", length(window)),
    }
}

/// Returns what a cue needs of the clock, and what happens otherwise.
pub(super) fn needs(Needs { bound, otherwise }: Needs) -> String {
    format!("{} ms or {}", bound.as_millis(), otherwise.as_str())
}

/// Returns what the crew should know about a cue, at most two lines of text.
pub(super) fn crew(said: &CrewNote) -> String {
    let (note, tags) = (said.note.as_deref().unwrap_or_default(), said.tags());
    [note, &tags].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Returns the title of a cue's mark, several lines of text.
pub(super) fn title(cue: &Cue, said: Option<&CrewNote>, remarks: &[&Annotation]) -> String {
    let mut title =
        format!("{}\n{}\n{} ({})", cut(cue.id(), 96), when(cue), cut(cue.action(), 64), cue.kind().as_str());
    if let Some(params) = cue.params_json() {
        let _ = write!(title, "\n{}", cut(params, 160));
    }
    if let Some(condition) = cue.condition() {
        let _ = write!(title, "\n{condition}");
    }
    for (locale, words) in cue.message().into_iter().flatten().take(4) {
        let _ = write!(title, "\n{locale}: {}", cut(words, 120));
    }
    if let Some(said) = said.map(crew).filter(|said| !said.is_empty()) {
        let _ = write!(title, "\n{}", cut(&said, 400));
    }
    for remark in remarks.iter().take(3) {
        let _ = write!(title, "\n{}", cut(&remark_text(remark), 300));
    }
    title
}

/// Returns a remark in one line.
pub(super) fn remark_text(remark: &Annotation) -> String {
    let place = remark.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    format!("{} {}: {place}{}", remark.level, remark.code, remark.message)
}

/// Returns a count with its noun.
pub(super) fn count(count: usize, noun: &str) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match (noun, count) {
        ("", _) => grouped,
        (_, 1) => format!("{grouped} {noun}"),
        _ => format!("{grouped} {noun}s"),
    }
}

/// Returns the heading of a picture: the title, the id, or the sheet's name if it has neither.
pub(super) fn heading(picture: &Picture<'_>) -> String {
    let rundown = picture.rundown;
    let given = [rundown.title(), rundown.id()].into_iter().find(|name| !name.is_empty() && *name != ID_UNNAMED);
    given.unwrap_or(picture.name).to_owned()
}

/// Returns facts about the rundown, in a few words each.
pub(super) fn facts(picture: &Picture<'_>, busiest: Option<(Position, usize)>) -> Vec<String> {
    let rundown = picture.rundown;
    let cues = rundown.cues();
    let states = cues.iter().filter(|cue| cue.kind() == Kind::State).count();
    let mut facts = vec![match rundown.duration() {
        Some(duration) => length(duration),
        None => "no duration given".to_owned(),
    }];
    facts.push(format!(
        "{}: {}, {}",
        count(cues.len(), "cue"),
        count(states, "state"),
        count(cues.len() - states, "moment")
    ));
    if !rundown.tracks().is_empty() {
        facts.push(count(rundown.tracks().len(), "track"));
    }
    if let Some((from, most)) = busiest.filter(|&(_, most)| most > 1) {
        facts.push(format!("most within a minute: {} from {}", count(most, ""), clock(from)));
    }
    facts
}

/// Returns the sheet's name, and the rundown's digest unless errors prevent a rundown.
pub(super) fn identity(picture: &Picture<'_>) -> String {
    let name = cut(picture.name, 80);
    match picture.counts() {
        (0, _) => format!("{name} · rundown {}", &picture.rundown.digest().to_string()[..12]),
        _ => format!("{name} · not a rundown until its errors are fixed"),
    }
}

/// Returns the numbers of errors and warnings in words.
pub(super) fn verdict(picture: &Picture<'_>) -> String {
    match picture.counts() {
        (0, 0) => "no errors, no warnings".to_owned(),
        (0, warnings) => count(warnings, "warning"),
        (errors, 0) => count(errors, "error"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}
