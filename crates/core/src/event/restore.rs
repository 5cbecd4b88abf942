//! Storage that was restored from an older copy: the event goes on in a new epoch.

use alloc::borrow::ToOwned as _;

use super::{ChangeRecord, EventState, Refusal};
use crate::name::Epoch;
use crate::time::ServerTime;

impl EventState {
    /// Begins a new epoch with the state as it was restored, and names the one that it replaces. Viewers and hubs may have later
    /// revisions of that one, which are lost; they apply this state at once, since its epoch is new to them.
    ///
    /// `epoch` is drawn by the caller, as for [`EventState::create`]. It cannot be undone.
    ///
    /// # Errors
    /// [`Refusal`] if there is no further revision.
    pub fn handle_restore(&mut self, epoch: Epoch, actor: &str, now: ServerTime) -> Result<(), Refusal> {
        self.rev = self.next_rev()?;
        self.prior = None;
        self.replaces = Some(core::mem::replace(&mut self.epoch, epoch));
        self.last = ChangeRecord {
            id: None,
            name: "restore".to_owned(),
            actor: actor.to_owned(),
            reason: None,
            at: now,
            effective_at: now,
            before: None,
            undoes: None,
            reverted: None,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Configuration;
    use crate::name::Rev;
    use alloc::string::ToString as _;

    #[test]
    fn a_restored_event_is_what_it_was_in_an_epoch_of_its_own() {
        let now = ServerTime::from_millis(1_704_067_200_000);
        let configuration = Configuration { starts_at: Some(now), ..Configuration::default() };
        let saved = EventState::create(configuration, "a".parse().unwrap(), "maria", now).unwrap();
        let mut restored = saved.clone();
        restored.handle_restore("b".parse().unwrap(), "joe", now).unwrap();
        assert_eq!((restored.epoch().to_string(), restored.rev()), ("b".to_string(), Rev::new(2)));
        assert_eq!(restored.replaces(), Some(saved.epoch()));
        assert_eq!(restored.timeline(), saved.timeline());
        assert_eq!((restored.last_change().name(), restored.last_change().actor()), ("restore", "joe"));
        let text = serde_json::to_string(&restored).unwrap();
        assert_eq!(EventState::from_stored(&text).unwrap(), restored);
    }
}
