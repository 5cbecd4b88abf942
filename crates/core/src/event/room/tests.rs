use super::*;
use crate::event::{STATE_BYTES_MAX, Status};
use crate::room::{Content, Controls, WAIT_MAX};

const fn at(ms: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ms)
}

const fn digest(byte: u8) -> Digest {
    Digest::from_bytes([byte; 32])
}

const VIEW: Digest = digest(1);
const CONTROL: Digest = digest(2);
const OWN: Digest = digest(3);

fn room() -> EventState {
    room_of(NewRoom::new([VIEW, CONTROL, OWN]))
}

fn room_of(new: NewRoom) -> EventState {
    EventState::create_room(new, "e1".parse().unwrap(), "maria", at(0)).unwrap()
}

fn gesture(id: &str, action: Action, invitation: Digest, pressed_ms: i64) -> Gesture {
    Gesture {
        id: id.parse().unwrap(),
        action,
        invitation,
        actor: "Anna".to_owned(),
        at: Some(at(pressed_ms)),
        bound: Span::from_millis(20),
    }
}

/// Has a controller do something at `ms`, which arrives at once. Returns when it takes effect.
fn act(state: &mut EventState, action: Action, ms: i64) -> i64 {
    let id = format!("g{}", state.rev());
    let outcome = state.handle_gesture(&gesture(&id, action, CONTROL, ms), Span::ZERO, None, at(ms)).unwrap();
    (outcome.effective_at() - at(0)).as_millis()
}

fn seek(ms: i64) -> Action {
    Action::Seek { position: Position::from_millis(ms) }
}

fn position_ms(state: &EventState, ms: i64) -> i64 {
    state.position(at(ms)).as_millis()
}

fn is_held(state: &EventState, ms: i64) -> bool {
    state.status(at(ms)) == Status::Paused
}

#[test]
fn a_room_starts_held_at_0_and_plays_200_ms_after_somebody_pressed() {
    let mut state = room();
    assert_eq!(
        (state.rev(), state.delivery().hubs, is_held(&state, 0), position_ms(&state, 60_000)),
        (Rev::FIRST, 1, true, 0)
    );
    assert_eq!(act(&mut state, Action::Resume, 60_000), 60_200);
    assert_eq!((position_ms(&state, 60_200), position_ms(&state, 61_200)), (0, 1_000));
    assert_eq!(state.last_change().actor(), "Anna");
}

#[test]
fn the_measured_lead_counts_within_its_limits_and_not_where_one_is_set() {
    let lead = |new: NewRoom, measured_ms: i64| {
        let mut state = room_of(new);
        let press = gesture("a", Action::Resume, CONTROL, 1_000);
        let outcome = state.handle_gesture(&press, Span::from_millis(measured_ms), None, at(1_000)).unwrap();
        (outcome.effective_at() - at(1_000)).as_millis()
    };
    let new = || NewRoom::new([VIEW, CONTROL, OWN]);
    assert_eq!([0, 350, 60_000].map(|measured| lead(new(), measured)), [200, 350, 1_000]);
    assert_eq!(lead(NewRoom { lead: Some(Span::from_millis(80)), ..new() }, 350), 80);
}

#[test]
fn of_two_gestures_the_later_one_counts_whichever_arrives_first() {
    let mut state = room();
    act(&mut state, Action::Resume, 0);
    let later = gesture("later", Action::Pause, CONTROL, 10_100);
    state.handle_gesture(&later, Span::ZERO, None, at(10_150)).unwrap();
    let before = state.clone();
    let earlier = gesture("earlier", seek(0), OWN, 10_090);
    let refused = state.handle_gesture(&earlier, Span::ZERO, None, at(10_300)).unwrap_err();
    assert_eq!(refused, RoomRefusal::StaleAction { intended: at(10_090), last: at(10_100) });
    assert!(refused.to_string().contains("10 ms before"), "{refused}");
    assert_eq!(state, before);
    // At the same instant, the one that arrives last counts.
    state.handle_gesture(&gesture("same", Action::Resume, OWN, 10_100), Span::ZERO, None, at(10_300)).unwrap();
    assert!(!is_held(&state, 11_000));
}

