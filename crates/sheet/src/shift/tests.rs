use super::*;
use crate::options::Unread;

fn shifted(sheet: &str, from: &str, by_ms: i64, until: Option<&str>) -> Result<Shifted, NotShifted> {
    let order = Shift { from: from.to_owned(), until: until.map(str::to_owned), by: Span::from_millis(by_ms) };
    shift(sheet, &order, &|_| Err(Unread::Because("no such file".to_owned())))
}

/// Returns the new text of a sheet that is one file.
fn text(sheet: &str, from: &str, by_ms: i64, until: Option<&str>) -> String {
    let shifted = shifted(sheet, from, by_ms, until).unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(shifted.files.len(), 1);
    shifted.files[0].text.clone()
}

fn refused(sheet: &str, from: &str, by_ms: i64, until: Option<&str>) -> String {
    match shifted(sheet, from, by_ms, until) {
        Err(NotShifted::Refused(problem, remedy)) => format!("{problem}; {remedy}"),
        other => panic!("{other:?}"),
    }
}

const SHOW: &str = r##"// The gala.
{ "version": 1,
  "cues": [
    { "id": "doors", "time": "-00:10:00",   "action": "doors", "duration": "5m" }, // before the start
    { "id": "song1", "time": 560, "action": "song", "until": "13m20s" },
    { "time": "PT9M30S", "action": "flash", },
    { "id": "dim", "time": "#song2.start-10s", "action": "dim" },
    { "id": "song2", "time": "#song1.end+10s", "action": "song", "duration": "3m" },
    { "id": "talk", "action": "talk", "duration": 60.5 },
    { "id": "bow", "time": "00:20:00:12@25", "action": "bow", "until": "#talk.end+10m" },
  ],
}
"##;

#[test]
fn only_the_times_change_and_each_keeps_its_form() {
    let all = text(SHOW, "song1", 90_000, None);
    let expected = SHOW
        .replace("\"time\": 560", "\"time\": 650")
        .replace("13m20s", "14m50s")
        .replace("PT9M30S", "PT11M")
        .replace("00:20:00:12@25", "00:21:30:12@25");
    assert_eq!(all, expected);
    assert_eq!(text(&all, "song1", -90_000, None), SHOW, "and back");
    let early = text(SHOW, "doors", -30_250, Some("doors"));
    assert_eq!(early, SHOW.replace("-00:10:00", "-00:10:30.250"));
}

