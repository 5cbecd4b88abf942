use alloc::string::ToString as _;

use alloc::boxed::Box;

use super::*;
use crate::command::{Command, Request};
use crate::event::{Configuration, HubCount};
use crate::fanout::Occupancy;

/// Hubs of these tests know sockets by number, and their frames are the version of the state.
type TestHub = Hub<u32, String>;

fn at(ms: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ms)
}

/// An event's state in life `epoch`, `changes` changes after its first revision.
fn state(epoch: &str, changes: u64) -> EventState {
    let configuration = Configuration { starts_at: Some(at(0)), ..Configuration::default() };
    let mut state = EventState::create(configuration, epoch.parse().unwrap(), "maria", at(-1_000)).unwrap();
    for change in 0..changes {
        let command = if change % 2 == 0 { Command::Pause { message: None } } else { Command::Resume };
        let id = alloc::format!("c{change}").parse().unwrap();
        let request = Request { id, command, actor: "maria".to_string(), reason: None, if_rev: None, at: None };
        state.handle_command(&request, None, at(10_000 * change as i64)).unwrap();
    }
    state
}

fn answer(state: EventState) -> Answer {
    Answer::State { text: text(&state), state: Box::new(state) }
}

fn text(state: &EventState) -> String {
    state.version().to_string()
}

fn effects(hub: &mut TestHub) -> Vec<Effect<u32>> {
    core::iter::from_fn(|| hub.poll_effect()).collect()
}

/// Performs a broadcast to `sockets` sockets, and returns how many slices it had.
fn broadcast(hub: &mut TestHub, sockets: u32) -> usize {
    let number = effects(hub).into_iter().find_map(|effect| match effect {
        Effect::Broadcast(number) => Some(number),
        _ => None,
    });
    let number = number.expect("there is something to send");
    hub.start_broadcast(number, sockets, |place| place).unwrap();
    core::iter::from_fn(|| hub.next_slice(number, at(0))).count()
}

/// A hub that has sent the first revision to its sockets.
fn hub(sockets: u32) -> TestHub {
    let mut hub = Hub::new(0, Limits::DEFAULT, None, sockets);
    hub.require_state();
    effects(&mut hub);
    hub.handle_answer(answer(state("e1", 0)), at(0));
    broadcast(&mut hub, sockets);
    effects(&mut hub);
    hub
}

#[test]
fn many_joiners_without_a_state_ask_the_event_once() {
    let mut hub: TestHub = Hub::new(0, Limits::DEFAULT, None, 0);
    assert_eq!(hub.handle_join(Limit::Crowded, None, || 0, at(0)), Err(HubError::NoAnswer));
    (0..3).for_each(|_| hub.require_state());
    assert_eq!(effects(&mut hub), [Effect::AskEvent]);
    assert!(hub.awaits_state());
    hub.handle_answer(Answer::Missing, at(0));
    assert!(!hub.awaits_state());
    assert_eq!(hub.handle_request(0, at(1)), Err(HubError::UnknownEvent));
    hub.require_state();
    hub.handle_answer(Answer::Failed, at(2));
    assert_eq!(hub.handle_join(Limit::Crowded, None, || 0, at(0)), Err(HubError::NoAnswer));
}

#[test]
fn a_newer_state_is_sent_in_slices_and_then_saved() {
    let mut hub = hub(40);
    let newer = state("e1", 1);
    hub.handle_state(newer.clone(), text(&newer), Source::Relay);
    assert!(!hub.has_sent(&newer.version()));
    assert_eq!(broadcast(&mut hub, 40), 3);
    assert!(hub.has_sent(&newer.version()));
    assert_eq!(effects(&mut hub), [Effect::Save, Effect::Wake]);
    assert_eq!((hub.report(None, at(60_000)).rev, hub.report(None, at(60_000)).sockets), (newer.rev(), 40));
}

