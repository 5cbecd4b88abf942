//! Rooms whose members are far apart, stall, press at once and pause by themselves.

use downbeat_core::room::{Action, LEAD_MAX, NewRoom, WAIT_MAX};
use downbeat_core::{Position, Seed, Span};
use downbeat_sim::Dice;
use downbeat_sim::player::Player;
use downbeat_sim::rooms::{Line, World, new_room};

fn seek(ms: i64) -> Action {
    Action::Seek { position: Position::from_millis(ms) }
}

/// A room of members on these lines that has played for 20 s.
fn playing(new: NewRoom, lines: &[Line], seed: u64) -> World {
    let mut world = World::new(new, seed);
    for (index, line) in lines.iter().enumerate() {
        // Seeks take from 60 to 300 ms, so that everyone misses at first.
        world.join(Player { seek_ms: 60 + 60 * index as i64, ..Player::new() }, *line);
    }
    world.run(2_000);
    world.press(0, Action::Resume);
    world.run(20_000);
    world.members.iter_mut().for_each(|member| member.paused_ms = 0);
    world
}

/// Five members, 20 to 200 ms away.
const FAR_APART: [Line; 5] = [Line::of(20), Line::of(45), Line::of(80), Line::of(130), Line::of(200)];

#[test]
fn whoever_presses_everybody_holds_at_the_same_frame() {
    for presser in 0..5 {
        let mut world = playing(new_room(), &FAR_APART, 1);
        assert!(world.spread_ms() < 80.0, "{}", world.spread_ms());
        world.press(presser, Action::Pause);
        world.run(2_000);
        assert!(world.members.iter().all(|member| member.page.player.paused));
        assert!(world.spread_ms() < 40.0, "{}", world.spread_ms());
        // The lead is what the farthest of them needs.
        assert!(world.members.iter().all(|member| member.lateness <= Span::ZERO));
    }
}

#[test]
fn a_second_after_a_seek_everybody_is_there() {
    let mut world = playing(new_room(), &FAR_APART, 2);
    for round in 1..=5 {
        world.press(2, seek(round * 100_000));
        world.run(2_500);
        // The first seek teaches each page how long its player takes.
        assert!(round == 1 || world.spread_ms() < 80.0, "{round}: {}", world.spread_ms());
        world.run(8_000);
        assert!(world.spread_ms() < 80.0, "{round}: {}", world.spread_ms());
    }
    assert!(world.event.room().unwrap().waits().as_slice().is_empty(), "nobody waits for what a seek takes");
}

#[test]
fn of_two_who_press_at_once_the_later_one_counts_on_every_page() {
    for (first, second, apart_ms) in [(0, 4, 1), (4, 0, 1), (4, 0, 150), (1, 3, 0), (3, 1, 0)] {
        let mut world = playing(new_room(), &FAR_APART, 3);
        world.press(first, seek(600_000));
        world.run(apart_ms);
        world.press(second, Action::Pause);
        world.run(4_000);
        let room = world.event.room().unwrap();
        let is_later = apart_ms > 0;
        let pressed_last = world.now() - 4_000;
        let intended = (room.intended().unwrap() - downbeat_sim::player::START).as_millis();
        assert!(!is_later || intended == pressed_last, "{first} {second}: {intended} {pressed_last}");
        assert!(world.members.iter().all(|member| member.rev == world.event.rev()));
        assert!(world.members.iter().all(|member| member.page.player.paused), "{first} {second} {apart_ms}");
        let drifts: Vec<f64> = world.members.iter().map(|member| member.page.drift_ms()).collect();
        assert!(world.spread_ms() < 40.0, "{first} {second} {apart_ms}: {drifts:?}");
    }
}

#[test]
fn the_room_waits_for_a_stall_and_for_no_longer() {
    let mut world = playing(new_room(), &FAR_APART, 4);
    world.stall(3, 3_000);
    world.run(20_000);
    for (index, member) in world.members.iter().enumerate() {
        // What the stall took, and what it took to say so twice.
        assert!((2_000..4_200).contains(&member.paused_ms), "{index}: {} ms", member.paused_ms);
    }
    assert!(world.spread_ms() < 80.0, "{}", world.spread_ms());
}

