//! Core for a page: numbers in, numbers out.
//!
//! This crate exists because it *forbids* decisions: it converts between JavaScript's numbers and core's types, and the
//! TypeScript beside it (`ts/`) turns the page's events into calls. Nothing here adds, compares or rounds times.
//!
//! It also forbids weight. It contains no JSON, which the browser parses, and no text but names: states and rundowns
//! arrive as columns of numbers.
//!
//! An instance of the module is one viewer. `exports.rs` has what a page can call, and `ts/core.ts` the same list.
//!
//! Instants and spans are milliseconds as doubles, like `performance.now()`; NaN means `None`.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod codes;
mod columns;
#[cfg(target_arch = "wasm32")]
mod exports;
mod numbers;
#[cfg(target_arch = "wasm32")]
mod runtime;
mod viewer;

pub use codes::{ConnectionCode, EffectKind, Reason, StatusCode};
pub use viewer::Viewer;
