//! Doors open at a server that can serve only so much: what more viewers than that get, and what they cost it.
//!
//! The clients that were here before doubled their questions and gave their joins up after 10 s. With four times the
//! viewers that the server can take, it then made 11,232 sockets for 2,000 viewers, of whom 668 had one in the end, and most
//! never knew of the pause.

use downbeat_core::Span;
use downbeat_sim::doors::{Costs, Outcome, Plan, Policy, run};

/// As many viewers as the server can take while they arrive.
const LIMIT: u32 = 500;

const ARRIVAL: Span = Span::from_millis(8_000);

/// How long after the last arrival everyone has a socket.
const SETTLED: Span = Span::from_millis(60_000);

/// How long after a pause everyone knows of it.
const KNOWN: Span = Span::from_millis(10_000);

fn opened(times: u32, policy: Policy, seed: u64) -> Outcome {
    run(&Plan {
        viewers: LIMIT * times,
        arrival: ARRIVAL,
        pause_at: ARRIVAL + Span::from_millis(1_000),
        end: Span::from_millis(150_000),
        policy,
        costs: Costs::MEASURED,
        seed,
    })
}

fn assert_within(what: &str, seed: u64, is: Option<Span>, most: Span) {
    assert!(is.is_some_and(|is| is <= most), "{what} with seed {seed}: {is:?}, not within {most:?}");
}

/// Lets one, two and four times as many arrive as the server can take, and checks that as many sockets a second are made.
fn assert_keeps_up(policy: Policy, seed: u64) -> [Outcome; 3] {
    let outcomes = [1, 2, 4].map(|times| opened(times, policy, seed));
    let rates = outcomes.each_ref().map(Outcome::sockets_per_second);
    let best = rates.into_iter().fold(0.0, f64::max);
    assert!(rates[1..].iter().all(|rate| *rate >= 0.9 * best), "{policy:?} with seed {seed}: {rates:?}");
    for outcome in &outcomes {
        assert_within("the last socket", seed, outcome.live_within(100), ARRIVAL + SETTLED);
        assert_eq!(outcome.live, outcome.viewers, "seed {seed}");
        assert!(outcome.attempts <= outcome.viewers * 11 / 10, "{} attempts of {}", outcome.attempts, outcome.viewers);
    }
    outcomes
}

#[test]
fn a_server_that_serves_everything_in_order_serves_as_much_at_four_times_its_limit() {
    assert_keeps_up(Policy::Eager, 1);
}

#[test]
fn a_server_that_lets_joins_wait_for_their_turn_tells_everyone_of_a_pause() {
    for seed in [1, 2] {
        for outcome in assert_keeps_up(Policy::Admitting, seed) {
            assert_within("the pause", seed, outcome.knew_within(100), KNOWN);
        }
    }
}

#[test]
fn at_eight_times_its_limit_it_still_ends_with_all() {
    let outcome = opened(8, Policy::Admitting, 1);
    assert_eq!(outcome.live, outcome.viewers);
    assert!(outcome.made <= outcome.viewers * 11 / 10, "{} sockets for {}", outcome.made, outcome.viewers);
}

#[test]
fn below_the_limit_nobody_waits() {
    for policy in [Policy::Eager, Policy::Admitting] {
        let outcome = run(&Plan {
            viewers: LIMIT / 2,
            arrival: ARRIVAL,
            pause_at: ARRIVAL + Span::from_millis(1_000),
            end: Span::from_millis(60_000),
            policy,
            costs: Costs::MEASURED,
            seed: 3,
        });
        assert_eq!((outcome.attempts, outcome.given_up, outcome.live), (LIMIT / 2, 0, LIMIT / 2));
        assert_within("the last socket", 3, outcome.live_within(100), ARRIVAL + Span::from_millis(1_000));
        assert_within("the pause", 3, outcome.knew_within(100), Span::from_millis(500));
        // The ten first ones and the one that goes with the state, and a few later: a calm server is asked as ever.
        assert!(outcome.questions >= 11 * outcome.viewers, "{} questions", outcome.questions);
    }
}
