//! A cue as far as it can be understood without the others.

use core::ops::Range;
use downbeat_core::Position;
use std::sync::Arc;

use super::Origin;
use super::include::File;
use super::label::Label;
use super::time::When;
use super::tree::Field;
use crate::diagnostic::{At, Code, Report};
use crate::rundown::Cue;

/// A cue whose time may still hang on others.
pub(super) struct Draft<'s> {
    pub(super) place: Place<'s>,
    /// The id it was given; nothing where it has none, or no good one.
    pub(super) id: Option<&'s str>,
    /// When it begins; nothing where that could not be understood.
    pub(super) begin: Option<When<'s>>,
    pub(super) end: Ending<'s>,
    pub(super) repeat: Option<Repeat>,
    pub(super) disabled: bool,
    /// Everything else, without an id and a time; nothing where it lacks something essential.
    pub(super) cue: Option<Cue>,
    /// The sheet says of which kind its action is.
    pub(super) kind_is_declared: bool,
}

/// When a cue ends.
#[derive(Clone, Copy)]
pub(super) enum Ending<'s> {
    /// It does not say.
    Open,
    /// At this time.
    Until(When<'s>),
    /// So long after it begins, in milliseconds.
    After(i64),
    /// It says so, but that could not be understood.
    Unknown,
}

/// How often a cue happens.
#[derive(Clone, Copy)]
pub(super) struct Repeat {
    pub(super) every_ms: i64,
    /// At least 1.
    pub(super) count: i64,
}

/// Where a cue stands in the sheet.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) file: &'s File<'s>,
    /// Its number among the file's cues, from 0.
    pub(super) index: u32,
    /// What the file's tree finds it by.
    pub(super) object: u32,
}

impl<'s> Place<'s> {
    /// Says something about one of its fields, or about the whole cue where it has no such field.
    pub(super) fn say(&self, code: Code, field: &str, message: String, report: &mut Report) {
        let prop = self.prop(field);
        let place = prop.map_or_else(|| self.opening(), |prop| prop.value().span());
        let path: &[&str] = if prop.is_some() { &[field] } else { &[] };
        self.say_at(code, path, place, message, report);
    }

    /// Says something about one of its fields, and perhaps what was meant.
    pub(super) fn suggest(&self, code: Code, field: &str, message: String, hint: Option<String>, report: &mut Report) {
        report.go_on(self.file.number);
        let place = self.prop(field).map_or_else(|| self.opening(), |prop| prop.value().span());
        self.with_at(|at| report.suggest(code, &at.key(field), place, message, hint));
    }

    /// Says something about what lies at `path` within it.
    pub(super) fn say_at(&self, code: Code, path: &[&str], place: Range<usize>, message: String, report: &mut Report) {
        report.go_on(self.file.number);
        self.with_at(|at| nested(at, path, &mut |at| report.say(code, at, place.clone(), message.clone())));
    }

    /// Does something with its place.
    pub(super) fn with_at<T>(&self, then: impl FnOnce(&At<'_>) -> T) -> T {
        let root = At::ROOT;
        let cues = root.key("cues");
        let array = if self.file.part.bare { &root } else { &cues };
        then(&array.index(self.index as usize))
    }

    /// Gives where that is, for as long as it is needed.
    pub(super) fn origin(&self) -> Origin {
        Origin { file: self.file.path.as_deref().map(Arc::from), index: self.index as usize }
    }

    /// Gives where it begins.
    pub(super) fn opening(&self) -> Range<usize> {
        self.file.tree.object(self.object).opening()
    }

    pub(super) fn prop(&self, field: &str) -> Option<Field<'s>> {
        self.file.tree.object(self.object).field(field)
    }

    /// Gives what messages call it, once its time is known.
    pub(super) fn label(&self, time: Option<Position>) -> Label<'s> {
        let id = self.prop("id").and_then(|prop| prop.value().text());
        Label { id, number: self.index as usize + 1, file: self.file.path.as_deref(), time }
    }
}

fn nested(at: &At<'_>, path: &[&str], then: &mut dyn FnMut(&At<'_>)) {
    match path {
        [] => then(at),
        [first, rest @ ..] => nested(&at.key(first), rest, then),
    }
}
