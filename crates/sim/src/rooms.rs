//! A room: members whose players stall and miss, on lines of all kinds; its hub and its event. Millisecond by millisecond.
//!
//! Hub and event are the code that ships ([`Members`], [`EventState`]); so is what keeps each player on the timeline.

use downbeat_core::correction::Means;
use downbeat_core::room::{
    Action, Ask, Effect, Gesture, GestureReceipt, Hello, MemberId, Members, NewRoom, ReadyReport, Role,
};
use downbeat_core::{CommandId, Digest, EventState, Rev, Seed, ServerTime, Span};
use std::collections::BTreeMap;

use crate::Dice;
use crate::player::{Page, Player, START};

/// How long a call between hub and event takes, each way: 5 ms.
const CALL: Span = Span::from_millis(5);

/// How long a player has no data before its page says so: 100 ms, so that no short seek counts.
const NOTICED_MS: i64 = 100;

/// What a lost packet costs: 250 ms, until it is sent again.
const RETRANSMISSION: Span = Span::from_millis(250);

/// A member's line to the room.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The delay towards the room.
    pub there: Span,
    /// The delay from there.
    pub back: Span,
    /// What comes on top, on average.
    pub jitter: Span,
    /// How many packets are lost, 0 to 1.
    pub loss: f64,
}

/// A member: a page that shows the room.
pub struct Member {
    /// Its player, and what keeps that on the timeline.
    pub page: Page,
    /// The newest revision it has.
    pub rev: Rev,
    /// By how much that came after it took effect; negative if before.
    pub lateness: Span,
    /// For how many milliseconds its player has been paused.
    pub paused_ms: i64,
    line: Line,
    /// When the last frame in each direction arrives: none overtakes another.
    there_until: ServerTime,
    back_until: ServerTime,
    /// Whether the page has sought, and its player has no data yet.
    seeks: bool,
    stalled_since: Option<i64>,
    said_ready: Option<bool>,
    is_here: bool,
    commands: u32,
}

/// A frame of a member, or a call, on its way.
enum Mail {
    Hello(usize),
    Gesture(usize, Gesture),
    Ready(usize, ReadyReport),
    Ask(Ask<usize>, Span),
    /// The event's answer to its hub; whether it answers that a room should wait.
    Answer(Box<EventState>, bool),
    State(usize, Box<EventState>),
}

/// A room with its members.
pub struct World {
    /// The event's object.
    pub event: EventState,
    /// The members.
    pub members: Vec<Member>,
    /// How many messages about presence were sent, one for each member that got it.
    pub presence_messages: usize,
    /// How many gestures were refused, by hub or event.
    pub refused: usize,
    hub: EventState,
    room: Members<usize>,
    receipts: BTreeMap<CommandId, GestureReceipt>,
    mail: Vec<(ServerTime, u64, Mail)>,
    sent: u64,
    now: i64,
    dice: Dice,
}

impl Line {
    /// A line of this delay, in ms, with the same one back, and no faults.
    pub const fn of(ms: i64) -> Self {
        Self { there: Span::from_millis(ms), back: Span::from_millis(ms), jitter: Span::ZERO, loss: 0.0 }
    }
}

impl World {
    /// Makes the room `new`, whose invitations are [`invitation`]'s.
    ///
    /// # Panics
    /// If a setting is out of its range.
    pub fn new(new: NewRoom, seed: u64) -> Self {
        let epoch = "e".parse().expect("a letter is an epoch");
        let event = EventState::create_room(new, epoch, "maria", START).expect("the settings are within their ranges");
        Self {
            hub: event.clone(),
            event,
            members: Vec::new(),
            presence_messages: 0,
            refused: 0,
            room: Members::default(),
            receipts: BTreeMap::new(),
            mail: Vec::new(),
            sent: 0,
            now: 0,
            dice: Dice::new(Seed::new(seed)),
        }
    }

