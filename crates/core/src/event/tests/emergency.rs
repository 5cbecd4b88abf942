use super::*;
use crate::message::Message;

fn message(words: &str) -> Option<Message> {
    Some(draft(words).resolve(&Locale::default()).unwrap())
}

impl Evening {
    /// What was last known at `now`, paused and signed then.
    fn signed_pause(&self, words: Option<&str>, now: ServerTime) -> EmergencyState {
        let mut emergency = EmergencyState::new(&"main".parse().unwrap(), &self.event, now);
        emergency.actor = "ines".to_owned();
        emergency.handle_pause(words.and_then(message), now).unwrap();
        emergency
    }

    fn take(&mut self, emergency: &EmergencyState) {
        assert_eq!(self.event.handle_emergency(emergency), Ok(true));
        assert_eq!((self.event.rev(), self.event.timeline()), (emergency.rev, emergency.timeline.clone()));
        assert_eq!(*self.event.notices(), emergency.notices);
        assert_eq!((self.event.ended_at(), self.event.rundown()), (emergency.timeline.ended_at, emergency.rundown));
        self.assert_survives_json();
    }

    fn refuse_emergency(&mut self, emergency: &EmergencyState) -> Refusal {
        let before = self.event.clone();
        let refusal = self.event.handle_emergency(emergency).expect_err("the signed state is refused");
        assert_eq!(self.event, before);
        refusal
    }
}

#[test]
fn a_signed_pause_is_what_the_event_was_since_it_was_signed() {
    let mut evening = Evening::new();
    let signed = evening.signed_pause(Some("Back soon"), at(19, 10, 0));
    assert_eq!((signed.rev, signed.signed_at), (Rev::new(2), at(19, 10, 0)));
    // The server is back half an hour later.
    evening.take(&signed);
    let held = Position::from_millis(600_500);
    assert_eq!((evening.position(at(19, 10, 0) + ms(499)), evening.position(at(19, 40, 0))), (held - ms(1), held));
    assert_eq!((evening.status(at(19, 40, 0)), evening.shown(at(19, 40, 0))), (Status::Paused, Some("Back soon")));
    let last = evening.event.last_change();
    assert_eq!((last.name(), last.actor(), last.id()), ("emergency", "ines", None));
    assert_eq!((last.at(), last.effective_at()), (at(19, 10, 0), at(19, 10, 0) + ms(500)));
}

#[test]
fn resume_goes_on_from_there_at_the_rate_it_had_and_takes_the_message_away() {
    let mut evening = Evening::new();
    evening.schedule(rate(1.25), at(19, 5, 0), at(19, 4, 0));
    let signed = evening.signed_pause(Some("Back soon"), at(19, 10, 0) - ms(500));
    evening.take(&signed);
    evening.schedule(Command::Resume, at(20, 0, 0), at(19, 59, 0));
    assert_eq!((evening.position(at(20, 4, 0)), evening.shown(at(20, 0, 0))), (pos(0, 16, 15), None));
    assert_eq!(evening.event.rev(), Rev::new(4));
}

#[test]
fn a_signed_revision_is_at_most_a_thousand_above_the_events() {
    let mut evening = Evening::new();
    let mut signed = evening.signed_pause(None, at(19, 10, 0));
    for number in [1_002, 4_294_967_296, Rev::MAX.number(), (1 << 53) + 1, i64::MAX as u64, u64::MAX - 1, u64::MAX] {
        signed.rev = Rev::new(number);
        let refusal = evening.refuse_emergency(&signed);
        assert_eq!(refusal, Refusal::RevTooHigh { signed: Rev::new(number), rev: Rev::FIRST });
        assert!(refusal.to_string().contains("more than 1000 above"), "{refusal}");
    }
    signed.rev = Rev::new(1_001);
    evening.take(&signed);
    evening.apply(Command::Resume, at(19, 20, 0));
    assert_eq!(evening.event.rev(), Rev::new(1_002));
}

