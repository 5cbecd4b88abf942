//! What holds for every sheet and every text.

use downbeat_core::Position;
use downbeat_sheet::{Level, Rundown, Unread, compile, digest_of};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON that may stand in `params`.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        (-9e15_f64..9e15).prop_map(Value::from),
        (-1.0_f64..1.0, -300..0_i32).prop_map(|(digits, power)| Value::from(digits * 10_f64.powi(power))),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// A cue that has nothing wrong with it, without its id.
fn any_cue() -> impl Strategy<Value = Map<String, Value>> {
    let time = prop_oneof![0..5_400_000_u64, Just(0), Just(560_000)];
    let params = prop::collection::btree_map(any::<String>(), any_json(), 0..4);
    let message = prop::option::of("[^\\pZ\\pC][^\\pC]{0,20}");
    let track = prop::option::of("[a-c]");
    (time, "[a-zA-Z0-9é_-]{1,12}", prop::option::of(1..100_000_u64), params, message, track, any::<bool>()).prop_map(
        |(time, action, length, params, message, track, disabled)| {
            // Three decimals of a second are exactly the milliseconds, however the number is printed.
            let seconds =
                |ms: u64| serde_json::from_str::<Value>(&format!("{}.{:03}", ms / 1_000, ms % 1_000)).unwrap();
            let mut cue = Map::new();
            cue.insert("time".to_owned(), seconds(time));
            cue.insert("action".to_owned(), action.into());
            cue.insert("params".to_owned(), params.into_iter().collect());
            cue.insert("disabled".to_owned(), disabled.into());
            let optional = [
                ("duration", length.map(seconds)),
                ("message", message.map(Into::into)),
                ("track", track.map(Into::into)),
            ];
            for (name, value) in optional {
                cue.extend(value.map(|value| (name.to_owned(), value)));
            }
            cue
        },
    )
}

/// How a cue may be late, be spread, come again: fields that most cues do without.
fn any_dispatch() -> impl Strategy<Value = Map<String, Value>> {
    let late = prop_oneof![
        Just(json!("skip")),
        Just(json!("resume")),
        Just(json!("latest")),
        (0..9_000_u32).prop_map(|ms| json!({ "within": format!("{ms}ms") })),
    ];
    let repeat =
        (1..200_000_u32, 1..5_u32).prop_map(|(ms, count)| json!({ "every": format!("{ms}ms"), "count": count }));
    let jitter = (0..5_000_u32).prop_map(|ms| json!(format!("{ms}ms")));
    let preload = (0..60_u32).prop_map(|lead| json!({ "assets": ["/a.ogg"], "lead": format!("{lead}s") }));
    let needs = (1..=10_000_u32, prop::option::of("skip|fire")).prop_map(|(ms, otherwise)| {
        let mut needs = json!({ "bound": format!("{ms}ms") });
        if let Some(otherwise) = otherwise {
            needs["otherwise"] = otherwise.into();
        }
        needs
    });
    let fields = (
        prop::option::of(late),
        prop::option::of(repeat),
        prop::option::of(jitter),
        prop::option::of(preload),
        prop::option::of(needs),
    );
    fields.prop_map(|(late, repeat, jitter, preload, needs)| {
        let fields = [("late", late), ("repeat", repeat), ("jitter", jitter), ("preload", preload), ("needs", needs)];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    })
}

/// A sheet that has nothing wrong with it; some of its cues have ids.
fn any_sheet() -> impl Strategy<Value = String> {
    let dispatch = prop_oneof![3 => Just(Map::new()), 1 => any_dispatch()];
    prop::collection::vec((any_cue(), any::<bool>(), dispatch), 0..12).prop_map(|cues| {
        let cues = cues.into_iter().enumerate().map(|(index, (mut cue, named, dispatch))| {
            cue.extend(dispatch);
            if named {
                cue.insert("id".to_owned(), format!("cue-{index}").into());
            }
            Value::from(cue)
        });
        // A dollar could begin the name of a var that the sheet does not have.
        json!({ "version": 1, "id": "any", "cues": cues.collect::<Vec<_>>() }).to_string().replace('$', "S")
    })
}