    /// Returns how long the room has existed, in ms.
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// Has a member come, with `player` over `line`. Returns its index.
    pub fn join(&mut self, player: Player, line: Line) -> usize {
        let mut page = Page::open(player, Means::Rates, self.now);
        page.timeline = self.event.timeline();
        page.correction.handle_timeline(page.timeline.clone());
        let member = Member {
            page,
            rev: Rev::default(),
            lateness: Span::ZERO,
            paused_ms: 0,
            line,
            there_until: START,
            back_until: START,
            seeks: false,
            stalled_since: None,
            said_ready: None,
            is_here: true,
            commands: 0,
        };
        self.members.push(member);
        let index = self.members.len() - 1;
        self.send(index, Mail::Hello(index));
        index
    }

    /// Has a member leave.
    pub fn leave(&mut self, member: usize) {
        self.members[member].is_here = false;
        self.room.handle_closed(&member, Some(&self.hub), self.at());
        self.perform();
    }

    /// Has a member press something.
    ///
    /// # Panics
    /// Never: a number is a command's id.
    pub fn press(&mut self, member: usize, action: Action) {
        let pressed = &mut self.members[member];
        pressed.commands += 1;
        let gesture = Gesture {
            id: format!("{member}-{}", pressed.commands).parse().expect("digits and a dash"),
            action,
            invitation: Digest::from_bytes([0; 32]),
            actor: String::new(),
            at: Some(self.at()),
            bound: Span::from_millis(10),
        };
        self.send(member, Mail::Gesture(member, gesture));
    }

    /// Has a member's player stop for `ms`, as without data.
    pub fn stall(&mut self, member: usize, ms: i64) {
        self.members[member].page.player.stalled = Some((self.now + ms, true));
    }

    /// Lets `ms` pass.
    pub fn run(&mut self, ms: i64) {
        for _ in 0..ms {
            self.now += 1;
            self.deliver();
            if self.room.next_deadline().is_some_and(|deadline| deadline <= self.at()) {
                self.room.handle_alarm(self.at());
            }
            self.perform();
            for member in 0..self.members.len() {
                self.play(member);
            }
        }
    }

    /// Returns the greatest distance between two players of members that are here, in ms.
    pub fn spread_ms(&self) -> f64 {
        let positions = self.members.iter().filter(|member| member.is_here).map(|one| one.page.player.position_us);
        let (least, most) = positions.fold((f64::MAX, f64::MIN), |(least, most), us| (least.min(us), most.max(us)));
        (most - least) / 1_000.0
    }

    fn at(&self) -> ServerTime {
        START + Span::from_millis(self.now)
    }

    /// Lets one millisecond of a member's page pass.
    fn play(&mut self, index: usize) {
        let member = &mut self.members[index];
        if !member.is_here {
            return;
        }
        member.page.run(1);
        member.paused_ms += i64::from(member.page.player.paused);
        // What the page's own seeks take is no stall: it knows when it sought.
        member.seeks |= member.page.seeks() > 0;
        let has_data = member.page.player.stalled.is_none_or(|(_, says)| !says);
        member.seeks &= !has_data;
        let stalls = !has_data && !member.seeks;
        member.stalled_since = if stalls { member.stalled_since.or(Some(self.now)) } else { None };
        let is_ready = member.stalled_since.is_none_or(|since| self.now - since < NOTICED_MS);
        if member.rev > Rev::default() && member.said_ready != Some(is_ready) {
            member.said_ready = Some(is_ready);
            // Half the round trip is what a page measures; it cannot see an asymmetry.
            let round_trip = member.line.there + member.line.back;
            let delay = Some(Span::from_micros(round_trip.as_micros() / 2));
            let bound = Span::from_micros(round_trip.as_micros() / 2);
            self.send(index, Mail::Ready(index, ReadyReport { is_ready, delay, bound }));
        }
    }

    fn deliver(&mut self) {
        let now = self.at();
        let mut due: Vec<_> = self.mail.extract_if(.., |(at, _, _)| *at <= now).collect();
        due.sort_by_key(|(at, sent, _)| (*at, *sent));
        for (_, _, mail) in due {
            match mail {
                Mail::Hello(member) => {
                    let secret = Digest::from_bytes([u8::try_from(member).unwrap_or(u8::MAX); 32]);
                    let hello =
                        Hello { invitation: invitation(Role::Controller), name: format!("member {member}"), secret };
                    _ = self.room.handle_hello(&member, &hello, &self.hub, now);
                }
                Mail::Gesture(member, gesture) => self.room.handle_gesture(&member, gesture, &self.hub, now),
                Mail::Ready(member, report) => self.room.handle_ready(&member, report, &self.hub, now),
                Mail::Ask(ask, lead) => self.answer(&ask, lead),
                Mail::Answer(state, is_about_wait) => {
                    self.hear(*state);
                    if is_about_wait {
                        self.room.handle_wait_answered(&self.hub, now);
                    }
                }
                Mail::State(member, state) => self.members[member].apply(&state, now),
            }
            self.perform();
        }
    }

