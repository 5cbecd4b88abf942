//! Limits that compose: whatever an event has accepted, a pause with the longest message fits into its state, and that
//! state into everything that stores it or carries it to viewers.
//!
//! `PROPTEST_RNG_SEED=<number> PROPTEST_CASES=<number>` tries other histories; a failure prints the shortest that shows it.

use std::collections::BTreeMap;

use downbeat_core::command::LEAD_PAUSE;
use downbeat_core::event::{EmergencyChannel, EmergencyState, STATE_BYTES_MAX};
use downbeat_core::message::{Draft, LOCALES_MAX, MESSAGE_BYTES_MAX, TEXT_CHARS_MAX, Words};
use downbeat_core::{
    Command, Configuration, EventName, EventState, Locale, Position, Rate, Refusal, Request, ServerTime, Severity,
    Span, Status,
};
use downbeat_wire::command::{ACTOR_CHARS_MAX, REASON_CHARS_MAX};
use downbeat_wire::emergency::{DOCUMENT_BYTES_MAX, Signature, known};
use downbeat_wire::live::STATE_FRAME_BYTES_MAX;
use downbeat_wire::log::{CHAIN_START, ROW_BYTES_MAX};
use downbeat_wire::{CommandAnswer, EmergencyBody, EmergencyDocument, LogEntry, StateBody, StateFrame, json, refusal};
use proptest::collection::vec;
use proptest::prelude::*;

const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

fn ms(ms: i64) -> Span {
    Span::from_millis(ms)
}

fn event() -> EventName {
    "e".repeat(63).parse().unwrap()
}

/// The locale number `place`; `en` is the first.
fn locale(place: usize) -> Locale {
    let letters = [b'l', b'a' + (place / 26) as u8, b'a' + (place % 26) as u8].map(char::from);
    if place == 0 { Locale::default() } else { letters.iter().collect::<String>().parse().unwrap() }
}

/// A draft in `locales` locales, of `chars` characters each.
fn draft(locales: usize, chars: usize, char: char) -> Draft {
    let text = (0..locales).map(|place| (locale(place), char.to_string().repeat(chars)));
    Draft { words: Words::PerLocale(text.collect()), severity: Severity::Critical }
}

/// The longest message there can be: in all 64 locales, of characters that take six bytes in JSON, filled up to the last
/// byte.
fn longest() -> Draft {
    let mut texts: BTreeMap<Locale, String> =
        (1..LOCALES_MAX).map(|place| (locale(place), "\u{1}".repeat(12))).collect();
    texts.insert(locale(0), "\u{1}".repeat(TEXT_CHARS_MAX));
    let bytes = serde_json::to_string(&texts).unwrap().len();
    let mut left = MESSAGE_BYTES_MAX - bytes;
    for text in texts.values_mut().skip(1) {
        let more = (left / 6).min(TEXT_CHARS_MAX - 12);
        text.push_str(&"\u{1}".repeat(more));
        left -= 6 * more;
    }
    texts.values_mut().last().unwrap().push_str(&"x".repeat(left));
    assert_eq!(serde_json::to_string(&texts).unwrap().len(), MESSAGE_BYTES_MAX);
    Draft { words: Words::PerLocale(texts), severity: Severity::Critical }
}

fn request(id: u32, command: Command, at: Option<ServerTime>) -> Request {
    let id = format!("{id:064}").parse().unwrap();
    Request { id, command, actor: "maria".into(), reason: Some("why not".into()), if_rev: None, at }
}

/// The pause that takes the most bytes.
fn longest_pause() -> Request {
    Request {
        actor: "\u{1}".repeat(ACTOR_CHARS_MAX),
        reason: Some("\u{1}".repeat(REASON_CHARS_MAX)),
        ..request(99_999, Command::Pause { message: Some(longest()) }, None)
    }
}

