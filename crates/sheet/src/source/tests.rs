use crate::{Kind, Late, Level, Options, Otherwise, Unread, compile, compile_with};

/// Returns the codes said about a sheet.
fn codes(source: &str) -> Vec<&'static str> {
    compile(source).diagnostics.iter().map(|said| said.code()).collect()
}

/// Returns the compiled cues of a sheet without errors, as ids with their times in milliseconds.
fn cues(source: &str) -> Vec<(String, i64)> {
    let compiled = compile(source);
    let rundown = compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    rundown.cues().iter().map(|cue| (cue.id().to_owned(), cue.time().as_millis())).collect()
}

#[test]
fn cues_are_sorted_by_time_and_keep_stable_ids() {
    let sheet = r#"[
        { "time": 5, "action": "flash" },
        { "time": 1, "action": "open" },
        { "time": "5s", "action": "flash" }, // the same instant again
        { "time": 5, "action": "flash", "id": "third" },
    ]"#;
    let expected = [("open@1000", 1_000), ("flash@5000", 5_000), ("flash@5000#2", 5_000), ("third", 5_000)];
    assert_eq!(cues(sheet), expected.map(|(id, ms)| (id.to_owned(), ms)));
}

#[test]
fn disabling_a_cue_changes_no_other_ones_id() {
    let both = r#"[{"time":5,"action":"flash"},{"time":5,"action":"flash"}]"#;
    let one = r#"[{"time":5,"action":"flash","disabled":true},{"time":5,"action":"flash"}]"#;
    assert_eq!(cues(both)[1..], cues(one)[..]);
}

#[test]
fn a_cue_that_lasts_is_a_state_unless_its_action_says_otherwise() {
    let kinds = |source: &str| compile(source).rundown.unwrap().cues().iter().map(|cue| cue.kind()).collect::<Vec<_>>();
    assert_eq!(
        kinds(r#"[{"time":1,"action":"a"},{"time":2,"action":"a","duration":"4s"}]"#),
        [Kind::Moment, Kind::State]
    );
    let declared = r#"{"version":1,"actions":{"a":{"kind":"state"},"b":{"kind":"moment"},"c":{}},"cues":[
        {"time":1,"action":"a"},{"time":2,"action":"b","until":3},{"time":4,"action":"c"}]}"#;
    assert_eq!(kinds(declared), [Kind::State, Kind::Moment, Kind::Moment]);
}