#[test]
fn revisions_that_are_used_up_are_refused_and_never_begin_anew() {
    for last in [Rev::MAX, Rev::new((1 << 53) - 1), Rev::new(u64::MAX)] {
        let mut evening = Evening::new();
        evening.event.rev = last;
        assert_eq!(evening.refuse(PAUSE, at(19, 10, 0)), Refusal::NoMoreRevs);
        let configuration = Configuration { title: Some("New".to_owned()), ..Configuration::default() };
        assert_eq!(evening.event.handle_configuration(configuration, "maria", at(19, 10, 0)), Err(Refusal::NoMoreRevs));
        let mut signed = EmergencyState::new(&"main".parse().unwrap(), &evening.event, at(19, 10, 0));
        assert_eq!(signed.handle_pause(None, at(19, 10, 0)), Err(Refusal::NoMoreRevs));
        signed.rev = Rev::new(u64::MAX);
        assert!(evening.event.handle_emergency(&signed).is_err() && evening.event.rev == last);
        // Under a number that an event can have, it goes on.
        evening.event = evening.event.clone().renumbered(Rev::new(7));
        evening.apply(PAUSE, at(19, 10, 0));
        assert_eq!(evening.event.rev(), Rev::new(8));
    }
}

#[test]
fn undo_takes_it_back_like_any_pause() {
    let mut evening = Evening::new();
    evening.apply(announce("Welcome"), at(19, 1, 0));
    let signed = evening.signed_pause(Some("Back soon"), at(19, 10, 0) - ms(500));
    evening.take(&signed);
    assert!(evening.event.last_change().can_be_undone());
    evening.apply(UNDO, at(19, 29, 58));
    assert_eq!((evening.position(at(19, 30, 0)), evening.position(at(19, 31, 0))), (pos(0, 10, 0), pos(0, 11, 0)));
    assert_eq!((evening.shown(at(19, 29, 59)), evening.shown(at(19, 30, 0))), (Some("Back soon"), Some("Welcome")));
}

#[test]
fn the_same_twice_is_once_and_what_is_not_newer_is_refused() {
    let mut evening = Evening::new();
    let signed = evening.signed_pause(None, at(19, 10, 0));
    evening.take(&signed);
    let taken = evening.event.clone();
    assert_eq!(evening.event.handle_emergency(&signed), Ok(false));
    assert_eq!(evening.event, taken);
    // Somebody else signed another pause of the same state.
    let other = EmergencyState { signed_at: at(19, 10, 1), ..signed.clone() };
    assert_eq!(evening.refuse_emergency(&other), Refusal::NotNewer { signed: Rev::new(2), rev: Rev::new(2) });
    evening.apply(Command::Resume, at(19, 20, 0));
    assert_eq!(evening.refuse_emergency(&signed), Refusal::NotNewer { signed: Rev::new(2), rev: Rev::new(3) });
    assert_eq!(evening.status(at(19, 21, 0)), Status::Running);
}

#[test]
fn a_state_of_another_life_is_refused_whatever_its_revision() {
    let mut evening = Evening::new();
    let epoch: Epoch = "e2".parse().unwrap();
    let other =
        EmergencyState { epoch: epoch.clone(), rev: Rev::new(1_000), ..evening.signed_pause(None, at(19, 10, 0)) };
    let refusal = evening.refuse_emergency(&other);
    assert_eq!(refusal, Refusal::OtherEpoch { signed: epoch, epoch: "e1".parse().unwrap() });
    assert!(refusal.to_string().contains("created again"), "{refusal}");
}

#[test]
fn revisions_may_be_skipped_and_go_on_from_the_signed_one() {
    let mut evening = Evening::new();
    let signed = EmergencyState { rev: Rev::new(17), ..evening.signed_pause(None, at(19, 10, 0)) };
    evening.take(&signed);
    evening.apply(Command::Resume, at(19, 20, 0));
    assert_eq!(evening.event.rev(), Rev::new(18));
}

#[test]
fn what_the_signer_did_not_know_gives_way() {
    let mut evening = Evening::new();
    let signed = EmergencyState { rev: Rev::new(9), ..evening.signed_pause(None, at(19, 10, 0)) };
    // Unknown to the signer, somebody sought and scheduled before the server went away.
    evening.apply(seek(pos(0, 45, 0)), at(19, 8, 0));
    evening.schedule(rate(2.0), at(21, 0, 0), at(19, 9, 0));
    evening.take(&signed);
    assert_eq!(evening.position(at(22, 0, 0)), Position::from_millis(600_500));
    evening.schedule(Command::Resume, at(22, 0, 0), at(21, 59, 0));
    assert_eq!(evening.position(at(22, 1, 0)), Position::from_millis(660_500), "at the rate of 1");
}

