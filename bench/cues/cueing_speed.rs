//! Measures what cueing costs a viewer: to join in the middle of a 24-hour event, and each tick from there.
//!
//! `cargo run --release -p downbeat-sheet --example cueing_speed [CUES …]`
//!
//! Half of the cues are states that end each other on their tracks; every tenth has a preload and jitter. "list" is
//! [`Rundown::cue_list`]; "join" adds the time until the first effects. "idle" is a tick at which nothing is due, "due" one
//! at which something is, with its effects. "list" and "join" are the best of many, as they take long enough to be
//! interrupted; the others are medians.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the crate has no clock; measuring needs one")]

use downbeat_core::cueing::Cueing;
use downbeat_core::{EventTimeline, Seed, ServerTime, Span};
use downbeat_sheet::Rundown;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const DAY_MS: u64 = 24 * 3_600_000;
const STARTS_AT: ServerTime = ServerTime::from_millis(1_704_067_200_000);
const BOUND: Span = Span::from_millis(20);

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|count| count.parse().ok()).collect();
    let counts = if given.is_empty() { vec![100, 1_000, 10_000, 100_000] } else { given };
    println!("{:>8} {:>11} {:>11} {:>9} {:>9} {:>9}", "cues", "list", "join", "idle", "due", "active");
    for count in counts {
        let rundown = rundown(count);
        let viewer = Seed::from_parts(&[b"bench", b"anna"]);
        let list = best(|| std::hint::black_box(rundown.cue_list(&viewer)).len());
        let middle = STARTS_AT + Span::from_millis(DAY_MS.cast_signed() / 2);
        let join = best(|| joined(&rundown, &viewer, middle).active().count());
        let mut cueing = joined(&rundown, &viewer, middle);
        let active = cueing.active().count();
        let idle = idle(&mut cueing, middle);
        let due = due(&mut cueing, 2_000);
        println!("{count:>8} {list:>11.2?} {join:>11.2?} {idle:>9.2?} {due:>9.2?} {active:>9}");
    }
}

/// Returns the cueing of a viewer who has just joined, its first effects done.
fn joined(rundown: &Rundown, viewer: &Seed, now: ServerTime) -> Cueing {
    let mut cueing = Cueing::new(None);
    cueing.handle_rundown(rundown.cue_list(viewer), |_, _| true);
    cueing.handle_timeline(EventTimeline::starting_at(STARTS_AT));
    cueing.handle_tick(now, BOUND);
    while cueing.poll_effect().is_some() {}
    cueing
}

/// Returns the time of a tick at which nothing is due; they are too short to measure one by one.
fn idle(cueing: &mut Cueing, now: ServerTime) -> Duration {
    const TICKS: u32 = 1_000;
    let one = median(|| (0..TICKS).for_each(|_| std::hint::black_box(&mut *cueing).handle_tick(now, BOUND)));
    one / TICKS
}

/// Returns the time of a tick at which something is due, over the next deadlines.
fn due(cueing: &mut Cueing, ticks: usize) -> Duration {
    let mut times = Vec::new();
    while let Some(deadline) = cueing.next_deadline().filter(|_| times.len() < ticks) {
        let start = Instant::now();
        cueing.handle_tick(deadline, BOUND);
        while std::hint::black_box(cueing.poll_effect()).is_some() {}
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// Returns the time of the least disturbed run.
fn best<T>(run: impl FnMut() -> T) -> Duration {
    times(run)[0]
}

fn median<T>(run: impl FnMut() -> T) -> Duration {
    let times = times(run);
    times[times.len() / 2]
}

/// Returns the times of several runs, the shortest first.
fn times<T>(mut run: impl FnMut() -> T) -> Vec<Duration> {
    let once = || {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed()
    };
    let mut times: Vec<Duration> = std::iter::repeat_with(once).take(41).collect();
    times.sort_unstable();
    times
}

/// Returns a rundown of that many cues over a day.
fn rundown(count: usize) -> Rundown {
    let mut sheet = String::from(
        r#"{ "version": 1, "id": "bench", "actions": { "on": { "kind": "state" }, "hit": { "kind": "moment" } }, "cues": ["#,
    );
    for n in 0..count {
        let comma = if n == 0 { "" } else { "," };
        let ms = n as u64 * DAY_MS / count as u64;
        let action = if n % 2 == 0 { "on" } else { "hit" };
        let track = n % 8;
        let fetch = if n % 10 == 0 {
            r#","jitter":"400ms","preload":{"assets":["/a"],"lead":"60s","spread":"45s"}"#
        } else {
            ""
        };
        // Writing to a String cannot fail.
        let _ = write!(
            sheet,
            r##"{comma}{{"id": "q{n}", "time":{}.{:03},"action":"{action}","track":"t{track}","params":{{"c":"red","n":{n}}}{fetch}}}"##,
            ms / 1_000,
            ms % 1_000
        );
    }
    sheet.push_str("] }");
    let compiled = downbeat_sheet::compile(&sheet);
    compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics.first()))
}