/// Checks that all that stores or carries the state of `request` has room for it.
fn assert_is_delivered(state: &EventState, request: &Request, now: ServerTime) {
    assert!(state.bytes() <= STATE_BYTES_MAX, "{} bytes", state.bytes());
    assert_eq!(state.bytes(), serde_json::to_string(state).unwrap().len());
    assert_eq!(EventState::from_stored(&serde_json::to_string(state).unwrap()).as_ref(), Ok(state));
    let body = json::text(&StateBody::new(&event(), state, now));
    let frame = StateFrame::of_body(&body, u16::MAX, true);
    assert!(frame.len() <= STATE_FRAME_BYTES_MAX, "{} bytes of a frame", frame.len());
    let answer = json::text(&CommandAnswer::new(&event(), state, true, now));
    let body = downbeat_wire::command::body(request);
    let entry = LogEntry {
        rev: state.rev(),
        at: now,
        effective_at: now,
        actor: request.actor.clone(),
        token: "t".repeat(64),
        name: "pause".to_owned(),
        body,
        prev: CHAIN_START,
        hash: None,
    }
    .sealed();
    let row = entry.body.to_string().len() + answer.len() + json::text(&entry).len();
    assert!(row <= ROW_BYTES_MAX, "{row} bytes of a row");
}

/// Checks that a pause with the longest message is accepted, shown and delivered, and so is what follows it.
fn assert_pause_fits(before: &EventState, now: ServerTime) {
    let (mut state, request, at) = (before.clone(), longest_pause(), now + LEAD_PAUSE);
    if before.timeline().is_over(at) {
        return;
    }
    let Command::Pause { message: Some(words) } = &request.command else { unreachable!() };
    let message = words.resolve(state.locale()).unwrap();
    state.handle_command(&request, None, now).expect("a pause is never refused for the size of the state");
    assert_eq!((state.status(at), state.message(at)), (Status::Paused, Some(&message)));
    assert_eq!(state.ended_at(), before.ended_at());
    let said_at_the_end = |state: &EventState| {
        let ended_at = state.ended_at()?;
        state.notices().notice(ended_at).filter(|notice| notice.from == ended_at && notice.message.is_some()).cloned()
    };
    assert_eq!(said_at_the_end(&state), said_at_the_end(before), "what is said at a scheduled end stays");
    assert_is_delivered(&state, &request, now);
    // Nor what follows: another pause at once, and going on.
    let mut now = now;
    for command in [
        request.command.clone(),
        Command::Resume,
        request.command.clone(),
        Command::Resume,
        Command::Undo { rev: None },
    ] {
        now += ms(100);
        let request = Request { command, ..request.clone() };
        match state.handle_command(&request, None, now) {
            Ok(_) => assert_is_delivered(&state, &request, now),
            Err(refusal) => assert!(matches!(refusal, Refusal::NothingToUndo | Refusal::Ended { .. }), "{refusal}"),
        }
    }
}

/// Checks that the same pause can be signed without the server, and is then accepted by it.
fn assert_break_glass_fits(before: &EventState, now: ServerTime) {
    let message = longest().resolve(before.locale()).unwrap();
    let mut signed = known(&StateBody::new(&event(), before, now)).unwrap();
    signed.actor = "\u{1}".repeat(ACTOR_CHARS_MAX);
    signed.reason = Some("\u{1}".repeat(REASON_CHARS_MAX));
    if signed.handle_pause(Some(message.clone()), now).is_err() {
        return;
    }
    let document = EmergencyDocument {
        state: EmergencyBody::from(&signed).to_json(),
        signature: Signature::from_bytes([255; 64]),
    };
    let text = document.to_json();
    assert!(text.len() <= DOCUMENT_BYTES_MAX, "{} bytes of a document", text.len());
    let read: EmergencyState = EmergencyDocument::parse(text.as_bytes()).unwrap().state().unwrap();
    let mut state = before.clone();
    assert_eq!(state.handle_emergency(&read), Ok(true));
    assert!(state.bytes() <= STATE_BYTES_MAX, "{} bytes", state.bytes());
    assert_eq!(state.message(now + LEAD_PAUSE), Some(&message));
}

