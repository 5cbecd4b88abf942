//! Core as a page sees it: numbers in, numbers out.
//!
//! This crate exists because it *forbids* deciding: it turns JavaScript's numbers into core's types and back, and the
//! TypeScript beside it (`ts/`) turns events of the page into calls. Nothing here adds, compares or rounds times.
//!
//! It also forbids weight. There is no JSON in it, since the browser reads that, and no text beyond names: what a
//! state or a rundown says arrives as columns of numbers.
//!
//! An instance of the module is one viewer. What a page calls stands in `exports.rs`, and the same list in `ts/core.ts`.
//!
//! Instants and spans are milliseconds as doubles, as `performance.now()` gives them; NaN stands for "none".

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod columns;
mod effect;
#[cfg(target_arch = "wasm32")]
mod exports;
mod numbers;
#[cfg(target_arch = "wasm32")]
mod runtime;
mod viewer;

pub use effect::{Act, Kind, Why, Word};
pub use viewer::Viewer;