    /// The event's object answers its hub.
    fn answer(&mut self, ask: &Ask<usize>, lead: Span) {
        let now = self.at();
        match ask {
            Ask::Gesture { gesture, .. } => {
                match self.event.handle_gesture(gesture, lead, self.receipts.get(&gesture.id), now) {
                    Ok(outcome) => _ = self.receipts.insert(gesture.id.clone(), outcome.receipt().clone()),
                    Err(_) => self.refused += 1,
                }
            }
            Ask::Wait { whom } => _ = self.event.handle_buffering(whom, lead, now),
            Ask::Resume => _ = self.event.handle_all_ready(lead, now),
            Ask::Vacate => _ = self.event.handle_occupied(false, now),
        }
        let answer = Mail::Answer(Box::new(self.event.clone()), matches!(ask, Ask::Wait { .. }));
        self.post(now + CALL, answer);
    }

    /// The hub learns a state, and passes it on.
    fn hear(&mut self, state: EventState) {
        if state.rev() > self.hub.rev() {
            self.hub = state;
            let sockets: Vec<usize> = self.room.iter().map(|(socket, _)| *socket).collect();
            for member in sockets {
                self.send_back(member, Mail::State(member, Box::new(self.hub.clone())));
            }
        }
        self.room.handle_state(&self.hub, self.at());
    }

    fn perform(&mut self) {
        while let Some(effect) = self.room.poll_effect() {
            match effect {
                Effect::Ask { ask, lead } => self.post(self.at() + CALL, Mail::Ask(ask, lead)),
                Effect::Welcome { socket, .. } => {
                    self.send_back(socket, Mail::State(socket, Box::new(self.hub.clone())));
                }
                Effect::Tell(_) => self.presence_messages += self.room.len(),
                Effect::Refuse { .. } => self.refused += 1,
                Effect::Close { .. } | Effect::Save(_) => {}
            }
        }
    }

    fn send(&mut self, member: usize, mail: Mail) {
        let line = self.members[member].line;
        let arrives = (self.at() + self.delay(line.there, line)).max(self.members[member].there_until);
        self.members[member].there_until = arrives;
        self.post(arrives, mail);
    }

    fn send_back(&mut self, member: usize, mail: Mail) {
        let line = self.members[member].line;
        let arrives = (self.at() + self.delay(line.back, line)).max(self.members[member].back_until);
        self.members[member].back_until = arrives;
        self.post(arrives, mail);
    }

    fn delay(&mut self, base: Span, line: Line) -> Span {
        let lost = if self.dice.chance(line.loss) { RETRANSMISSION } else { Span::ZERO };
        base + self.dice.exponential(line.jitter) + lost
    }

    fn post(&mut self, at: ServerTime, mail: Mail) {
        self.sent += 1;
        self.mail.push((at, self.sent, mail));
    }
}

impl Member {
    /// Returns its id in the room.
    pub fn id(index: u8) -> MemberId {
        MemberId::of_secret(&Digest::from_bytes([index; 32]))
    }

    fn apply(&mut self, state: &EventState, now: ServerTime) {
        if state.rev() <= self.rev {
            return;
        }
        self.rev = state.rev();
        self.lateness = now - state.last_change().effective_at();
        self.page.timeline = state.timeline();
        self.page.correction.handle_timeline(state.timeline());
        self.page.read();
    }
}

/// Returns the digest of the invitation of `role`.
pub const fn invitation(role: Role) -> Digest {
    Digest::from_bytes([200 + role as u8; 32])
}

/// Returns a room with the default settings.
pub fn new_room() -> NewRoom {
    NewRoom::new(Role::ALL.map(invitation))
}
