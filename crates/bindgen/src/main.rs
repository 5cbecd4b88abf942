//! Makes the JavaScript that loads the worker's wasm, as wasm-bindgen's own command does: a step of `scripts/build`.
//!
//! This crate exists because it *forbids* installing that command: what the worker's build needs is compiled with the
//! workspace, in the version that `Cargo.lock` pins.
//!
//! usage: `downbeat-bindgen WASM DIRECTORY`, which writes `index.js`, `index_bg.wasm` and `snippets/` to the directory

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(wasm), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: downbeat-bindgen WASM DIRECTORY".into());
    };
    Bindgen::new()
        .input_path(wasm)
        .out_name("index")
        .typescript(false)
        // An ES module that starts the wasm when it is imported. The Workers runtime compiles the file it imports.
        .module(true)?
        .omit_default_module_path(false)
        // What crates/worker/src/entry.js needs to start the wasm anew after a panic.
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .generate(directory)?;
    Ok(())
}
