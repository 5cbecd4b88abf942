use super::*;
use crate::compile;

const TINY: &str =
    r#"[{ "time": 800, "action": "b", "params": { "b": 1.0, "a": 1e-7 } }, { "time": 560.5, "action": "a" }]"#;

const PRINTED: &str = r#"{"checkpoints":[],"cues":[{"action":"a","id":"a@560500","kind":"moment","time":560500},{"action":"b","id":"b@800000","kind":"moment","params":{"a":1e-7,"b":1},"time":800000}],"format":"downbeat.rundown/1","id":"sheet","title":"sheet","tracks":{}}"#;

/// A rundown with every field there is.
const FULL: &str = r##"{"checkpoints":[{"active":[2],"time":60000}],"cues":[{"action":"open","end":5000,"id":"doors","jitter":400,"kind":"state","late":"latest","message":{"en":"Come in","fr":"Entrez"},"needs":{"bound":50,"otherwise":"fire"},"params":{"deep":[1,{"x":null}],"é":-0.5},"preload":{"assets":["/a.ogg"],"bytes":400000,"lead":60000,"spread":45000},"time":0,"track":"fx"},{"action":"open","id":"open@0#2","kind":"moment","late":{"within":2000},"time":0,"track":"fx"},{"action":"song","id":"song","kind":"state","time":4000,"track":"music"}],"duration":5000,"format":"downbeat.rundown/1","id":"gala","title":"Gala","tracks":{"fx":{},"music":{"exclusive":true,"priority":-1}}}"##;

fn refusal(text: &str) -> NotARundown {
    Rundown::parse(text.as_bytes()).expect_err(text)
}

#[test]
fn the_bytes_are_these() {
    let rundown = compile(TINY).rundown.unwrap();
    assert_eq!(String::from_utf8(rundown.to_bytes()).unwrap(), PRINTED);
    assert_eq!(rundown.digest(), digest_of(PRINTED.as_bytes()));
    // By sha256sum.
    assert_eq!(rundown.digest().to_string(), "72fbf3f7c777947711795fd2d617c478c6decc682516af7e769d6e0a6a22d282");
}

#[test]
fn every_field_is_read_and_printed_again() {
    let rundown = Rundown::parse(FULL.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(rundown.to_bytes()).unwrap(), FULL);
    let doors = &rundown.cues()[0];
    assert_eq!((doors.late(), doors.jitter()), (Late::Latest, Span::from_millis(400)));
    assert_eq!(doors.preload().unwrap().lead(), Span::from_millis(60_000));
    let bound = Span::from_millis(50);
    assert_eq!(doors.needs(), Some(Needs { bound, otherwise: Otherwise::Fire }));
    assert_eq!(rundown.cues()[1].late(), Late::Within(Span::from_millis(2_000)));
    assert!(rundown.tracks()["music"].exclusive() && !rundown.tracks()["fx"].exclusive());
}

#[test]
fn a_cue_that_does_not_say_is_resumed_if_it_lasts_and_skipped_if_it_does_not() {
    assert_eq!((Kind::State.late(), Kind::Moment.late()), (Late::Resume, Late::Skip));
    let rundown = compile(TINY).rundown.unwrap();
    assert_eq!(rundown.cues()[0].late(), Late::Skip);
}

