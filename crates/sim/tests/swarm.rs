//! What holds for viewers whatever goes wrong, and that what does not hold is found and shrunk.

use downbeat_core::{Rev, Session};
use downbeat_sim::swarm::{self, Case, Fault};

/// A claim that does not hold where the operator does anything.
fn nothing_ever_changes(session: &Session) -> Result<(), String> {
    match session.state() {
        Some(news) if news.rev > Rev::FIRST => Err("it changed".to_owned()),
        _ => Ok(()),
    }
}

#[test]
fn a_failure_is_shrunk_to_the_fault_that_causes_it() {
    let case = Case::with(3, Fault::ALL.to_vec());
    let fails =
        |case: &Case| swarm::run_claiming(case, nothing_ever_changes).is_some_and(|found| found.what == "it changed");
    assert!(fails(&case));
    let shrunk = swarm::shrink(case.clone(), fails);
    assert_eq!(shrunk.faults, [Fault::Operator]);
    assert!(shrunk.calm_after < case.calm_after);
    assert!(fails(&shrunk), "what is printed fails again");
}

#[test]
fn a_seed_switches_some_faults_on_and_each_fault_is_on_in_some() {
    let drawn: Vec<_> = (0..48).map(|seed| Case::draw(seed, &Fault::ALL).faults).collect();
    for fault in Fault::ALL {
        let on = drawn.iter().filter(|faults| faults.contains(&fault)).count();
        assert!((10..38).contains(&on), "{fault} is on in {on} of 48");
        assert_eq!(Fault::named(fault.name()), Some(fault));
    }
}

#[test]
fn what_must_hold_does_in_48_runs() {
    for seed in 0..48 {
        let case = Case::draw(seed, &Fault::ALL);
        if let Some(violation) = swarm::run(&case) {
            panic!("{case:?}: {violation}");
        }
    }
}
