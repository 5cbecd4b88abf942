//! What happens to tokens and codes that were not accepted: they are counted, logged, and answered.

use downbeat_wire::Route;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::throttle::Failures;
use downbeat_wire::token::TokenId;
use std::cell::RefCell;

use crate::clock;

thread_local! {
    static FAILURES: RefCell<Failures> = RefCell::default();
}

/// Counts and logs a token or a code that was not accepted, and returns the problem to answer with. It comes after the
/// verification, so that others' failures never refuse a valid one.
pub(crate) fn refused(problem: Problem, id: &TokenId, route: &Route) -> Problem {
    let reaction = FAILURES.with_borrow_mut(|failures| failures.handle(clock::now()));
    if let Some(count) = reaction.to_log {
        let (path, detail) = (route.path(), &problem.detail);
        worker::console_error!(
            "authentication failed {count} times since the last such line; now for the id \"{id}\" at {path}: {detail}"
        );
    }
    if !reaction.is_over {
        return problem;
    }
    let detail = format!("{}; many were refused in this second, so wait before you try again", problem.detail);
    Problem::new(Code::TooManyFailures, detail)
}
