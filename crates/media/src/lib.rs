//! Core for one media element of a page: numbers in, numbers out.
//!
//! This crate exists because it *forbids* decisions, like `web`: it converts between JavaScript's numbers and core's types. It is apart
//! from `web` because it also forbids weight there: pages without media never load it.
//!
//! An instance of the module is one element. Instants and spans are milliseconds as doubles, like `performance.now()`;
//! positions in media are seconds, as elements have them; NaN means `None`.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod element;
#[cfg(target_arch = "wasm32")]
mod exports;
#[path = "../../web/src/numbers.rs"]
mod numbers;
#[cfg(target_arch = "wasm32")]
#[path = "../../web/src/runtime.rs"]
mod runtime;

pub use element::{Element, MediaAction};
