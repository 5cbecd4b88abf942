//! What holds for viewers whose time a cache answers for: nobody is ever wrong by more than their bound says, nobody asks often,
//! what is pushed gets through, and everybody has the time again soon after the cache is gone.

use downbeat_core::Span;
use downbeat_sim::caches::{Cache, World};
use proptest::prelude::*;

/// Prints how to run a world again if it fails.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the world of seed {}", self.0);
        }
    }
}

/// How long the cache is there: 20 min.
const CACHED: i64 = 20 * 60_000;

/// The requests for the time in these minutes: 40 on average, as the waits between failures are up to 10, 20, 40 and then 60 s, and
/// at the beginning the ten of the quick paces.
const MEAN_MAX: usize = 60;

/// The same of one viewer, whose waits may be shorter by chance.
const MOST: usize = 90;

/// The time in which everybody asks once more: the longest wait, and the answer.
const ASKS_AGAIN: i64 = 65_000;

/// The time after which everybody has arrived, and has asked often enough to know the time.
const ARRIVED: i64 = 30_000;

/// The time in which those without a socket poll, and learn of a change.
const POLLS: i64 = 10_000;

fn caches() -> impl Strategy<Value = Cache> {
    (500_i64..3_600_000, any::<bool>(), any::<bool>()).prop_map(|(keeps, says_age, caches_state)| Cache {
        keeps: Span::from_millis(keeps),
        says_age,
        caches_state,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_wrong_or_asks_often_and_all_recover(seed in any::<u64>(), cache in caches(), before in 0_i64..90_000) {
        let (mut world, _replay) = (World::new(seed), Replay(seed));
        world.run(before);
        world.cache(cache);
        world.run(CACHED / 2);
        world.command();
        world.run(POLLS);
        // Who was there before knows the time and follows; who came later may wait for the time, if the state is cached too.
        if before > ARRIVED {
            world.assert_knows();
        }
        world.run(CACHED / 2 - POLLS);
        let (requests, viewers) = world.requests();
        prop_assert!(requests <= MEAN_MAX * viewers, "{requests} of {viewers} viewers");
        prop_assert!(world.requests_max() <= MOST, "{}", world.requests_max());
        world.end_cache();
        world.run(ASKS_AGAIN);
        world.assert_recovered();
        world.assert_knows();
    }

    /// Nobody can notice at the first answer that it is old, as servers of before repeated nothing; what follows shows it.
    #[test]
    fn answers_without_a_word_of_their_own_are_found_out(seed in any::<u64>(), caches_state in any::<bool>()) {
        let (mut world, _replay) = (World::new(seed).lenient(), Replay(seed));
        world.cache(Cache { keeps: Span::from_millis(CACHED), says_age: false, caches_state });
        world.visit();
        world.run(ARRIVED + ASKS_AGAIN);
        world.assert_right();
        world.end_cache();
        world.run(ASKS_AGAIN);
        world.assert_right();
        world.assert_recovered();
    }

    #[test]
    fn who_is_behind_the_cache_says_so_and_the_others_do_not(seed in any::<u64>(), says_age in any::<bool>()) {
        let (mut world, _replay) = (World::new(seed), Replay(seed));
        world.run(ARRIVED);
        world.cache(Cache { keeps: Span::from_millis(CACHED), says_age, caches_state: true });
        world.run(CACHED / 2);
        world.assert_told();
    }
}
