//! A viewer of our own, telling what it hears.

use downbeat_core::session::Effect;
use downbeat_core::{LocalTime, Session};
use downbeat_viewer::{Instruction, Observation, Observer};
use downbeat_wire::StateBody;
use tokio::sync::mpsc::UnboundedSender;

use super::model::Heard;

/// Tells what a viewer hears.
pub(super) struct Herald {
    heard: UnboundedSender<Heard>,
    /// The whole state that came last, until the session has taken it in.
    told: Option<Box<StateBody>>,
}

impl Herald {
    pub(super) const fn new(heard: UnboundedSender<Heard>) -> Self {
        Self { heard, told: None }
    }

    fn tell(&self, heard: Heard) {
        // Who no longer listens leaves anyway.
        let _ = self.heard.send(heard);
    }

    fn tell_effect(&mut self, effect: &Effect, session: &Session, now: LocalTime) {
        match effect {
            Effect::State { lateness } => {
                // A short answer has no title and no messages; the whole state is on its way.
                let is_it = |told: &StateBody| {
                    session.state().is_some_and(|news| (&news.epoch, news.rev) == (&told.epoch, told.rev))
                };
                if let Some(state) = self.told.take_if(|told| is_it(told)) {
                    self.tell(Heard::State { state, lateness: *lateness });
                }
            }
            Effect::Status { status, .. } => self.tell(Heard::Status(*status)),
            Effect::Connection(connection) => self.tell(Heard::Connection(*connection)),
            Effect::Clock(_) => {
                if let Some(reading) = session.reading(now) {
                    self.tell(Heard::Clock { at: now, reading });
                }
            }
            _ => {}
        }
    }
}

impl Observer for Herald {
    fn observe(&mut self, observation: Observation<'_>, session: &Session, now: LocalTime) {
        match observation {
            Observation::Answered(state) => self.told = Some(Box::new(state.body.clone())),
            Observation::Pushed(state, hub) => {
                self.told = Some(Box::new(state.body.clone()));
                self.tell(Heard::Hub(Some(hub)));
            }
            Observation::Closed(_) => self.tell(Heard::Hub(None)),
            Observation::Rundown(rundown) => self.tell(Heard::Rundown(rundown.clone())),
            Observation::Effect(effect) => self.tell_effect(effect, session, now),
            Observation::Requested
            | Observation::Failed
            | Observation::Opening
            | Observation::Pinged
            | Observation::Ponged
            | Observation::Acknowledged => {}
        }
    }

    async fn next_instruction(&mut self) -> Instruction {
        self.heard.closed().await;
        Instruction::Leave
    }
}
