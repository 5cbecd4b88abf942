//! An example for tests: an event that was paused a minute after its beginning, seven seconds ago.

use std::sync::Arc;

use downbeat_core::clock::Reading;
use downbeat_core::fanout::Region;
use downbeat_core::session::Connection;
use downbeat_core::{LocalTime, Rev, Span as Time};
use downbeat_wire::audience::{Acks, HubAudience, Untold};
use downbeat_wire::{Audience, LogEntry, StateBody};
use serde_json::json;

use super::model::Model;
use super::update::Update;
use crate::audience;
use crate::standing::tests::START;

/// The instant at which the example is seen.
pub(super) const NOW: LocalTime = LocalTime::from_micros(0);

/// Returns the example.
pub(super) fn model() -> Model {
    let sheet = r#"[
        { "time": "0:01:05.000", "action": "fireworks" },
        { "time": "0:01:30.000", "action": "text", "id": "goodbye" },
        { "time": "0:02:00.000", "action": "lights", "id": "house" }
    ]"#;
    let rundown = downbeat_sheet::compile(sheet).rundown.unwrap();
    let start = START.as_millis();
    let state: StateBody = serde_json::from_value(json!({
        "serverTime": start, "status": "paused", "message": "Back soon", "epoch": "k3v9x2m4", "rev": 13,
        "timeline": [
            { "from": start, "position": 0, "rate": 1 }, { "from": start + 63_120, "position": 63_120, "rate": 0 }
        ],
        "rundown": rundown.digest(), "resync": 300_000, "event": "main", "title": "Spring gala", "startsAt": start,
        "duration": 3_600_000, "locale": "en", "hubs": 4, "rundownUrl": null, "liveUrl": "/v1/events/main/live",
        "messages": [{ "from": start + 63_120, "text": { "en": "Back soon" }, "severity": "major" }],
    }))
    .unwrap();
    let entry = |rev: u64, name: &str, body: serde_json::Value| -> LogEntry {
        let at = START + Time::from_millis(i64::try_from(rev).unwrap() * 1_000);
        serde_json::from_value(json!({
            "rev": rev, "at": at, "effectiveAt": at, "actor": "maria", "token": "maria", "name": name, "body": body,
            "prev": "0".repeat(64),
        }))
        .unwrap()
    };
    let hub = |hub, region, sockets, rev| HubAudience { hub, region, sockets, rev: Rev::new(rev), late: None };
    let audience = Audience {
        rev: Rev::new(13),
        hubs: 4,
        answered: 3,
        sockets: 6_010,
        by_region: Vec::new(),
        by_hub: vec![
            hub(0, Region::WestEurope, 2_010, 13),
            hub(1, Region::EastNorthAmerica, 2_000, 12),
            hub(2, Region::WestEurope, 2_000, 13),
        ],
        acks: Some(Acks { p95: Some(120), ..audience::tests::acks(512, 505, Some(41)) }),
        untold: vec![Untold { region: Region::EastNorthAmerica, hubs: 1, sockets: 2_000, unknown: 0 }],
        polling: 304,
    };
    let mut model = Model::new("production, https://downbeat.example.com".to_owned(), "main".to_owned());
    for update in [
        Update::State { state: Box::new(state), lateness: Time::ZERO },
        Update::Connection(Connection::Live),
        Update::Hub(Some(2)),
        Update::Clock {
            at: NOW,
            reading: Reading {
                time: START + Time::from_millis(70_000),
                bound: Time::from_millis(3),
                ahead: Time::ZERO,
            },
        },
        Update::Rundown(Arc::new(rundown)),
        Update::Audience(Ok(Box::new(audience))),
        Update::Log(Ok(vec![
            entry(13, "pause", json!({ "command": "pause", "message": "Back\nsoon", "reason": "smoke" })),
            entry(12, "announce", json!({ "command": "announce", "message": "Welcome" })),
            entry(1, "create", json!({})),
        ])),
    ] {
        model.apply(update);
    }
    model
}