#[test]
fn a_gesture_is_at_most_five_seconds_old_and_never_to_come() {
    let intended = |pressed: Option<i64>, bound_ms: i64| {
        let gesture = Gesture {
            at: pressed.map(at),
            bound: Span::from_millis(bound_ms),
            ..gesture("a", Action::Pause, CONTROL, 0)
        };
        (gesture.intended(at(100_000)) - at(0)).as_millis()
    };
    assert_eq!(intended(Some(99_800), 20), 99_800);
    assert_eq!(intended(Some(3_600_000), 20), 100_000);
    assert_eq!(intended(Some(0), 20), 95_000);
    assert_eq!(intended(None, 20), 100_000);
    assert_eq!(intended(Some(96_000), 6_000), 100_000, "such a clock says nothing");
}

#[test]
fn changes_in_the_same_millisecond_take_effect_one_after_the_other() {
    let mut state = room();
    act(&mut state, Action::Resume, 0);
    let slow = gesture("a", Action::Pause, CONTROL, 10_000);
    state.handle_gesture(&slow, Span::from_millis(1_000), None, at(10_000)).unwrap();
    // By now the slow member has left, and the lead is 200 ms: still the pause comes first.
    assert_eq!(act(&mut state, seek(60_000), 10_000), 11_001);
    assert_eq!((is_held(&state, 11_001), position_ms(&state, 20_000)), (true, 60_000));
}

#[test]
fn who_may_only_view_changes_nothing_unless_everyone_has_the_controls() {
    let mut state = room();
    let before = state.clone();
    let refused = state.handle_gesture(&gesture("a", Action::Resume, VIEW, 0), Span::ZERO, None, at(0)).unwrap_err();
    assert_eq!(refused, RoomRefusal::Role { role: Role::Viewer, needed: Role::Controller });
    assert!(refused.to_string().contains("link of a controller"), "{refused}");
    let stranger = state.handle_gesture(&gesture("a", Action::Resume, digest(9), 0), Span::ZERO, None, at(0));
    assert_eq!(stranger, Err(RoomRefusal::Invitation));
    assert_eq!(state, before);
    let mut state = room_of(NewRoom { controls: Controls::Everyone, ..NewRoom::new([VIEW, CONTROL, OWN]) });
    state.handle_gesture(&gesture("a", Action::Resume, VIEW, 0), Span::ZERO, None, at(0)).unwrap();
}

#[test]
fn the_same_gesture_twice_gets_the_first_answer() {
    let mut state = room();
    let press = gesture("a", Action::Resume, CONTROL, 0);
    let first = state.handle_gesture(&press, Span::ZERO, None, at(10)).unwrap();
    let before = state.clone();
    let again = state.handle_gesture(&press, Span::ZERO, Some(first.receipt()), at(9_000)).unwrap();
    assert_eq!(again, GestureOutcome::Repeated(first.receipt().clone()));
    let other = Gesture { action: Action::Pause, ..press };
    let refused = state.handle_gesture(&other, Span::ZERO, Some(first.receipt()), at(9_000)).unwrap_err();
    assert!(refused.to_string().contains("use a new id"), "{refused}");
    assert_eq!(state, before);
}

#[test]
fn new_content_is_held_at_0_and_a_seek_before_the_beginning_is_the_beginning() {
    let mut state = room();
    act(&mut state, Action::Resume, 0);
    assert_eq!(act(&mut state, seek(-5_000), 10_000), 10_200);
    assert_eq!(position_ms(&state, 10_200), 0);
    let content: Content = "/clips/b.mp4".parse().unwrap();
    act(&mut state, Action::Content { content: Some(content.clone()) }, 20_000);
    assert_eq!((is_held(&state, 20_200), position_ms(&state, 30_000)), (true, 0));
    assert_eq!(state.room().unwrap().content(), Some(&content));
}

#[test]
fn a_rate_that_no_browser_plays_is_refused_as_the_event_refuses_it() {
    let mut state = room();
    let before = state.clone();
    let fast = Action::Rate { rate: Rate::from_thousandths(8_000).unwrap() };
    let refused = state.handle_gesture(&gesture("a", fast, CONTROL, 0), Span::ZERO, None, at(0)).unwrap_err();
    assert!(refused.to_string().contains("0.25 to 4"), "{refused}");
    assert_eq!(state, before);
}

/// Returns a room that plays from 0.2 s on, and waits from 60.2 to 70 s for Boris.
fn waiting() -> EventState {
    let mut state = room();
    act(&mut state, Action::Resume, 0);
    assert_eq!(
        state.handle_buffering("Boris", Span::ZERO, at(60_000)),
        Ok(Wait { from: at(60_200), until: at(70_000) })
    );
    state
}

