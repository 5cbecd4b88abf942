//! The sheet as its author writes it.
//!
//! Everything is read to the end, whatever is wrong with it: each function reports the problems it finds and returns what
//! can still be understood. First the files and what they declare ([`include`], [`sheet`], [`declare`]), then each cue on
//! its own ([`cue`]), then the cues together ([`resolve`], [`arrange`], [`review`]).

mod arrange;
mod crew;
mod cue;
mod cursor;
mod declare;
mod draft;
mod fields;
mod file;
mod header;
mod ids;
mod include;
mod interner;
mod invisible;
mod json;
mod label;
mod name;
mod names;
mod nearest;
mod nfc;
mod origin;
mod place;
mod read;
mod resolve;
mod review;
mod schema;
mod sheet;
mod shelf;
pub(crate) mod syntax;
mod time;
mod timed;
mod tree;
mod vars;
mod words;

pub(crate) use crew::Trace;
pub use crew::{Crew, CrewNote};
pub(crate) use cue::NEXT;
pub(crate) use header::ID_UNNAMED;
pub(crate) use invisible::invisible;
pub(crate) use name::{is_id, is_id_char};
pub(crate) use names::{Names, names};
pub(crate) use nearest::nearest;
pub(crate) use nfc::{is_mark, nfc};
pub(crate) use origin::Origin;
pub(crate) use read::{is_rundown, read};
pub(crate) use schema::DeclaredParams;
pub use time::FrameRate;
pub(crate) use time::{Anchor, DAY_MS, DayTime, TimeError, frame, time_ms};
pub(crate) use timed::{Room, TimedCue, Written};

#[cfg(test)]
mod tests;
