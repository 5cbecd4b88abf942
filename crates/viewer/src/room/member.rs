//! One member: its socket, and what it does when.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use downbeat_api::clock;
use downbeat_core::{CommandId, LocalTime, Seed, Span};
use downbeat_wire::room::{Invitation, action_text};
use downbeat_wire::{Refused, RoomCommandAnswer, StateBody, Welcome};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::phase::Phase;
use super::plan::{draw_absence, draw_action, draw_next, draw_stall};
use super::record::Record;
use super::shared::Shared;
use crate::CloseReason;
use crate::socket::{Frame, Socket};

/// How often a member pings: every 15 s. A room closes sockets that are silent for 90 s.
const PING_EVERY: Span = Span::from_millis(15_000);

/// How long a member that was cut off or refused waits before it comes again: up to 4 s.
const RETRY_MAX: Span = Span::from_millis(4_000);

/// One member of the room.
pub(super) struct Member {
    shared: Arc<Shared>,
    invitation: Invitation,
    name: String,
    seed: Seed,
    phase: watch::Receiver<Phase>,
    record: Record,
    /// The secret by which the room knows the member again.
    resume: Option<String>,
    /// Whether it has the controls; `None` before its first welcome.
    controls: Option<bool>,
    is_stalled: bool,
    state: Option<StateBody>,
    due: Due,
}

/// When the member does what; `None` for what it does not do.
#[derive(Clone, Copy, Debug, Default)]
struct Due {
    ping: Option<LocalTime>,
    stall: Option<LocalTime>,
    ready: Option<LocalTime>,
    gesture: Option<LocalTime>,
    leave: Option<LocalTime>,
}

/// How a time in the room ended.
enum End {
    /// The test is over.
    Over,
    /// The member left, or was cut off; it comes back after this.
    Away(Span),
}

impl Member {
    /// Creates a member that comes by `invitation`.
    pub(super) fn new(
        shared: Arc<Shared>,
        invitation: Invitation,
        name: String,
        seed: Seed,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        Self {
            shared,
            invitation,
            name,
            seed,
            phase,
            record: Record::default(),
            resume: None,
            controls: None,
            is_stalled: false,
            state: None,
            due: Due::default(),
        }
    }

    /// Comes, acts, leaves and comes back until the test is over; returns what it saw.
    pub(super) async fn run(mut self) -> Record {
        while let End::Away(absence) = self.visit().await {
            let back_at = clock::monotonic() + absence;
            if !self.wait_until(back_at).await {
                break;
            }
        }
        self.record
    }

