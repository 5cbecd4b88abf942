//! What holds for a viewer to whom changes are pushed, whatever becomes of messages, hubs and the server: nobody goes
//! back, nothing fires twice, and once the network is well again everybody has the newest state.

mod world;

use proptest::prelude::*;
use world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn everybody_ends_with_the_newest_state_and_nobody_goes_back(seed in any::<u64>()) {
        let mut world = World::new(seed);
        // Ten bad minutes, and then two good ones.
        world.run_until(600_000);
        world.heal();
        world.run_until(720_000);
        world.assert_well();
    }
}

/// What the property stands on: the bad minutes are bad, and they happen.
#[test]
fn the_world_is_as_bad_as_it_says() {
    let mut seen = world::Seen::default();
    for seed in 0..40 {
        let mut world = World::new(seed);
        world.run_until(600_000);
        seen.add(&world.seen);
    }
    let world::Seen { lost, repeated, outdated, socket_ends, lives, acks, fired, late } = seen;
    let all = [lost, repeated, outdated, socket_ends, lives, acks, fired, late];
    assert!(all.iter().all(|count| *count >= 20), "{seen:?}");
}