/// One thing that is asked of an event.
#[derive(Clone, Debug)]
enum Ask {
    Announce(Draft),
    Pause(Option<Draft>),
    End(Option<Draft>),
    Seek(i64),
    Rate(u16),
    Plain(Command),
    Configure(Box<Configuration>),
    /// A signed pause, with so many announcements of the past in it.
    Signed(usize, Draft),
}

fn drafts() -> impl Strategy<Value = Draft> {
    let chars = prop_oneof![Just('x'), Just('\u{1}'), Just('"'), Just('é'), Just('語'), Just('😀')];
    let sizes =
        prop_oneof![3 => (1..4_usize, 1..200_usize), 3 => (1..20_usize, 1..80_usize), 1 => (40..65_usize, 1..20_usize)];
    let some = (sizes, chars).prop_map(|((locales, chars), char)| draft(locales, chars, char));
    prop_oneof![4 => some, 1 => Just(longest())]
}

fn configurations() -> impl Strategy<Value = Box<Configuration>> {
    let channel = (1..470_usize).prop_map(|length| EmergencyChannel {
        key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap(),
        url: format!("https://e.example/{}", "p".repeat(length)).parse().unwrap(),
    });
    let title = prop::option::of((0..=200_usize).prop_map(|chars| "\u{1}".repeat(chars)));
    let origin = (1..190_usize).prop_map(|length| format!("https://{}", "o".repeat(length)));
    (title, prop::option::of(vec(origin, 0..=20)), prop::option::of(channel)).prop_map(|(title, origins, channel)| {
        Box::new(Configuration { title, origins, emergency: channel.map(Some), ..Configuration::default() })
    })
}

fn asks() -> impl Strategy<Value = Ask> {
    prop_oneof![
        6 => drafts().prop_map(Ask::Announce),
        3 => prop::option::of(drafts()).prop_map(Ask::Pause),
        1 => prop::option::of(drafts()).prop_map(Ask::End),
        3 => (-31_622_400_000..31_622_400_000_i64).prop_map(Ask::Seek),
        2 => (250..=4_000_u16).prop_map(Ask::Rate),
        4 => prop_oneof![Just(Command::Resume), Just(Command::Clear), Just(Command::Undo { rev: None }), Just(Command::Reopen)].prop_map(Ask::Plain),
        2 => configurations().prop_map(Ask::Configure),
        1 => (0..4_usize, drafts()).prop_map(|(past, draft)| Ask::Signed(past, draft)),
    ]
}

fn command(ask: &Ask) -> Command {
    match ask.clone() {
        Ask::Announce(message) => Command::Announce { message },
        Ask::Pause(message) => Command::Pause { message },
        Ask::End(message) => Command::End { message },
        Ask::Seek(position) => Command::Seek { position: Position::from_millis(position) },
        Ask::Rate(rate) => Command::Rate { rate: Rate::from_thousandths(rate).unwrap() },
        Ask::Plain(command) => command,
        Ask::Configure(_) | Ask::Signed(..) => unreachable!("these are no commands"),
    }
}

