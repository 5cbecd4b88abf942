//! What the page is asked to do.

use downbeat_core::clock::ClockChange;
use downbeat_core::cueing::{Effect as Cueing, Timing};
use downbeat_core::session::{Effect, Request};

use super::Viewer;
use crate::codes::{EffectKind, connection, status};
use crate::numbers::{or_nan, span_ms};

impl Viewer {
    /// Returns the next effect, or [`EffectKind::Nothing`]; its numbers are in [`Viewer::value`].
    pub fn poll_effect(&mut self) -> EffectKind {
        self.values = [f64::NAN; 6];
        match self.session.poll_effect() {
            None => EffectKind::Nothing,
            Some(Effect::Request(Request::Time)) => EffectKind::RequestTime,
            Some(Effect::Request(Request::State)) => EffectKind::RequestState,
            Some(Effect::Request(Request::Status)) => EffectKind::RequestStatus,
            Some(Effect::AbortRequest) => EffectKind::AbortRequest,
            Some(Effect::OpenSocket { not }) => self.emit(EffectKind::OpenSocket, &[or_nan(not.map(f64::from))]),
            Some(Effect::CloseSocket) => EffectKind::CloseSocket,
            Some(Effect::Ping) => EffectKind::Ping,
            Some(Effect::Ack { rev, applied_at, bound, lacks_rundown }) => {
                let lacks = f64::from(u8::from(lacks_rundown));
                let applied_at = applied_at.as_millis() as f64;
                self.emit(EffectKind::Ack, &[rev.number() as f64, applied_at, lacks, span_ms(bound)])
            }
            Some(Effect::CheckEmergency) => EffectKind::CheckEmergency,
            Some(Effect::SubmitEmergency) => EffectKind::SubmitEmergency,
            Some(Effect::LoadRundown { failures, .. }) => self.emit(EffectKind::LoadRundown, &[f64::from(failures)]),
            Some(Effect::State { lateness }) => self.emit(EffectKind::State, &[span_ms(lateness)]),
            Some(Effect::Status { status: new, lateness }) => {
                self.emit(EffectKind::Status, &[f64::from(status(new) as u8), span_ms(lateness)])
            }
            Some(Effect::Message(index)) => self.emit(EffectKind::Message, &[or_nan(index.map(|index| index as f64))]),
            Some(Effect::Connection(now)) => {
                let (code, reason) = connection(now);
                self.emit(EffectKind::Connection, &[f64::from(code as u8), f64::from(reason as u8)])
            }
            Some(Effect::Clock(change)) => {
                let change = match change {
                    ClockChange::None => 0.0,
                    ClockChange::Step => 1.0,
                    ClockChange::Flush => 2.0,
                };
                self.emit(EffectKind::Clock, &[change])
            }
            Some(Effect::Cue(cue)) => self.emit_cue(cue),
        }
    }

    /// Leaves `values` where [`Viewer::value`] finds them.
    fn emit(&mut self, kind: EffectKind, values: &[f64]) -> EffectKind {
        for (place, value) in self.values.iter_mut().zip(values) {
            *place = *value;
        }
        kind
    }

    fn emit_cue(&mut self, effect: Cueing) -> EffectKind {
        let timed = |Timing { lateness, bound, certain }: Timing| {
            [span_ms(lateness), span_ms(bound), f64::from(u8::from(certain))]
        };
        match effect {
            Cueing::Standby { cue } => self.emit(EffectKind::Standby, &[cue.index as f64]),
            Cueing::Fire { cue, into, timing } => {
                let [lateness, bound, certain] = timed(timing);
                self.emit(EffectKind::Fire, &[cue.index as f64, span_ms(into), lateness, bound, certain])
            }
            Cueing::Withhold { cue, bound } => self.emit(EffectKind::Withhold, &[cue.index as f64, span_ms(bound)]),
            Cueing::Enter { cue, into, rate, timing } => {
                let [lateness, bound, certain] = timed(timing);
                let rate = rate.as_factor();
                self.emit(EffectKind::Enter, &[cue.index as f64, span_ms(into), lateness, bound, certain, rate])
            }
            Cueing::Adjust { cue, into, rate } => {
                self.emit(EffectKind::Adjust, &[cue.index as f64, span_ms(into), rate.as_factor()])
            }
            Cueing::Leave { cue } => {
                let is_former = self.cues.get(cue.index).is_none_or(|key| *key != cue.key);
                self.emit(EffectKind::Leave, &[cue.index as f64, f64::from(u8::from(is_former))])
            }
        }
    }
}
