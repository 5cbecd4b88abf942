use super::*;

/// A sheet whose texts are markup, formulas and tables for whoever takes them for that.
const HOSTILE: &str = r#"{ "version": 1, "id": "gala", "title": "A <b>gala</b> | *now*", "duration": "1h", "locales": ["en"], "cues": [
    { "time": 0, "action": "doors", "note": "=HYPERLINK(\"http://evil\")", "owner": "<script>alert(1)</script>", "group": "act-1", "flags": ["check"] },
    { "time": "00:09:20", "action": "song", "duration": "4m", "track": "music", "note": "a | b\n`c` <i>d</i> \\ & [x](y)", "group": "act-1" },
    { "time": "00:20:00", "action": "say", "track": "text", "message": { "en": "-1 + 1, \"quoted\"" }, "group": "act-2" }
] }"#;

fn list() -> List {
    let rundown = crate::compile(HOSTILE).rundown.expect("the sheet has no errors");
    let crew = crate::crew(HOSTILE, &|_| unreachable!("nothing is included"));
    List::new(&rundown, &crew, |position| Some(format!("19:{:02}", position.as_millis() / 60_000)))
}

#[test]
fn a_line_has_what_a_caller_reads() {
    let list = list();
    let cells = |index: usize| Column::ALL.map(|column| list.lines()[index].cell(column).into_owned());
    assert_eq!(cells(1)[..7], ["2", "19:09", "00:09:20", "00:04:00", "music", "song@560000", "song"]);
    assert_eq!(cells(2)[3], "");
    assert_eq!(cells(2)[7], "-1 + 1, \"quoted\"");
    assert_eq!(cells(0)[8..], ["=HYPERLINK(\"http://evil\")", "<script>alert(1)</script>", "act-1", "check"]);
}

#[test]
fn columns_in_which_nothing_is_are_left_out() {
    let rundown = crate::compile(r#"[{ "time": 1, "action": "flash" }]"#).rundown.unwrap();
    let list = List::new(&rundown, &Crew::default(), |_| None);
    let columns: Vec<Column> = list.columns().collect();
    assert_eq!(columns, [Column::Number, Column::Position, Column::Duration, Column::Cue, Column::Action]);
    assert!(!list.csv().text.contains("timeOfDay"));
    assert!(!list.html().contains("Time of day"));
}

#[test]
fn nothing_of_a_sheet_is_a_formula() {
    let Csv { text, guarded } = list().csv();
    assert_eq!(guarded, 2);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().next_back(), Some("flags"));
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(&rows[0][8], "'=HYPERLINK(\"http://evil\")");
    assert_eq!(&rows[1][8], "a | b\n`c` <i>d</i> \\ & [x](y)");
    assert_eq!(&rows[2][7], "'-1 + 1, \"quoted\"");
}

#[test]
fn nothing_of_a_sheet_is_markup() {
    let markdown = list().markdown();
    assert!(markdown.starts_with("# A \\<b\\>gala\\</b\\> \\| \\*now\\*\n"), "{markdown}");
    assert!(markdown.contains("| a \\| b<br>\\`c\\` \\<i\\>d\\</i\\> \\\\ \\& \\[x\\](y) |"), "{markdown}");
    let widths: Vec<usize> = markdown
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.replace("\\|", "").matches('|').count())
        .collect();
    assert_eq!(widths, vec![widths[0]; 5]);
    let html = list().html();
    assert!(!html.contains("<script") && !html.contains("<i>") && !html.contains("<b>"), "{html}");
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    assert_eq!(html.matches("<tr class=\"group\">").count(), 2);
}
