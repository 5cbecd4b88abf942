//! A change reaches a million viewers: how many calls that takes, how deep they go, and when the last viewer has it.

use downbeat_core::Span;
use downbeat_sim::fanout::announce;

const SECOND: Span = Span::from_millis(1_000);

#[test]
fn a_million_viewers_have_a_change_within_a_second_and_each_hub_is_called_once() {
    let delivered = announce(1_024, 1_000, 0.0, 7);
    assert_eq!((delivered.calls, delivered.depth, delivered.done.len()), (1_024, 5, 1_024));
    assert!(*delivered.done.last().unwrap() < SECOND, "the last hub had it after {:?}", delivered.done.last());
    assert!(delivered.answered <= SECOND);
    assert_eq!((delivered.acked, delivered.sockets), (1_024, 1_024_000));
}

#[test]
fn where_calls_get_lost_the_event_goes_around_them() {
    for seed in 0..20 {
        let delivered = announce(700, 100, 0.01, seed);
        let silent = 700 - delivered.done.len();
        // A hub misses the change only if neither its caller nor the event reached it; it asks for it within 15 s.
        assert!(silent <= 7, "{silent} hubs were not reached, seed {seed}");
        assert!(delivered.answered <= SECOND && delivered.calls < 2_100, "{} calls, seed {seed}", delivered.calls);
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    assert_eq!(announce(64, 50, 0.05, 3), announce(64, 50, 0.05, 3));
    assert_ne!(announce(64, 50, 0.05, 3).done, announce(64, 50, 0.05, 4).done);
}