/// Saving waits a little. What arrives meanwhile has not been sent to anybody, and a hub that were evicted then would take it
/// for sent.
#[test]
fn a_state_that_came_before_the_saving_is_not_saved_before_it_was_sent() {
    let mut hub = hub(40);
    assert_eq!(hub.text_to_save(), Some(&*text(&state("e1", 0))));
    for newer in [state("e1", 1), state("e2", 0)] {
        hub.handle_state(newer.clone(), text(&newer), Source::Event);
        assert_eq!(hub.text_to_save(), None);
        broadcast(&mut hub, 40);
        assert_eq!(hub.text_to_save(), Some(&*text(&newer)));
        effects(&mut hub);
    }
}

#[test]
fn a_repeated_state_changes_nothing_and_an_older_one_is_asked_about() {
    let mut hub = hub(1);
    let (older, newer) = (state("e1", 0), state("e1", 1));
    hub.handle_state(newer.clone(), text(&newer), Source::Relay);
    broadcast(&mut hub, 1);
    effects(&mut hub);
    for (state, asks) in [(newer.clone(), vec![]), (older, vec![Effect::AskEvent])] {
        hub.handle_state(state.clone(), text(&state), Source::Relay);
        assert_eq!(effects(&mut hub), asks);
        hub.handle_answer(answer(newer.clone()), at(1));
        assert_eq!(effects(&mut hub), [Effect::Wake]);
        assert!(hub.has_sent(&state.version()));
    }
    assert_eq!(hub.text(), Some(&*text(&newer)));
}

#[test]
fn a_newer_state_ends_the_broadcast_in_progress() {
    let mut hub = hub(40);
    let (first, second) = (state("e1", 1), state("e1", 2));
    hub.handle_state(first.clone(), text(&first), Source::Relay);
    let Some(Effect::AnswerPings(_)) = hub.poll_effect() else { panic!("pings come first") };
    let Some(Effect::Broadcast(number)) = hub.poll_effect() else { panic!("there is something to send") };
    hub.start_broadcast(number, 40, |place| place).unwrap();
    assert_eq!(hub.next_slice(number, at(0)), Some(0..16));
    hub.handle_state(second.clone(), text(&second), Source::Relay);
    assert_eq!(hub.next_slice(number, at(0)), None);
    assert!(!hub.has_sent(&first.version()));
    assert_eq!(hub.start_broadcast(number, 40, |place| place), None);
    assert_eq!(broadcast(&mut hub, 40), 3);
    assert!(hub.has_sent(&first.version()) && hub.has_sent(&second.version()));
}

#[test]
fn another_epoch_is_applied_only_when_the_event_says_so() {
    let mut hub = hub(1);
    let other = state("e2", 0);
    hub.handle_state(other.clone(), text(&other), Source::Relay);
    assert_eq!(effects(&mut hub), [Effect::AskEvent]);
    assert_eq!(hub.state().unwrap().epoch().as_str(), "e1");
    assert!(!hub.has_sent(&other.version()));
    hub.handle_answer(answer(other.clone()), at(5));
    assert!(!hub.has_sent(&other.version()), "nobody has been sent it yet");
    broadcast(&mut hub, 1);
    assert!(hub.has_sent(&other.version()));
    // What was delayed since the former life asks the event again, which denies it.
    let former = state("e1", 1);
    hub.handle_state(former.clone(), text(&former), Source::Relay);
    hub.handle_answer(answer(other), at(9));
    assert!(hub.has_sent(&former.version()));
    assert_eq!(hub.state().unwrap().epoch().as_str(), "e2");
}

#[test]
fn an_older_state_is_applied_only_when_the_event_was_asked_and_says_so() {
    let mut hub = hub(1);
    let newest = state("e1", 5);
    hub.handle_state(newest.clone(), text(&newest), Source::Relay);
    broadcast(&mut hub, 1);
    effects(&mut hub);
    // Storage was restored, and an operator changes the event: what the hub has is lost.
    let restored = state("e1", 2);
    hub.handle_state(restored.clone(), text(&restored), Source::Relay);
    assert_eq!(effects(&mut hub), [Effect::AskEvent]);
    assert!(!hub.has_sent(&restored.version()), "not before it is known whether it was only late");
    hub.handle_asked(at(90_000));
    hub.handle_answer(answer(restored.clone()), at(90_005));
    broadcast(&mut hub, 1);
    assert!(hub.has_sent(&restored.version()));
    assert_eq!((hub.state(), hub.confirmed()), (Some(&restored), Some(at(90_000))));
    assert_eq!(hub.report(Some(1), at(60_000)).rev, restored.rev());
}

