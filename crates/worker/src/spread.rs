//! The numbers by which an isolate spreads viewers over hubs.

use std::cell::Cell;

use crate::runtime::random_hex;

thread_local! {
    /// Counts up, so that the viewers of one isolate spread evenly; starts at a random number, so that isolates do too.
    static SPREAD: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Returns the next number.
pub(crate) fn next_spread() -> u64 {
    let spread = SPREAD.get().unwrap_or_else(|| u64::from_str_radix(&random_hex(), 16).unwrap_or_default());
    SPREAD.set(Some(spread.wrapping_add(1)));
    spread
}
