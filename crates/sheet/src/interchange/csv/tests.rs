use super::*;
use crate::interchange::tests::{cues, refused};
use crate::rundown::Kind;

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
    assert_eq!(
        refusals("1,a\n"),
        [
            "1 column 1 is called \"1\"",
            "1 column 2 is called \"a\"",
            "1 the header has no column \"time\"",
            "1 the header has no column \"action\"",
        ]
    );
    let misspelled = FORMAT.import("time,acton,start\n1,a,2\n", &FormatOptions::default()).unwrap_err();
    assert!(misspelled[0].message().ends_with("did you mean \"action\"?"), "{}", misspelled[0].message());
    assert!(misspelled[1].message().contains("says the same as an earlier one"));
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