    /// Waits; returns whether the member then comes back.
    async fn wait_until(&mut self, at: LocalTime) -> bool {
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(clock::instant(at)) => return true,
                changed = self.phase.changed() => {
                    match changed.map(|()| *self.phase.borrow_and_update()) {
                        Ok(Phase::Arriving | Phase::Acting) => {}
                        // At the end all are to be there.
                        Ok(Phase::Settling) => return true,
                        Ok(Phase::Over) | Err(_) => return false,
                    }
                }
            }
        }
    }

    /// Comes through one socket, and stays until that ends.
    async fn visit(&mut self) -> End {
        self.record.handle_opening();
        let mut socket = match self.shared.open_socket().await {
            Ok(socket) => socket,
            Err(refusal) => {
                self.record.handle_closed(refusal.reason);
                return End::Away(self.seed.span_below(RETRY_MAX));
            }
        };
        let mut hello = json!({ "type": "hello", "invitation": self.invitation.expose(), "name": self.name });
        if let Some(resume) = &self.resume {
            hello["resume"] = json!(resume);
        }
        let now = clock::monotonic();
        self.due = Due { ping: Some(now + self.seed.span_below(PING_EVERY)), ..Due::default() };
        let end = match socket.send(hello.to_string()).await {
            Ok(()) => self.stay(&mut socket).await,
            Err(reason) => Err(reason),
        };
        if self.record.rev().is_some() {
            self.shared.present.fetch_sub(1, Ordering::Relaxed);
        }
        self.is_stalled = false;
        match end {
            Ok(End::Over) => End::Over,
            Ok(away) => {
                self.record.handle_closed(CloseReason::Dropped);
                away
            }
            Err(reason) => {
                self.record.handle_closed(reason);
                End::Away(self.seed.span_below(RETRY_MAX))
            }
        }
    }

    /// Stays until the member leaves, or the socket ends.
    async fn stay(&mut self, socket: &mut Socket) -> Result<End, CloseReason> {
        loop {
            let next = self.due.next();
            tokio::select! {
                biased;
                frame = socket.next() => {
                    let now = clock::monotonic();
                    self.handle_frame(frame, socket, now).await?;
                }
                changed = self.phase.changed() => {
                    let phase = changed.map_or(Phase::Over, |()| *self.phase.borrow_and_update());
                    if phase == Phase::Over {
                        return Ok(End::Over);
                    }
                    self.handle_phase(phase, socket).await?;
                }
                () = due(next) => {
                    if let Some(end) = self.act(socket).await? {
                        return Ok(end);
                    }
                }
            }
        }
    }

    async fn handle_frame(&mut self, frame: Frame, socket: &mut Socket, now: LocalTime) -> Result<(), CloseReason> {
        match frame {
            Frame::Pong(_) => Ok(()),
            Frame::Closed(code, _) => Err(CloseReason::Closed(code)),
            Frame::Broken => Err(CloseReason::Broken),
            Frame::Text(text) => match self.shared.state(&text) {
                Some(pushed) => {
                    self.record.handle_state(pushed.state.body.rev, now);
                    self.state = Some(pushed.state.body.clone());
                    Ok(())
                }
                None => self.handle_text(&text, socket, now).await,
            },
        }
    }

    /// Handles a frame that is not a state.
    async fn handle_text(&mut self, text: &Utf8Bytes, socket: &mut Socket, now: LocalTime) -> Result<(), CloseReason> {
        let Ok(frame) = serde_json::from_str::<Value>(text) else { return Ok(()) };
        match frame["type"].as_str().unwrap_or_default() {
            "presence" => self.record.presence += 1,
            "welcome" => {
                if let Ok(welcome) = serde_json::from_value::<Welcome>(frame) {
                    self.handle_welcome(welcome, socket, now).await?;
                }
            }
            "refused" => {
                if let Ok(refused) = serde_json::from_value::<Refused>(frame) {
                    self.record.handle_refusal(&refused.code);
                }
            }
            "command-answer" => {
                if let Ok(RoomCommandAnswer { id, rev, code, .. }) = serde_json::from_value(frame) {
                    self.record.handle_answer(&id, rev, code.as_deref());
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn handle_welcome(
        &mut self,
        welcome: Welcome,
        socket: &mut Socket,
        now: LocalTime,
    ) -> Result<(), CloseReason> {
        self.shared.note_state(&welcome.state);
        self.record.handle_welcome(welcome.state.rev, now);
        self.shared.present.fetch_add(1, Ordering::Relaxed);
        self.resume = Some(welcome.resume);
        if self.controls.is_none() {
            let controls = welcome.state.room.as_ref().map(|room| room.controls).unwrap_or_default();
            let has_controls = welcome.role.may_control(controls);
            self.controls = Some(has_controls);
            self.shared.controllers.fetch_add(u32::from(has_controls), Ordering::Relaxed);
        }
        self.state = Some(welcome.state);
        self.say_ready(true, socket).await?;
        let phase = *self.phase.borrow();
        self.handle_phase(phase, socket).await
    }

    /// Begins what the phase has members do, or ends it.
    async fn handle_phase(&mut self, phase: Phase, socket: &mut Socket) -> Result<(), CloseReason> {
        match phase {
            Phase::Acting if self.record.rev().is_some() => {
                self.schedule();
                let plays = self.shared.plan.gestures_per_minute > 0.0 || self.shared.plan.stalls_per_minute > 0.0;
                if plays && self.controls == Some(true) && self.shared.begins() {
                    self.gesture(socket).await?;
                }
            }
            Phase::Settling => {
                self.due = Due { ping: self.due.ping, ..Due::default() };
                if self.is_stalled {
                    self.say_ready(true, socket).await?;
                }
            }
            Phase::Arriving | Phase::Acting | Phase::Over => {}
        }
        Ok(())
    }

    /// Draws when the member does what next, where that is not known yet.
    fn schedule(&mut self) {
        let now = clock::monotonic();
        let plan = &self.shared.plan;
        let controllers = self.shared.controllers.load(Ordering::Relaxed);
        let gestures = plan.gesture_interval(controllers).filter(|_| self.controls == Some(true));
        let (stalls, leaves) = (plan.stall_interval(), plan.leave_interval());
        let mut draw = |due: &mut Option<LocalTime>, interval| {
            if due.is_none() {
                *due = draw_next(&mut self.seed, interval).map(|after| now + after);
            }
        };
        draw(&mut self.due.stall, stalls);
        draw(&mut self.due.gesture, gestures);
        draw(&mut self.due.leave, leaves);
    }

    /// Does what is due.
    async fn act(&mut self, socket: &mut Socket) -> Result<Option<End>, CloseReason> {
        let now = clock::monotonic();
        let is_due = |at: &mut LocalTime| *at <= now;
        if self.due.ping.take_if(is_due).is_some() {
            self.due.ping = Some(now + PING_EVERY);
            socket.ping().await?;
        }
        if self.due.leave.take_if(is_due).is_some() {
            return Ok(Some(End::Away(draw_absence(&mut self.seed))));
        }
        if self.due.ready.take_if(is_due).is_some() {
            self.say_ready(true, socket).await?;
        }
        if self.due.stall.take_if(is_due).is_some() && !self.is_stalled {
            self.record.stalls += 1;
            self.due.ready = Some(now + draw_stall(&mut self.seed));
            self.say_ready(false, socket).await?;
        }
        if self.due.gesture.take_if(is_due).is_some() {
            self.gesture(socket).await?;
        }
        self.schedule();
        Ok(None)
    }

    async fn say_ready(&mut self, is_ready: bool, socket: &mut Socket) -> Result<(), CloseReason> {
        self.is_stalled = !is_ready;
        let estimated = self.shared.estimated();
        let mut ready = json!({ "type": "ready", "ready": is_ready, "bound": estimated.bound });
        if let Some(delay) = estimated.delay {
            ready["delay"] = json!(delay);
        }
        socket.send(ready.to_string()).await
    }

    /// Does what a person with the controls might do now.
    async fn gesture(&mut self, socket: &mut Socket) -> Result<(), CloseReason> {
        let estimated = self.shared.estimated();
        let (Some(now), Some(state)) = (estimated.now, &self.state) else { return Ok(()) };
        let is_waiting = state.room.as_ref().and_then(|room| room.wait).is_some_and(|wait| wait.until > now);
        let is_held = !is_waiting && state.timeline().is_ok_and(|timeline| timeline.is_held(now));
        let action = draw_action(&mut self.seed, is_held);
        let Ok(id) = downbeat_api::new_id() else { return Ok(()) };
        let frame = command_frame(&id, &action_text(&action), now.as_millis(), estimated.bound);
        self.record.sent.insert(id, clock::monotonic());
        socket.send(frame).await
    }
}

/// Returns the frame of a command; `action` has its members as a JSON object.
fn command_frame(id: &CommandId, action: &str, at: i64, bound: Span) -> String {
    let action = action.strip_prefix('{').unwrap_or_default();
    format!(r#"{{"type":"command","id":"{}","at":{at},"bound":{},{action}"#, id.as_str(), bound.as_millis() + 1)
}

impl Due {
    /// Returns when something is due first.
    fn next(&self) -> Option<LocalTime> {
        [self.ping, self.stall, self.ready, self.gesture, self.leave].into_iter().flatten().min()
    }
}

async fn due(at: Option<LocalTime>) {
    match at {
        Some(at) => tokio::time::sleep_until(clock::instant(at)).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::Position;
    use downbeat_core::room::Action;
    use downbeat_wire::room::ClientFrame;

    #[test]
    fn a_room_reads_the_command_that_a_member_sends() {
        let action = Action::Seek { position: Position::from_millis(61_000) };
        let frame =
            command_frame(&"a-1".parse().unwrap(), &action_text(&action), 1_704_067_261_000, Span::from_micros(1_500));
        let ClientFrame::Command { id, gesture: Ok(gesture) } = ClientFrame::parse(&frame).unwrap() else {
            panic!("{frame}");
        };
        assert_eq!((id.as_str(), gesture.action), ("a-1", action));
        assert_eq!(gesture.at.unwrap().as_millis(), 1_704_067_261_000);
        assert_eq!(gesture.bound.as_millis(), 2);
    }
}
