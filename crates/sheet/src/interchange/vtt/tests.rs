use serde_json::json;

use super::*;
use crate::interchange::tests::{cues, refused};

#[test]
fn metadata_becomes_cues_and_foreign_json_their_params() {
    let track = "\u{feff}WEBVTT - Spring gala\r\n\r\nNOTE for\r\nthe desk\r\n\r\n\
        song1\r\n00:09:20.000 --> 00:13:20.500\r\n{\"action\":\"startSong\",\"track\":\"music\",\r\n\"params\":{\"song\":1}}\r\n\r\n\
        burst\n10:03.500 --> 10:04.000 align:start position:10%\n{\"count\":3}\n\n\n\
        01:00:00.000 --> 01:00:01.000\n{\"action\":\"bell\",\"kind\":\"moment\",\"end\":null}\n";
    let imported = FORMAT.import(track, &FormatOptions::default()).unwrap();
    assert_eq!(imported.rundown.title(), "Spring gala");
    assert!(imported.sheet.contains("\"note\": \"for the desk\""), "{}", imported.sheet);
    assert_eq!(
        cues(&FORMAT, track, &FormatOptions::default()),
        ["560000-800500 song1 startSong music", "603500-604000 burst burst", "3600000 bell@3600000 bell"]
    );
    let params = imported.rundown.cues()[1].params().unwrap();
    assert_eq!(
        serde_json::to_value(params).unwrap(),
        json!({ "count": 3, "settings": { "align": "start", "position": "10%" } })
    );
}

#[test]
fn subtitles_become_messages() {
    let track = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n1\n00:01.000 --> 00:02.000\n<v Anna>One &amp; <i>two</i>\n3 < 4 & more";
    let imported = FORMAT.import(track, &FormatOptions::default()).unwrap();
    let [cue] = imported.rundown.cues() else { panic!() };
    assert_eq!((cue.id(), cue.action()), ("1", "caption"));
    assert_eq!(cue.message().unwrap().values().next().unwrap(), "One & two\n3 < 4 & more");
    assert_eq!(imported.remarks.iter().map(|remark| remark.line).collect::<Vec<_>>(), [Some(3), Some(7)]);
}

#[test]
fn invalid_tracks_are_refused_line_by_line() {
    let options = FormatOptions::default();
    assert_eq!(
        refused(&FORMAT, "1\n00:00:01,000 --> 00:00:02,000\nHi\n", &options),
        ["1 it does not begin with WEBVTT"]
    );
    assert_eq!(refused(&FORMAT, "", &options), ["1 it does not begin with WEBVTT"]);
    assert_eq!(refused(&FORMAT, "WEBVTT\n", &options), ["- there is no cue in the file"]);
    let bad = "WEBVTT\n\nhello\n\n1\n00:00:01,000 --> 00:00:02.000\nHi\n\n00:05.000 --> 00:04.000\nHi\n\n\
        00:05.000 --> 00:60.000\nHi\n\n00:05.000 --> 00:06.000\n\n00:05.000 --> 00:06.000\n{\"action\":\"a\",\"kind\":\"x\"}\n\n\
        00:05.000 --> 00:06.000\n{\"action\":\"a\",\"end\":7}\n";
    assert_eq!(
        refused(&FORMAT, bad, &options),
        [
            "6 \"00:00:01",
            "9 it ends at 00:04.000",
            "12 \"00:60.000\" is not a WebVTT time",
            "15 it does not say what to do",
            "17 its kind is \"x\"",
            "20 its end is 7",
        ]
    );
}

#[test]
fn a_line_with_an_arrow_begins_a_cue_wherever_it_is() {
    let options = FormatOptions::default();
    let texts = |track: &str| {
        let imported = FORMAT.import(track, &options).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
        let text = |cue: &crate::Cue| cue.message().unwrap().values().next().unwrap().clone();
        imported.rundown.cues().iter().map(|cue| (cue.id().to_owned(), text(cue))).collect::<Vec<_>>()
    };
    let pairs = |expected: &[(&str, &str)]| {
        expected.iter().map(|&(id, text)| (id.to_owned(), text.to_owned())).collect::<Vec<_>>()
    };
    for (track, expected) in [
        // Without empty lines between cues, a number above the times is the text of the cue before.
        (
            "WEBVTT\n00:01.000 --> 00:02.000\nOne\n00:03.000 --> 00:04.000\nTwo",
            &[("caption", "One"), ("caption-2", "Two")][..],
        ),
        (
            "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nOne\n2\n00:03.000 --> 00:04.000\nTwo",
            &[("1", "One\n2"), ("caption", "Two")],
        ),
        // Keywords are identifiers where an arrow follows.
        (
            "WEBVTT\n\nNOTE\n00:01.000 --> 00:02.000\nOne\n\nSTYLE\n00:03.000 --> 00:04.000\nTwo",
            &[("NOTE", "One"), ("STYLE", "Two")],
        ),
        ("WEBVTT\n\nNOTE a\nb\n00:01.000 --> 00:02.000\nOne", &[("caption", "One")]),
        // Line ends of old Macs, and of Windows.
        (
            "WEBVTT\r\r1\r00:01.000 --> 00:02.000\rOne\rmore\r\r00:03.000 --> 00:04.000\rTwo",
            &[("1", "One\nmore"), ("caption", "Two")],
        ),
        ("WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nOne\r\n", &[("caption", "One")]),
        // Character references of HTML, also without a semicolon.
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n&eacute;t&eacute; &#39;a&#x27; &quot;b&quot; &hellip; &copy &amp;lt; &nope;",
            &[("caption", "été 'a' \"b\" … © &lt; &nope;")],
        ),
        // Identifiers may repeat, hours may have one digit, settings may follow at once.
        (
            "WEBVTT\n\nx\n0:00:01.000-->0:00:02.000align:start\nOne\n\nx\n00:03.000 --> 00:04.000\nTwo",
            &[("x", "One"), ("x-2", "Two")],
        ),
    ] {
        assert_eq!(texts(track), pairs(expected), "{track:?}");
    }
    let stream =
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n10:00:01.000 --> 10:00:02.000\nOne\n\nlost\n";
    let imported =
        FORMAT.import(stream, &FormatOptions { start: Some("10:00:00".to_owned()), ..options.clone() }).unwrap();
    assert_eq!(imported.remarks.iter().map(|remark| remark.line).collect::<Vec<_>>(), [Some(2), Some(7)]);
    assert_eq!(imported.rundown.cues()[0].time().as_millis(), 1_000);
    assert_eq!(refused(&FORMAT, "WEBVTT\n\n00:01.000 -> 00:02.000\nOne\n", &options), ["3 it is not a cue"]);
}
