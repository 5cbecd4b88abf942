use super::*;
use downbeat_core::event::{EmergencyChannel, EmergencyKey};
use downbeat_core::message::{Draft, Words};
use downbeat_core::{Digest, Position, Rate, ServerTime, Severity};

fn grant(scopes: &[Scope], events: Option<&[&str]>) -> Grant {
    let events = events.map(|events| events.iter().map(|event| event.parse().unwrap()).collect());
    Grant { id: "maria".parse().unwrap(), scopes: scopes.to_vec(), events, expires: None }
}

/// Returns the scopes that suffice for a call, each alone.
fn suffice(method: &str, route: &Route) -> String {
    if access(method, route) == Access::Public {
        return "public".to_owned();
    }
    let all = Scope::ALL.into_iter().filter(|scope| grant(&[*scope], None).check_access(access(method, route)).is_ok());
    scope::listed(&all.collect::<Vec<_>>())
}

#[test]
fn each_call_needs_the_scope_of_this_table() {
    let event = || "main".parse().unwrap();
    let digest = Digest::from_bytes([7; 32]);
    let any = "operate, hold, publish, read, rooms, emergency, admin";
    let table = [
        ("GET", Route::Time, "public"),
        ("GET", Route::Key, "public"),
        ("GET", Route::EventTime(event()), "public"),
        ("GET", Route::Status(event()), "public"),
        ("GET", Route::Live(event()), "public"),
        ("GET", Route::RundownPointer(event()), "public"),
        ("GET", Route::Rundown(event(), digest), "public"),
        ("GET", Route::Event(event()), "public"),
        ("POST", Route::Emergency(event()), "public"),
        ("POST", Route::Token, "public"),
        ("GET", Route::Token, any),
        ("GET", Route::Tokens, "admin"),
        // What the body or the path decides, `token` says.
        ("POST", Route::Tokens, any),
        ("POST", Route::OneToken("ci".parse().unwrap()), "admin"),
        ("DELETE", Route::OneToken("ci".parse().unwrap()), any),
        ("GET", Route::Events, "read"),
        ("GET", Route::Log(event()), "read"),
        ("GET", Route::Audience(event()), "read"),
        ("GET", Route::AudienceHistory(event()), "read"),
        ("GET", Route::Metrics(event()), "read"),
        ("GET", Route::Rundowns(event()), "read"),
        ("PUT", Route::Event(event()), "operate, emergency"),
        ("DELETE", Route::Event(event()), "admin"),
        ("PUT", Route::Rundown(event(), digest), "publish"),
        ("DELETE", Route::Rundown(event(), digest), "publish"),
        ("GET", Route::Notes(event(), digest), "read"),
        ("PUT", Route::Notes(event(), digest), "publish"),
        ("POST", Route::Commands(event()), "operate, hold, publish, emergency"),
    ];
    for (method, route, expected) in &table {
        assert_eq!(suffice(method, route), *expected, "{method} {route:?}");
        // What reads needs as much without a body.
        if *method == "GET" {
            assert_eq!(access("HEAD", route), access("GET", route), "{route:?}");
        }
        assert_eq!(access("OPTIONS", route), Access::Public, "{route:?}");
        // An unknown method is never public where any other is not.
        let all_public = table.iter().filter(|(_, other, _)| other == route).all(|(.., who)| *who == "public");
        assert!(all_public || access("PATCH", route) != Access::Public || *route == Route::Token, "{route:?}");
    }
}

#[test]
fn any_token_has_devices_and_may_end_itself_and_all_else_about_tokens_needs_admin() {
    let hold = Grant { id: "maria".parse().unwrap(), scopes: vec![Scope::Hold], events: None, expires: None };
    let lead = Grant { scopes: vec![Scope::Admin], ..hold.clone() };
    assert!(hold.check_access(token(true)).is_ok());
    assert!(hold.check_access(token(false)).is_err());
    assert!(lead.check_access(token(false)).is_ok());
}

fn commands() -> Vec<Command> {
    let draft = || Draft { words: Words::Plain("x".to_owned()), severity: Severity::Info };
    vec![
        Command::Pause { message: None },
        Command::Resume,
        Command::Seek { position: Position::START },
        Command::Rate { rate: Rate::HELD },
        Command::Announce { message: draft() },
        Command::Clear,
        Command::Reschedule { starts_at: ServerTime::from_millis(1) },
        Command::End { message: None },
        Command::Reopen,
        Command::Rundown { rundown: None, url: None, is_rollback: false },
        Command::Undo { rev: None },
        Command::Redo { rev: None },
    ]
}