/// A sheet of states, many without an end, on two tracks.
fn any_states() -> impl Strategy<Value = String> {
    let cue = (0..600_u32, prop::option::of(1..200_u32), "[ab]", 0..3_u32);
    prop::collection::vec(cue, 0..40).prop_map(|cues| {
        let cue = |(time, length, track, burst): (u32, Option<u32>, String, u32)| match (burst, length) {
            (0, _) => json!({ "time": time, "action": "burst", "track": track }),
            (_, None) => json!({ "time": time, "action": "light", "track": track }),
            (_, Some(length)) => json!({ "time": time, "action": "light", "track": track, "duration": length }),
        };
        let actions = json!({ "light": { "kind": "state" }, "burst": { "kind": "moment" } });
        json!({ "version": 1, "actions": actions, "cues": cues.into_iter().map(cue).collect::<Vec<_>>() }).to_string()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn printing_then_compiling_is_a_fixed_point(sheet in any_sheet()) {
        let compiled = compile(&sheet);
        // Cues that fall on one instant are worth a warning.
        let warned = compiled.diagnostics.iter().all(|said| said.level() == Level::Warning);
        prop_assert!(warned, "{:?}", compiled.diagnostics);
        let rundown = compiled.rundown.unwrap();
        let bytes = rundown.to_bytes();
        prop_assert_eq!(&Rundown::parse(&bytes).unwrap(), &rundown);
        prop_assert_eq!(rundown.digest(), digest_of(&bytes));
        let again = compile(core::str::from_utf8(&bytes).unwrap());
        prop_assert_eq!(&again.diagnostics, &[]);
        prop_assert_eq!(again.rundown.unwrap().to_bytes(), bytes);
    }

    #[test]
    fn whoever_seeks_has_what_whoever_watched_has(cues in any_states(), at in 0..700_000_i64) {
        let rundown = compile(&cues).rundown.unwrap();
        // Watching: each state is taken up when it begins and given up when it ends, as time goes by.
        let mut watched: Vec<&str> = Vec::new();
        let begins = rundown.cues().iter().map(|cue| (cue.time(), true, cue));
        let ends = rundown.cues().iter().filter_map(|cue| Some((cue.end()?, false, cue)));
        let mut steps: Vec<_> = begins.chain(ends).filter(|(_, _, cue)| cue.kind() == downbeat_sheet::Kind::State).collect();
        steps.sort_by_key(|&(time, begins, _)| (time, begins));
        let at = Position::from_millis(at);
        for (_, begins, cue) in steps.into_iter().filter(|&(time, ..)| time <= at) {
            if begins {
                watched.push(cue.id());
            } else {
                watched.retain(|id| *id != cue.id());
            }
        }
        watched.sort();
        let mut sought: Vec<&str> = rundown.active(at).iter().map(|cue| cue.id()).collect();
        sought.sort();
        prop_assert_eq!(sought, watched);
        // A joiner who is shown anything of a state is shown it because it is active.
        for joined in rundown.join(at) {
            let resumes = matches!(joined.outcome, downbeat_sheet::Outcome::Resumes(_));
            prop_assert!(!resumes || joined.cue.is_on_at(at));
        }
    }

    #[test]
    fn laying_out_a_sheet_changes_nothing_and_is_done_once(
        sheet in any_sheet(), pretty in any::<bool>(),
        comments in prop::collection::vec((any::<prop::sample::Index>(), "(//[ a-z]{0,8}|\n|\n\n|/\\*[ a-z\n]{0,8}\\*/\n)"), 0..6),
    ) {
        let value: Value = serde_json::from_str(&sheet).unwrap();
        let mut text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { sheet.clone() };
        for (place, comment) in comments {
            // Between tokens: behind a comma that is followed by a key.
            let places: Vec<usize> = text.match_indices(",\"").map(|(at, _)| at + 1).collect();
            if !places.is_empty() {
                text.insert_str(places[place.index(places.len())], &format!("{comment}\n"));
            }
        }
        if downbeat_sheet::compile(&text).diagnostics.iter().any(|said| said.code() == "DB101") {
            // The comma stood within a text.
            return Ok(());
        }
        let laid_out = downbeat_sheet::format(&text).unwrap();
        prop_assert_eq!(&downbeat_sheet::format(&laid_out).unwrap(), &laid_out);
        prop_assert_eq!(compile(&laid_out).rundown, compile(&text).rundown);
        let comments = |text: &str| text.matches("//").count() + text.matches("/*").count();
        prop_assert_eq!(comments(&laid_out), comments(&text));
    }

    #[test]
    fn a_rundown_differs_from_itself_in_nothing_and_both_ways_alike(one in any_sheet(), other in any_sheet()) {
        let [one, other] = [one, other].map(|sheet| compile(&sheet).rundown.unwrap());
        prop_assert!(one.diff(&one).is_empty());
        let (there, back) = (one.diff(&other), other.diff(&one));
        prop_assert_eq!(there.cues.len(), back.cues.len());
        prop_assert_eq!(there.is_empty(), one == other);
    }

    #[test]
    fn how_a_sheet_is_laid_out_does_not_change_its_rundown(sheet in any_sheet()) {
        let value: Value = serde_json::from_str(&sheet).unwrap();
        let pretty = format!("// laid out\n{}\n", serde_json::to_string_pretty(&value).unwrap());
        prop_assert_eq!(compile(&pretty).rundown, compile(&sheet).rundown);
    }

    #[test]
    fn the_order_of_cues_with_ids_in_the_sheet_does_not_matter(
        cues in prop::collection::vec(any_cue(), 0..12).prop_map(|cues| {
            let name = |(index, mut cue): (usize, Map<String, Value>)| {
                cue.insert("id".to_owned(), format!("cue-{index}").into());
                Value::from(cue)
            };
            cues.into_iter().enumerate().map(name).collect::<Vec<_>>()
        }).prop_flat_map(|cues| (Just(cues.clone()), Just(cues).prop_shuffle())),
    ) {
        let (given, shuffled) = cues;
        prop_assert_eq!(compile(&Value::from(given).to_string()).rundown, compile(&Value::from(shuffled).to_string()).rundown);
    }

    #[test]
    fn a_damaged_sheet_gives_diagnostics_with_places_and_never_a_panic(
        sheet in any_sheet(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..20_usize, "[\\[\\]{}:,\"\\\\/*u0-9.eE\\-+é\u{0}]{0,3}"), 1..4),
    ) {
        let mut text = sheet;
        for (place, length, inserted) in damage {
            let start = text.floor_char_boundary(place.index(text.len().max(1)));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &inserted);
        }
        check_any_text(&text);
    }

    #[test]
    fn a_damaged_gala_gives_diagnostics_with_places_and_never_a_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, "[\\[\\]{}:,\"\\\\/*#@;$0-9.a-z+\\-é]{0,3}"), 1..6),
    ) {
        let mut text = GALA.to_owned();
        for (place, length, inserted) in damage {
            let start = text.floor_char_boundary(place.index(text.len()));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &inserted);
        }
        check_any_text(&text);
    }

    #[test]
    fn any_bytes_at_all_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Rundown::parse(&bytes).is_err());
        check_any_text(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_time_is_read_or_refused(time in "[#]?[0-9a-zPT:;.@+\\-]{0,20}", frames in "[0-9]{1,3}:[0-9]{2}:[0-9]{2}[:;][0-9]{2}@(25|29.97|59.94|24)") {
        for time in [time, frames] {
            check_any_text(&json!([{ "time": time, "action": "a" }]).to_string());
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        check_any_text(&text);
    }

    #[test]
    fn any_bytes_are_a_rundown_only_if_they_print_alike(
        sheet in any_sheet(), place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = compile(&sheet).rundown.unwrap().to_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(rundown) = Rundown::parse(&bytes) {
            prop_assert_eq!(rundown.to_bytes(), bytes);
        }
    }
}

/// A sheet with every field there is, for damage to find what no generated one has.
const GALA: &str = include_str!("../../../cues/good/gala.json");

/// Checks what holds for every text: either a rundown or an error, and every place lies in the text.
fn check_any_text(text: &str) {
    let compiled = compile(text);
    let errors = compiled.diagnostics.iter().filter(|said| said.level() == Level::Error).count();
    assert_eq!(compiled.rundown.is_some(), errors == 0, "{:?}", compiled.diagnostics);
    for said in &compiled.diagnostics {
        let span = said.span().unwrap();
        assert!(text.get(span.clone()).is_some(), "{span:?} in {text:?}");
        assert!(said.line_column(text).is_some());
    }
    if let Some(rundown) = compiled.rundown {
        assert_eq!(Rundown::parse(&rundown.to_bytes()).as_ref(), Ok(&rundown));
    }
    let nothing = |_: &str| Err(Unread::Because("nothing there".to_owned()));
    // Where declarations can be read at all there is a schema, and where the text is JSON it can be laid out.
    let syntax = compiled.diagnostics.iter().any(|said| said.code() == "DB101");
    assert_eq!(downbeat_sheet::format(text).is_err(), syntax, "{text:?}");
    if errors == 0 {
        assert!(downbeat_sheet::schema_for(text, &nothing).is_ok(), "{text:?}");
    }
}