#[test]
fn cues_before_the_event_are_printed_read_and_found() {
    let sheet = r#"[{ "id": "doors", "time": -600, "action": "doors" }, { "id": "walk-in", "time": "-00:09:00", "until": "2m", "action": "music" },
        { "id": "open", "time": 0, "action": "open" }, { "id": "early", "time": "-366d", "action": "early" }]"#;
    let rundown = crate::compile(sheet).rundown.unwrap();
    let bytes = rundown.to_bytes();
    let text = core::str::from_utf8(&bytes).unwrap();
    assert!(text.starts_with(r#"{"checkpoints":[{"active":[2],"time":60000}],"cues":[{"action":"early","id":"early","kind":"moment","time":-31622400000},"#));
    assert!(text.contains(r#"{"action":"music","end":120000,"id":"walk-in","kind":"state","time":-540000}"#), "{text}");
    assert_eq!(Rundown::parse(&bytes).unwrap(), rundown);
    let active = |ms| rundown.active(Position::from_millis(ms)).len();
    assert_eq!([active(-540_001), active(-540_000), active(0), active(119_999), active(120_000)], [0, 1, 1, 1, 0]);
    assert_eq!(rundown.next(Position::from_millis(-600_000))[0].id(), "walk-in");
    let joined = rundown.join(Position::from_millis(-480_000));
    assert_eq!(joined[2].outcome.to_string(), "goes on from 00:01:00");
    assert_eq!(joined[1].outcome.to_string(), "is missed");
}

#[test]
fn other_bytes_are_refused_for_their_reason() {
    assert!(matches!(refusal("{"), NotARundown::Json(_)));
    assert!(matches!(refusal("[]"), NotARundown::Value { .. }));
    assert_eq!(refusal("{}"), NotARundown::Format(None));
    let newer = PRINTED.replace("rundown/1", "rundown/2");
    assert_eq!(refusal(&newer), NotARundown::Format(Some("downbeat.rundown/2".to_owned())));
    let value = |text: &str| match refusal(text) {
        NotARundown::Value { pointer, .. } => pointer,
        other => panic!("{other:?}"),
    };
    for (from, to, pointer) in [
        (r#""id":"doors","#, "", "/cues/0/id"),
        (r#""time":0"#, r#""time":-31622400001"#, "/cues/0/time"),
        (r#""time":0"#, r#""time":0.5"#, "/cues/0/time"),
        (r#""time":0"#, r#""time":5000"#, "/cues/0/end"),
        (r#""end":5000"#, r#""end":5001"#, "/cues/0"),
        (r#""kind":"state""#, r#""kind":"stat""#, "/cues/0/kind"),
        (r#""track":"fx"}"#, r#""track":"FX"}"#, "/cues/0/track"),
        (r#""late":"latest""#, r#""late":"last""#, "/cues/0/late"),
        (r#""bound":50,"#, "", "/cues/0/needs/bound"),
        (r#""bound":50"#, r#""bound":0"#, "/cues/0/needs/bound"),
        (r#""bound":50"#, r#""bound":10001"#, "/cues/0/needs/bound"),
        (r#""otherwise":"fire""#, r#""otherwise":"enter""#, "/cues/0/needs/otherwise"),
        (r#""otherwise":"fire""#, r#""otherwise":"fire","so":1"#, "/cues/0/needs/so"),
        (r#""bytes":400000"#, r#""bytes":9007199254740992"#, "/cues/0/preload/bytes"),
        (r#""x":null"#, r#""x":9007199254740992"#, "/cues/0/params"),
        (r#""en":"Come in""#, r#""en":"""#, "/cues/0/message"),
        (r#""jitter":400"#, r#""jitter":400,"joker":1"#, "/cues/0/joker"),
        (r#""title":"Gala","#, "", "/title"),
        (r#""checkpoints":[{"#, r#""checkpoints":[1,{"#, "/checkpoints"),
        (r#""active":[2]"#, r#""active":[-2]"#, "/checkpoints"),
        (r#""active":[2]"#, r#""active":[0,2]"#, "/checkpoints"),
        (r#"{"active":[2],"time":60000}"#, "", "/checkpoints"),
        (r#""exclusive":true"#, r#""exclusive":false"#, "/tracks/music/exclusive"),
    ] {
        assert_eq!(value(&FULL.replacen(from, to, 1)), pointer, "{to}");
    }
    let twice = FULL.replace("open@0#2", "doors");
    assert_eq!(refusal(&twice), NotARundown::DuplicateId("doors".to_owned()));
    let unsorted = FULL.replace("open@0#2", "a");
    assert_eq!(refusal(&unsorted), NotARundown::Order("a".to_owned()));
}

#[test]
fn the_same_rundown_in_other_words_is_refused_at_the_first_byte_that_differs() {
    for (from, to) in [
        ("\"time\":0", "\"time\": 0"),
        ("\"en\":\"Come", "\"en\":\"\\u0043ome"),
        ("-0.5", "-0.50"),
        ("[1,", "[1.0,"),
        ("\"bytes\":400000,\"lead\":60000", "\"lead\":60000,\"bytes\":400000"),
        ("\"end\":5000,", "\"end\":5000,\"end\":5000,"),
    ] {
        let changed = FULL.replacen(from, to, 1);
        let NotARundown::NotCanonical(offset) = refusal(&changed) else { panic!("{to}") };
        let start = FULL.find(from).unwrap();
        assert!((start..start + to.len()).contains(&offset), "{to}: {offset}");
    }
    assert_eq!(refusal(&format!("{FULL}\n")), NotARundown::NotCanonical(FULL.len()));
}

#[test]
fn a_refusal_says_what_to_do_and_stays_short() {
    let text = refusal(&PRINTED.replace("rundown/1", &"x".repeat(100_000))).to_string();
    assert!(text.len() < 300 && text.ends_with("; compile the sheet again and publish the result as it is"), "{text}");
}

#[test]
fn printing_writes_the_keys_in_canonical_order() {
    for text in [PRINTED, FULL] {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut generic = String::new();
        canonical::value(&mut generic, &value);
        assert_eq!(generic, text);
    }
}

#[test]
fn times_are_shown_as_people_write_them() {
    for (ms, shown) in [(0, "00:00:00"), (560_000, "00:09:20"), (5_400_250, "01:30:00.250"), (360_000_000, "100:00:00")]
    {
        assert_eq!(clock(Position::from_millis(ms)), shown);
    }
}

/// The sheet that the questions below are asked about.
const ASKED: &str = r#"{ "version": 1,
    "actions": { "light": { "kind": "state" }, "song": { "kind": "state" }, "burst": { "kind": "moment" } },
    "cues": [
        { "id": "red", "time": 10, "action": "light", "track": "light" },
        { "id": "song", "time": 20, "action": "song", "track": "music", "until": 200 },
        { "id": "burst", "time": 30, "action": "burst", "duration": "4s" },
        { "id": "spark", "time": 90, "action": "burst", "late": { "within": "5s" } },
        { "id": "blue", "time": 100, "action": "light", "track": "light", "until": 300, "late": "skip" },
        { "id": "caption1", "time": 101, "action": "burst", "track": "caption", "late": "latest" },
        { "id": "caption2", "time": 102, "action": "burst", "track": "caption", "late": "latest" } ] }"#;

#[test]
fn what_is_active_follows_from_the_position_alone() {
    let rundown = compile(ASKED).rundown.unwrap();
    let active = |ms| rundown.active(Position::from_millis(ms)).iter().map(|cue| cue.id()).collect::<Vec<_>>();
    assert_eq!(active(-1), [""; 0]);
    assert_eq!(active(10_000), ["red"]);
    assert_eq!(active(99_999), ["red", "song"]);
    assert_eq!(active(100_000), ["song", "blue"]);
    assert_eq!(active(200_000), ["blue"]);
    assert_eq!(active(300_000), [""; 0]);
    let next = |ms| rundown.next(Position::from_millis(ms)).first().map(Cue::id);
    assert_eq!((next(-5), next(9_999), next(10_000), next(102_000)), (Some("red"), Some("red"), Some("song"), None));
}

#[test]
fn checkpoints_list_what_is_active_at_whole_minutes() {
    let rundown = compile(ASKED).rundown.unwrap();
    let seen: Vec<_> = rundown.checkpoints().iter().map(|at| (at.time().as_millis(), at.active().to_vec())).collect();
    // red and song at one minute; song and blue at two; after that no state begins.
    assert_eq!(seen, [(60_000, vec![0, 1]), (120_000, vec![1, 4])]);
}

#[test]
fn a_late_joiner_sees_each_cue_for_a_reason() {
    let rundown = compile(ASKED).rundown.unwrap();
    let seen = |ms| {
        let joined = rundown.join(Position::from_millis(ms));
        joined.into_iter().map(|one| format!("{} {}: {}", one.cue.id(), one.outcome, one.why)).collect::<Vec<_>>()
    };
    assert_eq!(
        seen(30_000),
        [
            "red goes on from 00:00:20: it lasts until 00:01:40",
            "song goes on from 00:00:10: it lasts until 00:03:20",
            "burst fires: it begins just then",
        ]
    );
    assert_eq!(
        seen(95_000)[2..],
        ["burst is missed: it is a moment, which is over at once", "spark fires: it may be up to 5 s late",]
    );
    assert_eq!(
        seen(210_000),
        [
            "red is missed: it was over at 00:01:40",
            "song is missed: it was over at 00:03:20",
            "burst is missed: it is a moment, which is over at once",
            "spark is missed: it may be no more than 5 s late",
            "blue is missed: it is to be skipped when late",
            "caption1 is missed: cue \"caption2\" came after it on its track",
            "caption2 fires: it is the latest of its track",
        ]
    );
}

#[test]
fn a_diff_names_what_moved_came_went_and_changed() {
    let rundown = |cues: &str| compile(&format!(r#"{{"version":1,"title":"t","cues":[{cues}]}}"#)).rundown.unwrap();
    let old = rundown(
        r#"{"id":"a","time":1,"action":"x","duration":5},{"id":"b","time":20,"action":"x"},{"id":"c","time":30,"action":"x"},
           {"time":40,"action":"y"},{"time":50,"action":"y","params":{"n":1}},{"id":"d","time":60,"action":"x","duration":9}"#,
    );
    let new = rundown(
        r#"{"id":"a","time":2,"action":"x","duration":5},{"id":"b","time":20,"action":"x","params":{}},
           {"time":41,"action":"y"},{"time":52,"action":"y","params":{"n":2}},{"id":"d","time":60,"action":"x","duration":7},
           {"id":"e","time":70,"action":"z"}"#,
    );
    let diff = old.diff(&new);
    let at = Position::from_millis;
    let moved = |from, to| ChangeKind::Moved { from: at(from), to: at(to), fields: vec![] };
    let expected = [
        ("a", moved(1_000, 2_000), 1_000),
        ("b", ChangeKind::Changed(vec!["params"]), 20_000),
        ("c", ChangeKind::Removed(at(30_000)), 30_000),
        ("y@41000", moved(40_000, 41_000), 40_000),
        ("y@50000", ChangeKind::Removed(at(50_000)), 50_000),
        ("y@52000", ChangeKind::Added(at(52_000)), 52_000),
        ("d", ChangeKind::Changed(vec!["end"]), 67_000),
        ("e", ChangeKind::Added(at(70_000)), 70_000),
    ];
    let expected = expected.map(|(id, kind, ms)| CueChange { id: id.to_owned(), kind, earliest: at(ms) });
    assert_eq!(diff, Diff { event: vec![], cues: expected.to_vec() });
    assert_eq!(diff.behind(at(30_000)).count(), 3);
    assert!(new.diff(&new).is_empty());
}

#[test]
fn what_the_kind_says_of_being_late_is_no_change_when_it_is_said() {
    let rundown = |state: &str, moment: &str| {
        let sheet =
            format!(r#"[{{"id":"a","time":1,"action":"x","duration":5{state}}},{{"time":9,"action":"y"{moment}}}]"#);
        compile(&sheet).rundown.unwrap()
    };
    let unsaid = rundown("", "");
    assert!(unsaid.diff(&rundown(r#","late":"resume""#, r#","late":"skip""#)).is_empty());
    assert_eq!(unsaid.diff(&rundown(r#","late":"skip""#, r#","late":"latest""#)).cues.len(), 2);
}
