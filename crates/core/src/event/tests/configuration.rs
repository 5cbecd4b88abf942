use super::*;
use crate::event::limits::{HUBS_MAX, ORIGINS_MAX, RESYNC_MAX, RESYNC_MIN, TITLE_CHARS_MAX};
use crate::fanout::Occupancy;

fn starts(starts_at: ServerTime) -> Configuration {
    Configuration { starts_at: Some(starts_at), ..Configuration::default() }
}
fn create(configuration: Configuration) -> Result<EventState, Refusal> {
    EventState::create(configuration, "e1".parse().unwrap(), "maria", at(18, 0, 0))
}

#[test]
fn a_new_event_has_the_first_revision_and_the_defaults() {
    let event = create(starts(at(19, 0, 0))).unwrap();
    assert_eq!((event.rev(), event.epoch().as_str(), event.title()), (Rev::FIRST, "e1", ""));
    assert_eq!((event.duration(), event.rundown(), event.ended_at()), (None, None, None));
    assert_eq!((event.locale().as_str(), event.delivery().hubs), ("en", 4));
    assert_eq!(event.delivery().resync, ms(300_000));
    assert_eq!((event.last_change().name(), event.last_change().actor()), ("create", "maria"));
    assert_eq!(event.message(at(19, 0, 0)), None);
}

#[test]
fn a_new_event_needs_a_start_which_may_be_past() {
    assert_eq!(create(Configuration::default()), Err(Refusal::NoStart));
    let late = create(starts(at(17, 0, 0))).unwrap();
    assert_eq!((late.status(at(18, 0, 0)), late.position(at(18, 0, 0))), (Status::Running, pos(1, 0, 0)));
}

#[test]
fn every_value_has_its_range() {
    let day = 86_400_000;
    let duration = |span| Configuration { duration: Some(Some(span)), ..starts(at(19, 0, 0)) };
    let hubs = |hubs| Configuration { hubs: Some(HubCount::Fixed(hubs)), ..starts(at(19, 0, 0)) };
    let resync = |resync| Configuration { resync: Some(resync), ..starts(at(19, 0, 0)) };
    let title = |chars| Configuration { title: Some("é".repeat(chars)), ..starts(at(19, 0, 0)) };
    for good in [
        duration(ms(1_000)),
        duration(ms(366 * day)),
        hubs(1),
        hubs(HUBS_MAX),
        resync(RESYNC_MIN),
        resync(RESYNC_MAX),
        title(TITLE_CHARS_MAX),
    ] {
        assert!(create(good.clone()).is_ok(), "{good:?}");
    }
    for (bad, refusal) in [
        (duration(ms(999)), Refusal::Duration { duration: ms(999) }),
        (duration(ms(-1_000)), Refusal::Duration { duration: ms(-1_000) }),
        (duration(ms(366 * day + 1)), Refusal::Duration { duration: ms(366 * day + 1) }),
        (hubs(0), Refusal::Hubs { hubs: 0 }),
        (hubs(HUBS_MAX + 1), Refusal::Hubs { hubs: HUBS_MAX + 1 }),
        (resync(ms(29_999)), Refusal::Resync { resync: ms(29_999) }),
        (resync(ms(3_600_001)), Refusal::Resync { resync: ms(3_600_001) }),
        (title(TITLE_CHARS_MAX + 1), Refusal::Title { chars: TITLE_CHARS_MAX + 1 }),
    ] {
        assert_eq!(create(bad.clone()), Err(refusal.clone()));
        let mut event = create(starts(at(19, 0, 0))).unwrap();
        let before = event.clone();
        assert_eq!(event.handle_configuration(bad, "maria", at(18, 1, 0)), Err(refusal));
        assert_eq!(event, before);
    }
}

