//! What an event's object tells the catalog: that there is this event, and whether it is archived.

use downbeat_core::EventState;
use wasm_bindgen_futures::spawn_local;

use super::{EventDo, POLL, Registration};
use crate::catalog::{self, Entry};
use crate::clock;

impl EventDo {
    /// Notes that the catalog has to be told again, if this event is to be archived by `state`, or no longer is.
    pub(super) fn check_registration(&self, state: &EventState) -> worker::Result<()> {
        let was_archived = self.state.borrow().as_ref().is_some_and(EventState::is_archived);
        if state.is_archived() != was_archived {
            self.store.set_unregistered()?;
            if self.registration.get() == Registration::Done {
                self.registration.set(Registration::Unknown);
            }
        }
        Ok(())
    }

    /// Tells the catalog of this event: once in its life, since it may have been made when the catalog did not answer, or by an
    /// earlier version; and again when it is archived, or no longer is.
    pub(super) fn register(&self) {
        let (Some(name), true) = (&self.name, self.state.borrow().is_some()) else { return };
        if self.registration.get() != Registration::Unknown {
            return;
        }
        if self.store.is_registered().unwrap_or(true) {
            return self.registration.set(Registration::Done);
        }
        self.registration.set(Registration::InProgress);
        let (env, name, store) = (self.env.clone(), name.clone(), self.store.clone());
        let (state, registration) = (self.state.clone(), self.registration.clone());
        let entry = move || match &*state.borrow() {
            Some(state) if state.is_archived() => Some(Entry::Archived),
            Some(_) => Some(Entry::Made),
            None => None,
        };
        spawn_local(async move {
            // One call at a time, until it says what is so by then. A deleted event is not entered again.
            while let Some(current) = entry() {
                let told = catalog::put(&env, &name, current).await;
                if told.is_ok() && entry() != Some(current) {
                    continue;
                }
                match told.and_then(|()| store.set_registered()) {
                    Ok(()) => return registration.set(Registration::Done),
                    Err(error) => worker::console_error!("event {name} is not in the list as it is: {error}"),
                }
                break;
            }
            registration.set(Registration::Unknown);
        });
    }

    /// Waits until the catalog knows of this event what it should, or does not answer.
    pub(super) async fn registered(&self) {
        self.register();
        while self.registration.get() == Registration::InProgress {
            clock::wait(POLL).await;
        }
    }
}
