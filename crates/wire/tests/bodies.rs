//! What people and programs send: read back as it was meant, or refused with its place.

use downbeat_core::event::{EmergencyChannel, EmergencyKey, HubCount};
use downbeat_core::message::{Draft, Words};
use downbeat_core::*;
use downbeat_wire::problem::Code;
use downbeat_wire::{Problem, command, configuration};
use proptest::collection::btree_map;
use proptest::prelude::*;
use serde_json::{Value, json};

fn refused(body: &str) -> Problem {
    command::parse(body.as_bytes(), "maria").expect_err(body)
}
fn parsed(body: &str) -> Request {
    command::parse(body.as_bytes(), "maria").unwrap_or_else(|problem| panic!("{body}: {problem}"))
}
fn pointer(problem: &Problem) -> Option<&str> {
    problem.more.get("pointer").and_then(Value::as_str)
}

#[test]
fn malformed_json_is_refused_with_its_line_and_column() {
    for (body, line, column) in [
        ("{\"command\":pause}", 1, 12),
        ("{\n \"command\": \"pause\",\n}", 3, 1),
        ("", 1, 0),
        ("{\"command\":\"pause\"} x", 1, 21),
    ] {
        let problem = refused(body);
        assert!(problem.is(Code::MalformedJson), "{body}: {problem:?}");
        assert_eq!(problem.status, 400);
        assert_eq!((&problem.more["line"], &problem.more["column"]), (&json!(line), &json!(column)), "{body}");
    }
}

#[test]
fn a_body_that_is_no_text_is_refused_with_the_place() {
    let problem = command::parse(b"{\"command\":\"\xff\"}", "maria").unwrap_err();
    assert!(problem.is(Code::MalformedJson));
    assert_eq!((&problem.more["line"], &problem.more["column"]), (&json!(1), &json!(13)), "{problem}");
}

#[test]
fn a_body_nested_without_end_is_refused_and_not_a_fault() {
    assert!(refused(&"[".repeat(100_000)).is(Code::MalformedJson));
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    for body in ["[]", "\"pause\"", "null", "7"] {
        let problem = refused(body);
        assert!(problem.is(Code::InvalidField), "{body}: {problem:?}");
        assert_eq!((problem.status, pointer(&problem)), (422, Some("")));
        assert!(configuration::parse(body.as_bytes()).unwrap_err().is(Code::InvalidField));
    }
}

#[test]
fn an_unknown_command_is_refused_with_the_known_ones() {
    for name in ["stop", "Pause", "", &"x".repeat(100_000)] {
        let problem = refused(&json!({"command": name, "id": "1"}).to_string());
        assert!(problem.is(Code::UnknownCommand), "{problem:?}");
        assert_eq!(problem.status, 422);
        assert_eq!(problem.more["known"], json!(Command::NAMES));
        assert!(problem.detail.contains("pause, resume, seek") && problem.detail.len() < 250, "{}", problem.detail);
    }
}

