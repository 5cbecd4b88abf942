//! A room, in the object of its event: it has the state, and holds its members' sockets, too.
//!
//! A room has one hub, so the hub's part ([`Members`]) and the event's ([`EventState`]) are in one object: a gesture reaches the
//! others without a call in between. Core decides; here requests, frames and alarms are reported to it, and its effects performed.
//! What has to survive an eviction is on the disk, or attached to the sockets.

mod calls;
mod effects;
mod store;

use downbeat_core::fanout::hub::Limits;
use downbeat_core::fanout::{Bucket, Rate};
use downbeat_core::object_clock::{DecisionClock, ObjectClock};
use downbeat_core::room::{GestureReceipt, MemberId, MemberRecord, Members};
use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::live::{Close, PING};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::room::{
    ClientFrame, FRAME_BYTES_MAX, Resume, RoomCommandAnswer, SignalFrame, hello_code, signal_code,
};
use downbeat_wire::{Refused, SignalRefused, json};
use std::cell::{Cell, RefCell};
use worker::{Env, State, WebSocketIncomingMessage};

use self::store::RoomStore;
use crate::clock;
use crate::runtime::{promise, random};
use crate::sockets::{self, Socket};

/// How often a room with members looks for silent sockets, and notes that it is occupied: every 30 s.
const CHECK_EVERY: Span = Span::from_millis(30_000);

/// The most frames of one socket: 60 a second, after the first 120. Signals have the greatest share.
const FRAMES: Rate = Rate::per_second(60, 120);

/// One room, in its object.
pub(crate) struct Room {
    object: State,
    env: Env,
    name: EventName,
    store: RoomStore,
    /// The saved state. Changed only after the store has saved the change; `None` if there is no such room.
    state: RefCell<Option<EventState>>,
    members: RefCell<Members<Socket>>,
    /// How many frames each socket has sent lately.
    frames: RefCell<Vec<(Socket, Bucket)>>,
    /// The secret of the member that is being let in.
    resume: RefCell<Option<Resume>>,
    /// This object's clock, compared with those of the workers that call, and the one that counts.
    clock: Cell<ObjectClock>,
    decision: Cell<DecisionClock>,
    /// When sockets were checked last.
    checked_at: Cell<ServerTime>,
    /// When the alarm is set to go off.
    alarm: Cell<Option<ServerTime>>,
    /// Whether there were sockets that had not said hello when it was last decided who answers pings.
    has_strangers: Cell<bool>,
}

impl Room {
    /// Creates the room from what its object has saved, and its members from their sockets.
    pub(crate) fn new(object: State, env: Env, name: EventName) -> Self {
        let store = RoomStore::new(&object);
        let state = store.state().unwrap_or_else(|error| {
            worker::console_error!("room {name} cannot read its state: {error}");
            None
        });
        let now = clock::now();
        let all = sockets::all(&object);
        let held = (0..all.length()).map(|place| sockets::at(&all, place));
        let members =
            Members::restore(held.map(|socket| (socket.clone(), attachment(&socket).map(|(member, _)| member))), now);
        if state.is_some() {
            let present: Vec<MemberId> = members.iter().map(|(_, member)| member.id).collect();
            if let Err(error) = store.restore_members(&present, now) {
                worker::console_error!("room {name} cannot note who left: {error}");
            }
        }
        let room = Self {
            object,
            env,
            name,
            store,
            state: RefCell::new(state),
            members: RefCell::new(members),
            frames: RefCell::default(),
            resume: RefCell::default(),
            clock: Cell::default(),
            decision: Cell::new(DecisionClock::OWN),
            checked_at: Cell::new(now),
            alarm: Cell::default(),
            has_strangers: Cell::default(),
        };
        room.set_pings();
        room
    }

    /// Has the runtime answer pings with the newest version, unless a socket has not said hello: that learns nothing of the room,
    /// and the runtime answers all of an object's sockets or none. Then [`Self::answer_ping`] does, for those ten seconds.
    fn set_pings(&self) {
        let has_strangers = self.members.borrow().has_strangers();
        self.has_strangers.set(has_strangers);
        match &*self.state.borrow() {
            Some(state) if !has_strangers => sockets::answer_pings(&self.object, &state.version().to_string()),
            _ => sockets::receive_pings(&self.object),
        }
    }

    /// Answers a member's ping. What is attached says that something came through the socket.
    fn answer_ping(&self, socket: &Socket) {
        match (self.members.borrow().record(socket), &*self.state.borrow()) {
            (Some(record), Some(state)) => {
                socket.attach(&attached(&record));
                socket.send(&state.version().to_string().into());
            }
            _ => socket.close(Close::Refused),
        }
    }

    fn now(&self) -> ServerTime {
        self.decision.get().now(clock::now())
    }

