//! What holds for viewers to whom changes are pushed, whatever happens to messages, hubs and the server: nobody goes
//! back, no cue fires twice, and once the network is well again everybody has the newest state.

use downbeat_sim::hubs::{Counts, VIEWERS, World};
use proptest::prelude::*;

/// Prints how to run a world again if it fails.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            eprintln!(
                "seed {seed}; to replay it, add it to `one_world`: cargo test -p downbeat-sim --test push one_world"
            );
        }
    }
}

/// Ten bad minutes, and then two good ones.
fn run(seed: u64) -> Counts {
    let _replay = Replay(seed);
    let mut world = World::new(seed);
    for second in (10..=600).step_by(10) {
        world.run_until(second * 1_000);
        // Who loses one socket after the other polls soon after each, more often than every 5 s.
        assert!(world.polling() <= VIEWERS as u64 * 3, "{} of {VIEWERS} viewers poll", world.polling());
    }
    let counts = *world.counts();
    world.heal();
    world.run_until(720_000);
    world.assert_well();
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn everybody_ends_with_the_newest_state_and_nobody_goes_back(seed in any::<u64>()) {
        run(seed);
    }
}

/// Worlds that broke something once.
#[test]
fn one_world() {
    for seed in [0, 2_472_343_847_023_071_136, 16_461_981_349_438_843_796, 14_967_227_713_759_683_618] {
        run(seed);
    }
}

/// What the property stands on: the bad minutes are bad, and everything happens in them.
#[test]
fn the_world_is_as_bad_as_it_says() {
    let mut totals = Vec::new();
    for seed in 0..40 {
        let mut world = World::new(seed);
        world.run_until(600_000);
        let counts = world.counts().all();
        totals.resize(counts.len(), 0);
        totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
    }
    assert!(totals.iter().all(|count| *count >= 20), "{totals:?}");
}
