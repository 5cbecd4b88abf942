use crate::{Cue, Options, compile, compile_with};

/// Returns the codes said about a sheet.
fn codes(source: &str) -> Vec<&'static str> {
    compile(source).diagnostics.iter().map(|said| said.code()).collect()
}

#[test]
fn a_cue_without_a_time_begins_when_the_one_before_ends() {
    let sheet = r##"{"version":1,"include":["more.json"],"cues":[
        {"id":"doors","time":"-10m","duration":"5m","action":"x"},
        {"id":"walk-in","action":"x","until":"#talk.start"},
        {"id":"talk","time":20,"action":"x","disabled":true,"duration":10},
        {"id":"bells","time":"next","action":"x","duration":1,"repeat":{"every":"2s","count":3}},
        {"id":"song","time":"next","action":"x","group":"Act 1"}]}"##;
    let more = r#"[{"id":"late","time":60,"action":"x","until":"1m10s"},{"id":"last","action":"x"}]"#;
    let compiled = compile_with(sheet, &Options::default(), &|_| Ok(more.to_owned()));
    assert_eq!(compiled.diagnostics, []);
    let rundown = compiled.rundown.unwrap();
    let begins: Vec<(&str, i64)> = rundown.cues().iter().map(|cue| (cue.id(), cue.time().as_millis())).collect();
    let expected = [
        ("doors", -600_000),
        ("walk-in", -300_000),
        ("bells", 30_000),
        ("bells#2", 32_000),
        ("bells#3", 34_000),
        ("song", 35_000),
        ("late", 60_000),
        ("last", 70_000),
    ];
    assert_eq!(begins, expected);
    // Ids are made from the time that follows.
    let unnamed = r#"[{"time":-2,"duration":"1s","action":"x"},{"action":"y"}]"#;
    let rundown = compile(unnamed).rundown.unwrap();
    let ids: Vec<&str> = rundown.cues().iter().map(Cue::id).collect();
    assert_eq!(ids, ["x@-2000", "y@-1000"]);
}

#[test]
fn a_cue_without_a_time_says_what_it_lacks() {
    let said = |sheet: &str| {
        let diagnostics = compile(sheet).diagnostics;
        diagnostics.iter().map(|said| format!("{} {}", said.code(), said.message())).collect::<Vec<_>>()
    };
    assert_eq!(
        said(r#"[{"id":"a","time":5,"action":"x"},{"id":"b","action":"x"},{"id":"c","time":"next","action":"x"}]"#),
        [
            "DB209 cue \"b\" begins when cue \"a\" at 00:00:05 ends, which does not say when that is; give cue \"a\" at 00:00:05 \"duration\" or \"until\", or cue \"b\" a \"time\"",
            "DB209 cue \"c\" begins when cue \"b\" ends, which does not say when that is; give cue \"b\" \"duration\" or \"until\", or cue \"c\" a \"time\"",
        ]
    );
    assert_eq!(
        said(r#"[{"id":"a","time":"next","action":"x","duration":1}]"#),
        [
            "DB105 cue \"a\" has \"next\" for \"time\", and no cue comes before it in its file; say when it fires, such as 560 (seconds) or \"00:09:20\""
        ]
    );
    let circle = r##"[{"id":"a","time":1,"until":"#b.end","action":"x"},{"id":"b","action":"x","duration":"1s"}]"##;
    assert_eq!(codes(circle), ["DB208"]);
    // What is not a cue was reported, and the cue after it is not blamed.
    assert_eq!(codes(r#"[{"time":1,"action":"x"},7,{"action":"x"}]"#), ["DB104"]);
    assert_eq!(codes(r#"[{"time":1,"until":"next","action":"x"}]"#), ["DB201"]);
    let long: String = (1..100_000).map(|_| r#",{"action":"x","duration":"10ms"}"#).collect();
    let rundown = compile(&format!(r#"[{{"time":0,"action":"x","duration":"10ms"}}{long}]"#)).rundown.unwrap();
    assert_eq!(rundown.cues()[99_999].time().as_millis(), 999_990);
}
