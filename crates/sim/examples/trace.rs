//! Writes the exchanges of a viewer's evening as lines of JSON:
//! `cargo run -p downbeat-sim --example trace -- wifi 7 3600 | downbeat clock replay -`
//!
//! The arguments are the network, the seed, and the seconds.

use std::io::{BufWriter, Write as _, stdout};
use std::process::ExitCode;

use downbeat_core::clock::{ClockChange, Due, Schedule};
use downbeat_core::{Seed, Span};
use downbeat_sim::World;
use downbeat_sim::network::Kind;
use downbeat_sim::trace::Line;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = match &arguments[..] {
        [kind, seed, seconds] => Kind::named(kind).zip(seed.parse().ok()).zip(seconds.parse().ok()),
        _ => None,
    };
    let Some(((kind, seed), seconds)) = asked else {
        let names: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
        eprintln!("usage: trace NETWORK SEED SECONDS\nNETWORK is one of: {}", names.join(", "));
        return ExitCode::from(2);
    };
    match write(kind, seed, seconds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(kind: Kind, seed: u64, seconds: u32) -> std::io::Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    let mut world = World::new(kind, Seed::new(seed));
    let mut schedule = Schedule::new(world.local(), Seed::new(seed));
    let end = world.local() + Span::from_millis(i64::from(seconds) * 1_000);
    while schedule.deadline() < end {
        world.pass_until(schedule.deadline());
        if matches!(schedule.poll(world.local()), Some(Due::RequestTime { .. })) {
            writeln!(out, "{}", Line(world.exchange()))?;
            schedule.handle_answer(ClockChange::None, world.local());
        }
    }
    out.flush()
}
