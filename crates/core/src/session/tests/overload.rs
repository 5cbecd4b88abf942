//! A session whose server has more to do than it can: what it leaves out, and what it does not.

use super::*;

/// A viewer of an event that pushes, who finds no socket; the server is slow from the beginning.
fn crowded(seed: u64, answers_ms: i64) -> World {
    let mut world = World::joining(0);
    world.session = Session::new(Seed::new(seed), None, world.now);
    world.news.details.as_mut().unwrap().pushes = true;
    world.hubs = Hubs::Dumb;
    world.answers_in = Span::from_millis(answers_ms);
    world
}

fn times(world: &World, wanted: impl Fn(&Effect) -> bool) -> Vec<i64> {
    world.effects.iter().filter(|(_, effect)| wanted(effect)).map(|(at, _)| *at).collect()
}

fn questions(world: &World) -> Vec<i64> {
    times(world, |effect| matches!(effect, Effect::Request(_)))
}

#[test]
fn without_a_socket_one_question_every_8_seconds_serves_as_probe_and_as_status() {
    for seed in 0..20 {
        let mut world = crowded(seed, 4_000);
        world.run_until(120_000);
        let asked = questions(&world);
        assert!((14..=26).contains(&asked.len()), "{asked:?}");
        assert_eq!(world.requests(Request::Status), 0, "{asked:?}");
        assert!(asked.windows(2).skip(1).all(|pair| (4_000..=7_200).contains(&(pair[1] - pair[0]))), "{asked:?}");
        // The first turn counts from the first answer, which took 4 s.
        assert!(asked[1] - asked[0] <= 10_000, "{asked:?}");
    }
}

#[test]
fn a_pause_is_known_within_10_seconds_of_it_through_a_slow_server() {
    for seed in 0..50 {
        let mut world = crowded(seed, 1_500);
        let at = 30_000 + seed as i64 * 137;
        world.run_until(at);
        world.change(held(at + 500, at + 500));
        world.run_until(at + 10_000);
        assert_eq!(world.session.state().unwrap().rev, world.news.rev, "seed {seed}");
    }
}

#[test]
fn a_socket_that_a_slow_server_is_still_making_is_not_given_up() {
    let mut world = crowded(1, 3_000);
    world.run_until(39_000);
    assert!(times(&world, |effect| *effect == Effect::CloseSocket).is_empty());
    assert_eq!(times(&world, |effect| matches!(effect, Effect::OpenSocket { .. })).len(), 1);
    let push = world.pushed(0);
    world.session.handle_push(push, world.now);
    world.run_until(39_100);
    assert_eq!(world.session.connection(), Connection::Live);
}

#[test]
fn a_refusal_with_a_wait_is_obeyed_and_says_nothing_about_the_hub() {
    let mut world = crowded(1, 40);
    world.run_until(1_000);
    world.session.handle_close(1_013, "retry in 30000 ms", world.now);
    world.run_until(45_900);
    let opened = times(&world, |effect| matches!(effect, Effect::OpenSocket { .. }));
    assert_eq!(opened.len(), 2, "{opened:?}");
    assert!((31_000..=46_000).contains(&opened[1]), "{opened:?}");
    assert!(world.effects.iter().all(|(_, effect)| !matches!(effect, Effect::OpenSocket { not: Some(_) })));
    // Meanwhile it polls.
    let asked = questions(&world);
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] <= 8_000), "{asked:?}");
}

#[test]
fn what_its_own_fault_was_is_repeated_last() {
    for (code, reason) in [(1_003, ""), (1_008, "more than 20 frames a second"), (1_009, "")] {
        let longest = (0..60).map(|seed| {
            let mut world = crowded(seed, 40);
            world.run_until(1_000);
            world.session.handle_close(code, reason, world.now);
            world.run_until(62_000);
            times(&world, |effect| matches!(effect, Effect::OpenSocket { .. }))[1]
        });
        assert!(longest.max().unwrap() > 45_000, "{code}");
    }
}

#[test]
fn a_server_that_asks_for_a_wait_is_asked_no_sooner_and_the_first_socket_waits_too() {
    for seed in 0..20 {
        let mut world = crowded(seed, 40);
        world.asks_for_wait = Some(Span::from_millis(5_000));
        world.run_until(4_900);
        assert_eq!(questions(&world).len(), 1);
        assert!(times(&world, |effect| matches!(effect, Effect::OpenSocket { .. })).is_empty());
        world.asks_for_wait = None;
        world.run_until(9_000);
        assert_eq!(times(&world, |effect| matches!(effect, Effect::OpenSocket { .. })).len(), 1);
    }
}

#[test]
fn a_slow_network_alone_makes_nobody_join_later() {
    // A round trip of 800 ms, as over a satellite: the socket is asked for with the first answer, as ever.
    let mut world = crowded(1, 800);
    world.hubs = Hubs::Up;
    world.run_until(60_000);
    let opened = times(&world, |effect| matches!(effect, Effect::OpenSocket { .. }));
    assert!(opened.len() == 1 && opened[0] <= 1_300, "{opened:?}");
    assert_eq!(world.session.connection(), Connection::Live);
    // Ten questions of the quick paces, each after a pause of twice the answer, and those of the slow one.
    assert!((11..=14).contains(&questions(&world).len()), "{:?}", questions(&world));
}
