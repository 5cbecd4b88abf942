//! The golden documents of `fixtures/`: what the code makes is what lies there, and is read back as the same.
//!
//! The fixtures are laid out for people; white space aside they are exact to the byte, the order of members included.

mod chain;
mod emergency;
mod evening;
mod rooms;

use downbeat_core::fanout::Region;
use downbeat_core::{Rev, ServerTime};
use downbeat_wire::audience::{Acks, BoundCount, HubAudience, RegionAudience, Untold};
use downbeat_wire::live::{AckKind, StateKind};
use downbeat_wire::problem::Code;
use downbeat_wire::*;
use evening::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_str!(concat!("../../fixtures/", $name, ".json")))
    };
}
pub(crate) use fixture;

/// Returns a JSON text without the white space between its tokens.
fn compact(text: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    text.chars()
        .filter(|&char| {
            let kept = in_string || !char.is_ascii_whitespace();
            (in_string, escaped) = match char {
                '"' if !escaped => (!in_string, false),
                '\\' if in_string => (true, !escaped),
                _ => (in_string, false),
            };
            kept
        })
        .collect()
}

/// Holds a fixture against the document the code makes for it.
fn assert_golden<T: Serialize + DeserializeOwned>((name, text): (&str, &str), made: &T) {
    let read: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(serde_json::to_string(&read).unwrap(), compact(text), "{name} is read and written back");
    assert_eq!(serde_json::to_string(made).unwrap(), compact(text), "{name} is what the code makes");
}