#[test]
fn an_answer_that_was_overtaken_by_a_change_takes_nothing_back() {
    let mut hub = hub(1);
    hub.handle_alarm(1, at(15_000));
    hub.handle_asked(at(15_000));
    let newest = state("e1", 5);
    hub.handle_state(newest.clone(), text(&newest), Source::Relay);
    hub.handle_answer(answer(state("e1", 4)), at(15_010));
    assert_eq!(hub.state(), Some(&newest));
    // What arrives late is asked about, and changes nothing.
    let late = state("e1", 3);
    hub.handle_state(late.clone(), text(&late), Source::Relay);
    hub.handle_answer(answer(newest.clone()), at(16_000));
    assert_eq!(hub.state(), Some(&newest));
    broadcast(&mut hub, 1);
    assert!(hub.has_sent(&late.version()));
}

#[test]
fn the_event_is_asked_every_fifteen_seconds_while_somebody_needs_the_state() {
    let mut hub = hub(0);
    assert_eq!(hub.next_deadline(), None);
    hub.handle_joined(7, None, at(1_000));
    assert_eq!(effects(&mut hub), [Effect::Greet(7)]);
    assert_eq!(hub.next_deadline(), Some(at(16_000)));
    hub.handle_alarm(1, at(16_000));
    assert_eq!(effects(&mut hub), [Effect::AskEvent]);
    hub.handle_answer(answer(state("e1", 0)), at(16_010));
    assert_eq!(hub.next_deadline(), Some(at(31_000)));
    hub.handle_alarm(0, at(31_000));
    hub.handle_answer(answer(state("e1", 0)), at(31_010));
    assert_eq!(hub.next_deadline(), None);
    // A worker's request counts for a minute.
    hub.handle_request(0, at(40_000)).unwrap();
    hub.handle_alarm(0, at(55_000));
    assert_eq!(hub.next_deadline(), Some(at(70_000)));
    hub.handle_alarm(0, at(100_000));
    assert_eq!(hub.next_deadline(), None);
}

#[test]
fn after_waking_the_event_is_asked_at_the_first_need() {
    let saved = state("e1", 1);
    let mut hub: TestHub = Hub::new(0, Limits::DEFAULT, Some((saved.clone(), text(&saved))), 3);
    assert_eq!(effects(&mut hub), [Effect::AnswerPings(saved.version())]);
    assert!(hub.has_sent(&saved.version()));
    hub.handle_joined(9, None, at(0));
    assert_eq!(effects(&mut hub), [Effect::Greet(9), Effect::AskEvent]);
    hub.handle_answer(Answer::Failed, at(3_000));
    effects(&mut hub);
    hub.handle_joined(10, None, at(3_001));
    assert_eq!(effects(&mut hub), [Effect::Greet(10), Effect::AskEvent], "a failed question is repeated");
}

#[test]
fn a_hub_the_event_no_longer_has_sends_its_viewers_away() {
    let mut hub: TestHub = Hub::new(3, Limits::DEFAULT, None, 2);
    let mut fewer = state("e1", 0);
    fewer
        .handle_configuration(
            Configuration { hubs: Some(HubCount::Fixed(2)), ..Configuration::default() },
            "maria",
            at(0),
        )
        .unwrap();
    hub.handle_state(fewer.clone(), text(&fewer), Source::Relay);
    broadcast(&mut hub, 2);
    assert_eq!(effects(&mut hub)[0], Effect::CloseAll);
    assert!(matches!(hub.handle_join(Limit::Full, None, || 0, at(0)), Err(HubError::Full { instead: Some(0..2) })));
}