    /// Tells the members' part what happened, and does what follows. `None` if there is no such room.
    fn handle<T>(&self, work: impl FnOnce(&mut Members<Socket>, &EventState, ServerTime) -> T) -> Option<T> {
        let now = self.now();
        let done = self.state.borrow().as_ref().map(|state| work(&mut self.members.borrow_mut(), state, now));
        self.perform();
        done
    }

    /// Handles a frame, which entry.js has cut if it was too long.
    pub(crate) fn handle_message(&self, socket: &Socket, message: WebSocketIncomingMessage) {
        self.read(socket, message);
        self.perform();
    }

    fn read(&self, socket: &Socket, message: WebSocketIncomingMessage) {
        if self.take_frame(socket).is_err() {
            return self.end(socket, Close::MemberFlood);
        }
        let text = match message {
            WebSocketIncomingMessage::Binary(_) => return self.end(socket, Close::Bytes),
            WebSocketIncomingMessage::String(text) if text.len() > FRAME_BYTES_MAX => {
                return self.refuse(socket, Refused::new(Code::TooLarge, "a frame has at most 16,384 bytes"));
            }
            WebSocketIncomingMessage::String(text) if text == PING => return self.answer_ping(socket),
            WebSocketIncomingMessage::String(text) => text,
        };
        match ClientFrame::parse(&text) {
            Err(problem) => self.refuse(socket, problem.into()),
            Ok(frame) => self.handle_frame(socket, frame),
        }
    }

    fn handle_frame(&self, socket: &Socket, frame: ClientFrame) {
        if let ClientFrame::Hello { invitation, name, resume } = frame {
            let resume = resume.filter(|resume| self.may_resume(resume)).unwrap_or_else(|| Resume::new(random()));
            let hello = ClientFrame::hello(&invitation, name, &resume);
            *self.resume.borrow_mut() = Some(resume);
            let done = self.handle(|members, state, now| members.handle_hello(socket, &hello, state, now));
            self.resume.take();
            return match done {
                Some(Ok(())) => {
                    self.note_member(MemberId::of_secret(&hello.secret), RoomStore::note_come);
                    self.note_occupied(true);
                }
                Some(Err(error)) => self.refuse(socket, Refused::new(hello_code(&error), error.to_string())),
                None => self.end(socket, Close::Deleted),
            };
        }
        if !self.members.borrow().contains(socket) {
            let detail = "send {\"type\":\"hello\",\"invitation\":\"dbi_…\"} first";
            return self.refuse(socket, Refused::new(Code::BadRequest, detail));
        }
        match frame {
            ClientFrame::Command { id: _, gesture: Ok(gesture) } => {
                _ = self.handle(|members, state, now| members.handle_gesture(socket, gesture, state, now));
            }
            ClientFrame::Command { id, gesture: Err(problem) } => {
                if let Some(state) = &*self.state.borrow() {
                    let answer = RoomCommandAnswer::refused(id, problem, &self.name, state, self.now());
                    socket.send(&json::text(&answer).into());
                }
            }
            ClientFrame::Ready(report) => {
                _ = self.handle(|members, state, now| members.handle_ready(socket, report, state, now));
            }
            ClientFrame::Signal { to, message } => {
                let sent = self.handle(|members, _, now| members.handle_signal(socket, to, now));
                match sent {
                    Some(Ok((target, from))) => target.send(&SignalFrame::text(from, message).into()),
                    Some(Err(error)) => {
                        let refused = SignalRefused::new(to, signal_code(&error), error.to_string());
                        socket.send(&json::text(&refused).into());
                    }
                    None => {}
                }
            }
            ClientFrame::Hello { .. } | ClientFrame::Ack => {}
        }
    }

    /// Returns whether whoever presents this secret is the member that it was drawn for.
    fn may_resume(&self, resume: &Resume) -> bool {
        let (secret, now) = (ClientFrame::secret(resume), self.now());
        let left_at = self.store.left_at(MemberId::of_secret(&secret)).unwrap_or_default();
        self.members.borrow().may_resume(&secret, left_at, now)
    }

    /// Has the store note that a member came or left.
    fn note_member(&self, member: MemberId, note: impl Fn(&RoomStore, MemberId, ServerTime) -> worker::Result<()>) {
        if let Err(error) = note(&self.store, member, self.now()) {
            worker::console_error!("room {} cannot note its members: {error}", self.name);
        }
    }

    /// Has the socket's member leave.
    fn leave(&self, socket: &Socket) {
        let record = self.members.borrow().record(socket);
        if let Some(record) = record.filter(|_| self.state.borrow().is_some()) {
            self.note_member(record.id(), RoomStore::note_left);
        }
        let now = self.now();
        self.members.borrow_mut().handle_closed(socket, self.state.borrow().as_ref(), now);
    }