#[test]
fn what_refers_to_a_cue_that_stays_is_moved_away_from_it() {
    // song2 begins at 13:30, after song1, which stays; dim goes with it, and talk follows it.
    let later = shifted(SHOW, "song2", 90_000, None).unwrap();
    let expected = SHOW.replace("#song1.end+10s", "#song1.end+1m40s").replace("00:20:00:12@25", "00:21:30:12@25");
    assert_eq!(later.files[0].text, expected);
    let moved: Vec<(&str, i64, bool)> =
        later.moved.iter().map(|cue| (&*cue.name, cue.to.as_millis(), cue.follows)).collect();
    assert_eq!(
        moved,
        [("dim", 890_000, true), ("song2", 900_000, false), ("talk", 1_080_000, false), ("bow", 1_290_480, false)]
    );
    assert_eq!(text(SHOW, "song2", -10_000, Some("song2")), SHOW.replace("#song1.end+10s", "#song1.end"));
    assert_eq!(text(SHOW, "song2", -15_000, Some("song2")), SHOW.replace("#song1.end+10s", "#song1.end-5s"));
    // A soft start that begins later than the end before it.
    let talk = text(SHOW, "talk", 90_000, Some("talk"));
    assert_eq!(talk, SHOW.replace(r#""id": "talk","#, r##""id": "talk", "time": "#song2.end+1m30s","##));
    let next = r#"[{"time":1,"action":"x","duration":1},{"action":"y"},{"time":"next","action":"z"}]"#;
    let next = next.replace(r#""y""#, r#""y","duration":1"#);
    assert_eq!(
        text(&next, "2", 5_000, Some("2")),
        next.replace(r#"{"action":"y""#, r#"{ "time": "00:00:07","action":"y""#)
    );
    assert_eq!(text(&next, "3", 5_000, None), next.replace("\"next\"", "\"00:00:08\""));
}

#[test]
fn what_its_author_should_know_is_said() {
    let sheet = r#"[{ "id": "a", "time": 10, "action": "x" }, { "id": "b", "time": 20, "action": "x" }, { "time": 30, "action": "y" }]"#;
    assert_eq!(shifted(sheet, "b", 5_000, None).unwrap().remarks.len(), 1);
    let remarks = shifted(sheet, "a", 15_000, Some("a")).unwrap().remarks;
    assert_eq!(remarks, ["the order of the cues changes: cue b now comes before cue a"]);
    let remarks = shifted(sheet, "3", -35_000, None).unwrap().remarks;
    assert_eq!(
        remarks,
        [
            "the order of the cues changes: cue number 3 now comes before cue a",
            "one cue without an id gets another, which is made from its time; to viewers it is a new cue",
            "cue number 3 now comes before the event begins",
        ]
    );
}

#[test]
fn what_cannot_be_shifted_is_refused() {
    let sheet = r#"{"version":1,"duration":"1h","cues":[{"id":"12","time":10,"action":"x"},{"id":"song","time":"59m","action":"x"}]}"#;
    assert_eq!(refused(sheet, "sonq", 1, None), "the sheet has no cue \"sonq\"; did you mean \"song\"?");
    assert_eq!(refused(sheet, "3", 1, None), "the sheet has no cue \"3\"; give the id of one, or a number from 1 to 2");
    assert_eq!(refused(sheet, "song", 1, Some("12")), "cue \"12\" begins before cue \"song\"; exchange the two");
    assert!(refused(sheet, "song", 0, None).starts_with("a shift by 0"));
    // An id comes before a number.
    assert_eq!(text(sheet, "12", 500, Some("12")), sheet.replace("10,", "10.5,"));
    let Err(NotShifted::Breaks(compiled, files)) = shifted(sheet, "song", 90_000, None) else { panic!() };
    assert!(compiled.diagnostics[0].message().starts_with("cue \"song\" at 01:00:30 comes after the event's end"));
    assert!(files[0].text.contains("60m30s") || files[0].text.contains("1h30s"), "{}", files[0].text);
    assert!(matches!(shifted("[{}]", "a", 1, None), Err(NotShifted::Invalid(_))));
}

#[test]
fn included_files_change_too_and_a_formatted_sheet_stays_formatted() {
    let sheet =
        crate::format(r##"{"version":1,"include":["a.json"],"cues":[{"id":"x","time":"#y.start+1s","action":"x"}]}"##)
            .unwrap();
    let order = Shift { from: "y".to_owned(), until: None, by: Span::from_millis(2_000) };
    let read = |_: &str| Ok("\u{feff}[{\"id\":\"y\",\"time\":5,\"action\":\"y\"}]".to_owned());
    let shifted = shift(&sheet, &order, &read).unwrap();
    assert_eq!(
        shifted.files,
        [ShiftedFile {
            path: Some("a.json".to_owned()),
            text: "\u{feff}[{\"id\":\"y\",\"time\":7,\"action\":\"y\"}]".to_owned()
        }]
    );
    assert_eq!(shifted.compiled.rundown.unwrap().cue("x").unwrap().time(), Position::from_millis(8_000));
    let own = Shift { from: "x".to_owned(), ..order };
    let shifted = shift(&sheet, &own, &read).unwrap();
    assert_eq!(crate::format(&shifted.files[0].text).as_ref(), Ok(&shifted.files[0].text));
    assert!(shifted.files[0].text.contains("#y.start+3s"));
}