/// Does what is asked. What acts at once and brings no text must not be refused for the size of the state.
fn act(state: &mut EventState, ask: &Ask, ahead_ms: Option<i64>, id: u32, now: ServerTime) {
    let (before, bytes) = (state.clone(), state.bytes());
    let outcome = match ask {
        Ask::Configure(configuration) => {
            state.handle_configuration(Configuration::clone(configuration), "maria", now).map(|_| ())
        }
        Ask::Signed(past, draft) => {
            let Ok(message) = draft.resolve(state.locale()) else { return };
            let mut signed = EmergencyState::new(&event(), state, now - ms(*past as i64 * 1_000));
            let Ok(()) = signed.handle_pause(Some(message), now - ms(*past as i64 * 1_000)) else { return };
            state.handle_emergency(&signed).map(|_| ())
        }
        _ => {
            let command = command(ask);
            let at = ahead_ms.filter(|_| command.can_be_scheduled()).map(|ahead_ms| now + ms(ahead_ms));
            state.handle_command(&request(id, command, at), None, now).map(|_| ())
        }
    };
    match outcome {
        Err(Refusal::StateTooLarge { bytes, .. }) => {
            assert!(bytes > STATE_BYTES_MAX - downbeat_core::event::PAUSE_BYTES);
            let brings_text = matches!(ask, Ask::Announce(_) | Ask::End(Some(_)) | Ask::Configure(_));
            assert!(brings_text || ahead_ms.is_some(), "{ask:?}");
            assert_eq!(*state, before);
        }
        Err(_) => assert_eq!(*state, before),
        Ok(()) => assert!(state.bytes() <= STATE_BYTES_MAX, "{bytes} → {} bytes by {ask:?}", state.bytes()),
    }
}

fn created() -> EventState {
    let configuration = Configuration { starts_at: Some(START), ..Configuration::default() };
    EventState::create(configuration, "e".repeat(32).parse().unwrap(), "maria", START).unwrap()
}

/// Fewer than usual: each measures dozens of states.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.div_ceil(8), ..config }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_was_accepted_a_pause_with_the_longest_message_fits_and_is_delivered(
        acts in vec((0..5_000_i64, asks(), prop::option::weighted(0.5, 1..2_000_000_000_i64)), 1..40)
    ) {
        let (mut state, mut now) = (created(), START);
        for (place, (wait_ms, ask, ahead_ms)) in acts.iter().enumerate() {
            now += ms(*wait_ms);
            act(&mut state, ask, *ahead_ms, place as u32, now);
        }
        assert_pause_fits(&state, now);
        assert_break_glass_fits(&state, now);
    }
}

/// Announces until nothing more fits; returns how many did.
fn fill(state: &mut EventState, draft: &Draft, now: ServerTime) -> u32 {
    for place in 1..=64 {
        let at = Some(now + ms(i64::from(place) * 60_000));
        let mut words = draft.clone();
        if let Words::PerLocale(texts) = &mut words.words {
            texts.values_mut().next().unwrap().push_str(&place.to_string());
        }
        let announce = request(place, Command::Announce { message: words }, at);
        match state.handle_command(&announce, None, now) {
            Ok(_) => assert!(state.bytes() <= STATE_BYTES_MAX),
            Err(Refusal::StateTooLarge { .. } | Refusal::TooMuchScheduled) => return place - 1,
            Err(refusal) => panic!("{refusal}"),
        }
    }
    64
}

#[test]
fn an_event_filled_to_the_brim_is_paused_and_keeps_its_undo() {
    for draft in [draft(64, 10, '\u{1}'), draft(20, 20, 'é'), draft(1, 490, '\u{1}'), draft(1, 3, 'x')] {
        let mut state = created();
        let full = Configuration {
            title: Some("\u{1}".repeat(200)),
            origins: Some((10..30).map(|place| format!("https://{place}{}", "o".repeat(80))).collect()),
            ..Configuration::default()
        };
        state.handle_configuration(full, "maria", START).unwrap();
        let count = fill(&mut state, &draft, START + ms(1_000));
        assert!(count >= 1, "{draft:?}");
        let now = START + ms(2_000);
        assert_pause_fits(&state, now);
        assert_break_glass_fits(&state, now);
        let pause = request(99, Command::Pause { message: Some(longest()) }, None);
        let mut paused = state.clone();
        paused.handle_command(&pause, None, now).unwrap();
        assert!(paused.last_change().can_be_undone());
        paused.handle_command(&request(100, Command::Undo { rev: None }, None), None, now + ms(100)).unwrap();
        assert_eq!(paused.status(now + ms(3_000)), Status::Running);
    }
}

