//! What holds for viewers whatever epoch or revision the server comes with: nobody is live who was told of something else, and
//! once the servers agree everybody follows the event's object within 20 s.

use downbeat_sim::deployments::{Deployment, World};
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

/// A world whose viewers are live, at revision 4 of the main deployment's event.
fn live(seed: u64) -> (World, Replay) {
    let mut world = World::new(seed);
    world.run(20_000);
    world.back_up(Deployment::Main);
    for _ in 0..3 {
        world.command(Deployment::Main);
        world.run(10_000);
    }
    world.run(20_000);
    world.assert_follows(Deployment::Main);
    (world, Replay(seed))
}

/// The time in which everybody follows the event's object once the servers agree.
const SETTLED: i64 = 20_000;

/// The time in which a hub notices by itself that storage was restored, 15 s, and its viewers have been told.
const HUB_ASKS: i64 = 15_500;

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_failover_and_back_ends_where_it_began(seed in any::<u64>(), away in 0_i64..90_000, cut in any::<bool>()) {
        let (mut world, _replay) = live(seed);
        world.lead_to(Deployment::Other);
        if cut {
            world.close_sockets(Deployment::Main);
        }
        world.wake();
        world.run(away);
        world.lead_to(Deployment::Main);
        world.close_sockets(Deployment::Other);
        world.command(Deployment::Main);
        world.wake();
        world.run(SETTLED);
        world.assert_follows(Deployment::Main);
    }

    #[test]
    fn a_name_that_leads_to_another_deployment_is_followed_once_the_first_is_gone(seed in any::<u64>(), both in 0_i64..120_000) {
        let (mut world, _replay) = live(seed);
        world.lead_to(Deployment::Other);
        world.wake();
        world.run(both);
        world.close_sockets(Deployment::Main);
        world.run(SETTLED);
        world.assert_follows(Deployment::Other);
        // And nobody is banned from the way back.
        world.lead_to(Deployment::Main);
        world.close_sockets(Deployment::Other);
        world.run(SETTLED);
        world.assert_follows(Deployment::Main);
    }

    #[test]
    fn storage_restored_to_an_older_copy_is_followed_by_those_who_were_ahead(seed in any::<u64>(), commands in 0..6, restarts in any::<bool>()) {
        let (mut world, _replay) = live(seed);
        world.restore(Deployment::Main);
        if restarts {
            world.restart(Deployment::Main);
        }
        for _ in 0..commands {
            world.command(Deployment::Main);
            world.run(1_000);
        }
        world.run(HUB_ASKS);
        world.assert_honest(Deployment::Main);
        world.run(SETTLED);
        world.assert_follows(Deployment::Main);
    }

    #[test]
    fn an_epoch_that_names_the_one_it_replaces_is_followed_at_once(seed in any::<u64>()) {
        let (mut world, _replay) = live(seed);
        world.restore(Deployment::Main);
        world.replace_epoch(Deployment::Main);
        world.run(100);
        world.assert_follows(Deployment::Main);
    }

    #[test]
    fn odd_answers_change_nothing(seed in any::<u64>(), count in 12_u32..36) {
        let (mut world, _replay) = live(seed);
        world.answer_oddly(Deployment::Other, count);
        world.wake();
        world.run(200);
        prop_assert!(world.live() < 12, "what contradicts is not hidden");
        world.run(SETTLED);
        world.assert_follows(Deployment::Main);
    }
}