#[test]
fn a_greeting_is_kept_for_a_second_and_until_the_state_changes_by_itself() {
    let mut hub = hub(0);
    let paused = state("e1", 1);
    hub.handle_state(paused.clone(), text(&paused), Source::Relay);
    let mut written = 0;
    let mut greet = |hub: &mut TestHub, ms| {
        hub.greeting(at(ms), |_| {
            written += 1;
            written.to_string()
        })
    };
    // The pause takes effect 500 ms after 0 s.
    let greetings = [0, 499, 500, 1_499, 1_500, 1_400].map(|ms| greet(&mut hub, ms).unwrap());
    assert_eq!(greetings, ["1", "1", "2", "2", "3", "4"]);
    let resumed = state("e1", 2);
    hub.handle_state(resumed.clone(), text(&resumed), Source::Relay);
    assert_eq!(greet(&mut hub, 1_401).unwrap(), "5");
}

#[test]
fn acks_count_once_and_only_from_viewers_who_were_asked() {
    let mut hub = hub(3);
    let newer = state("e1", 1);
    hub.handle_state(newer.clone(), text(&newer), Source::Relay);
    broadcast(&mut hub, 3);
    let effect = newer.last_change().effective_at();
    let mut ack = |socket, rev| hub.handle_ack(&socket, &Ack::new(rev, effect + Span::from_millis(40)), at(60_000));
    ack(0, newer.rev());
    ack(0, newer.rev());
    ack(1, Rev::new(1));
    ack(99, newer.rev());
    hub.handle_closed(&2, at(60_000));
    hub.handle_ack(&2, &Ack::new(newer.rev(), effect), at(60_000));
    let share = hub.report(None, at(60_000)).share;
    assert_eq!((share.asked, share.late), (3, alloc::vec![40]));
}

#[test]
fn who_goes_on_with_another_state_is_counted_until_their_ack_or_their_end() {
    let mut hub = hub(3);
    let newer = state("e1", 1);
    hub.handle_state(newer.clone(), text(&newer), Source::Relay);
    broadcast(&mut hub, 3);
    let elsewhere = |hub: &TestHub| hub.report(None, at(60_000)).share.elsewhere;
    let say = |hub: &mut TestHub, socket, rev| hub.handle_ack(&socket, &Ack::new(rev, at(50_000)), at(60_000));
    for socket in [0, 0, 1, 99] {
        say(&mut hub, socket, Rev::default());
    }
    assert_eq!(elsewhere(&hub), 2);
    say(&mut hub, 0, newer.rev());
    say(&mut hub, 0, Rev::default());
    assert_eq!(elsewhere(&hub), 1);
    hub.handle_closed(&1, at(60_000));
    assert_eq!(elsewhere(&hub), 0);
    assert_eq!(hub.report(None, at(60_000)).share.late.len(), 1);
}

#[test]
fn a_clock_that_is_stepped_back_an_hour_does_not_keep_the_event_from_being_asked() {
    let mut hub = hub(1);
    hub.handle_joined(1, None, at(3_600_000));
    assert_eq!(hub.next_deadline(), Some(at(3_615_000)));
    hub.handle_joined(2, None, at(0));
    assert_eq!(hub.next_deadline(), Some(at(15_000)));
    hub.handle_joined(3, None, at(10_000));
    assert_eq!(hub.next_deadline(), Some(at(15_000)), "an honest deadline stays");
}

#[test]
fn a_hub_of_a_deleted_event_closes_its_sockets_deletes_its_state_and_asks_no_more() {
    let mut told = hub(3);
    told.handle_joined(4, None, at(0));
    effects(&mut told);
    told.handle_deleted();
    assert_eq!(effects(&mut told), [Effect::Delete, Effect::Wake]);
    assert_eq!((told.state(), told.next_deadline()), (None, None));
    told.handle_deleted();
    assert_eq!(effects(&mut told), [], "there is nothing left to delete");

    // The call did not reach this one: it learns it from the event.
    let mut asking = hub(3);
    asking.handle_alarm(3, at(15_000));
    effects(&mut asking);
    asking.handle_answer(Answer::Missing, at(15_010));
    assert_eq!(effects(&mut asking), [Effect::Delete, Effect::Wake, Effect::Wake]);
    assert_eq!(asking.handle_request(0, at(15_020)), Err(HubError::UnknownEvent));
}

