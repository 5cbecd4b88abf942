use super::*;
use crate::command::{AHEAD_MAX, SEEK_MAX};

/// One of each command, none of which a running event refuses.
fn one_of_each() -> Vec<Command> {
    vec![
        PAUSE,
        Command::Resume,
        seek(pos(0, 1, 0)),
        rate(1.5),
        announce("Hello"),
        Command::Clear,
        Command::Reschedule { starts_at: at(20, 0, 0) },
        END,
        Command::Reopen,
        rundown(1),
        UNDO,
        REDO,
    ]
}

#[test]
fn the_list_of_names_has_every_command_in_its_order() {
    assert_eq!(one_of_each().iter().map(Command::name).collect::<Vec<_>>(), Command::NAMES);
}

#[test]
fn everything_but_a_pause_is_refused_as_stale() {
    let mut evening = Evening::new();
    evening.apply(announce("Hello"), at(18, 1, 0));
    for command in one_of_each() {
        let request = Request { if_rev: Some(Rev::FIRST), ..request("stale", command) };
        if request.command == PAUSE {
            let mut event = evening.event.clone();
            assert!(matches!(event.handle_command(&request, None, at(18, 2, 0)), Ok(Outcome::Applied { .. })));
        } else {
            let refusal = evening.refuse_request(&request, at(18, 2, 0));
            assert_eq!(refusal, Refusal::Stale { if_rev: Rev::FIRST, rev: Rev::new(2) }, "{request:?}");
            assert!(refusal.to_string().contains("at revision 2"), "{refusal}");
        }
    }
}

#[test]
fn a_revision_that_has_not_been_yet_is_stale_too_and_the_present_one_is_not() {
    let mut evening = Evening::new();
    let ahead = Request { if_rev: Some(Rev::new(2)), ..request("c", Command::Clear) };
    assert!(matches!(evening.refuse_request(&ahead, at(18, 1, 0)), Refusal::Stale { .. }));
    let right = Request { if_rev: Some(Rev::FIRST), ..request("c", Command::Clear) };
    assert!(evening.event.handle_command(&right, None, at(18, 1, 0)).is_ok());
}

#[test]
fn the_same_id_twice_changes_nothing_and_gets_the_first_answer() {
    let mut evening = Evening::new();
    let pause = request("p", PAUSE);
    let Ok(Outcome::Applied { rev, effective_at, .. }) = evening.event.handle_command(&pause, None, at(19, 10, 0))
    else {
        panic!("the pause is applied");
    };
    evening.apply(Command::Resume, at(19, 20, 0));
    let receipt = Receipt { id: pause.id.clone(), command: PAUSE, rev, effective_at };
    let before = evening.event.clone();
    // Even late, and on a revision long gone, as a lost answer makes a terminal send it.
    let again = Request { if_rev: Some(Rev::FIRST), ..pause };
    let outcome = evening.event.handle_command(&again, Some(&receipt), at(19, 30, 0));
    assert_eq!(outcome, Ok(Outcome::Repeated(receipt)));
    assert_eq!(evening.event, before);
}

#[test]
fn an_id_is_not_used_for_two_commands() {
    let mut evening = Evening::new();
    let receipt = Receipt { id: "x".parse().unwrap(), command: PAUSE, rev: Rev::new(2), effective_at: at(19, 10, 0) };
    let before = evening.event.clone();
    let refusal = evening.event.handle_command(&request("x", Command::Resume), Some(&receipt), at(19, 11, 0));
    assert_eq!(refusal, Err(Refusal::IdReused { id: "x".parse().unwrap(), was: "pause" }));
    // A seek elsewhere is another command, too.
    let receipt = Receipt { command: seek(pos(0, 1, 0)), ..receipt };
    let refusal = evening.event.handle_command(&request("x", seek(pos(0, 2, 0))), Some(&receipt), at(19, 11, 0));
    assert_eq!(refusal, Err(Refusal::IdReused { id: "x".parse().unwrap(), was: "seek" }));
    assert_eq!(evening.event, before);
}

#[test]
fn an_instant_within_the_lead_means_as_soon_as_everyone_can_act() {
    for asked in [at(19, 9, 59), at(19, 10, 0), at(19, 10, 1)] {
        let mut evening = Evening::new();
        assert_eq!(evening.handle(seek(pos(1, 0, 0)), Some(asked), at(19, 10, 0)).0, at(19, 10, 2));
    }
    let mut evening = Evening::new();
    assert_eq!(evening.handle(PAUSE, Some(at(19, 9, 55)), at(19, 10, 0)).0, at(19, 10, 0) + ms(500));
}

#[test]
fn nothing_is_scheduled_more_than_31_days_ahead() {
    let mut evening = Evening::new();
    let now = at(18, 30, 0);
    let late = Request { at: Some(now + AHEAD_MAX + ms(1)), ..request("late", PAUSE) };
    let refusal = evening.refuse_request(&late, now);
    assert_eq!(refusal, Refusal::TooFarAhead { ahead: AHEAD_MAX + ms(1) });
    evening.schedule(PAUSE, now + ms(31 * 86_400_000), now);
}

#[test]
fn what_takes_effect_as_it_arrives_cannot_be_scheduled() {
    let mut evening = Evening::new();
    for command in [Command::Reschedule { starts_at: at(20, 0, 0) }, rundown(1), UNDO] {
        let name = command.name();
        let scheduled = Request { at: Some(at(18, 45, 0)), ..request("s", command) };
        assert_eq!(evening.refuse_request(&scheduled, at(18, 30, 0)), Refusal::NotSchedulable { command: name });
    }
}

