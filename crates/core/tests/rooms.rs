//! Random histories of rooms: members who come, go, reload, press and stall, a hub that is evicted, and calls between hub and
//! event that are late or lost. Whatever they do, the room's promises hold.
//!
//! The histories are the same in every run. `PROPTEST_RNG_SEED=<number> PROPTEST_CASES=<number>` tries others, and
//! `scripts/bench histories` a million of them; a failure prints the shortest history that shows it.

use std::collections::BTreeMap;

use downbeat_core::room::*;
use downbeat_core::*;
use proptest::collection::vec;
use proptest::prelude::*;

const ORIGIN_MS: i64 = 1_704_067_200_000;

/// Somebody does something, `wait_ms` after what was done before.
#[derive(Clone, Debug)]
struct Step {
    wait_ms: i64,
    member: u8,
    act: Act,
    /// How long the calls take that this causes; `None` if they are lost.
    call_ms: Option<i64>,
}

#[derive(Clone, Debug)]
enum Act {
    /// Comes, or comes again, with this invitation: 0 to view, 1 to control, 2 to own, 3 one that is not of this room.
    Hello(u8),
    Leave,
    /// Presses something, so long ago by the member's clock.
    Press(Action, i64),
    /// Sends the member's last gesture again.
    Repeat,
    Ready(bool, i64),
    /// Replaces this invitation, by the member's own one.
    Replace(u8),
    /// The hub's object is evicted, and comes back with its sockets' attachments.
    Evict,
}

fn actions() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => Just(Action::Pause),
        5 => Just(Action::Resume),
        3 => (-10_000..600_000_i64).prop_map(|ms| Action::Seek { position: Position::from_millis(ms) }),
        2 => (200..4_200_u16).prop_map(|rate| Action::Rate { rate: Rate::from_thousandths(rate).unwrap() }),
        1 => Just(Action::Content { content: Some("/b.mp4".parse().unwrap()) }),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let wait_ms = prop_oneof![3 => Just(0), 8 => 0..300_i64, 6 => 300..12_000_i64, 1 => 12_000..120_000_i64];
    let act = prop_oneof![
        4 => (0..4_u8).prop_map(Act::Hello),
        1 => Just(Act::Leave),
        8 => (actions(), -500..7_000_i64).prop_map(|(action, ago)| Act::Press(action, ago)),
        1 => Just(Act::Repeat),
        12 => (any::<bool>(), -100..2_000_i64).prop_map(|(is_ready, delay)| Act::Ready(is_ready, delay)),
        1 => (0..3_u8).prop_map(Act::Replace),
        1 => Just(Act::Evict),
    ];
    let call_ms = prop_oneof![8 => (0..400_i64).prop_map(Some), 1 => (400..12_000_i64).prop_map(Some), 1 => Just(None)];
    (wait_ms, 0..5_u8, act, call_ms).prop_map(|(wait_ms, member, act, call_ms)| Step { wait_ms, member, act, call_ms })
}

/// Steps of a room that plays all the time, whose members stall and seek; all instants are multiples of 200 ms, so that changes
/// meet.
fn stalls() -> impl Strategy<Value = Step> {
    let wait_ms = prop_oneof![1 => Just(0), 4 => (1..60_i64).prop_map(|fifths| fifths * 200)];
    let seek = (0..3_000_i64).prop_map(|fifths| Action::Seek { position: Position::from_millis(fifths * 200) });
    let act = prop_oneof![
        12 => any::<bool>().prop_map(|is_ready| Act::Ready(is_ready, 40)),
        1 => seek.prop_map(|action| Act::Press(action, 0)),
        1 => Just(Act::Press(Action::Resume, 0)),
    ];
    let call_ms = prop_oneof![3 => Just(Some(0)), 1 => Just(Some(200))];
    (wait_ms, 0..2_u8, act, call_ms).prop_map(|(wait_ms, member, act, call_ms)| Step { wait_ms, member, act, call_ms })
}

/// Two controllers are there and play; then anything happens, or they stall for minutes.
fn histories() -> impl Strategy<Value = Vec<Step>> {
    let step = |member, act| Step { wait_ms: 100, member, act, call_ms: Some(50) };
    let beginning = [
        step(0, Act::Hello(2)),
        step(1, Act::Hello(1)),
        step(0, Act::Ready(true, 40)),
        step(1, Act::Ready(true, 90)),
        Step { call_ms: Some(0), ..step(0, Act::Press(Action::Resume, 0)) },
        step(1, Act::Ready(true, 90)),
    ];
    let more = prop_oneof![vec(steps(), 1..48), vec(stalls(), 40..100)];
    more.prop_map(move |more| beginning.iter().cloned().chain(more).collect())
}

fn digest(parts: [u8; 2]) -> Digest {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&parts);
    Digest::from_bytes(bytes)
}

