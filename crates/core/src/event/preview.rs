//! What a command would do, decided by the rule that applies it, on a copy.
//!
//! ```
//! use downbeat_core::*;
//! let start = ServerTime::from_millis(1_704_067_200_000);
//! let made = Configuration { starts_at: Some(start), ..Configuration::default() };
//! let event = EventState::create(made, "e1".parse()?, "maria", start)?;
//! let at = start + Span::from_millis(600_000);
//! let pause = Request {
//!     id: "p1".parse()?, command: Command::Pause { message: None }, actor: "maria".into(),
//!     reason: None, if_rev: None, at: None,
//! };
//! let (paused, outcome) = event.preview_command(&pause, None, at)?;
//! let Outcome::Applied { effective_at, .. } = outcome else { panic!() };
//! assert_eq!(paused.status(effective_at), Status::Paused);
//! assert_eq!(event.status(effective_at), Status::Running, "the event itself did not change");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::{Configuration, EmergencyState, EventState, Outcome, Receipt, Refusal};
use crate::command::Request;
use crate::time::ServerTime;

impl EventState {
    /// Returns the state after a command, and its outcome, and leaves this state as it is.
    ///
    /// # Errors
    /// [`Refusal`] exactly as [`EventState::handle_command`] refuses it.
    pub fn preview_command(
        &self,
        request: &Request,
        earlier: Option<&Receipt>,
        now: ServerTime,
    ) -> Result<(Self, Outcome), Refusal> {
        let mut after = self.clone();
        let outcome = after.handle_command(request, earlier, now)?;
        Ok((after, outcome))
    }

    /// Rebuilds the state of an event from what is public: how it is set up, how many hubs it has by now, and what viewers
    /// see of it.
    ///
    /// It previews a command where the event itself cannot be asked. Some things are not public, and the preview may
    /// differ from what the event does because of them: a rate that was set during a hold, which decision a message
    /// came with, and what `undo` would restore.
    ///
    /// # Errors
    /// [`Refusal`] if the configuration has no start, or a value out of its range.
    pub fn from_public(mut configuration: Configuration, hubs: u16, visible: &EmergencyState) -> Result<Self, Refusal> {
        // No event is archived when it is made.
        let archived = configuration.archived.take();
        let mut state = Self::create(configuration, visible.epoch.clone(), &visible.actor, visible.signed_at)?;
        state.show = state.show.replaced_by(visible).0;
        state.show.archived = archived.unwrap_or_default();
        state.rev = visible.rev;
        state.grown = hubs;
        Ok(state)
    }
}
