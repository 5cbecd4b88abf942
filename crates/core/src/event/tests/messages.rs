use super::*;
use crate::message::MessageError;
use std::collections::BTreeMap;

fn texts(texts: &[(&str, &str)]) -> Draft {
    let texts = texts.iter().map(|(locale, text)| (locale.parse().unwrap(), (*text).to_owned()));
    Draft { words: Words::PerLocale(texts.collect::<BTreeMap<_, _>>()), severity: Severity::Major }
}

#[test]
fn the_message_of_a_hold_goes_when_the_event_goes_on() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Back in a minute"), at(19, 10, 0));
    assert_eq!(evening.shown(at(19, 10, 0) + ms(499)), None);
    assert_eq!(evening.shown(at(19, 10, 0) + ms(500)), Some("Back in a minute"));
    evening.apply(Command::Resume, at(19, 20, 0));
    assert_eq!(evening.shown(at(19, 20, 2) - ms(1)), Some("Back in a minute"));
    assert_eq!(evening.shown(at(19, 20, 2)), None);
}

#[test]
fn an_announcement_stays_when_the_event_goes_on() {
    let mut evening = Evening::new();
    evening.apply(announce("Vote now"), at(19, 5, 0));
    evening.apply(PAUSE, at(19, 10, 0));
    evening.apply(Command::Resume, at(19, 20, 0));
    assert_eq!(evening.shown(at(19, 21, 0)), Some("Vote now"));

    evening.apply(pause_saying("Back in a minute"), at(19, 30, 0));
    evening.apply(announce("Back in ten minutes, really"), at(19, 31, 0));
    evening.apply(Command::Resume, at(19, 40, 0));
    assert_eq!(evening.shown(at(19, 41, 0)), Some("Back in ten minutes, really"));
}

#[test]
fn a_pause_without_words_leaves_the_message_of_the_hold() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Back in a minute"), at(19, 10, 0));
    evening.apply(PAUSE, at(19, 11, 0));
    assert_eq!(evening.shown(at(19, 12, 0)), Some("Back in a minute"));
    evening.apply(pause_saying("It takes longer"), at(19, 13, 0));
    assert_eq!(evening.shown(at(19, 14, 0)), Some("It takes longer"));
    evening.apply(Command::Resume, at(19, 20, 0));
    assert_eq!(evening.shown(at(19, 21, 0)), None);
}

#[test]
fn a_hold_that_is_replaced_takes_its_message_along() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Interval"), at(21, 0, 0), at(19, 30, 0));
    evening.apply(seek(pos(1, 0, 0)), at(20, 0, 0));
    assert_eq!((evening.status(at(21, 0, 0)), evening.shown(at(21, 0, 0))), (Status::Running, None));
}

#[test]
fn a_resume_that_is_replaced_leaves_the_message_of_the_hold() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Interval"), at(20, 0, 0));
    evening.schedule(Command::Resume, at(20, 20, 0), at(20, 1, 0));
    assert_eq!(evening.shown(at(20, 20, 0)), None);
    evening.apply(seek(pos(0, 30, 0)), at(20, 10, 0));
    assert_eq!((evening.status(at(20, 20, 0)), evening.shown(at(20, 20, 0))), (Status::Paused, Some("Interval")));
}

#[test]
fn an_end_that_is_taken_back_in_time_takes_its_message_along() {
    let mut evening = Evening::new();
    evening.schedule(end_saying("Good night"), at(22, 0, 0), at(20, 0, 0));
    evening.apply(Command::Reopen, at(21, 0, 0));
    assert_eq!((evening.status(at(22, 0, 0)), evening.shown(at(22, 0, 0))), (Status::Running, None));
}

#[test]
fn an_announcement_for_later_is_not_moved_by_a_seek() {
    let mut evening = Evening::new();
    evening.schedule(announce("Vote now"), at(21, 0, 0), at(19, 30, 0));
    evening.apply(seek(pos(1, 0, 0)), at(20, 0, 0));
    assert_eq!(evening.shown(at(21, 0, 0) - ms(1)), None);
    assert_eq!(evening.shown(at(21, 0, 0)), Some("Vote now"));
}

#[test]
fn plain_words_are_in_the_default_locale() {
    let french = Configuration { locale: Some("fr".parse().unwrap()), ..Configuration::default() };
    let mut evening = Evening::with(french);
    evening.apply(announce("Bonsoir"), at(18, 30, 0));
    let message = evening.event.message(at(18, 31, 0)).unwrap();
    assert_eq!(message.text(&"fr".parse().unwrap()), Some("Bonsoir"));
    assert_eq!(message.text(&Locale::default()), None);
}

