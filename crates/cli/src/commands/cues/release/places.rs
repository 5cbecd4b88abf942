//! Where a release goes: to the event's server, to a store, or to both.

use downbeat_publish::destination::Destination;

use super::destination;
use crate::cli::ReleaseArgs;
use crate::context::Context;
use crate::error::Error;

/// Where a release goes. The event says which rundown viewers run, so a store alone reaches nobody.
pub(crate) struct Places {
    main: Destination,
    beside: Option<Destination>,
}

impl Places {
    /// Returns where a release goes. With a store as the target and a server in the settings, that is both.
    ///
    /// # Errors
    /// [`Error`] if the settings do not say how to reach one of them.
    pub(crate) fn new(context: &Context, args: &ReleaseArgs) -> Result<Self, Error> {
        let target = destination(context, &args.to)?;
        if matches!(target, Destination::Worker(_)) {
            if args.store_only {
                return Err(Error::usage("--store-only needs a store", "name one with --target, or leave it out"));
            }
            return Ok(Self { main: target, beside: None });
        }
        if args.store_only || context.settings.server().is_err() {
            return Ok(Self { main: target, beside: None });
        }
        Ok(Self { main: Destination::Worker(context.operator()?), beside: Some(target) })
    }

    /// Returns what says which rundown viewers run: the event's server, or the store if there is no server.
    pub(crate) const fn main(&self) -> &Destination {
        &self.main
    }

    /// Returns the store that has it, too.
    pub(crate) const fn beside(&self) -> Option<&Destination> {
        self.beside.as_ref()
    }
}