/// A call from the hub that has not arrived.
#[derive(Clone, Debug)]
struct Call {
    arrives: i64,
    ask: Ask<u32>,
    lead: Span,
}

/// A history being told, with instants as milliseconds from its beginning.
struct Telling {
    now: i64,
    /// The event's object.
    event: EventState,
    receipts: BTreeMap<CommandId, GestureReceipt>,
    /// The hub's object, and the state that it has.
    hub: EventState,
    members: Members<u32>,
    calls: Vec<Call>,
    /// Each member's socket, and the role of the invitation it came with.
    sockets: BTreeMap<u8, (u32, Role)>,
    last_gesture: BTreeMap<u8, Gesture>,
    next_socket: u32,
    /// How often each invitation was replaced.
    replaced: [u8; 3],
    /// What people decided: from when on the room is to play, or to be held.
    wishes: Vec<(ServerTime, bool)>,
    /// What the room did, as far as it is past.
    past: Vec<Segment>,
}

fn at(ms: i64) -> ServerTime {
    ServerTime::from_millis(ORIGIN_MS + ms)
}

impl Telling {
    fn new() -> Self {
        let new = NewRoom::new([0, 1, 2].map(|role| digest([100 + role, 0])));
        let event = EventState::create_room(new, "e".parse().unwrap(), "maria", at(0)).unwrap();
        Self {
            now: 0,
            hub: event.clone(),
            event,
            receipts: BTreeMap::new(),
            members: Members::default(),
            calls: Vec::new(),
            sockets: BTreeMap::new(),
            last_gesture: BTreeMap::new(),
            next_socket: 0,
            replaced: [0; 3],
            wishes: vec![(at(0), false)],
            past: Vec::new(),
        }
    }

    /// Tells a whole history, and an hour after it.
    fn tell(history: &[Step]) -> Self {
        let mut telling = Self::new();
        for step in history {
            telling.advance(telling.now + step.wait_ms);
            telling.act(step);
            telling.perform(step.call_ms);
        }
        telling.check_nobody_is_needed();
        telling.advance(telling.now + 3_600_000);
        telling.check_waits();
        telling
    }

    /// Lets time pass: calls arrive, deadlines come.
    fn advance(&mut self, to: i64) {
        loop {
            let call = self.calls.iter().map(|call| call.arrives).min();
            let deadline = self.members.next_deadline().map(|at| (at - ServerTime::from_millis(ORIGIN_MS)).as_millis());
            let next = [call, deadline].into_iter().flatten().min().filter(|next| *next <= to);
            self.now = self.now.max(next.unwrap_or(to));
            self.remember();
            let Some(next) = next else { return };
            if deadline == Some(next) {
                self.members.handle_alarm(at(self.now));
            }
            for call in self.calls.extract_if(.., |call| call.arrives <= next).collect::<Vec<_>>() {
                self.answer(call);
            }
            self.perform(Some(50));
        }
    }

    /// Notes what the room did until now: a change takes effect later, so that nothing of it changes any more.
    fn remember(&mut self) {
        let last = self.past.last().map(|segment| segment.from);
        let timeline = self.event.timeline();
        let new = timeline
            .segments()
            .iter()
            .filter(|one| one.from <= at(self.now) && last.is_none_or(|last| one.from > last));
        self.past.extend(new);
    }

