//! What holds for every sheet and every text.

use downbeat_sheet::{Level, Rundown, compile, digest_of};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
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

/// A sheet that has nothing wrong with it; some of its cues have ids.
fn any_sheet() -> impl Strategy<Value = String> {
    prop::collection::vec((any_cue(), any::<bool>()), 0..12).prop_map(|cues| {
        let cues = cues.into_iter().enumerate().map(|(index, (mut cue, named))| {
            if named {
                cue.insert("id".to_owned(), format!("cue-{index}").into());
            }
            Value::from(cue)
        });
        // A dollar could begin the name of a var that the sheet does not have.
        json!({ "version": 1, "id": "any", "cues": cues.collect::<Vec<_>>() }).to_string().replace('$', "S")
    })
}

/// The same cases each time; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` try others.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20);
    }
    config
}

proptest! {
    #![proptest_config(config())]

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
}