/// What each command needs: the one table of commands and scopes.
const TABLE: [(&str, Option<Scope>); 12] = [
    ("pause", Some(Scope::Hold)),
    ("resume", Some(Scope::Hold)),
    ("seek", Some(Scope::Operate)),
    ("rate", Some(Scope::Operate)),
    ("announce", Some(Scope::Hold)),
    ("clear", Some(Scope::Hold)),
    ("reschedule", Some(Scope::Operate)),
    ("end", Some(Scope::Operate)),
    ("reopen", Some(Scope::Operate)),
    ("rundown", Some(Scope::Publish)),
    ("undo", None),
    ("redo", None),
];

#[test]
fn each_command_needs_the_scope_of_this_table() {
    let named: Vec<&str> = TABLE.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, Command::NAMES, "a new command belongs into the table");
    for (one, (name, scope)) in commands().iter().zip(TABLE) {
        assert_eq!((one.name(), command(one)), (name, scope));
        // Whoever may send a command gets past the check that comes before the body is read.
        let alone = grant(&[scope.unwrap_or(Scope::Hold)], None);
        assert!(alone.check_access(COMMANDS).is_ok(), "{name}");
    }
}

#[test]
fn an_undo_needs_what_the_undone_change_needed() {
    let of = |change, rundown, emergency| undo(&Undoable { change, rundown, emergency });
    for (name, scope) in TABLE {
        // Redo: core names the change, never "undo"; a state of an older version may.
        assert_eq!(of(name, name == "rundown", false)[0], scope.unwrap_or(Scope::Operate), "{name}");
    }
    for change in ["configure", "archive", "unarchive", "create", "emergency", "undo", "of-tomorrow"] {
        assert_eq!(of(change, false, false), [Scope::Operate], "{change}");
        assert_eq!(of(change, true, true), [Scope::Operate, Scope::Publish, Scope::Emergency], "{change}");
    }
    assert_eq!(of("rundown", true, false), [Scope::Publish]);
    assert_eq!(of("pause", true, false), [Scope::Hold, Scope::Publish]);
}

#[test]
fn the_emergency_key_needs_its_own_scope_and_everything_else_operate() {
    let channel = EmergencyChannel {
        key: EmergencyKey::from_bytes([7; 32]),
        url: "https://cdn.example.com/events/main/current.json".parse().unwrap(),
    };
    let title = || Configuration { title: Some("x".to_owned()), ..Configuration::default() };
    assert_eq!(configuration(&Configuration::default()), [Scope::Operate]);
    assert_eq!(configuration(&title()), [Scope::Operate]);
    let archive = Configuration { archived: Some(true), ..Configuration::default() };
    assert_eq!(configuration(&archive), [Scope::Operate]);
    for emergency in [Some(Some(channel)), Some(None)] {
        let alone = Configuration { emergency: emergency.clone(), ..Configuration::default() };
        assert_eq!(configuration(&alone), [Scope::Emergency]);
        let both = Configuration { emergency, ..title() };
        assert_eq!(configuration(&both), [Scope::Operate, Scope::Emergency]);
    }
    let caller = grant(&[Scope::Operate], None).caller();
    let refused = caller.check(&[Scope::Operate, Scope::Emergency]).unwrap_err();
    assert_eq!((refused.status, refused.more["scope"].as_str()), (403, Some("emergency")));
    assert!(refused.detail.contains("does not include it"), "{}", refused.detail);
}

#[test]
fn a_token_of_some_events_is_refused_for_the_others() {
    let gala = grant(&[Scope::Operate], Some(&["gala-*", "main"]));
    for (event, allowed) in [("gala-2", true), ("main", true), ("gala", false), ("main-2", false)] {
        assert_eq!(gala.check_event(&event.parse().unwrap()).is_ok(), allowed, "{event}");
    }
    let refused = gala.check_event(&"other".parse().unwrap()).unwrap_err();
    assert_eq!((refused.status, refused.more["event"].as_str()), (403, Some("other")));
    assert!(refused.detail.ends_with("it is for: gala-*, main"), "{}", refused.detail);
    assert!(grant(&[], None).check_event(&"other".parse().unwrap()).is_ok());
    assert!(grant(&[], Some(&[])).check_event(&"other".parse().unwrap()).is_err());
}

#[test]
fn a_caller_is_read_back_as_it_was_written() {
    for scopes in [&[][..], &[Scope::Hold], &Scope::ALL] {
        let caller = grant(scopes, None).caller();
        assert_eq!(Caller::parse(&caller.to_string()), caller, "{caller}");
    }
    assert_eq!(Caller::parse("maria"), grant(&[Scope::Operate], None).caller(), "an older worker's");
    assert!(Caller::parse("maria hold").check(&[Scope::Hold]).is_ok());
    assert!(Caller::parse("maria hold").check(&[Scope::Operate]).is_err());
    assert!(Caller::parse("maria operate").check(&[Scope::Hold]).is_ok());
}