/// Reads the fixture with a member added to each of its objects, as a newer server might send it.
fn assert_tolerant<T: Serialize + DeserializeOwned>((name, text): (&str, &str)) {
    fn extend(value: &mut Value) {
        match value {
            // The keys of a map of texts are locales, not members.
            Value::Object(members) if !members.contains_key("en") => {
                members.values_mut().for_each(extend);
                members.insert("fromTheFuture".to_owned(), Value::Bool(true));
            }
            Value::Array(elements) => elements.iter_mut().for_each(extend),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(text).unwrap();
    extend(&mut value);
    let read: T = serde_json::from_value(value).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(serde_json::to_string(&read).unwrap(), compact(text), "{name}");
}

#[test]
fn the_tiny_contract_is_exact_to_the_byte() {
    let (_, text) = fixture!("time");
    let expected = concat!(
        r#"{"serverTime":1704067200000,"status":"running","message":null,"epoch":"k3v9x2m4","rev":2,"#,
        r#""timeline":[{"from":1704067200000,"position":0,"rate":1}],"#,
        r#""rundown":"5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef","resync":300000}"#,
    );
    assert_eq!(text.trim_end(), expected);
    assert_eq!(TimeBody::new(&begun(), START).to_json(), expected);
}

#[test]
fn time_answers_are_golden() {
    assert_golden(fixture!("time"), &TimeBody::new(&begun(), START));
    assert_golden(fixture!("time-unknown"), &TimeBody::unknown(None, START));
    assert_golden(fixture!("time-unknown-stale"), &TimeBody::unknown(Some(&paused()), at(21, 0, 0)));
    let received_at = Some(at(20, 30, 0) - ms(12));
    assert_golden(fixture!("time-paused"), &TimeBody { received_at, ..TimeBody::new(&paused(), at(20, 30, 0)) });
    assert_golden(fixture!("time-ended"), &TimeBody::new(&paused(), at(22, 0, 0)));
}

#[test]
fn time_answers_of_a_newer_server_are_understood() {
    assert_tolerant::<TimeBody>(fixture!("time"));
    assert_tolerant::<TimeBody>(fixture!("time-unknown"));
    assert_tolerant::<TimeBody>(fixture!("time-paused"));
}

#[test]
fn the_state_is_golden_and_its_beginning_reads_as_a_time_answer() {
    let state = StateBody::new(&name(), &paused(), at(20, 30, 0));
    assert_golden(fixture!("state"), &state);
    assert_tolerant::<StateBody>(fixture!("state"));
    let time: TimeBody = serde_json::from_str(fixture!("state").1).unwrap();
    let short = TimeBody::new(&paused(), at(20, 30, 0));
    assert_eq!(time, TimeBody { rundown_url: state.rundown_url.clone(), ..short }, "a state always has the URL");
    assert_eq!(state.timeline().unwrap(), paused().timeline());
}

#[test]
fn operator_answers_are_golden() {
    let answer = CommandAnswer {
        rev: paused().rev(),
        effective_at: paused().last_change().effective_at(),
        replaced: false,
        unchanged: false,
        reverted: None,
        state: StateBody::new(&name(), &paused(), at(20, 0, 0)),
        delivery: DeliveryReport { hubs: 4, acked: 4, sockets: 18_342, ms: 41, ..DeliveryReport::default() },
        clock: None,
        anchor: Some(anchor()),
    };
    assert_golden(fixture!("command-answer"), &answer);
    assert_tolerant::<CommandAnswer>(fixture!("command-answer"));
    let clock = ClockReport { worker: at(20, 0, 0), object: at(21, 0, 0) };
    let both = CommandAnswer { clock: Some(clock), ..answer };
    let text = serde_json::to_string(&both).unwrap();
    assert!(text.contains(r#""clock":{"worker":1704070800000,"object":1704074400000},"anchor":{"#), "{text}");
    let body = StateBody::new(&name(), &paused(), at(20, 0, 0));
    let extras = StateExtras { clock: both.clock, anchor: both.anchor };
    let text = extras.text(&body);
    assert_eq!(serde_json::from_str::<StateBody>(&text).unwrap(), body);
    assert_eq!(serde_json::from_str::<StateExtras>(&text).unwrap(), extras);
    assert_eq!(StateExtras::default().text(&body), serde_json::to_string(&body).unwrap());
    let main = ListedEvent { name: name(), created_at: MADE_AT, archived: false };
    assert_golden(fixture!("event-list"), &EventList { events: vec![main] });
}

#[test]
fn the_audience_is_golden() {
    let hub = |hub, region, sockets, rev, late| HubAudience { hub, region, sockets, rev: Rev::new(rev), late };
    let sum = |region, answered, behind, sockets| RegionAudience { region, hubs: 1, answered, behind, sockets };
    let bounds =
        [(Some(5), 301), (Some(20), 180), (Some(50), 14), (Some(100), 7), (Some(250), 2), (Some(1_000), 0), (None, 1)];
    let bounds = bounds.map(|(within, viewers)| BoundCount { within: within.map(ms), viewers });
    let acks = Acks {
        rev: Rev::new(5),
        asked: 512,
        applied: 505,
        median: Some(41),
        p95: Some(120),
        elsewhere: 0,
        lack_rundown: 0,
        lack_emergency: 0,
        bounds: bounds.to_vec(),
    };
    let by_hub =
        vec![hub(0, Region::WestEurope, 2_000, 5, Some(120)), hub(1, Region::EastNorthAmerica, 1_408, 4, None)];
    let by_region = vec![
        sum(Region::WestEurope, 1, 0, 2_000),
        sum(Region::EastNorthAmerica, 1, 1, 1_408),
        sum(Region::WestNorthAmerica, 0, 0, 0),
        sum(Region::AsiaPacific, 0, 0, 0),
    ];
    let rev = Rev::new(5);
    let (untold, polling) = (Vec::new(), 0);
    let audience =
        Audience { rev, hubs: 4, answered: 2, sockets: 3_408, by_region, by_hub, acks: Some(acks), untold, polling };
    assert_golden(fixture!("audience"), &audience);
    assert_tolerant::<Audience>(fixture!("audience"));
    let by_region = vec![sum(Region::WestEurope, 0, 0, 0), sum(Region::EastNorthAmerica, 0, 0, 0)];
    let untold = |region, sockets| Untold { region, hubs: 1, sockets, unknown: 0 };
    let untold = vec![untold(Region::WestEurope, 2_000), untold(Region::EastNorthAmerica, 1_408)];
    let silent = Audience { answered: 0, sockets: 0, by_region, by_hub: Vec::new(), acks: None, untold, ..audience };
    assert_golden(fixture!("audience-silent"), &silent);
}

#[test]
fn the_history_of_an_audience_is_golden() {
    let text = fixture!("audience-history").1;
    let history: AudienceHistory = serde_json::from_str(text).unwrap();
    assert_golden(fixture!("audience-history"), &history);
    assert_tolerant::<AudienceHistory>(fixture!("audience-history"));
    // The worker writes it from samples as it saved them, which name no hub.
    let samples = history.samples.iter().map(|AudienceSample { at, audience }| {
        let hub = HubAudience { hub: 0, region: Region::WestEurope, sockets: 1, rev: Rev::new(5), late: None };
        audience::history::sample(*at, Audience { by_hub: vec![hub], ..audience.clone() })
    });
    assert_eq!(audience::history::text(&samples.collect::<Vec<_>>().join(",")), compact(text));
}

#[test]
fn what_travels_through_a_socket_is_golden() {
    let state = StateBody::new(&name(), &paused(), at(20, 30, 0));
    let body = serde_json::to_string(&state).unwrap();
    let frame = StateFrame { kind: StateKind::State, state, hub: 2, ack: true };
    assert_golden(fixture!("live-state"), &frame);
    assert_tolerant::<StateFrame>(fixture!("live-state"));
    assert_eq!(StateFrame::of_body(&body, 2, true), compact(fixture!("live-state").1));
    let applied_at = at(20, 0, 0) + ms(541);
    let bound = Some(ms(4));
    let ack = Ack { kind: AckKind::Ack, rev: paused().rev(), applied_at, bound, rundown: None, emergency: None };
    assert_golden(fixture!("live-ack"), &ack);
    assert_eq!(Ack::new(paused().rev(), applied_at).within(ms(4)), ack);
    assert_eq!(Ack::parse(fixture!("live-ack").1), Some(ack));
}

#[test]
fn the_log_page_is_golden_and_its_chain_holds() {
    let page = LogPage { entries: log(), more: false, anchor: Some(anchor()) };
    assert_golden(fixture!("log-page"), &page);
    let read: LogPage = serde_json::from_str(fixture!("log-page").1).unwrap();
    assert_eq!(log::first_broken(&read.entries), None);
    assert_eq!(read.entries.last().unwrap().prev, log::CHAIN_START);
}

#[test]
fn the_rundown_pointer_is_golden() {
    let event = begun();
    let digest = event.rundown().unwrap();
    let pointer = RundownPointer {
        epoch: event.epoch().clone(),
        rev: event.rev(),
        rundown: Some(digest),
        url: Some(Route::Rundown(name(), digest).path()),
        integrity: Some(rundown::integrity(digest)),
        bytes: Some(512),
    };
    assert_golden(fixture!("rundown-pointer"), &pointer);
    assert_tolerant::<RundownPointer>(fixture!("rundown-pointer"));
}

#[test]
fn the_list_of_stored_rundowns_is_golden() {
    let stored = StoredRundown {
        rundown: begun().rundown().unwrap(),
        bytes: 512,
        stored_at: MADE_AT,
        version: "7e1f2f3b4a5c6d7e8f90a1b2c3d4e5f6".to_owned(),
    };
    assert_golden(fixture!("rundown-page"), &RundownPage { rundowns: vec![stored], more: false });
    assert_tolerant::<RundownPage>(fixture!("rundown-page"));
}

#[test]
fn a_stores_pointer_is_golden_and_its_beginning_reads_as_the_workers() {
    let event = begun();
    let digest = event.rundown().unwrap();
    let publication = Publication {
        epoch: event.epoch().clone(),
        rev: event.rev(),
        rundown: digest,
        url: Publication::relative_url(digest),
        integrity: rundown::integrity(digest),
        bytes: 512,
        nonce: "0198c7f2a1".parse().unwrap(),
        actor: "maria".to_owned(),
        reason: Some("the second song is longer".to_owned()),
        at: MADE_AT,
        previous: Some(downbeat_core::Digest::from_bytes([7; 32])),
        is_rollback: false,
    };
    assert!(publication.is_consistent());
    assert_golden(fixture!("publication"), &publication);
    assert_tolerant::<Publication>(fixture!("publication"));
    let pointer: RundownPointer = serde_json::from_str(fixture!("publication").1).unwrap();
    assert_eq!((pointer.rev, pointer.rundown, pointer.bytes), (event.rev(), Some(digest), Some(512)));
}

#[test]
fn notes_are_golden() {
    let notes = Notes::new(vec![
        CueNotes { cue: "song1".to_owned(), owner: Some("Luís".to_owned()), ..CueNotes::default() },
        CueNotes {
            cue: "burst".to_owned(),
            note: Some("only after the conductor nods".to_owned()),
            owner: Some("Ana".to_owned()),
            group: Some("act 1".to_owned()),
            flags: vec!["rehearse".to_owned()],
        },
    ]);
    assert_golden(fixture!("notes"), &notes);
    assert_tolerant::<Notes>(fixture!("notes"));
    assert_eq!(Notes::parse(fixture!("notes").1.as_bytes()).unwrap(), notes);
}

#[test]
fn the_token_entry_is_golden() {
    let token = Token::new("maria-1".parse().unwrap(), [0xa5; 32]);
    let entry = TokenEntry {
        id: token.id().clone(),
        sha256: token.sha256(),
        scopes: vec![Scope::Operate, Scope::Publish, Scope::Read],
        events: None,
        expires: Some(ServerTime::from_millis(1_735_689_600_000)),
    };
    assert_golden(fixture!("token-entry"), &entry);
    assert_tolerant::<TokenEntry>(fixture!("token-entry"));
}

#[test]
fn problems_are_golden() {
    let parse = |body: &str| command::parse(body.as_bytes(), "maria").unwrap_err();
    let refused = |refusal| refusal::problem(&refusal, &name(), Some(&paused()), at(20, 30, 0));
    for (fixture, code, problem) in [
        (fixture!("problem-stale"), Code::Stale, refused(stale())),
        (fixture!("problem-conflict"), Code::Conflict, refused(downbeat_core::Refusal::NotEnded)),
        (fixture!("problem-malformed-json"), Code::MalformedJson, parse("{\n  \"command\": pause\n}")),
        (fixture!("problem-unknown-command"), Code::UnknownCommand, parse(r#"{"command":"stop","id":"1"}"#)),
        (fixture!("problem-invalid-field"), Code::InvalidField, parse(r#"{"command":"seek","id":"1"}"#)),
        (
            fixture!("problem-unknown-event"),
            Code::UnknownEvent,
            Problem::new(Code::UnknownEvent, "there is no event \"gala\"; make it with PUT /v1/events/gala"),
        ),
        (
            fixture!("problem-unauthorized"),
            Code::Unauthorized,
            Problem::new(Code::Unauthorized, "give a token: Authorization: Bearer dbt_<id>_<secret>"),
        ),
        (
            fixture!("problem-unavailable"),
            Code::Unavailable,
            Problem::new(Code::Unavailable, "the event does not answer right now; try again"),
        ),
    ] {
        assert!(problem.is(code), "{}", problem.code);
        assert_golden(fixture, &problem);
        assert_eq!(problem.to_json(), compact(fixture.1));
    }
}

#[test]
fn commands_are_golden() {
    let fixtures = [
        fixture!("command-pause"),
        fixture!("command-resume"),
        fixture!("command-seek"),
        fixture!("command-rate"),
        fixture!("command-announce"),
        fixture!("command-clear"),
        fixture!("command-reschedule"),
        fixture!("command-end"),
        fixture!("command-reopen"),
        fixture!("command-rundown"),
        fixture!("command-undo"),
        fixture!("command-redo"),
    ];
    for ((name, text), request) in fixtures.into_iter().zip(requests()) {
        assert_eq!(name, format!("command-{}", request.command.name()));
        // Whoever writes a command orders its members as they like.
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(command::parse(text.as_bytes(), "nobody"), Ok(request.clone()), "{name}");
        assert_eq!(command::body(&request), value, "{name}");
    }
    assert_eq!(fixtures.len(), downbeat_core::Command::NAMES.len());
}

#[test]
fn the_configuration_is_golden() {
    let (_, text) = fixture!("configuration");
    let (configuration, actor) = configuration::parse(text.as_bytes()).unwrap();
    let origins = Some(vec!["https://gala.example".to_owned()]);
    let expected = downbeat_core::Configuration { origins, ..evening::configuration() };
    assert_eq!((&configuration, actor.as_deref()), (&expected, Some("maria")));
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(configuration::body(&configuration, "maria"), value);
}

#[test]
fn compacting_leaves_strings_alone() {
    assert_eq!(compact("{ \"a b\\\" c\" :\n[ 1 , \"\\\\\" ] }"), "{\"a b\\\" c\":[1,\"\\\\\"]}");
}
