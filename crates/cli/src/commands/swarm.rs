//! `simulate --swarm`: runs in which faults come and go at random, and what did not hold.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use downbeat_sim::swarm::{self, CALM_AFTER, Case, Fault, Violation};
use serde_json::{Map, Value, json};

use crate::cli::{Faults, SimulateArgs};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Report;
use crate::{text, version};

/// Runs that all held.
pub(super) struct Swarm {
    runs: u32,
    first: u64,
}

/// Runs `runs` seeds, on all processors; the first that fails is shrunk.
///
/// With one run and a list of faults, exactly these are on, so that a failure is replayed; otherwise each of them is on in
/// half of the runs.
pub(super) fn run(runs: NonZeroU32, args: &SimulateArgs) -> Result<Swarm, Error> {
    let (runs, first) = (runs.get(), args.audience.seed);
    let case = |seed| {
        let case = match &args.faults {
            None => Case::draw(seed, &Fault::ALL),
            Some(Faults(faults)) if runs == 1 => Case::with(seed, faults.clone()),
            Some(Faults(faults)) => Case::draw(seed, faults),
        };
        Case { calm_after: args.calm_after.unwrap_or(case.calm_after), ..case }
    };
    match first_failure(runs, first, case) {
        Some((case, _)) => Err(failed(case)),
        None => Ok(Swarm { runs, first }),
    }
}

/// Returns the failure with the lowest seed, which is the same on any number of processors.
fn first_failure(runs: u32, first: u64, case: impl Fn(u64) -> Case + Sync) -> Option<(Case, Violation)> {
    let (next, found) = (AtomicU64::new(0), Mutex::new(None::<(u64, Case, Violation)>));
    let lock = || found.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            // Seeds are taken in order, so whatever fails earlier is being run by now.
            if number >= u64::from(runs) || lock().is_some() {
                break;
            }
            let case = case(first.wrapping_add(number));
            if let Some(violation) = swarm::run(&case) {
                let mut found = lock();
                if found.as_ref().is_none_or(|(other, ..)| number < *other) {
                    *found = Some((number, case, violation));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        (0..processors).for_each(|_| {
            scope.spawn(work);
        });
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner).map(|(_, case, violation)| (case, violation))
}

/// Shrinks a failing run, and says how to replay it.
fn failed(case: Case) -> Error {
    let case = swarm::shrink(case, |case| swarm::run(case).is_some());
    let violation = swarm::run(&case).expect("a run that is shrunk still fails");
    let faults: Vec<_> = case.faults.iter().map(|fault| fault.name()).collect();
    let listed = if faults.is_empty() { "none".to_owned() } else { faults.join(",") };
    let calm = match case.calm_after {
        CALM_AFTER => String::new(),
        after => format!(" --calm-after {}ms", after.as_millis()),
    };
    let command = format!("downbeat simulate --swarm 1 --seed {} --faults {listed}{calm}", case.seed);
    let version = version::LONG.as_str();
    let message = format!("seed {} of version {version} fails with {listed}: {violation}", case.seed);
    Error::new(Exit::Internal, "violation", message)
        .with_hint(format!("replay it with {command}"))
        .with("seed", json!(case.seed))
        .with("version", json!(version))
        .with("faults", json!(faults))
        .with("replay", json!(command))
        .with("violation", json!(violation.what))
}

impl Report for Swarm {
    fn json(&self) -> Map<String, Value> {
        Map::from_iter([("runs".to_owned(), json!(self.runs)), ("seed".to_owned(), json!(self.first))])
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} from seed {} on: everything held", text::count(self.runs as usize, "run"), self.first)
    }
}
