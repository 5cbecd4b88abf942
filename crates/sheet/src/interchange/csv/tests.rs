use super::*;
use crate::interchange::tests::{cues, refused};
use crate::rundown::Kind;

mod orders;

fn read(table: &str) -> Vec<String> {
    cues(&FORMAT, table, &FormatOptions::default())
}

fn refusals(table: &str) -> Vec<String> {
    refused(&FORMAT, table, &FormatOptions::default())
}

#[test]
fn columns_may_come_in_any_order_under_their_names() {
    let table = "Action,Start,Track,ID,End,#who\r\n\
        startSong,00:09:20,music,song1,00:13:20.500,Maria\r\n\
        \r\n\
        applause,#song1.end+2s,,,,\r\n\
        particles,563.5,fx,,,\r\n";
    assert_eq!(
        read(table),
        [
            "560000-800500 song1 startSong music",
            "563500 particles@563500 particles fx",
            "802500 applause@802500 applause"
        ]
    );
}

#[test]
fn the_delimiter_is_guessed() {
    for table in [
        "time,action\n1.5,a b\n",
        "time;action\n1,5;a b\n",
        "time\taction\n1,5\ta b\n",
        "\u{feff}sep=;\r\ntime;action\r\n1.5;\"a b\"",
        "\n\ntime,action\n1.5,\"a b\"\n",
        "sep=\ntime;action\n1.5;a b\n",
    ] {
        assert_eq!(read(table), ["1500 a b@1500 a b"], "{table}");
    }
}