#[test]
fn a_hub_whose_event_does_not_answer_deletes_nothing() {
    let mut hub = hub(3);
    hub.handle_alarm(3, at(15_000));
    effects(&mut hub);
    hub.handle_answer(Answer::Failed, at(18_000));
    assert_eq!(effects(&mut hub), [Effect::Wake]);
    assert_eq!(hub.state(), Some(&state("e1", 0)));
}

#[test]
fn a_broadcast_in_progress_ends_when_the_event_is_deleted_and_a_new_event_is_sent() {
    let mut hub = hub(40);
    let (old, new) = (state("e1", 1), state("e2", 0));
    hub.handle_state(old.clone(), text(&old), Source::Relay);
    let number = effects(&mut hub).into_iter().find_map(|effect| match effect {
        Effect::Broadcast(number) => Some(number),
        _ => None,
    });
    hub.start_broadcast(number.unwrap(), 40, |place| place).unwrap();
    hub.handle_deleted();
    assert_eq!(hub.next_slice(number.unwrap(), at(0)), None);
    effects(&mut hub);
    hub.handle_state(new.clone(), text(&new), Source::Relay);
    broadcast(&mut hub, 2);
    assert!(hub.has_sent(&new.version()));
}

#[test]
fn an_ack_is_never_later_than_its_arrival_but_for_the_viewers_clock() {
    let mut hub = hub(3);
    let newer = state("e1", 1);
    hub.handle_state(newer.clone(), text(&newer), Source::Relay);
    broadcast(&mut hub, 3);
    let effect = newer.last_change().effective_at();
    // Before the effect, at it, and 30 ms after it.
    hub.handle_ack(&0, &Ack::new(newer.rev(), effect + Span::from_millis(9_000_000)), effect - Span::from_millis(200));
    hub.handle_ack(&1, &Ack::new(newer.rev(), effect - Span::from_millis(9_000_000)), effect);
    hub.handle_ack(&2, &Ack::new(newer.rev(), effect + Span::from_millis(9_000_000)), effect + Span::from_millis(30));
    assert_eq!(hub.report(None, at(60_000)).share.late, [250, 0, 280]);
}

#[test]
fn nobody_joins_while_a_change_is_due_or_being_sent() {
    let mut hub = hub(40);
    let newer = state("e1", 1);
    let join = |hub: &mut TestHub| hub.handle_join(Limit::Full, None, || 40, at(5));
    assert_eq!(join(&mut hub), Ok(()));
    hub.handle_state(newer.clone(), text(&newer), Source::Relay);
    let busy = Err(HubError::Busy { instead: Some(2) });
    assert_eq!(join(&mut hub), busy, "it is due");
    let Some(Effect::AnswerPings(_)) = hub.poll_effect() else { panic!("pings come first") };
    let Some(Effect::Broadcast(number)) = hub.poll_effect() else { panic!("there is something to send") };
    hub.start_broadcast(number, 40, |place| place).unwrap();
    while hub.next_slice(number, at(5)).is_some() {
        assert_eq!(join(&mut hub), busy, "it is being sent");
    }
    assert_eq!(join(&mut hub), Ok(()));
}

#[test]
fn a_hub_without_sockets_has_nobody_to_send_to_first() {
    let mut hub = hub(0);
    let newer = state("e1", 1);
    hub.handle_state(newer.clone(), text(&newer), Source::Relay);
    assert_eq!(hub.handle_join(Limit::Crowded, None, || 0, at(0)), Ok(()));
}

