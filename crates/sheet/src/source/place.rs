//! Where a cue is in the sheet.

use core::ops::Range;
use downbeat_core::Position;
use std::sync::Arc;

use super::file::File;
use super::label::CueLabel;
use super::origin::Origin;
use super::tree::{Field, Object};
use crate::diagnostic::{At, Code, Location, Message, Report, pointer_step};

/// The place of a cue in the sheet.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) file: &'s File<'s>,
    /// Its number among the file's cues, from 0.
    pub(super) index: u32,
    /// The number of its object in the file's tree.
    pub(super) object: u32,
}

impl<'s> Place<'s> {
    /// Reports a problem of one of its fields, or of the whole cue if it does not have that field.
    pub(super) fn report(&self, code: Code, field: &str, message: Message, report: &mut Report) {
        let (path, span) = match self.field(field) {
            Some(found) => (pointer_step(field), found.value().span()),
            None => (String::new(), self.opening()),
        };
        let location = Location { file: self.file.id, pointer: self.pointer() + &path, span };
        report.add(code, location, message);
    }

    /// Returns its JSON pointer.
    pub(super) fn pointer(&self) -> String {
        self.file.part.cues_at(&At::ROOT).index(self.index as usize).pointer()
    }

    /// Returns its origin, which outlives what was read.
    pub(super) fn origin(&self) -> Origin {
        Origin { file: self.file.path.as_deref().map(Arc::from), index: self.index as usize }
    }

    /// Returns the bytes of its opening brace.
    pub(super) fn opening(&self) -> Range<usize> {
        self.object().opening()
    }

    pub(super) fn field(&self, name: &str) -> Option<Field<'s>> {
        self.object().field(name)
    }

    fn object(&self) -> Object<'s> {
        self.file.tree.object(self.object)
    }

    /// Returns the id that its author gave it, whether or not it is valid.
    pub(super) fn written_id(&self) -> Option<&'s str> {
        self.field("id").and_then(|field| field.value().text())
    }

    /// Returns what messages call it, with its time if that is known.
    pub(super) fn label(&self, time: Option<Position>) -> CueLabel<'s> {
        CueLabel { id: self.written_id(), number: self.index as usize + 1, file: self.file.path.as_deref(), time }
    }
}
