//! What is sent to a room, and what it sends.

use downbeat_core::room::{Action, Gesture, MemberId, MemberView, NewRoom, Presence, Readiness, Role, RoomRefusal};
use downbeat_core::{Digest, EventName, EventState, Position, ServerTime, Span};
use downbeat_wire::problem::Code;
use downbeat_wire::room::{ClientFrame, Invitation, Resume, SignalMessage, draw_name, room_problem};
use downbeat_wire::*;
use serde_json::Value;

use crate::evening::{START, at, ms};
use crate::{assert_golden, assert_tolerant, compact, fixture};

fn room() -> EventName {
    draw_name([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf])
}

fn invitation(role: Role) -> Invitation {
    Invitation::new([role as u8; 16])
}

fn member(byte: u8) -> MemberId {
    MemberId::of_secret(&Digest::from_bytes([byte; 32]))
}

/// Made at 19:00:00, played at 19:00:10, and held for Boris from 19:01:00.2 to 19:01:10.
fn state() -> EventState {
    let mut new = NewRoom::new(Role::ALL.map(|role| invitation(role).sha256()));
    new.title = "Film night".to_owned();
    new.content = Some("https://cdn.example.com/film.mp4".parse().unwrap());
    let mut state = EventState::create_room(new, "k3v9x2m4".parse().unwrap(), "maria", START).unwrap();
    let played = at(19, 0, 10);
    state.handle_gesture(&gesture("a-1", Action::Resume, played), Span::ZERO, None, played).unwrap();
    state.handle_buffering("Boris", Span::ZERO, at(19, 1, 0)).unwrap();
    state
}

fn gesture(id: &str, action: Action, at: ServerTime) -> Gesture {
    Gesture {
        id: id.parse().unwrap(),
        action,
        invitation: invitation(Role::Controller).sha256(),
        actor: "Ana".to_owned(),
        at: Some(at),
        bound: Span::ZERO,
    }
}

fn view(byte: u8, name: &str, role: Role, readiness: Readiness) -> MemberView {
    MemberView { id: member(byte), name: name.to_owned(), role, readiness }
}

#[test]
fn bodies_of_rooms_are_golden() {
    let invitations =
        Role::ALL.into_iter().fold(InvitationTexts::default(), |texts, role| texts.with(role, &invitation(role)));
    assert_golden(fixture!("room-answer"), &RoomAnswer { event: room(), invitations });
    assert_tolerant::<RoomAnswer>(fixture!("room-answer"));
    assert_golden(fixture!("room-state"), &StateBody::new(&room(), &state(), at(19, 1, 1)));
    assert_tolerant::<StateBody>(fixture!("room-state"));
    let members = vec![
        view(1, "Ana", Role::Controller, Readiness::Ready),
        view(2, "Boris", Role::Viewer, Readiness::AwaitedBuffering),
    ];
    let state = state();
    let settings = state.room().expect("it is a room");
    let audience = RoomAudience::new(Role::Viewer, Presence::All(members), settings);
    assert_golden(fixture!("room-audience"), &audience);
    assert_tolerant::<RoomAudience>(fixture!("room-audience"));
}

#[test]
fn what_a_room_sends_is_golden() {
    let ana = view(1, "Ana", Role::Controller, Readiness::Ready);
    let boris = view(2, "Boris", Role::Viewer, Readiness::AwaitedBuffering);
    let (state, now) = (state(), at(19, 1, 1));
    let body = StateBody::new(&room(), &state, now);
    let all = Presence::All(vec![ana.clone(), boris.clone()]);
    let welcome = Welcome::new(member(1), Role::Controller, &Resume::new([9; 16]), all, body);
    assert_golden(fixture!("room-welcome"), &welcome);
    assert_tolerant::<Welcome>(fixture!("room-welcome"));
    let refused =
        Refused::new(Code::RoomFull, "the room has 200 members, and no more fit; try again when somebody has left");
    assert_golden(fixture!("room-refused"), &refused);
    let changes = Presence::Changes { present: vec![boris], left: vec![member(3)] };
    assert_golden(fixture!("room-presence"), &PresenceFrame::from(changes));
    assert_tolerant::<PresenceFrame>(fixture!("room-presence"));
    let counts = Presence::Counts { members: 140, buffering: 2 };
    assert_golden(fixture!("room-presence-counts"), &PresenceFrame::from(counts));

    let played = gesture("b-1", Action::Pause, at(19, 1, 1));
    let outcome = state.clone().handle_gesture(&played, Span::ZERO, None, now).unwrap();
    assert_golden(fixture!("room-command-answer"), &RoomCommandAnswer::applied(outcome.receipt()));
    let stale = RoomRefusal::StaleAction { intended: at(19, 0, 9), last: at(19, 0, 10) };
    let problem = room_problem(&stale, &room(), Some(&state), now);
    let refused = RoomCommandAnswer::refused("b-2".parse().unwrap(), problem, &room(), &state, now);
    assert_golden(fixture!("room-command-answer-stale"), &refused);

    let offer = serde_json::json!({"type": "offer", "sdp": "v=0\r\n"});
    let signal = SignalFrame::text(member(1), SignalMessage::Description(offer));
    assert_eq!(signal, compact(fixture!("room-signal").1));
    let read: SignalFrame = serde_json::from_str(&signal).unwrap();
    assert_golden(fixture!("room-signal"), &read);
    let detail = "there is no member 03030303030303030303; it has left";
    assert_golden(fixture!("room-signal-refused"), &SignalRefused::new(member(3), Code::UnknownMember, detail));
}

#[test]
fn what_a_member_sends_is_understood() {
    let parse = |(name, text): (&str, &str)| ClientFrame::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let hello = ClientFrame::Hello {
        invitation: invitation(Role::Controller),
        name: "Ana".to_owned(),
        resume: Some(Resume::new([9; 16])),
    };
    assert_eq!(parse(fixture!("room-send-hello")), hello);
    let ClientFrame::Command { gesture: Ok(sent), .. } = parse(fixture!("room-send-command")) else { panic!() };
    assert_eq!(sent.action, Action::Seek { position: Position::from_millis(61_000) });
    assert_eq!((sent.at, sent.bound), (Some(at(19, 1, 1)), ms(18)));
    let ClientFrame::Ready(report) = parse(fixture!("room-send-ready")) else { panic!() };
    assert_eq!((report.is_ready, report.delay, report.bound), (false, Some(ms(40)), ms(18)));
    let signal = ClientFrame::Signal { to: member(2), message: SignalMessage::Candidate(Value::Null) };
    assert_eq!(parse(fixture!("room-send-signal")), signal);
}
