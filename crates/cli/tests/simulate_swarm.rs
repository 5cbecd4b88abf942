//! `simulate --swarm`: what it prints without a server.

mod harness;

use harness::downbeat;
use serde_json::json;

#[test]
fn runs_that_hold_are_counted_and_the_same_again() {
    let arguments = ["simulate", "--swarm", "4", "--seed", "7", "--calm-after", "3m", "--json"];
    let (one, two) = (downbeat(&arguments), downbeat(&arguments));
    assert_eq!((one.code, &one.out), (0, &two.out), "{}", one.err);
    assert_eq!((&one.json()["runs"], &one.json()["seed"]), (&json!(4), &json!(7)));
}

#[test]
fn a_fault_that_there_is_not_is_named_with_those_there_are() {
    let run = downbeat(&["simulate", "--swarm", "1", "--faults", "skew,gremlins"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("there is no fault gremlins") && run.err.contains("worker-down"), "{}", run.err);
    let run = downbeat(&["simulate", "--swarm", "1", "--faults", "none", "--pause-at", "1m"]);
    assert_eq!(run.code, 2, "{}", run.out);
}
