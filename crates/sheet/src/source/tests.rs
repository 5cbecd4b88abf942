use crate::{Kind, Level, compile};

/// Gives the codes said about a sheet.
fn codes(source: &str) -> Vec<&'static str> {
    compile(source).diagnostics.iter().map(|said| said.code()).collect()
}

/// Gives the compiled cues of a sheet without errors, as ids with their times in milliseconds.
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
fn what_is_not_supported_yet_is_refused_and_never_ignored() {
    for field in ["late", "jitter", "preload", "flags", "owner", "repeat", "group"] {
        assert_eq!(codes(&format!(r#"[{{"time":1,"action":"a",{field:?}:1}}]"#)), ["DB103"], "{field}");
    }
    for field in ["frameRate", "expectedDrift", "vars", "include"] {
        assert_eq!(codes(&format!(r#"{{"version":1,{field:?}:1,"cues":[]}}"#)), ["DB103"], "{field}");
    }
    let declarations =
        r#"{"version":1,"actions":{"a":{"tolerance":"tight"}},"tracks":{"m":{"exclusive":true}},"cues":[]}"#;
    assert_eq!(codes(declarations), ["DB103", "DB103"]);
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
