//! Prints the JSON Schema of sheets; that of one sheet with its own actions, params, tracks and locales, when it is named.
//!
//! `cargo run -p downbeat-sheet --example schema [SHEET]`

#![expect(clippy::disallowed_methods, reason = "the crate reads no files; who asks for a sheet's schema does")]

use std::path::Path;

fn main() {
    let schema = match std::env::args().nth(1) {
        None => downbeat_sheet::schema(),
        Some(path) => {
            let sheet = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            let folder = Path::new(&path).parent().unwrap_or(Path::new(""));
            let read =
                |included: &str| std::fs::read_to_string(folder.join(included)).map_err(|error| error.to_string());
            downbeat_sheet::schema_for(&sheet, &read).unwrap_or_else(|said| panic!("{path}: {said:?}"))
        }
    };
    println!("{schema:#}");
}
