//! Measures compiling: its time compared with what serde_json takes to parse the same bytes and write them again, and its
//! peak memory. `scripts/bench cues` runs it; by itself:
//!
//! - `cargo run --release -p downbeat-sheet --example compile_speed -- time lean 100000` prints both times,
//! - `… -- peak lean 100000` prints the process's peak memory (Linux),
//! - `… -- sheet lean 100000` prints the sheet.
//!
//! "lean" cues are as short as possible, of which 200,000 fit the 10 MiB a sheet may have. "rich" ones have ids,
//! references to each other, params held against a schema and ends on exclusive tracks, in so few bytes that 100,000
//! fit. "wide" ones have the same with vars, messages and spaces, as people write them. Compiling ends with the bytes to
//! publish.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the crate has no clock; measuring needs one")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let count = given.get(2).and_then(|count| count.parse().ok());
    let (Some(&what), Some(sheet), Some(count)) = (given.first(), given.get(1).and_then(|kind| kind_of(kind)), count)
    else {
        eprintln!("usage: compile_speed time|peak|sheet lean|rich|wide CUES");
        std::process::exit(2);
    };
    let sheet = sheet(count);
    match what {
        "sheet" => print!("{sheet}"),
        "peak" => {
            let published = compile(&sheet);
            let peak = peak_bytes().map_or("null".to_owned(), |bytes| bytes.to_string());
            println!("{{\"bytes\":{},\"published\":{published},\"peak\":{peak}}}", sheet.len());
        }
        _ => {
            let serde = best(|| {
                let value: serde_json::Value = serde_json::from_str(&sheet).expect("the sheet is plain JSON");
                value.to_string().len()
            });
            let compile = best(|| compile(&sheet));
            let (bytes, serde, compile) = (sheet.len(), serde.as_nanos(), compile.as_nanos());
            println!("{{\"bytes\":{bytes},\"serde\":{serde},\"compile\":{compile}}}");
        }
    }
}

/// Compiles a sheet and returns the number of bytes to publish.
fn compile(sheet: &str) -> usize {
    let compiled = downbeat_sheet::compile(sheet);
    compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)).to_bytes().len()
}

/// Returns the shortest of several runs: the least disturbed one.
fn best<T>(mut run: impl FnMut() -> T) -> Duration {
    let once = || {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed()
    };
    std::iter::repeat_with(once).take(7).min().unwrap_or_default()
}

/// Returns the peak resident memory of this process, the program itself included; `None` if the system does not report it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// Returns the generator of sheets of that name.
fn kind_of(name: &str) -> Option<fn(usize) -> String> {
    match name {
        "lean" => Some(lean),
        "rich" => Some(rich),
        "wide" => Some(wide),
        _ => None,
    }
}

/// Returns cues that are 400 ms apart and as short as possible.
fn lean(count: usize) -> String {
    sheet("", count, |out, n| {
        let (track, ms) = (n % 8, n * 400);
        write!(out, "{{\"time\":{}.{:03},\"action\":\"move\",\"track\":\"t{track}\"}}", ms / 1_000, ms % 1_000)
    })
}

/// Returns cues with everything that costs time, in few bytes.
fn rich(count: usize) -> String {
    let header = r##""actions":{"light":{"kind":"state","params":{"type":"object","required":["at"],"properties":{"at":{"type":"number","maximum":1}}}}},
"tracks":{"a":{"exclusive":true},"b":{},"c":{"exclusive":true},"d":{}},"##;
    sheet(header, count, |out, n| {
        match n {
            0 => write!(out, r#"{{"id":"c0","time":1"#)?,
            n => write!(out, r##"{{"id":"c{n}","time":"#c{}.start+1s""##, n - 1)?,
        }
        let (track, at) = (["a", "b", "c", "d"][n % 4], n % 10);
        write!(out, r#","action":"light","track":"{track}","duration":4,"params":{{"at":0.{at}}}}}"#)
    })
}

/// Returns cues as people write them.
fn wide(count: usize) -> String {
    let header = r##""actions": { "light": { "kind": "state", "params": { "type": "object", "required": ["color"],
    "properties": { "color": { "type": "string", "pattern": "^#[0-9a-f]{6}$" }, "level": { "type": "number", "maximum": 1 } } } } },
  "tracks": { "t0": { "exclusive": true }, "t1": {}, "t2": { "exclusive": true }, "t3": {} }, "vars": { "brand": "#e11d48" },
  "##;
    sheet(header, count, |out, n| {
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
    })
}

/// Returns a sheet of cues.
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
