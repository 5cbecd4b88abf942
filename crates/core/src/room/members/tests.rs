use super::*;
use crate::room::{Action, Controls, NewRoom, Role};
use alloc::collections::BTreeSet;

const fn at(ms: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ms)
}

const fn digest(byte: u8) -> Digest {
    Digest::from_bytes([byte; 32])
}

const VIEW: Digest = digest(201);
const CONTROL: Digest = digest(202);
const OWN: Digest = digest(203);

/// A hub's part and the event's, which answers at once.
struct Room {
    state: EventState,
    members: Members<u32>,
    asked: Vec<Ask<u32>>,
}

impl Room {
    fn new() -> Self {
        let state = EventState::create_room(NewRoom::new([VIEW, CONTROL, OWN]), "e1".parse().unwrap(), "maria", at(0));
        Self { state: state.unwrap(), members: Members::default(), asked: Vec::new() }
    }

    /// Returns a room in which these sockets are ready, and which has played since 0.2 s.
    fn playing(sockets: core::ops::RangeInclusive<u8>) -> Self {
        let mut room = Self::new();
        for socket in sockets {
            room.hello(socket, CONTROL, 0).unwrap();
            room.ready(socket, true, 0);
        }
        room.press(1, Action::Resume, 0);
        room.settle(1_000);
        room.asked.clear();
        room
    }

    fn hello(&mut self, socket: u8, invitation: Digest, ms: i64) -> Result<(), HelloError> {
        self.hello_as(u32::from(socket), socket, invitation, ms)
    }

    fn hello_as(&mut self, socket: u32, secret: u8, invitation: Digest, ms: i64) -> Result<(), HelloError> {
        let hello = Hello { invitation, name: format!("member {secret}"), secret: digest(secret) };
        self.members.handle_hello(&socket, &hello, &self.state, at(ms))
    }

    fn press(&mut self, socket: u8, action: Action, ms: i64) {
        let id = format!("{socket}-{ms}").parse().unwrap();
        let (actor, invitation) = (String::new(), digest(0));
        let gesture = Gesture { id, action, invitation, actor, at: Some(at(ms)), bound: Span::ZERO };
        self.members.handle_gesture(&u32::from(socket), gesture, &self.state, at(ms));
    }

    fn ready(&mut self, socket: u8, is_ready: bool, ms: i64) {
        let report = ReadyReport { is_ready, delay: None, bound: Span::ZERO };
        self.members.handle_ready(&u32::from(socket), report, &self.state, at(ms));
    }

    /// Has the event answer at `ms`; returns everything else that is to be done.
    fn settle(&mut self, ms: i64) -> Vec<Effect<u32>> {
        let mut others = Vec::new();
        while let Some(effect) = self.members.poll_effect() {
            let Effect::Ask { ask, lead } = effect else {
                others.push(effect);
                continue;
            };
            match &ask {
                Ask::Gesture { gesture, .. } => _ = self.state.handle_gesture(gesture, lead, None, at(ms)),
                Ask::Wait { whom } => {
                    _ = self.state.handle_buffering(whom, lead, at(ms));
                    self.members.handle_wait_answered(&self.state, at(ms));
                }
                Ask::Resume => _ = self.state.handle_all_ready(lead, at(ms)),
                Ask::Vacate => _ = self.state.handle_occupied(false, at(ms)),
            }
            self.asked.push(ask);
            self.members.handle_state(&self.state, at(ms));
        }
        self.members.handle_alarm(at(ms));
        others.extend(core::iter::from_fn(|| self.members.poll_effect()));
        others
    }

    fn is_held(&self, ms: i64) -> bool {
        self.state.timeline().is_held(at(ms))
    }

    fn waits(&self) -> usize {
        self.asked.iter().filter(|ask| matches!(ask, Ask::Wait { .. })).count()
    }
}

fn told(effects: &[Effect<u32>]) -> Vec<&Presence> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Tell(presence) = effect { Some(presence) } else { None })
        .collect()
}

#[test]
fn whoever_has_an_invitation_is_let_in_with_its_role_and_nobody_else_is() {
    let mut room = Room::new();
    room.members.handle_opened(1, at(0));
    assert_eq!(room.hello(1, digest(9), 0), Err(HelloError::Invitation));
    for (socket, invitation, role) in [(1, VIEW, Role::Viewer), (2, CONTROL, Role::Controller), (3, OWN, Role::Owner)] {
        room.hello(socket, invitation, 0).unwrap();
        let (socket, member) = (u32::from(socket), MemberId::of_secret(&digest(socket)));
        assert!(room.settle(0).contains(&Effect::Welcome { socket, member, role }));
    }
    assert_eq!(room.hello(1, VIEW, 0), Err(HelloError::Twice));
    assert_eq!(room.members.next_deadline(), Some(at(250)));
}

