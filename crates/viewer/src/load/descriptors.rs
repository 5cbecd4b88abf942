//! The limit of open files, which a socket counts against.

use crate::ViewerError;

/// The descriptors needed besides one for each viewer: 128, for requests and what a process has open anyway.
const OTHERS: u64 = 128;

/// Ensures that `viewers` sockets can be open at once, and raises this process's limit if necessary.
///
/// # Errors
/// [`ViewerError::TooFewDescriptors`] if the operating system allows fewer.
#[cfg(unix)]
pub(crate) fn ensure(viewers: u32) -> Result<(), ViewerError> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let needed = u64::from(viewers) + OTHERS;
    let limit = getrlimit(Resource::Nofile);
    // `None` means unlimited.
    let suffices = |limit: Option<u64>| limit.is_none_or(|limit| limit >= needed);
    if suffices(limit.current) {
        return Ok(());
    }
    let raised = suffices(limit.maximum)
        && setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum: limit.maximum }).is_ok();
    if raised { Ok(()) } else { Err(too_few(viewers, limit.maximum.unwrap_or_default())) }
}

/// Does nothing: this operating system has no such limit.
#[cfg(not(unix))]
pub(crate) fn ensure(_: u32) -> Result<(), ViewerError> {
    Ok(())
}

fn too_few(viewers: u32, allowed: u64) -> ViewerError {
    let needed = u64::from(viewers) + OTHERS;
    ViewerError::TooFewDescriptors { viewers, needed, allowed, viewers_max: allowed.saturating_sub(OTHERS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_says_how_many_viewers_are_possible() {
        let error = too_few(8_000, 4_096);
        assert_eq!(error.to_string(), "8000 viewers need 8128 open files, and this process may have 4096");
        assert!(matches!(error, ViewerError::TooFewDescriptors { viewers_max: 3_968, .. }));
    }

    #[test]
    fn a_few_are_always_allowed() {
        ensure(1).unwrap();
    }
}
