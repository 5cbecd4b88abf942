//! A simulated audience, on all processors.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use downbeat_core::Span;
use downbeat_sim::audience::{Audience, Measures, Plan};

use crate::cli::AudienceArgs;
use crate::output::Output;
use crate::progress::Progress;
use crate::text;

/// How many viewers a processor simulates before it takes the next ones.
const AT_A_TIME: u32 = 64;

/// From how many viewers on it says how far it is.
const LONG: u32 = 20_000;

/// Returns the plan of an audience.
pub(super) fn plan(args: &AudienceArgs, pause_at: Option<Span>) -> Plan {
    let AudienceArgs { viewers, duration, arrive, ref mix, hubs, seed } = *args;
    Plan { viewers, duration, arrive, mix: mix.clone(), pause_at, hubs, seed, ..Plan::default() }
}

/// Describes who comes: `10,000 viewers for 1 h, who come within 2 min`.
pub(super) fn described(plan: &Plan) -> String {
    format!("{} for {}, who come within {}", viewers(plan), text::span(plan.duration), text::span(plan.arrive))
}

/// Says how many come: `10,000 viewers`.
pub(super) fn viewers(plan: &Plan) -> String {
    let noun = if plan.viewers == 1 { "viewer" } else { "viewers" };
    format!("{} {noun}", text::thousands(plan.viewers.into()))
}

/// Simulates the first `viewers` of an audience, and returns what was measured of them.
pub(super) fn measure(audience: &Audience, viewers: u32, output: Output) -> Measures {
    let next = AtomicU32::new(0);
    let progress = (viewers >= LONG).then(|| Progress::new(viewers.into(), output));
    let all = Mutex::new(audience.simulate(0..0));
    let work = || {
        let mut mine = audience.simulate(0..0);
        loop {
            let first = next.fetch_add(AT_A_TIME, Ordering::Relaxed);
            if first >= viewers {
                break;
            }
            let these = first..viewers.min(first + AT_A_TIME);
            let count = these.len() as u64;
            mine.add(audience.simulate(these));
            if let Some(progress) = &progress {
                progress.add(count);
            }
        }
        // Whoever holds it only adds.
        all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(mine);
    };
    std::thread::scope(|scope| {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        (0..processors).for_each(|_| {
            scope.spawn(work);
        });
    });
    all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