#[test]
fn a_configuration_changes_what_it_names_and_nothing_else() {
    let mut evening = Evening::with(Configuration {
        title: Some("Gala".to_owned()),
        duration: Some(Some(ms(5_400_000))),
        ..Configuration::default()
    });
    let change = Configuration {
        hubs: Some(HubCount::Fixed(8)),
        resync: Some(ms(60_000)),
        locale: Some("fr".parse().unwrap()),
        reason: Some("more viewers".to_owned()),
        ..Configuration::default()
    };
    assert_eq!(evening.event.handle_configuration(change, "ines", at(18, 1, 0)), Ok(true));
    let event = &evening.event;
    assert_eq!((event.rev(), event.delivery().hubs, event.delivery().resync), (Rev::new(2), 8, ms(60_000)));
    assert_eq!((event.title(), event.duration(), event.locale().as_str()), ("Gala", Some(ms(5_400_000)), "fr"));
    assert_eq!((event.starts_at(), event.last_change().name()), (at(19, 0, 0), "configure"));
    assert_eq!((event.last_change().actor(), event.last_change().reason()), ("ines", Some("more viewers")));
    evening.assert_survives_json();

    let unknown = Configuration { duration: Some(None), ..Configuration::default() };
    assert_eq!(evening.event.handle_configuration(unknown, "ines", at(18, 2, 0)), Ok(true));
    assert_eq!(evening.event.duration(), None);
}

#[test]
fn a_configuration_that_changes_nothing_makes_no_revision() {
    let mut evening = Evening::new();
    let before = evening.event.clone();
    // The same start is no move, so it may be said again though the event has begun.
    let same = Configuration { hubs: Some(HubCount::Auto { expected: None }), ..starts(at(19, 0, 0)) };
    assert_eq!(evening.event.handle_configuration(same, "maria", at(19, 30, 0)), Ok(false));
    assert_eq!(evening.event, before);
}

#[test]
fn a_stale_configuration_is_refused() {
    let mut evening = Evening::new();
    evening.apply(Command::Clear, at(18, 1, 0));
    let before = evening.event.clone();
    let stale = Configuration { hubs: Some(HubCount::Fixed(8)), if_rev: Some(Rev::FIRST), ..Configuration::default() };
    let refusal = evening.event.handle_configuration(stale.clone(), "maria", at(18, 2, 0));
    assert_eq!(refusal, Err(Refusal::Stale { if_rev: Rev::FIRST, rev: Rev::new(2) }));
    assert_eq!(evening.event, before);
    let right = Configuration { if_rev: Some(Rev::new(2)), ..stale };
    assert_eq!(evening.event.handle_configuration(right, "maria", at(18, 2, 0)), Ok(true));
}

#[test]
fn a_configured_start_follows_the_rules_of_reschedule() {
    let mut evening = Evening::new();
    let before = evening.event.clone();
    let refusal = evening.event.handle_configuration(starts(at(20, 0, 0)), "maria", at(19, 0, 0));
    assert_eq!(refusal, Err(Refusal::HasBegun { position: Position::START }));
    let refusal = evening.event.handle_configuration(starts(at(18, 0, 0)), "maria", at(18, 30, 0));
    assert_eq!(refusal, Err(Refusal::StartsInThePast { starts_at: at(18, 0, 0), now: at(18, 30, 0) }));
    assert_eq!(evening.event, before);
    assert_eq!(evening.event.handle_configuration(starts(at(20, 0, 0)), "maria", at(18, 30, 0)), Ok(true));
    assert_eq!(evening.status(at(19, 59, 59)), Status::Scheduled);
    assert_eq!(evening.status(at(20, 0, 0)), Status::Running);
}

fn origins(origins: &[&str]) -> Configuration {
    let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    Configuration { origins: Some(origins), ..starts(at(19, 0, 0)) }
}

