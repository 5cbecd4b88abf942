//! Measures how long compiling takes beside what serde_json takes to parse the same bytes and write them again.
//!
//! `cargo run --release -p downbeat-sheet --example compile_speed [CUES …]`

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the crate has no clock; measuring needs one")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|count| count.parse().ok()).collect();
    let counts = if given.is_empty() { vec![1_000, 10_000, 100_000, 200_000] } else { given };
    println!("{:>8} {:>10} {:>12} {:>12} {:>7} {:>12}", "cues", "bytes", "serde_json", "compile", "ratio", "to_bytes");
    for count in counts {
        let sheet = sheet(count);
        let serde = best(|| {
            let value: serde_json::Value = serde_json::from_str(&sheet).expect("the sheet is plain JSON");
            value.to_string().len()
        });
        let compile = best(|| {
            let compiled = downbeat_sheet::compile(&sheet);
            compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)).cues().len()
        });
        let rundown = downbeat_sheet::compile(&sheet).rundown.expect("it compiled before");
        let print = best(|| rundown.to_bytes().len());
        let ratio = compile.as_secs_f64() / serde.as_secs_f64();
        println!("{count:>8} {:>10} {serde:>12.2?} {compile:>12.2?} {ratio:>7.2} {print:>12.2?}", sheet.len());
    }
}

/// Gives the shortest of several runs: the one that was disturbed least.
fn best<T>(mut run: impl FnMut() -> T) -> Duration {
    let once = || {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed()
    };
    std::iter::repeat_with(once).take(7).min().unwrap_or_default()
}

/// Gives a sheet of so many cues, as short as they get: two hundred thousand must fit 10 MiB.
fn sheet(count: usize) -> String {
    let mut out = String::from("{\n  \"version\": 1,\n  \"id\": \"bench\",\n  \"cues\": [\n");
    for n in 0..count {
        let (track, ms) = (n % 8, n * 400);
        let comma = if n + 1 == count { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "{{\"time\":{}.{:03},\"action\":\"move\",\"track\":\"t{track}\"}}{comma}",
            ms / 1_000,
            ms % 1_000
        );
    }
    out.push_str("  ]\n}\n");
    out
}
