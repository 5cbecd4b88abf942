//! A cue as far as it can be understood without the others.

use core::num::NonZeroU32;
use core::ops::Range;
use downbeat_core::Position;
use std::sync::Arc;

use super::Origin;
use super::include::File;
use super::label::Label;
use super::tree::Field;
use crate::diagnostic::{At, Code, Report};

/// A cue whose time may still hang on others. It is small: a sheet may have 200,000, beside the cues they become.
pub(super) struct Draft<'s> {
    pub(super) place: Place<'s>,
    /// When it begins.
    pub(super) begin: Time,
    /// When it ends.
    pub(super) end: Time,
    pub(super) repeat: Option<Repeat>,
    /// It has an id, a good one that no cue before it has.
    pub(super) named: bool,
    pub(super) disabled: bool,
    /// It lacks nothing essential but perhaps a time.
    pub(super) whole: bool,
    /// The sheet says of which kind its action is.
    pub(super) kind_is_declared: bool,
}

/// One of the two times of a cue.
#[derive(Clone, Copy)]
pub(super) enum Time {
    /// The cue says nothing about it.
    Open,
    /// It does, but when that is cannot be told, which has been reported.
    Unknown,
    /// So many milliseconds after the event begins.
    At(i64),
    /// So many milliseconds after the cue begins.
    After(i64),
    /// It hangs on another cue, as the field says.
    Reference,
    /// It is being followed: to meet it again is a circle.
    Followed,
}

/// How often a cue happens.
#[derive(Clone, Copy)]
pub(super) struct Repeat {
    pub(super) every_ms: i64,
    pub(super) count: NonZeroU32,
}

impl Time {
    /// Returns the milliseconds after the event begins, once every reference was followed.
    pub(super) fn ms(self) -> Option<i64> {
        if let Self::At(ms) = self { Some(ms) } else { None }
    }
}

impl<'s> Draft<'s> {
    /// Returns its id, if it has a good one.
    pub(super) fn id(&self) -> Option<&'s str> {
        if self.named { self.place.written_id() } else { None }
    }
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
        self.with_at(|at| at.below(path, &mut |at| report.say(code, at, place.clone(), message.clone())));
    }

    /// Does something with its place.
    pub(super) fn with_at<T>(&self, then: impl FnOnce(&At<'_>) -> T) -> T {
        let root = At::ROOT;
        let cues = root.key("cues");
        let array = if self.file.part.bare { &root } else { &cues };
        then(&array.index(self.index as usize))
    }

    /// Returns where that is, for as long as it is needed.
    pub(super) fn origin(&self) -> Origin {
        Origin { file: self.file.path.as_deref().map(Arc::from), index: self.index as usize }
    }

    /// Returns where it begins.
    pub(super) fn opening(&self) -> Range<usize> {
        self.file.tree.object(self.object).opening()
    }

    pub(super) fn prop(&self, field: &str) -> Option<Field<'s>> {
        self.file.tree.object(self.object).field(field)
    }

    /// Returns the id it was given, a good one or not.
    fn written_id(&self) -> Option<&'s str> {
        self.prop("id").and_then(|prop| prop.value().text())
    }

    /// Returns what messages call it, once its time is known.
    pub(super) fn label(&self, time: Option<Position>) -> Label<'s> {
        Label { id: self.written_id(), number: self.index as usize + 1, file: self.file.path.as_deref(), time }
    }
}