#[test]
fn pause_upon_pause_upon_pause_with_the_longest_message_each_fits() {
    let (mut state, mut now) = (created(), START);
    for place in 0..200 {
        now += ms(50);
        let mut words = longest();
        if let Words::PerLocale(texts) = &mut words.words {
            // Another message each time, of the same length: 18 digits instead of three characters of six bytes.
            let text = texts.get_mut(&locale(1)).unwrap();
            text.replace_range(..3, &format!("{place:018}"));
        }
        let pause = Request { command: Command::Pause { message: Some(words) }, ..longest_pause() };
        state.handle_command(&pause, None, now).expect("a pause is never refused for the size of the state");
        assert_is_delivered(&state, &pause, now);
    }
    assert_pause_fits(&state, now + ms(50));
}

/// A state from before there was a limit: announcements of the greatest length then, as 0.1 stored them.
fn from_before(count: i64) -> EventState {
    let mut stored = serde_json::to_value(created()).unwrap();
    let text: BTreeMap<Locale, String> = (0..LOCALES_MAX).map(|place| (locale(place), "é".repeat(500))).collect();
    let at = |place: i64| (START + ms(place * 3_600_000)).as_millis();
    let notice = |place| serde_json::json!({"from": at(place), "message": {"text": text, "severity": "info"}, "origin": "announcement"});
    stored["show"]["notices"] = (0..count).map(notice).collect();
    stored["last"]["before"] = stored["show"].clone();
    EventState::from_stored(&stored.to_string()).unwrap()
}

#[test]
fn an_event_from_before_the_limit_is_read_served_and_paused_and_only_growth_is_refused() {
    for count in [1, 17, 63] {
        let now = START + ms(600_000);
        let before = from_before(count);
        assert!(before.bytes() > STATE_BYTES_MAX);
        assert_pause_fits(&before, now);
        // A pause without words: the message that is shown stays if it can.
        let mut paused = before.clone();
        paused.handle_command(&request(1, Command::Pause { message: None }, None), None, now).unwrap();
        assert!(paused.bytes() <= STATE_BYTES_MAX && paused.status(now + LEAD_PAUSE) == Status::Paused);
        // What acts at once and brings no text, too; the announcements stay.
        for command in [Command::Resume, Command::Seek { position: Position::from_millis(5_000) }, Command::Clear] {
            let mut state = before.clone();
            state.handle_command(&request(2, command, None), None, now).unwrap();
            assert!(state.bytes() < before.bytes());
        }
        let announce = |draft, at| request(3, Command::Announce { message: draft }, at);
        let mut state = before.clone();
        let later = Some(now + ms(80 * 3_600_000));
        let refusal = state.handle_command(&announce(draft(64, 10, 'x'), later), None, now).unwrap_err();
        assert!(matches!(refusal, Refusal::StateTooLarge { .. }), "{refusal}");
        assert_eq!(state, before);
        // In the place of all that was scheduled, it is no growth.
        state.handle_command(&announce(draft(64, 10, 'x'), None), None, now).unwrap();
    }
}

#[test]
fn a_refusal_says_the_size_the_limit_and_what_to_remove() {
    let mut state = created();
    fill(&mut state, &draft(20, 20, 'é'), START);
    let announce = request(99, Command::Announce { message: longest() }, Some(START + ms(80_000_000)));
    let refusal = state.handle_command(&announce, None, START).unwrap_err();
    let problem = refusal::problem(&refusal, &event(), Some(&state), START);
    assert_eq!((problem.code.as_str(), problem.status), ("state-too-large", 409));
    let bytes = problem.more["bytes"].as_u64().unwrap();
    assert!(bytes > 23_552 && problem.more["limit"] == 23_552, "{problem:?}");
    let said = problem.detail;
    assert!(said.contains(&format!("{bytes} bytes")) && said.contains("at most 23552 fit"), "{said}");
    assert!(said.ends_with("shorten the message, leave locales out, or \"clear\" what is scheduled"), "{said}");
    assert!(said.len() < 400, "{said}");
}
