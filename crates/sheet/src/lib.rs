//! Cue sheets: compiles the text that an author writes to the [`Rundown`] that viewers follow, or to [`Diagnostic`]s.
//!
//! This crate exists because it *forbids* files, sockets, clocks, randomness and JavaScript (`clippy.toml` holds it):
//! the same sheet compiles to the same bytes on every machine, in the terminal, in CI and in a browser.
//!
//! | start here | for |
//! | --- | --- |
//! | [`compile`], [`compile_with`] | compiling a sheet's text to a rundown and all diagnostics |
//! | [`crew`] | what a sheet says for those who run the show, and not for viewers |
//! | [`diagnostic`] | problems in a sheet: code, place, remedy |
//! | [`format()`] | formatting a sheet, with its comments |
//! | [`shift()`] | moving cues in a sheet's text |
//! | [`schema()`], [`schema_for`] | sheets as a JSON Schema, for editors |
//! | [`preview`] | the sheet as a picture, for the screen and for paper |
//! | [`list`] | the cue list on paper and in tables |
//! | [`interchange`] | cues from and to other programs: spreadsheets, editors of sound and film, web players |
//! | [`rundown`] | the compiled form: reading it, writing it, its digest |
//! | [`Rundown::active`], [`Rundown::next`] | what is active at a position, and what comes next |
//! | [`Rundown::join`] | what a viewer who joins late sees, cue by cue, and why |
//! | [`Rundown::cue_list`] | the cues in the form that core's cueing follows |
//! | [`Rundown::diff`] | what differs between two rundowns |
//!
//! Without the feature `compiler`, only rundowns are left, which is all that the worker and viewers need.
//!
//! ```
//! let compiled = downbeat_sheet::compile(r#"[{ "time": 560, "action": "startSong1" }]"#);
//! let rundown = compiled.rundown.expect("the sheet has no errors");
//! assert_eq!(rundown.cues()[0].id(), "startSong1@560000");
//! assert_eq!(rundown.cues()[0].time().as_millis(), 560_000);
//! ```

#[cfg(feature = "compiler")]
mod compile;
#[cfg(feature = "compiler")]
pub mod diagnostic;
#[cfg(feature = "compiler")]
mod format;
#[cfg(feature = "compiler")]
pub mod interchange;
#[cfg(feature = "compiler")]
mod json_schema;
#[cfg(feature = "compiler")]
pub mod list;
#[cfg(feature = "compiler")]
mod options;
#[cfg(feature = "compiler")]
pub mod preview;
pub mod rundown;
#[cfg(feature = "compiler")]
mod shift;
#[cfg(feature = "compiler")]
mod source;

#[cfg(feature = "compiler")]
pub use compile::{Compiled, compile, compile_with, crew};
#[cfg(feature = "compiler")]
pub use diagnostic::{Diagnostic, Level, explain};
#[cfg(feature = "compiler")]
pub use format::format;
#[cfg(feature = "compiler")]
pub use json_schema::{schema, schema_for};
#[cfg(feature = "compiler")]
pub use options::{Included, Options, PRELOAD_BYTES_PER_SECOND_MAX, ReadIncluded, Unread};
pub use rundown::{
    ChangeKind, Checkpoint, Cue, CueChange, Diff, Joined, Kind, Late, Needs, NotARundown, Otherwise, Outcome, Preload,
    Rundown, Texts, Track, Why, digest_of,
};
#[cfg(feature = "compiler")]
pub use shift::{MovedCue, NotShifted, Shift, Shifted, ShiftedFile, shift};
#[cfg(feature = "compiler")]
pub use source::{Crew, CrewNote, FrameRate};