#[test]
fn an_ended_event_refuses_what_would_move_it() {
    let mut evening = Evening::new();
    evening.schedule(END, at(21, 0, 0), at(20, 0, 0));
    for command in [PAUSE, Command::Resume, seek(pos(0, 1, 0)), rate(1.5), END] {
        assert_eq!(evening.refuse(command, at(21, 0, 0)), Refusal::Ended { ended_at: at(21, 0, 0) });
    }
    let reschedule = Command::Reschedule { starts_at: at(23, 0, 0) };
    assert_eq!(evening.refuse(reschedule, at(21, 0, 0)), Refusal::Ended { ended_at: at(21, 0, 0) });
    let refusal = Refusal::Ended { ended_at: at(21, 0, 0) }.to_string();
    assert!(refusal.contains("\"reopen\""), "{refusal}");
}

#[test]
fn only_an_ended_event_is_reopened() {
    assert_eq!(Evening::new().refuse(Command::Reopen, at(19, 10, 0)), Refusal::NotEnded);
}

#[test]
fn a_seek_stays_within_the_event() {
    let mut open = Evening::new();
    for position in [Position::START + SEEK_MAX + ms(1), Position::START - SEEK_MAX - ms(1)] {
        assert_eq!(open.refuse(seek(position), at(19, 0, 0)), Refusal::Position { position, duration: None });
    }
    open.apply(seek(Position::START - SEEK_MAX), at(19, 0, 0));
    open.apply(seek(Position::START + SEEK_MAX), at(19, 0, 0));

    let duration = Some(ms(5_400_000));
    let mut evening = Evening::with(Configuration { duration: Some(duration), ..Configuration::default() });
    let position = pos(1, 30, 0) + ms(1);
    assert_eq!(evening.refuse(seek(position), at(19, 0, 0)), Refusal::Position { position, duration });
    evening.apply(seek(pos(1, 30, 0)), at(19, 0, 0));
}

#[test]
fn a_rate_is_one_every_browser_can_play() {
    let mut evening = Evening::new();
    for factor in [0.0, 0.249, 4.001, 16.0] {
        let refusal = evening.refuse(rate(factor), at(19, 10, 0));
        assert_eq!(refusal, Refusal::Rate { rate: Rate::from_factor(factor).unwrap() });
        assert!(refusal.to_string().contains(if factor == 0.0 { "\"pause\"" } else { "0.25 to 4" }), "{refusal}");
    }
    evening.apply(rate(0.25), at(19, 10, 0));
    evening.apply(rate(4.0), at(19, 11, 0));
}

#[test]
fn the_start_moves_neither_into_the_past_nor_once_the_event_has_begun() {
    let mut evening = Evening::new();
    let now = at(18, 30, 0);
    assert_eq!(
        evening.refuse(Command::Reschedule { starts_at: now }, now),
        Refusal::StartsInThePast { starts_at: now, now }
    );
    let later = Command::Reschedule { starts_at: at(20, 0, 0) };
    assert_eq!(evening.refuse(later.clone(), at(19, 0, 0)), Refusal::HasBegun { position: Position::START });
    evening.apply(later, at(19, 0, 0) - ms(1));
}

#[test]
fn a_message_that_is_none_is_refused_wherever_it_is_given() {
    let mut evening = Evening::new();
    for command in [announce(" "), pause_saying(""), end_saying(&"x".repeat(501))] {
        let refusal = evening.refuse(command, at(19, 10, 0));
        assert!(matches!(refusal, Refusal::Message(_)), "{refusal:?}");
    }
}

#[test]
fn a_new_event_has_nothing_to_undo() {
    let mut evening = Evening::new();
    assert_eq!(evening.refuse(UNDO, at(18, 30, 0)), Refusal::NothingToUndo);
    assert!(!evening.event.last_change().can_be_undone());
}

#[test]
fn an_instant_that_has_passed_is_refused_and_never_acts_at_once() {
    let mut evening = Evening::new();
    let now = at(20, 0, 0);
    let commands = [
        Command::Resume,
        seek(pos(0, 1, 0)),
        rate(2.0),
        announce("Vote now"),
        Command::Clear,
        END,
        Command::Reopen,
        PAUSE,
    ];
    for (index, command) in commands.into_iter().enumerate() {
        for ago in [command.past_max() + ms(1), ms(60_000), ms(86_400_000)] {
            let past = now - ago;
            let asked = Request { at: Some(past), ..request(&format!("p{index}"), command.clone()) };
            assert_eq!(evening.refuse_request(&asked, now), Refusal::Past { at: past, now }, "{command:?}");
        }
    }
    // Within what clocks may disagree, and for a pause within the time it takes to confirm one, it is now that is meant.
    for (command, ago) in [(seek(pos(0, 1, 0)), ms(1_000)), (PAUSE, ms(5_000)), (END, ms(1))] {
        let (effective_at, _) = evening.handle(command.clone(), Some(now - ago), now);
        assert_eq!(effective_at, now + command.lead());
    }
}

#[test]
fn a_refusal_of_a_past_instant_says_which_and_what_time_it_is() {
    let refusal = Refusal::Past { at: at(19, 0, 0), now: at(20, 0, 0) };
    assert_eq!(
        refusal.to_string(),
        "\"at\" is 2024-01-01T00:00:00.000Z, which has passed: it is 2024-01-01T01:00:00.000Z; give a time to come, or none to act at once"
    );
}