#[test]
fn churn_from_one_address_leaves_room_for_all_others() {
    let mut hub = hub(0);
    let [churner, honest] = ["203.0.113.7", "198.51.100.1"].map(|text| text.parse().ok());
    let (mut churned, mut waits) = (0, Vec::new());
    // Two seconds of 500 a second, and a viewer every 100 ms.
    for ms in (0..2_000).step_by(2) {
        match hub.handle_join(Limit::Crowded, churner, || 0, at(ms)) {
            Ok(()) => {
                churned += 1;
                hub.handle_joined(ms as u32, churner, at(ms));
                hub.handle_closed(&(ms as u32), at(ms));
            }
            Err(HubError::Dropping { wait }) => waits.push(wait),
            Err(error) => panic!("{error:?}"),
        }
        if ms % 100 == 0 {
            assert_eq!(hub.handle_join(Limit::Crowded, honest, || 0, at(ms)), Ok(()), "at {ms} ms");
            hub.handle_joined(10_000 + ms as u32, honest, at(ms));
        }
    }
    assert!((75..=85).contains(&churned), "{churned}");
    assert!(waits.iter().all(|wait| *wait <= Span::from_millis(50)));
}

#[test]
fn a_crowd_of_strangers_is_let_in_at_the_hubs_own_pace() {
    let mut hub = hub(0);
    let mut joined = 0;
    for ms in 0..1_000 {
        let address = core::net::Ipv4Addr::from_bits(ms as u32).to_string().parse().ok();
        match hub.handle_join(Limit::Crowded, address, || 0, at(ms)) {
            Ok(()) => {
                joined += 1;
                hub.handle_joined(ms as u32, address, at(ms));
            }
            Err(HubError::Busy { instead }) => assert!(instead.is_some()),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!((246..=251).contains(&joined), "100 at once and 150 a second, not {joined}");
}

#[test]
fn a_hub_that_fills_asks_the_event_which_may_add_hubs() {
    let limits = Limits { crowded: 20, full: 40, ..Limits::DEFAULT };
    let mut hub = TestHub::new(0, limits, Some((state("e1", 1), String::new())), 8);
    hub.handle_answer(Answer::State { state: Box::new(state("e1", 1)), text: "4 hubs".into() }, at(0));
    effects(&mut hub);
    hub.handle_joined(9, None, at(0));
    assert!(!effects(&mut hub).contains(&Effect::AskEvent));
    hub.handle_joined(10, None, at(0));
    assert!(effects(&mut hub).contains(&Effect::AskEvent));
    assert_eq!(hub.occupancy(), (10, 20));

    let mut grown = state("e1", 1);
    let mut occupancy = Occupancy::default();
    occupancy.handle_report(0, 12);
    assert!(grown.handle_occupancy(&occupancy, 20));
    hub.handle_answer(Answer::State { state: Box::new(grown), text: "7 hubs".into() }, at(10));
    // Viewers are sent nothing.
    assert_eq!(effects(&mut hub), [Effect::Save, Effect::Wake]);
    assert_eq!((hub.text(), hub.state().map(|state| state.delivery().hubs)), (Some("7 hubs"), Some(7)));
    // What arrives late, with the hubs as they were, changes nothing.
    hub.handle_state(state("e1", 1), "4 hubs".into(), Source::Event);
    assert_eq!(hub.text(), Some("7 hubs"));
}

#[test]
fn where_an_operator_fixed_the_number_a_filling_hub_asks_for_nothing() {
    let fixed = Configuration { hubs: Some(HubCount::Fixed(4)), ..Configuration::default() };
    let mut fixed_state = state("e1", 1);
    fixed_state.handle_configuration(fixed, "maria", at(0)).unwrap();
    let limits = Limits { crowded: 20, full: 40, ..Limits::DEFAULT };
    let mut hub = TestHub::new(0, limits, Some((fixed_state.clone(), String::new())), 18);
    hub.handle_answer(Answer::State { state: Box::new(fixed_state), text: String::new() }, at(0));
    effects(&mut hub);
    hub.handle_joined(9, None, at(0));
    assert!(!effects(&mut hub).contains(&Effect::AskEvent));
}
