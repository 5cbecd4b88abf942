//! Compares the five estimators of the offset on every network:
//! `cargo run --release -p downbeat-sim --example estimators`
//!
//! Each row is 60 worlds, evaluated every second from the tenth answer on: half an hour at the poll interval of 30 s,
//! two hours at 5 minutes, both after the quick beginning of the schedule that ships.

use downbeat_core::clock::comparison::{Median8, Min8, Single, Smoothed};
use downbeat_core::clock::{ClockChange, Due, Envelope, Estimator, Schedule};
use downbeat_core::{Seed, Span};
use downbeat_sim::World;
use downbeat_sim::network::Kind;

const WORLDS: u64 = 60;
const LOOK: Span = Span::from_millis(1_000);

fn main() {
    for (resync, length) in [(30, 1_800), (300, 7_200)] {
        println!("\nPoll interval {resync} s:\n");
        println!("| network | estimator | p50 ms | p95 ms | p99 ms | worst ms | mean bound ms | violations |");
        println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        for kind in Kind::ALL {
            for (name, tally) in compare(kind, seconds(resync), seconds(length)) {
                println!("| {} | {name} | {} |", kind.name(), tally.row());
            }
        }
    }
}

fn estimators() -> Vec<(&'static str, Box<dyn Estimator>)> {
    vec![
        ("envelope", Box::new(Envelope::new())),
        ("min8", Box::new(Min8::default())),
        ("median8", Box::new(Median8::default())),
        ("ema", Box::new(Smoothed::default())),
        ("single", Box::new(Single::default())),
    ]
}

/// Runs all five on the same exchanges.
fn compare(kind: Kind, resync: Span, length: Span) -> Vec<(&'static str, Tally)> {
    let mut tallies: Vec<_> = estimators().into_iter().map(|(name, _)| (name, Tally::default())).collect();
    for number in 0..WORLDS {
        let mut world = World::new(kind, Seed::from_parts(&[kind.name().as_bytes(), &number.to_be_bytes()]));
        let mut schedule = Schedule::new(world.local(), Seed::new(number));
        schedule.handle_resync(resync);
        let mut five = estimators();
        let (end, mut answers) = (world.now() + length, 0);
        while world.now() < end {
            if matches!(schedule.poll(world.local()), Some(Due::RequestTime { .. })) {
                let exchange = world.exchange();
                for (_, estimator) in &mut five {
                    estimator.handle_exchange(&exchange);
                }
                schedule.handle_answer(ClockChange::None, world.local());
                answers += 1;
            }
            if answers >= 10 {
                for ((_, estimator), (_, tally)) in five.iter().zip(&mut tallies) {
                    tally.record(&**estimator, &world);
                }
            }
            world.pass_until(schedule.deadline().min(world.local() + LOOK));
        }
    }
    tallies
}

#[derive(Default)]
struct Tally {
    errors: Vec<Span>,
    bounds: Vec<Span>,
}

impl Tally {
    fn record(&mut self, estimator: &dyn Estimator, world: &World) {
        let estimate = estimator.estimate(world.local()).expect("ten answers are there");
        let error = estimate.offset - world.offset();
        self.errors.push(error.max(-error));
        self.bounds.push(estimate.bound);
    }

    fn row(mut self) -> String {
        let violations = self.errors.iter().zip(&self.bounds).filter(|(error, bound)| error > bound).count();
        let bounds: f64 = self.bounds.iter().map(|bound| ms(*bound)).sum();
        let mean = bounds / self.bounds.len() as f64;
        self.errors.sort_unstable();
        let [p50, p95, p99, worst] =
            [50, 95, 99, 100].map(|percent| ms(self.errors[(self.errors.len() - 1) * percent / 100]));
        format!("{p50:.1} | {p95:.1} | {p99:.1} | {worst:.1} | {mean:.1} | {violations}")
    }
}

fn seconds(seconds: i64) -> Span {
    Span::from_millis(seconds * 1_000)
}

fn ms(span: Span) -> f64 {
    span.as_micros() as f64 / 1_000.0
}