#[test]
fn a_socket_that_says_nothing_is_closed_after_ten_seconds() {
    let mut room = Room::new();
    room.members.handle_opened(7, at(0));
    assert_eq!(room.members.next_deadline(), Some(at(10_000)));
    assert_eq!(room.settle(9_999), []);
    assert_eq!(room.settle(10_000), [Effect::Close { socket: 7, why: Closing::NoHello }]);
    assert_eq!(room.members.next_deadline(), None);
}

#[test]
fn a_reload_is_the_same_member_and_takes_the_place_of_the_old_socket() {
    let mut room = Room::playing(1..=3);
    let before: Vec<MemberView> = room.members.iter().map(|(_, view)| view).collect();
    room.hello_as(100, 2, CONTROL, 1_000).unwrap();
    assert!(room.settle(1_000).contains(&Effect::Close { socket: 2, why: Closing::Elsewhere }));
    let after: Vec<MemberView> = room.members.iter().map(|(_, view)| view).collect();
    let who = |views: &[MemberView]| views.iter().map(|view| (view.id, view.role)).collect::<Vec<_>>();
    assert_eq!(who(&after), who(&before));
    // The old socket's end is not the member's.
    room.members.handle_closed(&2, Some(&room.state), at(1_100));
    assert_eq!(room.members.len(), 3);
    // One that came back after its socket was closed is the same one, too, however long that took.
    room.members.handle_closed(&100, Some(&room.state), at(2_000));
    room.hello_as(101, 2, CONTROL, 600_000).unwrap();
    assert!(room.members.iter().any(|(socket, view)| *socket == 101 && view.id == before[1].id));
}

#[test]
fn a_link_that_only_views_gives_no_controls_to_whoever_had_them() {
    let mut room = Room::playing(1..=2);
    room.hello_as(100, 2, VIEW, 1_000).unwrap();
    room.settle(1_500);
    let before = room.state.clone();
    let gesture = Gesture {
        id: "x".parse().unwrap(),
        action: Action::Pause,
        invitation: OWN,
        actor: String::new(),
        at: None,
        bound: Span::ZERO,
    };
    room.members.handle_gesture(&100, gesture, &room.state, at(2_000));
    let refused = Effect::Refuse { socket: 100, id: "x".parse().unwrap(), why: GestureError::Role(Role::Viewer) };
    assert_eq!(room.settle(2_000), [refused]);
    assert_eq!(room.state, before);
}

#[test]
fn viewers_may_act_where_everyone_has_the_controls() {
    let mut room = Room::new();
    let new = NewRoom { controls: Controls::Everyone, ..NewRoom::new([VIEW, CONTROL, OWN]) };
    room.state = EventState::create_room(new, "e1".parse().unwrap(), "maria", at(0)).unwrap();
    room.hello(1, VIEW, 0).unwrap();
    room.press(1, Action::Resume, 1_000);
    room.settle(1_000);
    assert!(!room.is_held(1_200));
    assert_eq!(room.state.last_change().actor(), "member 1");
}

#[test]
fn too_many_gestures_are_refused_and_say_how_long_to_wait() {
    let mut room = Room::playing(1..=1);
    for press in 0..20 {
        room.press(1, Action::Pause, 10_000 + press);
    }
    let effects = room.settle(10_100);
    assert_eq!(effects.len(), 10);
    assert!(matches!(effects[0], Effect::Refuse { why: GestureError::TooMany { .. }, .. }), "{effects:?}");
}

#[test]
fn the_room_waits_for_one_that_buffers_until_it_is_ready() {
    let mut room = Room::playing(1..=3);
    room.ready(2, false, 60_000);
    room.settle(60_010);
    assert_eq!(room.asked, [Ask::Wait { whom: "member 2".into() }]);
    assert!(room.is_held(60_210) && !room.is_held(70_010));
    // Another one falls behind as well; the room resumes when both are ready.
    room.ready(3, false, 61_000);
    room.ready(2, true, 62_000);
    room.settle(62_000);
    assert_eq!(room.asked.len(), 1);
    room.ready(3, true, 63_000);
    room.settle(63_000);
    assert_eq!(room.asked[1..], [Ask::Resume]);
    assert!(room.is_held(63_199) && !room.is_held(63_200));
}

#[test]
fn a_member_who_stalls_for_ever_costs_the_others_one_wait() {
    let mut room = Room::playing(1..=3);
    room.ready(2, false, 60_000);
    for ms in (60_000..900_000).step_by(500) {
        room.ready(2, false, ms);
        room.settle(ms);
    }
    assert_eq!((room.waits(), room.is_held(70_000)), (1, false));
    // Nor does it make later waits any longer.
    room.ready(3, false, 900_000);
    room.settle(900_000);
    room.ready(3, true, 901_000);
    room.settle(901_000);
    assert_eq!((room.waits(), room.is_held(901_000), room.is_held(901_200)), (2, true, false));
}

