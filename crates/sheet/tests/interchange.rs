//! What goes out to another program comes back.

use downbeat_sheet::interchange::{FORMATS, Format, FormatOptions, Imported};
use downbeat_sheet::{Cue, Rundown, compile};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn format(name: &str) -> &'static Format {
    Format::named(name).unwrap()
}

/// Returns a rundown as it comes back.
fn there_and_back(name: &str, rundown: &Rundown, options: &FormatOptions) -> Rundown {
    let exported = format(name).export(rundown, options).unwrap();
    let Imported { sheet, rundown, .. } = format(name)
        .import(&exported.text, options)
        .unwrap_or_else(|refusals| panic!("{refusals:#?} in\n{}", exported.text));
    assert_eq!(compile(&sheet).rundown.as_ref(), Some(&rundown));
    rundown
}

/// Returns all there is to every cue but its id, in an order that hangs on nothing else.
fn without_ids(rundown: &Rundown, what: fn(&Cue) -> String) -> Vec<String> {
    let mut cues: Vec<String> = rundown.cues().iter().map(what).collect();
    cues.sort();
    cues
}

fn everything(cue: &Cue) -> String {
    let rest = (cue.kind(), cue.params(), cue.late(), cue.jitter(), cue.preload(), cue.message(), cue.needs());
    format!("{} {rest:?}", times_action_track(cue))
}

fn times_action_track(cue: &Cue) -> String {
    format!("{:?} {:?} {:?} {:?}", cue.time(), cue.end(), cue.action(), cue.track())
}

/// A name with the characters that formats give a meaning to.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,8}",
        "[a-z \\[\\]#\"\\\\;,:|<>&-]{1,12}".prop_map(|name| format!("x{name}x")),
        "[^\\pC\\pZ\\u{34f}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{3164}\\u{ffa0}]{1,8}",
    ]
}

