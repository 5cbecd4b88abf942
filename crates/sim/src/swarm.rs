//! Swarm testing: runs in which faults are switched on and off at random, each followed by a calm in which everything must
//! converge.
//!
//! After every step of every viewer: a cue fires at most once; the revision never goes back within its epoch; nobody is
//! further off than their bound says; the time does not run back while it is slewed. After 20 s of calm everybody is at the
//! highest revision, and their position is within their bound; after 90 s everybody is live, since sockets are opened again
//! after waits of up to 60 s.
//!
//! Two faults void the bound: a crystal that is off by more than 100 ppm ([`Fault::WildSkew`]), whose page may also say that it
//! lacks the time; and a sleep of the device until an answer to a request after it. Nothing else may: no asymmetry of the
//! ways is more than half the round trip, and what a cache answers is recognized.
//!
//! ```
//! use downbeat_sim::swarm::{self, Case, Fault};
//! let case = Case::draw(7, &Fault::ALL);
//! assert_eq!(swarm::run(&case), None, "{case:?}");
//! ```

mod faults;
mod invariants;
mod server;
mod surroundings;
mod viewer;

use downbeat_core::{Session, Span};

pub use faults::{CALM_AFTER, Case, Fault};
use invariants::CONVERGES;
pub use invariants::Violation;
use server::Server;
use viewer::Viewer;

/// How many viewers a run has.
const VIEWERS: u32 = 16;

/// Runs a case, and returns what did not hold first, if anything.
pub fn run(case: &Case) -> Option<Violation> {
    run_claiming(case, |_| Ok(()))
}

/// Runs a case in which, after every step, `claim` must hold as well.
pub fn run_claiming(case: &Case, claim: fn(&Session) -> Result<(), String>) -> Option<Violation> {
    let server = Server::new(case);
    (0..VIEWERS).find_map(|number| Viewer::new(case, &server, number).watch(claim).err())
}

/// Switches faults off one at a time, and then shortens the run, as long as it still `fails`.
pub fn shrink(mut case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    for fault in case.faults.clone() {
        let without =
            Case { faults: case.faults.iter().copied().filter(|one| *one != fault).collect(), ..case.clone() };
        if fails(&without) {
            case = without;
        }
    }
    loop {
        let half = Case { calm_after: Span::from_micros(case.calm_after.as_micros() / 2), ..case.clone() };
        if half.calm_after < CONVERGES || !fails(&half) {
            return case;
        }
        case = half;
    }
}
