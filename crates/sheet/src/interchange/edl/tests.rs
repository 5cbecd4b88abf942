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
    assert_eq!(early, ["- every cue comes before the event begins at 02:00:00:00"]);
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

#[test]
fn lists_are_read_as_resolve_premiere_and_avid_write_them() {
    for (list, rate, expected) in [
        // Resolve: a note before the marker, also over several lines, also with a number first.
        (
            "TITLE: Timeline 1\nFCM: NON-DROP FRAME\n\n001  001      V     C        01:00:05:00 01:00:05:01 01:00:05:00 01:00:05:01  \n\
             wait for the choir |C:ResolveColorBlue |M:startSong [music] #song1 |D:100\n\n\
             002  001      V     C        01:00:20:00 01:00:20:01 01:00:20:00 01:00:20:01\n3 times\nthen stop\n |C:ResolveColorRed |M:bell |D:1\n",
            "25",
            &["5000-9000 song1 startSong music", "20000 bell bell"][..],
        ),
        // Premiere: drop-frame with semicolons everywhere, reels with spaces, tabs, picture and sound in one edit.
        (
            "TITLE: Sequence 01\r\nFCM: DROP FRAME\r\n\r\n001\tMY REEL 1\tAA/V\tC\t00;00;00;00\t00;00;10;00\t01;00;05;00\t01;00;15;00\r\n\
             *FROM CLIP NAME: opening\r\n002  BL       V     C        00;00;00;00 00;00;01;00 01;00;15;00 01;00;16;00\r\n\
             003  AX       V2    C        00;00;00;00 00;00;01;00 01;00;16;00 01;00;17;00\r\n*  From Clip Name:  song\r\n\
             *SOURCE FILE: a.mov\r\nM2   MY REEL 1       024.0                00;00;00;00\r\n",
            "29.97",
            &["5005-15015 opening opening", "16016-17017 song song"],
        ),
        // Avid: markers with and without a space, with and without a colour; a dissolve to black is no cue.
        (
            "TITLE: SHOW\nFCM: NON-DROP FRAME\n001  TAPE 7 B V C 01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00\n* FROM CLIP NAME: opening\n\
             *LOC: 01:00:01:00 RED burst\n* LOC: 01:00:01:12 GREEN   flash #f\n* LOC: 01:00:01:20 lights out\n\
             002  TAPE 7 B V C 01:00:02:00 01:00:02:00 01:00:02:00 01:00:02:00\n002  BL V D 024 00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00\n\
             * FROM CLIP NAME: opening\n>>> SOURCE TAPE 7 B\nGPI 01 AT 01:00\n",
            "25",
            &["0-2000 opening opening", "1000 burst burst", "1480 f flash", "1800 lights-out lights out"],
        ),
        // A day's end: the timecode begins again.
        (
            "001 AX V C 0 0 23:59:50:00 00:00:05:00\n* FROM CLIP NAME: midnight\n002 AX V C 0 0 00:00:05:00 00:00:06:00\n* FROM CLIP NAME: after\n",
            "25",
            &["10000-25000 midnight midnight", "25000-26000 after after"],
        ),
    ] {
        let start = if list.contains("23:59") { "23:59:40:00" } else { "01:00:00:00" };
        assert_eq!(cues(&FORMAT, list, &at(rate, Some(start))), expected, "{list}");
    }
}

#[test]
fn notes_of_markers_are_kept_and_black_is_said_to_be_left_out() {
    let list = "001 001 V C 0 0 00:00:05:00 00:00:05:01\n3 times\nthen stop |C:ResolveColorRed |M:bell |D:1\n\
        002 BL V C 0 0 00:00:06:00 00:00:07:00\n";
    let imported = FORMAT.import(list, &at("25", None)).unwrap();
    assert!(imported.sheet.contains(r#""note": "3 times\nthen stop""#), "{}", imported.sheet);
    assert!(imported.remarks[0].problem.starts_with("1 edit of black (BL)"), "{:?}", imported.remarks);
}

#[test]
fn overlapping_cues_are_on_channels_of_their_own_and_come_back() {
    let sheet = r#"[{ "id": "song", "time": 1, "action": "song", "duration": "10s" },
        { "id": "lamp", "time": 2, "action": "light", "track": "light", "duration": "2s" },
        { "id": "bell", "time": 3, "action": "bell" }, { "id": "next", "time": 11, "action": "song", "duration": "1s" },
        { "time": 12, "action": "tick" }, { "id": "r", "time": 13, "action": "tick", "repeat": { "every": "1s", "count": 2 } }]"#;
    let rundown = crate::compile(sheet).rundown.unwrap();
    let exported = FORMAT.export(&rundown, &at("25", Some("01:00:00:00"))).unwrap();
    let channels: Vec<&str> =
        exported.text.lines().filter(|line| line.contains("  AX ")).map(|line| line[14..19].trim()).collect();
    assert_eq!(channels, ["V", "V2", "V3", "V", "V", "V", "V"], "{}", exported.text);
    assert!(
        exported.remarks.iter().any(|remark| remark.problem.contains("channels V to V3")),
        "{:?}",
        exported.remarks
    );
    assert!(
        exported.remarks.iter().any(|remark| remark.problem.contains("\"r-2\" for \"r#2\"")),
        "{:?}",
        exported.remarks
    );
    let back = cues(&FORMAT, &exported.text, &at("25", Some("01:00:00:00")));
    assert_eq!(
        back,
        [
            "1000-11000 song song",
            "2000-4000 lamp light light",
            "3000 bell bell",
            "11000-12000 next song",
            "12000 tick@12000 tick",
            "13000 r tick",
            "14000 r-2 tick"
        ]
    );
}