#[test]
fn each_field_that_is_missing_or_wrong_is_pointed_at() {
    let too_long = format!(r#"{{"command":"clear","id":"1","reason":"{}"}}"#, "é".repeat(501));
    let actor_too_long = format!(r#"{{"command":"clear","id":"1","actor":"{}"}}"#, "é".repeat(101));
    for (body, at, says) in [
        (r#"{"id":"1"}"#, "/command", "name one of: pause"),
        (r#"{"command":7,"id":"1"}"#, "/command", "wrong"),
        (r#"{"command":"pause"}"#, "/id", "make one per command"),
        (r#"{"command":"pause","id":null}"#, "/id", "missing"),
        (r#"{"command":"pause","id":""}"#, "/id", "1 to 64"),
        (r#"{"command":"pause","id":"a b"}"#, "/id", "1 to 64"),
        (r#"{"command":"pause","id":7}"#, "/id", "wrong"),
        (r#"{"command":"seek","id":"1"}"#, "/position", "milliseconds"),
        (r#"{"command":"seek","id":"1","position":"1:00"}"#, "/position", "wrong"),
        (r#"{"command":"seek","id":"1","position":1.5}"#, "/position", "wrong"),
        (r#"{"command":"seek","id":"1","position":9223372036854775807}"#, "/position", "milliseconds"),
        (r#"{"command":"rate","id":"1"}"#, "/rate", "factor"),
        (r#"{"command":"rate","id":"1","rate":"fast"}"#, "/rate", "wrong"),
        (r#"{"command":"rate","id":"1","rate":-1}"#, "/rate", "0 (held) to 16"),
        (r#"{"command":"rate","id":"1","rate":16.001}"#, "/rate", "0 (held) to 16"),
        (r#"{"command":"announce","id":"1"}"#, "/message", "\"clear\""),
        (r#"{"command":"announce","id":"1","message":["a"]}"#, "/message", "neither a text nor"),
        (r#"{"command":"pause","id":"1","message":7}"#, "/message", "neither a text nor"),
        (r#"{"command":"end","id":"1","message":{"en":7}}"#, "/message/en", "not a text"),
        (r#"{"command":"end","id":"1","message":{"en_US":"x"}}"#, "/message/en_US", "language tag"),
        (r#"{"command":"end","id":"1","message":{"a/b~c":"x"}}"#, "/message/a~1b~0c", "language tag"),
        (r#"{"command":"pause","id":"1","message":"x","severity":"bad"}"#, "/severity", "minor"),
        (r#"{"command":"reschedule","id":"1"}"#, "/startsAt", "since 1970"),
        (r#"{"command":"reschedule","id":"1","startsAt":"19:00"}"#, "/startsAt", "wrong"),
        (r#"{"command":"reschedule","id":"1","startsAt":-1}"#, "/startsAt", "not a time"),
        (r#"{"command":"rundown","id":"1"}"#, "/rundown", "or null"),
        (r#"{"command":"rundown","id":"1","rundown":"abc"}"#, "/rundown", "64 digits"),
        (r#"{"command":"clear","id":"1","ifRev":-1}"#, "/ifRev", "wrong"),
        (r#"{"command":"clear","id":"1","at":253402300800000}"#, "/at", "not a time"),
        (r#"{"command":"clear","id":"1","actor":7}"#, "/actor", "wrong"),
        (too_long.as_str(), "/reason", "501 characters, at most 500"),
        (actor_too_long.as_str(), "/actor", "101 characters, at most 100"),
    ] {
        let problem = refused(body);
        assert!(problem.is(Code::InvalidField), "{body}: {problem:?}");
        assert_eq!((problem.status, pointer(&problem)), (422, Some(at)), "{body}: {problem:?}");
        assert!(problem.detail.contains(says), "{body}: {}", problem.detail);
    }
}

#[test]
fn the_place_of_a_wrong_locale_is_no_longer_than_a_line() {
    let problem = refused(&json!({"command": "end", "id": "1", "message": {"x".repeat(100_000): "x"}}).to_string());
    assert!(problem.to_json().len() < 1_000);
}

#[test]
fn a_wrong_value_is_echoed_no_longer_than_a_line() {
    let long = "x".repeat(100_000);
    for field in ["id", "position", "severity", "startsAt", "rundown", "at"] {
        for name in ["seek", "pause", "reschedule", "rundown"] {
            let mut body =
                json!({"command": name, "id": "1", "position": 0, "startsAt": 0, "rundown": null, "message": "x"});
            body[field] = json!(long);
            if let Err(problem) = command::parse(body.to_string().as_bytes(), "maria") {
                assert!(problem.to_json().len() < 1_000, "{field}: {}", problem.detail.len());
            }
        }
    }
}

#[test]
fn each_wrong_field_of_a_configuration_is_pointed_at() {
    for (body, at) in [
        (r#"{"startsAt":"2026"}"#, "/startsAt"),
        (r#"{"duration":"1 h"}"#, "/duration"),
        (r#"{"title":7}"#, "/title"),
        (r#"{"locale":"e"}"#, "/locale"),
        (r#"{"hubs":65536}"#, "/hubs"),
        (r#"{"hubs":-1}"#, "/hubs"),
        (r#"{"resync":1.5}"#, "/resync"),
        (r#"{"origins":"https://gala.example"}"#, "/origins"),
        (r#"{"origins":[7]}"#, "/origins"),
        (r#"{"emergency":"key"}"#, "/emergency"),
        (r#"{"emergency":{"url":"https://cdn.example.com/x"}}"#, "/emergency/key"),
        (r#"{"emergency":{"key":"abc","url":"https://cdn.example.com/x"}}"#, "/emergency/key"),
        (r#"{"emergency":{"key":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","url":7}}"#, "/emergency/url"),
        (r#"{"emergency":{"key":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","url":"http://a.b"}}"#, "/emergency/url"),
        (r#"{"archived":"yes"}"#, "/archived"),
        (r#"{"ifRev":"1"}"#, "/ifRev"),
        (r#"{"reason":["a"]}"#, "/reason"),
    ] {
        let problem = configuration::parse(body.as_bytes()).unwrap_err();
        assert!(problem.is(Code::InvalidField), "{problem:?}");
        assert_eq!(pointer(&problem), Some(at), "{problem:?}");
    }
    assert!(configuration::parse(b"{").unwrap_err().is(Code::MalformedJson));
}

#[test]
fn unknown_fields_are_tolerated() {
    let plain = parsed(r#"{"command":"clear","id":"1"}"#);
    assert_eq!(parsed(r#"{"command":"clear","id":"1","color":"red","position":"none of its business"}"#), plain);
    let (configuration, actor) = configuration::parse(br#"{"hubs":4,"color":"red"}"#).unwrap();
    assert_eq!(configuration, Configuration { hubs: Some(HubCount::Fixed(4)), ..Configuration::default() });
    assert_eq!(actor, None);
}

#[test]
fn the_number_of_hubs_is_given_or_left_to_the_event() {
    let hubs = |body: &str| configuration::parse(body.as_bytes()).map(|(configuration, _)| configuration.hubs);
    for (body, expected) in [
        (r#"{"hubs":"auto"}"#, Some(HubCount::Auto { expected: None })),
        (r#"{"hubs":"auto","expected":80000}"#, Some(HubCount::Auto { expected: Some(80_000) })),
        (r#"{"expected":80000}"#, Some(HubCount::Auto { expected: Some(80_000) })),
        (r#"{"hubs":null,"expected":null}"#, None),
    ] {
        assert_eq!(hubs(body).unwrap(), expected, "{body}");
    }
    for (body, at) in [
        (r#"{"hubs":"many"}"#, "/hubs"),
        (r#"{"hubs":4.5}"#, "/hubs"),
        (r#"{"hubs":65536}"#, "/hubs"),
        (r#"{"hubs":"auto","expected":-1}"#, "/expected"),
        (r#"{"hubs":8,"expected":80000}"#, "/expected"),
    ] {
        assert_eq!(pointer(&hubs(body).unwrap_err()), Some(at), "{body}");
    }
}

#[test]
fn who_asks_is_the_token_s_owner_where_the_body_names_nobody() {
    assert_eq!(parsed(r#"{"command":"clear","id":"1"}"#).actor, "maria");
    assert_eq!(parsed(r#"{"command":"clear","id":"1","actor":null}"#).actor, "maria");
    assert_eq!(parsed(r#"{"command":"clear","id":"1","actor":""}"#).actor, "maria");
    assert_eq!(parsed(r#"{"command":"clear","id":"1","actor":"ines"}"#).actor, "ines");
}

#[test]
fn a_message_is_a_text_or_a_text_per_locale_and_mild_unless_said() {
    let message = |body| match parsed(body).command {
        Command::Announce { message } => message,
        other => panic!("{other:?}"),
    };
    let plain = Draft { words: Words::Plain("Soon".to_owned()), severity: Severity::Info };
    assert_eq!(message(r#"{"command":"announce","id":"1","message":"Soon"}"#), plain);
    let Draft { words: Words::PerLocale(texts), severity } =
        message(r#"{"command":"announce","id":"1","message":{"fr":"Bientôt","en":"Soon"},"severity":"critical"}"#)
    else {
        panic!("a text per locale");
    };
    assert_eq!((texts.len(), severity), (2, Severity::Critical));
    assert_eq!(texts[&"fr".parse().unwrap()], "Bientôt");
}

#[test]
fn null_means_no_rundown_no_duration_and_no_emergency_channel() {
    assert_eq!(
        parsed(r#"{"command":"rundown","id":"1","rundown":null}"#).command,
        Command::Rundown { rundown: None, url: None, is_rollback: false }
    );
    assert_eq!(configuration::parse(br#"{"duration":null}"#).unwrap().0.duration, Some(None));
    assert_eq!(configuration::parse(br#"{"emergency":null}"#).unwrap().0.emergency, Some(None));
    let nothing = configuration::parse(b"{}").unwrap().0;
    assert_eq!((nothing.duration, nothing.emergency), (None, None));
}

fn drafts() -> impl Strategy<Value = Draft> {
    let locales = "[a-z]{2,8}(-[A-Za-z0-9]{1,8}){0,2}".prop_map(|tag| tag.parse::<Locale>().unwrap());
    let words = prop_oneof![
        any::<String>().prop_map(Words::Plain),
        btree_map(locales, any::<String>(), 0..4).prop_map(Words::PerLocale),
    ];
    (words, prop::sample::select(&Severity::ALL[..])).prop_map(|(words, severity)| Draft { words, severity })
}

fn instants() -> impl Strategy<Value = ServerTime> {
    (0..=downbeat_core::time::SERVER_TIME_MS_MAX).prop_map(ServerTime::from_millis)
}

fn commands() -> impl Strategy<Value = Command> {
    let digests = any::<[u8; 32]>().prop_map(Digest::from_bytes);
    let positions = any::<i32>().prop_map(|ms| Position::from_millis(ms.into()));
    prop_oneof![
        prop::option::of(drafts()).prop_map(|message| Command::Pause { message }),
        Just(Command::Resume),
        positions.prop_map(|position| Command::Seek { position }),
        (0..=16_000_u16).prop_map(|rate| Command::Rate { rate: Rate::from_thousandths(rate).unwrap() }),
        drafts().prop_map(|message| Command::Announce { message }),
        Just(Command::Clear),
        instants().prop_map(|starts_at| Command::Reschedule { starts_at }),
        prop::option::of(drafts()).prop_map(|message| Command::End { message }),
        Just(Command::Reopen),
        (prop::option::of(digests), any::<bool>()).prop_map(|(rundown, is_rollback)| Command::Rundown {
            url: rundown.map(|rundown| format!("https://cdn.example.com/rundowns/{rundown}.json").parse().unwrap()),
            rundown,
            is_rollback,
        }),
        Just(Command::Undo { rev: None }),
        Just(Command::Undo { rev: Some(Rev::new(7)) }),
        Just(Command::Redo { rev: Some(Rev::new(8)) }),
        Just(Command::Redo { rev: None }),
    ]
}

prop_compose! {
    fn requests()(
        id in "[A-Za-z0-9._-]{1,64}",
        command in commands(),
        actor in ".{1,100}",
        reason in prop::option::of(".{0,500}"),
        if_rev in prop::option::of(any::<u64>()),
        at in prop::option::of(instants()),
    ) -> Request {
        Request { id: id.parse().unwrap(), command, actor, reason, if_rev: if_rev.map(Rev::new), at }
    }
}

fn channel(key: [u8; 32]) -> EmergencyChannel {
    EmergencyChannel { key: EmergencyKey::from_bytes(key), url: "http://localhost:8333/x".parse().unwrap() }
}

prop_compose! {
    fn configurations()(
        starts_at in prop::option::of(instants()),
        duration in prop::option::of(prop::option::of(any::<u32>())),
        title in prop::option::of(any::<String>()),
        hubs in prop::option::of(prop_oneof![
            any::<u16>().prop_map(HubCount::Fixed),
            any::<Option<u32>>().prop_map(|expected| HubCount::Auto { expected }),
        ]),
        resync in prop::option::of(any::<u32>()),
        origins in prop::option::of(prop::collection::vec(any::<String>(), 0..3)),
        emergency in prop::option::of(prop::option::of(any::<[u8; 32]>())),
        archived in any::<Option<bool>>(),
        if_rev in prop::option::of(any::<u64>()),
        reason in prop::option::of(".{0,500}"),
    ) -> Configuration {
        let span = |ms: u32| Span::from_millis(ms.into());
        Configuration {
            starts_at,
            duration: duration.map(|duration| duration.map(span)),
            title,
            locale: Some("zh-Hant".parse().unwrap()),
            hubs,
            resync: resync.map(span),
            origins,
            emergency: emergency.map(|key| key.map(channel)),
            archived,
            if_rev: if_rev.map(Rev::new),
            reason,
        }
    }
}

proptest! {
    #[test]
    fn a_command_is_read_back_as_it_was_written(request in requests()) {
        let body = command::body(&request).to_string();
        prop_assert_eq!(command::parse(body.as_bytes(), "nobody"), Ok(request));
    }

    #[test]
    fn a_configuration_is_read_back_as_it_was_written(configuration in configurations(), actor in ".{1,100}") {
        let body = configuration::body(&configuration, &actor).to_string();
        prop_assert_eq!(configuration::parse(body.as_bytes()), Ok((configuration, Some(actor))));
    }

    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = command::parse(&body, "maria");
        let _ = configuration::parse(&body);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_a_problem_and_no_panic(
        name in prop::sample::select(&Command::NAMES[..]),
        field in prop::sample::select(&["id", "position", "rate", "message", "severity", "startsAt", "rundown", "at"][..]),
        value in prop::sample::select(&["{}", "[]", "true", "1e400", "-1", "\"\"", "null", "1e15", "{\"en\":{}}"][..]),
    ) {
        // With `1e400` the whole body is no JSON, which is a problem, too.
        let body = format!(r#"{{"command":"{name}","id":"1","{field}":{value}}}"#);
        if let Err(problem) = command::parse(body.as_bytes(), "maria") {
            prop_assert!([400, 422].contains(&problem.status), "{}", problem);
        }
    }
}
