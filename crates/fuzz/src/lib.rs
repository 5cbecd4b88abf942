//! Fuzz targets: what must hold for every input of a parser, and for every order in which things happen.
//!
//! This crate exists because it *forbids* knowing what comes: each target is a function of bytes that panics if something is
//! wrong. libFuzzer searches for such bytes (`scripts/fuzz`, through `fuzz_targets/`), and `tests/replay.rs` calls the same
//! functions with the bytes found so far (`corpus/`), with the example sheets and with the golden documents of `wire`.
//!
//! | target | input | what must hold |
//! | --- | --- | --- |
//! | [`sheet`] | a sheet's text | it compiles or has errors; a rundown is printed, read and compiled back to itself |
//! | [`importers`] | a format, and a file's text | what is imported compiles, and every format can export it |
//! | [`rundown`] | a rundown's bytes | only canonical bytes are read; no cue is lost between two positions |
//! | [`wire`] | a frame, a body or a path | what was read and is written again is read as the same |
//! | [`commands`] | lines of commands and configurations | a refusal changes nothing, a change adds one revision, a pause is accepted |
//! | [`signed`] | a signed state | whatever was accepted, the next command is accepted too |
//! | [`session`] | what happens to one viewer | no older revision returns, no moment fires twice, states are entered and left in turn |
//! | [`hub`] | what happens to one hub | it keeps the newest state, and after calm every socket has it |

pub mod commands;
pub mod hub;
pub mod importers;
pub mod rundown;
pub mod session;
pub mod sheet;
pub mod signed;
mod story;
pub mod wire;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, also that of its corpus and of its file in `fuzz_targets/`.
    pub name: &'static str,
    /// Checks one input.
    ///
    /// # Panics
    /// If something is wrong.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 8] = [
    Target { name: "sheet", run: sheet::run },
    Target { name: "importers", run: importers::run },
    Target { name: "rundown", run: rundown::run },
    Target { name: "wire", run: wire::run },
    Target { name: "commands", run: commands::run },
    Target { name: "signed", run: signed::run },
    Target { name: "session", run: session::run },
    Target { name: "hub", run: hub::run },
];
