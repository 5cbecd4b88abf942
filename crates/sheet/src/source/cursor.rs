//! Where the readers are: the value that is being read, and how messages refer to it.

use core::fmt::Display;
use core::ops::Range;

use super::time::FrameRate;
use super::vars::Vars;
use crate::diagnostic::{At, Code, FileId, Location, Message, Report};

/// A position in a file while it is read: problems found there are reported through it.
pub(super) struct Cursor<'a> {
    /// What messages call the thing that is read, such as `cue "doors" at 00:20:05`.
    pub(super) subject: &'a dyn Display,
    pub(super) file: FileId,
    pub(super) at: At<'a>,
    /// The values of `${name}` in texts.
    pub(super) vars: &'a Vars,
    /// The rate of timecode that does not name its own.
    pub(super) frame_rate: Option<FrameRate>,
    pub(super) report: &'a mut Report,
}

impl Cursor<'_> {
    /// Returns a cursor at a field of the object here.
    pub(super) fn key<'b>(&'b mut self, key: &'b str) -> Cursor<'b> {
        let Self { subject, file, at, vars, frame_rate, report } = self;
        Cursor { subject: *subject, file: *file, at: at.key(key), vars, frame_rate: *frame_rate, report }
    }

    /// Returns a cursor at an element of the array here.
    pub(super) fn index(&mut self, index: usize) -> Cursor<'_> {
        let Self { subject, file, at, vars, frame_rate, report } = self;
        Cursor { subject: *subject, file: *file, at: at.index(index), vars, frame_rate: *frame_rate, report }
    }

    /// Returns a cursor at the same place for which messages use another name.
    pub(super) fn named<'b>(&'b mut self, subject: &'b dyn Display) -> Cursor<'b> {
        Cursor {
            subject,
            file: self.file,
            at: self.at,
            vars: self.vars,
            frame_rate: self.frame_rate,
            report: self.report,
        }
    }

    /// Returns a cursor at the same place with other values of `${name}`.
    pub(super) fn with_vars<'b>(&'b mut self, vars: &'b Vars) -> Cursor<'b> {
        Cursor {
            vars,
            file: self.file,
            at: self.at,
            subject: self.subject,
            frame_rate: self.frame_rate,
            report: self.report,
        }
    }

    /// Reports a problem of the value here, whose bytes are `span`.
    pub(super) fn report(&mut self, code: Code, span: Range<usize>, message: Message) {
        self.report_at(code, self.at.pointer(), span, message);
    }

    /// Reports a problem of a value elsewhere in the file.
    pub(super) fn report_at(&mut self, code: Code, pointer: String, span: Range<usize>, message: Message) {
        self.report.add(code, Location { file: self.file, pointer, span }, message);
    }
}
