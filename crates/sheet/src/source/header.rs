//! What a sheet says beside its cues: for the whole sheet, and for one file of it.

use downbeat_core::{Locale, Span};

use super::declare::Declarations;
use super::time::FrameRate;
use super::tree::{Array, Value};
use super::vars::Vars;
use crate::diagnostic::At;

/// What applies to a sheet as a whole, whichever file it is written in.
pub(super) struct Header {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) duration: Option<Span>,
    /// The locale of messages that are a single text.
    pub(super) locale: Locale,
    /// The locales a message may have; `None` if any will do.
    pub(super) locales: Option<Vec<Locale>>,
    /// How far apart viewers' clocks may be.
    pub(super) expected_drift: Span,
    pub(super) declarations: Declarations,
}

/// What applies within one file.
pub(super) struct Part<'s> {
    /// The rate of timecode that does not name its own.
    pub(super) frame_rate: Option<FrameRate>,
    pub(super) vars: Vars,
    /// The paths of the files it includes.
    pub(super) include: Vec<Value<'s>>,
    pub(super) cues: Option<Array<'s>>,
    form: Form,
}

/// The two ways to write a file of a sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// An array of cues and nothing else.
    BareArray,
    /// An object with a field `cues`.
    Object,
}

/// The id of a sheet that does not give one.
pub(crate) const ID_UNNAMED: &str = "sheet";

/// How far apart viewers are expected to be if the sheet does not say: 500 ms.
///
/// Reason: the difference between two clocks that were both estimated over a mobile network.
const EXPECTED_DRIFT: Span = Span::from_millis(500);

impl Default for Header {
    fn default() -> Self {
        Self {
            id: ID_UNNAMED.to_owned(),
            title: ID_UNNAMED.to_owned(),
            duration: None,
            locale: Locale::default(),
            locales: None,
            expected_drift: EXPECTED_DRIFT,
            declarations: Declarations::default(),
        }
    }
}

impl<'s> Part<'s> {
    /// Creates the part of a file that is a bare array of cues.
    pub(super) fn bare_array(cues: Array<'s>, vars: &Vars) -> Self {
        Self { frame_rate: None, vars: vars.clone(), include: Vec::new(), cues: Some(cues), form: Form::BareArray }
    }

    /// Creates the part of a file in the object form.
    pub(super) fn object(
        frame_rate: Option<FrameRate>,
        vars: Vars,
        include: Vec<Value<'s>>,
        cues: Option<Array<'s>>,
    ) -> Self {
        Self { frame_rate, vars, include, cues, form: Form::Object }
    }

    /// Returns the place of the array of cues.
    pub(super) fn cues_at<'a>(&self, root: &'a At<'a>) -> At<'a> {
        match self.form {
            Form::BareArray => *root,
            Form::Object => root.key("cues"),
        }
    }
}