fn any_cue() -> impl Strategy<Value = Value> {
    let optional = (
        prop::option::of(1..5_000_000_u32),
        prop::option::of(any_name()),
        prop::option::of(prop::collection::btree_map("[a-z]{1,4}", any::<String>(), 1..3)),
        prop::option::of(prop::collection::btree_map("en|fr|de-CH", "[^\\pC]{0,6}[a-z<>&${}-]{1,9}[^\\pC]{0,3}", 1..3)),
        prop::option::of(prop_oneof![
            Just(json!("skip")),
            Just(json!("latest")),
            (1..9_000_u32).prop_map(|ms| json!({ "within": format!("{ms}ms") }))
        ]),
        prop::option::of((1..5_000_u32).prop_map(|ms| format!("{ms}ms"))),
        prop::option::of(
            (1..=10_000_u32, "skip|fire")
                .prop_map(|(ms, otherwise)| json!({ "bound": format!("{ms}ms"), "otherwise": otherwise })),
        ),
    );
    (0..75_000_000_u32, any_name(), optional).prop_map(|(ms, action, optional)| {
        let (length, track, params, message, late, jitter, needs) = optional;
        let time = format!("{ms}ms");
        let fields = [
            ("time", Some(json!(time))),
            ("action", Some(json!(action))),
            ("duration", length.map(|ms| json!(format!("{ms}ms")))),
            ("track", track.map(Value::from)),
            // Doubled, so that it stands for no var.
            (
                "params",
                params.map(|params| serde_json::from_str(&json!(params).to_string().replace("${", "$${")).unwrap()),
            ),
            (
                "message",
                message.map(|message| serde_json::from_str(&json!(message).to_string().replace("${", "$${")).unwrap()),
            ),
            ("late", late),
            ("jitter", jitter.map(Value::from)),
            ("needs", needs),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>().into()
    })
}

fn any_rundown() -> impl Strategy<Value = Rundown> {
    (prop::collection::vec(any_cue(), 1..12), any::<bool>(), "[^\\pC\\pZ]{1,20}").prop_map(
        |(mut cues, moments, title)| {
            for (index, cue) in cues.iter_mut().enumerate().step_by(2) {
                cue["id"] = json!(format!("cue-{index}"));
            }
            let mut sheet = json!({ "version": 1, "title": title, "cues": cues });
            if moments {
                let actions =
                    cues.iter().map(|cue| (cue["action"].as_str().unwrap().to_owned(), json!({ "kind": "moment" })));
                sheet["actions"] = actions.collect::<Map<_, _>>().into();
            }
            let compiled = compile(&sheet.to_string());
            compiled.rundown.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
        },
    )
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn csv_vtt_and_json_give_everything_back(rundown in any_rundown()) {
        for name in ["csv", "vtt"] {
            let back = there_and_back(name, &rundown, &FormatOptions::default());
            prop_assert_eq!(without_ids(&back, everything), without_ids(&rundown, everything), "{}", name);
        }
        let exported = format("json").export(&rundown, &FormatOptions::default()).unwrap();
        let back = compile(&exported.text).rundown.unwrap();
        prop_assert_eq!(back.to_bytes(), rundown.to_bytes());
    }

    #[test]
    fn labels_give_times_actions_and_tracks_back(rundown in any_rundown()) {
        let back = there_and_back("audacity", &rundown, &FormatOptions::default());
        prop_assert_eq!(without_ids(&back, times_action_track), without_ids(&rundown, times_action_track));
    }

    #[test]
    fn edits_give_times_back_to_the_nearest_frame(
        rundown in any_rundown(),
        rate in prop::sample::select(vec![("23.976", 24.0), ("25", 25.0), ("29.97", 30.0), ("30", 30.0), ("59.94", 60.0)]),
    ) {
        let (name, counted) = rate;
        let frame_rate = Some(name.parse().unwrap());
        let options = FormatOptions { frame_rate, start: Some("01:00:00:00".to_owned()), ..FormatOptions::default() };
        let rundown = named(&rundown);
        let back = there_and_back("edl", &rundown, &options);
        let half_a_frame_ms = 1_001.0 / counted / 2.0 + 1.0;
        for cue in rundown.cues() {
            let found = back.cue(cue.id()).unwrap_or_else(|| panic!("{} is lost", cue.id()));
            prop_assert_eq!((found.action(), found.track()), (cue.action(), cue.track()));
            let off = (found.time() - cue.time()).as_micros() as f64 / 1e3;
            prop_assert!(off.abs() <= half_a_frame_ms, "{} is {off} ms off at {name}", cue.id());
            prop_assert_eq!(found.end().is_some(), cue.end().is_some());
            // What is shorter than two frames takes two.
            if let (Some(end), Some(was)) = (found.end(), cue.end()) {
                let off = (end - was).as_micros() as f64 / 1e3;
                prop_assert!(off >= -half_a_frame_ms && off <= 5.0 * half_a_frame_ms, "{} ends {off} ms off", cue.id());
            }
        }
        // From then on nothing changes any more.
        let again = there_and_back("edl", &back, &options);
        prop_assert_eq!(without_ids(&again, times_action_track), without_ids(&back, times_action_track));
    }

    #[test]
    fn whatever_the_text_it_is_a_sheet_or_refused(text in ".{0,400}", rundown in any_rundown(), at in any::<prop::sample::Index>(), with in ".{0,3}") {
        for format in FORMATS.iter().filter(|format| format.imports()) {
            let frame_rate = (format.name() == "edl").then(|| "29.97".parse().unwrap());
            let options = FormatOptions { frame_rate, ..FormatOptions::default() };
            // SubRip is only read; WebVTT with its first line away is much the same.
            let written = if format.exports() { *format } else { *Format::named("vtt").unwrap() };
            let mut mangled = written.export(&rundown, &options).unwrap().text;
            if !format.exports() {
                mangled = mangled.lines().skip(1).collect::<Vec<_>>().join("\n").replace('.', ",");
            }
            let places: Vec<usize> = mangled.char_indices().map(|(at, _)| at).collect();
            let place = places[at.index(places.len())];
            mangled.replace_range(place..=place + mangled[place..].chars().next().unwrap().len_utf8() - 1, &with);
            for text in [&text, &mangled] {
                match format.import(text, &options) {
                    Ok(imported) => prop_assert_eq!(compile(&imported.sheet).rundown, Some(imported.rundown)),
                    Err(refusals) => prop_assert!(!refusals.is_empty()),
                }
            }
        }
    }
}

/// Returns the same rundown with an id of its own for each cue.
fn named(rundown: &Rundown) -> Rundown {
    let cues = rundown.cues().iter().enumerate().map(|(index, cue)| {
        let mut fields = json!({ "id": format!("n{index}"), "time": format!("{}ms", cue.time().as_millis()), "action": cue.action() });
        if let Some(end) = cue.end() {
            fields["until"] = json!(format!("{}ms", end.as_millis()));
        }
        if let Some(track) = cue.track() {
            fields["track"] = json!(track);
        }
        fields
    });
    compile(&json!(cues.collect::<Vec<_>>()).to_string()).rundown.unwrap()
}

#[test]
fn the_example_sheets_go_out_and_come_back() {
    let gala = include_str!("../../../cues/good/gala.json");
    let marathon = include_str!("../../../cues/good/marathon.jsonc");
    let tiny = include_str!("../../../cues/good/tiny.json");
    for sheet in [gala, marathon, tiny] {
        let rundown = compile(sheet).rundown.unwrap();
        for name in ["csv", "vtt"] {
            let back = there_and_back(name, &rundown, &FormatOptions::default());
            assert_eq!(without_ids(&back, everything), without_ids(&rundown, everything), "{name}");
        }
        let exported = format("json").export(&rundown, &FormatOptions::default()).unwrap();
        let back = compile(&exported.text).rundown.unwrap();
        assert_eq!(without_ids(&back, everything), without_ids(&rundown, everything));
        assert_eq!(
            (back.title(), back.duration(), back.tracks()),
            (rundown.title(), rundown.duration(), rundown.tracks())
        );
        let back = there_and_back("audacity", &rundown, &FormatOptions::default());
        assert_eq!(without_ids(&back, times_action_track), without_ids(&rundown, times_action_track));
    }
}