#[test]
fn a_pause_replaces_what_was_scheduled_but_not_the_end() {
    let mut evening = Evening::new();
    evening.apply(announce("Welcome"), at(19, 1, 0));
    evening.handle(end_saying("Good night"), Some(at(22, 0, 0)), at(19, 2, 0));
    evening.handle(pause_saying("Interval"), Some(at(20, 0, 0)), at(19, 3, 0));
    // Only what viewers are told is known to the one who signs.
    let known = EmergencyState::new(&"main".parse().unwrap(), &evening.event, at(19, 9, 0));
    let told = known.notices.as_slice().iter().map(|notice| (notice.from, notice.message.clone())).collect();
    let notices = Notices::from_public(told, &known.timeline).unwrap();
    assert_eq!(notices, known.notices, "what they came with is told by the timeline");

    let mut signed = EmergencyState { notices, ..known };
    signed.handle_pause(message("Back soon"), at(19, 10, 0)).unwrap();
    evening.take(&signed);
    for (when, status, shown) in [
        (at(19, 10, 0), Status::Running, Some("Welcome")),
        (at(19, 10, 1), Status::Paused, Some("Back soon")),
        (at(20, 0, 0), Status::Paused, Some("Back soon")),
        (at(22, 0, 0), Status::Ended, Some("Good night")),
    ] {
        assert_eq!((evening.status(when), evening.shown(when)), (status, shown), "{when:?}");
    }
    evening.schedule(Command::Resume, at(20, 30, 0), at(20, 29, 0));
    assert_eq!(evening.position(at(20, 31, 0)), Position::from_millis(660_500));
    assert_eq!(evening.position(at(23, 0, 0)), Position::from_millis(600_500 + 90 * 60_000), "held from the end on");
}

#[test]
fn an_event_that_is_over_cannot_be_paused() {
    let mut evening = Evening::new();
    evening.schedule(END, at(20, 0, 0), at(19, 50, 0));
    let mut known = EmergencyState::new(&"main".parse().unwrap(), &evening.event, at(20, 0, 0));
    let before = known.clone();
    assert_eq!(known.handle_pause(None, at(20, 0, 0)), Err(Refusal::Ended { ended_at: at(20, 0, 0) }));
    assert_eq!(known, before);
    // One second before, the end is still to come, and the event is held for the rest.
    known.handle_pause(None, at(19, 59, 59)).unwrap();
    evening.take(&known);
    assert_eq!(
        (evening.status(at(19, 59, 59) + ms(500)), evening.status(at(20, 0, 0))),
        (Status::Paused, Status::Ended)
    );
}

#[test]
fn a_countdown_is_held_too() {
    let mut evening = Evening::new();
    let signed = evening.signed_pause(None, at(18, 50, 0) - ms(500));
    evening.take(&signed);
    assert_eq!((evening.position(at(19, 30, 0)), evening.status(at(19, 30, 0))), (pos(0, -10, 0), Status::Paused));
    evening.schedule(Command::Resume, at(19, 30, 0), at(19, 20, 0));
    assert_eq!(evening.status(at(19, 40, 0)), Status::Running);
}

#[test]
fn where_viewers_look_is_configured_and_can_be_taken_away() {
    let channel = EmergencyChannel {
        key: EmergencyKey::from_bytes([7; 32]),
        url: "https://cdn.example.com/events/main/current.json".parse().unwrap(),
    };
    let set = |emergency| Configuration { emergency: Some(emergency), ..Configuration::default() };
    let mut evening = Evening::with(set(Some(channel.clone())));
    assert_eq!(evening.event.emergency(), Some(&channel));
    evening.assert_survives_json();
    let signed = evening.signed_pause(None, at(19, 10, 0));
    evening.take(&signed);
    assert_eq!(evening.event.emergency(), Some(&channel), "it is not signed, and stays");
    assert_eq!(evening.event.handle_configuration(set(None), "maria", at(19, 20, 0)), Ok(true));
    assert_eq!(evening.event.emergency(), None);
}
