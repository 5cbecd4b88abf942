//! Prints, as JSON, what members whose players stall cost the others: `cargo run --release -p downbeat-sim --example waits`.

use std::collections::VecDeque;

use downbeat_core::room::Action;
use downbeat_sim::player::Player;
use downbeat_sim::rooms::{Line, World, new_room};

/// How many rooms of each kind: 20.
const ROOMS: u64 = 20;

/// How long a room is watched, in ms: 15 min.
const WATCHED: i64 = 900_000;

/// The time over which holds are added up, in ms: ten minutes.
const WINDOW: i64 = 600_000;

fn main() {
    let worst = |cost: fn(u64) -> i64| (0..ROOMS).map(cost).max().unwrap_or_default();
    println!(r#"{{"rooms":{ROOMS},"forever":{},"again":{}}}"#, worst(forever), worst(again));
}

/// Returns a room of five members that plays.
fn playing(seed: u64) -> World {
    let mut world = World::new(new_room(), seed);
    for ms in [20, 45, 80, 130, 200] {
        world.join(Player { seek_ms: 60, ..Player::new() }, Line { loss: 0.01, ..Line::of(ms) });
    }
    world.run(2_000);
    world.press(0, Action::Resume);
    world.run(20_000);
    world.members.iter_mut().for_each(|member| member.paused_ms = 0);
    world
}

/// Returns for how many ms the others are held by a member whose player stops for ever.
fn forever(seed: u64) -> i64 {
    let mut world = playing(seed);
    world.stall(1, i64::MAX / 4);
    world.run(WATCHED);
    world.members[0].paused_ms
}

/// Returns for how many ms at most of any ten minutes the others are held by two members who stall again and again.
fn again(seed: u64) -> i64 {
    let mut world = playing(seed);
    let mut window = VecDeque::new();
    let mut most = 0;
    for second in 0..WATCHED / 1_000 {
        match second % 17 {
            0 => world.stall(1, 9_000),
            8 => world.stall(2, 9_000),
            _ => {}
        }
        world.run(1_000);
        window.push_back(world.members[0].paused_ms);
        if window.len() as i64 > WINDOW / 1_000 {
            window.pop_front();
        }
        most = most.max(world.members[0].paused_ms - window.front().copied().unwrap_or_default());
    }
    most
}