    /// Counts a frame.
    fn take_frame(&self, socket: &Socket) -> core::result::Result<(), Span> {
        let now = self.now();
        let mut frames = self.frames.borrow_mut();
        frames.retain(|(other, bucket)| other == socket || !bucket.is_full(now));
        let place = frames.iter().position(|(other, _)| other == socket).unwrap_or_else(|| {
            frames.push((socket.clone(), Bucket::default()));
            frames.len() - 1
        });
        frames[place].1.take(FRAMES, now)
    }

    /// Handles a socket that was closed.
    pub(crate) fn handle_closed(&self, socket: &Socket) {
        self.leave(socket);
        self.perform();
    }

    /// Does what is due: presence, sockets that said nothing, and the room's end.
    pub(crate) async fn handle_alarm(&self) {
        self.alarm.set(None);
        let now = self.now();
        let Some(expires_at) = self.expires_at() else { return };
        if self.members.borrow().is_empty() {
            self.note_occupied(false);
            if self.expires_at().is_some_and(|at| at <= now) && expires_at <= now {
                if let Err(problem) = self.delete().await {
                    worker::console_error!("room {} is not deleted yet: {problem}", self.name);
                    self.alarm.set(None);
                    self.set_alarm();
                }
                return;
            }
        } else if self.checked_at.get() + CHECK_EVERY <= now {
            self.checked_at.set(now);
            self.close_silent();
            self.note_occupied(!self.members.borrow().is_empty());
        }
        self.members.borrow_mut().handle_alarm(now);
        self.perform();
    }

    /// Closes members' sockets through which nothing has come for long, not even a ping.
    fn close_silent(&self) {
        let (own, silent_after) = (clock::now(), Limits::DEFAULT.silent_after);
        let sockets: Vec<Socket> = self.members.borrow().iter().map(|(socket, _)| socket.clone()).collect();
        for socket in sockets {
            let attached = attachment(&socket).map_or(own, |(_, at)| at);
            let heard = sockets::pinged(&self.object, &socket).map_or(attached, |pinged| pinged.max(attached));
            if own - heard > silent_after {
                self.end(&socket, Close::Silent);
            }
        }
    }

    /// Notes whether there are members; only when that is worth a write does core say so.
    fn note_occupied(&self, is_occupied: bool) {
        let Some(mut state) = self.state.borrow().clone() else { return };
        if state.handle_occupied(is_occupied, self.now()) {
            self.save(state, None);
        }
        self.set_alarm();
    }

    /// Saves a state, then makes it the current one; returns whether that worked.
    fn save(&self, state: EventState, receipt: Option<&GestureReceipt>) -> bool {
        match self.store.save(&state, receipt) {
            Ok(()) => {
                *self.state.borrow_mut() = Some(state);
                true
            }
            Err(error) => {
                worker::console_error!("room {} cannot save its state: {error}", self.name);
                false
            }
        }
    }

    fn expires_at(&self) -> Option<ServerTime> {
        Some(self.state.borrow().as_ref()?.room()?.expires_at())
    }

    /// Sets the alarm to what is due next. One that goes off too early does no harm.
    fn set_alarm(&self) {
        let now = self.now();
        let deadline = {
            let members = self.members.borrow();
            let check = if members.is_empty() { self.expires_at() } else { Some(self.checked_at.get() + CHECK_EVERY) };
            members.next_deadline().into_iter().chain(check).min()
        };
        let Some(deadline) = deadline else { return };
        if self.alarm.get().is_some_and(|at| at <= deadline && at > now) {
            return;
        }
        self.alarm.set(Some(deadline));
        let storage = self.object.storage();
        let set = promise(async move {
            if let Err(error) = storage.set_alarm(clock::duration(deadline - now)).await {
                worker::console_error!("a room cannot set its alarm: {error}");
            }
        });
        _ = self.object.as_raw().wait_until(&set);
    }

    /// Deletes the room with everything that is stored for it, and closes all sockets.
    async fn delete(&self) -> core::result::Result<(), Problem> {
        let broken = |error| crate::reply::unavailable("what is stored for a room", &error);
        self.state.take();
        self.members.take();
        let all = sockets::all(&self.object);
        (0..all.length()).for_each(|place| sockets::at(&all, place).close(Close::Deleted));
        let storage = self.object.storage();
        storage.delete_alarm().await.map_err(broken)?;
        storage.delete_all().await.map_err(broken)?;
        worker::console_log!("room {} was deleted", self.name);
        Ok(())
    }
}

/// Returns the member whose socket it is, and when that was attached, by this object's own clock; `None` if it has not said hello.
fn attachment(socket: &Socket) -> Option<(MemberRecord, ServerTime)> {
    json::read(socket.attachment()?.as_bytes()).ok()
}

/// Returns the text to attach to the socket of a member.
fn attached(member: &MemberRecord) -> String {
    json::text(&(member, clock::now()))
}