#[test]
fn who_leaves_is_not_waited_for_and_who_comes_is_not_either() {
    let mut room = Room::playing(1..=2);
    room.hello(3, VIEW, 50_000).unwrap();
    room.ready(3, false, 50_000);
    room.settle(51_000);
    assert_eq!(room.waits(), 0, "a late joiner catches up");
    room.ready(2, false, 60_000);
    room.settle(60_000);
    room.members.handle_closed(&2, Some(&room.state), at(61_000));
    room.settle(61_000);
    assert!(room.is_held(61_199) && !room.is_held(61_200));
}

#[test]
fn ready_before_the_event_has_answered_ends_the_wait_as_well() {
    let mut room = Room::playing(1..=2);
    room.ready(2, false, 60_000);
    room.ready(2, true, 60_050);
    room.settle(60_100);
    assert_eq!(room.asked, [Ask::Wait { whom: "member 2".into() }, Ask::Resume]);
    assert!(!room.is_held(60_301 + 1));
}

#[test]
fn buffering_after_a_seek_has_nobody_wait_however_long_it_lasts() {
    let mut room = Room::playing(1..=2);
    room.press(1, Action::Seek { position: crate::Position::from_millis(600_000) }, 60_000);
    room.settle(60_000);
    room.ready(2, false, 61_000);
    for ms in (61_000..120_000).step_by(1_000) {
        room.ready(2, false, ms);
        room.settle(ms);
    }
    assert_eq!(room.waits(), 0);
}

#[test]
fn the_lead_is_what_most_members_need() {
    let mut room = Room::playing(1..=3);
    assert_eq!(room.members.lead().as_millis(), 200);
    for (socket, delay) in [(1, 20), (2, 180), (3, 40)] {
        let report =
            ReadyReport { is_ready: true, delay: Some(Span::from_millis(delay)), bound: Span::from_millis(30) };
        room.members.handle_ready(&socket, report, &room.state, at(2_000));
    }
    assert_eq!(room.members.lead().as_millis(), 260);
    room.members.handle_closed(&2, Some(&room.state), at(3_000));
    assert_eq!(room.members.lead().as_millis(), 200);
}

#[test]
fn a_replaced_invitation_disconnects_those_who_came_by_it() {
    let mut room = Room::new();
    for (socket, invitation) in [(1, OWN), (2, CONTROL), (3, VIEW), (4, CONTROL)] {
        room.hello(socket, invitation, 0).unwrap();
    }
    room.settle(1_000);
    room.state.handle_invitation(&OWN, "member 1", Role::Controller, digest(77), at(2_000)).unwrap();
    room.members.handle_state(&room.state, at(2_000));
    let closed = [2, 4].map(|socket| Effect::Close { socket, why: Closing::Replaced });
    assert_eq!(room.settle(2_000), closed);
    assert_eq!((room.members.len(), room.members.contains(&2)), (2, false));
    room.press(2, Action::Resume, 2_100);
    room.settle(2_100);
    assert!(room.asked.is_empty());
    assert_eq!(room.hello_as(5, 2, CONTROL, 3_000), Err(HelloError::Invitation));
}

#[test]
fn signals_go_to_one_member_and_have_a_rate() {
    let mut room = Room::playing(1..=2);
    let [one, two] = [1, 2].map(|secret| MemberId::of_secret(&digest(secret)));
    assert_eq!(room.members.handle_signal(&1, two, at(2_000)), Ok((2, one)));
    assert_eq!(room.members.handle_signal(&99, two, at(2_000)), Err(SignalError::NoMember(two)));
    let sent = (0..200).filter(|_| room.members.handle_signal(&1, two, at(2_000)).is_ok()).count();
    assert_eq!(sent, 49);
    room.members.handle_closed(&2, Some(&room.state), at(3_000));
    assert_eq!(room.members.handle_signal(&1, two, at(60_000)), Err(SignalError::NoMember(two)));
}

#[test]
fn changes_are_told_together_and_a_reload_within_them_is_none() {
    let mut room = Room::playing(1..=2);
    room.hello(3, VIEW, 5_000).unwrap();
    room.ready(3, true, 5_100);
    room.members.handle_closed(&2, Some(&room.state), at(5_150));
    room.hello_as(100, 2, CONTROL, 5_200).unwrap();
    assert_eq!(told(&room.settle(5_249)), [] as [&Presence; 0]);
    let effects = room.settle(5_250);
    let [Presence::Changes { present, left }] = &told(&effects)[..] else { panic!("{effects:?}") };
    let names: BTreeSet<&str> = present.iter().map(|view| view.name.as_str()).collect();
    assert_eq!((names, left.as_slice()), (BTreeSet::from(["member 2", "member 3"]), [].as_slice()));
    room.members.handle_closed(&1, Some(&room.state), at(6_000));
    let left = vec![MemberId::of_secret(&digest(1))];
    assert_eq!(told(&room.settle(6_250)), [&Presence::Changes { present: vec![], left }]);
}

