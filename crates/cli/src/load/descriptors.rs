//! Whether this process may open so many sockets.

use crate::error::Error;

/// How many descriptors are needed besides one for each viewer: 128, for questions and what a process has anyway.
const BESIDES: u64 = 128;

/// Sees that `viewers` sockets can be open at once, by raising the limit of this process if it must.
///
/// # Errors
/// [`Error::Usage`] if the system allows fewer.
#[cfg(unix)]
pub(crate) fn ensure(viewers: u32) -> Result<(), Error> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let needed = u64::from(viewers) + BESIDES;
    let limit = getrlimit(Resource::Nofile);
    // No limit is more than any number.
    let allows = |limit: Option<u64>| limit.is_none_or(|limit| limit >= needed);
    if allows(limit.current) {
        return Ok(());
    }
    let raised = allows(limit.maximum)
        && setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum: limit.maximum }).is_ok();
    if raised { Ok(()) } else { Err(too_few(viewers, needed, limit.maximum)) }
}

/// Sees to nothing where the system has no such limit.
#[cfg(not(unix))]
pub(crate) fn ensure(_: u32) -> Result<(), Error> {
    Ok(())
}

fn too_few(viewers: u32, needed: u64, maximum: Option<u64>) -> Error {
    let maximum = maximum.unwrap_or_default();
    let possible = maximum.saturating_sub(BESIDES);
    Error::usage(
        format!("{viewers} viewers need {needed} open files, and this process may have {maximum}"),
        format!(
            "give --viewers {possible} or fewer, or raise the limit (ulimit -Hn {needed}, LimitNOFILE of the service)"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_open_enough_is_told_how_many() {
        let error = too_few(8_000, 8_128, Some(4_096));
        assert_eq!(error.to_string(), "8000 viewers need 8128 open files, and this process may have 4096");
        assert!(error.hint().unwrap().contains("--viewers 3968 or fewer"));
    }

    #[test]
    fn a_few_are_always_allowed() {
        ensure(1).unwrap();
    }
}