#[test]
fn a_wait_is_a_hold_whose_resume_is_already_scheduled() {
    let state = waiting();
    assert_eq!((state.last_change().name(), state.last_change().actor()), ("wait", "Boris"));
    assert_eq!([60_199, 60_200, 69_999, 70_000].map(|ms| is_held(&state, ms)), [false, true, true, false]);
    assert_eq!((position_ms(&state, 70_000), position_ms(&state, 71_000)), (60_000, 61_000));
}

#[test]
fn a_wait_ends_when_all_are_ready_and_never_later_than_it_was_to() {
    let mut state = waiting();
    assert_eq!(state.handle_all_ready(Span::ZERO, at(62_000)), Some(at(62_200)));
    assert_eq!([62_199, 62_200].map(|ms| is_held(&state, ms)), [true, false]);
    assert_eq!(state.handle_all_ready(Span::ZERO, at(62_000)), None, "it ends as soon as it can");
    let mut state = waiting();
    assert_eq!(state.handle_all_ready(Span::ZERO, at(69_900)), None);
    assert_eq!(state, waiting());
}

#[test]
fn a_room_waits_only_while_it_plays_and_where_it_is_to() {
    let mut state = room();
    assert_eq!(state.handle_buffering("Boris", Span::ZERO, at(1_000)), Err(NoWait::NotPlaying));
    act(&mut state, Action::Resume, 2_000);
    act(&mut state, Action::Pause, 30_000);
    // It plays for 100 ms more, and is held when the wait would begin.
    assert_eq!(state.handle_buffering("Boris", Span::ZERO, at(30_100)), Err(NoWait::NotPlaying));
    let mut state = room_of(NewRoom { wait_max: None, ..NewRoom::new([VIEW, CONTROL, OWN]) });
    act(&mut state, Action::Resume, 0);
    assert_eq!(state.handle_buffering("Boris", Span::ZERO, at(60_000)), Err(NoWait::Off));
}

#[test]
fn buffering_after_a_seek_is_the_seeks() {
    let mut state = room();
    act(&mut state, Action::Resume, 0);
    act(&mut state, seek(600_000), 60_000);
    assert_eq!(state.handle_buffering("Boris", Span::ZERO, at(60_010)), Err(NoWait::Seeking));
    assert_eq!(state.handle_buffering("Boris", Span::ZERO, at(65_199)), Err(NoWait::Seeking));
    assert!(state.handle_buffering("Boris", Span::ZERO, at(65_200)).is_ok());
}

#[test]
fn what_somebody_does_during_a_wait_counts() {
    // A seek or another rate leaves the room waiting, and its resume where it was.
    let mut state = waiting();
    act(&mut state, seek(600_000), 65_000);
    act(&mut state, Action::Rate { rate: Rate::from_thousandths(2_000).unwrap() }, 66_000);
    assert_eq!(
        (is_held(&state, 69_999), position_ms(&state, 69_999), position_ms(&state, 71_000)),
        (true, 600_000, 602_000)
    );
    // A pause is a person's, and stays.
    let mut state = waiting();
    act(&mut state, Action::Pause, 65_000);
    assert!(is_held(&state, 3_600_000) && state.room().unwrap().wait(at(65_201)).is_none());
    // Play ends the wait.
    let mut state = waiting();
    assert_eq!(act(&mut state, Action::Resume, 62_000), 62_200);
    assert!(!is_held(&state, 62_200));
    assert_eq!(state.room().unwrap().waits().as_slice(), [Wait { from: at(60_200), until: at(62_200) }]);
}

#[test]
fn a_seek_at_the_instant_of_the_resume_does_not_take_its_place() {
    let mut state = waiting();
    assert_eq!(act(&mut state, seek(600_000), 69_800), 70_001);
    assert_eq!((is_held(&state, 70_001), position_ms(&state, 71_001)), (false, 601_000));
}

#[test]
fn a_pause_and_a_resume_do_not_count_as_playing_between_two_waits() {
    let mut state = waiting();
    state.handle_all_ready(Span::ZERO, at(62_000));
    act(&mut state, Action::Pause, 65_000);
    act(&mut state, Action::Resume, 120_000);
    let soon = state.handle_buffering("Boris", Span::ZERO, at(125_000));
    assert_eq!(soon, Err(NoWait::TooSoon { from: at(130_200) }));
    assert!(state.handle_buffering("Boris", Span::ZERO, at(130_000)).is_ok());
}