    fn act(&mut self, step: &Step) {
        let now = at(self.now);
        let socket = self.sockets.get(&step.member).map(|(socket, _)| *socket);
        match (&step.act, socket) {
            (Act::Hello(role), _) => {
                let round = self.replaced.get(usize::from(*role)).copied().unwrap_or_default();
                let hello = Hello {
                    invitation: digest([100 + role, round]),
                    name: format!("member {}", step.member),
                    secret: digest([step.member, 255]),
                };
                self.next_socket += 1;
                self.members.handle_opened(self.next_socket, now);
                let role = Role::ALL.get(usize::from(*role));
                match (self.members.handle_hello(&self.next_socket, &hello, &self.hub, now), role) {
                    (Ok(()), Some(role)) => _ = self.sockets.insert(step.member, (self.next_socket, *role)),
                    (answer, role) => {
                        assert!(answer.is_err() && (role.is_none() || self.hub != self.event || round > 0))
                    }
                }
            }
            (Act::Evict, _) => {
                let sockets: Vec<_> = self.sockets.values().map(|(socket, _)| *socket).collect();
                let records = sockets.into_iter().map(|socket| (socket, self.members.record(&socket)));
                let mut before: Vec<_> = self.members.iter().map(|(_, view)| view.id).collect();
                self.members = Members::restore(records.filter(|(_, record)| record.is_some()), now);
                let mut ids: Vec<_> = self.members.iter().map(|(_, view)| view.id).collect();
                ids.sort();
                before.sort();
                assert_eq!(ids, before);
            }
            (_, None) => {}
            (Act::Leave, Some(socket)) => {
                self.members.handle_closed(&socket, Some(&self.hub), now);
                self.sockets.remove(&step.member);
            }
            (Act::Press(action, ago), Some(socket)) => {
                let gesture = Gesture {
                    id: format!("{}-{}", step.member, self.receipts.len() + self.calls.len()).parse().unwrap(),
                    action: action.clone(),
                    invitation: digest([102, 0]),
                    actor: "somebody else".to_owned(),
                    at: Some(at((self.now - ago).max(0))),
                    bound: Span::from_millis(ago.rem_euclid(60)),
                };
                self.last_gesture.insert(step.member, gesture.clone());
                self.members.handle_gesture(&socket, gesture, &self.hub, now);
            }
            (Act::Repeat, Some(socket)) => {
                if let Some(gesture) = self.last_gesture.get(&step.member) {
                    self.members.handle_gesture(&socket, gesture.clone(), &self.hub, now);
                }
            }
            (Act::Ready(is_ready, delay), Some(socket)) => {
                let delay = Some(Span::from_millis(*delay));
                let report = ReadyReport { is_ready: *is_ready, delay, bound: Span::from_millis(10) };
                self.members.handle_ready(&socket, report, &self.hub, now);
            }
            (Act::Replace(which), Some(_)) => {
                let (_, own) = self.sockets[&step.member];
                let by = digest([100 + own as u8, self.replaced[own as usize]]);
                let index = usize::from(*which);
                let fresh = digest([100 + which, self.replaced[index] + 1]);
                let before = self.event.clone();
                let answer = self.event.handle_invitation(&by, "Anna", Role::ALL[index], fresh, now);
                assert_eq!(answer.is_ok(), own == Role::Owner, "{answer:?}");
                if answer.is_ok() {
                    self.replaced[index] += 1;
                    self.hear();
                } else {
                    assert_eq!(self.event, before);
                }
            }
        }
    }

    /// Does what the members want done; their calls take `call_ms`, or are lost.
    fn perform(&mut self, call_ms: Option<i64>) {
        while let Some(effect) = self.members.poll_effect() {
            match effect {
                Effect::Ask { ask, lead } => {
                    assert!((LEAD..=LEAD_MAX).contains(&lead));
                    if let Ask::Gesture { socket, gesture } = &ask {
                        let (_, role) = self.sockets.values().find(|(one, _)| one == socket).unwrap();
                        assert!(*role >= Role::Controller, "what a viewer sends never reaches the event");
                        assert_ne!(gesture.actor, "somebody else");
                    }
                    match call_ms {
                        Some(call_ms) => self.calls.push(Call { arrives: self.now + call_ms, ask, lead }),
                        None if matches!(ask, Ask::Wait { .. }) => {
                            self.members.handle_wait_answered(&self.hub, at(self.now));
                        }
                        None => {}
                    }
                }
                Effect::Close { socket, .. } => self.sockets.retain(|_, (one, _)| *one != socket),
                Effect::Welcome { socket, role, .. } => {
                    assert!(self.sockets.values().any(|(one, came_as)| *one == socket && *came_as == role));
                }
                Effect::Save(_) | Effect::Tell(_) | Effect::Refuse { .. } => {}
            }
        }
        for (socket, view) in self.members.iter() {
            let (_, came_as) = self.sockets.values().find(|(one, _)| one == socket).unwrap();
            assert_eq!(view.role, *came_as, "a role is never gained");
        }
    }

    /// The event answers a call, which the hub learns at once.
    fn answer(&mut self, Call { ask, lead, .. }: Call) {
        let now = at(self.now);
        let before = self.event.clone();
        match &ask {
            Ask::Gesture { gesture, .. } => {
                let receipt = self.receipts.get(&gesture.id);
                let answer = self.event.handle_gesture(gesture, lead, receipt, now);
                if let Ok(GestureOutcome::Applied(receipt)) = answer {
                    let intended = self.event.room().unwrap().intended().unwrap();
                    assert!(receipt.effective_at > now && intended <= now);
                    assert!(before.room().unwrap().intended().is_none_or(|earlier| intended >= earlier));
                    match gesture.action {
                        Action::Resume => self.wishes.push((receipt.effective_at, true)),
                        Action::Pause | Action::Content { .. } => self.wishes.push((receipt.effective_at, false)),
                        Action::Seek { .. } | Action::Rate { .. } => {}
                    }
                    let after = self.event.clone();
                    let again = self.event.handle_gesture(gesture, lead, Some(&receipt), now);
                    assert_eq!((again, &self.event), (Ok(GestureOutcome::Repeated(receipt.clone())), &after));
                    self.receipts.insert(gesture.id.clone(), receipt);
                } else {
                    assert_eq!(self.event, before, "what is refused, or repeated, changes nothing");
                }
            }
            Ask::Wait { whom } => {
                let answer = self.event.handle_buffering(whom, lead, now);
                assert!(answer.is_ok() || self.event == before);
                self.hear();
                self.members.handle_wait_answered(&self.hub, now);
            }
            Ask::Resume => _ = self.event.handle_all_ready(lead, now),
            Ask::Vacate => _ = self.event.handle_occupied(false, now),
        }
        let (rev, effective_at) = (self.event.rev(), self.event.last_change().effective_at());
        assert!(rev == before.rev() || rev == before.rev().next());
        assert!(rev == before.rev() || effective_at > before.last_change().effective_at());
        assert!(self.event.bytes() <= downbeat_core::event::STATE_BYTES_MAX);
        self.hear();
        self.check_nobody_is_needed();
    }