#[test]
fn a_member_who_stalls_for_ever_costs_the_others_one_wait() {
    let mut world = playing(new_room(), &FAR_APART[..3], 5);
    world.stall(1, i64::MAX / 4);
    world.run(900_000);
    for index in [0, 2] {
        let paused = world.members[index].paused_ms;
        assert!(paused > 0 && paused <= WAIT_MAX.as_millis(), "{index}: {paused} ms");
    }
    assert_eq!(world.event.last_change().name(), "wait");
}

#[test]
fn a_member_who_stalls_again_and_again_costs_thirty_seconds_in_ten_minutes() {
    let mut world = playing(new_room(), &FAR_APART[..3], 6);
    for _ in 0..60 {
        world.stall(1, 9_000);
        world.run(10_000);
    }
    let paused = world.members[0].paused_ms;
    assert!((20_000..=30_000 + LEAD_MAX.as_millis()).contains(&paused), "{paused} ms");
}

#[test]
fn where_the_room_does_not_wait_whoever_stalls_catches_up() {
    let mut world = playing(NewRoom { wait_max: None, ..new_room() }, &FAR_APART, 7);
    world.stall(3, 5_000);
    world.run(15_000);
    assert!(world.members.iter().all(|member| member.paused_ms == 0 || member.page.done.is_empty()));
    assert_eq!(world.members[0].paused_ms, 0);
    assert!(world.spread_ms() < 80.0, "{}", world.spread_ms());
}

#[test]
fn a_player_that_pauses_by_itself_or_misses_is_nobody_elses_affair() {
    let mut world = playing(new_room(), &FAR_APART, 8);
    let before = world.event.clone();
    world.members[1].page.player.paused = true;
    world.members[2].page.kick(-3_000);
    world.run(5_000);
    assert_eq!(world.event, before);
    assert_eq!((world.members[0].paused_ms, world.members[2].paused_ms), (0, 0));
}

#[test]
fn who_leaves_in_the_middle_of_a_wait_is_not_waited_for_and_who_comes_late_joins_in() {
    let mut world = playing(new_room(), &FAR_APART, 9);
    world.stall(4, 60_000);
    world.run(2_000);
    world.leave(4);
    let late = world.join(Player { seek_ms: 250, ..Player::new() }, Line::of(150));
    world.run(10_000);
    assert!(world.members[0].paused_ms < 3_000, "{} ms", world.members[0].paused_ms);
    assert!(!world.members[late].page.player.paused);
    assert!(world.spread_ms() < 80.0, "{}", world.spread_ms());
}

#[test]
fn whatever_lines_and_players_do_everybody_ends_up_together() {
    for seed in 0..12 {
        let mut dice = Dice::new(Seed::new(seed));
        let ms = |dice: &mut Dice| dice.between(Span::from_millis(20), Span::from_millis(200));
        let lines: Vec<Line> = (0..4)
            .map(|_| {
                let (there, back) = (ms(&mut dice), ms(&mut dice));
                Line { there, back, jitter: Span::from_millis(15), loss: 0.05 }
            })
            .collect();
        let mut world = playing(new_room(), &lines, seed);
        for _ in 0..12 {
            let member = (dice.unit() * 4.0) as usize;
            match (dice.unit() * 6.0) as u8 {
                0 => world.press(member, Action::Pause),
                1 | 2 => world.press(member, Action::Resume),
                3 => world.press(member, seek((dice.unit() * 600_000.0) as i64)),
                _ => world.stall(member, (dice.unit() * 8_000.0) as i64),
            }
            world.run(dice.between(Span::ZERO, Span::from_millis(6_000)).as_millis());
        }
        world.press(0, Action::Resume);
        world.run(25_000);
        assert!(world.members.iter().all(|member| member.rev == world.event.rev()), "seed {seed}");
        assert!(world.members.iter().all(|member| !member.page.player.paused), "seed {seed}: somebody is held");
        assert!(world.spread_ms() < 100.0, "seed {seed}: {} ms", world.spread_ms());
    }
}

#[test]
fn two_hundred_members_are_told_little_of_each_other() {
    let mut world = World::new(new_room(), 10);
    for _ in 0..200 {
        world.join(Player::new(), Line::of(40));
        world.run(50);
    }
    world.run(5_000);
    // 15 s at some 50 a second, more only while members come; everyone to everyone would be 200 × 201 × 2 = 80,400.
    assert!((200..=1_000).contains(&world.presence_messages), "{}", world.presence_messages);
}