#[test]
fn a_message_in_one_text_is_in_the_sheets_first_locale() {
    let of = |locales: &str| {
        let sheet = format!(r#"{{"version":1{locales},"cues":[{{"time":1,"action":"a","message":"Bonsoir"}}]}}"#);
        let rundown = compile(&sheet).rundown.unwrap();
        rundown.cues()[0].message().unwrap().keys().map(|locale| locale.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(r#","locales":["fr","en"]"#), ["fr"]);
    assert_eq!(of(""), ["en"]);
}

#[test]
fn tracks_are_those_declared_or_else_those_used() {
    let names = |source: &str| compile(source).rundown.unwrap().tracks().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(r#"[{"time":1,"action":"a","track":"fx"}]"#), ["fx"]);
    assert_eq!(names(r#"{"version":1,"tracks":{"music":{},"fx":{}},"cues":[]}"#), ["fx", "music"]);
}

#[test]
fn everything_wrong_is_said_at_once() {
    let sheet = r#"{ "version": 1, "titel": "Gala", "duration": 60, "cues": [
        { "id": "a", "action": "open" },
        { "id": "a", "time": 70, "action": 7, "colour": "red" },
        null ] }"#;
    assert_eq!(codes(sheet), ["DB103", "DB105", "DB301", "DB203", "DB104", "DB103", "DB104"]);
    assert!(compile(sheet).rundown.is_none());
}

#[test]
fn a_warning_leaves_the_rundown_standing() {
    let compiled = compile(r#"[{"time":"9:20","action":"a"}]"#);
    assert_eq!(compiled.diagnostics[0].level(), Level::Warning);
    assert_eq!(compiled.rundown.unwrap().cues()[0].time().as_millis(), 560_000);
}

#[test]
fn only_comments_and_trailing_commas_are_added_to_json() {
    assert_eq!(codes("/* a */ [ // b\n ]"), [""; 0]);
    assert_eq!(codes(r#"[{"time":1,"action":"a",},]"#), [""; 0]);
    for text in [
        "",
        " // nothing\n",
        "[",
        "[1 2]",
        "{'a':1}",
        "{a:1}",
        "[0x10]",
        "[+1]",
        "[.5]",
        "[5.]",
        "[01]",
        "[NaN]",
        "[Infinity]",
        r#"["\x41"]"#,
        r#"["\ud800"]"#,
        "[] []",
        "[\"a\nb\"]",
        "[\u{a0}]",
        "[\u{b}]",
        "/*",
        "nul",
        "\u{0}",
    ] {
        assert_eq!(codes(text), ["DB101"], "{text:?}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_and_places_still_fit() {
    let source = "\u{feff}[{\"time\":\"soon\",\"action\":\"a\"}]";
    let said = &compile(source).diagnostics[0];
    assert_eq!(&source[said.span().unwrap()], "\"soon\"");
    assert_eq!(said.line_column(source), Some((1, 10)));
}

#[test]
fn columns_count_characters() {
    let source = "[\n  {\"action\":\"été 😀\",\"time\":\"soon\"}]";
    assert_eq!(compile(source).diagnostics[0].line_column(source), Some((2, 28)));
}

#[test]
fn nesting_without_end_is_refused() {
    assert_eq!(codes(&"[".repeat(100_000)), ["DB101"]);
    let nested = |depth: usize| {
        format!(r#"[{{"time":1,"action":"a","params":{{"x":{}{}}}}}]"#, "[".repeat(depth), "]".repeat(depth))
    };
    assert_eq!(codes(&nested(64)), [""; 0]);
    assert_eq!(codes(&nested(65)), ["DB107"]);
    // What is allowed can be read back.
    let bytes = compile(&nested(64)).rundown.unwrap().to_bytes();
    assert!(crate::Rundown::parse(&bytes).is_ok());
}

#[test]
fn limits_are_held() {
    assert_eq!(codes(&" ".repeat(10 * 1024 * 1024 + 1)), ["DB107"]);
    let many = format!("[{}]", r#"{"time":1,"action":"a"},"#.repeat(200_001));
    assert_eq!(codes(&many), ["DB107"]);
    // The event's latest end is that of all times.
    assert_eq!(codes(r#"[{"time":"366d","action":"a","duration":1}]"#), ["DB203"]);
}

#[test]
fn a_message_quotes_no_more_than_a_line_of_what_it_is_about() {
    let long = "x".repeat(1_000_000);
    for sheet in [
        format!(r#"[{{"time":1,"action":"a","id":"{long}"}}]"#),
        format!(r#"[{{"time":"{long}","action":"a"}}]"#),
        format!(r#"[{{"time":1,"action":"a","{long}":1}}]"#),
        format!(r#"[{{"time":1,"action":"a","params":{{"n":1{}}}}}]"#, "0".repeat(1_000_000)),
    ] {
        let said = compile(&sheet).diagnostics;
        assert!(said[0].message().len() < 400, "{}", said[0].message().len());
    }
}

#[test]
fn numbers_in_params_keep_their_value() {
    let params = |number: &str| {
        let sheet = format!(r#"[{{"time":1,"action":"a","params":{{"n":{number}}}}}]"#);
        String::from_utf8(compile(&sheet).rundown.unwrap().to_bytes()).unwrap()
    };
    for (written, printed) in [
        ("1.0", "1"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("1e3", "1000"),
        ("0.1", "0.1"),
        ("9007199254740991", "9007199254740991"),
        ("-9007199254740991.0", "-9007199254740991"),
        ("1e-400", "0"),
    ] {
        assert!(params(written).contains(&format!(r#""params":{{"n":{printed}}}"#)), "{written}");
    }
}

#[test]
fn a_rundown_compiles_to_itself() {
    let rundown = compile(r#"[{"time":1,"action":"a"}]"#).rundown.unwrap();
    let text = String::from_utf8(rundown.to_bytes()).unwrap();
    assert_eq!(compile(&format!("{text}\n")).rundown, Some(rundown));
    assert_eq!(codes(&text.replace("rundown/1", "rundown/2")), ["DB109"]);
}

/// Returns the compiled cues of a sheet without errors, as ids with the times at which they begin and end.
fn spans(source: &str) -> Vec<(String, i64, Option<i64>)> {
    let compiled = compile(source);
    let rundown = compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    let span = |cue: &crate::Cue| (cue.id().to_owned(), cue.time().as_millis(), cue.end().map(|end| end.as_millis()));
    rundown.cues().iter().map(span).collect()
}

#[test]
fn references_are_resolved_whatever_the_order_of_the_cues() {
    let sheet = r##"[
        { "id": "c", "time": "#b.end-500ms", "action": "x", "until": "#b.end+1s" },
        { "id": "b", "time": "#a.start+4m", "action": "x", "duration": "3m30s" },
        { "id": "a", "time": 560, "action": "x", "until": "#b.start" } ]"##;
    let expected = [("a", 560_000, 800_000), ("b", 800_000, 1_010_000), ("c", 1_009_500, 1_011_000)];
    assert_eq!(spans(sheet), expected.map(|(id, begin, end)| (id.to_owned(), begin, Some(end))));
}

#[test]
fn a_reference_to_a_repeated_cue_means_its_first_start_and_its_last_end() {
    let sheet = r##"[
        { "id": "tick", "time": 10, "action": "x", "duration": "1s", "repeat": { "every": "5s", "count": 3 } },
        { "id": "before", "time": "#tick.start-1s", "action": "y" },
        { "id": "after", "time": "#tick.end", "action": "y" } ]"##;
    let times: Vec<_> = spans(sheet).into_iter().map(|(id, begin, _)| (id, begin)).collect();
    let expected = [("before", 9_000), ("tick", 10_000), ("tick#2", 15_000), ("tick#3", 20_000), ("after", 21_000)];
    assert_eq!(times, expected.map(|(id, begin)| (id.to_owned(), begin)));
}

#[test]
fn a_long_chain_of_references_is_followed() {
    let cue = |n: usize| match n {
        0 => r#"{"id":"c0","time":1,"action":"x"}"#.to_owned(),
        n => format!(r##"{{"id":"c{n}","time":"#c{}.start+1ms","action":"x"}}"##, n - 1),
    };
    // Backwards, so that following the first goes through all the others.
    let sheet = format!("[{}]", (0..50_000).rev().map(cue).collect::<Vec<_>>().join(","));
    assert_eq!(spans(&sheet).last().unwrap().1, 1_000 + 49_999);
    let circle = sheet.replace(r#""time":1,"#, r##""time":"#c49999.start","##);
    let said = compile(&circle).diagnostics;
    assert_eq!(said.iter().map(|said| said.code()).collect::<Vec<_>>(), ["DB208"]);
    assert!(said[0].message().len() < 400 && said[0].message().contains("(49992 more)"), "{}", said[0].message());
}

#[test]
fn a_reference_leads_not_beyond_the_event() {
    assert_eq!(
        spans(r##"[{"id":"a","time":1,"action":"x"},{"id":"b","time":"#a.start-2s","action":"x"}]"##)[0].1,
        -1_000
    );
    assert_eq!(codes(r##"[{"id":"a","time":-1,"action":"x"},{"time":"#a.start-366d","action":"x"}]"##), ["DB202"]);
    assert_eq!(codes(r##"[{"id":"a","time":1,"action":"x"},{"time":"#a.start+366d","action":"x"}]"##), ["DB203"]);
    let backwards = r##"[{"id":"a","time":5,"until":"#b.start","action":"x"},{"id":"b","time":1,"action":"x"}]"##;
    assert_eq!(codes(backwards), ["DB205"]);
}

#[test]
fn frames_are_counted_at_the_sheets_rate_unless_they_name_theirs() {
    let sheet = r#"{"version":1,"frameRate":"29.97","cues":[
        {"id":"a","time":"00:01:00;02","action":"x"},{"id":"b","time":"00:01:00:12@25","action":"x"}]}"#;
    assert_eq!(cues(sheet), [("a".to_owned(), 60_060), ("b".to_owned(), 60_480)]);
}

#[test]
fn a_state_without_an_end_lasts_until_the_next_of_its_track() {
    let sheet = r#"{"version":1,"actions":{"light":{"kind":"state"},"flash":{"kind":"moment"}},"cues":[
        {"id":"a","time":1,"action":"light","track":"left"},
        {"id":"b","time":2,"action":"light","track":"right","until":9},
        {"id":"c","time":3,"action":"flash","track":"left"},
        {"id":"d","time":4,"action":"light","track":"left","until":6},
        {"id":"e","time":5,"action":"light"},
        {"id":"f","time":7,"action":"light","until":8}]}"#;
    let ends: Vec<_> = spans(sheet).into_iter().map(|(id, _, end)| (id, end)).collect();
    let expected = [
        ("a", Some(4_000)),
        ("b", Some(9_000)),
        ("c", None),
        ("d", Some(6_000)),
        ("e", Some(7_000)),
        ("f", Some(8_000)),
    ];
    assert_eq!(ends, expected.map(|(id, end)| (id.to_owned(), end)));
}

#[test]
fn how_a_cue_reaches_its_viewers_is_compiled_as_written() {
    let sheet = r#"[{"time":560,"action":"x","jitter":"400ms","late":{"within":"2s"},
        "preload":{"assets":["/a.ogg"],"lead":"60s","spread":"45s","bytes":400000},
        "flags":["rehearse"],"note":"n","owner":"Ada","group":"songs"},
        {"time":600,"action":"x","late":"latest","jitter":0,"preload":{"assets":["/b.ogg"],"lead":"40s"}}]"#;
    let compiled = compile(sheet);
    assert_eq!(compiled.diagnostics, []);
    let rundown = compiled.rundown.unwrap();
    let [first, second] = rundown.cues() else { panic!() };
    assert_eq!(
        (first.late(), first.jitter().as_millis()),
        (Late::Within(downbeat_core::Span::from_millis(2_000)), 400)
    );
    let preload = |cue: &crate::Cue| {
        let preload = cue.preload().unwrap();
        (preload.lead().as_millis(), preload.spread().as_millis(), preload.bytes())
    };
    assert_eq!(preload(first), (60_000, 45_000, Some(400_000)));
    assert_eq!((second.late(), second.jitter().as_millis()), (Late::Latest, 0));
    assert_eq!(preload(second), (40_000, 30_000, None));
}

#[test]
fn what_a_cue_needs_of_the_clock_is_skipped_unless_it_says_otherwise() {
    let needs = |needs: &str| {
        let sheet = format!(r#"[{{"time":560,"action":"x","needs":{needs}}}]"#);
        let compiled = compile(&sheet);
        assert_eq!(compiled.diagnostics, []);
        compiled.rundown.unwrap().cues()[0].needs().map(|needs| (needs.bound.as_millis(), needs.otherwise))
    };
    assert_eq!(needs(r#"{"bound":"50ms"}"#), Some((50, Otherwise::Skip)));
    assert_eq!(needs(r#"{"bound":0.25,"otherwise":"fire"}"#), Some((250, Otherwise::Fire)));
    assert_eq!(needs(r#"{"otherwise":"skip","bound":"10s"}"#), Some((10_000, Otherwise::Skip)));
    assert_eq!(compile(r#"[{"time":560,"action":"x"}]"#).rundown.unwrap().cues()[0].needs(), None);
    for bound in ["0", "10.001", "-1", r#""9:20""#, r##""#a.start""##, "true"] {
        let sheet = format!(r#"[{{"id":"a","time":560,"action":"x","needs":{{"bound":{bound}}}}}]"#);
        assert!(compile(&sheet).rundown.is_none(), "{bound}");
    }
}

#[test]
fn a_tight_action_that_needs_an_exact_clock_is_told_nothing() {
    let sheet = |needs: &str| {
        format!(
            r#"{{"version":1,"actions":{{"flare":{{"tolerance":"tight"}}}},"cues":[{{"time":1,"action":"flare","needs":{needs}}}]}}"#
        )
    };
    assert_eq!(codes(&sheet(r#"{"bound":"50ms"}"#)), [""; 0]);
    assert_eq!(codes(&sheet(r#"{"bound":"51ms"}"#)), ["DB503"], "two viewers may be twice the bound apart");
    assert_eq!(codes(&sheet(r#"{"bound":"50ms","otherwise":"fire"}"#)), ["DB503"]);
}

#[test]
fn what_is_needed_of_clocks_is_doubted_at_the_edges_only() {
    let said = |cue: &str| codes(&format!(r#"[{{"time":1,"action":"x",{cue}}}]"#));
    assert_eq!(said(r#""needs":{"bound":"40ms"}"#), [""; 0]);
    assert_eq!(said(r#""needs":{"bound":"39ms","otherwise":"fire"}"#), ["DB508"]);
    assert_eq!(said(r#""needs":{"bound":"50ms"},"jitter":"99ms""#), [""; 0]);
    assert_eq!(said(r#""needs":{"bound":"50ms"},"jitter":"100ms""#), ["DB509"]);
    assert_eq!(said(r#""needs":{"bound":"50ms"},"duration":"1m""#), [""; 0]);
    assert_eq!(said(r#""needs":{"bound":"50ms"},"duration":60.001"#), ["DB510"]);
    assert_eq!(said(r#""needs":{"bound":"50ms","otherwise":"fire"},"duration":"1h""#), [""; 0]);
    assert_eq!(said(r#""needs":{"bound":"10ms"},"jitter":"1s","repeat":{"every":"1m","count":9}"#), ["DB508", "DB509"]);
}

#[test]
fn vars_are_filled_into_params_messages_and_addresses() {
    let sheet = r#"{"version":1,"vars":{"brand":"red","n":3,"cdn":"https://a.example"},"cues":[
        {"time":1,"action":"x","params":{"c":"${brand}","n":"${n}","t":"${n} ${brand}"},"message":"${n}!",
         "preload":{"assets":["${cdn}/a.ogg"]}}]}"#;
    let compiled = compile(sheet);
    assert_eq!(compiled.diagnostics, []);
    let rundown = compiled.rundown.unwrap();
    let cue = &rundown.cues()[0];
    assert_eq!(cue.params_json(), Some(r#"{"c":"red","n":3,"t":"3 red"}"#));
    assert_eq!(cue.params().unwrap()["n"], 3);
    assert_eq!(cue.message().unwrap()[&"en".parse().unwrap()], "3!");
    assert_eq!(cue.preload().unwrap().assets(), ["https://a.example/a.ogg"]);
}

/// Compiles a sheet that includes others.
fn including(sheet: &str, files: &[(&str, &str)]) -> crate::Compiled {
    let read = |path: &str| {
        let found = files.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| Unread::Because("no such file".to_owned()))
    };
    compile_with(sheet, &Options::default(), &read)
}

#[test]
fn included_files_share_cues_actions_tracks_and_vars() {
    let sheet = r##"{"version":1,"vars":{"a":"1","b":"1"},"include":["acts/one.jsonc"],"tracks":{"fx":{}},
        "cues":[{"id":"z","time":"#song.end","action":"x","track":"fx"}]}"##;
    let one = r#"{"version":1,"vars":{"b":"2"},"include":["../two.jsonc"],"frameRate":25,"actions":{"x":{},"y":{}},
        "cues":[{"id":"song","time":"00:00:01:05","action":"x","duration":"1s","params":{"p":"${a}${b}"}}]}"#;
    let two = "\u{feff}[{\"time\":9,\"action\":\"nope\",\"params\":{\"p\":\"${b}\"}}]";
    let compiled = including(sheet, &[("acts/one.jsonc", one), ("two.jsonc", two)]);
    let said = &compiled.diagnostics[0];
    assert_eq!((compiled.diagnostics.len(), said.code(), said.file()), (1, "DB303", Some("two.jsonc")));
    assert_eq!((said.pointer(), said.line_column(two)), ("/0/action", Some((1, 21))));
    assert!(said.message().starts_with("cue number 1 of \"two.jsonc\" at 00:00:09"), "{}", said.message());
    let paths: Vec<_> = compiled.included.iter().map(|included| included.path.as_str()).collect();
    assert_eq!(paths, ["acts/one.jsonc", "two.jsonc"]);
    let good = including(sheet, &[("acts/one.jsonc", one), ("two.jsonc", &two.replace("nope", "y"))]);
    let rundown = good.rundown.unwrap_or_else(|| panic!("{:?}", good.diagnostics));
    let seen: Vec<_> = rundown.cues().iter().map(|cue| (cue.id(), cue.time().as_millis())).collect();
    assert_eq!(seen, [("song", 1_200), ("z", 2_200), ("y@9000", 9_000)]);
    let p = |id: &str| rundown.cue(id).unwrap().params().unwrap()["p"].as_str().unwrap().to_owned();
    assert_eq!([p("song"), p("y@9000")], ["12", "2"]);
}

#[test]
fn includes_have_limits() {
    let said = |sheet: &str, files: &[(&str, &str)]| {
        let said = including(sheet, files).diagnostics;
        said.iter().map(|said| (said.code(), said.file().map(str::to_owned))).collect::<Vec<_>>()
    };
    let one = r#"{"version":1,"include":["1"],"cues":[]}"#;
    let chain: Vec<(String, String)> =
        (1..=9).map(|n| (n.to_string(), format!(r#"{{"version":1,"include":["{}"],"cues":[]}}"#, n + 1))).collect();
    let chain: Vec<(&str, &str)> = chain.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert_eq!(said(one, &chain), [("DB107", Some("8".to_owned()))]);
    assert_eq!(said(one, &[("1", &" ".repeat(10 * 1024 * 1024))]), [("DB107", None)]);
    let many: Vec<String> = (0..257).map(|n| n.to_string()).collect();
    let sheet = format!(r#"{{"version":1,"include":{many:?},"cues":[]}}"#);
    let many: Vec<(&str, &str)> = many.iter().map(|path| (path.as_str(), "[]")).collect();
    assert_eq!(said(&sheet, &many), [("DB107", None)]);
    // What an included file may not say for the whole sheet is told there.
    let title = r#"{"version":1,"title":"x","cues":[]}"#;
    assert_eq!(said(one, &[("1", title)]), [("DB103", Some("1".to_owned()))]);
}

#[test]
fn repeats_count_as_the_cues_they_are() {
    let sheet = r#"[{"time":0,"action":"x","repeat":{"every":"1ms","count":200000}},{"time":1,"action":"y"}]"#;
    assert_eq!(codes(sheet), ["DB107"]);
    let far = r#"{"version":1,"duration":"10s","cues":[{"time":0,"action":"x","repeat":{"every":"4s","count":4}}]}"#;
    assert_eq!(codes(far), ["DB203"]);
}

#[test]
fn schemas_that_refer_to_themselves_are_not_followed_for_ever() {
    for schema in [
        r##"{"$ref":"#"}"##,
        r##"{"allOf":[{"$ref":"#"}]}"##,
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##,
        r##"{"properties":{"a":{"$ref":"#"}}}"##,
        r##"{"not":{"$ref":"#"}}"##,
        r##"{"if":{"$ref":"#"},"then":false}"##,
    ] {
        let sheet = format!(
            r#"{{"version":1,"actions":{{"x":{{"params":{schema}}}}},"cues":[{{"time":1,"action":"x","params":{{"a":{{"a":1}}}}}}]}}"#
        );
        compile(&sheet);
    }
}

#[test]
fn warnings_can_be_denied_and_locales_asked_for() {
    let nothing = |_: &str| Err(Unread::Because(String::new()));
    let deny = Options { deny_warnings: true, ..Options::default() };
    assert!(compile_with(r#"[{"time":"9:20","action":"a"}]"#, &deny, &nothing).rundown.is_none());
    assert!(compile_with(r#"[{"time":"9m20s","action":"a"}]"#, &deny, &nothing).rundown.is_some());
    let french = Options { required_locales: vec!["fr".parse().unwrap()], ..Options::default() };
    let said = compile_with(r#"[{"time":1,"action":"a","message":"Hi"}]"#, &french, &nothing);
    assert_eq!(said.diagnostics[0].code(), "DB402");
}

#[test]
fn a_hint_names_what_was_probably_meant() {
    let hint = |sheet: &str| compile(sheet).diagnostics.iter().find_map(|said| said.hint().map(str::to_owned));
    for (sheet, meant) in [
        (r#"[{"time":1,"action":"a","trak":"b"}]"#, r#"did you mean "track"?"#),
        (
            r#"{"version":1,"actions":{"startSong":{}},"cues":[{"time":1,"action":"starSong"}]}"#,
            r#"did you mean "startSong"?"#,
        ),
        (
            r##"[{"id":"song1","time":"#sonq2.end","action":"a"},{"id":"song2","time":1,"duration":1,"action":"a"}]"##,
            r##"did you mean "#song2.end"?"##,
        ),
        (
            r#"{"version":1,"vars":{"brand":"red"},"cues":[{"time":1,"action":"a","message":"${brend}"}]}"#,
            "did you mean ${brand}?",
        ),
        (r#"[{"time":1,"action":"a","late":"skp"}]"#, r#"did you mean "skip"?"#),
    ] {
        assert_eq!(hint(sheet).as_deref(), Some(meant), "{sheet}");
    }
}

#[test]
fn one_mistake_in_a_schema_is_told_once_and_where_it_is() {
    let told = |params: &str| {
        let sheet = format!(r#"{{"version":1,"actions":{{"a":{{"params":{params}}}}},"cues":[]}}"#);
        let said = compile(&sheet).diagnostics;
        said.iter().map(|said| format!("{} {}", said.code(), said.pointer())).collect::<Vec<_>>()
    };
    assert_eq!(told(r#"{"properties":{"n":{"maximum":1e300}}}"#), ["DB108 /actions/a/params/properties/n/maximum"]);
    assert_eq!(told(r#"{"properties":{"n":{"type":"numbr"}}}"#), ["DB404 /actions/a/params/properties/n/type"]);
    assert_eq!(told("7"), ["DB104 /actions/a/params"]);
}