    /// The hub learns the event's state.
    fn hear(&mut self) {
        self.hub = self.event.clone();
        self.members.handle_state(&self.hub, at(self.now));
    }

    fn is_to_play(&self, when: ServerTime) -> bool {
        self.wishes.iter().rev().find(|(from, _)| *from <= when).is_some_and(|(_, plays)| *plays)
    }

    /// If nothing happens any more, the room does what people want once the longest wait is over.
    fn check_nobody_is_needed(&self) {
        let later = at(self.now) + WAIT_MAX + LEAD_MAX;
        let timeline = self.event.timeline();
        assert_eq!(!timeline.is_held(later), self.is_to_play(later), "a room waits for ever");
    }

    /// Checks all holds that nobody asked for.
    fn check_waits(&self) {
        let mut holds: Vec<(ServerTime, ServerTime)> = Vec::new();
        let mut instants: Vec<ServerTime> = self.past.iter().map(|segment| segment.from).collect();
        instants.extend(self.wishes.iter().map(|(from, _)| *from));
        instants.push(at(self.now));
        instants.sort();
        for pair in instants.windows(2) {
            let rate =
                self.past.iter().rev().find(|segment| segment.from <= pair[0]).map_or(Rate::HELD, |one| one.rate);
            if rate.is_held() && self.is_to_play(pair[0]) && pair[0] < pair[1] {
                match holds.last_mut().filter(|(_, until)| *until == pair[0]) {
                    Some((_, until)) => *until = pair[1],
                    None => holds.push((pair[0], pair[1])),
                }
            }
            assert!(
                rate.is_held() || self.is_to_play(pair[0]) || pair[0] == pair[1],
                "it plays though somebody paused"
            );
        }
        for (index, (from, until)) in holds.iter().enumerate() {
            assert!(*until - *from <= WAIT_MAX, "held for {:?}", *until - *from);
            let window = holds[..=index].iter().filter(|(_, ended)| *ended > *until - WAIT_WINDOW);
            let waited = window.map(|(began, ended)| (*ended - *began).as_millis()).sum::<i64>();
            assert!(waited <= WAIT_BUDGET.as_millis(), "waited {waited} ms in ten minutes");
            if let Some((_, earlier)) = index.checked_sub(1).and_then(|index| holds.get(index)) {
                assert!(*from - *earlier >= PLAY_MIN, "played for {:?} between two waits", *from - *earlier);
            }
        }
    }
}

/// How many cases a property tries: a history is some fifty steps.
fn cases() -> ProptestConfig {
    ProptestConfig::with_cases(ProptestConfig::default().cases / 4)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_members_do_the_room_goes_on(history in histories()) {
        Telling::tell(&history);
    }

    #[test]
    fn the_same_history_ends_in_the_same_state(history in histories()) {
        let [one, other] = [(); 2].map(|()| Telling::tell(&history));
        prop_assert_eq!(&one.event, &other.event);
        prop_assert_eq!(one.members.iter().map(|(_, view)| view).collect::<Vec<_>>(), other.members.iter().map(|(_, view)| view).collect::<Vec<_>>());
        let stored = serde_json::to_string(&one.event).unwrap();
        prop_assert_eq!(EventState::from_stored(&stored).unwrap(), one.event);
    }
}

#[test]
fn histories_reach_what_they_are_to_check() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut waits, mut gestures, mut stale) = (0, 0, 0);
    for _ in 0..200 {
        let history = histories().new_tree(&mut runner).unwrap().current();
        let told = Telling::tell(&history);
        waits += told.event.room().unwrap().waits().as_slice().len();
        gestures += told.receipts.len();
        stale += told.last_gesture.values().filter(|gesture| !told.receipts.contains_key(&gesture.id)).count();
    }
    assert!(waits > 100 && gestures > 500 && stale > 50, "{waits} waits, {gestures} gestures, {stale} refused or lost");
}
