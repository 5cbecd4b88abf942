//! Measures how long compiling takes beside what serde_json takes to parse the same bytes and write them again.
//!
//! `cargo run --release -p downbeat-sheet --example compile_speed [CUES …]`
//!
//! "lean" are cues as short as they get, of which 200,000 fit the 10 MiB a sheet may have; "rich" ones have ids, params
//! held against a schema, references, ends on exclusive tracks and messages. "compile" ends with the bytes to publish.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the crate has no clock; measuring needs one")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|count| count.parse().ok()).collect();
    let counts = if given.is_empty() { vec![1_000, 10_000, 30_000, 100_000, 200_000] } else { given };
    println!("{:>5} {:>8} {:>10} {:>12} {:>12} {:>6}", "cues", "", "bytes", "serde_json", "compile", "ratio");
    for (name, sheet) in [("lean", lean as fn(usize) -> String), ("rich", rich)] {
        for &count in &counts {
            let sheet = sheet(count);
            if sheet.len() > 10 * 1024 * 1024 {
                continue;
            }
            let serde = best(|| {
                let value: serde_json::Value = serde_json::from_str(&sheet).expect("the sheet is plain JSON");
                value.to_string().len()
            });
            let compile = best(|| {
                let compiled = downbeat_sheet::compile(&sheet);
                compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)).to_bytes().len()
            });
            let ratio = compile.as_secs_f64() / serde.as_secs_f64();
            println!("{name:>5} {count:>8} {:>10} {serde:>12.2?} {compile:>12.2?} {ratio:>6.2}", sheet.len());
        }
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

/// Gives a sheet of so many cues, each 400 ms after the one before and as short as it gets.
fn lean(count: usize) -> String {
    let cue = |out: &mut String, n: usize| {
        let (track, ms) = (n % 8, n * 400);
        write!(out, "{{\"time\":{}.{:03},\"action\":\"move\",\"track\":\"t{track}\"}}", ms / 1_000, ms % 1_000)
    };
    sheet("", count, cue)
}

/// Gives a sheet of so many cues, as people write them.
fn rich(count: usize) -> String {
    let header = r##""actions": { "light": { "kind": "state", "params": { "type": "object", "required": ["color"],
    "properties": { "color": { "type": "string", "pattern": "^#[0-9a-f]{6}$" }, "level": { "type": "number", "maximum": 1 } } } } },
  "tracks": { "t0": { "exclusive": true }, "t1": {}, "t2": { "exclusive": true }, "t3": {} }, "vars": { "brand": "#e11d48" },
  "##;
    let cue = |out: &mut String, n: usize| {
        write!(out, r#"{{ "id": "cue-{n}", "time": "#)?;
        match n {
            0 => write!(out, r#""00:00:01.500""#)?,
            n => write!(out, r##""#cue-{}.start+400ms""##, n - 1)?,
        }
        let track = n % 4;
        write!(
            out,
            r##", "action": "light", "track": "t{track}", "duration": "1.5s", "params": {{ "color": "${{brand}}", "level": 0.{track} }}, "message": "Number {n}" }}"##
        )
    };
    sheet(header, count, cue)
}

/// Gives a sheet of cues.
fn sheet(header: &str, count: usize, cue: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut out = format!("{{ \"version\": 1, \"id\": \"bench\",\n  {header}\"cues\": [\n");
    for n in 0..count {
        // Writing to a String cannot fail.
        let _ = cue(&mut out, n);
        out.push_str(if n + 1 == count { "\n" } else { ",\n" });
    }
    out.push_str("] }\n");
    out
}