#[test]
fn every_field_of_a_cue_has_a_column() {
    let table = "time,action,kind,duration,params.song,params.title,late,jitter,needs,preload,message.en,message.fr,disabled,flags,note\n\
        1,a,moment,4s,7,\"First, \"\"light\"\"\",within 2s,400ms,250ms or fire,\"{\"\"assets\"\":[\"\"/a.ogg\"\"]}\",Sing!,\"Chantez\n !\",no,x y,n\n\
        2,b,,,,,,,,,,,yes,,\n";
    let imported = FORMAT.import(table, &FormatOptions::default()).unwrap();
    let [cue] = imported.rundown.cues() else { panic!("{}", imported.sheet) };
    assert_eq!(cue.kind(), Kind::Moment);
    assert_eq!(cue.params().unwrap()["song"], 7);
    assert_eq!(cue.params().unwrap()["title"], "First, \"light\"");
    assert_eq!(cue.late(), crate::Late::Within(downbeat_core::Span::from_millis(2_000)));
    assert_eq!(cue.jitter().as_millis(), 400);
    let bound = downbeat_core::Span::from_millis(250);
    assert_eq!(cue.needs(), Some(crate::Needs { bound, otherwise: crate::Otherwise::Fire }));
    assert_eq!(cue.preload().unwrap().assets(), ["/a.ogg"]);
    assert_eq!(cue.message().unwrap().len(), 2);
    assert!(imported.sheet.contains(r#""flags": ["x", "y"]"#) && imported.sheet.contains("\"disabled\": true"));
}

#[test]
fn every_error_is_reported_with_its_line() {
    let table = "time,action,params,late,kind,disabled\n\
        soon,a,,,,\n\
        ,a,,,,\n\
        1,,,,,\n\
        1,a,{song},,,\n\
        1,\"a\nb\",,,,\n\
        1,a,,never,,\n\
        1,a,,,sometimes,\n\
        1,a,,,,perhaps\n\
        1,a,,,,,more\n\
        1.0005,a,,,,\n";
    assert_eq!(
        refusals(table),
        [
            "2 cue number 1: \"time\" \"soon\" is not a valid time",
            "3 it has no time",
            "4 it does not say what to do",
            "5 column \"params\": \"{song}\" is not a JSON object (key must be a string at line 1 column 2)",
            "6 cue number 3 at 00:00:01 has the action \"a\\nb\"",
            "8 cue number 4 at 00:00:01 has \"never\" for \"late\"",
            "9 column \"kind\": \"sometimes\" is not a kind",
            "10 column \"disabled\": \"perhaps\" is neither yes nor no",
            "11 it has 7 cells",
            "12 cue number 7: \"time\" 1.0005 is finer than a millisecond",
        ]
    );
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    for (table, line) in [
        ("time,action\r\n\r\n1,a\r\nsoon,b\r\n", "4"),
        ("time,action\n1,\"a\"\n2,\"x\"\n\n\nsoon,b", "6"),
        ("sep=,\ntime,action\nsoon,b", "3"),
        ("time,action\r\n1,a,\"\r\nb\"\r\n", "2"),
    ] {
        assert!(refusals(table)[0].starts_with(line), "{:?}", refusals(table));
    }
}

#[test]
fn an_incomplete_header_is_refused_with_what_is_missing() {
    assert_eq!(refusals("1,a\n"), ["1 the header has no column \"time\"", "1 the header has no column \"action\"",]);
    let misspelled = FORMAT.import("time,acton,start\n1,a,2\n", &FormatOptions::default()).unwrap_err();
    assert!(misspelled[0].message().contains("did you mean \"action\"?"), "{}", misspelled[0].message());
    assert_eq!(refusals(""), ["- there is no cue in the file"]);
    assert_eq!(refusals("time,action\n"), ["- there is no cue in the file"]);
    assert_eq!(refusals("time,action\n1,\"a\n2,b\n3,c\n"), ["2 a quote opens here and never closes"]);
    assert_eq!(read("time,action\n1,12\" disc\n"), ["1000 12\" disc@1000 12\" disc"]);
}

#[test]
fn two_parts_are_minutes_and_seconds_and_that_is_reported() {
    let imported = FORMAT.import("time,action\n9:20,a\n90:00.5,b\n", &FormatOptions::default()).unwrap();
    let times: Vec<i64> = imported.rundown.cues().iter().map(|cue| cue.time().as_millis()).collect();
    assert_eq!(times, [560_000, 5_400_500]);
    let remarks: Vec<_> = imported.remarks.iter().map(|remark| remark.line).collect();
    assert_eq!(remarks, [Some(2), Some(3)]);
    assert!(imported.remarks[0].message().contains("\"9:20\" is read as minutes and seconds"));
}

#[test]
fn hints_are_kept_and_texts_are_not_vars() {
    let refusals = FORMAT.import("time,action,late\n1,a,skipp\n", &FormatOptions::default()).unwrap_err();
    assert!(refusals[0].message().ends_with("; did you mean \"skip\"?"), "{}", refusals[0].message());
    let table = "time,action,params.a,message\n1,${a},${a},Give ${a}!\n";
    let imported = FORMAT.import(table, &FormatOptions::default()).unwrap();
    let cue = &imported.rundown.cues()[0];
    assert_eq!((cue.action(), cue.params().unwrap()["a"].as_str()), ("${a}", Some("${a}")));
    assert_eq!(cue.message().unwrap().values().next().unwrap(), "Give ${a}!");
}

#[test]
fn an_action_has_one_kind() {
    let table = "time,action,kind,end\n1,a,moment,3\n2,a,state,4\n";
    assert_eq!(refusals(table), ["3 the action \"a\" is a state here and a moment elsewhere"]);
}

/// Returns the options with which an event begins at this time of day, or this timecode.
fn at(start: &str, frame_rate: Option<&str>) -> FormatOptions {
    FormatOptions {
        start: Some(start.to_owned()),
        frame_rate: frame_rate.map(|rate| rate.parse().unwrap()),
        ..FormatOptions::default()
    }
}

#[test]
fn times_of_day_count_from_when_the_event_begins() {
    let table = "time,action,end\n19:30,doors,19:45\n7:45 PM,open,\n23:50,finale,00:10\n00:15,out,\n";
    let expected = [
        "0-900000 doors@0 doors",
        "900000 open@900000 open",
        "15600000-16800000 finale@15600000 finale",
        "17100000 out@17100000 out",
    ];
    for start in ["19:30", "7:30 PM", "0.8125", "19:30:00"] {
        assert_eq!(cues(&FORMAT, table, &at(start, None)), expected, "{start}");
    }
    let parts = "duration,time,action\n0.0625,0.8125,a\n,0.9,b\n,1.0104166667,c\n";
    assert_eq!(
        cues(&FORMAT, parts, &at("19:30", None)),
        ["0-5400000 a@0 a", "7560000 b@7560000 b", "17100000 c@17100000 c"]
    );
    // A length is not a time of day, and a reference stays one.
    let lengths = "time,action,duration,id\n19:30,a,0:05,first\n#first.end+5s,b,4m,\n";
    assert_eq!(cues(&FORMAT, lengths, &at("19:30", None)), ["0-5000 first a", "10000-250000 b@10000 b"]);
    let imported = FORMAT.import(table, &at("19:30", None)).unwrap();
    assert_eq!(imported.remarks[0].line, Some(2));
    assert!(
        imported.remarks[0].problem.contains("\"19:30\" is read as a time of day, at 00:00:00"),
        "{:?}",
        imported.remarks
    );
}

#[test]
fn what_comes_before_the_event_begins_has_a_negative_time() {
    let table = "time,action,end\n19:00,doors,19:20\n19:30,open,\n23:50,finale,00:10\n";
    let expected =
        ["-1800000--600000 doors@-1800000 doors", "0 open@0 open", "15600000-16800000 finale@15600000 finale"];
    assert_eq!(cues(&FORMAT, table, &at("19:30", None)), expected);
    let remarks = FORMAT.import(table, &at("19:30", None)).unwrap().remarks;
    assert_eq!(remarks[0].problem, "1 cue comes before the event begins, the first at -00:30:00");
    let frames = "time,action\n00:59:50:00,a\n01:00:00:12,b\n";
    assert_eq!(cues(&FORMAT, frames, &at("01:00:00:00", Some("25"))), ["-10000 a@-10000 a", "480 b@480 b"]);
    let signed = "time,action\n-600,a\n-00:09:00,b\n\u{2212}8:00,c\n-7m,d\n";
    assert_eq!(
        cues(&FORMAT, signed, &FormatOptions::default()),
        ["-600000 a@-600000 a", "-540000 b@-540000 b", "-480000 c@-480000 c", "-420000 d@-420000 d"]
    );
    let rundown = FORMAT.import(signed, &FormatOptions::default()).unwrap().rundown;
    let exported = FORMAT.export(&rundown, &FormatOptions::default()).unwrap();
    assert_eq!((exported.text.lines().nth(1), exported.remarks.len()), (Some("-00:10:00,a"), 0));
    assert_eq!(FORMAT.import(&exported.text, &FormatOptions::default()).unwrap().rundown.cues(), rundown.cues());
}

#[test]
fn formats_that_begin_at_zero_refuse_what_comes_before_it() {
    let rundown = crate::compile(r#"[{ "id": "doors", "time": "-10m", "action": "a" }]"#).rundown.unwrap();
    for (name, options, enough) in [
        ("audacity", at("00:09:59", None), at("00:10:00", None)),
        ("audition", FormatOptions::default(), at("00:10:00", None)),
        ("vtt", FormatOptions::default(), at("00:10:00", None)),
        ("edl", at("00:00:00:00", Some("25")), at("01:00:00:00", Some("25"))),
    ] {
        let format = crate::interchange::Format::named(name).unwrap();
        let refusal = format.export(&rundown, &options).unwrap_err();
        assert_eq!(
            refusal.problem, "cue \"doors\" at -00:10:00 comes before zero, where the file's times begin",
            "{name}"
        );
        let exported = format.export(&rundown, &enough).unwrap();
        // Beside a cue in the event, it comes back.
        let both = crate::compile(
            r#"[{ "id": "doors", "time": "-10m", "action": "a" }, { "id": "b", "time": 5, "action": "b" }]"#,
        );
        let both = both.rundown.unwrap();
        let text = format.export(&both, &enough).unwrap().text;
        let back =
            format.import(&text, &enough).unwrap_or_else(|refusals| panic!("{name}: {refusals:?}\n{}", exported.text));
        assert_eq!(back.rundown.cues(), both.cues(), "{name}");
    }
}

#[test]
fn times_of_day_are_never_read_as_something_else() {
    let line = |time: &str| format!("time,action\n\"{time}\",a\n");
    for time in ["7:30 PM", "2026-12-24 19:30", "0.8125", "19h30"] {
        assert_eq!(refusals(&line(time)), [format!("2 column \"time\": {time:?} is a time of day")]);
    }
    for time in ["560", "1930", "19:60", "soon", "2026-04-05T19:30Z"] {
        let refused = refused(&FORMAT, &line(time), &at("19:30", None));
        assert_eq!(refused, [format!("2 column \"time\": {time:?} is not a time of day")]);
    }
    assert_eq!(
        refused(&FORMAT, &line("19:00"), &at("19:30", None)),
        ["- every cue comes before the event begins at 19:30"]
    );
    assert_eq!(refused(&FORMAT, &line("19:30"), &at("soon", None)), ["- \"soon\""]);
    // Two or more parts of a day without --start.
    let parts = FORMAT.import("time,action\n0.5,a\n0.75,b\n", &FormatOptions::default()).unwrap();
    assert!(parts.remarks[0].message().contains("--start"), "{:?}", parts.remarks);
}

#[test]
fn timecode_has_the_rate_and_the_beginning_that_are_given() {
    let table = "time,action,duration\n01:00:10:12,a,00:00:02:00\n01;00;20;00,b,\n";
    assert_eq!(refusals(&table.replace(';', ":"))[0], "2 column \"time\": \"01:00:10:12\" counts frames");
    let found = cues(&FORMAT, &table.replace(';', ":"), &at("01:00:00:00", Some("25")));
    assert_eq!(found, ["10480-12480 a@10480 a", "20000 b@20000 b"]);
    assert_eq!(refused(&FORMAT, "time,action\n560,a\n", &at("01:00:00:00", Some("25"))).len(), 2);
    let unused = refused(
        &FORMAT,
        "time,action\n560,a\n",
        &FormatOptions { frame_rate: "25".parse().ok(), ..FormatOptions::default() },
    );
    assert_eq!(unused, ["- a frame rate is given (--fps)"]);
    assert_eq!(refused(&FORMAT, "time,action\n560,a\n", &at("01:00:00:00", None)).len(), 1);
}

#[test]
fn separated_thousands_are_refused_with_what_to_write() {
    for (table, remedy) in [
        ("time,action\n\"1,200\",a\n", "write 1200, or 1.2 for less"),
        ("time;action\n1.200;a\n", "write 1200, or 1.2 for less"),
        ("time,action\n\"1,200.5\",a\n", "write 1200.5"),
        ("time;action\n1 200;a\n", "write 1200"),
        ("time;action\n1\u{202f}200,5;a\n", "write 1200.5"),
        ("time,action,duration\n1,a,\"1,200\"\n", "write 1200, or 1.2 for less"),
    ] {
        let refusals = FORMAT.import(table, &FormatOptions::default()).unwrap_err();
        assert_eq!(refusals.iter().map(|refusal| &*refusal.remedy).collect::<Vec<_>>(), [remedy], "{table}");
    }
    assert_eq!(read("time;action\n563,5;a\n1,250;b\n"), ["1250 b@1250 b", "563500 a@563500 a"]);
    assert_eq!(read("time,action\n1.250,b\n007,c\n"), ["1250 b@1250 b", "7000 c@7000 c"]);
}

#[test]
fn what_nobody_sees_is_refused_by_its_name() {
    for (table, problem) in [
        ("time,action\n\u{200b}560,a\n", "2 column \"time\": \"\\u{200b}560\" has a zero width space (U+200B)"),
        ("time,action\n560\u{200e},a\n", "2 column \"time\": \"560\\u{200e}\" has a left-to-right mark (U+200E)"),
        ("time,\u{200b}action\n560,a\n", "1 the name of column 2 has a zero width space (U+200B)"),
        (
            "time,action\n560,start\u{200b}Song\n",
            "2 cue number 1 at 00:09:20 has the action \"start\\u{200b}Song\" with a zero width space (U+200B)",
        ),
        (
            "time,action,track\n560,a,\u{202e}x\n",
            "2 cue number 1 at 00:09:20 has the track \"\\u{202e}x\" with a bidirectional control (U+202E)",
        ),
        (
            "time,action,id\n560,a,b\u{a0}c\n",
            "2 cue \"b\\u{a0}c\" at 00:09:20 has the id \"b\\u{a0}c\" with a no-break space (U+00A0)",
        ),
    ] {
        assert_eq!(refusals(table)[0], problem, "{table:?}");
    }
}

#[test]
fn what_spreadsheets_leave_behind_is_refused_by_its_name() {
    let line = |time: &str| refusals(&format!("time,action\n\"{time}\",a\n"));
    assert_eq!(line("=A1+5"), ["2 column \"time\": \"=A1+5\" is a formula"]);
    for error in ["#REF!", "#N/A", "########"] {
        assert_eq!(
            line(error),
            [format!("2 column \"time\": {error:?} is what a spreadsheet writes where it has no value")]
        );
    }
}

#[test]
fn separators_in_quotes_do_not_count() {
    assert_eq!(read("time;\"action\";\"#a,b,c,d\"\n1,5;a;x\n"), ["1500 a@1500 a"]);
    assert_eq!(read("\"#note; a; b; c\",time,action\nx,1,a\n"), ["1000 a@1000 a"]);
    assert_eq!(read("time|action\n1|a, b; c\n"), ["1000 a, b; c@1000 a, b; c"]);
    assert_eq!(read("\"#two\nlines;;;;\",time,action\nx,1,a\n"), ["1000 a@1000 a"]);
}

#[test]
fn formulas_are_harmless_and_come_back() {
    let sheet = r#"[{ "id": "-a", "time": 1, "action": "=cmd", "message": "@all, sing!", "params": { "x": "+1" } },
        { "time": 2, "action": "'=x", "track": "-t" }]"#;
    let rundown = crate::compile(sheet).rundown.unwrap();
    let exported = FORMAT.export(&rundown, &FormatOptions::default()).unwrap();
    assert!(exported.text.contains("'-a,00:00:01,'=cmd,") && exported.text.contains("''=x,'-t"), "{}", exported.text);
    assert_eq!(exported.remarks.len(), 1);
    assert!(exported.remarks[0].problem.starts_with("5 cells begin like formulas"), "{:?}", exported.remarks);
    assert_eq!(FORMAT.import(&exported.text, &FormatOptions::default()).unwrap().rundown.cues(), rundown.cues());
}

#[test]
fn notes_and_flags_are_kept() {
    let sheet = r#"[{ "id": "a", "time": 1, "action": "go", "note": "wait for the conductor", "owner": "Maria", "group": "Act 1",
        "flags": ["rehearse", "two words"] }, { "time": 2, "action": "b", "disabled": true },
        { "id": "r", "time": 3, "action": "tick", "note": "quietly", "repeat": { "every": "1s", "count": 2 } }]"#;
    let unread = |_: &str| unreachable!("it includes nothing");
    let (rundown, crew) = (crate::compile(sheet).rundown.unwrap(), crate::crew(sheet, &unread));
    assert_eq!((crew.notes.len(), crew.disabled), (3, 1));
    let exported = FORMAT.export_with(&rundown, &crew, &FormatOptions::default()).unwrap();
    assert_eq!(
        exported.text,
        "id,time,action,flags,note,owner,group\n\
        a,00:00:01,go,\"[\"\"rehearse\"\",\"\"two words\"\"]\",wait for the conductor,Maria,Act 1\n\
        r,00:00:03,tick,,quietly,,\nr-2,00:00:04,tick,,quietly,,\n"
    );
    let remarks: Vec<String> = exported.remarks.iter().map(|remark| remark.message()).collect();
    assert!(remarks[0].contains("\"r-2\" for \"r#2\"") && remarks[1].starts_with("1 cue is disabled"), "{remarks:?}");
    let back = FORMAT.import(&exported.text, &FormatOptions::default()).unwrap();
    assert_eq!(crate::crew(&back.sheet, &unread).notes, crew.notes);
}

#[test]
fn options_that_say_nothing_are_refused() {
    let rundown = crate::compile(r#"[{ "time": 1, "action": "a" }]"#).rundown.unwrap();
    for name in ["csv", "json"] {
        let format = crate::interchange::Format::named(name).unwrap();
        assert!(format.export(&rundown, &at("19:30", None)).unwrap_err().problem.starts_with("--start is given"));
    }
    for name in ["audacity", "vtt"] {
        let format = crate::interchange::Format::named(name).unwrap();
        let options = at("00:10:00", None);
        let exported = format.export(&rundown, &options).unwrap();
        assert!(exported.text.contains(if name == "vtt" { "00:10:01.000" } else { "601.000000" }), "{}", exported.text);
        assert_eq!(format.import(&exported.text, &options).unwrap().rundown.cues(), rundown.cues());
        assert!(format.export(&rundown, &at("00:10:00", Some("25"))).is_err());
    }
}