#[test]
fn an_event_admits_the_sites_it_names_and_every_site_if_it_names_none() {
    let open = create(starts(at(19, 0, 0))).unwrap();
    assert!(open.admits(Some("https://anywhere.example")) && open.admits(None));
    let event = create(origins(&["https://gala.example", "http://127.0.0.1:5173"])).unwrap();
    assert!(event.admits(Some("https://gala.example")) && event.admits(Some("http://127.0.0.1:5173")));
    // A program names no origin, and no browser can be made to leave it out.
    assert!(event.admits(None));
    for other in ["https://gala.example.evil", "http://gala.example", "https://gala.example:8443", "null", ""] {
        assert!(!event.admits(Some(other)), "{other}");
    }
}

#[test]
fn what_is_no_origin_is_refused_with_its_place() {
    for bad in ["gala.example", "https://", "https://gala.example/", "https://Gala.example", "ftp://x", "*", "null"] {
        let refusal = create(origins(&["https://gala.example", bad])).unwrap_err();
        assert_eq!(refusal, Refusal::Origin { index: 1, origin: bad.to_owned() });
    }
    let long = format!("https://{}", "x".repeat(193));
    let cut = long[..200].to_owned();
    assert_eq!(create(origins(&[&long])), Err(Refusal::Origin { index: 0, origin: cut.clone() }));
    assert!(create(origins(&[&cut])).is_ok());
    assert!(create(origins(&["https://gala.example"; ORIGINS_MAX])).is_ok());
    let many = create(origins(&["https://gala.example"; ORIGINS_MAX + 1]));
    assert_eq!(many, Err(Refusal::Origins { count: ORIGINS_MAX + 1 }));
}

#[test]
fn an_event_adds_hubs_as_they_fill_and_changes_nothing_else() {
    let mut evening = Evening::new();
    let before = evening.event.clone();
    let mut occupancy = Occupancy::default();
    occupancy.handle_report(0, 100);
    assert!(!evening.event.handle_occupancy(&occupancy, 200));
    assert_eq!(evening.event, before);
    occupancy.handle_report(0, 120);
    assert!(evening.event.handle_occupancy(&occupancy, 200));
    assert_eq!((evening.event.rev(), evening.event.delivery().hubs), (before.rev(), 7));
    assert!(evening.event.has_grown_since(&before) && !before.has_grown_since(&evening.event));
    assert!(!evening.event.handle_occupancy(&occupancy, 200), "once is enough");
    evening.assert_survives_json();

    // A change that is undone sends nobody away.
    evening.apply(Command::Pause { message: None }, at(19, 30, 0));
    evening.apply(UNDO, at(19, 31, 0));
    assert_eq!(evening.event.delivery().hubs, 7);
}

#[test]
fn an_expected_audience_finds_its_hubs_before_the_doors_open() {
    let auto = |expected| Configuration { hubs: Some(HubCount::Auto { expected }), ..Configuration::default() };
    let mut event = create(Configuration { starts_at: Some(at(19, 0, 0)), ..auto(Some(80_000)) }).unwrap();
    assert_eq!(event.delivery().hubs, 67);
    // Fewer are expected: the hubs stay, since viewers may be on them.
    assert_eq!(event.handle_configuration(auto(Some(100)), "maria", at(18, 1, 0)), Ok(true));
    assert_eq!(event.delivery().hubs, 67);
    assert_eq!(event.delivery().sizing, Sizing::Auto { expected: Some(100) });
}

#[test]
fn a_fixed_number_of_hubs_stays() {
    let fixed = Configuration { hubs: Some(HubCount::Fixed(4)), ..starts(at(19, 0, 0)) };
    let mut event = create(fixed).unwrap();
    let mut occupancy = Occupancy::default();
    occupancy.handle_report(0, 9_000);
    assert!(!event.handle_occupancy(&occupancy, 200));
    assert_eq!(event.delivery().hubs, 4);
    // A state from before there was a choice has none, and its number stays too.
    let old: Delivery = serde_json::from_str(r#"{"hubs":4,"resync":300000}"#).unwrap();
    assert_eq!(old, event.delivery());
}