#[test]
fn words_per_locale_need_the_default_locale() {
    let mut evening = Evening::new();
    let refusal = evening.refuse(Command::Announce { message: texts(&[("fr", "Bonsoir")]) }, at(18, 30, 0));
    assert_eq!(refusal, Refusal::Message(MessageError::NoDefault(Locale::default())));
    let refusal = evening.refuse(Command::Pause { message: Some(texts(&[])) }, at(18, 30, 0));
    assert_eq!(refusal, Refusal::Message(MessageError::Locales(0)));

    evening.apply(Command::Announce { message: texts(&[("fr", "Bonsoir"), ("en", "Good evening")]) }, at(18, 30, 0));
    let message = evening.event.message(at(18, 31, 0)).unwrap();
    assert_eq!(message.text(&"fr".parse().unwrap()), Some("Bonsoir"));
    assert_eq!(message.severity(), Severity::Major);
    assert_eq!(evening.shown(at(18, 31, 0)), Some("Good evening"));
}

#[test]
fn a_message_for_now_replaces_one_for_later_and_that_is_said() {
    let mut evening = Evening::new();
    assert!(!evening.schedule(announce("The bar closes"), at(21, 0, 0), at(19, 30, 0)));
    assert!(evening.handle(announce("The bar stays open"), None, at(20, 0, 0)).1);
    assert_eq!(evening.shown(at(21, 0, 0)), Some("The bar stays open"));
    assert!(!evening.schedule(Command::Clear, at(22, 0, 0), at(20, 1, 0)));
    assert!(evening.handle(Command::Clear, None, at(21, 30, 0)).1);
}

#[test]
fn the_message_of_a_hold_goes_with_the_end() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Smoke alarm, please stay seated"), at(20, 0, 0));
    evening.apply(END, at(20, 10, 0));
    assert_eq!(evening.shown(at(20, 10, 2) - ms(1)), Some("Smoke alarm, please stay seated"));
    assert_eq!((evening.status(at(20, 10, 2)), evening.event.message(at(20, 10, 2))), (Status::Ended, None));
    evening.apply(Command::Reopen, at(20, 20, 0));
    assert_eq!((evening.status(at(20, 20, 2)), evening.shown(at(20, 20, 2))), (Status::Paused, None));
    evening.apply(Command::Resume, at(20, 30, 0));
    assert_eq!(evening.shown(at(20, 30, 2)), None);
}

#[test]
fn the_message_of_a_hold_goes_with_an_end_that_was_planned_before_it() {
    let mut evening = Evening::new();
    evening.schedule(END, at(22, 0, 0), at(19, 0, 0));
    evening.apply(pause_saying("Smoke"), at(21, 50, 0));
    evening.apply(announce("Doors on the left"), at(21, 51, 0));
    evening.apply(pause_saying("Still smoke"), at(21, 52, 0));
    assert_eq!(evening.shown(at(22, 0, 0) - ms(1)), Some("Still smoke"));
    assert_eq!((evening.status(at(22, 0, 0)), evening.shown(at(22, 0, 0))), (Status::Ended, None));
    // Taken back in time, the end takes nothing away.
    evening.apply(Command::Reopen, at(21, 55, 0));
    assert_eq!((evening.status(at(22, 0, 0)), evening.shown(at(22, 0, 0))), (Status::Paused, Some("Still smoke")));
}

#[test]
fn an_end_that_moves_takes_the_message_of_the_hold_away_when_it_comes() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Smoke"), at(20, 0, 0));
    evening.schedule(END, at(22, 0, 0), at(20, 1, 0));
    evening.schedule(END, at(23, 0, 0), at(20, 2, 0));
    assert_eq!(evening.shown(at(22, 30, 0)), Some("Smoke"));
    assert_eq!(evening.shown(at(23, 0, 0)), None);
    evening.schedule(END, at(21, 0, 0), at(20, 3, 0));
    assert_eq!((evening.shown(at(21, 0, 0) - ms(1)), evening.shown(at(21, 0, 0))), (Some("Smoke"), None));
}

#[test]
fn an_announcement_outlasts_the_end() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Smoke"), at(20, 0, 0));
    evening.apply(announce("Tickets are refunded"), at(20, 5, 0));
    evening.apply(END, at(20, 10, 0));
    assert_eq!(evening.shown(at(20, 11, 0)), Some("Tickets are refunded"));
}

#[test]
fn the_message_of_an_end_goes_when_the_event_is_reopened() {
    let mut evening = Evening::new();
    evening.apply(end_saying("Good night"), at(21, 0, 0));
    evening.apply(Command::Reopen, at(21, 10, 0));
    assert_eq!(evening.shown(at(21, 10, 2) - ms(1)), Some("Good night"));
    assert_eq!((evening.status(at(21, 10, 2)), evening.shown(at(21, 10, 2))), (Status::Paused, None));
    evening.apply(UNDO, at(21, 20, 0));
    assert_eq!((evening.status(at(21, 20, 2)), evening.shown(at(21, 20, 2))), (Status::Ended, Some("Good night")));
}

#[test]
fn a_resume_leaves_what_is_announced_for_later() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Smoke"), at(20, 0, 0));
    evening.schedule(announce("The bar closes"), at(21, 0, 0), at(20, 1, 0));
    evening.apply(Command::Resume, at(20, 10, 0));
    assert_eq!((evening.shown(at(20, 10, 2)), evening.shown(at(21, 0, 0))), (None, Some("The bar closes")));
}