#[test]
fn above_a_hundred_members_there_are_only_counts() {
    let mut room = Room::new();
    for socket in 0..=100 {
        room.hello(socket, VIEW, 0).unwrap();
    }
    assert_eq!(told(&room.settle(10_000)), [&Presence::Counts { members: 101, buffering: 0 }]);
    assert_eq!(room.members.presence(), Presence::Counts { members: 101, buffering: 0 });
    room.members.handle_closed(&0, Some(&room.state), at(20_000));
    let effects = room.settle(30_000);
    assert!(matches!(told(&effects)[..], [Presence::All(all)] if all.len() == 100), "{effects:?}");
}

#[test]
fn two_hundred_fit_and_are_told_little_of_each_other() {
    let mut room = Room::new();
    let mut messages = 0;
    let mut tell = |room: &mut Room, ms| {
        let effects = room.settle(ms);
        messages += told(&effects).len() * room.members.len();
    };
    for (socket, ms) in (0..200).zip((0..).step_by(100)) {
        room.hello(socket, VIEW, ms).unwrap();
        tell(&mut room, ms);
    }
    assert_eq!(room.hello(200, VIEW, 20_000), Err(HelloError::Full));
    tell(&mut room, 30_000);
    // Everyone to everyone, the others' way, would be 200 × 201 × 2 = 80,400.
    assert!(messages <= 50 * 30, "{messages}");
    room.hello_as(999, 7, VIEW, 30_000).unwrap();
    assert_eq!(room.members.len(), 200, "who reloads has room");
}

#[test]
fn an_evicted_hub_has_the_same_members_again() {
    let mut room = Room::playing(1..=3);
    room.ready(2, false, 60_000);
    room.settle(60_000);
    let sockets: Vec<_> = (1..=3).map(|socket| (socket, room.members.record(&socket))).chain([(9, None)]).collect();
    let views = |members: &Members<u32>| members.iter().map(|(_, view)| view).collect::<Vec<_>>();
    let restored = Members::restore(sockets, at(61_000));
    assert_eq!(views(&restored), views(&room.members));
    assert_eq!(restored.next_deadline(), Some(at(71_000)), "the one that has not said hello still has to");
    room.members = restored;
    room.ready(2, true, 62_000);
    room.settle(62_000);
    assert!(!room.is_held(62_200));
}

#[test]
fn the_event_learns_that_the_last_member_left() {
    let mut room = Room::playing(1..=2);
    room.state.handle_occupied(true, at(1_000));
    room.members.handle_closed(&1, Some(&room.state), at(5_000));
    room.settle(5_000);
    assert!(room.asked.is_empty());
    room.members.handle_closed(&2, Some(&room.state), at(6_000));
    room.settle(6_000);
    assert_eq!(room.asked, [Ask::Vacate]);
    assert_eq!(room.state.room().unwrap().expires_at(), at(6_000 + 24 * 3_600_000));
}

#[test]
fn a_member_is_known_again_for_a_minute() {
    let mut room = Room::new();
    room.hello(1, CONTROL, 0).unwrap();
    let may_resume =
        |room: &Room, left_at: Option<i64>, now: i64| room.members.may_resume(&digest(1), left_at.map(at), at(now));
    assert!(may_resume(&room, None, 9_000_000), "its socket is open");
    room.members.handle_closed(&1, Some(&room.state), at(1_000));
    assert!(!may_resume(&room, None, 1_000), "nothing says that it was here");
    assert!(may_resume(&room, Some(1_000), 61_000));
    assert!(!may_resume(&room, Some(1_000), 61_001));
}

#[test]
fn messages_about_members_grow_with_their_number() {
    // They come at 20 a second.
    let messages = |count: u8| -> usize {
        let mut room = Room::new();
        let mut sent = 0;
        for ms in (0..30_000).step_by(10) {
            if ms % 50 == 0 && ms / 50 < i64::from(count) {
                room.hello((ms / 50) as u8, VIEW, ms).unwrap();
            }
            sent += told(&room.settle(ms)).len() * room.members.len();
        }
        sent
    };
    let each = [50, 100, 200].map(|count| messages(count) / usize::from(count));
    assert!(each[0] >= 1 && each[1] <= each[0] + 1 && each[2] <= each[0] + 1, "by member: {each:?}");
    assert!(messages(200) <= 50 * 30 + 200);
}
