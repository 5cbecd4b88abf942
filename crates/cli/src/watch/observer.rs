//! Updates from a viewer of our own.

use downbeat_core::session::Effect;
use downbeat_core::{LocalTime, Session};
use downbeat_viewer::{Instruction, Observation, Observer};
use downbeat_wire::StateBody;
use tokio::sync::mpsc::UnboundedSender;

use super::update::Update;

/// Sends what a viewer sees as updates.
pub(super) struct UpdateSender {
    updates: UnboundedSender<Update>,
    /// The latest whole state, until the session has applied it.
    pending: Option<Box<StateBody>>,
}

impl UpdateSender {
    pub(super) const fn new(updates: UnboundedSender<Update>) -> Self {
        Self { updates, pending: None }
    }

    fn send(&self, update: Update) {
        // Without a receiver the viewer leaves anyway.
        let _ = self.updates.send(update);
    }

    fn handle_effect(&mut self, effect: &Effect, session: &Session, now: LocalTime) {
        match effect {
            Effect::State { lateness } => {
                // A short answer has no title and no messages; the whole state follows.
                let is_applied = |state: &StateBody| {
                    session.state().is_some_and(|news| (&news.epoch, news.rev) == (&state.epoch, state.rev))
                };
                if let Some(state) = self.pending.take_if(|state| is_applied(state)) {
                    self.send(Update::State { state, lateness: *lateness });
                }
            }
            Effect::Status { status, .. } => self.send(Update::Status(*status)),
            Effect::Connection(connection) => self.send(Update::Connection(*connection)),
            Effect::Clock(_) => {
                if let Some(reading) = session.reading(now) {
                    self.send(Update::Clock { at: now, reading });
                }
            }
            _ => {}
        }
    }
}

impl Observer for UpdateSender {
    fn observe(&mut self, observation: Observation<'_>, session: &Session, now: LocalTime) {
        match observation {
            Observation::Answered(state) => self.pending = Some(Box::new(state.body.clone())),
            Observation::Pushed(state, hub) => {
                self.pending = Some(Box::new(state.body.clone()));
                self.send(Update::Hub(Some(hub)));
            }
            Observation::Closed(_) => self.send(Update::Hub(None)),
            Observation::Rundown(rundown) => self.send(Update::Rundown(rundown.clone())),
            Observation::Effect(effect) => self.handle_effect(effect, session, now),
            Observation::Requested
            | Observation::Failed
            | Observation::Opening
            | Observation::Pinged
            | Observation::Ponged
            | Observation::Acknowledged => {}
        }
    }

    async fn next_instruction(&mut self) -> Instruction {
        self.updates.closed().await;
        Instruction::Leave
    }
}
