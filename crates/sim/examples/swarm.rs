//! Runs the swarm, and prints each failure, shrunk: `cargo run --release -p downbeat-sim --example swarm -- FIRST COUNT`.

use downbeat_sim::swarm::{self, Case, Fault};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|given| given.parse::<u64>().expect("give numbers"));
    let (first, count) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(100));
    let mut failed = 0;
    for seed in first..first + count {
        let case = Case::draw(seed, &Fault::ALL);
        if swarm::run(&case).is_some() {
            failed += 1;
            let case = swarm::shrink(case, |case| swarm::run(case).is_some());
            let violation = swarm::run(&case).expect("a run that is shrunk still fails");
            println!("{seed} {:?} {}: {violation}", case.faults, case.calm_after.as_millis());
        }
    }
    println!("{failed} of {count} failed");
}