#[test]
fn an_owner_replaces_an_invitation_and_nobody_else_does() {
    let mut state = room();
    for (by, role) in [(VIEW, Role::Viewer), (CONTROL, Role::Controller)] {
        let refused = state.handle_invitation(&by, "Anna", Role::Viewer, digest(7), at(1_000));
        assert_eq!(refused, Err(RoomRefusal::Role { role, needed: Role::Owner }));
    }
    assert_eq!(state.handle_invitation(&OWN, "Anna", Role::Owner, VIEW, at(1_000)), Err(RoomRefusal::SameInvitation));
    assert_eq!(state.handle_invitation(&OWN, "Anna", Role::Owner, digest(7), at(1_000)), Ok(Rev::new(2)));
    let room = state.room().unwrap();
    assert_eq!([OWN, digest(7), VIEW].map(|one| room.role(&one)), [None, Some(Role::Owner), Some(Role::Viewer)]);
}

#[test]
fn a_room_expires_when_nobody_has_been_there_for_long() {
    let mut state = room();
    let expires_ms = |state: &EventState| (state.room().unwrap().expires_at() - at(0)).as_millis();
    let day = 24 * 3_600_000;
    assert_eq!(expires_ms(&state), day);
    assert!(state.handle_occupied(true, at(0)));
    assert_eq!(expires_ms(&state), day + 600_000);
    // Every 15 s its hub says so again; the state is not written as often.
    let written = (0..240).filter(|hour| state.handle_occupied(true, at(hour * 15_000))).count();
    assert_eq!(written, 11);
    assert!(state.handle_occupied(false, at(3_600_000)));
    assert!(!state.handle_occupied(false, at(7_200_000)), "the last one left at one o'clock");
    assert_eq!((expires_ms(&state), state.rev()), (day + 3_600_000, Rev::FIRST));
}

#[test]
fn settings_out_of_their_range_are_refused() {
    let made = |change: fn(&mut NewRoom)| {
        let mut new = NewRoom::new([VIEW, CONTROL, OWN]);
        change(&mut new);
        EventState::create_room(new, "e1".parse().unwrap(), "maria", at(0)).map_err(|refusal| refusal.to_string())
    };
    assert!(made(|_| {}).is_ok());
    for (change, part) in [
        ((|new| new.wait_max = Some(Span::from_millis(60_000))) as fn(&mut NewRoom), "1000 to 10000 ms"),
        (|new| new.lead = Some(Span::ZERO), "50 to 5000 ms"),
        (|new| new.keep = Span::ZERO, "60000 to 2678400000 ms"),
        (|new| new.invitations = [VIEW, VIEW, OWN], "128 new random bits"),
        (|new| new.title = "x".repeat(201), "at most 200 fit"),
    ] {
        let said = made(change).unwrap_err();
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_room_that_waited_as_often_as_it_may_is_stored_and_read_back() {
    let mut state = room_of(NewRoom {
        title: "\u{10ffff}".repeat(200),
        content: Some(format!("/{}", "x".repeat(499)).parse().unwrap()),
        ..NewRoom::new([VIEW, CONTROL, OWN])
    });
    act(&mut state, Action::Resume, 0);
    let mut waits = 0;
    for ms in (60_000..660_000).step_by(100) {
        waits += usize::from(state.handle_buffering(&"\u{10ffff}".repeat(40), Span::ZERO, at(ms)).is_ok());
        state.handle_all_ready(Span::ZERO, at(ms + 1));
    }
    assert_eq!(waits, 30);
    assert!(state.bytes() < STATE_BYTES_MAX / 4, "{}", state.bytes());
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(EventState::from_stored(&text), Ok(state));
}

#[test]
fn an_event_is_no_room() {
    let start = Configuration { starts_at: Some(at(0)), ..Configuration::default() };
    let mut state = EventState::create(start, "e1".parse().unwrap(), "maria", at(0)).unwrap();
    let before = state.clone();
    assert_eq!(
        state.handle_gesture(&gesture("a", Action::Pause, OWN, 0), Span::ZERO, None, at(0)),
        Err(RoomRefusal::NotARoom)
    );
    assert_eq!(state.handle_buffering("Boris", Span::ZERO, at(0)), Err(NoWait::Off));
    assert_eq!(state.handle_all_ready(Span::ZERO, at(0)), None);
    assert!(!state.handle_occupied(true, at(0)));
    assert_eq!(state, before);
    assert!(!serde_json::to_string(&state).unwrap().contains("room"), "nothing is stored of what it is not");
    assert_eq!(WAIT_MAX, Span::from_millis(10_000));
}
