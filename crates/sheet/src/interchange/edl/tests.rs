use super::*;
use crate::interchange::tests::{cues, refused};

fn at(rate: &str, start: Option<&str>) -> FormatOptions {
    FormatOptions {
        frame_rate: Some(rate.parse().unwrap()),
        start: start.map(str::to_owned),
        ..FormatOptions::default()
    }
}

const EDITS: &str = "TITLE: Spring gala\nFCM: NON-DROP FRAME\n\n\
    001  AX       V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n\
    * FROM CLIP NAME: opening [stage]\n\
    002  AX       V     C        00:00:02:00 00:00:02:00 01:00:02:00 01:00:02:00\n\
    002  BX       V     D    024 00:00:00:00 00:00:10:12 01:00:02:00 01:00:12:12\n\
    EFFECTS NAME IS CROSS DISSOLVE\n\
    * FROM CLIP NAME: opening\n\
    * TO CLIP NAME: song\n\
    M2   AX       025.0                00:00:00:00\n\
    * LOC: 01:00:03:01  RED     burst #burst1\n\
    003  AX       A2    C        00:00:00:00 00:00:00:01 01:00:12:12 01:00:12:13\n\
    * FROM CLIP NAME: bell\n";

#[test]
fn edits_and_markers_become_cues_from_where_the_event_begins() {
    assert_eq!(
        cues(&FORMAT, EDITS, &at("25", Some("01:00:00:00"))),
        ["0-2000 opening opening stage", "2000-12480 song song", "3040 burst1 burst", "12480 bell bell A2"]
    );
    let imported = FORMAT.import(EDITS, &at("25", None)).unwrap();
    assert_eq!(imported.rundown.title(), "Spring gala");
    assert_eq!(imported.rundown.cues()[0].time().as_millis(), 3_600_000);
    assert!(imported.remarks[0].remedy.contains("--start 01:00:00:00"));
}

#[test]
fn markers_of_resolve_are_moments_unless_they_last() {
    let marks = "TITLE: Timeline 1\nFCM: NON-DROP FRAME\n\n\
        001  001      V     C        00:00:10:00 00:00:10:01 00:00:10:00 00:00:10:01  \n \
        |C:ResolveColorBlue |M:startSong [music] |D:1\n\n\
        002  001      V     C        00:00:20:00 00:00:20:01 00:00:20:00 00:00:20:01  \n \
        |C:ResolveColorRed |M:Marker 2 |D:48\n";
    assert_eq!(
        cues(&FORMAT, marks, &at("24", None)),
        ["10000 startSong startSong music", "20000-22000 Marker-2 Marker 2"]
    );
}

#[test]
fn drop_frame_follows_the_mode_or_the_semicolon() {
    let edit = |code: &str| format!("001  AX V C 00:00:00:00 00:00:00:00 {code} {code}\n* FROM CLIP NAME: a\n");
    let dropping = format!("FCM: DROP FRAME\n{}", edit("00:10:00:00"));
    assert_eq!(cues(&FORMAT, &dropping, &at("29.97", None)), ["599999 a a"]);
    assert_eq!(cues(&FORMAT, &edit("00:10:00;00"), &at("29.97", None)), ["599999 a a"]);
    assert_eq!(cues(&FORMAT, &edit("00:10:00:00"), &at("29.97", None)), ["600600 a a"]);
    let back = format!("FCM: DROP FRAME\nFCM: NON-DROP FRAME\n{}", edit("00:10:00:00"));
    assert_eq!(cues(&FORMAT, &back, &at("29.97", None)), ["600600 a a"]);
    // The beginning is counted as the list is.
    assert_eq!(cues(&FORMAT, &dropping, &at("29.97", Some("00:10:00:00"))), ["0 a a"]);
    assert_eq!(cues(&FORMAT, &edit("00:10:00:00"), &at("29.97", Some("00:10:00:00"))), ["0 a a"]);
    assert_eq!(refused(&FORMAT, &dropping, &at("25", None))[0], "1 the list counts drop-frame");
    assert_eq!(
        refused(&FORMAT, &format!("FCM: DROP FRAME\n{}", edit("00:01:00:00")), &at("59.94", None)),
        ["2 the timecode \"00:01:00:00\" is a frame that drop-frame leaves out: each minute but every tenth begins at frame 02 (04 at 59.94)";
            2]
    );
}

#[test]
fn invalid_lists_are_refused_line_by_line() {
    assert_eq!(refused(&FORMAT, EDITS, &FormatOptions::default()), ["- edit lists count frames"]);
    let bad = "FCM: SOMETIMES\n\
        001  AX V C 00:00:00:00\n\
        002  AX V C 0 0 00:00:05:00 00:00:04:00\n\
        003  AX V C 0 0 00:00:05:25 00:00:06:00\n\
        004  AX V C 0 0 00:00:05:00 00:00:06:00\n\
        hello\n\
        * LOC: never RED a\n";
    assert_eq!(
        refused(&FORMAT, bad, &at("25", None)),
        [
            "1 it names an unknown frame code mode",
            "2 it is not a complete edit",
            "3 it ends at 00:00:04:00",
            "4 the timecode \"00:00:05:25\" has a frame that its rate does not reach",
            "5 it does not say what to do",
            "6 it is not an edit",
            "7 the timecode \"never\" is not a valid time",
        ]
    );
    let pair = "001  AX V C 0 0 00:00:05:00 00:00:05:00\n* FROM CLIP NAME: a\n\
        001  AX A C 0 0 00:00:05:00 00:00:05:00\n* FROM CLIP NAME: b\n";
    assert_eq!(cues(&FORMAT, pair, &at("25", None)), ["5000 a a", "5000 b b A"], "two cuts are not a transition");
    let early = refused(&FORMAT, EDITS, &at("25", Some("02:00:00:00")));
    assert_eq!(early[0], "4 it comes before the timecode at which the event begins");
    assert_eq!(refused(&FORMAT, EDITS, &at("25", Some("02:00"))).len(), 1);
}

#[test]
fn a_state_of_less_than_a_frame_stays_a_state() {
    let sheet =
        r#"[{ "id": "s", "time": 1, "action": "a", "duration": "1ms" }, { "id": "m", "time": 2, "action": "a" }]"#;
    let exported = FORMAT.export(&crate::compile(sheet).rundown.unwrap(), &at("25", None)).unwrap();
    assert_eq!(cues(&FORMAT, &exported.text, &at("25", None)), ["1000-1080 s a", "2000 m a"]);
    assert!(exported.remarks.is_empty());
    let lossy =
        r#"[{ "time": 1, "action": "a", "late": "latest", "params": {} }, { "time": 2, "action": "b", "params": {} }]"#;
    let exported = FORMAT.export(&crate::compile(lossy).rundown.unwrap(), &at("25", None)).unwrap();
    let lost = "the format has no place for params (2 cues), late (1 cue); keep the sheet";
    assert_eq!(exported.remarks[0].message(), lost);
}

#[test]
fn a_day_is_as_far_as_timecode_counts() {
    let rundown = crate::compile(r#"[{ "time": "24h", "action": "a" }]"#).rundown.unwrap();
    let refusal = FORMAT.export(&rundown, &at("25", None)).unwrap_err();
    assert!(refusal.problem.contains("beyond 24 hours"), "{}", refusal.problem);
    assert!(FORMAT.export(&rundown, &FormatOptions::default()).unwrap_err().remedy.contains("--fps"));
}
